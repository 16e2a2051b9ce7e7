# SPDX-License-Identifier: MulanPSL-2.0
"""Open matters go with their ground when grids are redrawn or communities change hands: in batches, each resumable; finished ones keep the old area."""

from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.db import connection

from linli.core.actions import Call, Done, action
from linli.core.faults import Invalid, NotVisible
from linli.core.fields import Field
from linli.core.following import MATTER
from linli.core.models import Due
from linli.core.sight import Actor, AreaModel, Sight, of_place
from linli.core.words import words
from linli.elements import heirs, places
from linli.elements.accounts import whole_number
from linli.elements.models import Duty, Organisation
from linli.matters import units
from linli.matters.models import Matter, Move

BATCH = 500
"""Matters carried over in one transaction (our choice: well under a second)."""
NO_PLACE = words("没有这个社区。", "There is no such community.")
PASSED = words("辖区调整：原单位不再管这里，由{unit}接着办。", "The area changed hands: the former unit does not reach here any more; {unit} goes on.")
CLAIM = """select id, area, lon_e6, lat_e6 from matters_matter where is_open and area = any(%s) and area >= %s and area < %s
order by id limit %s for update skip locked"""
LEFT = "select exists (select from matters_matter where is_open and area = any(%s) and area >= %s and area < %s)"
MOVE = "update {table} set area = moved.area from unnest(%s::bigint[], %s::bigint[]) moved (id, area) where {table}.{column} = moved.id{more}"


def tables() -> list[tuple[str, str, str]]:
    """Every table whose rows hang on a matter and may change: its name, the column of the matter, and what else must hold.

    What is appended only (the history) keeps its area and is read by `lineages`; due work is done under every sight.
    """
    found = [("matters_matter", "id", "")]
    for model in (*apps.get_app_config("core").get_models(), *apps.get_app_config("matters").get_models()):
        if not issubclass(model, AreaModel) or not model.may_change or model in (Due, Matter):
            continue
        names, table = {field.name: str(field.column) for field in model._meta.concrete_fields}, model._meta.db_table
        named = model.follows.removeprefix(MATTER).strip() if model.follows.startswith(MATTER) else ""
        if "matter" in names or named:
            found.append((table, names[named or "matter"], ""))
        elif {"subject_kind", "subject"} <= set(names):
            found.append((table, "subject", f" and {table}.subject_kind = 'matter'"))
    return found


def _place(given: Mapping[str, Any]) -> places.KnownPlace:
    found = places.find_place(whole_number(given.get("area")))
    if found is None or found.level not in ("community", "street"):
        raise NotVisible
    return found


def _opens(_actor: Actor, given: Mapping[str, Any]) -> Sight:
    reach = heirs.reach_of(_place(given).area)
    return of_place(reach.lo, reach.hi)


@action("boundary.carry_over", words("事项随地界调整", "Matters follow their ground"), ability="boundary.carry_over", subject="place",
        sight="place_named_in_input", opens=_opens, fields=(Field("area", words("地方", "Place"), "area", required=True),))
def carry_over(call: Call) -> Done:
    """One batch of open matters of a place leaves ground that has ended; `left` says whether there are more, `to` which communities got some."""
    place = places.find_place(call.given["area"])
    if place is None:
        raise Invalid({"area": NO_PLACE})
    ended = heirs.ended_ground(place.area)
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [ended, place.lo, place.hi, BATCH])
        rows = cursor.fetchall()
        moved = heirs.targets(place.area, rows) if rows else {}
        if moved:
            for table, column, more in tables():
                cursor.execute(MOVE.format(table=table, column=column, more=more), [list(moved), list(moved.values())])
        cursor.execute(LEFT, [ended, place.lo, place.hi])
        left = cursor.fetchone()[0]
    passed, stuck = _pass_on(call, [number for number, area in moved.items() if not place.covers(area)])
    to = sorted({area - area % 1000 for area in moved.values() if not place.covers(area)})
    return Done(place.area, place.id, {"moved": len(moved), "left": left, "to": to, "passed": passed, "stuck": stuck},
                {"moved": {str(matter): area for matter, area in moved.items()}})


def heir_of_unit(unit: Organisation, area: int) -> Organisation | None:
    """Who goes on with a unit's matters in an area: the unit itself where it works for that ground; else one of its kind that does: first who fills the same
    duty there, then who stands at the same level, then the nearest. None when there is none."""
    place = places.find_place(unit.area)
    if place is not None and place.covers(area):
        return unit
    held = [one for one in units.handling_units(area) if one.kind == unit.kind]
    roles = set(Duty.objects.filter(organisation=unit).values_list("role", flat=True))
    same = set(Duty.objects.filter(organisation__in=held, role__in=roles, valid_to=None).values_list("organisation", flat=True)) if roles and held else set()
    level = places.level_of(unit.area)
    return min(held, key=lambda one: (one.pk not in same, places.level_of(one.area) != level), default=None)


def _pass_on(call: Call, numbers: list[int]) -> tuple[int, int]:
    """Matters that left the ground of their unit go to the one that has its place there, with a line in their history; how many, and how many found none."""
    held = list(Matter.objects.filter(pk__in=numbers).exclude(unit=None).order_by("id"))
    known = Organisation.objects.in_bulk({one.unit for one in held})
    heirs_of: dict[tuple[int, int], Organisation | None] = {}
    for one in held:
        key = (one.unit or 0, one.area - one.area % 1000)
        if key not in heirs_of and key[0] in known:
            heirs_of[key] = heir_of_unit(known[key[0]], one.area)
    changed = [(one, heir) for one in held if (heir := heirs_of.get((one.unit or 0, one.area - one.area % 1000))) is not None and heir.pk != one.unit]
    steps = dict(Move.objects.filter(matter__in=[one.pk for one, _ in changed]).order_by("matter", "step").values_list("matter", "step"))
    Move.objects.bulk_create([
        Move(area=one.area, matter_id=one.pk, step=steps.get(one.pk, 0) + 1, action="boundary.carry_over", from_phase=one.phase, to_phase=one.phase, round=one.round,
             actor=None, actor_name="", role=call.actor.role, unit=heir.pk, occurred_at=call.recorded_at, recorded_at=call.recorded_at,
             note=PASSED.format(unit=heir.name).zh, detail={"unit": heir.pk, "unit_name": heir.name}) for one, heir in changed])
    for one, heir in changed:
        one.unit, one.worker, one.version = heir.pk, None, one.version + 1
    Matter.objects.bulk_update([one for one, _ in changed], ["unit", "worker", "version"], batch_size=500)
    return len(changed), sum(1 for one in held if heirs_of.get((one.unit or 0, one.area - one.area % 1000)) is None)


@action("boundary.receive", words("事项随地界转入", "Matters came with their ground"), ability="boundary.carry_over", subject="place", sight="place_named_in_input",
        opens=_opens, fields=(Field("area", words("地方", "Place"), "area", required=True), Field("origin", words("从哪里", "From"), "area", required=True)))
def receive(call: Call) -> Done:
    """A line in the community to which matters came, so that its own journal says so and its figures are counted anew."""
    place = places.place_by_area(call.given["area"])
    return Done(place.area, place.id, {"area": place.area, "origin": call.given["origin"]})
