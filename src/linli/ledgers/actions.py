# SPDX-License-Identifier: MulanPSL-2.0
"""Actions of 账: budgeted money comes in, is passed down, is spent, each with its voucher; what was wrong is taken back by a further entry."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from linli.core import clock, evidence
from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, Invalid, NotAble, NotVisible
from linli.core.fields import Field
from linli.core.sight import Actor
from linli.core.words import Words, words
from linli.elements import places
from linli.elements.places import KnownPlace
from linli.ledgers import booking
from linli.ledgers.booking import ALLOCATE, APPROPRIATE, AVAILABLE, SOURCE, SPEND, SPENT, Movement, Voucher, yuan
from linli.ledgers.funds import Fund, fund_named, funds
from linli.ledgers.models import Entry

SEES, ALLOCATES, SPENDS = "fund.see", "fund.allocate", "fund.spend"
SUBJECT = "fund_entry"
MOST = 10**13
"""Cents of one voucher at most (our choice: a hundred thousand million yuan; keeps sums inside a bigint)."""

UNKNOWN_FUND = words("没有这项经费，请从列表里选。", "There is no such fund. Pick one from the list.")
UNKNOWN_USE = words("请选这笔钱用在哪一项。", "Say what the money was spent on, out of the list.")
NOT_BEARER = words("这项经费由{level}财政安排，请选{level}一级的地方。", "This fund is borne by the budget of a {level}. Choose a place of that level.")
NOT_BELOW = words("只能拨付给下级的街镇或社区。", "Money is passed to a street or community below.")
NOT_HERE = words("不能为这个地方记支出。", "No spending can be entered for this place.")
TOO_LATE = words("凭证日期不能晚于今天。", "The voucher's day cannot lie ahead of today.")
TOO_EARLY = words("凭证日期最早到 {year} 年 1 月 1 日。", "The voucher's day lies before {year}.")
BEGINNING = 2013
"""The first year of creation (policy.md 2.1)."""
TAKEN_BACK = words("这笔已经冲销过了。", "This entry is reversed already.")
IS_REVERSAL = words("冲销凭证不能再冲销，请重新记一笔。", "A reversing entry is not reversed again; enter it anew.")
REVERSED_REMEDY = words("请刷新页面查看账目。", "Reload the page to see the books.")
LEVELS: Mapping[str, Words] = {"city": words("市", "city"), "district": words("区", "district"), "street": words("街镇", "street"),
                               "community": words("社区", "community")}


def _fund_choices() -> list[tuple[str, Words]]:
    return [(one.name, one.words) for one in funds()]


FUND = Field("fund", words("经费", "Fund"), "choice", required=True, choices=_fund_choices)
PLACE = Field("area", words("单位所在地", "Place"), "integer", required=True, low=1)
AMOUNT = Field("amount", words("金额（元）", "Amount (yuan)"), "hundredths", required=True, low=1, high=MOST,
               help=words("最多两位小数，例如 12000.50。", "At most two decimals, such as 12000.50."))
DAY = Field("day", words("凭证日期", "Day of the voucher"), "day", required=True)
PURPOSE = Field("purpose", words("事由（文件号、合同、项目）", "What for (document, contract, project)"), required=True, limit=200)
VOUCHERS = Field("evidence", words("凭证（批文、发票、合同的照片或 PDF）", "Vouchers (photos or PDF of document, invoice, contract)"), "evidence", required=True)


@action("fund.appropriate", words("登记预算安排", "Enter budgeted money"), ability=ALLOCATES, subject=SUBJECT, fields=(FUND, PLACE, AMOUNT, DAY, PURPOSE, VOUCHERS))
def appropriate(call: Call) -> Done:
    """Money that the bearer's budget provides comes into its own account."""
    fund, place = _fund(call), _place(call)
    if place.level != fund.bearer:
        raise Invalid({"area": NOT_BEARER.format(level=LEVELS.get(fund.bearer, fund.words))})
    return _booked(call, fund, Movement(APPROPRIATE, place.area, (SOURCE, place.area), (AVAILABLE, place.area)))


@action("fund.allocate", words("拨付", "Allocate"), ability=ALLOCATES, subject=SUBJECT, fields=(
    FUND, PLACE, Field("to", words("拨给", "To"), "integer", required=True, low=1), AMOUNT, DAY, PURPOSE, VOUCHERS))
def allocate(call: Call) -> Done:
    """Money goes from a place to one below it."""
    fund, place = _fund(call), _place(call)
    below = places.find_place(call.given["to"])
    if below is None or below.level == "grid" or below.area == place.area or not (place.lo <= below.lo and below.hi <= place.hi):
        raise Invalid({"to": NOT_BELOW})
    return _booked(call, fund, Movement(ALLOCATE, below.area, (AVAILABLE, place.area), (AVAILABLE, below.area)))


