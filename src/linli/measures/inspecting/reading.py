# SPDX-License-Identifier: MulanPSL-2.0
"""Who reads what of inspections: officers their state, assessors their own sheet, everybody else what is settled. Marks leave this file only when all is settled."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import combinations
from typing import Any

from linli.core import clock, evidence
from linli.core.faults import NotVisible
from linli.core.models import Evidence
from linli.core.sight import Actor
from linli.elements import places
from linli.measures.inspecting import conflicts, settling
from linli.measures.inspecting.agreement import Agreement, Pair, agreement
from linli.measures.inspecting.deciding import Found, agree
from linli.measures.inspecting.marking import FINDING, MARK
from linli.measures.inspecting.ordering import OPENS
from linli.measures.inspecting.sheets import Item, items_of, rules_of
from linli.measures.models import Assessment, Finding, InspectedItem, Inspection, Mark, StandardVersion
from linli.measures.standards import sheet_on

RESULTS = "results.see"
PAGE = 50
MOST_COMPARED = 5_000
"""Inspections of a year that agreement is computed over at once (our choice)."""


def is_running(one: Inspection) -> bool:
    """Not settled and not void."""
    return one.state in settling.RUNNING


def is_late(one: Inspection, day: date | None = None) -> bool:
    """The assessors' time is over and it is not settled."""
    return is_running(one) and one.due_on is not None and one.due_on < (day or clock.today())


def listed(actor: Actor, before: int = 0) -> list[Inspection]:
    """Inspections of the range, newest first, one more than a page; for officers all of them, for others what is settled."""
    found = Inspection.objects.visible_to(actor)
    if not actor.may(OPENS):
        found = found.filter(state=settling.SETTLED)
    if before:
        found = found.filter(pk__lt=before)
    return list(found.order_by("-id")[: PAGE + 1])


def late(actor: Actor, most: int = PAGE) -> list[Inspection]:
    """Inspections of the range whose time is over, longest first; none for who may not open any."""
    if not actor.may(OPENS):
        return []
    return list(Inspection.objects.visible_to(actor).filter(state__in=settling.RUNNING, due_on__lt=clock.today()).order_by("due_on", "area")[:most])


def due(actor: Actor, most: int = PAGE) -> list[Inspection]:
    """Running inspections of the range, soonest due first: the open steps of assessors, for lists of what is late."""
    if not actor.may(OPENS):
        return []
    return list(Inspection.objects.visible_to(actor).filter(state__in=settling.RUNNING).exclude(due_on=None).order_by("due_on", "area")[:most])


def mine(actor: Actor, most: int = PAGE) -> list[Assessment]:
    """The actor's own shares, those to do first, then the newest."""
    found = Assessment.objects.visible_to(actor).filter(account=actor.account or 0, withdrawn_at=None).exclude(inspection__state=settling.VOID)
    rows = list(found.select_related("inspection").order_by("-id")[:most])
    return sorted(rows, key=lambda one: (one.handed_in_at is not None, -one.pk))


def handed(actor: Actor, numbers: Sequence[int]) -> dict[int, tuple[int, int]]:
    """By inspection how many have handed in, of how many who are named; what they found is not asked. One query."""
    found: dict[int, tuple[int, int]] = {}
    rows = Assessment.objects.visible_to(actor).filter(inspection__in=list(numbers), withdrawn_at=None)
    for number, at in rows.values_list("inspection", "handed_in_at"):
        done, of = found.get(number, (0, 0))
        found[number] = (done + (at is not None), of + 1)
    return found


def waiting(actor: Actor, one: Inspection) -> dict[int, str]:
    """Who has not handed in yet, by account with his name."""
    held = Assessment.objects.visible_to(actor).filter(inspection=one, withdrawn_at=None, handed_in_at=None)
    return conflicts.names_of(held.values_list("account", flat=True))


