# SPDX-License-Identifier: MulanPSL-2.0
"""走访: a call at a dwelling with what came of it and the day of the next try; which tries are due, in the order of their days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings

from linli.core import clock
from linli.core.actions import Call, Done, action
from linli.core.faults import Invalid, NotVisible
from linli.core.fields import Field
from linli.core.protection import Protection
from linli.core.sight import Actor
from linli.core.words import words
from linli.elements.keeping.events import KEEPS, dwelling_of, household_of, number_of
from linli.elements.models import Dwelling, Visit
from linli.elements.registers import records, sealing

OUTCOMES = (("met", words("见到人", "Somebody was met")), ("nobody_home", words("家里没人", "Nobody home")),
            ("declined", words("不愿接受走访", "Declined")), ("away", words("暂时外出（仍住这里）", "Away, still living here")))
PURPOSES = (("routine", words("日常走访", "Routine visit")), ("check", words("信息核实", "Checking what is known")), ("care", words("关心服务", "Care and service")),
            ("notice", words("入户通知", "A notice to the household")), ("other", words("其他", "Other")))
AHEAD = words("走访时间不能晚于现在。", "The visit cannot lie ahead of now.")
NEXT_BACK = words("下次走访的日期不能早于今天。", "The day of the next try cannot lie before today.")
ELSEWHERE = words("这一户不在这间房屋。", "This household is not in this dwelling.")
NOTHING_SAID = words("这次走访没有记下需求。", "No need was written down at this visit.")
PAGE = 40
"""Dwellings on a page (our choice; with one name each it stays below the 50 names from which a look is journalled)."""


@dataclass(frozen=True)
class Try:
    """A dwelling to call at again. `days` is how many days it is late; negative while it lies ahead."""

    visit: Visit
    dwelling: Dwelling
    days: int


@action("visit.record", words("记录走访", "Record a visit"), ability=KEEPS, subject="visit", finds=dwelling_of, fields=(
    Field("dwelling", words("房屋", "Dwelling"), "integer", required=True, low=1), Field("household", words("住户", "Household"), "integer", low=1),
    Field("outcome", words("结果", "What came of it"), "choice", required=True, choices=OUTCOMES),
    Field("purpose", words("走访目的", "Purpose"), "choice", required=True, choices=PURPOSES),
    Field("happened_at", words("走访时间（不填为现在）", "When (now if empty)"), "moment"),
    Field("again_on", words("下次再去的日期", "Day of the next try"), "day",
          help=words("没见到人时不填，系统按结果给出日期（拟）。", "Left empty when nobody was met, it follows from the outcome (proposed).")),
    Field("needs", words("住户提出的需求", "What the household needs"), "long_text", limit=1000, protection=Protection.SENSITIVE,
          help=words("加密保存，查看要写明原因。不写病情等与办事无关的内容。", "Kept sealed; reading it takes a reason. Nothing about illness that the work does not need."))))
def record(call: Call) -> Done:
    """A call at a dwelling: who was met or not, and the day of the next try; a try that was due there is done by it."""
    dwelling, given = call.record, call.given
    happened: datetime = given["happened_at"] or call.occurred_at
    if happened > call.recorded_at:
        raise Invalid({"happened_at": AHEAD})
    household = household_of(call.actor, given) if given["household"] else None
    if household is not None and household.dwelling_id != dwelling.pk:
        raise Invalid({"household": ELSEWHERE})
    again = _again(given, clock.local(happened).date(), clock.today())
    Visit.objects.filter(dwelling=dwelling, again_on__isnull=False).update(again_on=None)
    pk = records.drawn(Visit)
    needs = sealing.seal_value("visit", "needs", pk, given["needs"]) if given["needs"] else None
    Visit(pk=pk, area=dwelling.area, dwelling=dwelling, household=household, post_id=call.actor.post, purpose=given["purpose"], outcome=given["outcome"],
          happened_at=happened, recorded_at=call.recorded_at, again_on=again, needs_sealed=needs).save(force_insert=True)
    answer = {"visit": pk, "dwelling": dwelling.pk, "outcome": given["outcome"], "again_on": again.isoformat() if again else ""}
    return Done(dwelling.area, pk, answer, is_new=True)


def _again(given: Mapping[str, Any], happened: date, today: date) -> date | None:
    """The day of the next try: as given, or so many days after a call without success; never in the past."""
    stated: date | None = given["again_on"]
    if stated is not None:
        if stated < today:
            raise Invalid({"again_on": NEXT_BACK})
        return stated
    days = settings.VISIT_AGAIN_DAYS.get(given["outcome"])
    return None if days is None else max(today, happened + timedelta(days=days))


def visit_of(actor: Actor, given: Mapping[str, Any]) -> Visit:
    """The visit named in the input. NotVisible outside the range."""
    found: Visit | None = Visit.objects.visible_to(actor).filter(pk=number_of(given, "visit")).first()
    if found is None:
        raise NotVisible
    return found


@action("visit.look", words("查看需求", "Read the needs"), ability=KEEPS, subject="visit", finds=visit_of, fields=(
    Field("visit", words("走访记录", "Visit"), "integer", required=True, low=1), Field("reason", words("查看原因", "Why"), required=True, limit=200)))
def look(call: Call) -> Done:
    """What a household said it needs, for a reason that is kept with the look."""
    visit: Visit = call.record
    if not visit.needs_sealed:
        raise Invalid({"visit": NOTHING_SAID})
    needs = sealing.open_value("visit", "needs", visit.pk, bytes(visit.needs_sealed))
    return Done(visit.area, visit.pk, {"visit": visit.pk}, once={"needs": needs})


def tries(actor: Actor, *, until: date, after: tuple[date, int] | None = None) -> list[Try]:
    """Dwellings to call at again up to a day, longest due first; one page and one more, from behind `after` (day and number of a visit). One query."""
    found = Visit.objects.visible_to(actor).filter(again_on__lte=until)
    if after is not None:
        found = found.filter(again_on__gte=after[0]).exclude(again_on=after[0], id__lte=after[1])
    today = clock.today()
    return [Try(one, one.dwelling, (today - one.again_on).days) for one in found.select_related("dwelling__building").order_by("again_on", "id")[:PAGE + 1]]


def last_visits(dwellings: list[int]) -> dict[int, Visit]:
    """The last visit of each dwelling; one query."""
    found = Visit.objects.filter(dwelling__in=dwellings).order_by("dwelling", "-happened_at", "-id").distinct("dwelling")
    return {one.dwelling_id: one for one in found}
