# SPDX-License-Identifier: MulanPSL-2.0
"""How another room has a community inspected, and what it reads of the outcome."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from linli.core.actions import Call
from linli.core.faults import Invalid
from linli.core.words import words
from linli.elements import places
from linli.measures.inspecting import conflicts
from linli.measures.inspecting.deciding import Found, decide
from linli.measures.inspecting.sheets import rules_of
from linli.measures.models import Assessment, Finding, Inspection, StandardVersion

FEWEST = 2
"""Assessors of an inspection (matters-and-measures.md 6.4 rule 7: two at least, blind to each other)."""
TOO_FEW = words("至少要有 {fewest} 名测评员分别打分。请再指定测评员。", "At least {fewest} assessors mark separately. Name more of them.")


@dataclass(frozen=True)
class Outcome:
    """What an inspection came to: settled items as shares, findings, and the necessary conditions that a finding breaks (empty while it is open)."""

    inspection: Inspection
    shares: Mapping[str, Fraction]
    findings: tuple[Finding, ...]

    @property
    def is_settled(self) -> bool:
        """All assessors have handed in and differences are decided."""
        return self.inspection.state == "settled"

    @property
    def broken(self) -> tuple[str, ...]:
        """Codes of necessary conditions that a finding breaks, in order."""
        return tuple(sorted({one.condition for one in self.findings if one.condition}))


def begin(call: Call, *, area: int, occasion: str, standard: StandardVersion, codes: Sequence[str], assessors: Iterable[int], day: date,
          reference: int = 0, is_announced: bool = False) -> Inspection:
    """Open an inspection inside the running action. `assessors` are accounts.

    Invalid names the field `assessors` when they are fewer than two, or when the staff table knows one of them in that community. Where a visit is
    unannounced the caller's journal line must not lie in the community or its street, whose heads read their journal.
    """
    named, rules = sorted(set(assessors)), rules_of(standard.content)
    if len(named) < FEWEST:
        raise Invalid({"assessors": TOO_FEW.format(fewest=FEWEST)})
    refuse_connected(named, area, day, rules.years)
    made = Inspection.objects.create(
        area=area, occasion=occasion, reference=reference, standard=standard, codes=list(codes), day=day, is_announced=is_announced,
        opened_at=call.recorded_at, due_on=day + timedelta(days=rules.days))
    Assessment.objects.bulk_create([Assessment(area=area, inspection=made, account=one) for one in named])
    return made


def refuse_connected(accounts: Iterable[int], area: int, day: date, years: int) -> None:
    """Invalid, for the field `assessors`, when the staff table connects one of them with the community."""
    if found := conflicts.connected(accounts, area, day, years):
        place = places.place_by_area(area)
        raise Invalid({"assessors": conflicts.HELD_POST.format(names="、".join(sorted(found.values())), years=years, place=place.name)})


def outcomes(occasion: str, references: Iterable[int]) -> dict[int, list[Outcome]]:
    """By reference, the inspections that were opened for it, oldest first; three queries at most, inside the sight in force."""
    found: dict[int, list[Outcome]] = {}
    inspections = list(Inspection.objects.filter(occasion=occasion, reference__in=list(references)).exclude(state="void").order_by("id"))
    settled = [one.pk for one in inspections if one.state == "settled"]
    shares = settled_shares(settled)
    findings: dict[int, list[Finding]] = {}
    for one in Finding.objects.filter(inspection__in=settled, dropped_at=None, assessment__withdrawn_at=None).order_by("id"):
        findings.setdefault(one.inspection_id, []).append(one)
    for each in inspections:
        found.setdefault(each.reference, []).append(Outcome(each, shares.get(each.pk, {}), tuple(findings.get(each.pk, ()))))
    return found


def settled_shares(inspections: Sequence[int]) -> dict[int, dict[str, Fraction]]:
    """By inspection and code, what its marks come to, an exact fraction: the very rule by which figures count it (deciding.py)."""
    return {number: {code: Fraction(*decide(found)) for code, found in marks.items()} for number, marks in marks_of(inspections).items()}


def marks_of(inspections: Iterable[int]) -> dict[int, dict[str, list[Found]]]:
    """By inspection and code, the marks of those who were not withdrawn, in the order in which they were named; one query."""
    found: dict[int, dict[str, list[Found]]] = {}
    rows = Assessment.objects.filter(inspection__in=list(inspections), withdrawn_at=None, marks__isnull=False).order_by("id").values_list(
        "inspection", "marks__code", "is_third", "marks__part", "marks__whole", "marks__is_absent")
    for number, code, *mark in rows:
        found.setdefault(number, {}).setdefault(code, []).append(Found(*mark))
    return found
