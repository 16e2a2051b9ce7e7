# SPDX-License-Identifier: MulanPSL-2.0
"""Living records follow their ground: in batches, each resumable, from the buildings down to whatever hangs on them (core/following.py says what).

Nothing is known here by name but where somebody lives; a table that comes later is carried by its own declaration.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.db import connection, models

from linli.core import following
from linli.core.actions import Call, Done, action
from linli.core.fields import Field
from linli.core.following import AREA, HOME, RECORD, SUBJECT, parents_of, rule_of
from linli.core.sight import Actor, AreaModel, Sight, of_place
from linli.core.words import words
from linli.elements import heirs, places
from linli.elements.accounts import whole_number
from linli.elements.models import Building, Claim, Dwelling, Household, Membership, Organisation, Person, Residence
from linli.elements.registers.declaring import registers

BUILDINGS = 40
"""Buildings with all that hangs on them in one transaction (our choice: some ten thousand rows, a second or two)."""
RECORDS = 1000
"""Other records in one transaction (our choice)."""
Model = type[models.Model]
HOMES = f"""update {Person._meta.db_table} p set area = home.area from (
  select distinct on (r.person_id) r.person_id, d.area from {Residence._meta.db_table} r join {Dwelling._meta.db_table} d on d.id = r.dwelling_id
   where r.person_id in (select person_id from {Residence._meta.db_table} where dwelling_id = any(%(ids)s))
   order by r.person_id, r.until is null desc, array_position(array['living', 'registered', 'owner', 'tenant']::varchar[], r.tie), r.until desc, r.id) home
 where p.id = home.person_id and p.area = any(%(ended)s) and p.area <> home.area returning p.id"""
"""Who is tied to several homes goes with the one where he lives, who left with the last; who is kept elsewhere stays there."""
MEMBERS = f"""update {Person._meta.db_table} p set area = h.area from {Membership._meta.db_table} m join {Household._meta.db_table} h on h.id = m.household_id
 where m.person_id = p.id and m.until is null and h.id = any(%(ids)s) and p.area = any(%(ended)s) and p.area <> h.area
   and not exists (select from {Residence._meta.db_table} r where r.person_id = p.id) returning p.id"""
ROOM = """, key = case when exists (select from {table} o where o.id <> t.id and o.valid_to is null and o.key = t.key
  and o.area >= moved.area - moved.area % 1000 and o.area < moved.area - moved.area % 1000 + 1000) then left(t.key, 100) || '#' || t.id else t.key end"""
"""Two communities that become one may both have a building of one address: none is lost for that, and the page shows both."""


@lru_cache(maxsize=1)
def _roots() -> tuple[Model, ...]:
    """Tables from which records start: those that have an area of their own or may point at nothing; buildings first, then who lives there."""
    found: list[Model] = []
    for model in following.tables():
        columns = [name for name, _ in parents_of(model)]
        may_hang_on_nothing = bool(columns) and all(_field(model, name).null for name in columns)
        if rule_of(model) in (AREA, HOME) or may_hang_on_nothing:
            found.append(model)
    first: list[Model] = [Building, Organisation, Household, Person]
    return (*first, *(one for one in found if one not in first))


def _field(model: Model, column: str) -> Any:
    return next(one for one in model._meta.concrete_fields if one.column == column)


def _area(model: Model) -> str:
    return str(model._meta.get_field("area").column)  # type: ignore[union-attr]


def _asked(sql: str, given: Mapping[str, Any] | Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return list(cursor.fetchall())


def carry(origin: int, *, buildings: int = BUILDINGS, records: int = RECORDS) -> Counter[str]:
    """Bring one batch of the living records that still stand on ended ground of a place to where it went; how many by table, nothing when none is left."""
    ended = heirs.ended_ground(origin)
    done: Counter[str] = Counter()
    for model in _roots() if ended else ():
        rows = _claimed(model, ended, buildings if model is Building else records)
        if rows:
            return carry_to(model, heirs.targets(origin, rows), ended, done)
    return done


def _claimed(model: Model, ended: Sequence[int], most: int) -> list[tuple[Any, ...]]:
    names = {one.name for one in model._meta.concrete_fields}
    position = "lon_e6, lat_e6" if {"lon_e6", "lat_e6"} <= names else "null::int, null::int"
    key, area = model._meta.pk.column, _area(model)
    return _asked(f"select {key}, {area}, {position} from {model._meta.db_table} where {area} = any(%s) order by {key} limit %s for update skip locked", [ended, most])


def carry_to(model: Model, moved: Mapping[int, int], ended: Sequence[int], done: Counter[str] | None = None) -> Counter[str]:
    """Give these records their new areas, and all that goes with them; how many by table."""
    done = Counter() if done is None else done
    table, key, area = model._meta.db_table, model._meta.pk.column, _area(model)
    room = ROOM.format(table=table) if model is Building else ""
    sql = f"""update {table} t set {area} = moved.area{room} from unnest(%s::bigint[], %s::bigint[]) moved (id, area)
     where t.{key} = moved.id and t.{area} <> moved.area returning t.{key}"""
    changed = [row[0] for row in _asked(sql.replace("% 1000", "%% 1000"), [list(moved), list(moved.values())])]
    left: list[tuple[Model, list[int]]] = [(model, changed)]
    while left:
        parent, ids = left.pop(0)
        if ids:
            done[parent._meta.label] += len(ids)
            left += [(child, follow(ids)) for child, follow in _children(parent, ended)]
    return done


def _children(parent: Model, ended: Sequence[int]) -> list[tuple[Model, Callable[[list[int]], list[int]]]]:
    """The tables whose rows go with those of a table, each with what carries them: it takes the numbers that moved and answers those that followed."""
    found: list[tuple[Model, Callable[[list[int]], list[int]]]] = []
    for parents, sql in ((Dwelling, HOMES), (Household, MEMBERS)):
        if parent is parents:
            found.append((Person, lambda ids, sql=sql: [row[0] for row in _asked(sql, {"ids": ids, "ended": list(ended)})]))  # type: ignore[misc]
    for model in following.tables():
        for tie in _ties(model, parent):
            found.append((model, lambda ids, model=model, tie=tie: _followed(model, parent, tie, ids)))  # type: ignore[misc]
    return found


def _ties(model: type[AreaModel], parent: Model) -> list[str]:
    """The conditions under which a row of a table, t, goes with one of the parent, p."""
    rule, name = rule_of(model), parent._meta.model_name
    if rule == SUBJECT:
        return [f"t.subject_kind = '{name}' and t.subject = p.id"]
    if rule == RECORD:
        known = ", ".join(f"'{one.name}'" for one in registers() if one.model is parent)
        return [f"t.register in ({known}) and t.record = p.id"] if known else []
    columns = parents_of(model)
    return [" and ".join((f"t.{column} = p.id", *(f"t.{before} is null" for before, _ in columns[:at])))
            for at, (column, to) in enumerate(columns) if to is parent]


def _followed(model: Model, parent: Model, tie: str, ids: list[int]) -> list[int]:
    key = model._meta.pk.column
    sql = f"""update {model._meta.db_table} t set area = p.{_area(parent)} from {parent._meta.db_table} p
     where p.id = any(%s) and {tie} and t.area <> p.{_area(parent)} returning t.{key}"""
    return [row[0] for row in _asked(sql, [ids])]


def left_behind(ended: Sequence[int]) -> list[int]:
    """Of these ended areas those on which living records still stand, in order of number."""
    parts = [f"select {_area(one)} as area from {one._meta.db_table} where {_area(one)} = any(%(ended)s)" for one in _roots()]
    return [row[0] for row in _asked(f"select distinct area from ({' union all '.join(parts)}) left_there order by area", {"ended": list(ended)})]


def _opens(_actor: Actor, given: Mapping[str, Any]) -> Sight:
    place = places.place_by_area(whole_number(given.get("area")))
    reach = heirs.reach_of(place.area)
    return of_place(reach.lo, reach.hi)


@action("ground.carry", words("台账随地界调整", "Records follow their ground"), ability="ground.carry", subject="place", sight="place_named_in_input", opens=_opens,
        fields=(Field("area", words("地方", "Place"), "area", required=True),))
def carry_ground(call: Call) -> Done:
    """One batch of living records leaves ground that has ended; `moved` counts them by table and is empty when none is left."""
    place = places.place_by_area(call.given["area"])
    moved = carry(place.area)
    if not moved:
        ended = heirs.ended_ground(place.area)
        to = heirs.targets(place.area, [(area, area, None, None) for area in ended])
        for area, heir in to.items():
            Claim.objects.filter(other_area=area).update(other_area=heir)
    return Done(place.area, place.id, {"moved": dict(moved)})