def free(actor: Actor, one: Inspection) -> dict[int, str]:
    """Assessors who may be named for an inspection: not on it yet, and not known to the staff table of the community."""
    held = set(Assessment.objects.visible_to(actor).filter(inspection=one).values_list("account", flat=True))
    lo, hi = places.range_of(one.area)
    found = {number: name for number, name in conflicts.assessors(lo, hi, clock.today()).items() if number not in held}
    known = conflicts.connected(found, one.area, one.day, rules_of(one.standard.content).years)
    return {number: name for number, name in found.items() if number not in known}


def content_on(day: date) -> dict[str, Any] | None:
    """The content of the standard in force on a day; None where there is none."""
    sheet = sheet_on(day)
    content: dict[str, Any] | None = StandardVersion.objects.get(pk=sheet.id).content if sheet else None
    return content


def inspection_of(actor: Actor, number: int) -> Inspection:
    """An inspection for who opens them, or a settled one for who sees results. NotVisible otherwise."""
    found: Inspection | None = Inspection.objects.visible_to(actor).select_related("standard").filter(pk=number).first()
    if found is None or not (actor.may(OPENS) or (found.state == settling.SETTLED and actor.may(RESULTS))):
        raise NotVisible
    return found


@dataclass(frozen=True)
class Seen:
    """One assessor's mark of an item with its photos."""

    assessment: Assessment
    mark: Mark
    photos: tuple[Evidence, ...]


@dataclass(frozen=True)
class SettledItem:
    """An item of a settled inspection: what it came to, who found what, whether they agreed."""

    item: Item
    part: int
    whole: int
    marks: tuple[Seen, ...]
    is_disputed: bool

    @property
    def share(self) -> Fraction:
        """What the item came to."""
        return Fraction(self.part, self.whole)


@dataclass(frozen=True)
class SettledFinding:
    """A finding with its photos."""

    finding: Finding
    photos: tuple[Evidence, ...]


def settled_items(one: Inspection) -> tuple[SettledItem, ...]:
    """The items of an inspection with all marks; empty until it is settled. Three queries."""
    if one.state != settling.SETTLED:
        return ()
    marks: dict[str, list[Mark]] = {}
    rows = Mark.objects.filter(assessment__inspection=one, assessment__withdrawn_at=None).select_related("assessment")
    for mark in rows.order_by("assessment__is_third", "assessment"):
        marks.setdefault(mark.code, []).append(mark)
    photos = _photos(MARK, [mark.pk for found in marks.values() for mark in found])
    kept = {row.code: row for row in InspectedItem.objects.filter(inspection=one)}
    return tuple(
        SettledItem(item, kept[item.code].part, kept[item.code].whole,
                    tuple(Seen(mark.assessment, mark, photos.get(mark.pk, ())) for mark in marks.get(item.code, ())), item.code in one.disputed)
        for item in items_of(one.standard.content, one.codes) if item.code in kept)


def settled_findings(one: Inspection) -> tuple[SettledFinding, ...]:
    """The findings of an inspection; empty until it is settled. Two queries."""
    if one.state != settling.SETTLED:
        return ()
    rows = list(Finding.objects.filter(inspection=one, dropped_at=None, assessment__withdrawn_at=None).select_related("assessment").order_by("id"))
    photos = _photos(FINDING, [row.pk for row in rows])
    return tuple(SettledFinding(row, photos.get(row.pk, ())) for row in rows)


@dataclass(frozen=True)
class OwnSheet:
    """What an assessor entered himself."""

    marks: dict[str, Mark]
    photos: dict[int, tuple[Evidence, ...]]
    findings: tuple[SettledFinding, ...]


def own_sheet(share: Assessment) -> OwnSheet:
    """The marks and findings of one share; the caller has seen to it that the share is the reader's own. Four queries."""
    marks = {one.code: one for one in Mark.objects.filter(assessment=share)}
    findings = list(Finding.objects.filter(assessment=share, dropped_at=None).order_by("id"))
    photos = _photos(FINDING, [one.pk for one in findings])
    return OwnSheet(marks, _photos(MARK, [one.pk for one in marks.values()]), tuple(SettledFinding(one, photos.get(one.pk, ())) for one in findings))


