# SPDX-License-Identifier: MulanPSL-2.0
"""应急避难场所 (10f): shelters, and how many people each holds by the area that the standard gives one person."""

from collections.abc import Mapping
from typing import Any

from linli.core.words import Words, words
from linli.elements.registers.declaring import Column, Rule
from linli.elements.registers.kinds import Figure, Reach, ThingKind, declare_thing

STANDARD = words("《防灾避难场所设计规范》GB 51143 人均有效避难面积（待核对）", "GB 51143, effective area per person (to be checked)")
CENTIMETRES = {"urgent": 5_000, "temporary": 10_000, "short": 20_000, "medium": 30_000, "long": 45_000}
"""Square centimetres a person: 0.5, 1.0, 2.0, 3.0 and 4.5 m² (GB 51143, domain/policy.md 9.6, memory-sure)."""
CLASSES = (
    ("urgent", words("紧急避难场所", "Urgent")), ("temporary", words("临时避难场所", "Temporary")), ("short", words("短期固定避难场所", "Short stay")),
    ("medium", words("中期固定避难场所", "Medium stay")), ("long", words("长期（中心）避难场所", "Long stay or central")),
)
FEW_EXITS = words("长期或中心避难场所应有不少于 4 个不同方向的主要出入口，现在登记了 {found} 个。",
                  "A long-stay or central shelter has at least 4 main exits in different directions; {found} are entered.")
NEAR_FIRE = words("与次生火灾危险源的距离应不少于 30 米，现在登记的是 {found} 米。", "A shelter lies at least 30 m from sources of secondary fire; {found} m are entered.")
NO_ACCESS = words("供婴幼儿、老年人和残疾人使用的区域应当无障碍，现在登记为没有。", "Room for infants, old and disabled people must be barrier-free; none is entered.")


def capacity(record: Mapping[str, Any]) -> int | None:
    """People, rounded down; None while class or area is not known."""
    square_decimetres, kind = record.get("square_decimetres"), CENTIMETRES.get(str(record.get("class") or ""))
    return int(square_decimetres) * 100 // kind if square_decimetres is not None and kind else None


def few_exits(record: Mapping[str, Any]) -> Words | None:
    """Policy 9.6: central and long fixed shelters have 4 main exits or more."""
    exits = record.get("exits")
    return FEW_EXITS.format(found=exits) if record.get("class") == "long" and exits is not None and exits < 4 else None


def near_fire(record: Mapping[str, Any]) -> Words | None:
    """Policy 9.6: 30 m or more from secondary fire sources."""
    metres = record.get("metres_to_fire")
    return NEAR_FIRE.format(found=metres) if metres is not None and metres < 30 else None


def no_access(record: Mapping[str, Any]) -> Words | None:
    """Policy 9.6: barrier-free room for those who need it."""
    return NO_ACCESS if record.get("is_accessible") is False else None


declare_thing(ThingKind(
    "emergency_shelter", words("应急避难场所", "Shelter"), chapter=words("安全应急", "Safety"), icon="flag", order=71,
    columns=(
        Column("class", words("类型", "Class"), "choice", required=True, choices=CLASSES, kept="fields", filter=True, in_list=True, headings=("避难场所类型",)),
        Column("square_decimetres", words("有效避难面积（平方米）", "Effective area (m²)"), "hundredths", low=0, high=10_000_000_00, kept="fields", headings=("有效面积", "避难面积"),
               help=words("不含建筑、水面和不能进入的地方。", "Without buildings, water and what cannot be entered.")),
        Column("exits", words("主要出入口", "Main exits"), "integer", low=0, high=50, kept="fields", headings=("出入口数",)),
        Column("metres_to_fire", words("距次生火灾危险源（米）", "Metres to sources of secondary fire"), "integer", low=0, high=100_000, kept="fields"),
        Column("is_accessible", words("有无障碍区域", "Barrier-free room"), "truth", kept="fields", refresh_days=365),
        Column("has_signs", words("有指示标志", "Signs"), "truth", kept="fields", refresh_days=365),
    ),
    warnings=(Rule("few_exits", ("class", "exits"), few_exits), Rule("near_fire", ("metres_to_fire",), near_fire), Rule("no_access", ("is_accessible",), no_access)),
    figures=(Figure("capacity", words("可容纳", "Holds"), words("人", "people"), capacity, STANDARD),),
    reaches=(Reach(1000, words("紧急、临时避难场所服务半径（拟，待核对）", "Reach of urgent and temporary shelters (proposed, to be checked)")),),
))
