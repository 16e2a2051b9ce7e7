# SPDX-License-Identifier: MulanPSL-2.0
"""How another room has a community inspected, and what it reads of the outcome."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from linli.core.actions import Call
from linli.core.faults import Invalid
from linli.core.words import words
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
    """Open an inspection inside the running action. `assessors` are accounts; Invalid names the field `assessors` when they are fewer than two."""
    named = sorted(set(assessors))
    if len(named) < FEWEST:
        raise Invalid({"assessors": TOO_FEW.format(fewest=FEWEST)})
    made = Inspection.objects.create(
        area=area, occasion=occasion, reference=reference, standard=standard, codes=list(codes), day=day, is_announced=is_announced,
        opened_at=call.recorded_at)
    Assessment.objects.bulk_create([Assessment(area=area, inspection=made, account=one) for one in named])
    return made


def outcomes(occasion: str, references: Iterable[int]) -> dict[int, list[Outcome]]:
    """By reference, the inspections that were opened for it, oldest first; three queries at most, inside the sight in force."""
    found: dict[int, list[Outcome]] = {}
    inspections = list(Inspection.objects.filter(occasion=occasion, reference__in=list(references)).exclude(state="void").order_by("id"))
    settled = [one.pk for one in inspections if one.state == "settled"]
    shares = settled_shares(settled)
    findings: dict[int, list[Finding]] = {}
    for one in Finding.objects.filter(inspection__in=settled).order_by("id"):
        findings.setdefault(one.inspection_id, []).append(one)
    for each in inspections:
        found.setdefault(each.reference, []).append(Outcome(each, shares.get(each.pk, {}), tuple(findings.get(each.pk, ()))))
    return found


def settled_shares(inspections: Sequence[int]) -> dict[int, dict[str, Fraction]]:
    """By inspection and code, the mean of what the assessors found, an exact fraction; the third one's alone where he was asked."""
    found: dict[tuple[int, str], list[tuple[bool, Fraction]]] = {}
    rows = Assessment.objects.filter(inspection__in=list(inspections), marks__isnull=False).values_list(
        "inspection", "is_third", "marks__code", "marks__part", "marks__whole")
    for inspection, is_third, code, part, whole in rows:
        found.setdefault((inspection, code), []).append((is_third, Fraction(part, whole)))
    shares: dict[int, dict[str, Fraction]] = {}
    for (inspection, code), marks in found.items():
        deciding = [share for is_third, share in marks if is_third] or [share for _, share in marks]
        shares.setdefault(inspection, {})[code] = sum(deciding, Fraction(0)) / len(deciding)
    return shares
