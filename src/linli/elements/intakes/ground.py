# SPDX-License-Identifier: MulanPSL-2.0
"""What the registers hold already where a file's lines belong, fetched set-wise under the sight in force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.db import connection

from linli.elements import identities

WITHIN = "area >= c.lo and area < c.hi"
"""A community and its grids: of each community a range of its own, so that indexes by area serve. Both ends come as numbers: a sum is not leakproof, and under a
policy the index would be read to the end of the sight."""
COMMUNITIES = "from unnest(%s::bigint[], %s::bigint[]) c(lo, hi) join"
WIDTH = 1_000
BY_INDEX = "set local enable_hashjoin = off; set local enable_mergejoin = off; set local enable_seqscan = off"
AS_BEFORE = "set local enable_hashjoin to default; set local enable_mergejoin to default; set local enable_seqscan to default"
"""What stands in a few communities is reached by indexes; the planner, who knows nothing of their size, would rather read the ties of the whole city."""
BUILDINGS = f"select id, area, area - area %% 1000, key {COMMUNITIES} elements_building b on {WITHIN} where valid_to is null"
DWELLINGS = f"select id, building_id, area, key {COMMUNITIES} elements_dwelling d on {WITHIN} where valid_to is null"
HOUSEHOLDS = f"select id, version, dwelling_id, kind, replace(booklet_index::text, '-', '') {COMMUNITIES} elements_household h on {WITHIN} where ended_on is null"
PEOPLE = f"select id, area - area %% 1000, name, born_on, replace(id_index::text, '-', '') {COMMUNITIES} elements_person p on {WITHIN}"
RESIDENCES = f"""select r.person_id, r.dwelling_id, r.tie from (select d.id {COMMUNITIES} elements_dwelling d on {WITHIN}) d
join elements_residence r on r.dwelling_id = d.id where r.until is null"""
MEMBERSHIPS = f"""select m.id, m.person_id, m.household_id, m.relation from (select h.id {COMMUNITIES} elements_household h on {WITHIN}) h
join elements_membership m on m.household_id = h.id where m.until is null"""
ELSEWHERE = """select replace(p.id_index::text, '-', '') from unnest(%s::uuid[]) n(id_index) join elements_person p on p.id_index = n.id_index
where not (p.area - p.area %% 1000 = any(%s)) and p.standing <> 'gone'"""

TEXT, WHOLE = pl.String, pl.Int64
CELL, ROW, PARTING = r"E'\x1f'", r"E'\n'", r"E'\x1f\n'"


@dataclass(frozen=True)
class Ground:
    """What stands in the communities of a stretch of a file: open records only, people of every standing."""

    buildings: pl.DataFrame
    dwellings: pl.DataFrame
    households: pl.DataFrame
    people: pl.DataFrame
    residences: pl.DataFrame
    memberships: pl.DataFrame


def fetched(query: str, values: Sequence[Any], schema: Mapping[str, Any]) -> pl.DataFrame:
    """The rows of a query as a frame; an empty text is null, as in the files.

    The database joins them into one text: handing over half a million rows one by one took most of a stretch (profiled). Signs that part rows and cells are blanks within them.
    """
    cells = ", ".join(f"coalesce(translate(c{place}::text, {PARTING}, '  '), '')" for place in range(len(schema)))
    names = ", ".join(f"c{place}" for place in range(len(schema)))
    with connection.cursor() as cursor:
        cursor.execute(f"select string_agg(concat_ws({CELL}, {cells}), {ROW}) from ({query}) q({names})", values)
        content = cursor.fetchone()[0]
    if content is None:
        return pl.DataFrame(schema=schema)
    return pl.read_csv(content.encode(), has_header=False, schema=dict(schema), separator="\x1f", quote_char=None, null_values=[""])


def ground_of(communities: Sequence[int]) -> Ground:
    """Everything that the lines of these communities may meet."""
    lows = sorted(set(communities))
    given = [lows, [one + WIDTH for one in lows]]
    with connection.cursor() as cursor:
        cursor.execute(BY_INDEX)
    found = Ground(
        fetched(BUILDINGS, given, {"building": WHOLE, "building_area": WHOLE, "community": WHOLE, "building_key": TEXT}),
        fetched(DWELLINGS, given, {"dwelling": WHOLE, "building": WHOLE, "dwelling_area": WHOLE, "dwelling_key": TEXT}),
        fetched(HOUSEHOLDS, given, {"household": WHOLE, "version": WHOLE, "dwelling": WHOLE, "kind": TEXT, "booklet_index": TEXT}),
        fetched(PEOPLE, given, {"person": WHOLE, "community": WHOLE, "name": TEXT, "born_on": TEXT, "id_index": TEXT}),
        fetched(RESIDENCES, given, {"person": WHOLE, "dwelling": WHOLE, "tie": TEXT}),
        fetched(MEMBERSHIPS, given, {"membership": WHOLE, "person": WHOLE, "household": WHOLE, "relation": TEXT}),
    )
    with connection.cursor() as cursor:
        cursor.execute(AS_BEFORE)
    return found


def elsewhere(indexes: Sequence[str], communities: Sequence[int]) -> set[str]:
    """Those of the indexes under which somebody is known in another community, within the sight or beyond it."""
    if not indexes:
        return set()
    known = identities.known_numbers(sorted(indexes))
    beyond = {number for number, is_beyond in known.items() if is_beyond}
    return beyond | set(fetched(ELSEWHERE, [list(known), sorted(set(communities))], {"id_index": TEXT})["id_index"].to_list()) if known else beyond


def held(table: str, columns: Mapping[str, str], ids: Sequence[int]) -> pl.DataFrame:
    """The records of these ids: `id`, `version` and the columns, each a name in the frame and its SQL text."""
    chosen = ", ".join(columns.values())
    query = f"select t.id, t.version{', ' + chosen if chosen else ''} from unnest(%s::bigint[]) i(id) join {table} t on t.id = i.id"
    return fetched(query, [list(ids)], {"id": WHOLE, "version": WHOLE, **dict.fromkeys(columns, TEXT)})
