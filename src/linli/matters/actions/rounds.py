# SPDX-License-Identifier: MulanPSL-2.0
"""Rounds: begun and ended by who walks them, with what was looked at; and what he says against a record of himself."""

from datetime import date, timedelta
from typing import Any

from django.conf import settings

from linli.core import clock
from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, Invalid, NotAble, NotVisible
from linli.core.fields import Field
from linli.core.sight import AREA_END, Actor, of_all
from linli.core.words import words
from linli.elements import covering, places
from linli.elements.assignments import WALKS, grid_of
from linli.elements.places import KnownPlace
from linli.matters import numbers, rounds, shifts
from linli.matters.checklists import checklist_of, item_choices
from linli.matters.models import Objection, Round

LONGEST = timedelta(hours=12)
"""A round ends on the day it began; later it is no confirmation any more (our choice)."""

NOT_YOURS = words("“{grid}”在 {day} 不由您负责，也没有请您顶岗。", "On {day} {grid} was neither yours nor were you standing in there.")
NOT_YOURS_REMEDY = words("请在自己负责的网格巡查；如安排有误，请居委会主任或街道调度员更正。",
                         "Walk your own grids; if the assignment is wrong, ask the director or the dispatcher to correct it.")
REDRAWN = words("“{grid}”已经重划，您的岗位换到了新网格。", "{grid} was redrawn, and your post is at a new grid.")
REDRAWN_REMEDY = words("新网格请重新开始巡查；重划前走过的这一次，请在“我的工作量”里说明。",
                       "Begin a round in the new grid; say under “my work” what you walked before the redrawing.")
OPEN_ALREADY = words("您在“{grid}”的巡查从 {since} 开始，还没有结束。", "Your round in {grid} began at {since} and has not ended.")
OPEN_REMEDY = words("请先结束那一次巡查。", "End that round first.")
ENDED = words("这次巡查已经结束，没有重复登记。", "This round has ended already; nothing was entered twice.")
ENDED_REMEDY = words("如要补充，请上报事项，或在“我的工作量”里说明。", "Report a matter, or say it under “my work”.")
WHICH = words("请写明是哪一次巡查。", "Say which round.")
BEFORE = words("结束时间早于开始时间。", "The end lies before the beginning.")
TOO_LATE = words("这次巡查开始已超过 {hours} 小时，不能再确认结束。请重新开始一次巡查。",
                 "This round began more than {hours} hours ago and can no longer be confirmed. Begin a new one.")
OTHER_LIST = words("“{name}”不在这类网格的查看清单里。", "“{name}” is not on the list for this kind of grid.")
NOT_LOOKED = words("“{name}”没有勾选查看，却写了发现问题。", "“{name}” was not looked at, yet something was found there.")
SAY_NOTHING = words("没有发现问题也请明确勾选“未发现问题”。", "If nothing was found, say so: tick “nothing found”.")
BOTH = words("已经写了发现的问题，就不能再勾选“未发现问题”。", "Something was found, so “nothing found” cannot be ticked.")

CLIENT = Field("client", words("手机上的编号", "Number on the phone"), "text", limit=64)


@action("round.begin", words("开始巡查", "Begin a round"), ability=WALKS, subject="round", fields=(
    Field("area", words("网格", "Grid"), "area", required=True), CLIENT))
def begin_round(call: Call) -> Done:
    """The worker begins to walk a grid that is his that day; the same number of the phone begins the same round, once."""
    account, client = call.actor.account or 0, call.given["client"] or ""
    known = Round.objects.visible_to(call.actor).filter(worker=account, client=client).first() if client else None
    if known is not None:
        return Done(known.area, known.pk, _begun(known))
    day = clock.local(call.occurred_at).date()
    grid = _grid(call.actor, call.given["area"], day)
    if not covering.is_on_duty(call.actor.post or 0, grid.area, day):
        raise NotAble(NOT_YOURS.format(grid=grid.name, day=day.isoformat()), NOT_YOURS_REMEDY, code="not_my_grid")
    still = Round.objects.filter(worker=account, area=grid.area, day=day, ended_at=None).first()
    if still is not None:
        since = f"{clock.local(still.began_at):%H:%M}"
        raise Conflict(OPEN_ALREADY.format(grid=grid.name, since=since), OPEN_REMEDY, code="round_open")
    made = Round.objects.create(
        area=grid.area, worker=account, post=call.actor.post or 0, client=client, day=day, shift=shifts.shift_at(call.occurred_at),
        began_at=call.occurred_at, began_recorded_at=call.recorded_at)
    return Done(grid.area, made.pk, _begun(made), is_new=True)


