# SPDX-License-Identifier: MulanPSL-2.0
"""配备: what stands in a facility: added, corrected, seen, taken away; what has expired, soon expires, or is fewer than it should be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Min, Q

from linli.core import clock
from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, Invalid, NotVisible
from linli.core.fields import Field
from linli.core.sight import Actor
from linli.core.words import words
from linli.elements.accounts import whole_number
from linli.elements.models import Thing, ThingPart
from linli.elements.registers.checks import writing
from linli.elements.registers.kinds import Equipment, thing_kind
from linli.elements.seats import THING, THINGS_KEPT, thing_of

MOST = 500
"""Kinds of parts that one facility lists (our choice: a store has dozens)."""
NO_PARTS = words("“{kind}”不列配备清单。", "A {kind} has no list of equipment.")
TOO_MANY = words("一处设施最多登记 {most} 项配备。", "A facility lists at most {most} kinds of equipment.")
BAD_ORDER = words("到期日期要晚于生产日期。", "The day of expiry must come after the day of making.")
AHEAD = words("检查日期不能晚于今天。", "The day of the check cannot lie ahead of today.")
NOTHING = words("参考清单里的都已经列上了。", "Everything of the reference list is listed already.")
WHY = (("used", words("已使用", "Used up")), ("expired", words("过期报废", "Expired and discarded")), ("moved", words("调往别处", "Moved elsewhere")),
       ("lost", words("损坏或遗失", "Broken or lost")), ("slip", words("登记有误", "Entered by mistake")))

PART = Field("part", words("配备", "Equipment"), "integer", required=True, low=1)
FIELDS = (
    Field("name", words("品名", "What it is"), required=True, limit=80), Field("unit", words("单位", "Unit"), limit=10),
    Field("count", words("数量", "How many"), "integer", required=True, low=0, high=1_000_000),
    Field("wanted", words("应有数量", "How many there should be"), "integer", low=0, high=1_000_000),
    Field("made_on", words("生产日期", "Made on"), "day"), Field("expires_on", words("到期日期", "Expires on"), "day"),
    Field("checked_on", words("检查日期", "Checked on"), "day"),
)


def _thing(actor: Actor, given: Mapping[str, Any]) -> Thing:
    return thing_of(actor, given.get("thing"))


def _part(actor: Actor, given: Mapping[str, Any]) -> ThingPart:
    found: ThingPart | None = ThingPart.objects.visible_to(actor).filter(pk=whole_number(given.get("part"))).first()
    if found is None:
        raise NotVisible
    return found


def _refuse_kind(one: Thing) -> None:
    kind = thing_kind(one.kind)
    if kind is None or not kind.has_parts:
        raise Conflict(NO_PARTS.format(kind=kind.words if kind else one.kind), code="no_parts")


def _values(given: Mapping[str, Any]) -> dict[str, Any]:
    if given["made_on"] and given["expires_on"] and given["expires_on"] <= given["made_on"]:
        raise Invalid({"expires_on": BAD_ORDER})
    if given["checked_on"] and given["checked_on"] > clock.today():
        raise Invalid({"checked_on": AHEAD})
    return {"name": writing.plain(given["name"]), "unit": writing.plain(given["unit"] or ""), "count": given["count"], "wanted": given["wanted"],
            "made_on": given["made_on"], "expires_on": given["expires_on"], "checked_on": given["checked_on"]}


@action("part.add", words("登记配备", "Add equipment"), ability=THINGS_KEPT, subject="thing", finds=_thing, fields=(THING, *FIELDS))
def add_part(call: Call) -> Done:
    """One line more in the facility's list; two lots with different expiry are two lines."""
    one = call.record
    _refuse_kind(one)
    if ThingPart.objects.filter(thing=one).count() >= MOST:
        raise Conflict(TOO_MANY.format(most=MOST), code="too_many_parts")
    made = ThingPart.objects.create(area=one.area, thing=one, **_values(call.given))
    return Done(one.area, one.pk, {"part": made.pk, "thing": one.pk})


