# SPDX-License-Identifier: MulanPSL-2.0
"""经费 on the desk: what came in, was spent and is left, by place and year; vouchers with their two sides; and the forms that enter them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import urlencode

from linli.core import clock, evidence
from linli.core.actions import find_action
from linli.core.faults import NotAble, NotVisible
from linli.core.fields import Field
from linli.core.sight import Actor, looking, of_post
from linli.core.words import Words, words
from linli.desk import record_pages
from linli.desk.record_pages import RecordPage
from linli.desk.stands import stand_of
from linli.doors import generated
from linli.doors.files import photo_of
from linli.doors.generated import Form
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.elements import directories, places
from linli.elements.places import KnownPlace
from linli.ledgers import actions, statements
from linli.ledgers.actions import ALLOCATES, BEGINNING, SEES, SPENDS
from linli.ledgers.booking import bearer_of, yuan
from linli.ledgers.funds import Fund, fund_named, funds
from linli.ledgers.models import Entry
from linli.ledgers.statements import Statement

PAGE = 50
KINDS: Mapping[str, tuple[Words, str]] = {
    "appropriate": (words("预算安排", "Budgeted"), "accent"), "allocate": (words("拨付", "Allocated"), "calm"), "spend": (words("支出", "Spent"), "good"),
}
ROLES: Mapping[str, Words] = {
    "source": words("财政预算来源", "Source: the budget"), "available": words("可用经费", "May be used"), "spent": words("已支出", "Spent"),
}
ASKED: Mapping[str, tuple[str, Words, Words]] = {
    "appropriate": ("fund.appropriate", words("登记预算安排", "Enter budgeted money"),
                    words("把本年度预算批复的经费记入本级账户。", "What this year's budget grants comes into this account.")),
    "allocate": ("fund.allocate", words("拨付给下级", "Allocate to a place below"),
                 words("从本级可用经费拨给街镇或社区；双方账上同时记。", "From what this account holds to a street or community; both accounts move together.")),
    "spend": ("fund.spend", words("记一笔支出", "Enter a spending"), words("一张凭证记一笔，附上发票、合同等。", "One voucher, one entry, with invoice, contract and the like.")),
}
DONE = words("已记账：凭证 {number} 号，{amount} 元。", "Booked: voucher {number}, {amount} yuan.")
REVERSED = words("已冲销，两张凭证都留在账上。", "Reversed; both vouchers stay in the books.")

record_pages.declare(RecordPage(actions.SUBJECT, "desk:fund_entry", SEES))


@able(SEES)
def overview(request: HttpRequest) -> HttpResponse:
    """The books of a place and year: sums, places one level down, vouchers newest first. Three queries."""
    actor, base, fund, year = actor_of(request), reverse("desk:funds"), _fund(request), _year(request)
    stand, before = stand_of(request, actor, base, ("year", "fund")), request.GET.get("before", "")
    with looking(of_post(actor), read_only=True):
        books = statements.books(actor, fund, year, stand.place)
        number = int(before) if before.isdecimal() and len(before) < 19 else None
        found = statements.entries(actor, fund, year, stand.place, number, PAGE + 1)
        kept = {"area": str(stand.place.area), "year": str(year), "fund": fund.name}
        return render(request, "desk/funds.html", {
            "stand": stand, "fund": fund, "year": year, "years": _years(base, kept, year), "whole": _statement(books.whole), "own": _statement(books.own),
            "below": [_statement(one) | {"href": f"{base}?{urlencode(kept | {'area': str(one.place.area)})}"} for one in books.below],
            "rows": [_row(one) for one in found[:PAGE]], "asks": _asks(actor, fund, stand.place, kept), "has_moved": bool(found) or bool(before),
            "newer": f"{base}?{urlencode(kept)}" if before else "",
            "older": f"{base}?{urlencode(kept | {'before': str(found[PAGE - 1].pk)})}" if len(found) > PAGE else ""})


@able(SEES)
def voucher(request: HttpRequest, voucher: int) -> HttpResponse:
    """One voucher: what it says, its two sides, its files, and the form that takes it back."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        held = actions.find_entry(actor, {"voucher": voucher})
        taken = Entry.objects.visible_to(actor).filter(reverses=held).first()
    form = None if taken or held.reverses_id or not actions.may_reverse(actor, held) else Form(
        "fund.reverse", _own_fields("fund.reverse", "reason", "day"), {"voucher": held.pk}, initial={"day": clock.today().isoformat()},
        submit=words("冲销这张凭证", "Reverse this voucher"), done=REVERSED, to=lambda answer: reverse("desk:fund_entry", args=[answer["voucher"]]), tone="danger")
    sent = generated.submit(request, form) if form else None
    if sent is not None and sent.response is not None:
        return sent.response
    with looking(of_post(actor), read_only=True):
        sides = list(held.postings.order_by("amount"))
        return render(request, "desk/fund_entry.html", _row(held) | {
            "held": held, "taken": taken, "fund": fund_named(held.fund), "files": [photo_of(one) for one in evidence.rows_of(actions.SUBJECT, held.pk)],
            "sides": [{"place": places.place_by_area(one.area).name, "role": ROLES[one.role], "out": yuan(-one.amount) if one.amount < 0 else "",
                       "into": yuan(one.amount) if one.amount > 0 else ""} for one in sides],
            "is_partial": len(sides) < 2, "by": directories.account_names([held.booked_by]).get(held.booked_by or 0, ""),
            "form": sent.form if sent else None}, status=sent.status if sent else 200)


