# SPDX-License-Identifier: MulanPSL-2.0
"""Addresses as people write them: their parts, their one usual spelling, and the keys under which buildings and dwellings are known.

No database is asked: `read_address` goes by the words behind the names (区 街道 社区 号楼 门 室), `elements.searching` by the names of places as well.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

DIGITS = {sign: number for number, signs in enumerate(("〇零○", "一壹", "二贰两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖")) for sign in signs}
NUMERALS = "".join(DIGITS) + "十拾百佰"
RUN = re.compile(f"[{NUMERALS}]+")
DASHES = re.compile(r"\s*[-‐‑‒–—―−﹣~～]+\s*")
BRACKETS = "()[]{}〔〕【】《》<>「」\"'“”‘’"
REMARK = re.compile(r"\((?:原|旧|曾|又名|又称|俗称|即|近|靠|邻|旁)[^()]*\)")
"""Brackets that say what a place was called, or what is near, and name nothing of the address itself."""

BUILDING_WORDS = ("号楼", "栋楼", "楼栋", "楼座", "#楼", "栋", "幢", "座", "#")
DOORWAY_WORDS = ("单元", "号门", "门栋", "门洞", "门", "梯")
FLOOR_WORDS = ("层",)
ROOM_WORDS = ("室", "户", "房")
EITHER_WORDS = ("楼", "号")
"""楼 is a building or a floor, 号 a building or a room: what stands beside them decides."""
LABELS = sorted((*BUILDING_WORDS, *DOORWAY_WORDS, *FLOOR_WORDS, *ROOM_WORDS, *EITHER_WORDS), key=len, reverse=True)
LABEL = "|".join(LABELS)
ROOM_NAMES = "底商|商铺|门面|车库|地下室|平房"
VALUE = (rf"(?>[甲乙丙丁戊己庚副附]?[0-9]++(?:[增附副][0-9]++)?[A-Z甲乙丙丁戊己庚]?|(?<![A-Z])[A-Z][0-9]*+|[甲乙丙丁戊己庚](?={LABEL})"
         rf"|[{NUMERALS}]++(?={LABEL}))")
LATER = rf"(?>{VALUE}|[东西南北中前后](?={LABEL})|负[0-9{NUMERALS}]++|地下[0-9{NUMERALS}]++(?=层)|(?:{ROOM_NAMES})[0-9]*+|[{NUMERALS}]++)"
FIRST = re.compile(rf"(?P<head>.*?)(?P<tail>(?>{VALUE}(?:{LABEL})|[0-9]++[A-Z甲乙丙丁]?)(?>-?{LATER}(?:{LABEL})?)*+)-?", re.DOTALL)
"""Nothing is tried twice (possessive and atomic): the time grows with the square of the length at worst, and the length is bounded."""
UNIT = re.compile(rf"-?(?P<value>{LATER})(?P<label>{LABEL})?")
LONGEST, KEY, DWELLING_KEY = 200, 120, 60
"""How much of a text is read, and the lengths of the columns `Building.key` and `Dwelling.key`."""

COUNTRY = re.compile(r"^(?:中华人民共和国|中国)?(?:[^省市区县]{2,6}(?:省|自治区))?(?:[^省市区县镇乡街里园苑号0-9]{2,5}市)?(?:市辖区)?")
NO_DISTRICT = "小社园活属宅校厂院一二三四五六七八九十A-Z"
"""小区, 社区, 生活区, 三区, A区 ...: parts of an estate, no districts."""
DISTRICT = re.compile(rf"^(?P<name>[^0-9号]{{1,7}}?(?:(?<![{NO_DISTRICT}])(?<!居民)区|县|旗|(?<![超城夜花菜])市(?![街场民政里区社])))(?=(?P<rest>.*))", re.DOTALL)
COMMITTEE = "社区|[居家村][民]?委"
STREET = re.compile(rf"^(?P<name>[^0-9号]{{1,9}}?(?:(?:街道办事处|街道|(?<![小水古])镇|(?<![水梦])乡|地区)(?!{COMMITTEE})|街(?![街道])(?=[^0-9号]{{1,14}}(?:{COMMITTEE}))))")
COMMUNITY = re.compile(r"^(?P<name>[^0-9号]{1,16}?(?:社区(?:居民委员会|居民委会|居委会|家委会|村委会)?|[居村]民委员会|[居村]民委会|[居家村]委会))")
ESTATE = "里|园|苑|区|村|庄|城|轩|居|院|寓|大厦|广场|湾|府|邸|庭|台|坊|楼"
ROAD = re.compile(rf"^(?P<name>[^0-9]{{1,8}}?(?:路|道|大街|街|胡同|巷)(?:[0-9]+(?:增[0-9]+)?号(?:院|增[0-9]+)?)?)(?P<rest>[^0-9].*(?:{ESTATE}))$")
ENDINGS = ("住宅小区", "居民小区", "小区", "住宅区", "居民区", "居住区")
SHORT_ROOM = 2
"""A room number of up to two digits does not say its floor; from three on, the last two digits are the room and those before them the floor."""


@dataclass(frozen=True)
class Parts:
    """What an address says. Names stand as they were written; number, doorway and room in their one form (3, 甲2, 12-1), without the words behind them."""

    district: str = ""
    street: str = ""
    community: str = ""
    road: str = ""
    quarter: str = ""
    number: str = ""
    doorway: str = ""
    floor: int | None = None
    room: str = ""


class Unit(NamedTuple):
    """One step of the second half of an address: 3 号楼, 2 门, 501."""

    value: str
    label: str


def key_of(quarter: str, number: str) -> str:
    """The key of a building within its community: equal for every usual spelling of the same building. `Building.key`."""
    return f"{quarter_key(quarter)}/{normal_number(number, (*BUILDING_WORDS, *EITHER_WORDS))}"[:KEY]


def quarter_key(quarter: str) -> str:
    """The first half of a building's key, for looking up by the beginning of an estate's name: 阳光里（东）小区 and 阳光里东 are one."""
    plain = "".join(sign for sign in cleaned(quarter) if sign not in BRACKETS and sign not in "·.,、/-")
    for ending in ENDINGS:
        if plain.endswith(ending) and len(plain) > len(ending) + 1:
            plain = plain[: -len(ending)]
            break
    return RUN.sub(lambda found: figures(found.group()), plain)


def key_of_dwelling(doorway: str, floor: int | None, room: str) -> str:
    """The key of a dwelling within its building. `Dwelling.key`; empty for the one dwelling of a house.

    A room of one or two digits is completed by its floor (5 层 01 室 and 501 are one); a floor beside a full room number says nothing new.
    """
    door, place = normal_number(doorway, DOORWAY_WORDS), normal_room(room)
    if floor is not None and not place:
        place = f"{_level(floor)}F"
    elif floor is not None and place.isdecimal() and len(place) <= SHORT_ROOM:
        place = f"{_level(floor)}{place.zfill(SHORT_ROOM)}"
    return f"{door}-{place}"[:DWELLING_KEY] if door or place else ""


def floor_of(room: str) -> int | None:
    """The floor that a room number tells: 501 the fifth, 1203 the twelfth, B102 the first under ground. None when it tells none."""
    found = re.fullmatch(r"(B?)([0-9]{1,2})[0-9]{2}[A-Z]?", normal_room(room))
    return None if found is None or not int(found[2]) else int(found[2]) * (-1 if found[1] else 1)


def _level(floor: int) -> str:
    return f"B{-floor}" if floor < 0 else str(floor)


def normal_number(text: str, labels: Sequence[str] = ()) -> str:
    """A number of a building or doorway in its one form: ０３号楼, 三号楼 and 3# are 3; 甲2, 12-1 and A keep their signs."""
    plain = "".join(sign for sign in cleaned(text) if sign not in BRACKETS)
    for label in sorted(labels, key=len, reverse=True):
        if plain.endswith(label) and len(plain) > len(label):
            plain = plain[: -len(label)]
            break
    plain = re.sub(r"^第(?=.)", "", plain)
    plain = RUN.sub(lambda found: figures(found.group()), plain)
    return re.sub(r"(?<![0-9])0+(?=[0-9])", "", plain)


