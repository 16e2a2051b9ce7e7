# SPDX-License-Identifier: MulanPSL-2.0
"""What the service window counts: the rooms that each community should have, and the measured quality of its base data."""

from linli.core.words import words
from linli.elements.registers.declaring import registers
from linli.measures.declarations import REGISTERS, FactSet, declare
from linli.measures.predicates import MOMENT, NUMBER, TEXT
from linli.practice.standing import should_have, stands
from linli.practice.window.service_rooms import ACCESS, ROOMS

LOW_COUNTER = "low_counter"
WANTED = (*(name for name, _ in ROOMS), LOW_COUNTER)
"""The default set of 18 (policy.md 8.5) and the counter that everybody can reach."""


def _room(name: str) -> str:
    is_it = """t.fields -> 'access' @> '"low_counter"'::jsonb""" if name == LOW_COUNTER else f"t.fields ->> 'room' = '{name}'"
    return f"exists (select 1 from elements_thing t where t.area >= c.lo and t.area < c.hi and t.kind = 'service_room' and {stands('t')} and {is_it})"


declare(should_have("wanted_rooms", words("社区应有的功能用房（每个社区每项一行）", "Rooms that a community should have (one row for a community and a room)"),
                    {name: _room(name) for name in WANTED}, dict(ROOMS) | {LOW_COUNTER: dict(ACCESS)[LOW_COUNTER]}))
declare(FactSet(
    name="data_quality",
    words=words("基础数据质量（每个社区每类台账每个方面一行）", "Measured quality of base data (one row for a community, a register and an aspect)"),
    sql="""
select q.id, q.area, q.area as leaf, q.register, q.aspect, q.numerator as good, q.denominator as fields, q.computed_at
  from elements_qualityfigure q where q.level = 'community' and q.name = ''""",
    columns={"id": NUMBER, "area": NUMBER, "leaf": NUMBER, "register": TEXT, "aspect": TEXT, "good": NUMBER, "fields": NUMBER, "computed_at": MOMENT},
    dates=(),
    moves_with=REGISTERS,
    about_people=False,
    record_kind="quality",
    what="register",
    what_words={one.name: one.words for one in registers()},
))
