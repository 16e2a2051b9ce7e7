# SPDX-License-Identifier: MulanPSL-2.0
"""One row of the hotline's table checked: an order with everything in its own type, or the sentences that say what is wrong."""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from linli.core import clock
from linli.core.calendar_store import calendar
from linli.core.fields import PHONE
from linli.core.words import Words, words
from linli.core.working_time import TimeUnit
from linli.elements import places
from linli.matters import categories

NO_NUMBER = words("没有工单编号", "there is no order number")
LONG = words("“{label}”太长（最多 {limit} 个字）", "“{label}” is too long (at most {limit} characters)")
NO_WORDS = words("没有诉求内容", "there are no words")
NO_MOMENT = words("“{label}”不是时间：{value}", "“{label}” is no time: {value}")
AHEAD = words("受理时间晚于现在", "it was received after now")
BEFORE = words("“{label}”早于受理时间", "“{label}” lies before the time of receipt")
NO_COMMUNITY = words("看不出是哪个社区；请填社区列，或为认不出的选一个社区", "the community cannot be told; fill its column, or choose one for such orders")
NO_CATEGORY = words("看不出类别；请填分类列，或为认不出的选一个类别", "the category cannot be told; fill its column, or choose one for such orders")
NO_SECRET = words("“是否保密”只能填是或否：{value}", "secrecy is yes or no, not {value}")
YES, NO = {"是", "保密", "要求保密", "需要保密", "y", "yes", "1", "true"}, {"", "否", "不保密", "无需保密", "公开", "n", "no", "0", "false", "无"}
LIMITS = {"number": 80, "words": 4000, "asks": 80, "category": 200, "address": 200, "name": 40}
MOMENT = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ]*(\d{1,2})[:：时点](\d{1,2})?分?(?:[:：](\d{1,2}))?)?秒?(?:\.\d+)?\s*$")
SPAN = re.compile(r"\s*(\d{1,3})\s*(个?工作日|个?小时|天|日|h|H)\s*$")
UNITS = {"工作日": TimeUnit.WORKING_DAY, "小时": TimeUnit.URGENT_HOUR, "h": TimeUnit.URGENT_HOUR, "天": TimeUnit.URGENT_DAY, "日": TimeUnit.URGENT_DAY}


