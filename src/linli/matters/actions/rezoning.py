# SPDX-License-Identifier: MulanPSL-2.0
"""Open matters go into their new grids when redrawn ones come into force: in batches, each resumable; finished ones keep the old area."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.apps import apps
from django.db import connection

from linli.core import clock
from linli.core.actions import Call, Done, action
from linli.core.faults import Invalid, NotVisible
from linli.core.fields import Field
from linli.core.models import Due
from linli.core.sight import Actor, AreaModel, Sight, of_place
from linli.core.words import words
from linli.elements import places
from linli.elements.lineages import whole_heir
from linli.elements.zonings import zoning_of

BATCH = 500
"""Matters carried over in one transaction (our choice: well under a second)."""
NO_PLACE = words("没有这个社区。", "There is no such community.")
CLAIM = """select id, area, lon_e6, lat_e6 from matters_matter where is_open and area = any(%s) and area >= %s and area < %s
order by id limit %s for update skip locked"""
LEFT = "select exists (select from matters_matter where is_open and area = any(%s) and area >= %s and area < %s)"
MOVE = "update {table} set area = moved.area from unnest(%s::bigint[], %s::bigint[]) moved (id, area) where {table}.{column} = moved.id{more}"


def ended_grids(community: int) -> list[int]:
    """The areas of the grids of a community that stand no more today."""
    today = clock.today()
    return [one.area for one in places.every_grid_of(community) if one.valid_to and one.valid_to <= today]


def targets(community: int, rows: Sequence[tuple[int, int, int | None, int | None]]) -> dict[int, int]:
    """Matter to its new area: by its position; without one, the grid into which its own has gone as a whole, else the community itself.

    Rows are matter, area, longitude and latitude.
    """
    zoning = zoning_of(community, clock.today())
    if not zoning.areas:
        return {row[0]: community for row in rows}
    placed = [row for row in rows if row[2] is not None and row[3] is not None]
    found = dict(zip((row[0] for row in placed), zoning.areas_of([(row[2] or 0, row[3] or 0) for row in placed]), strict=True))
    return {row[0]: found.get(row[0]) or whole_heir(row[1]) or community for row in rows}


def tables() -> list[tuple[str, str, str]]:
    """Every table whose rows hang on a matter and may change: its name, the column of the matter, and what else must hold.

    What is appended only (the history) keeps its area and is read by `lineages`; due work is done under every sight.
    """
    found = [("matters_matter", "id", "")]
    for model in (*apps.get_app_config("core").get_models(), *apps.get_app_config("matters").get_models()):
        if not issubclass(model, AreaModel) or not model.may_change or model is Due:
            continue
        names, table = {field.name: str(field.column) for field in model._meta.concrete_fields}, model._meta.db_table
        if "matter" in names:
            found.append((table, names["matter"], ""))
        elif {"subject_kind", "subject"} <= set(names):
            found.append((table, "subject", f" and {table}.subject_kind = 'matter'"))
    return found


def _opens(_actor: Actor, given: Mapping[str, Any]) -> Sight:
    text = str(given.get("area", ""))
    found = places.find_place(int(text)) if text.isascii() and text.isdecimal() and len(text) <= 15 else None
    if found is None or found.level != "community":
        raise NotVisible
    return of_place(found.lo, found.hi)


@action("boundary.carry_over", words("事项随网格调整", "Carry matters over into new grids"), ability="boundary.carry_over", subject="place",
        sight="place_named_in_input", opens=_opens, fields=(Field("area", words("社区", "Community"), "area", required=True),))
def carry_over(call: Call) -> Done:
    """One batch of open matters of a community leaves grids that have ended; `left` says whether there are more."""
    place = places.find_place(call.given["area"])
    if place is None:
        raise Invalid({"area": NO_PLACE})
    ended = ended_grids(place.area)
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [ended, place.lo, place.hi, BATCH])
        rows = cursor.fetchall()
        moved = targets(place.area, rows) if rows else {}
        if moved:
            for table, column, more in tables():
                cursor.execute(MOVE.format(table=table, column=column, more=more), [list(moved), list(moved.values())])
        cursor.execute(LEFT, [ended, place.lo, place.hi])
        left = cursor.fetchone()[0]
    return Done(place.area, place.id, {"moved": len(moved), "left": left}, {"moved": {str(matter): area for matter, area in moved.items()}})
