# SPDX-License-Identifier: MulanPSL-2.0
"""Closing a period and restating it: asked for by one person, confirmed by another, frozen by the worker, never edited."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db.models import Max, QuerySet

from linli.core import clock, jobs
from linli.core.actions import Call, Done, action
from linli.core.editions import bump
from linli.core.faults import Conflict, Invalid, NotAble, NotVisible
from linli.core.fields import Field
from linli.core.sight import Actor
from linli.core.words import words
from linli.measures.closing import editions
from linli.measures.models import Closing
from linli.measures.periods import parse

CLOSES, CONFIRMS, FINISHES = "period.close", "period.confirm", "period.finish"
JOB = "measures.freeze"
RUNNING = words("“{period}”还没有结束，不能结账。", "The period {period} has not ended and cannot be closed.")
CLOSED = words("“{period}”已经结账。", "The period {period} is closed already.")
CLOSED_REMEDY = words("数据有更正时，请办理“更正后重新公布”。", "Restate it where records were corrected.")
NOT_CLOSED = words("“{period}”还没有结账，不用更正公布；数字随记录自动更新。", "The period {period} is not closed; its figures follow the records by themselves.")
WAITING = words("“{period}”已有一次申请在办。", "Something is already under way for the period {period}.")
WAITING_REMEDY = words("请先确认或撤回它。", "Confirm it or take it back first.")
OWN = words("自己申请的不能自己确认。", "You cannot confirm what you asked for yourself.")
OWN_REMEDY = words("请另一位有权限的同事核对后确认。", "Ask a colleague who may confirm to check it.")
DECIDED = words("这次申请已经确认、撤回或完成。", "This has been confirmed, taken back or finished already.")
DECIDED_REMEDY = words("请刷新页面查看现在的状态。", "Reload the page to see how it stands.")
PERIOD = Field("period", words("统计期（年份如 2026，月份如 2026-11）", "Period (a year such as 2026, a month such as 2026-11)"), required=True, limit=7)
REASON = Field("reason", words("为什么更正", "Why it is restated"), "long_text", required=True, limit=500)
CLOSING = Field("closing", words("结账记录", "Closing"), "integer", required=True, low=1)


def closings() -> QuerySet[Closing]:
    """All closings, newest first, not yet read: they concern the whole city and name no place."""
    return Closing.objects.order_by("-id")


def find_closing(actor: Actor, given: Mapping[str, Any]) -> Closing:
    """The closing of a number; NotVisible when there is none, and for a post that sees no place at all."""
    text = str(given.get("closing", ""))
    is_number = text.isascii() and text.isdecimal() and len(text) < 19
    found = Closing.objects.filter(pk=int(text)).first() if is_number and actor.lo < actor.hi else None
    if found is None:
        raise NotVisible
    return found


@action(CLOSES, words("申请结账", "Ask for a period to be closed"), ability=CLOSES, subject="closing", fields=(PERIOD,))
def close(call: Call) -> Done:
    """Ask that a period that has ended is frozen as published; nothing happens until another person confirms."""
    period = parse(call.given["period"])
    if period.end > clock.now():
        raise Invalid({"period": RUNNING.format(period=period.key)})
    if editions.edition_of(period.key) is not None:
        raise Conflict(CLOSED.format(period=period.key), CLOSED_REMEDY, code="closed")
    return _ask(call, period.key, 1, "")


@action("period.restate", words("申请更正后重新公布", "Ask for a closed period to be restated"), ability=CLOSES, subject="closing", fields=(PERIOD, REASON))
def restate(call: Call) -> Done:
    """Ask for a new edition of a closed period with the reason; the earlier editions stay as they were."""
    period = parse(call.given["period"]).key
    newest = Closing.objects.filter(period=period, state="frozen").aggregate(newest=Max("number"))["newest"]
    if newest is None:
        raise Invalid({"period": NOT_CLOSED.format(period=period)})
    return _ask(call, period, newest + 1, call.given["reason"])


def _ask(call: Call, period: str, number: int, reason: str) -> Done:
    if Closing.objects.filter(period=period, state__in=["asked", "confirmed"]).exists():
        raise Conflict(WAITING.format(period=period), WAITING_REMEDY, code="waiting")
    made = Closing.objects.create(period=period, number=number, reason=reason, asked_by=call.actor.account or 0, asked_at=call.recorded_at)
    return Done(settings.CITY_AREA, made.pk, {"closing": made.pk, "period": period, "number": number}, is_new=True)


@action(CONFIRMS, words("确认结账", "Confirm a closing"), ability=CONFIRMS, subject="closing", finds=find_closing, fields=(CLOSING,))
def confirm(call: Call) -> Done:
    """Another person agrees; the worker then freezes figures and records."""
    held = _locked(call.record, "asked")
    if held.asked_by == call.actor.account:
        raise NotAble(OWN, OWN_REMEDY, "own_proposal")
    _decide(held, call, "confirmed")
    jobs.start(JOB, held.pk)
    return Done(settings.CITY_AREA, held.pk, {"closing": held.pk, "state": held.state})


@action("period.withdraw", words("撤回结账申请", "Take a closing back"), ability=CLOSES, subject="closing", finds=find_closing, fields=(CLOSING,))
def withdraw(call: Call) -> Done:
    """Nothing comes of it; possible until it is confirmed."""
    held = _locked(call.record, "asked")
    _decide(held, call, "withdrawn")
    return Done(settings.CITY_AREA, held.pk, {"closing": held.pk, "state": held.state})


@action(FINISHES, words("结账完成", "A closing is complete"), ability=FINISHES, subject="closing", finds=find_closing, fields=(CLOSING,))
def finish(call: Call) -> Done:
    """All of it is frozen: from now on the period shows this edition. A second time nothing happens."""
    held = Closing.objects.select_for_update().get(pk=call.record.pk)
    if held.state == "confirmed" and held.whole and held.done >= held.whole:
        held.state, held.frozen_at = "frozen", call.recorded_at
        held.save(update_fields=["state", "frozen_at"])
        bump(editions.EDITION)
    return Done(settings.CITY_AREA, held.pk, {"closing": held.pk, "state": held.state, "period": held.period, "number": held.number},
                {"figures_differ": held.figures_differ, "records_differ": held.records_differ, "watermark": held.watermark})


def _locked(held: Closing, state: str) -> Closing:
    found = Closing.objects.select_for_update().get(pk=held.pk)
    if found.state != state:
        raise Conflict(DECIDED, DECIDED_REMEDY, code="closing_decided")
    return found


def _decide(held: Closing, call: Call, state: str) -> None:
    held.state, held.decided_by, held.decided_at = state, call.actor.account, call.recorded_at
    held.save(update_fields=["state", "decided_by", "decided_at"])
