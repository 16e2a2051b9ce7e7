# SPDX-License-Identifier: MulanPSL-2.0
"""Withdrawing an import: as long as nobody has done anything with its matters, all of them go; the numbers are free again."""

from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Concat

from linli.core import rows
from linli.matters.foreign.taking import BACK, ROLE, WITHDRAWN
from linli.matters.models import Contact, ForeignMatter, Limit, Matter, Move, Origin, OutsidePhoto, PublicWords

MARK = "~"
"""Stands in the number of a withdrawn origin and in none that comes in."""


def of(brought: int) -> QuerySet[Any]:
    """What an import made and nobody withdrew."""
    return ForeignMatter.objects.filter(brought=brought).exclude(matter__source=WITHDRAWN)


def touched(brought: int) -> int:
    """How many of its matters somebody has worked on since: moved, asked about, reviewed."""
    reviewed = PublicWords.objects.filter(matter__foreign__brought=brought).values("matter")
    return int(of(brought).filter(~Q(version=F("matter__version")) | Q(matter__in=reviewed)).count())


def withdraw(brought: int, at: datetime) -> int:
    """Take every matter of an import back; answers how many. The caller has made sure that none was touched."""
    gone = list(Matter.objects.select_for_update().filter(foreign__in=of(brought)).order_by("pk"))
    numbers = [one.pk for one in gone]
    Move.objects.bulk_create([Move(
        area=one.area, matter_id=one.pk, step=one.version + 1, action=BACK, from_phase=one.phase, to_phase="refused", round=one.round, role=ROLE,
        occurred_at=at, recorded_at=at) for one in gone], batch_size=1000)
    Matter.objects.filter(pk__in=numbers).update(
        phase="refused", source=WITHDRAWN, version=F("version") + 1, due_at=None, closed_at=at, first_reply_due_at=None, is_contactable=False)
    Limit.objects.filter(matter__in=numbers).update(met_at=at, next_at=None)
    Origin.objects.filter(matter__in=numbers).update(number=Concat(F("number"), Value(f"{MARK}{brought}")))
    Contact.objects.filter(matter__in=numbers).delete()
    OutsidePhoto.objects.filter(matter__in=numbers).delete()
    rows.also("update core_alarm set ended_at = %s where subject_kind = 'matter' and subject = any(%s) and ended_at is null", [at, numbers])
    return len(numbers)