@action("fund.spend", words("记一笔支出", "Enter a spending"), ability=SPENDS, subject=SUBJECT, fields=(
    FUND, PLACE, AMOUNT, DAY, Field("use", words("用途", "Use"), required=True, limit=40), PURPOSE,
    Field("payee", words("收款单位", "Paid to (firm or unit)"), required=True, limit=120), VOUCHERS))
def spend(call: Call) -> Done:
    """Money of a place's account was paid out, for one of the fund's uses, with its vouchers."""
    fund, place = _fund(call), _place(call)
    if call.given["use"] not in fund.uses:
        raise Invalid({"use": UNKNOWN_USE})
    if place.level == "grid":
        raise Invalid({"area": NOT_HERE})
    return _booked(call, fund, Movement(SPEND, place.area, (AVAILABLE, place.area), (SPENT, place.area)))


def find_entry(actor: Actor, given: Mapping[str, Any]) -> Entry:
    """The entry of a number inside the actor's range. NotVisible otherwise."""
    text = str(given.get("voucher", ""))
    found: Entry | None = None
    if text.isascii() and text.isdecimal() and len(text) < 19:
        found = Entry.objects.visible_to(actor).select_related("reverses").filter(pk=int(text)).first()
    if found is None:
        raise NotVisible
    return found


def may_reverse(actor: Actor, entry: Entry) -> bool:
    """Who may enter a voucher of this kind for the place that gave the money may also take it back."""
    if entry.kind == SPEND:
        return actor.may(SPENDS)
    return actor.may(ALLOCATES) and actor.lo < entry.area if entry.kind == ALLOCATE else actor.may(ALLOCATES)


@action("fund.reverse", words("冲销", "Reverse"), ability=SEES, subject=SUBJECT, finds=find_entry, fields=(
    Field("voucher", words("凭证", "Voucher"), "integer", required=True, low=1),
    Field("reason", words("为什么冲销", "Why it is reversed"), required=True, limit=180), DAY))
def reverse(call: Call) -> Done:
    """Take an entry back whole: the same amount the other way, with the reason; both stay in the books.

    Conflict when it was reversed already or when its money is used by now.
    """
    old, fund = call.record, fund_named(call.record.fund)
    if fund is None:
        raise NotVisible
    if not may_reverse(call.actor, old):
        raise NotAble
    if old.reverses_id is not None:
        raise Conflict(IS_REVERSAL, REVERSED_REMEDY, code="reversal")
    if Entry.objects.filter(reverses=old).exists():
        raise Conflict(TAKEN_BACK, REVERSED_REMEDY, code="reversed")
    sides = {one.amount > 0: (one.role, one.area) for one in old.postings.all()}
    if len(sides) < 2:  # the account that gave lies beyond this post's range: only who gave takes back
        raise NotAble
    day = _day(call)
    voucher = Voucher(max(day, old.day) if day.year == old.year else old.day, old.amount, call.given["reason"], old.use, old.payee)
    made = booking.book(call, fund, Movement(old.kind, old.area, sides[True], sides[False]), voucher, old)
    return Done(made.area, made.pk, {"voucher": made.pk, "number": made.number}, {"reverses": old.pk, "amount": old.amount}, is_new=True)


def _fund(call: Call) -> Fund:
    found = fund_named(call.given["fund"])
    if found is None:
        raise Invalid({"fund": UNKNOWN_FUND})
    return found


def _place(call: Call) -> KnownPlace:
    """The place whose account is meant: wholly inside the actor's range, and standing. NotVisible otherwise."""
    found = places.find_place(call.given["area"])
    if found is None or found.lo < call.actor.lo or found.hi > call.actor.hi:
        raise NotVisible
    return found


def _day(call: Call) -> date:
    day: date = call.given["day"]
    if day > clock.today():
        raise Invalid({"day": TOO_LATE})
    if day.year < BEGINNING:
        raise Invalid({"day": TOO_EARLY.format(year=BEGINNING)})
    return day


def _booked(call: Call, fund: Fund, movement: Movement) -> Done:
    given = call.given
    voucher = Voucher(_day(call), given["amount"], given["purpose"], given.get("use") or "", given.get("payee") or "")
    made = booking.book(call, fund, movement, voucher)
    evidence.attach(given["evidence"], area=made.area, subject_kind=SUBJECT, subject=made.pk, actor=call.actor, claim=call.device, vouched=call.vouched)
    return Done(made.area, made.pk, {"voucher": made.pk, "number": made.number, "amount": yuan(made.amount)}, is_new=True)
