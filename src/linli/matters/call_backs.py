# SPDX-License-Identifier: MulanPSL-2.0
"""Call-backs as people ask for them: what waits, and how many were answered, counted in SQL within the sight."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from django.db.models import Count, F, Q

from linli.core import clock
from linli.core.faults import Invalid
from linli.core.sight import Actor
from linli.matters.dialogue import REACHED
from linli.matters.inbox import BAD_CURSOR
from linli.matters.models import CallBack, Question

PAGE = 50


@dataclass(frozen=True)
class Waiting:
    """A page of open call-backs, soonest limit first; `after` leads to the next one."""

    rows: list[CallBack]
    after: str = ""


def waiting(actor: Actor, after: str = "", *, most: int = PAGE) -> Waiting:
    """What is to be called back inside the actor's range. Invalid for a page position that is none."""
    found = CallBack.objects.visible_to(actor).filter(ended_at=None)
    if after:
        due, number = _opened(after)
        found = found.filter(Q(due_at__gt=due) | Q(due_at=due, pk__gt=number))
    rows = list(found.select_related("matter__category").order_by("due_at", "pk")[: most + 1])
    return Waiting(rows[:most], _sealed(rows[most - 1]) if len(rows) > most else "")


def _sealed(row: CallBack) -> str:
    return base64.urlsafe_b64encode(f"{row.due_at.isoformat()} {row.pk}".encode()).decode().rstrip("=")


def _opened(cursor: str) -> tuple[datetime, int]:
    try:
        due, number = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().split(" ")
        moment = datetime.fromisoformat(due)
        if moment.tzinfo is None or not 0 <= int(number) < 2**63:
            raise ValueError
        return moment, int(number)
    except (ValueError, binascii.Error):
        raise Invalid({"after": BAD_CURSOR}) from None


@dataclass(frozen=True)
class Counts:
    """One cause in one stretch of time; exact counts."""

    opened: int
    ended: int
    reached: int
    satisfied: int
    reopened: int
    in_time: int

    @property
    def answered(self) -> Fraction | None:
        """Share of the opened ones whose reporter was reached; None when none was opened."""
        return Fraction(self.reached, self.opened) if self.opened else None

    @property
    def content(self) -> Fraction | None:
        """Share of those reached who are satisfied now; None when nobody was reached."""
        return Fraction(self.satisfied, self.reached) if self.reached else None

    @property
    def punctual(self) -> Fraction | None:
        """Share of the opened ones that ended within their limit; open overdue ones count against it. None when none was opened."""
        return Fraction(self.in_time, self.opened) if self.opened else None


def counts(actor: Actor, since: datetime) -> dict[str, Counts]:
    """By cause, what became of the call-backs opened since then inside the actor's range."""
    found = CallBack.objects.visible_to(actor).filter(opened_at__gte=since).values("cause").annotate(
        opened=Count("pk"), ended=Count("pk", filter=Q(ended_at__isnull=False)), reached=Count("pk", filter=Q(outcome__in=REACHED)),
        satisfied=Count("pk", filter=Q(outcome="satisfied")), reopened=Count("pk", filter=Q(outcome="reopened")),
        in_time=Count("pk", filter=Q(ended_at__lte=F("due_at")) & ~Q(outcome="over")))
    return {row.pop("cause"): Counts(**row) for row in found}


def unanswered(actor: Actor, most: int) -> Sequence[Question]:
    """The actor's own questions of open matters that nobody has answered in time, oldest first; capped."""
    return list(Question.objects.visible_to(actor).filter(
        asked_by=actor.account or 0, answered_at=None, due_at__lt=clock.now(), matter__is_open=True,
    ).select_related("matter__category").order_by("due_at")[:most])
