# SPDX-License-Identifier: MulanPSL-2.0
"""From what somebody types to a plan: names and codes of places become places, lines become parts, and each slip gets its sentence."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from linli.core import clock
from linli.core.faults import Invalid
from linli.core.sight import Actor
from linli.core.words import Words, words
from linli.elements import places
from linli.elements.models import Building
from linli.elements.places import KnownPlace
from linli.elements.reorganising.plans import Part, Plan, Rename

FURTHEST = timedelta(days=366)
"""How far ahead a day of effect may lie (our choice: a year, as for redrawn grids)."""
MOST_BUILDINGS = 200
"""Single buildings named in one split (our choice: more of them is a grid of their own)."""
FORMS = (("街道", words("街道", "Street (jiedao)")), ("镇", words("镇", "Town")), ("乡", words("乡", "Township")))
KINDS = (
    ("move", words("社区划归另一街道", "Communities move to another street")), ("merge", words("社区合并", "Communities merge")),
    ("split", words("社区拆分", "A community is split")), ("rename", words("更名、改制（如镇改街道）", "Another name or form (a town becomes a street)")),
)
ASKED = words("请填写{label}。", "Please fill in: {label}.")
TOO_EARLY = words("生效日期最早是明天，最晚一年之内：确认要有第二个人，生效前都可以撤回。",
                  "The day of effect lies between tomorrow and a year from now: a second person confirms, and until then it can be taken back.")
UNKNOWN = words("您的范围里没有叫“{text}”的{level}。请写全称，或者写 12 位区划代码。",
                "Within your area there is no {level} called “{text}”. Write its full name, or its code of 12 digits.")
MANY = words("叫“{text}”的{level}有 {count} 个，请改写 12 位区划代码：{codes}。",
             "There are {count} {level} places called “{text}”; write the code of 12 digits instead: {codes}.")
TWICE = words("“{name}”写了两次。", "“{name}” is named twice.")
THERE_ALREADY = words("“{name}”本来就在“{street}”。", "“{name}” lies in “{street}” already.")
TWO_AT_LEAST = words("合并至少要写两个社区。", "A merge names at least two communities.")
ONE_STREET = words("“{one}”和“{other}”不在同一街道。请先把其中一个划归另一街道，再合并。", "“{one}” and “{other}” lie in different streets. Move one of them first, then merge.")
KEPT_OR_NEW = words("请写保留哪个社区，或者写合并后的新名称。", "Say which community stays, or the name of the new one.")
NO_LINE = words("每行写一个新社区：名称、冒号、网格或楼栋，例如“槐新社区：槐安第二网格、槐安里3号楼”。",
                "Write one new community a line: its name, a colon, its grids or buildings, such as “Huaixin: Grid 2, Huaian 3”.")
NO_GRID = words("“{name}”里没有叫“{text}”的网格或楼栋。", "“{name}” has no grid or building called “{text}”.")
NOTHING_STAYS = words("“{name}”的网格全部划走了，原社区什么也不剩。请留下至少一个网格；要改名请另办更名。",
                      "All grids of “{name}” would leave it. Keep at least one; another name is a rename.")
IN_GONE_GRID = words("“{name}”在整个划走的网格里，不用再单独写。", "“{name}” stands in a grid that goes as a whole; it need not be named.")
NOTHING_NEW = words("名称和类型都没有变。", "Neither name nor form changes.")
BAD_CODE = words("区划代码是 12 位数字。", "A division code has 12 digits.")
ONLY_STREETS = words("只有街道、镇、乡能改类型。", "Only streets, towns and townships change their form.")
LEVELS: Mapping[str, Words] = {"street": words("街道（镇、乡）", "street"), "community": words("社区", "community")}
SEPARATORS = re.compile(r"[\n、，,;；]+")


def planned(actor: Actor, given: Mapping[str, Any]) -> Plan:
    """The plan that the fields ask for, by the places of the day of effect. Invalid with a sentence at the field that is wrong."""
    since = given["since"]
    if not clock.today() < since <= clock.today() + FURTHEST:
        raise Invalid({"since": TOO_EARLY})
    if given["code"] and not re.fullmatch(r"[0-9]{12}", given["code"]):
        raise Invalid({"code": BAD_CODE})
    return BUILDERS[given["kind"]](actor, given)


def _wanted(given: Mapping[str, Any], name: str, label: Words) -> str:
    text = str(given[name] or "").strip()
    if not text:
        raise Invalid({name: ASKED.format(label=label)})
    return text


def place_named(actor: Actor, text: str, level: str, given: Mapping[str, Any], field: str) -> KnownPlace:
    """The one place of a level within the actor's range that bears a name or code on the day of effect."""
    text = text.strip()
    held = places.places_within(actor.lo, actor.hi, level=level, day=given["since"])
    found = [one for one in held if text in (one.code, str(one.area))] or [one for one in held if one.name == text] or [one for one in held if one.short_name == text]
    if not found:
        raise Invalid({field: UNKNOWN.format(text=text[:40], level=LEVELS[level])})
    if len(found) > 1:
        raise Invalid({field: MANY.format(text=text[:40], level=LEVELS[level], count=len(found), codes="、".join(one.code or str(one.area) for one in found[:5]))})
    return found[0]


