# SPDX-License-Identifier: MulanPSL-2.0
"""What several chapters count in the registers: communities with their numbers, the bodies that each must have; and when they are counted anew."""

from collections.abc import Mapping

from django.db.models import Q

from linli.core import due
from linli.core.words import Words, words
from linli.elements.registers.declaring import Register, on_declaring
from linli.measures.compiler import LEAF_SIZE
from linli.measures.declarations import REGISTERS, FactSet, declare
from linli.measures.freshness import refresh_states
from linli.measures.predicates import NUMBER, TEXT, YES_NO

DAY = Q()
"""A state on the day of the cut-off: no date decides membership."""


def stands(alias: str, since: str = "valid_from", until: str = "valid_to") -> str:
    """SQL: the row of `alias` is in force on the day of the cut-off; the last day is exclusive."""
    return f"({alias}.{since} is null or {alias}.{since} <= %(day)s) and ({alias}.{until} is null or {alias}.{until} > %(day)s)"


def inside(alias: str, home: str = "c") -> str:
    """SQL: the row of `alias` lies in the community `home`; `alias` has an open area."""
    return f"{alias}.place_area >= {home}.lo and {alias}.place_area < {home}.hi"


def joined(column: str, home: str = "c") -> str:
    """SQL: the number in `column` lies in the community `home`, said twice: by its bounds, for which one community has an index,
    and by the number of the community, by which all communities are joined at once (measured: 25 s became less than one)."""
    return f"{column} >= {home}.lo and {column} < {home}.hi and {column} / {LEAF_SIZE} = {home}.lo / {LEAF_SIZE}"


COMMUNITY = f"c.level = 'community' and {stands('c')}"
SEATED = stands("s", "since", "until")
IN_TERM = f"exists (select 1 from elements_term t where t.organisation_id = o.id and {stands('t', 'since', 'until')})"


def _bodies(kind: str, more: str) -> str:
    return f"exists (select 1 from elements_organisation o where {inside('o')} and o.kind = '{kind}' and {stands('o')} and {more})"


def _seats(*offices: str) -> str:
    named = ", ".join(f"'{one}'" for one in offices)
    return f"(select count(*) from elements_seat s where s.organisation_id = o.id and s.office in ({named}) and {SEATED})"


def _groups(home: str = "c") -> str:
    return f"(select count(*) from elements_organisation g where {inside('g', home)} and g.kind = 'residents_group' and {stands('g')})"


GROUPS = _groups()
REPRESENTATIVES = f"""exists (select 1 from elements_place home join elements_organisation o on {joined('o.place_area', 'home')}
       where home.id = c.id and home.level = 'community' and o.kind = 'representatives' and {stands('o')} and {IN_TERM} and {_seats('representative')} >= 2 * {_groups('home')}
         and {_seats('representative')} <= 3 * {_groups('home')} and {_groups('home')} > 0)"""
"""The groups are counted for the community named anew beside the body: Spark resolves names of the next query outwards only."""
SUB_COMMITTEES = ("mediation", "security", "health", "family", "culture")
"""The five that the guidance names (SEED §4; policy.md 1.4); the register's list stays open."""


def _sub_committee(matter: str) -> str:
    return _bodies("sub_committee", f"o.fields ->> 'matter' = '{matter}' and {_seats('chair')} > 0")


def _station(work: str) -> str:
    return _bodies("service_station", f"o.fields ->> 'work' = '{work}' and {_seats('head', 'staff')} > 0")


BODIES = {
    "party": _bodies("party_branch", f"{_seats('secretary')} > 0 and {IN_TERM}"),
    "committee": _bodies("residents_committee", f"{_seats('chair', 'deputy_chair', 'member')} between 5 and 9 and {IN_TERM}"),
    "representatives": REPRESENTATIVES,
    **{f"sub_committee_{matter}": _sub_committee(matter) for matter in SUB_COMMITTEES},
    "social_work_station": _station("social_work"),
    "safety_office": _station("safety_office"),
    "petitions_station": _station("petitions"),
}
"""Each body that a community must have, and when it is in place."""
NAMES = {
    "party": words("社区党组织", "Party organisation"), "committee": words("居民委员会", "Residents' committee"),
    "representatives": words("居民代表会议", "Residents' representatives"), "sub_committee_mediation": words("人民调解委员会", "Mediation sub-committee"),
    "sub_committee_security": words("治安保卫委员会", "Public security sub-committee"), "sub_committee_health": words("公共卫生委员会", "Public health sub-committee"),
    "sub_committee_family": words("计划生育委员会", "Family planning sub-committee"), "sub_committee_culture": words("文化教育委员会", "Culture sub-committee"),
    "social_work_station": words("社会工作服务站", "Social-work station"), "safety_office": words("综治工作办公室", "Public order office"),
    "petitions_station": words("综治信访服务站", "Public order and petitions station"),
}



