# SPDX-License-Identifier: MulanPSL-2.0
"""What a column of a form may take: fields of the registers as they are declared, what follows from them on the day, places up the chain, and counts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from linli.core.protection import Protection
from linli.core.words import Words, words
from linli.elements.intakes.columns import simple
from linli.elements.models import Thing
from linli.elements.registers import people
from linli.elements.registers.declaring import POSITION, Column, Register, register_named, registers

PLACE = "place"
FIXED = "fixed"
"""A column that bears the same text in every row."""
COUNT = "count"
COUNTING = words("数字", "Figures")
OF_FILLING = words("填表", "Of the filling")
WHERE = words("地方", "Place")
HEAD = words("户主", "Head of the household")
BESIDE: Mapping[str, tuple[str, ...]] = {
    "person": ("person", "joining", "household", "dwelling", "building"), "household": ("household", "head", "dwelling", "building"),
    "dwelling": ("dwelling", "building"), "building": ("building",)}
"""Registers whose fields stand beside those of a row's own record; the others stand alone."""
OWNERS: Mapping[str, str] = {"head": "person"}
BANDS = ((0, 6), (0, 17), (18, 59), (60, None), (65, None), (70, None), (80, None), (90, None), (100, None))
"""Ages that are proposed for counting; any other band that a heading names is counted too."""
OLDEST = 150
BAND = re.compile(r"^aged\.(\d{1,3})\.(\d{0,3})$")


@dataclass(frozen=True)
class Ask:
    """One thing that a column may take. `column` is the declared field behind it; without one it is worked out."""

    key: str
    label: Words
    group: Words
    headings: tuple[str, ...] = ()
    column: Column | None = None

    @property
    def is_sealed(self) -> bool:
        """Whether its values are of class 2 and up: masked unless a purpose opens them."""
        return self.column is not None and self.column.protection.is_encrypted

    @property
    def protection(self) -> Protection:
        """The class of its values."""
        return self.column.protection if self.column else Protection.INTERNAL

    @property
    def owner(self) -> str:
        """The register or the group before the dot."""
        return self.key.partition(".")[0]


@dataclass(frozen=True)
class Source:
    """What one row of a form is: a record of a register, or a place with its counts."""

    name: str
    words: Words
    sees: str
    asks: Mapping[str, Ask] = field(hash=False)

    def ask(self, key: str) -> Ask | None:
        """What a column takes; a band of ages that nobody listed is made on the way. None for what cannot be taken."""
        found = self.asks.get(key)
        if found is None and self.name == PLACE and key.startswith(f"{COUNT}."):
            band = band_of(key.removeprefix(f"{COUNT}."))
            return _band(*band) if band else None
        return found


FILLED = (
    Ask("fill.serial", words("序号", "Serial number"), OF_FILLING, ("序", "编号", "No", "No.", "顺序号")),
    Ask("fill.day", words("填报日期", "Day of the filling"), OF_FILLING, ("填表日期", "统计日期", "截止日期", "日期", "填表时间", "填报时间", "统计时间")),
    Ask("fill.unit", words("填报单位", "Unit that fills"), OF_FILLING, ("填表单位", "单位名称", "上报单位")),
    Ask("fill.filler", words("填表人", "Who fills"), OF_FILLING, ("填报人", "制表人", "经办人")),
    Ask("fill.blank", words("留空，由人填写", "Left blank, filled by hand"), OF_FILLING, ("备注", "签字", "签名", "领取人签字", "盖章")),
)
CHAIN = (
    Ask("at.city", words("市", "City"), WHERE, ("城市",)), Ask("at.district", words("区", "District"), WHERE, ("区县", "区（县）", "所属区", "县区")),
    Ask("at.street", words("街道（乡镇）", "Street"), WHERE, ("街道", "街镇", "乡镇", "镇街", "街道（镇）", "所属街道", "街道名称", "街（镇）")),
    Ask("at.community", words("社区（村）", "Community"), WHERE, ("社区", "村居", "社区名称", "所属社区", "居委会", "村（社区）", "所在社区", "社区村", "村（居）")),
    Ask("at.grid", words("网格", "Grid"), WHERE, ("网格名称", "所属网格", "所在网格", "网格号")),
)
NAMED = Ask("at.name", words("地方名称", "Name of the place"), WHERE, ("名称", "地区", "单位", "区域"))
AGE = Ask("person.age", words("年龄（填报那天的周岁）", "Age on the day"), people.PEOPLE.words, ("年龄", "周岁", "年纪", "岁数"))
HEAD_AGE = Ask("head.age", words("户主年龄", "Age of the head"), HEAD)
ADDRESS = Ask("dwelling.address", words("住址（小区、楼、门、室）", "Address"), words("房屋", "Dwellings"),
              ("住址", "地址", "现住址", "家庭住址", "居住地址", "详细地址", "详细住址", "家庭地址", "现居住地址", "居住地", "房屋地址", "坐落"))
MEMBERS = Ask("household.members", words("户内人数", "Members of the household"), people.HOUSEHOLDS.words, (
    "人口数", "家庭人口", "家庭人口数", "户人口", "同住人数", "家庭成员数", "人数"))
