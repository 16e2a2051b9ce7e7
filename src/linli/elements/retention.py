# SPDX-License-Identifier: MulanPSL-2.0
"""How long base data is kept: people who have gone, what a household said it needs, decided proposals. Periods are proposed (policy.md 8.6 has none)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.db.models.functions import Coalesce, Length

from linli.core import clock
from linli.core.protection import HEADER_BYTES, NONCE_BYTES, TAG_BYTES, TOMBSTONE
from linli.core.retention import Outlived, Rule, declare
from linli.core.words import words
from linli.elements.erasure import EMPTY, empty_proposals, erase_with_lines
from linli.elements.models import Person, Proposal, Visit

EMPTY_BYTES = HEADER_BYTES + NONCE_BYTES + TAG_BYTES + len(EMPTY)
"""What a proposal takes that says nothing any more."""
OWN_CHOICE = words("拟定，需本市确认（国家规定未写明）", "Proposed; to be confirmed by the city, no rule states it")


def _counted(found: QuerySet[Any], column: str) -> list[Outlived]:
    """Rows by area, with the oldest moment of each."""
    rows = found.values_list("area").annotate(count=Count("id"), oldest=Min(column)).order_by("area")
    return [Outlived(area, count, oldest if isinstance(oldest, datetime) else datetime.combine(oldest, datetime.min.time(), clock.now().tzinfo))
            for area, count, oldest in rows]


def _gone(before: datetime) -> QuerySet[Any]:
    """People who left or died before the day and of whom something is left."""
    day = clock.local(before).date()
    return Person.objects.annotate(over=Coalesce("died_on", "left_on")).filter(Q(over__lt=day), standing="gone").exclude(name=TOMBSTONE)


def _list_gone(lo: int, hi: int, before: datetime) -> Sequence[Outlived]:
    return _counted(_gone(before).filter(area__gte=lo, area__lt=hi), "over")


def _erase_gone(before: datetime, most: int) -> tuple[int, list[int]]:
    people = list(_gone(before).order_by("id").values_list("id", flat=True)[:most])
    return len(people), erase_with_lines(people)


def _needs(before: datetime) -> QuerySet[Any]:
    return Visit.objects.filter(happened_at__lt=before, needs_sealed__isnull=False)


def _list_needs(lo: int, hi: int, before: datetime) -> Sequence[Outlived]:
    return _counted(_needs(before).filter(area__gte=lo, area__lt=hi), "happened_at")


def _forget_needs(before: datetime, most: int) -> tuple[int, list[int]]:
    wanted = list(_needs(before).order_by("id").values_list("id", flat=True)[:most])
    return Visit.objects.filter(pk__in=wanted).update(needs_sealed=None), []


def _decided(before: datetime) -> QuerySet[Any]:
    return Proposal.objects.annotate(said=Length("sealed")).filter(decided_at__lt=before, said__gt=EMPTY_BYTES)


def _list_decided(lo: int, hi: int, before: datetime) -> Sequence[Outlived]:
    return _counted(_decided(before).filter(area__gte=lo, area__lt=hi), "decided_at")


def _forget_decided(before: datetime, most: int) -> tuple[int, list[int]]:
    wanted = list(_decided(before).order_by("id").values_list("id", flat=True)[:most])
    return empty_proposals(wanted), []


declare(
    Rule("gone_person", words("已离开或已故居民", "People who have left or died"), words("离开或去世之日", "the day they left or died"),
         words("姓名、证件、电话等全部删除，只留日期", "Name, numbers and all else; only the days stay"), 5 * 365, OWN_CHOICE, _list_gone, _erase_gone),
    Rule("visit_needs", words("走访中记下的需求", "What a household said it needs"), words("走访之日", "the day of the visit"),
         words("需求内容删除，走访记录保留", "The words; the visit itself stays"), 2 * 365, OWN_CHOICE, _list_needs, _forget_needs),
    Rule("proposal", words("已处理的居民自报", "Decided proposals of residents"), words("处理之日", "the day of the decision"),
         words("自报的内容删除，处理结果保留", "What was proposed; the decision stays"), 180, OWN_CHOICE, _list_decided, _forget_decided),
)