def normal_room(text: str) -> str:
    """A room number in its one form: 五〇一室 and 501号 are 501, ａ１２ is A12. Zeros in front stay: 01 is not the first floor."""
    plain = "".join(sign for sign in cleaned(text) if sign not in BRACKETS)
    for label in (*ROOM_WORDS, "号"):
        if plain.endswith(label) and len(plain) > len(label):
            plain = plain[: -len(label)]
            break
    return RUN.sub(lambda found: figures(found.group()), plain)


def figures(run: str) -> str:
    """A run of Chinese numerals in digits: 十二 is 12, 二十 is 20, 一百零三 is 103, 五〇一 is 501. Signs that make no number stay as they are."""
    if not any(sign in "十拾百佰" for sign in run):
        return "".join(str(DIGITS[sign]) for sign in run)
    found = re.fullmatch(rf"(?:([{''.join(DIGITS)}])[百佰])?[〇零○]?(?:([{''.join(DIGITS)}]?)[十拾])?([{''.join(DIGITS)}]?)", run)
    if found is None or (found[1] is None and found[2] is None):
        return run
    tens = 0 if found[2] is None else DIGITS.get(found[2], 1)
    return str(DIGITS.get(found[1] or "", 0) * 100 + tens * 10 + DIGITS.get(found[3], 0))


