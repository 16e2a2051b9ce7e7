# SPDX-License-Identifier: MulanPSL-2.0
"""网格日常事件 (6h): the everyday grid event, with the categories of GB/T 47678.5-2026."""

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from linli.core.fields import Field
from linli.core.words import Words, words
from linli.core.working_time import TimeUnit
from linli.matters import categories, kinds
from linli.matters.categories import Row, SchemeFile
from linli.matters.kinds import OURS, Kind, Stage, Term

FILE = Path(__file__).with_name("gbt47678_5_2026.csv")
GROUPS = {
    "01": "Public utilities", "02": "Traffic facilities", "03": "City appearance and sanitation facilities", "04": "Greening facilities",
    "05": "Other facilities", "06": "City appearance", "07": "Publicity and advertising", "08": "Construction sites", "09": "Street order",
    "10": "Other events",
}
HAZARDS = frozenset({
    "01001", "01002", "01003", "01005", "01010", "01011", "01013", "01030", "01034", "01047", "01048", "01049", "01057", "01076", "02006",
    "06013", "06048", "08007", "08013", "09012", "10001", "10002",
})
"""Codes counted as safety hazards in D3-13. Source: our choice from the names (open manholes, gas, fire, power, falling things); proposed."""


def rows() -> Sequence[Row]:
    """250 events that open a matter, and 153 components that only name things."""
    with FILE.open(encoding="utf-8") as lines:
        return [_row(line) for line in csv.DictReader(lines)]


def _row(line: dict[str, str]) -> Row:
    is_event = line["kind"] == "管理事项"
    return Row(
        code=line["code"], zh=line["name"], part="event" if is_event else "component", group_code=line["major_code"],
        group_zh=line["major_name"], group_en=GROUPS[line["major_code"]], kind="grid_event" if is_event else "",
        is_hazard=is_event and line["code"] in HAZARDS, is_public=is_event,
    )


categories.declare(SchemeFile(
    code="gbt47678_5", version="2026", words=words("城市运行管理 部件和事项分类（GB/T 47678.5-2026）", "Components and events of city management (GB/T 47678.5-2026)"),
    source="GB/T 47678.5-2026, codes and names as published; one public copy, to be checked against the standard", valid_from=date(2013, 1, 1), rows=rows,
    order=20,
))

RR1914 = words("外地一市公布的事件立案结案标准", "another city's published standard for filing and closing events")
JIYUAN = words("济源市公布的案件立案结案标准", "the published standard of Jiyuan city")
DAYING = words("大英县公布的数字城管案件处置时限", "the published case limits of Daying county")
LIKE_WATER = words("参照大英县公布的自来水管破裂处置时限", "after the limits that Daying county published for a burst water main")
# Sources: policy.md 5.4, keys RR1914, JIYUAN, DAYING. They are limits of other cities, so all of them are proposed here.
# GB/T 47678.5-2026 has no class of its own for a burst water main (04-02 of CJ/T 214): pipes that carry water take its limits.

SMALL = frozenset({"06010", "06012", "06017", "06018", "06019", "06035", "06036", "06041", "07001", "09010", "09011"})
"""What a grid worker may settle on the spot: litter, small advertisements, bicycles. Source: our choice, proposed (拟)."""
URGENT, DAY = TimeUnit.URGENT_HOUR, TimeUnit.WORKING_DAY


def stages(repair: Term, basis: Words) -> tuple[Stage, ...]:
    """Fence off, repair, restore the road."""
    return (
        Stage("fence", words("围挡警示", "Fence off"), Term(3, URGENT, basis)), Stage("repair", words("抢修", "Repair"), repair),
        Stage("restore_road", words("恢复路面", "Restore the road"), Term(5, DAY, basis)))


WATER = stages(Term(8, URGENT, LIKE_WATER), LIKE_WATER)
GAS = stages(Term(2, TimeUnit.URGENT_DAY, DAYING), DAYING)
BUILDING = (
    Stage("stop_work", words("责令停工", "Stop the work"), Term(4, TimeUnit.WORKING_HOUR, RR1914)),
    Stage("penalise", words("立案处罚", "Penalise"), Term(7, DAY, RR1914)),
    Stage("demolish", words("拆除", "Demolish"), Term(20, DAY, RR1914)))

kinds.declare(Kind(
    name="grid_event",
    words=words("网格日常事件", "Everyday grid event"),
    about=words("居民和网格员在社区里发现的日常问题：设施损坏、环境脏乱、街面秩序等。", "Everyday problems found by residents and grid workers: broken facilities, dirt, street order."),
    systems=("6f", "6h"),
    scheme="gbt47678_5",
    fields=(
        Field("urgency", words("紧急程度", "Urgency"), "choice", filter=True, choices=(
            ("ordinary", words("一般", "Ordinary")), ("urgent", words("紧急", "Urgent")))),
    ),
    category_terms={
        "06001": Term(20, DAY, RR1914),
        "06010": Term(4, TimeUnit.WORKING_HOUR, RR1914),
        "06011": Term(4, DAY, JIYUAN),
        "06012": Term(2, TimeUnit.WORKING_HOUR, RR1914),
        "06017": Term(4, TimeUnit.WORKING_HOUR, RR1914),
        "09009": Term(3, URGENT, DAYING),
        "09010": Term(3, URGENT, DAYING),
        "01011": Term(2, TimeUnit.URGENT_DAY, DAYING),
    },
    small=SMALL,
    category_wholes={"06001": Term(25, DAY, OURS)},
    stages={"06001": BUILDING, "01056": WATER, "01057": GAS, "01061": WATER},
))
