# SPDX-License-Identifier: MulanPSL-2.0
"""Double entry: every voucher takes from one account what it adds to another, and nobody uses money that is not there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.db.models import Sum

from linli.core.actions import Call
from linli.core.faults import Conflict
from linli.core.words import words
from linli.elements import places
from linli.elements.places import KnownPlace
from linli.ledgers.funds import Fund
from linli.ledgers.models import Account, Entry, Posting

SOURCE, AVAILABLE, SPENT = "source", "available", "spent"
APPROPRIATE, ALLOCATE, SPEND = "appropriate", "allocate", "spend"
OVERDRAWN = words("“{name}”{year} 年可用余额只有 {left} 元，不够这笔 {amount} 元。", "{name} has {left} yuan left for {year}, less than these {amount} yuan.")
OVERDRAWN_REMEDY = words("请核对金额，或先请上级拨付。", "Check the amount, or ask the level above to allocate first.")
NEXT = """insert into ledgers_counter (fund, year, bearer, last) values (%s, %s, %s, 1)
on conflict (fund, year, bearer) do update set last = ledgers_counter.last + 1 returning last"""
NOON = time(12)


@dataclass(frozen=True)
class Movement:
    """What moves: from the account of one role and place to that of another."""

    kind: str
    area: int
    taken: tuple[str, int]
    given: tuple[str, int]


@dataclass(frozen=True)
class Voucher:
    """What a voucher says beside the movement."""

    day: date
    amount: int
    purpose: str
    use: str = ""
    payee: str = ""


def yuan(cents: int) -> str:
    """Cents as yuan with two decimals and thousands: `1,234.50`."""
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole:,}.{rest:02d}"


def bearer_of(fund: Fund, area: int) -> KnownPlace:
    """The place above `area` (or itself) whose budget bears the fund; the city's own where no such level lies above."""
    above = places.path_of(area)
    return next((one for one in above if one.level == fund.bearer), above[0])


def book(call: Call, fund: Fund, movement: Movement, voucher: Voucher, reverses: Entry | None = None) -> Entry:
    """Write one entry with its two postings inside the running action. Conflict when the account that gives would be overdrawn."""
    year = voucher.day.year
    accounts = _accounts(fund, year, (movement.taken, movement.given))
    _refuse_overdraft(fund, year, movement.taken, voucher.amount)
    bearer = bearer_of(fund, movement.area).area
    entry = Entry.objects.create(
        area=movement.area, fund=fund.name, year=year, bearer=bearer, number=_next_number(fund, year, bearer), kind=movement.kind, day=voucher.day,
        at=datetime.combine(voucher.day, NOON, ZoneInfo(settings.TIME_ZONE)), amount=voucher.amount, use=voucher.use, purpose=voucher.purpose,
        payee=voucher.payee, reverses=reverses, booked_by=call.actor.account, booked_at=call.recorded_at)
    Posting.objects.bulk_create([
        Posting(area=area, entry=entry, account=accounts[role, area], fund=fund.name, year=year, kind=movement.kind, role=role, amount=amount)
        for (role, area), amount in ((movement.taken, -voucher.amount), (movement.given, voucher.amount))])
    return entry


def left_of(fund: Fund, year: int, area: int) -> int:
    """What a place may still use of a fund's year, in cents, inside the sight in force."""
    found = Posting.objects.filter(area=area, fund=fund.name, year=year, role=AVAILABLE).aggregate(left=Sum("amount"))["left"]
    return int(found or 0)


def _accounts(fund: Fund, year: int, wanted: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Account]:
    """The accounts, opened where they are not there yet; taken in one order, so that two vouchers never wait for each other."""
    found = {}
    for role, area in sorted(wanted, key=lambda one: (one[1], one[0])):
        found[role, area], _ = Account.objects.get_or_create(area=area, fund=fund.name, year=year, role=role)
    with connection.cursor() as cursor:
        for account in sorted(one.pk for one in found.values()):
            cursor.execute("select pg_advisory_xact_lock(%s, %s)", [7_366_002, account])
    return found


def _refuse_overdraft(fund: Fund, year: int, taken: tuple[str, int], amount: int) -> None:
    role, area = taken
    if role != AVAILABLE:
        return
    left = left_of(fund, year, area)
    if left < amount:
        raise Conflict(OVERDRAWN.format(name=places.place_by_area(area).name, year=year, left=yuan(left), amount=yuan(amount)), OVERDRAWN_REMEDY, code="overdrawn")


def _next_number(fund: Fund, year: int, bearer: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [fund.name, year, bearer])
        return int(cursor.fetchone()[0])
