# SPDX-License-Identifier: MulanPSL-2.0
"""台账: the registers of 人地事物组织 on one page, and the list of any of them with filters in the address and pages by key."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from linli.core import registry
from linli.core.faults import Invalid, NotAble, NotVisible
from linli.core.sight import Actor, looking, of_post
from linli.core.words import Words, words
from linli.desk import takeouts
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.elements import dwellers, looks, places
from linli.elements.registers import lists, records
from linli.elements.registers.declaring import Column, Register, registers
from linli.elements.registers.dwellings import building_title
from linli.elements.registers.lists import Filter
from linli.ui.navigation import Entry, declare

SEES = ("record.see", "resident.see")
ELEMENTS = (
    ("people", words("人", "People"), words("住户和居民", "Households and residents")),
    ("land", words("地", "Land"), words("楼栋和房屋", "Buildings and dwellings")),
    ("matters", words("事", "Matters"), words("上报、处置和核查的事项", "What is reported, handled and verified")),
    ("things", words("物", "Things"), words("设施、场所和物资", "Facilities, rooms and supplies")),
    ("organisations", words("组织", "Organisations"), words("党群组织、居委会、物业和社会组织", "Committees, property firms and social organisations")),
)
"""人地事物组织 of GB/T 31000-2015."""
MANY = words("超过 {count}", "More than {count}")
NO_PLACE = words("这个地方不在您的范围内。", "This place is not within your area.")
BAD_VALUE = words("没有“{value}”这个筛选值。", "There is no filter value “{value}”.")
HOMES = {"building": "desk:building"}
"""Registers whose records have a page of their own instead of the one that all share."""

declare(Entry("buildings", words("一户一格", "Homes"), "desk:buildings", "home", 23, SEES))
declare(Entry("registers", words("台账", "Registers"), "desk:registers", "people", 28, SEES))


def register_for(actor: Actor, name: str) -> Register:
    """The declared register that a post may read. NotVisible when there is none of that name, NotAble when the post may not."""
    found: Register | None = registry.get("register", name)
    if found is None:
        raise NotVisible
    if not actor.may(found.sees):
        raise NotAble
    return found


def address_of(register: Register, number: int) -> str:
    """The page of a record."""
    own = HOMES.get(register.name)
    return reverse(own, args=[number]) if own else reverse("desk:record", args=[register.name, number])


@able(*SEES)
def overview(request: HttpRequest) -> HttpResponse:
    """All registers that the post may read, with how many records there are; one query a register."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        held = [(one, lists.counted(one, actor)) for one in registers() if actor.may(one.sees)]
        groups = [{"name": name, "words": label, "hint": hint, "registers": [_shown(one, count, actor) for one, count in held if one.element == name]}
                  for name, label, hint in ELEMENTS]
        return render(request, "desk/registers.html", {"groups": groups, "may_see_matters": actor.may("matter.see")})


def _shown(one: Register, count: int, actor: Actor) -> dict[str, Any]:
    return {"words": one.words, "icon": one.icon, "href": reverse("desk:register", args=[one.name]), "count": count, "help": one.help,
            "many": MANY.format(count=f"{lists.COUNTED:,}") if count > lists.COUNTED else None,
            "add": reverse("desk:record_add", args=[one.name]) if one.link is None and actor.may(one.keeps) else ""}


@able(*SEES)
def register(request: HttpRequest, register: str) -> HttpResponse:
    """One page of a register's list; a filter that does not exist is named and left out."""
    actor = actor_of(request)
    found = register_for(actor, register)
    chosen, faults = chosen_by(found, actor, request.GET)
    if found.subject == "person" and not request.GET.get("cursor"):
        with looking(of_post(actor), read_only=True):
            count = lists.counted(found, actor, chosen)
        looks.looked_at_list(actor, found.name, count, "register")
    with looking(of_post(actor), read_only=True, in_order=chosen.is_plain):
        try:
            page = lists.page(found, actor, chosen, request.GET.get("cursor", ""))
        except Invalid as fault:
            faults |= fault.fields
            page = lists.page(found, actor, Filter())
        context = rows_of(found, page.rows, actor) | {
            "register": found, "newer": _beside(request, page.newer), "older": _beside(request, page.older), "faults": list(faults.values()),
            "is_filtered": any(value for name, value in request.GET.items() if name != "cursor"), "here": reverse("desk:register", args=[found.name])}
        if request.headers.get("HX-Request") == "true":
            return render(request, "desk/parts/register_rows.html", context)
        return render(request, "desk/register.html", context | _choices(found, actor, request) | {
            "takeout": takeouts.offered(actor, f"register.{found.name}", request.GET),
            "add": reverse("desk:record_add", args=[found.name]) if found.link is None and actor.may(found.keeps) else ""}, status=422 if faults else 200)