def _photos(kind: str, subjects: Sequence[int]) -> dict[int, tuple[Evidence, ...]]:
    found: dict[int, tuple[Evidence, ...]] = {}
    for one in evidence.rows_of(kind, *subjects) if subjects else ():
        found[one.subject or 0] = (*found.get(one.subject or 0, ()), one)
    return found


@dataclass(frozen=True)
class PairAgreement:
    """How two assessors agree over a year."""

    first: int
    second: int
    agreement: Agreement


@dataclass(frozen=True)
class YearAgreement:
    """The agreement of all assessors of a range over a year, by round (what was looked at for one purpose on one day), and by pair; `is_whole` False beyond the most."""

    whole: Agreement
    rounds: tuple[tuple[str, date, Agreement], ...]
    pairs: tuple[PairAgreement, ...]
    is_whole: bool


def agreement_of(actor: Actor, year: int) -> YearAgreement:
    """Agreement of those who marked blind in settled inspections of a year; three queries."""
    rows = list(Inspection.objects.visible_to(actor).filter(state=settling.SETTLED, day__year=year).select_related("standard").order_by("-id")[: MOST_COMPARED + 1])
    compared = rows[:MOST_COMPARED]
    marks = _blind_marks(compared)
    everything, by_round, by_pair = _Pairs(), dict[tuple[str, date], _Pairs](), dict[tuple[int, int], _Pairs]()
    for one in compared:
        limit = rules_of(one.standard.content).difference
        for found in marks.get(one.pk, {}).values():
            for (first, a), (second, b) in combinations(sorted(found.items()), 2):
                for each in (everything, by_round.setdefault((one.occasion, one.day), _Pairs()), by_pair.setdefault((first, second), _Pairs())):
                    each.add(a, b, limit)
    return YearAgreement(
        everything.agreement(), tuple((*name, one.agreement()) for name, one in sorted(by_round.items(), key=lambda pair: pair[0][1], reverse=True)),
        tuple(PairAgreement(*name, one.agreement()) for name, one in sorted(by_pair.items())), len(rows) <= MOST_COMPARED)


class _Pairs:
    """Pairs of marks, and how many of them lie within the limit of their standard."""

    def __init__(self) -> None:
        self.pairs: list[Pair] = []
        self.within = 0

    def add(self, a: Found, b: Found, limit: Fraction) -> None:
        self.pairs.append((a.share, b.share))
        self.within += agree((a, b), limit)

    def agreement(self) -> Agreement:
        return agreement(self.pairs, self.within)


def _blind_marks(inspections: Iterable[Inspection]) -> dict[int, dict[str, dict[int, Found]]]:
    found: dict[int, dict[str, dict[int, Found]]] = {}
    rows = Mark.objects.filter(assessment__inspection__in=[one.pk for one in inspections], assessment__withdrawn_at=None, assessment__is_third=False)
    for number, account, code, *mark in rows.values_list("assessment__inspection", "assessment__account", "code", "part", "whole", "is_absent"):
        found.setdefault(number, {}).setdefault(code, {})[account] = Found(False, *mark)
    return found


def _admits_mark(actor: Actor, number: int) -> bool:
    return actor.may(RESULTS) and Mark.objects.visible_to(actor).filter(pk=number, assessment__inspection__state=settling.SETTLED).exists()


def _admits_finding(actor: Actor, number: int) -> bool:
    return actor.may(RESULTS) and Finding.objects.visible_to(actor).filter(pk=number, inspection__state=settling.SETTLED, dropped_at=None).exists()


evidence.guard(MARK, _admits_mark)
evidence.guard(FINDING, _admits_finding)