def _grid(actor: Actor, area: int, day: date) -> KnownPlace:
    """The grid to be walked, as it stood on that day: a phone may tell of a round in a grid that was redrawn meanwhile."""
    found = places.find_place(area)
    if found is None or found.stands() or found.level != "grid":
        return grid_of(actor, area)
    if area in actor.extra:
        raise NotAble(REDRAWN.format(grid=found.name), REDRAWN_REMEDY, code="grid_redrawn")
    if not actor.lo <= found.lo < found.hi <= actor.hi or not found.stands(day):
        raise NotVisible
    return found


def _begun(one: Round) -> dict[str, Any]:
    return {"round": one.pk, "client": one.client, "area": one.area, "day": one.day.isoformat(), "shift": one.shift, "began_at": one.began_at.isoformat()}


def _own(call: Call) -> Round:
    """The caller's own round by its number or the phone's, locked. NotVisible when there is none, Invalid when neither is given."""
    number, client = call.given["round"], call.given["client"]
    if not number and not client:
        raise Invalid({"round": WHICH})
    mine = Round.objects.visible_to(call.actor).select_for_update().filter(worker=call.actor.account or 0)
    found = (mine.filter(pk=number) if number else mine.filter(client=client)).first()
    if found is None:
        raise NotVisible
    return found  # type: ignore[no-any-return]


@action("round.end", words("结束巡查", "End a round"), ability=WALKS, subject="round", fields=(
    Field("round", words("巡查", "Round"), "integer", low=1), CLIENT,
    Field("looked", words("看了哪些", "What you looked at"), "choices", required=True, choices=item_choices),
    Field("found", words("其中发现问题的", "Where you found something"), "choices", choices=item_choices),
    Field("nothing_found", words("未发现问题", "Nothing found"), "truth"),
    Field("reports", words("本次上报的请求编号", "Request keys of the reports made"), "text", limit=4000),
    Field("note", words("说明", "Note"), "long_text", limit=1000)))
