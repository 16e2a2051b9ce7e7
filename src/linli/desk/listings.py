# SPDX-License-Identifier: MulanPSL-2.0
"""Lists of the desk that can be taken out: matters, the records behind a figure, the journal; columns and rows, no screen."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from linli.core import registry
from linli.core.faults import Invalid, NotVisible
from linli.core.sight import Actor
from linli.core.words import Words, words
from linli.desk import inboxes, journals, register_listings, statistics
from linli.doors.exports import Listing, declare
from linli.doors.standing import role_words
from linli.elements import directories, places
from linli.elements.models import Organisation
from linli.matters import categories, numbers
from linli.matters.inbox import narrowed, scoped
from linli.matters.kinds import all_kinds
from linli.matters.phases import OPEN, PHASES, SOURCES
from linli.measures import results
from linli.measures.declarations import find_measure
from linli.measures.periods import parse

__all__ = ["MATTER_COLUMNS", "moment", "register_listings"]

BLOCK = 5_000
PLACES = (("district", words("区", "District")), ("street", words("街道", "Street")), ("community", words("社区", "Community")), ("grid", words("网格", "Grid")))
ON_TIME = {True: words("按时", "In time"), False: words("超时", "Late")}
ZONE = ZoneInfo(settings.TIME_ZONE)


def moment(value: datetime | None) -> str:
    """A moment as the city's wall clock shows it, `2026-11-23 09:30`; empty for None."""
    return value.astimezone(ZONE).isoformat(" ", "minutes")[:16] if value else ""