@dataclass
class Order:
    """What a row says, in its own types; `faults` empty when it can go in."""

    number: str = ""
    received_at: datetime | None = None
    words: str = ""
    asks: str = ""
    category_text: str = ""
    address: str = ""
    name: str = ""
    phone: str = ""
    return_due_at: datetime | None = None
    answer_due_at: datetime | None = None
    is_secret: bool = False
    area: int | None = None
    category: int | None = None
    faults: list[Words] = field(default_factory=list)

    def digest(self) -> str:
        """A keyed digest of everything the hotline said: equal for the same order, and telling nothing."""
        said = [self.number, self.received_at, self.words, self.asks, self.category_text, self.address, self.name, self.phone, self.return_due_at,
                self.answer_due_at, self.is_secret]
        return hmac.new(settings.SECRET_KEY.encode(), json.dumps(said, default=str, ensure_ascii=False).encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class Ground:
    """What rows are checked against: names of communities within the post's range, of categories in force, and the two fall-backs."""

    communities: Mapping[str, int]
    categories: Mapping[str, int]
    community: int | None = None
    category: int | None = None


def ground_of(lo: int, hi: int, *, community: int | None, category: int | None) -> Ground:
    """The ground of a range; a name that stands for two communities is left out."""
    named: dict[str, int | None] = {}
    for place in places.communities(lo, hi, day=clock.today()):
        for name in {place.name, place.short_name}:
            named[name] = None if name in named else place.area
    known = {one.name_zh: one.pk for one in reversed(categories.in_force(clock.today()))}
    return Ground({name: area for name, area in named.items() if area is not None}, known, community, category)


def order_of(cells: Mapping[str, str], ground: Ground) -> Order:
    """The order of a row whose cells are named by our fields."""
    made = Order(number=cells.get("number", ""), words=cells.get("words", ""), asks=cells.get("asks", ""), category_text=cells.get("category", ""),
                 address=cells.get("address", ""), name=cells.get("name", ""))
    if not made.number:
        made.faults.append(NO_NUMBER)
    if not made.words:
        made.faults.append(NO_WORDS)
    made.faults += [LONG.format(label=FIELD_WORDS[name], limit=limit) for name, limit in LIMITS.items() if len(cells.get(name, "")) > limit]
    made.received_at = moment(cells.get("received_at", ""))
    _times(made, cells)
    phone = cells.get("phone", "").replace(" ", "")
    made.phone = phone if PHONE.match(phone) and len(phone) <= 24 else ""
    _secrecy(made, cells.get("secret", ""))
    made.area = _community(cells, ground)
    made.category = ground.categories.get(made.category_text) or ground.category
    made.faults += ([] if made.area else [NO_COMMUNITY]) + ([] if made.category else [NO_CATEGORY])
    return made


def _times(made: Order, cells: Mapping[str, str]) -> None:
    if made.received_at is None:
        made.faults.append(NO_MOMENT.format(label=FIELD_WORDS["received_at"], value=cells.get("received_at", "")[:30] or "—"))
        return
    if made.received_at > clock.now() + timedelta(minutes=5):
        made.faults.append(AHEAD)
    for name, column in (("return_due", "return_due_at"), ("answer_due", "answer_due_at")):
        text = cells.get(name, "")
        due = until(text, made.received_at)
        if text and due is None:
            made.faults.append(NO_MOMENT.format(label=FIELD_WORDS[name], value=text[:30]))
        elif due is not None and due <= made.received_at:
            made.faults.append(BEFORE.format(label=FIELD_WORDS[name]))
        setattr(made, column, due)


def _secrecy(made: Order, text: str) -> None:
    """Yes or no; what is neither stops the row, because to guess could give somebody away."""
    made.is_secret = text.strip().lower() in YES
    if not made.is_secret and text.strip().lower() not in NO:
        made.faults.append(NO_SECRET.format(value=text[:20]))


def _community(cells: Mapping[str, str], ground: Ground) -> int | None:
    """By the column of the community, else by the one community whose name stands in the address, else the fall-back."""
    named = ground.communities.get(cells.get("community", ""))
    if named is not None:
        return named
    address = cells.get("address", "")
    inside: Sequence[int] = sorted({area for name, area in ground.communities.items() if len(name) > 1 and name in address})
    return inside[0] if len(inside) == 1 else ground.community


def moment(text: str) -> datetime | None:
    """A moment as people and spreadsheets write it, on the city's clock; None for anything else. A day alone is its beginning."""
    found = MOMENT.match(text.strip())
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=ZoneInfo(settings.TIME_ZONE))
    except ValueError:
        return None


def until(text: str, start: datetime) -> datetime | None:
    """A limit: a moment (a day alone means its end), or so many working days, days or hours from the receipt; None when empty or neither."""
    at = moment(text)
    if at is not None:
        return at + timedelta(hours=23, minutes=59) if not re.search(r"[:：时点]", text) else at
    span = SPAN.match(text)
    if span is None or int(span[1]) < 1:
        return None
    return calendar().add(start, int(span[1]), UNITS[span[2].removeprefix("个").lower()]).at


FIELD_WORDS: Mapping[str, Words] = {
    "number": words("工单编号", "order number"), "words": words("诉求内容", "words"), "asks": words("诉求类型", "type"), "category": words("问题分类", "category"),
    "address": words("事发地址", "address"), "name": words("来电人", "caller"), "received_at": words("受理时间", "received at"),
    "return_due": words("退单时限", "may go back until"), "answer_due": words("办结时限", "to be answered until"),
}