def should_have(name: str, label: Words, met: Mapping[str, str], called: Mapping[str, Words], *, about_people: bool = False) -> FactSet:
    """The fact set of what each community should have: one row for a community and a thing, and whether it is there.

    `met` gives each thing the SQL that says so of the community `c`, `called` its name on the page of records (else the thing's own).
    """
    things = ", ".join(f"({number}, '{thing}')" for number, thing in enumerate(met))
    cases = " ".join(f"when '{thing}' then {condition}" for thing, condition in met.items())
    return FactSet(
        name=name,
        words=label,
        sql=f"""
select c.id * 100 + i.number as id, c.id as place, c.place_area as area, c.place_area as leaf, i.name as item, case i.name {cases} end as is_met
  from elements_place c cross join (values {things}) i (number, name) where {COMMUNITY}""",
        columns={"id": NUMBER, "place": NUMBER, "area": NUMBER, "leaf": NUMBER, "item": TEXT, "is_met": YES_NO},
        dates=(),
        moves_with=REGISTERS,
        about_people=about_people,
        record_kind="place",
        record="place",
        what="item",
        what_words=called,
    )


declare(should_have("required_bodies", words("社区应有的组织（每个社区每项一行）", "Bodies that a community must have (one row for a community and a body)"), BODIES, NAMES, about_people=True))

HOUSEHOLDS = f"""(select count(*) from elements_household h where h.area >= c.lo and h.area < c.hi
       and {stands('h', 'formed_on', 'ended_on')})"""
DOORWAYS = """(select coalesce(sum(greatest(b.doorways, 1)), 0) from elements_building b where b.area >= c.lo and b.area < c.hi and b.use = 'dwelling'
       and (b.valid_to is null or b.valid_to > %(day)s))"""
HEADED = f"""(select coalesce(sum(x.headed), 0) from (select case
         when (select count(*) from elements_seat s where s.building_id = b.id and s.office = 'building_head' and {SEATED}) > 0 then greatest(b.doorways, 1)
         else least(greatest(b.doorways, 1), (select count(distinct s.doorway) from elements_seat s
                                               where s.building_id = b.id and s.office = 'doorway_head' and {SEATED})) end as headed
         from elements_building b where b.area >= c.lo and b.area < c.hi and b.use = 'dwelling' and (b.valid_to is null or b.valid_to > %(day)s)) x)"""
LED = f"""(select count(*) from elements_organisation o where {inside('o')} and o.kind = 'residents_group' and {stands('o')} and {_seats('leader')} > 0)"""
SOCIAL = f"""(select count(*) from elements_organisation o where {inside('o')} and o.kind = 'social_organisation' and {stands('o')}
       and o.stage in ('filed', 'registered'))"""


def _rooms(only: str = "") -> str:
    return (f"(select coalesce(sum((t.fields ->> 'square_decimetres')::bigint), 0) from elements_thing t where t.area >= c.lo and t.area < c.hi"
            f" and t.kind = 'service_room' and {stands('t')}{only})")


OFFICES = ("office", "party_room", "police", "mediation", "work_station", "petitions", "affairs_board", "notice_board")
"""Rooms that are not for the residents' own activities (拟: the sources name the share, not the rooms)."""
ACTIVITY = _rooms(" and t.fields ->> 'room' not in (" + ", ".join(f"'{one}'" for one in OFFICES) + ")")

declare(FactSet(
    name="communities",
    words=words("社区（每个一行）", "Communities (one row each)"),
    sql=f"""
select c.id, c.place_area as area, c.place_area as leaf, {GROUPS} + {DOORWAYS} as heads_wanted, {LED} + {HEADED} as heads_there,
       {SOCIAL} as social_organisations, case when {HOUSEHOLDS} >= 500 then 12 else 10 end as social_organisations_wanted,
       {_rooms()} as room_area, {ACTIVITY} as activity_area, {HOUSEHOLDS} * 30 as room_area_wanted
  from elements_place c where {COMMUNITY}""",
    columns=dict.fromkeys(("id", "area", "leaf", "heads_wanted", "heads_there", "social_organisations", "social_organisations_wanted", "room_area", "activity_area", "room_area_wanted"), NUMBER),
    dates=(),
    moves_with=REGISTERS,
    about_people=False,
    record_kind="place",
))

LIVES = (
    "term.begin", "term.end", "seat.give", "seat.end", "crew.give", "crew.end", "part.add", "part.change", "part.remove", "part.check",
    "part.propose", "household.split", "household.move", "household.birth", "person.move_in", "person.move_out", "person.die", "life.undo", "visit.record",
    "quality.measure", "intake.take_stretch", "intake.undo_stretch")
"""Actions beside those of the registers after which a state may count differently; what time alone ends (a term, a date on a bottle) the nightly count notices."""


due.after_action("measures.refresh_states", *LIVES)(refresh_states)


@on_declaring
def refresh_after_changes(register: Register) -> None:
    """A record that comes, changes or goes may move a figure of its community."""
    due.after_action(f"measures.refresh.{register.name}", *(f"{register.name}.{what}" for what in ("add", "change", "end", "restore")))(refresh_states)
