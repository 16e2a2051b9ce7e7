# SPDX-License-Identifier: MulanPSL-2.0
"""The matters of a small rectangle of the map as a list: what several points upon one another stand for."""

from django.db import connection

from linli.elements.coordinates import Box, cells_in_box
from linli.matters.mapping.choices import Choice, conditions
from linli.matters.models import Matter

MOST = 100
FOUND = """select m.id from unnest(%s::bigint[], %s::bigint[]) r (lo, hi) cross join lateral (
  select * from matters_matter c where c.cell >= r.lo and c.cell < r.hi {inner} offset 0) m where {where} order by m.id desc limit %s"""


def here(choice: Choice, box: Box) -> tuple[list[Matter], bool]:
    """The newest matters of a choice inside a rectangle, and whether there are more of them. Two queries."""
    ranges = cells_in_box(box)
    where = conditions(choice).add("m.lon_e6 >= %s and m.lon_e6 <= %s and m.lat_e6 >= %s and m.lat_e6 <= %s",
                                   box.west_e6, box.east_e6, box.south_e6, box.north_e6)
    sql = FOUND.format(where=where.sql, inner="and c.is_open" if "m.is_open" in where.texts else "")
    with connection.cursor() as cursor:
        cursor.execute(sql, [[lo for lo, _ in ranges], [hi for _, hi in ranges], *where.values, MOST + 1])
        wanted = [row[0] for row in cursor.fetchall()]
    return list(Matter.objects.within(choice.lo, choice.hi).filter(id__in=wanted[:MOST]).select_related("category").order_by("-id")), len(wanted) > MOST