@able(SEES)
def ask(request: HttpRequest, what: str) -> HttpResponse:
    """The form of one kind of voucher, for the place that the address names."""
    actor, fund, base = actor_of(request), _fund(request), reverse("desk:funds")
    if what not in ASKED:
        raise NotVisible
    name, title, lead = ASKED[what]
    if not actor.may(find_action(name).ability):
        raise NotAble
    stand = stand_of(request, actor, base, ("year", "fund"))
    here = f"{base}?{urlencode({'area': str(stand.place.area), 'fund': fund.name})}"
    form = Form(name, _asked(name, fund, stand.place), {"fund": fund.name, "area": stand.place.area}, initial={"day": clock.today().isoformat()},
                submit=words("记账", "Book it"), done=DONE, draft=f"desk.fund.{what}", to=lambda answer: reverse("desk:fund_entry", args=[answer["voucher"]]))
    sent = generated.submit(request, form)
    if sent.response is not None:
        return sent.response
    with looking(of_post(actor), read_only=True):
        own = statements.books(actor, fund, clock.today().year, stand.place).own
        return render(request, "desk/fund_ask.html", {
            "form": sent.form, "title": title, "lead": lead, "place": stand.place, "left": yuan(own.left), "year": clock.today().year, "back": here,
            "shows_left": what != "appropriate"}, status=sent.status)


def _asked(name: str, fund: Fund, place: KnownPlace) -> list[Field]:
    choices = {"use": list(fund.uses.items()), "to": [(str(one.area), words(_path(one, place), _path(one, place))) for one in _below(place)]}
    return [replace(one, kind="choice", choices=choices[one.name]) if one.name in choices else one
            for one in find_action(name).fields if one.name not in ("fund", "area")]


def _own_fields(name: str, *wanted: str) -> list[Field]:
    return [one for one in find_action(name).fields if one.name in wanted]


def _below(place: KnownPlace) -> list[KnownPlace]:
    """Streets and communities below a place, each street before its communities."""
    found = [one for one in places.places_within(place.lo, place.hi) if one.level in ("district", "street", "community") and one.area != place.area]
    return sorted(found, key=lambda one: one.area)


def _path(one: KnownPlace, above: KnownPlace) -> str:
    """Its name with the street before it, where that is not the place itself."""
    parent = places.find_place(one.parent) if one.parent else None
    return f"{parent.short_name} {one.short_name}" if parent is not None and parent.area != above.area else one.short_name


def _asks(actor: Actor, fund: Fund, place: KnownPlace, kept: Mapping[str, str]) -> list[dict[str, Any]]:
    """What may be entered here: budgeted money where the fund is borne, allocations where something lies below, spendings everywhere."""
    open_here = {
        "appropriate": actor.may(ALLOCATES) and bearer_of(fund, place.area).area == place.area, "allocate": actor.may(ALLOCATES) and bool(_below(place)),
        "spend": actor.may(SPENDS) and place.level != "grid"}
    return [{"words": ASKED[what][1], "href": f"{reverse('desk:fund_ask', args=[what])}?{urlencode(kept)}", "is_first": what == "spend"}
            for what, is_open in open_here.items() if is_open]


def _fund(request: HttpRequest) -> Fund:
    """The fund that the address names, else the first one declared. NotVisible where there is none."""
    found = fund_named(request.GET["fund"][:40]) if request.GET.get("fund") else next(iter(funds()), None)
    if found is None:
        raise NotVisible
    return found


def _year(request: HttpRequest) -> int:
    text = request.GET.get("year", "")
    return int(text) if text.isdecimal() and len(text) == 4 and BEGINNING <= int(text) <= clock.today().year else clock.today().year


def _years(base: str, kept: Mapping[str, str], chosen: int) -> list[dict[str, Any]]:
    running = clock.today().year
    return [{"year": one, "is_here": one == chosen, "href": f"{base}?{urlencode(dict(kept) | {'year': str(one)})}"} for one in range(running, running - 4, -1)]


def _statement(one: Statement) -> dict[str, Any]:
    return {"place": one.place, "received": yuan(one.received), "spent": yuan(one.spent), "left": yuan(one.left), "share": one.share,
            "is_moved": bool(one.received or one.spent or one.left), "held": one}


def _row(one: Entry) -> dict[str, Any]:
    label, tone = KINDS[one.kind]
    fund = fund_named(one.fund)
    place = places.find_place(one.area)
    return {"one": one, "number": f"{one.year}-{one.number:04}", "kind": label, "tone": tone, "amount": yuan(-one.amount if one.reverses_id else one.amount),
            "place": place.short_name if place else "", "use": fund.uses.get(one.use) if fund else None, "href": reverse("desk:fund_entry", args=[one.pk]),
            "is_reversal": one.reverses_id is not None, "is_reversed": hasattr(one, "reversed_by")}


ADDRESSES = [
    path("funds/", overview, name="funds"),
    path("funds/enter/<str:what>", ask, name="fund_ask"),
    path("funds/<int:voucher>/", voucher, name="fund_entry"),
]