def _listed(actor: Actor, given: Mapping[str, Any], level: str = "community") -> list[KnownPlace]:
    found: list[KnownPlace] = []
    for text in SEPARATORS.split(_wanted(given, "others", LEVELS[level])):
        if text.strip():
            one = place_named(actor, text, level, given, "others")
            if one in found:
                raise Invalid({"others": TWICE.format(name=one.name)})
            found.append(one)
    return found


def _grids(area: int, given: Mapping[str, Any]) -> tuple[int, ...]:
    return tuple(sorted(one.area for one in places.children(area, day=given["since"])))


def _move(actor: Actor, given: Mapping[str, Any]) -> Plan:
    """Communities go below another street; a street that loses its last one ends and goes into it."""
    street = place_named(actor, _wanted(given, "place", LEVELS["street"]), "street", given, "place")
    parts = []
    moved = _listed(actor, given)
    for one in moved:
        if one.parent == street.area:
            raise Invalid({"others": THERE_ALREADY.format(name=one.name, street=street.name)})
        parts.append(Part(one.name, street.area, None, (one.area,), _grids(one.area, given), (), (given["code"] or "") if len(moved) == 1 else ""))
    left = {one.parent for one in moved if one.parent is not None}
    emptied = [area for area in left if not {one.area for one in places.children(area, day=given["since"])} - {one.area for one in moved}]
    return Plan("move", given["since"], tuple(parts), None, None, (emptied[0], street.area) if len(emptied) == 1 and len(left) == 1 else None)


def _merge(actor: Actor, given: Mapping[str, Any]) -> Plan:
    """Communities of one street become one: one of them goes on, or all end in a new one."""
    listed = _listed(actor, given)
    kept = place_named(actor, given["place"], "community", given, "place") if given["place"] else None
    wholes = [one for one in listed if kept is None or one.area != kept.area]
    everybody = [*wholes, *([kept] if kept else [])]
    if len(everybody) < 2:
        raise Invalid({"others": TWO_AT_LEAST})
    if kept is None and not given["name"]:
        raise Invalid({"name": KEPT_OR_NEW})
    for one in everybody[1:]:
        if one.parent != everybody[0].parent:
            raise Invalid({"others": ONE_STREET.format(one=everybody[0].name, other=one.name)})
    grids = tuple(grid for one in wholes for grid in _grids(one.area, given))
    part = Part(given["name"] or (kept.name if kept else ""), everybody[0].parent or 0, kept.area if kept else None, tuple(sorted(one.area for one in wholes)), grids,
                (), given["code"] or "")
    return Plan("merge", given["since"], (part,))