@action("part.change", words("更正配备", "Correct equipment"), ability=THINGS_KEPT, subject="thing", finds=_part, fields=(PART, *FIELDS))
def change_part(call: Call) -> Done:
    """The line as it is now; what it said before stands in the journal."""
    one, values = call.record, _values(call.given)
    before = {name: getattr(one, name) for name in values if getattr(one, name) != values[name]}
    ThingPart.objects.filter(pk=one.pk).update(**values)
    return Done(one.area, one.thing_id, {"part": one.pk, "thing": one.thing_id}, {"before": before})


@action("part.remove", words("移除配备", "Take equipment off the list"), ability=THINGS_KEPT, subject="thing", finds=_part, fields=(
    PART, Field("reason", words("原因", "Why"), "choice", required=True, choices=WHY)))
def remove_part(call: Call) -> Done:
    """The line goes; what it said stands in the journal."""
    one = call.record
    before = {name: getattr(one, name) for name in ("name", "unit", "count", "wanted", "made_on", "expires_on", "checked_on")}
    ThingPart.objects.filter(pk=one.pk).delete()
    return Done(one.area, one.thing_id, {"thing": one.thing_id}, {"before": before})


@action("part.check", words("登记检查", "Enter a check"), ability=THINGS_KEPT, subject="thing", finds=_thing, fields=(
    THING, Field("checked_on", words("检查日期", "Checked on"), "day")))
def check_parts(call: Call) -> Done:
    """Everything on the list was seen that day (today)."""
    one, day = call.record, call.given["checked_on"] or clock.today()
    if day > clock.today():
        raise Invalid({"checked_on": AHEAD})
    seen = ThingPart.objects.filter(Q(checked_on=None) | Q(checked_on__lt=day), thing=one).update(checked_on=day)
    return Done(one.area, one.pk, {"thing": one.pk, "seen": seen})


@action("part.propose", words("列出参考清单", "Put the reference list in"), ability=THINGS_KEPT, subject="thing", finds=_thing, fields=(THING,))
def propose_parts(call: Call) -> Done:
    """What the kind says should stand there and is not listed comes onto the list, none of it counted yet."""
    one = call.record
    _refuse_kind(one)
    fresh = missing(one)
    if not fresh:
        raise Conflict(NOTHING, code="nothing_to_list")
    ThingPart.objects.bulk_create([ThingPart(area=one.area, thing=one, name=item.name, unit=item.unit, count=0, wanted=item.wanted) for item in fresh])
    return Done(one.area, one.pk, {"thing": one.pk, "listed": len(fresh)})


def missing(one: Thing) -> list[Equipment]:
    """What the kind expects and the facility does not list by that name."""
    kind = thing_kind(one.kind)
    if kind is None or not kind.equipment:
        return []
    listed = set(ThingPart.objects.filter(thing=one).values_list("name", flat=True))
    return [item for item in kind.equipment if item.name not in listed]


def horizon(today: date) -> date:
    """The last day whose expiry rings today (LINLI_PARTS_AHEAD_DAYS; our proposal, shown with 拟)."""
    return today + timedelta(days=settings.PARTS_AHEAD_DAYS)


@dataclass(frozen=True)
class State:
    """How the list of one facility stands: lines that have expired, that expire within the days watched, that are fewer than they should be."""

    lines: int = 0
    expired: int = 0
    soon: int = 0
    short: int = 0
    next_on: date | None = None


def states(things: Sequence[int], today: date) -> dict[int, State]:
    """The state of each facility's list, inside the sight in force; facilities without a list are left out. One query."""
    stocked = Q(count__gt=0)
    rows = ThingPart.objects.filter(thing__in=list(things)).values("thing").annotate(
        lines=Count("id"), expired=Count("id", filter=stocked & Q(expires_on__lt=today)),
        soon=Count("id", filter=stocked & Q(expires_on__gte=today, expires_on__lte=horizon(today))),
        short=Count("id", filter=Q(count__lt=F("wanted"))), next_on=Min("expires_on", filter=stocked & Q(expires_on__gte=today))) if things else ()
    return {row.pop("thing"): State(**row) for row in rows}


def state_of_part(one: ThingPart, today: date) -> str:
    """`expired`, `soon`, `short` or `right`, the worst that holds."""
    if one.count and one.expires_on is not None and one.expires_on < today:
        return "expired"
    if one.count and one.expires_on is not None and one.expires_on <= horizon(today):
        return "soon"
    return "short" if one.wanted is not None and one.count < one.wanted else "right"