def end_round(call: Call) -> Done:
    """The worker says what he looked at and what he found, nothing included; what he reported on the way belongs to the round.

    A round of a grid that was redrawn meanwhile is ended by his post at the new one, in whose place the step is recorded.
    """
    one = _own(call)
    if one.ended_at is not None:
        raise Conflict(ENDED, ENDED_REMEDY, code="round_ended")
    if call.occurred_at < one.began_at:
        raise Invalid({"occurred_at": BEFORE})
    if call.occurred_at - one.began_at > LONGEST:
        raise Invalid({"occurred_at": TOO_LATE.format(hours=LONGEST // timedelta(hours=1))})
    _refuse_unlisted(one, call.given)
    one.ended_at, one.ended_recorded_at = call.occurred_at, call.recorded_at
    rounds.link(one, rounds.named_reports(call.actor, call.given["reports"] or ""))
    found = rounds.reports_of([one.pk]).get(one.pk, [])
    has_found = bool(call.given["found"] or found)
    if not has_found and not call.given["nothing_found"]:
        raise Invalid({"nothing_found": SAY_NOTHING})
    if has_found and call.given["nothing_found"]:
        raise Invalid({"nothing_found": BOTH})
    one.looked, one.found, one.note = call.given["looked"], call.given["found"] or [], call.given["note"] or ""
    one.is_nothing_found = not has_found
    one.save(update_fields=["ended_at", "ended_recorded_at", "looked", "found", "note", "is_nothing_found"])
    rounds.note_walked(one)
    answer = {"round": one.pk, "client": one.client, "ended_at": one.ended_at.isoformat(), "reports": [numbers.number_of(matter) for matter in found],
              "nothing_found": one.is_nothing_found}
    area = call.actor.lo if one.area in call.actor.extra else one.area
    return Done(area, one.pk, answer, {"shift": one.shift, "day": one.day})


def _refuse_unlisted(one: Round, given: Any) -> None:
    place = places.find_place(one.area)
    listed = {item.code for item in checklist_of(place.kind if place else "").items}
    labels = dict(item_choices())
    for name in ("looked", "found"):
        strange = next((code for code in given[name] or [] if code not in listed), None)
        if strange is not None:
            raise Invalid({name: OTHER_LIST.format(name=labels[strange])})
    missed = next((code for code in given["found"] or [] if code not in given["looked"]), None)
    if missed is not None:
        raise Invalid({"found": NOT_LOOKED.format(name=labels[missed])})


@action("round.close_day", words("记下当天的巡查情况", "Note the rounds of a day"), ability="round.close_day", subject="round_day", sight="whole_subtree",
        opens=lambda actor, given: of_all(), fields=(Field("day", words("日期", "Day"), "day", required=True),))
def close_day(call: Call) -> Done:
    """The system notes, when a day is over, which grids were to be walked and which rounds were; the same day again changes nothing."""
    noted = rounds.note_days(call.given["day"])
    return Done(settings.CITY_AREA, call.given["day"].toordinal(), {"day": call.given["day"].isoformat(), "grids": noted})


@action("round.link", words("把迟到的上报归入巡查", "Give late reports to their rounds"), ability="round.close_day", subject="round_link", sight="whole_subtree",
        opens=lambda actor, given: of_all())
def link_reports(call: Call) -> Done:
    """The system gives what arrived after a round had ended to that round; the subject is the last link before."""
    before = rounds.last_link()
    return Done(settings.CITY_AREA, before, {"linked": rounds.link_late(0, AREA_END)})


@action("round.object", words("对记录提出异议", "Object to a record"), ability=WALKS, subject="objection", fields=(
    Field("text", words("想说明的情况", "What you want to say"), "long_text", required=True, limit=1000),
    Field("round", words("哪一次巡查", "Which round"), "integer", low=1)))
def object_to(call: Call) -> Done:
    """A worker says in his own words what is wrong in what is kept about his work; the director has to answer."""
    area, number = call.actor.lo, call.given["round"]
    if number:
        found = Round.objects.visible_to(call.actor).filter(pk=number, worker=call.actor.account or 0).first()
        if found is None:
            raise NotVisible
        area = found.area
    made = Objection.objects.create(area=area, account=call.actor.account or 0, post=call.actor.post or 0, round_id=number, text=call.given["text"],
                                    made_at=call.recorded_at)
    return Done(area, made.pk, {"objection": made.pk}, is_new=True)


ANSWERED = words("这条异议已经答复过了。", "This objection has been answered.")
ANSWERED_REMEDY = words("如有新情况，可以再提出一条。", "A new one can be made if there is more to say.")
NOT_OWN = words("不能答复自己提出的异议。", "Nobody answers his own objection.")


@action("round.answer_objection", words("答复异议", "Answer an objection"), ability="round.answer", subject="objection", fields=(
    Field("objection", words("异议", "Objection"), "integer", required=True, low=1),
    Field("answer", words("答复", "Answer"), "long_text", required=True, limit=1000)))
def answer_objection(call: Call) -> Done:
    """The director or the dispatcher answers, once, in words that the worker reads."""
    found = Objection.objects.visible_to(call.actor).select_for_update().filter(pk=call.given["objection"]).first()
    if found is None:
        raise NotVisible
    if found.answered_at is not None:
        raise Conflict(ANSWERED, ANSWERED_REMEDY, code="answered")
    if found.account == call.actor.account:
        raise NotAble(NOT_OWN, code="own_objection")
    found.answer, found.answered_at, found.answered_by = call.given["answer"], call.recorded_at, call.actor.account
    found.save(update_fields=["answer", "answered_at", "answered_by"])
    return Done(found.area, found.pk, {"objection": found.pk})