def _split(actor: Actor, given: Mapping[str, Any]) -> Plan:
    """Grids and single buildings leave a community for new ones beside it; what nobody names stays."""
    home = place_named(actor, _wanted(given, "place", LEVELS["community"]), "community", given, "place")
    standing = {one.area: one for one in places.children(home.area, day=given["since"])}
    buildings = {one.pk: one for one in Building.objects.visible_to(actor).within(home.lo, home.hi).filter(valid_to=None)}
    parts: list[Part] = []
    used: set[int | None] = set()
    for line in [text.strip() for text in _wanted(given, "others", words("新社区", "New communities")).split("\n") if text.strip()]:
        name, _, rest = re.sub("[：:]", "：", line, count=1).partition("：")
        texts = [text.strip() for text in SEPARATORS.split(rest) if text.strip()]
        if not name.strip() or not texts or len(name) > 80:
            raise Invalid({"others": NO_LINE})
        grids: list[int] = []
        homes: list[int] = []
        for text in texts:
            grid = next((one.area for one in standing.values() if text in (one.name, one.short_name)), None)
            house = None if grid else next((one.pk for one in buildings.values() if _spoken(text) == _spoken(one.quarter + one.number)), None)
            if grid is None and house is None:
                raise Invalid({"others": NO_GRID.format(name=home.name, text=text[:40])})
            if (grid or house) in used:
                raise Invalid({"others": TWICE.format(name=text[:40])})
            used.add(grid or house)
            (grids if grid else homes).append(grid or house or 0)
        alone = "、".join(buildings[one].quarter + buildings[one].number for one in sorted(homes))
        parts.append(Part(name.strip(), home.parent or 0, None, (), tuple(sorted(grids)), tuple(sorted(homes)), alone=alone))
    _check_split(home, parts, standing, buildings)
    return Plan("split", given["since"], tuple(parts), None, home.area)


def _check_split(home: KnownPlace, parts: Sequence[Part], standing: Mapping[int, KnownPlace], buildings: Mapping[int, Building]) -> None:
    gone = {area for part in parts for area in part.grids}
    if standing and gone == set(standing):
        raise Invalid({"others": NOTHING_STAYS.format(name=home.name)})
    named = [one for part in parts for one in part.buildings]
    for one in named:
        if buildings[one].area in gone:
            raise Invalid({"others": IN_GONE_GRID.format(name=buildings[one].quarter + buildings[one].number)})
    if len(named) > MOST_BUILDINGS:
        raise Invalid({"others": NO_LINE})


def _spoken(text: str) -> str:
    """An address of a building without the words that everybody writes otherwise: 槐安里3号楼 and 槐安里3栋 are one."""
    return re.sub(r"(号楼|号院|号|栋|幢|楼)$", "", text.replace(" ", ""))


def _rename(actor: Actor, given: Mapping[str, Any]) -> Plan:
    """Another name, and for a street another form; ground and records stay where they are."""
    text = _wanted(given, "place", words("地方", "Place"))
    held = [one for one in places.places_within(actor.lo, actor.hi, day=given["since"]) if one.level in LEVELS and text in (one.name, one.code, str(one.area))]
    level = held[0].level if held else "community"
    one = place_named(actor, text, level, given, "place")
    name, form = given["name"] or one.name, given["form"] or ""
    if form and one.level != "street":
        raise Invalid({"form": ONLY_STREETS})
    if name == one.name and form in ("", one.kind) and not given["code"]:
        raise Invalid({"name": NOTHING_NEW})
    return Plan("rename", given["since"], (), Rename(one.area, one.name, name, form, given["code"] or ""))


BUILDERS: Mapping[str, Callable[[Actor, Mapping[str, Any]], Plan]] = {"move": _move, "merge": _merge, "split": _split, "rename": _rename}
