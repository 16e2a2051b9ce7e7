# SPDX-License-Identifier: MulanPSL-2.0
"""地: the registers of buildings and dwellings, and the sheet in which they come."""

from collections.abc import Mapping
from typing import Any

from linli.core.fields import Field
from linli.core.protection import Protection
from linli.core.words import Words, words
from linli.elements.models import Building, Dwelling
from linli.elements.registers import addresses
from linli.elements.registers.checks import writing
from linli.elements.registers.declaring import JOINING, POSITION, Column, Ending, Link, Register, Sheet, declare, declare_sheet

YEAR = 365
USES = (("dwelling", words("住宅", "Dwelling")), ("shop", words("商业", "Shop")), ("office", words("办公", "Office")), ("mixed", words("商住两用", "Mixed")),
        ("public", words("公共服务", "Public service")), ("other", words("其他", "Other")))
OCCUPANCIES = (("owner", words("自住", "Lived in by its owner")), ("let", words("出租", "Let")), ("empty", words("空置", "Empty")),
               ("other", words("其他", "Other")), ("unknown", words("未核实", "Not checked yet")))

PLACE = Field("area", words("网格或社区", "Grid or community"), "area", required=True)
QUARTER = Column("quarter", words("小区（里、园）", "Estate"), limit=60, normal=writing.plain, in_list=True,
                 headings=("小区", "里", "园", "小区名称", "里巷", "街路巷", "自然村"))
NUMBER = Column("number", words("楼号", "Building number"), required=True, limit=20, normal=writing.plain, in_list=True,
                headings=("楼栋", "号楼", "楼栋号", "幢", "楼牌号", "门牌号"))
DIVISION = Column("division", words("社区", "Community"), limit=80, normal=writing.plain,
                  headings=("所属社区", "社区名称", "社区村", "社区（村）", "村居", "村（居）", "居委会", "所属居委会", "区划代码", "行政区划代码", "社区代码", "区划"),
                  help=words("社区名称或 12 位区划代码；整份文件只有一个社区时可以没有这一列。", "Name or 12-digit code; not needed when the whole file is of one community."))
GRID = Column("grid", words("网格", "Grid"), limit=80, normal=writing.plain, headings=("所属网格", "网格名称", "网格编号", "网格号"))
ADDRESS = Column("address", words("住址", "Address"), limit=120, normal=writing.plain,
                 headings=("地址", "详细地址", "现住址", "现居住地址", "居住地址", "居住地", "现住地址", "房屋地址", "坐落"),
                 help=words("一格写完的地址，如 幸福里3号楼2门501；分列写了楼号、门、室时不用它。",
                            "An address in one cell, such as 幸福里3号楼2门501; not used where building, doorway and room have columns of their own."))
SITE = (DIVISION, GRID, ADDRESS)
"""Where a line of a file belongs: the columns that no register holds, because what they say becomes the record's area and its building."""

GONE_BECAUSE = (("demolished", words("已拆除", "Demolished")), ("merged", words("已合并或改号", "Merged or renumbered")), ("mistake", words("登记错误", "Recorded by mistake")))
HAS_DWELLINGS = words("这栋楼还有房屋。", "This building still has dwellings.")
HAS_PEOPLE = words("这间房屋还有人居住、落户或持有。", "Somebody still lives, is registered or has a share here.")
HAS_HOUSEHOLDS = words("这间房屋还有住户。", "This dwelling still has a household.")


def building_key(values: Mapping[str, Any]) -> dict[str, Any]:
    """The normalised address that no two buildings of a community share."""
    return {"key": addresses.key_of(values.get("quarter") or "", values.get("number") or "")}


def dwelling_key(values: Mapping[str, Any]) -> dict[str, Any]:
    """The normalised number that no two dwellings of a building share."""
    return {"key": addresses.key_of_dwelling(values.get("doorway") or "", values.get("floor"), values.get("room") or "")}


def building_title(one: Building) -> str:
    """阳光里 3号楼; a number that is no figure stands as it was written."""
    return f"{one.quarter} {one.number}{'号楼' if one.number[-1:].isdecimal() else ''}".strip()