def cleaned(text: str) -> str:
    """One shape for what people type: common signs for full-width ones, capitals, one kind of dash, no blanks except where they part two numbers (then a dash)."""
    plain = DASHES.sub("-", unicodedata.normalize("NFKC", text[:LONGEST]).strip()).upper()
    plain = plain.replace("号楼号", "号楼").replace("＃", "#").replace("№", "")
    plain = re.sub(r"(?<=[0-9A-Z])[\s,、/]+(?=[0-9])", "-", plain)
    return re.sub(r"[\s,，、;；]+", "", plain).strip("-.。")


def read_address(text: str) -> Parts:
    """The parts of an address in any usual spelling; whatever is not understood stays in `quarter`. Never fails."""
    plain = REMARK.sub("", cleaned(text))
    found = FIRST.fullmatch(plain)
    if found is None:
        return _read_head(plain, Parts(), alone=True)
    head, units = found["head"], [Unit(one["value"], one["label"] or "") for one in UNIT.finditer(found["tail"])]
    back, units = _gate(units)
    return _read_head(head + back, _read_units(units, has_head=bool(head)), alone=False)


def _gate(units: list[Unit]) -> tuple[str, list[Unit]]:
    """The number of a gate in front of the building (12号 of 平山道12号3号楼) goes back to the road; the rest is the building."""
    building = next((place for place, unit in enumerate(units) if unit.label in BUILDING_WORDS), None)
    if building and all(unit.label == "号" for unit in units[:building]):
        return "".join(unit.value + unit.label for unit in units[:building]), units[building:]
    return "", units


def _read_units(units: list[Unit], *, has_head: bool) -> Parts:
    """Building, doorway, floor and room from the steps; what bears no word is told by its place and its length."""
    parts, rest = _building(units, has_head=has_head)
    bare: list[str] = []
    for place, unit in enumerate(rest):
        last = place == len(rest) - 1
        if unit.label in DOORWAY_WORDS or (unit.label in BUILDING_WORDS and not parts.doorway):
            parts = replace(parts, doorway=normal_number(unit.value))
        elif unit.label in FLOOR_WORDS or (unit.label == "楼" and not last) or (unit.label == "楼" and parts.floor is None):
            parts = replace(parts, floor=_floor(unit.value))
        elif unit.label in ROOM_WORDS or unit.label == "号":
            parts = replace(parts, room=normal_room(unit.value))
        else:
            bare.append(unit.value)
    return _place_bare(parts, bare)