def _beside(request: HttpRequest, cursor: str) -> str:
    query = [(name, str(value)) for name, value in request.GET.items() if name != "cursor" and value]
    return f"?{urlencode([*query, ('cursor', cursor)])}" if cursor else ""


def chosen_by(register: Register, actor: Actor, sent: Mapping[str, Any]) -> tuple[Filter, dict[str, Words]]:
    """The filter that an address asks for, and a sentence for each part of it that does not exist and was left out."""
    faults: dict[str, Words] = {}
    area: tuple[int, int] | None = None
    if text := str(sent.get("area", "")):
        place = places.find_place(int(text)) if text.isdecimal() and text.isascii() and len(text) <= 15 else None
        if place is None or place.lo < actor.lo or place.hi > actor.hi:
            faults["area"] = NO_PLACE
        else:
            area = place.lo, place.hi
    choices: dict[str, str] = {}
    for one in lists.filters_of(register):
        value = str(sent.get(one.name, ""))[:40]
        if value and value not in {key for key, _ in one.options()}:
            faults[one.name] = BAD_VALUE.format(value=value)
        elif value:
            choices[one.name] = value
    text = str(sent.get("text", "")).strip()[:40].replace("\0", "")
    return Filter(area, choices, text, str(sent.get("state", "")) == "ended"), faults


def _choices(register: Register, actor: Actor, request: HttpRequest) -> dict[str, Any]:
    root = next((one for one in places.path_of(actor.lo) if actor.lo <= one.lo and one.hi <= actor.hi), None)
    below = places.children(root.area) if root else ()
    selects = [_select(one.name, one.label, one.options(), request) for one in lists.filters_of(register)]
    if below:
        selects.insert(0, _select("area", words("地方", "Place"), [(str(one.area), words(one.short_name, one.short_name)) for one in below], request))
    if register.closing is not None:
        selects.append(_select("state", words("状态", "State"), lists.STATES, request, is_open=False))
    return {"selects": selects, "text": request.GET.get("text", ""),
            "text_label": next((one.label for one in register.columns if one.in_list and one.kind == "text"), words("名称", "Name"))}


def _select(name: str, label: Words, options: Sequence[tuple[str, Words]], request: HttpRequest, *, is_open: bool = True) -> dict[str, Any]:
    held = request.GET.get(name, "")
    return {"name": name, "label": label, "is_open": is_open, "options": [{"value": value, "label": said, "is_chosen": value == held} for value, said in options]}


def listed(register: Register) -> list[Column]:
    """The columns of a list."""
    return [one for one in register.columns if one.in_list and not one.protection.is_encrypted]


def rows_of(register: Register, rows: Sequence[Any], actor: Actor) -> dict[str, Any]:
    """What the table of a list shows: heads and rows. One query more where something stands beside (where people live, who heads a household)."""
    columns = [one for one in listed(register) if one.name not in ("name", "room", "number")]
    label, beside = BESIDE.get(register.name, (None, lambda _rows, _actor: {}))
    aside = beside(rows, actor)
    return {"heads": [*([label] if label else []), *(one.label for one in columns), words("网格", "Grid")], "rows": [{
        "title": records.title_of(register, one), "href": address_of(register, one.pk), "is_ended": records.has_ended(register, one),
        "cells": [*([(label, aside.get(one.pk, ""))] if label else []), *((column.label, records.spoken(column, _held(column, one))) for column in columns),
                  (words("网格", "Grid"), _place(one.area))]} for one in rows]}


def _held(column: Column, row: Any) -> Any:
    return row.fields.get(column.name) if column.kept == "fields" else getattr(row, column.name)


def _place(area: int) -> str:
    found = places.find_place(area)
    return found.short_name if found else ""


def _homes(rows: Sequence[Any], actor: Actor) -> dict[int, str]:
    return dwellers.homes_of([one.pk for one in rows], actor)


def _heads(rows: Sequence[Any], actor: Actor) -> dict[int, str]:
    return dwellers.heads_of([one.pk for one in rows], actor)


def _buildings(rows: Sequence[Any], _actor: Actor) -> dict[int, str]:
    return {one.pk: building_title(one.building) for one in rows}


BESIDE: Mapping[str, tuple[Words, Callable[[Sequence[Any], Actor], dict[int, str]]]] = {
    "person": (words("住处", "Home"), _homes), "household": (words("户主", "Head"), _heads), "dwelling": (words("楼栋", "Building"), _buildings)}
