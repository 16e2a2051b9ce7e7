# SPDX-License-Identifier: MulanPSL-2.0
"""一户一格: the buildings of a community, and each as a matrix of doorways, floors and rooms, with the same as a table."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from linli.core import registry
from linli.core.actions import run
from linli.core.faults import Invalid, NotAble
from linli.core.sight import Actor, looking, of_post
from linli.core.words import words
from linli.desk.records import shown
from linli.desk.registers import SEES, address_of, chosen_by
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.elements import matrices, places
from linli.elements.matrices import SIGNS, Block, Cell
from linli.elements.models import Building, Dwelling, Residence
from linli.elements.registers import lists, records
from linli.elements.registers.declaring import register_named
from linli.elements.registers.dwellings import OCCUPANCIES, building_title

TILES = 100
LOOK, LIST_FROM = "register.look_at_list", 50
"""The action that notes a look at more names than this (house.md part 3, Personal data)."""
HINTS = {
    "doubt": words("登记为空置，却有人居住，请核实。", "The register says empty, yet somebody lives there. Please check."),
    "apart": words("有人居住但户口在别处，或户口在此人在别处。", "Somebody lives here and is registered elsewhere, or the reverse."),
    "empty": words("没有人居住。", "Nobody lives there."), "let": words("租给别人居住。", "Let to others."),
    "work": words("商业、办公等用途。", "Shops, offices and the like."), "unknown": words("还没有人核实使用情况。", "Nobody has checked how it is used."),
}
UNSAID = words("层不详", "Floor not known")
WHOLE = words("全楼", "Whole building")


@able(*SEES)
def buildings(request: HttpRequest) -> HttpResponse:
    """The buildings of the post's range or of a place in it, by estate, with dwellings and people; pages by key."""
    actor = actor_of(request)
    if not actor.may(register_named("building").sees):
        raise NotAble
    register = register_named("building")
    chosen, faults = chosen_by(register, actor, request.GET)
    lo = chosen.area[0] if chosen.area else actor.lo
    with looking(of_post(actor), read_only=True, in_order=chosen.is_plain):
        try:
            page = lists.page(register, actor, chosen, request.GET.get("cursor", ""), size=TILES)
        except Invalid as fault:
            faults |= fault.fields
            page = lists.page(register, actor, chosen, size=TILES)
        kept = f"area={chosen.area[0]}&" if chosen.area else ""
        return render(request, "desk/buildings.html", {
            "groups": _groups(actor, page.rows), "faults": list(faults.values()), "path": [one for one in places.path_of(lo) if one.lo >= actor.lo and one.hi <= actor.hi],
            "below": places.children(lo), "newer": f"?{kept}cursor={page.newer}" if page.newer else "", "older": f"?{kept}cursor={page.older}" if page.older else "",
            "add": reverse("desk:record_add", args=["building"]) if actor.may(register.keeps) else ""}, status=422 if faults else 200)


def _groups(actor: Actor, rows: Sequence[Building]) -> list[dict[str, Any]]:
    """The buildings by estate in the order they came, each with its numbers; two queries."""
    numbers = [one.pk for one in rows]
    dwellings = dict(Dwelling.objects.visible_to(actor).filter(building__in=numbers, valid_to=None).values_list("building").annotate(count=Count("pk")).order_by())
    living = Residence.objects.visible_to(actor).filter(dwelling__building__in=numbers, tie="living", until=None)
    people = dict(living.values_list("dwelling__building").annotate(count=Count("pk")).order_by())
    groups: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for one in rows:
        groups.setdefault((one.quarter, one.area), []).append({
            "title": building_title(one).removeprefix(one.quarter).strip(), "href": address_of(register_named("building"), one.pk),
            "dwellings": dwellings.get(one.pk, 0), "people": people.get(one.pk, 0)})
    return [{"quarter": quarter, "place": place.short_name if (place := places.find_place(area)) else "", "buildings": sorted(held, key=lambda one: matrices.natural(one["title"]))}
            for (quarter, area), held in groups.items()]


@able(*SEES)
def building(request: HttpRequest, building: int) -> HttpResponse:
    """One building as a matrix, or as a table with `as=table`. NotVisible outside the post's range; more than 50 names are a line of the journal."""
    actor, register = actor_of(request), register_named("building")
    if not actor.may(register.sees):
        raise NotAble
    sees_names = actor.may(register_named("person").sees)
    with looking(of_post(actor), read_only=True):
        one = records.find(register, actor, building)
        cells = matrices.cells_of(one, actor, with_names=sees_names)
        blocks = matrices.blocks_of(cells, one.floors)
        response = render(request, "desk/building.html", shown(register, one, actor) | {
            "blocks": [_block(block) for block in blocks], "as_table": request.GET.get("as") == "table", "cells": [_cell(cell) for block in blocks for cell in _in_order(block)],
            "legend": _legend(cells), "sees_names": sees_names, "totals": _totals(cells),
            "add": f"{reverse('desk:record_add', args=['dwelling'])}?building={one.pk}" if actor.may(register_named("dwelling").keeps) else ""})
    _note_look(actor, sum(len(cell.heads) for cell in cells))
    return response


def _note_look(actor: Actor, names: int) -> None:
    """A list of many names leaves a line in the journal, which says how many and for what."""
    if names > LIST_FROM and registry.get("action", LOOK) is not None:
        run(LOOK, actor, {"register": "building", "count": names, "purpose": "register"})


def _block(block: Block) -> dict[str, Any]:
    doorway = words(f"{block.doorway}门", f"Doorway {block.doorway}") if block.doorway else WHOLE
    return {"doorway": doorway, "width": block.width, "rows": [{
        "floor": words(f"{row.floor}层", f"Floor {row.floor}") if row.floor is not None else UNSAID,
        "cells": [_cell(cell) if cell else None for cell in row.cells]} for row in block.rows]}


def _in_order(block: Block) -> list[Cell]:
    return [cell for row in reversed(block.rows) for cell in row.cells if cell is not None]


def _cell(cell: Cell) -> dict[str, Any]:
    signs = [(SIGNS[name][0], SIGNS[name][1]) for name in cell.signs]
    return {"cell": cell, "href": address_of(register_named("dwelling"), cell.number), "room": cell.room or WHOLE, "signs": signs,
            "look": f"is-{cell.signs[0]}" if cell.signs else "is-plain", "heads": "、".join(cell.heads), "occupancy": dict(OCCUPANCIES).get(cell.occupancy, ""),
            "doorway": words(f"{cell.doorway}门", f"Doorway {cell.doorway}") if cell.doorway else "",
            "floor": words(f"{cell.floor}层", f"Floor {cell.floor}") if cell.floor is not None else UNSAID}


def _legend(cells: Sequence[Cell]) -> list[dict[str, Any]]:
    counts = matrices.counts_of(cells)
    return [{"look": f"is-{name}", "words": label, "hint": HINTS[name], "count": counts[name]} for name, (label, _) in SIGNS.items() if counts[name]]


def _totals(cells: Sequence[Cell]) -> dict[str, int]:
    return {"dwellings": len(cells), "households": sum(cell.households for cell in cells), "living": sum(cell.living for cell in cells),
            "registered": sum(cell.registered for cell in cells)}
