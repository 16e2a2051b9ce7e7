# SPDX-License-Identifier: MulanPSL-2.0
"""Matters that need several hands: split into parts, taken back while nothing has moved, and gone on with when all parts have ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from linli.core import clock, due, rows
from linli.core.actions import Call, Done, action
from linli.core.calendar_store import calendar
from linli.core.faults import Conflict, Invalid
from linli.core.fields import Field
from linli.core.words import Words, words
from linli.core.working_time import Due
from linli.elements import places
from linli.elements.models import Organisation
from linli.matters import categories, deadlines, numbers, records, standing, units
from linli.matters.actions.loop import NO_UNIT, NOTE, NUMBER, VERSION, first_reply, reasons_of
from linli.matters.actions.reporting import OLD_CATEGORY, UNKNOWN_CATEGORY
from linli.matters.clockwork import Clockwork
from linli.matters.kinds import WHOLE, Kind, Term, kind_of
from linli.matters.models import Category, Joining, Limit, Matter, Move
from linli.matters.moving import Step, by_number, check, label_of, make, rule_for
from linli.matters.phases import ALONG, OPEN
from linli.matters.routing import proposing

MOST_MEMBERS = 100
"""Members of one tree (our choice: a page can still show them all)."""
LONGEST = 2000
TOO_MANY = words("这件事已拆成 {most} 个部分，不能再拆。", "This matter already has {most} parts in all; it cannot be split further.")
TOO_MANY_REMEDY = words("请把其余的另行登记。", "Record the rest as a new matter.")
NOT_INSIDE = words("这一部分的地点要在整件所在的社区以内。", "The place of a part must lie inside the community of the whole.")
MOVED = words("已有部分往下办理（{numbers}），不能撤销拆分。", "Some parts have moved on already ({numbers}); the split cannot be undone.")
MOVED_REMEDY = words("不需要的部分可以退回后不予受理；其余照常办结。", "A part that is not needed is returned and then declined; the others are seen through.")
ROUTE = "matters.route_again"
"""The due work that proposes a unit for a matter that waits for one."""
AT_THE_LATEST = words("最迟到整件的时限", "at the latest by the limit of the whole")


@action("matter.split", words("拆分", "Split off a part"), ability="matter.split", subject="matter", finds=by_number, fields=(
    NUMBER, VERSION,
    Field("summary", words("这一部分要办什么", "What this part is about"), "long_text", required=True, limit=2000),
    Field("category", words("类别", "Category"), "integer", low=1, help=words("不选则与整件相同。", "The same as the whole when left out.")),
    Field("area", words("网格", "Grid"), "area", low=0, high=999_999_999_999_999, help=words("不选则与整件相同。", "The same as the whole when left out.")),
    Field("address", words("具体地点", "Where exactly"), "text", limit=200),
    Field("unit", words("派给哪个单位", "To which unit"), "integer", low=1, help=words("不选则待派遣。", "To be dispatched later when left out."))))
def split_matter(call: Call) -> Done:
    """Split one part off a matter: it has its own words, category, place and unit, and its own loop; the whole waits for all its parts.

    Called once a part. Any part can be split again.
    """
    whole: Matter = call.record
    kind = kind_of(whole.kind)
    rule = rule_for(kind, whole, "matter.split")
    check(kind, rule, call)
    _refuse_many(whole)
    part = _part_of(call, whole)
    records.hold(whole.pk)
    waiting = Matter.objects.filter(parent=whole.pk, phase__in=OPEN).count() + 1
    if whole.phase == "filed":
        rows.put(Joining(area=whole.area, matter_id=whole.pk, sort="split", stood=standing.of_step(whole, "filed"), by=call.actor.account,
                         at=call.recorded_at))
        proposing.settle(whole)
    rows.put_first(part.row)
    _begin(call, part)
    changes = {"parts_open": waiting, "unit": None}
    detail = {"part": numbers.number_of(part.row.pk), "category": part.row.category_id}
    done = make(call, Step(rule, changes, is_public=True, detail=detail))
    answer = {**done.answer, "part": numbers.number_of(part.row.pk), "parts_open": waiting}
    return Done(done.area, done.subject, answer, {**done.payload, "part": part.row.pk})


@dataclass(frozen=True)
class _Part:
    """A part about to begin: its row, and the unit it goes to at once."""

    row: Matter
    unit: Organisation | None


def _refuse_many(whole: Matter) -> None:
    with_all = records.members_of(whole.pk)
    if len(with_all) > MOST_MEMBERS:
        raise Conflict(TOO_MANY.format(most=MOST_MEMBERS), TOO_MANY_REMEDY, code="too_many_parts")


def _part_of(call: Call, whole: Matter) -> _Part:
    given = call.given
    category = _category(call, whole)
    area = whole.area if given.get("area") is None else _area(call, whole)
    unit = units.handling_unit(given["unit"], area) if given.get("unit") else None
    if given.get("unit") and unit is None:
        raise Invalid({"unit": NO_UNIT})
    is_here = area == whole.area and not given.get("address")
    return _Part(Matter(
        area=area, kind=category.kind, category=category, phase="dispatched" if unit else "filed", source=whole.source, summary=given["summary"],
        address=given.get("address") or (whole.address if is_here else ""), lon_e6=whole.lon_e6 if is_here else None,
        lat_e6=whole.lat_e6 if is_here else None, cell=whole.cell if is_here else None, unit=unit.pk if unit else None, parent=whole.pk,
        is_secret=whole.is_secret, occurred_at=whole.occurred_at, reported_at=call.recorded_at, filed_at=call.recorded_at,
        dispatched_at=call.recorded_at if unit else None), unit)


def _category(call: Call, whole: Matter) -> Category:
    if call.given.get("category") is None:
        return whole.category
    found = categories.by_id(call.given["category"])
    if found is None:
        raise Invalid({"category": UNKNOWN_CATEGORY})
    if not categories.is_in_force(found, clock.local(call.recorded_at).date()):
        raise Invalid({"category": OLD_CATEGORY.format(name=found.name_zh)})
    return found


def _area(call: Call, whole: Matter) -> int:
    area = int(call.given["area"])
    found, community = places.find_place(area), places.community_of(whole.area)
    inside = found is not None and community is not None and found.level in ("community", "grid") and found.stands() and community.covers(found.area)
    if not inside or not call.actor.lo <= area < call.actor.hi:
        raise Invalid({"area": NOT_INSIDE})
    return area


def _begin(call: Call, part: _Part) -> None:
    """The first step and the limits of a part: its own, and the whole no later than that of the matter it belongs to."""
    row, whole = part.row, call.record
    kind = kind_of(row.kind)
    limits = []
    for name in (row.phase, WHOLE):
        term = kind.term(name, row.category.code)
        if term is None:
            continue
        limits.append(_limit(kind, row, name, term, call.recorded_at, whole))
    _put_limits(row, limits)
    if part.unit is None:
        due.leave(ROUTE, area=row.area, subject_kind="matter", subject=row.pk, at=call.recorded_at)
    rows.put(Move(
        area=row.area, matter_id=row.pk, step=1, action="matter.split", from_phase="", to_phase=row.phase, round=1, actor=call.actor.account,
        actor_name=call.actor.name, role=call.actor.role, unit=call.actor.organisation, occurred_at=call.occurred_at, recorded_at=call.recorded_at,
        note=row.summary, detail={"of": numbers.number_of(whole.pk)} | ({"unit": part.unit.pk, "unit_name": part.unit.name} if part.unit else {})))


def _limit(kind: Kind, row: Matter, name: str, term: Term, at: datetime, whole: Matter) -> Limit:
    """A limit of a part; where the whole is due before it, shorter by what its clock would have beyond that."""
    own, latest = deadlines.due_of(term, at), whole.close_due_at
    if latest is None or not own.at > latest > at:
        return deadlines.limit_row(row, name, term, at, own, kind.watch)
    limit = deadlines.limit_row(row, name, term, at, Due(latest, whole.is_provisional, ()), kind.watch)
    limit.extra = calendar().business_seconds(at, latest, term.unit) - calendar().business_seconds(at, own.at, term.unit)
    limit.explanation = [*limit.explanation, AT_THE_LATEST.as_dict()]
    return limit


def _put_limits(row: Matter, limits: Sequence[Limit]) -> None:
    rows.put(*limits)
    dues = {one.name: one for one in limits}
    step, all_of_it = dues.get(row.phase), dues.get(WHOLE)
    rows.also("update matters_matter set due_at = %s, close_due_at = %s, is_provisional = %s where id = %s", [
        step.due_at if step else None, all_of_it.due_at if all_of_it else None, any(one.is_provisional for one in limits), row.pk])


@action("matter.unsplit", words("撤销拆分", "Undo the split"), ability="matter.split", subject="matter", finds=by_number, fields=(
    NUMBER, VERSION, Field("reason", words("撤销的原因", "Reason"), "choice", required=True, choices=reasons_of("matter.unsplit")), NOTE))
def unsplit_matter(call: Call) -> Done:
    """Take all parts back while none of them has moved: the whole stands as before the split."""
    whole: Matter = call.record
    kind = kind_of(whole.kind)
    rule = rule_for(kind, whole, "matter.unsplit")
    check(kind, rule, call)
    parts = list(Matter.objects.filter(parent=whole.pk).exclude(phase="merged").order_by("id"))
    records.hold(whole.pk, *(one.pk for one in parts))
    parts = list(Matter.objects.filter(parent=whole.pk).exclude(phase="merged").select_related("category").order_by("id"))
    moved = [numbers.number_of(one.pk) for one in parts if one.version != 1 or one.phase not in OPEN]
    joining = Joining.objects.filter(matter=whole.pk, sort="split", undone_at=None).first()
    if moved or joining is None:
        raise Conflict(MOVED.format(numbers="、".join(moved)), MOVED_REMEDY, code="part_moved")
    for part in parts:
        _take_back(call, part)
    rows.also("select lead_followers(%s, %s)", [whole.pk, whole.pk])
    runs_on = deadlines.resume(Clockwork(kind, whole, call.recorded_at)) if whole.is_paused else {}
    deadlines.leave_phase(whole, "handling", call.recorded_at)
    before = standing.put_back(whole, joining.stood, joining.at, call.recorded_at)
    changes = runs_on | {"parts_open": 0, "due_at": before["due_at"], "is_provisional": whole.is_provisional or before["is_provisional"]}
    done = make(call, Step(rule, changes, call.given.get("note") or "", call.given["reason"], is_public=True, turns_clocks=False))
    Joining.objects.filter(pk=joining.pk).update(undone_at=call.recorded_at, undone_by=call.actor.account)
    return Done(done.area, done.subject, {**done.answer, "parts_open": 0}, {**done.payload, "taken_back": [one.pk for one in parts]})


def _take_back(call: Call, part: Matter) -> None:
    """A part that nobody has touched ends in the whole it came from."""
    rule = next(one for one in ALONG if one.action == "matter.unsplit" and one.source == part.phase)
    if part.phase == "filed":
        proposing.settle(part)
    step = Step(rule, {"merged_into": part.parent, "closed_at": call.recorded_at})
    make(Call(call.actor, {}, call.occurred_at, call.recorded_at, part), step)


@action("matter.gather", words("各部分已办结，整件往下走", "All parts have ended; the whole goes on"), ability="matter.gather", subject="matter", finds=by_number,
        fields=(NUMBER,))
def gather_parts(call: Call) -> Done:
    """The system takes a split matter on when all its parts have ended: to closing when one was verified, back to the dispatcher when none was accepted."""
    whole: Matter = call.record
    kind = kind_of(whole.kind)
    parts = _of_this_round(whole)
    done_ones = [one for one in parts if one.phase in ("closed", "archived", "self_handled")]
    rule = rule_for(kind, whole, "matter.gather", "verifying" if done_ones else "filed")
    check(kind, rule, call)
    changes: dict[str, Any] = {"parts_open": 0}
    if done_ones:
        changes |= {
            "is_passed": True, "replied_at": call.recorded_at, "verifications": whole.verifications + sum(one.verifications for one in parts),
            "failures": whole.failures + sum(one.failures for one in parts), **first_reply(call),
            "is_verified_by_other": all(one.is_verified_by_other for one in done_ones if one.phase != "self_handled"),
        }
    Joining.objects.filter(matter=whole.pk, sort="split", undone_at=None).update(undone_at=call.recorded_at)
    return make(call, Step(rule, changes, _answer_of(parts), is_public=True, detail={"passed": bool(done_ones), "parts": len(parts)}))


def _of_this_round(whole: Matter) -> list[Matter]:
    """The parts that were split off since the whole was opened (again) and not taken back."""
    told = Move.objects.filter(matter=whole.pk, action="matter.split", round=whole.round).values_list("detail", flat=True)
    wanted = {numbers.matter_of(one.get("part", "")) for one in told}
    return [one for one in Matter.objects.filter(parent=whole.pk).exclude(phase="merged").select_related("category").order_by("id") if one.pk in wanted]


ANSWERS = ("matter.reply", "matter.gather", "matter.refuse", "matter.self_handle")


def _answer_of(parts: Sequence[Matter]) -> str:
    """One answer made of the parts' last answers; each gets an equal share of the room."""
    said: dict[int, Move] = {}
    for move in Move.objects.filter(matter__in=[one.pk for one in parts], action__in=ANSWERS).order_by("matter", "step"):
        if move.note or move.reason:
            said[move.matter_id] = move
    room = LONGEST // max(len(parts), 1) - 2
    lines = [_line(place, part, said.get(part.pk)) for place, part in enumerate(parts, start=1)]
    return "\n".join(line if len(line) <= room else line[:room - 1] + "…" for line in lines)


def _line(place: int, part: Matter, move: Move | None) -> str:
    kind = kind_of(part.kind)
    reason = next((one for one in kind.reasons(move.action) if one.code == move.reason), None) if move else None
    text = reason.words.zh + "。" + reason.remedy.zh if reason else move.note if move else _ended(part).zh
    return f"{place}. {part.category.name_zh}：{text}"


def _ended(part: Matter) -> Words:
    return label_of(kind_of(part.kind), "matter.close")
