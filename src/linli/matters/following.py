# SPDX-License-Identifier: MulanPSL-2.0
"""Reporters of matters that were merged: whose report is whose, what each may still see, and whom an answer reaches."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from linli.core import evidence
from linli.core.models import Evidence
from linli.core.sight import looking, of_record
from linli.core.words import Words
from linli.matters import moving, numbers
from linli.matters.kinds import kind_of
from linli.matters.models import Joining, Matter, Rating


@dataclass(frozen=True)
class Mine:
    """A reporter's own report that was merged into another matter, as he sees it beside that one."""

    row: Matter
    number: str
    summary: str
    address: str
    reported_at: datetime
    joined_at: datetime
    is_by_reporter: bool
    reason: Words | None = None
    photos: list[Evidence] = field(default_factory=list)
    rating: Rating | None = None

    @property
    def matter(self) -> int:
        """The id of his own matter."""
        return int(self.row.pk)


def mine(code: str) -> Mine | None:
    """The own report of a query code if it was merged; None where the code's matter stands for itself or is none.

    Opens and closes its own read-only sight: call it before that of the leading matter is opened.
    """
    found = numbers.matter_by_code(code)
    lead = moving.leading(found) if found else None
    area = moving.area_of(found) if found and lead != found else None
    if found is None or lead is None or area is None:
        return None
    with looking(of_record(area), read_only=True):
        own = Matter.objects.filter(pk=found).first()
        joining = Joining.objects.filter(matter=found, sort="merge", undone_at=None).first()
        photos = evidence.of("matter", found)
    with moving.looking_at(moving.area_of(lead) or 0):
        rating = Rating.objects.filter(matter=found).order_by("-round").first()
    if own is None or joining is None:
        return None
    reason = next((one.words for one in kind_of(own.kind).merges if one.code == joining.reason), None)
    return Mine(own, numbers.number_of(found), own.summary, own.address, own.reported_at, joining.at, joining.is_by_reporter, reason, photos,
                rating)


def reporters_of(matter: int) -> list[int]:
    """The leading matter and every report merged into it, inside the sight in force: each has a query code (and perhaps a contact) of its own."""
    return [matter, *Matter.objects.filter(merged_into=matter, parent=None).order_by("id").values_list("id", flat=True)]


def score_of(scores: Iterable[int]) -> int:
    """What several reporters' scores come to: the middle one, of two middle ones the worse (5 is the worst). ValueError without any."""
    ordered = sorted(scores)
    if not ordered:
        raise ValueError("no score, no rating")
    return ordered[len(ordered) // 2]
