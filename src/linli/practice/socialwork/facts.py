# SPDX-License-Identifier: MulanPSL-2.0
"""What the chapter of social work counts: social organisations that are filed or registered."""

from linli.core.words import words
from linli.measures.declarations import REGISTERS, FactSet, declare
from linli.measures.predicates import NUMBER, TEXT
from linli.practice.standing import joined, stands

declare(FactSet(
    name="social_organisations",
    words=words("备案或登记的社区社会组织（每个一行）", "Social organisations that are filed or registered (one row each)"),
    sql=f"""
select o.id, o.place_area as area, c.place_area as leaf, o.fields ->> 'purpose' as purpose
  from elements_organisation o join elements_place c on c.level = 'community' and {joined('o.place_area')}
 where o.kind = 'social_organisation' and o.stage in ('filed', 'registered') and {stands('o')}""",
    columns={"id": NUMBER, "area": NUMBER, "leaf": NUMBER, "purpose": TEXT},
    dates=(),
    moves_with=REGISTERS,
    about_people=False,
    record_kind="social_organisation",
))