COUNTS = (
    Ask("count.households", words("户数", "Households"), COUNTING, ("住户数", "总户数", "家庭户数", "户")),
    Ask("count.people", words("人口数", "People"), COUNTING, ("人数", "总人口", "总人数", "人口", "实有人口", "实有人口数", "人口总数")),
    Ask("count.living", words("居住人口", "Living here"), COUNTING, ("常住人口", "常住人口数", "居住人数", "实际居住人口")),
    Ask("count.registered", words("户籍人口", "Registered here"), COUNTING, ("户籍人口数", "户籍人数")),
    Ask("count.incoming", words("人在户不在", "Living here, registered elsewhere"), COUNTING, ("流动人口", "外来人口", "流入人口")),
    Ask("count.outgoing", words("户在人不在", "Registered here, living elsewhere"), COUNTING, ("人户分离", "流出人口")),
    Ask("count.men", words("男", "Men"), COUNTING, ("男性", "男性人数", "男性人口")), Ask("count.women", words("女", "Women"), COUNTING, ("女性", "女性人数", "女性人口")),
    Ask("count.buildings", words("楼栋数", "Buildings"), COUNTING, ("楼栋", "楼宇数", "栋数", "居民楼数")),
    Ask("count.dwellings", words("房屋数", "Dwellings"), COUNTING, ("房屋", "房屋套数", "住房数", "套数", "房屋总数")),
    Ask("count.let", words("出租房屋数", "Let dwellings"), COUNTING, ("出租房", "出租房数", "出租房屋", "出租屋")),
    Ask("count.vacant", words("空置房屋数", "Empty dwellings"), COUNTING, ("空置房", "空置房数", "空置房屋")),
    Ask("count.organisations", words("组织数", "Organisations"), COUNTING, ("单位数", "组织", "社会组织数")),
)


def sources() -> list[Source]:
    """What a row may be, in the order of the registers; places with their counts last."""
    return [*(_of_register(one) for one in registers()), _of_places()]


def source_named(name: str) -> Source | None:
    """The source of a name; None when there is none (any more)."""
    if name == PLACE:
        return _of_places()
    found = next((one for one in registers() if one.name == name), None)
    return _of_register(found) if found else None


def _of_register(register: Register) -> Source:
    owners = BESIDE.get(register.name, (register.name,))
    asks: list[Ask] = []
    for owner in owners:
        asks += _joining() if owner == "joining" else _columns(owner)
    if "person" in owners:
        asks.append(AGE)
    if "head" in owners:
        asks.append(HEAD_AGE)
    if "household" in owners:
        asks.append(MEMBERS)
    if "dwelling" in owners:
        asks.append(ADDRESS)
    return Source(register.name, register.words, register.sees, {one.key: one for one in (*asks, *CHAIN, *FILLED)})


def _columns(owner: str) -> list[Ask]:
    register = register_named(OWNERS.get(owner, owner))
    found = []
    for one in register.columns:
        if one.kind == POSITION:
            continue
        is_head = owner == "head"
        label = words(f"户主{one.label.zh}", f"Head: {one.label.en}") if is_head else one.label
        headings = tuple(f"户主{name}" for name in (one.label.zh, *one.headings)) + (("户主",) if is_head and one.name == "name" else ()) if is_head else one.headings
        found.append(Ask(f"{owner}.{one.name}", label, HEAD if is_head else register.words, headings, one))
    return found


def _joining() -> list[Ask]:
    return [Ask(f"joining.{one.name}", one.label, people.HOUSEHOLDS.words, one.headings, one) for one in (people.RELATION, people.STANDING)]


def _of_places() -> Source:
    things = [Ask(f"count.{one.name}", words(f"{one.words.zh}数", f"{one.words.en}: how many"), COUNTING, (one.words.zh,)) for one in registers() if one.model is Thing]
    asks = (NAMED, *CHAIN, *COUNTS, *(_band(low, high) for low, high in BANDS), *things, *FILLED)
    return Source(PLACE, words("汇总：每个地方一行", "Summary: one row a place"), "record.see", {one.key: one for one in asks})


def band_of(text: str) -> tuple[int, int | None] | None:
    """The ages that aged.60. or aged.0.17 counts, both inclusive; None when it names none."""
    found = BAND.match(text)
    if found is None:
        return None
    low, high = int(found.group(1)), int(found.group(2)) if found.group(2) else None
    return (low, high) if low <= OLDEST and (high is None or low <= high <= OLDEST) else None


def _band(low: int, high: int | None) -> Ask:
    if high is None:
        return Ask(f"count.aged.{low}.", words(f"{low} 岁及以上", f"Aged {low} and over"), COUNTING)
    return Ask(f"count.aged.{low}.{high}", words(f"{low} 至 {high} 岁", f"Aged {low} to {high}"), COUNTING)


OVER = re.compile(r"(\d{1,3})(?:周?岁)?(?:及|及其)?(?:以上|\+|＋)")
UNDER = re.compile(r"(\d{1,3})(?:周?岁)?(及|含|及其)?以下")
BETWEEN = re.compile(r"(\d{1,3})(?:周?岁)?(?:-|—|－|～|~|至|到)(\d{1,3})周?岁")


def band_named(heading: str) -> str:
    """The key of the ages that a heading names: 60岁以上, 0-17岁, 16岁以下 (not 16 itself); empty when it names none. “以上” includes the year itself (our reading)."""
    text = heading.replace(" ", "")
    if "岁" not in text:
        return ""
    if found := BETWEEN.search(text):
        band = f"aged.{int(found.group(1))}.{int(found.group(2))}"
    elif found := OVER.search(text):
        band = f"aged.{int(found.group(1))}."
    elif found := UNDER.search(text):
        band = f"aged.0.{max(int(found.group(1)) - (0 if found.group(2) else 1), 0)}"
    else:
        return ""
    return f"{COUNT}.{band}" if band_of(band) else ""


def names_of(source: Source) -> dict[str, str]:
    """Each name that a form may use, and what it takes; a name of two belongs to the first."""
    found: dict[str, str] = {}
    for one in source.asks.values():
        for name in (one.label.zh, one.label.en, *one.headings):
            found.setdefault(simple(name).lower(), one.key)
    return found
