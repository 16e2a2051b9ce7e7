# SPDX-License-Identifier: MulanPSL-2.0
"""What the surroundings chapter counts beside matters: one row per case of the six problems, with the case before it."""

from linli.core.words import words
from linli.measures.declarations import FactSet, declare
from linli.measures.predicates import MOMENT, NUMBER, YES_NO
from linli.practice.counting import ALIVE

declare(FactSet(
    name="six_problem_cases",
    words=words("私搭乱建等六类问题（每件一行，附同一地点的上一件）", "Cases of the six problems (one row each, with the case before at the same place)"),
    sql="""
select m.id, m.area, m.community as leaf, m.reported_at, m.closed_at,
       coalesce(lag(m.closed_at) over same_place <= m.reported_at
                and lag(m.closed_at) over same_place >= m.reported_at - interval '90 days', false) as is_repeat
  from matters_matter m
 where m.kind = 'six_problems' and m.phase not in ('refused', 'merged') and m.parent is null and m.source not in ('history', 'withdrawn')
window same_place as (partition by m.community, m.category_id, m.cell,
                      case when m.cell is null then case when m.address = '' then cast(m.id as text) else m.address end end
                      order by m.reported_at, m.id)""",
    columns={"id": NUMBER, "area": NUMBER, "leaf": NUMBER, "reported_at": MOMENT, "closed_at": MOMENT, "is_repeat": YES_NO},
    dates=("reported_at", "closed_at"),
    record_kind="matter",
    leaf_unit=1000,
    alive=ALIVE,
))
