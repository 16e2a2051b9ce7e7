# SPDX-License-Identifier: MulanPSL-2.0
"""Reading what guards found: beside the figures of a place, and as a list; what was accepted as legitimate counts no longer."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet, Sum

from linli.core.sight import Actor
from linli.core.words import Words, words
from linli.elements.places import KnownPlace
from linli.measures.guarding.declaring import Guard, GuardLimit, behind, guard_named
from linli.measures.models import GuardFinding
from linli.measures.periods import Period, parse

BESIDE = words("其中 {n} 条{said}", "of these, {n} {said}")


@dataclass(frozen=True)
class Flag:
    """How many records behind a fact set a guard shows, with its limit."""

    guard: Guard
    entries: str
    records: int
    limit: GuardLimit

    @property
    def said(self) -> Words:
        """What stands beside the figure."""
        return BESIDE.format(n=self.records, said=self.guard.said.format(limit=self.limit.number))


def shown(actor: Actor, place: KnownPlace, period: Period) -> QuerySet[GuardFinding]:
    """Findings of a place and period that hold records, not yet read."""
    return GuardFinding.objects.visible_to(actor).filter(
        area__gte=place.lo, area__lt=place.hi, month__in=[one.key for one in period.months()], records__gt=0)


def flags(actor: Actor, place: KnownPlace, period: Period) -> list[Flag]:
    """What counts beside the figures of a place and period, over all entries; one query."""
    rows = shown(actor, place, period).exclude(state="accepted").values("guard", "entries", "limit").order_by("guard", "entries", "limit").annotate(total=Sum("records"))
    return [Flag(guard, one["entries"], one["total"], limit_of(guard, one["limit"])) for one in rows if (guard := guard_named(one["guard"])) is not None]


def beside(found: Sequence[Flag], fact: str) -> list[Flag]:
    """Those of the entries that stand behind a fact set."""
    names = behind(fact)
    return [one for one in found if one.entries in names]


def limit_of(guard: Guard, number: int) -> GuardLimit:
    """The declared limit of that number; a proposed one of that number where it is declared no longer."""
    return next((one for one in guard.limits if one.number == number), GuardLimit(number, ""))


def said_of(finding: GuardFinding) -> tuple[Words, bool]:
    """What the guard of a finding says, and whether its number is proposed."""
    guard = guard_named(finding.guard)
    if guard is None:
        return words(finding.guard, finding.guard), True
    return guard.said.format(limit=finding.limit), limit_of(guard, finding.limit).is_proposed


def period_named(finding: GuardFinding) -> Period:
    """The month of a finding."""
    return parse(finding.month)