def dwelling_title(one: Dwelling) -> str:
    """2门501; the room alone where there is no doorway, 整栋 for the only dwelling of a house."""
    doorway = f"{one.doorway}门" if one.doorway[-1:].isdecimal() else one.doorway
    return f"{doorway}{one.room}" or str(words("整栋", "The whole house"))


def _dwellings_left(one: Building) -> Words | None:
    return HAS_DWELLINGS if one.dwellings.filter(valid_to=None).exists() else None


def _people_left(one: Dwelling) -> Words | None:
    if one.residences.filter(until=None).exists():
        return HAS_PEOPLE
    return HAS_HOUSEHOLDS if one.households.filter(ended_on=None).exists() else None


BUILDINGS = Register(
    "building", words("楼栋", "Buildings"), Building, icon="map", order=10, title=building_title, order_by=("key",), derived=building_key,
    ending=Ending("valid_to", GONE_BECAUSE, held=_dwellings_left),
    columns=(
        QUARTER, NUMBER,
        Column("use", words("用途", "Use"), "choice", choices=USES, refresh_days=3 * YEAR, headings=("楼栋用途", "房屋用途")),
        Column("floors", words("地上层数", "Floors"), "integer", low=1, high=150, in_list=True, headings=("层数", "总层数", "楼层数")),
        Column("doorways", words("门数", "Doorways"), "integer", low=1, high=60, in_list=True, headings=("门栋数", "单元数")),
        Column("built_in", words("建成年份", "Built in"), "integer", low=1850, high=2100, headings=("建成年代", "竣工年份")),
        Column("position", words("位置", "Position"), POSITION, counts_in_completeness=False, help=words("有位置才能算步行可达。", "Reach on foot needs it.")),
    ),
)
DWELLINGS = Register(
    "dwelling", words("房屋", "Dwellings"), Dwelling, icon="door", order=20, title=dwelling_title, derived=dwelling_key,
    link=Link("building", "building", words("楼栋", "Building")), ending=Ending("valid_to", GONE_BECAUSE, held=_people_left),
    columns=(
        Column("doorway", words("门", "Doorway"), limit=10, normal=writing.plain, in_list=True, headings=("单元", "门栋", "单元号", "门号")),
        Column("floor", words("楼层", "Floor"), "integer", low=-5, high=150, headings=("所在层", "层")),
        Column("room", words("室", "Room"), limit=20, normal=writing.plain, in_list=True, headings=("房号", "室号", "房间号", "户室号")),
        Column("use", words("用途", "Use"), "choice", choices=USES, refresh_days=2 * YEAR, headings=("房屋用途", "房屋性质")),
        Column("occupancy", words("使用情况", "Occupancy"), "choice", choices=OCCUPANCIES, refresh_days=YEAR, in_list=True, headings=("居住情况", "房屋状态", "房屋使用情况")),
        Column("square_decimetres", words("建筑面积（平方米）", "Floor area (m²)"), "hundredths", low=100, high=1_000_000, counts_in_completeness=False,
               headings=("建筑面积", "面积", "房屋面积"), help=words("可写两位小数，如 86.50。", "Two decimals may be given, such as 86.50.")),
        Column("certificate", words("不动产权证号", "Title number"), limit=60, normal=writing.code, kept="fields", protection=Protection.INTERNAL,
               counts_in_completeness=False, headings=("产权证号", "房产证号")),
    ),
)
declare(BUILDINGS, DWELLINGS)
declare_sheet(Sheet(
    "dwellings", words("房屋台账", "Dwellings"), needed=(("building", "number"),), joining=SITE,
    columns=(*((JOINING, one.name) for one in SITE), *(("building", one.name) for one in BUILDINGS.columns if one.kind != POSITION),
             *(("dwelling", one.name) for one in DWELLINGS.columns)),
    help=words("一行一间房屋；同一栋楼的几项只需填一次。", "One line a dwelling; what concerns the building need be given once."),
))