def _once(make: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The same function with a memory that lives as long as one export."""
    held: dict[Any, Any] = {}

    def answer(key: Any) -> Any:
        if key not in held:
            held[key] = make(key)
        return held[key]

    return answer


def _names_above(area: int) -> tuple[str, ...]:
    """Names of district, street, community and grid; empty where there is none."""
    found = {one.level: one.name for one in places.path_of(area)}
    return tuple(found.get(level, "") for level, _ in PLACES)


def _category(number: int) -> tuple[str, str, str]:
    found = categories.loaded(number)
    return (found.code, str(categories.words_of(found)), str(words(found.group_zh or "—", found.group_en or found.group_zh or "—"))) if found else ("", "", "")


MATTER_COLUMNS: tuple[tuple[str, Words], ...] = (
    ("number", words("编号", "Number")), ("kind", words("种类", "Kind")), ("category_code", words("类别代码", "Category code")),
    ("category", words("类别", "Category")), ("group", words("大类", "Group")), ("phase", words("阶段", "Phase")), ("source", words("来源", "Source")), *PLACES,
    ("address", words("具体地点", "Where exactly")), ("summary", words("问题描述", "Description")), ("unit", words("处置单位", "Unit")),
    ("reported_at", words("上报时间", "Reported")), ("filed_at", words("受理时间", "Filed")), ("dispatched_at", words("派遣时间", "Dispatched")),
    ("first_reply_at", words("首次答复", "First reply")), ("replied_at", words("反馈时间", "Replied")), ("close_due_at", words("全程时限", "Limit of the whole")),
    ("closed_at", words("结案时间", "Closed")), ("on_time", words("是否按时", "In time")), ("round", words("处置轮次", "Rounds")),
    ("returns", words("退回次数", "Returns")), ("failures", words("核查不合格次数", "Failed verifications")), ("rating", words("评价（1 最好）", "Rating (1 is best)")),
    ("longitude", words("经度 WGS84", "Longitude WGS84")), ("latitude", words("纬度 WGS84", "Latitude WGS84")),
)
READ = ("pk", "kind", "category_id", "phase", "source", "area", "address", "summary", "unit", "reported_at", "filed_at", "dispatched_at", "first_reply_at",
        "replied_at", "close_due_at", "closed_at", "round", "returns", "failures", "rating", "lon_e6", "lat_e6")


def _matters(actor: Actor, given: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    chosen, _ = inboxes.chosen_by(given, actor)
    found = narrowed(scoped(actor), chosen)
    found = found.filter(is_open=True).order_by("due_at", "id") if chosen.order == "due" else found.order_by("-id")
    yield from _matter_rows(found.values_list(*READ).iterator(BLOCK))


def _matter_rows(found: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    units = {one.pk: one.name for one in Organisation.objects.only("id", "name")}
    above, category = _once(_names_above), _once(_category)
    kinds = {one.name: str(one.words) for one in all_kinds()}
    phases, sources = ({name: str(label) for name, label in known.items()} for known in (PHASES, SOURCES))
    on_time = {is_met: str(label) for is_met, label in ON_TIME.items()}
    for (number, kind, category_id, phase, source, area, address, summary, unit, reported, filed, dispatched, first, replied, due, closed, rounds, returns,
         failures, rating, lon, lat) in found:
        late = on_time[closed <= due] if closed and due and phase not in OPEN else ""
        yield (numbers.number_of(number), kinds.get(kind, kind), *category(category_id), phases[phase], sources.get(source, source), *above(area), address, summary,
               units.get(unit, ""), moment(reported), moment(filed), moment(dispatched), moment(first), moment(replied), moment(due), moment(closed), late, rounds,
               returns, failures, "" if rating is None else rating, "" if lon is None else lon / 1e6, "" if lat is None else lat / 1e6)


def _checked_matters(actor: Actor, given: Mapping[str, Any]) -> dict[str, Any]:
    _, faults = inboxes.chosen_by(given, actor)
    if faults:
        raise Invalid(faults)
    return {name: str(value) for name, value in given.items()}


def _members(actor: Actor, given: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    yes, no = str(words("符合", "Counted")), str(words("不符合", "Not counted"))
    above = _once(_names_above)
    for one in results.all_members(actor, given["code"], int(given["area"]), given["period"]):
        record = numbers.number_of(one.record) if one.record_kind == "matter" else str(one.record)
        yield (record, yes if one.is_in_numerator else no, *above(one.area))


def _checked_members(actor: Actor, given: Mapping[str, Any]) -> dict[str, Any]:
    if find_measure(str(given.get("code", ""))) is None:
        raise NotVisible
    return _checked_place(actor, given) | {"code": str(given["code"])}


def _checked_place(actor: Actor, given: Mapping[str, Any]) -> dict[str, Any]:
    text = str(given.get("area", ""))
    found = results.place_for(actor, int(text) if text.isdecimal() and len(text) <= 15 else 0)
    return {"area": str(found.area), "period": parse(str(given.get("period", ""))).key}


def _lines(actor: Actor, given: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    above = _once(_names_above)
    who = _once(lambda account: directories.account_names([account]).get(account, "") if account else "")
    label = _once(lambda name: str(found.words) if (found := registry.get("action", name)) else name)
    role = _once(lambda name: str(role_words(name)))
    for one in journals.chosen_by(given, actor).order_by("-id").iterator(BLOCK):
        subject = numbers.number_of(one.subject) if one.subject_kind == "matter" else f"{one.subject_kind} {one.subject}"
        yield (one.pk, moment(one.occurred_at), moment(one.recorded_at), label(one.action), who(one.actor), role(one.role), subject, *above(one.area),
               bytes(one.digest).hex())


declare(Listing("matters", words("事项", "Matters"), "matter.see", MATTER_COLUMNS, _matters, _checked_matters))
declare(Listing("members", words("指标明细", "Records behind a figure"), "results.see", (
    ("record", words("记录", "Record")), ("counted", words("是否符合", "Counted")), *PLACES), _members, _checked_members))
def _statistics(actor: Actor, given: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    for row in statistics.rows_of(actor, int(given["area"]), given["period"]):
        yield (row.place.name, row.place.area, *(value for one in row.figures for value in (one.numerator, one.denominator, one.percent)))


declare(Listing("statistics", words("统计", "Statistics"), "results.see", (
    ("place", words("地方", "Place")), ("area", words("编号", "Number")),
    *((f"{code}.{part}", words(f"{label.zh} {zh}", f"{label.en}: {en}")) for code, label in statistics.SHOWN.items() for part, zh, en in (
        ("numerator", "分子", "counted"), ("denominator", "分母", "of"), ("share", "比率", "share")))),
    _statistics, lambda actor, given: _checked_place(actor, given)))
declare(Listing("journal", words("流水", "Journal"), "journal.see", (
    ("line", words("行号", "Line")), ("occurred_at", words("发生时间", "Happened")), ("recorded_at", words("记录时间", "Recorded")), ("action", words("动作", "Action")),
    ("who", words("谁", "Who")), ("role", words("岗位", "Post")), ("subject", words("对象", "Subject")), *PLACES, ("digest", words("摘要", "Digest"))),
    _lines, lambda actor, given: {name: str(given[name])[:60] for name in ("action", "subject") if given.get(name)}))
