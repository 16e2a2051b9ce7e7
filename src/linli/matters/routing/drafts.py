# SPDX-License-Identifier: MulanPSL-2.0
"""What a rule is filled in with, and the check of one: from a form, a machine or a line of a file alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from linli.core import clock
from linli.core.faults import Invalid
from linli.core.fields import Field
from linli.core.words import Words, words
from linli.elements import places
from linli.elements.models import Organisation
from linli.matters.routing import books, selectors, targets, times

STATES: Mapping[str, Words] = {
    "draft": words("草稿", "Draft"), "published": words("已发布", "Published"), "superseded": words("已被新版替代", "Superseded"),
    "dropped": words("已放弃", "Dropped"),
}
TIMES = (*((name, label) for name, label in times.FIXED.items()), (times.WINDOW, words("指定时段", "A window")))
FILINGS = (
    (books.BY_HAND, words("人工受理", "By a person")), (books.PATROL, words("巡查上报的自动立案", "Patrol reports are filed by themselves")),
    (books.EVERYBODY, words("巡查和居民上报的都自动立案（须先核实的除外）", "Patrol and residents' reports are filed by themselves, except those checked first")),
)
WHAT = Field("what", words("哪些类别", "Which categories"), "text", required=True, limit=120)
WHERE = Field("area", words("哪个地方", "Which place"), "area", required=True)
TIME = Field("time", words("什么时间", "When"), "choice", required=True, choices=TIMES)
WINDOW = Field("window", words("时段", "Window"), "text", limit=30, help=words(
    "例如 12345 08:00-20:00：数字是星期几，W 是工作日，R 是休息日；晚于结束的开始时间表示跨过零点。",
    "Such as 12345 08:00-20:00: digits are weekdays, W working days, R days off; a begin later than the end runs over midnight."))
TARGET = Field("target", words("派给谁", "To whom"), "text", required=True, limit=140, help=words(
    "单位写 unit:编号，职责写 duty:代码，最近的某类单位写 nearest:类别，按上一级写 above。",
    "unit:number, duty:code, nearest:kind, or above for what the level above says."))
AUTOMATIC = Field("automatic", words("自动派遣", "Dispatch by itself"), "truth")
FILES = Field("files", words("受理方式", "Filing"), "choice", choices=FILINGS)
NOTE = Field("note", words("备注", "Note"), "text", limit=200)

UNKNOWN_WHAT = words("没有“{text}”这个类别、大类或分类体系，或者它对应好几个，请写明代码。", "There is no category, group or scheme “{text}”, or it fits several: give its code.")
OUTSIDE = words("“{place}”不在这套规则的范围里。", "“{place}” does not lie within the range of these rules.")
UNKNOWN_PLACE = words("没有编号为 {area} 的地方。", "There is no place with the number {area}.")
BAD_WINDOW = words("时段要写成“12345 08:00-20:00”这样。", "Write the window like 12345 08:00-20:00.")
BAD_TARGET = words("“{text}”不是一个去处。", "“{text}” is no target.")
UNKNOWN_UNIT = words("没有这个单位，或者它不管这里。", "There is no such unit, or it does not work for this place.")
SHORT = 40


@dataclass(frozen=True)
class Wanted:
    """A checked rule."""

    what: str
    area: int
    time: str
    target: str
    is_automatic: bool
    files: str
    note: str

    @property
    def columns(self) -> dict[str, Any]:
        """As columns of the table."""
        return {"what": self.what, "area": self.area, "time": self.time, "target": self.target, "is_automatic": self.is_automatic, "files": self.files,
                "note": self.note}


def checked(scope: int, given: Mapping[str, Any]) -> Wanted:
    """The rule that was given for a scope. Invalid with a sentence for each wrong field."""
    wrong: dict[str, Words] = {}
    what = selectors.found(given["what"], selectors.known(clock.today()))
    if what is None:
        wrong["what"] = UNKNOWN_WHAT.format(text=given["what"][:SHORT])
    place, around = places.find_place(given["area"]), places.place_by_area(scope)
    if place is None:
        wrong["area"] = UNKNOWN_PLACE.format(area=given["area"])
    elif not around.covers(place.area):
        wrong["area"] = OUTSIDE.format(place=place.name)
    when = times.parse(given["time"] if given["time"] != times.WINDOW else given.get("window") or "")
    if when is None:
        wrong["window"] = BAD_WINDOW
    target = given["target"].strip()
    if not targets.is_target(target):
        wrong["target"] = BAD_TARGET.format(text=target[:SHORT])
    elif target.startswith("unit:") and not _is_unit(int(target[5:]), scope):
        wrong["target"] = UNKNOWN_UNIT
    if wrong or what is None or when is None:
        raise Invalid(wrong)
    return Wanted(what, given["area"], when.text, target, bool(given.get("automatic")), given.get("files") or books.BY_HAND, given.get("note") or "")


def _is_unit(number: int, scope: int) -> bool:
    """True if the unit works for the scope, for something inside it, or above it."""
    area = Organisation.objects.filter(pk=number).values_list("area", flat=True).first()
    around = places.place_by_area(scope)
    return area is not None and (around.covers(area) or area in {one.area for one in places.path_of(scope)})
