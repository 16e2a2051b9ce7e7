# SPDX-License-Identifier: MulanPSL-2.0
"""What a reorganisation means for open matters, before its day: how many go along, and which unit goes on with those that are with one."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count

from linli.core.words import Words
from linli.elements.models import Organisation
from linli.elements.reorganising.plans import Plan
from linli.matters.actions.rezoning import heir_of_unit
from linli.matters.models import Matter
from linli.matters.phases import PHASES


@dataclass(frozen=True)
class Passed:
    """Open matters with one unit: how many, and who goes on with them; `is_same` where the unit itself does, `to` None where nobody of its kind works there."""

    unit: str
    count: int
    to: str | None
    is_same: bool


@dataclass(frozen=True)
class Outlook:
    """Open matters on the ground that changes hands, by phase and by unit; how many ended ones stay with the old ground."""

    open_count: int
    phases: tuple[tuple[Words, int], ...]
    units: tuple[Passed, ...]


def outlook(plan: Plan) -> Outlook:
    """Counted under the sight in force by the plan that the day carries out. Matters do not belong to single buildings: they stay with the community that is split."""
    found = Matter.objects.filter(is_open=True, area__in=plan.ended)
    phases = found.values_list("phase").annotate(count=Count("id")).order_by("phase")
    rows = [(PHASES[phase], count) for phase, count in phases]
    return Outlook(sum(count for _, count in rows), tuple(rows), tuple(_units(plan)))


def _units(plan: Plan) -> Sequence[Passed]:
    passed: dict[tuple[int, int], int] = {}
    for part in plan.parts:
        held = Matter.objects.filter(is_open=True, area__in=[*part.wholes, *part.grids]).exclude(unit=None).values_list("unit").annotate(count=Count("id"))
        for unit, count in held:
            passed[unit, part.parent] = passed.get((unit, part.parent), 0) + count
    known = Organisation.objects.in_bulk({unit for unit, _ in passed})
    found = []
    for (number, parent), count in sorted(passed.items()):
        unit = known[number]
        heir = unit if unit.area in plan.ended else heir_of_unit(unit, parent)
        found.append(Passed(unit.name, count, heir.name if heir else None, heir is not None and heir.pk == unit.pk))
    return found
