# SPDX-License-Identifier: MulanPSL-2.0
"""What the chapter of care counts: households, and whether somebody was met there in the period."""

from linli.core.words import words
from linli.measures.declarations import REGISTERS, FactSet, declare
from linli.measures.predicates import NUMBER, TEXT, YES_NO
from linli.practice.standing import joined, stands

declare(FactSet(
    name="households",
    words=words("家庭户（截止日存续的，每户一行）", "Households that exist on the day of the cut-off (one row each)"),
    sql=f"""
select h.id, h.area, c.place_area as leaf,
       (select concat(b.quarter, b.number, '号楼', d.doorway, '门', d.room) from elements_dwelling d join elements_building b on b.id = d.building_id
         where d.id = h.dwelling_id) as home,
       exists (select 1 from elements_visit v where v.household_id = h.id and v.outcome = 'met'
                and v.happened_at >= %(start)s and v.happened_at < %(end)s) as is_visited
  from elements_household h join elements_place c on c.level = 'community' and {joined('h.area')}
 where {stands('h', 'formed_on', 'ended_on')}""",
    columns={"id": NUMBER, "area": NUMBER, "leaf": NUMBER, "home": TEXT, "is_visited": YES_NO},
    dates=(),
    moves_with=REGISTERS,
    record_kind="household",
    what="home",
))
