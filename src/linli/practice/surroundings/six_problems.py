# SPDX-License-Identifier: MulanPSL-2.0
"""私搭乱建等六类问题 (9c): the six problems of the guidance's chapter 9, with before and after photos."""

from collections.abc import Sequence
from datetime import date

from linli.core.words import words
from linli.core.working_time import TimeUnit
from linli.matters import categories, kinds
from linli.matters.categories import Row, SchemeFile
from linli.matters.kinds import OURS, Kind, Stage, Term

SIX = (
    ("1", "私搭乱建", "Unauthorised structures"),
    ("2", "乱堆杂物", "Piled objects"),
    ("3", "乱圈乱占", "Occupied land"),
    ("4", "摆摊设点", "Street stalls"),
    ("5", "饲养家禽", "Poultry"),
    ("6", "小广告", "Small advertisements"),
)


def rows() -> Sequence[Row]:
    """The six categories, as the guidance lists them."""
    return [Row(code=code, zh=zh, en=en, part="event", group_code="9", group_zh="私搭乱建等六类问题", group_en="The six problems", kind="six_problems")
            for code, zh, en in SIX]


categories.declare(SchemeFile(
    code="six_problems", version="2017", words=words("私搭乱建等六类问题", "The six problems"),
    source="2017 Tianjin guidance on building 美丽社区, chapter 9", valid_from=date(2017, 3, 17), rows=rows, order=10,
))

RR1914 = words("外地一市公布的事件立案结案标准", "another city's published standard for filing and closing events")
DAY = TimeUnit.WORKING_DAY
# Stop work, penalise, demolish: policy.md 5.4, key RR1914; a limit of another city, so it is proposed here.

kinds.declare(Kind(
    name="six_problems",
    words=words("集中整治（六类问题）", "Concentrated enforcement (six problems)"),
    about=words("私搭乱建、乱堆杂物、乱圈乱占、摆摊设点、饲养家禽、小广告：社区上报劝导，部门依法处置。",
                "Unauthorised structures, piled objects, occupied land, street stalls, poultry, small advertisements: communities report and persuade, bureaux enforce."),
    systems=("9c",),
    scheme="six_problems",
    photos=1,
    category_terms={"1": Term(20, DAY, RR1914)},
    category_wholes={"1": Term(25, DAY, OURS)},
    stages={"1": (
        Stage("stop_work", words("责令停工", "Stop the work"), Term(4, TimeUnit.WORKING_HOUR, RR1914)),
        Stage("penalise", words("立案处罚", "Penalise"), Term(7, DAY, RR1914)),
        Stage("demolish", words("拆除", "Demolish"), Term(20, DAY, RR1914)),
    )},
))
