# SPDX-License-Identifier: MulanPSL-2.0
"""What becomes of an inspection when a mark comes in or an assessor leaves: open, to a third assessor, settled. Nobody settles it by hand."""

from datetime import datetime

from linli.measures.inspecting.deciding import decide, disputed
from linli.measures.inspecting.opening import FEWEST, marks_of
from linli.measures.inspecting.sheets import items_of, rules_of
from linli.measures.models import Assessment, Finding, InspectedItem, Inspection

OPEN, THIRD, SETTLED, VOID = "open", "third", "settled", "void"
RUNNING = (OPEN, THIRD)


def locked(number: int) -> Inspection:
    """The inspection, held to the end of the transaction: two who hand in at one moment come one after the other."""
    found: Inspection = Inspection.objects.select_for_update(of=("self",)).select_related("standard").get(pk=number)
    return found


def advance(inspection: Inspection, moment: datetime) -> str:
    """Take the inspection as far as the marks allow; answers its state. The caller holds it."""
    active = [one for one in Assessment.objects.filter(inspection=inspection) if one.withdrawn_at is None]
    others, third = [one for one in active if not one.is_third], [one for one in active if one.is_third]
    is_waiting = any(one.handed_in_at is None for one in active) or len(others) < FEWEST
    if inspection.state not in RUNNING or is_waiting:
        return inspection.state
    marks = marks_of([inspection.pk]).get(inspection.pk, {})
    if inspection.state == OPEN:
        inspection.disputed = disputed(marks, rules_of(inspection.standard.content).difference)
    if inspection.disputed and not third:
        inspection.state = THIRD
    else:
        inspection.state, inspection.settled_at = SETTLED, moment
        settled = {code: decide(found) for code, found in marks.items()} | _conditions(inspection)
        InspectedItem.objects.bulk_create([
            InspectedItem(area=inspection.area, inspection=inspection, code=code, part=part, whole=whole, settled_at=moment)
            for code, (part, whole) in sorted(settled.items())])
    inspection.save(update_fields=["state", "disputed", "settled_at"])
    return inspection.state


def _conditions(inspection: Inspection) -> dict[str, tuple[int, int]]:
    """By necessary condition that the items decide, or that a finding breaks: one of one where nobody found it broken, else none."""
    decided = {one.condition for one in items_of(inspection.standard.content, inspection.codes) if one.condition}
    broken = set(Finding.objects.filter(inspection=inspection, dropped_at=None, assessment__withdrawn_at=None).exclude(condition="").values_list("condition", flat=True))
    return {code: (0 if code in broken else 1, 1) for code in decided | broken}


def vacancy(inspection: Inspection) -> str:
    """Whom the inspection lacks: an assessor (`open`), the third one (`third`), or nobody (empty)."""
    active = [one for one in Assessment.objects.filter(inspection=inspection) if one.withdrawn_at is None]
    if inspection.state == OPEN and len([one for one in active if not one.is_third]) < FEWEST:
        return OPEN
    return THIRD if inspection.state == THIRD and not any(one.is_third for one in active) else ""
