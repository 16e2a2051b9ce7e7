# SPDX-License-Identifier: MulanPSL-2.0
"""What the chapter of safety counts: what a micro fire station must have, and what must lie in a relief store."""

from linli.core.words import words
from linli.elements.registers.kinds import thing_kind
from linli.measures.declarations import declare
from linli.practice.safety import micro_fire_station as _station  # noqa: F401  the kinds have to stand before what is counted of them
from linli.practice.safety import relief_store as _store  # noqa: F401  the same
from linli.practice.standing import SEATED, should_have, stands


def _things(kind: str, more: str) -> str:
    return f"exists (select 1 from elements_thing t where t.area >= c.lo and t.area < c.hi and t.kind = '{kind}' and {stands('t')} and {more})"


def _crew(office: str) -> str:
    return f"(select count(*) from elements_seat s where s.thing_id = t.id and s.office = '{office}' and {SEATED})"


SERVES = "p.count >= p.wanted and (p.expires_on is null or p.expires_on > %(day)s)"
PARTS = "from elements_thingpart p where p.thing_id = t.id and p.wanted is not null"
STATION = {
    "leader": f"{_crew('leader')} = 1",
    "members": f"{_crew('member')} >= 5",
    "shift": "(t.fields ->> 'per_shift')::int >= 3",
    "duty": "t.fields ->> 'around_the_clock' = 'true'",
    "phone": "coalesce(t.fields ->> 'phone', '') <> ''",
    "equipment": f"exists (select 1 {PARTS}) and not exists (select 1 {PARTS} and not ({SERVES}))",
}
"""The six things of policy.md 9.5: one leader, five members, three a shift, duty around the clock, a phone, equipment in date."""

ITEMS = {
    "leader": words("站长 1 人", "One leader"), "members": words("队员 5 人以上", "Five members or more"), "shift": words("每班 3 人以上", "Three a shift or more"),
    "duty": words("24 小时值班", "Duty around the clock"), "phone": words("值班电话", "A duty phone"), "equipment": words("器材齐全且在有效期内", "All equipment in date"),
}


def supplies() -> tuple[str, ...]:
    """What the declared list says must lie in a store."""
    kind = thing_kind("relief_store")
    return tuple(one.name for one in kind.equipment) if kind else ()


declare(should_have(
    "fire_station_items", words("微型消防站应达到的各项（每个社区每项一行）", "What a micro fire station must have (one row for a community and an item)"),
    {name: _things("micro_fire_station", met) for name, met in STATION.items()}, ITEMS))
declare(should_have(
    "relief_items", words("救灾物资标准清单（每个社区每项一行）", "What must lie in a relief store (one row for a community and an item)"),
    {name: _things("relief_store", f"exists (select 1 {PARTS} and p.name = '{name}' and {SERVES})") for name in supplies()}, {}))