def _building(units: list[Unit], *, has_head: bool) -> tuple[Parts, list[Unit]]:
    """The building's number, and the steps behind it."""
    labelled = next((place for place, unit in enumerate(units) if unit.label), None)
    if labelled is not None and units[labelled].label in (*BUILDING_WORDS, "号"):
        if labelled and units[labelled].label == "号" and len(units[labelled].value) > SHORT_ROOM:
            return Parts(number=normal_number(units[0].value)), units[1:]
        return Parts(number="-".join(normal_number(unit.value) for unit in units[: labelled + 1])), units[labelled + 1:]
    first = units[0]
    if first.label == "楼":
        follows = units[1].value if len(units) > 1 else ""
        is_floor = not has_head and floor_of(follows) == _floor(first.value)
        return (Parts(), units) if is_floor else (Parts(number=normal_number(first.value)), units[1:])
    if first.label:
        return Parts(), units
    return Parts(number=normal_number(first.value)), units[1:]


def _place_bare(parts: Parts, bare: list[str]) -> Parts:
    """Numbers without words: 2-501 behind a building is doorway and room, 5-01 with a doorway floor and room, one alone by its length."""
    if len(bare) == 3:
        return replace(parts, doorway=normal_number(bare[0]), floor=_floor(bare[1]), room=normal_room(bare[2]))
    if len(bare) == 2:
        if parts.doorway:
            return replace(parts, floor=_floor(bare[0]), room=normal_room(bare[1]))
        return replace(parts, doorway=normal_number(bare[0]), room=normal_room(bare[1]))
    if len(bare) == 1:
        is_room = parts.doorway or parts.floor is not None or len(bare[0]) > SHORT_ROOM or not bare[0].isdecimal()
        if is_room and not parts.room:
            return replace(parts, room=normal_room(bare[0]))
        return replace(parts, doorway=parts.doorway or normal_number(bare[0]))
    return replace(parts, room=parts.room or "-".join(bare))


def _floor(value: str) -> int | None:
    """The floor of its sign: 5, 十二, 负一, 地下1, B1. None for anything else."""
    below = value.startswith(("负", "地下", "B"))
    digits = normal_number(re.sub(r"^(?:负|地下|B)", "", value))
    return None if not digits.isdecimal() else -int(digits) if below else int(digits)


def _read_head(head: str, parts: Parts, *, alone: bool) -> Parts:
    """District, street, community, road and quarter from what stands before the building. `alone`: nothing stands behind it."""
    rest = COUNTRY.sub("", head) or head
    found = DISTRICT.match(rest)
    if found and (found["rest"] or alone):
        parts, rest = replace(parts, district=found["name"]), rest[found.end("name"):]
    if found := STREET.match(rest):
        parts, rest = replace(parts, street=found["name"]), rest[found.end():]
    if found := COMMUNITY.match(rest):
        parts, rest = replace(parts, community=found["name"]), rest[found.end():]
    if found := ROAD.match(rest):
        parts, rest = replace(parts, road=found["name"]), found["rest"]
    return replace(parts, quarter=rest)


def write_address(parts: Parts) -> str:
    """The usual spelling of an address in Tianjin: 和平区劝业场街道某社区某里3号楼2门501室. What bears its word already (3幢, 2单元) keeps it."""
    place = f"{parts.district}{parts.street}{parts.community}{parts.road}{parts.quarter}"
    number = _worded(parts.number, (*BUILDING_WORDS, *EITHER_WORDS))
    doorway = _worded(parts.doorway, DOORWAY_WORDS, "门")
    floor = "" if parts.floor is None else f"负{-parts.floor}层" if parts.floor < 0 else f"{parts.floor}层"
    return f"{place}{number}{doorway}{floor}{_worded(parts.room, (*ROOM_WORDS, '号'), '室')}"


def _worded(value: str, known: Sequence[str], word: str = "号楼") -> str:
    return value if not value or value.endswith(tuple(known)) else f"{value}{word}"
