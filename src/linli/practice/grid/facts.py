# SPDX-License-Identifier: MulanPSL-2.0
"""What the grid chapter counts beside matters: one row per grid that exists at the cut-off."""

from linli.core.words import words
from linli.measures.declarations import FactSet, declare
from linli.measures.predicates import NUMBER, YES_NO

declare(FactSet(
    name="grids",
    words=words("网格（截止日存续的，每个一行）", "Grids that exist on the day of the cut-off (one row each)"),
    sql="""
select g.id, g.place_area as area, c.place_area as leaf,
       exists (select 1 from elements_boundary b
                where b.place_id = g.id and b.from_day <= %(day_number)s and b.to_day > %(day_number)s) as has_boundary,
       exists (select 1 from elements_gridassignment a join elements_post p on p.id = a.post_id
                where a.place_id = g.id and a.valid_from <= %(day)s and (a.valid_to is null or a.valid_to > %(day)s)
                  and p.valid_from <= %(day)s and (p.valid_to is null or p.valid_to > %(day)s)) as is_staffed
  from elements_place g join elements_place c on c.id = g.parent_id
 where g.level = 'grid' and (g.valid_from is null or g.valid_from <= %(day)s) and (g.valid_to is null or g.valid_to > %(day)s)""",
    columns={"id": NUMBER, "area": NUMBER, "leaf": NUMBER, "has_boundary": YES_NO, "is_staffed": YES_NO},
    dates=(),
    record_kind="place",
))
