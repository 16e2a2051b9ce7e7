# SPDX-License-Identifier: MulanPSL-2.0
"""The worker's list of the day: door by door, what is to be mended there; residents' need first, then the day it was due, the effect only beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from linli.core.sight import Actor
from linli.core.words import Words
from linli.elements.models import FieldCheck, QualityFigure, QualityTrouble
from linli.elements.places import KnownPlace
from linli.elements.quality import mending, rules
from linli.elements.quality.conditions import measured
from linli.elements.quality.mending import Lack
from linli.elements.quality.titles import Title, titles
from linli.elements.registers.declaring import register_named

MOST = 2_000
"""Things of one kind that are looked at; a community has fewer once its registers are in order."""
DOORS = 20
"""Doors of one day's list (our choice: more than anybody visits in a day)."""
FAR = date(9999, 1, 1)


@dataclass(frozen=True)
class Task:
    """One thing to do at a door. `raises` is by how many hundredths of the whole its own figure rises; None when it is not known or raises none."""

    lack: Lack
    who: str
    what: Words
    raises: Fraction | None
    remedy: Words | None = None


@dataclass
class Door:
    """One dwelling (or a record without one) with everything to do there."""

    dwelling: int | None
    address: str
    tasks: list[Task] = field(default_factory=list)

    @property
    def is_need(self) -> bool:
        """True when somebody there may need help."""
        return any(one.lack.is_need for one in self.tasks)

    @property
    def deadline(self) -> date:
        """The earliest day by which something there was to be done; far ahead when there is none."""
        return min((one.lack.deadline for one in self.tasks if one.lack.deadline), default=FAR)

    @property
    def order(self) -> tuple[bool, date, str]:
        """Need, then deadline, then address. What a mending raises is not in it (domain/boundaries.md, Workers)."""
        return not self.is_need, self.deadline, self.address


def day_list(actor: Actor, place: KnownPlace, most: int = DOORS) -> tuple[list[Door], int]:
    """The first doors of a place with what is to do at each, and how many doors have something. Inside the reader's sight."""
    found = _lacks(place.lo, place.hi)
    known = {name: titles(actor, name, sorted({one.record for one in found if one.register == name})) for name in {one.register for one in found}}
    doors: dict[tuple[str, int], Door] = {}
    steps = _steps(place)
    for one in found:
        title = known[one.register].get(one.record)
        if title is not None:
            key = ("dwelling", title.dwelling) if title.dwelling else (one.register, one.record)
            doors.setdefault(key, Door(title.dwelling, title.address or title.text)).tasks.append(_task(one, title, steps))
    ordered = sorted(doors.values(), key=lambda door: door.order)
    for door in ordered[:most]:
        door.tasks.sort(key=lambda one: (not one.lack.is_need, one.lack.deadline or FAR, one.who, one.lack.name))
    return ordered[:most], len(ordered)


def _lacks(lo: int, hi: int) -> list[Lack]:
    """Everything to do in a range: checks that wait, troubles, outdated and missing fields."""
    needs = {(rule.register, rule.name) for rule in rules.SET_RULES if rule.is_need}
    waiting = FieldCheck.objects.within(lo, hi).filter(verdict__in=["", "unseen"]).order_by("due_on", "id")[:MOST]
    found = [Lack(one.register, one.record, "accuracy", one.name, one.due_on, check=one.pk, is_asked=one.sample_id is None) for one in waiting]
    for trouble in QualityTrouble.objects.within(lo, hi).order_by("id")[:MOST]:
        found.append(Lack(trouble.register, trouble.record, "consistency", trouble.rule, is_need=(trouble.register, trouble.rule) in needs))
    for register in measured():
        found += mending.lacks_of(register, lo, hi, MOST)
    return found


def _steps(place: KnownPlace) -> Mapping[tuple[str, str, str], int]:
    """By register, aspect and name: of how many the place's figure is counted."""
    found = QualityFigure.objects.within(place.lo, place.hi).filter(area=place.area, level=place.level)
    return {(one.register, one.aspect, one.name): one.denominator for one in found}


def _task(one: Lack, title: Title, steps: Mapping[tuple[str, str, str], int]) -> Task:
    figure = mending.Figure(register_named(one.register), one.aspect, one.name)
    whole = steps.get((one.register, one.aspect, one.name), 0)
    rule = rules.named(one.register, one.name) if one.aspect == "consistency" else None
    raises = Fraction(100, whole) if whole and one.aspect != "accuracy" else None
    return Task(one, title.text if title.text != title.address else "", figure.words, raises, rule.remedy if rule else None)
