# SPDX-License-Identifier: MulanPSL-2.0
"""Guards of moves: small named checks; a kind's rules list them, the laws demand some of them."""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db import connection
from django.db.models import Q

from linli.core.actions import Call
from linli.core.faults import Conflict, Invalid, NotAble
from linli.core.models import Evidence
from linli.core.sight import Actor
from linli.core.words import words
from linli.matters import dialogue, heads, numbers
from linli.matters.clockwork import stamp
from linli.matters.conditions import CONDITIONS, Condition
from linli.matters.kinds import Kind
from linli.matters.models import CallBack, Handling, HotlineOrder, Matter, Move, Rating, SpotCheck
from linli.matters.phases import OPEN

OTHER_UNIT = words("这件事派给了另一个单位，您所在单位不能办这一步。", "This matter was dispatched to another unit; yours may not take this step.")
OTHER_UNIT_REMEDY = words("如派错了，请由该单位退回后改派。", "If it went to the wrong unit, that unit returns it and it is dispatched again.")
HANDLED = words("您参与过这件事的处置，不能再核查它。", "You took part in handling this matter, so you may not verify it.")
HANDLED_REMEDY = words("请由没有参与处置的人员核查。", "Somebody who did not handle it has to verify.")
SAME_UNIT = words("核查人与处置人同属一个单位，不能核查。", "The verifier belongs to a unit that handled it.")
SAME_UNIT_REMEDY = words("请由其他单位或本社区网格员核查。", "Somebody of another unit or the community's grid worker has to verify.")
NO_UNIT = words("您的岗位没有所属单位，不能核查。", "Your post belongs to no unit, so it cannot verify.")
NO_UNIT_REMEDY = words("请管理员为岗位补上所属单位。", "Ask the administrator to name the unit of your post.")
NOT_VERIFIED = words("不能结案：还没有人核查，或核查尚未通过。", "It cannot be closed: nobody has verified it, or the verification has not passed.")
NOT_VERIFIED_REMEDY = words("请先由没有参与处置的人员核查。", "Have somebody who did not handle it verify first.")
PASSED_ALREADY = words("已经核查通过，可以结案。", "It has already passed verification and can be closed.")
PASSED_REMEDY = words("请由街道调度员结案。", "The dispatcher closes it.")
RATED_ALREADY = words("这件事已经评价过了，每次结案评价一次。", "This matter has been rated; it is rated once each time it is closed.")
IN_A_TREE = words("这件事已拆分或是某件事的一部分，不能并案。", "This matter was split or is a part of another; it cannot be merged.")
IN_A_TREE_REMEDY = words("请先撤销拆分，或把另一件并入它。", "Undo the split first, or merge the other one into it.")
NOT_MERGED = words("这件事没有并案，无法撤销。", "This matter is not merged, so nothing can be undone.")
NOT_MERGED_REMEDY = words("误拆分的部分，请在整件上撤销拆分。", "A part that was split off by mistake is taken back on the whole.")
NOT_WAITING = words("这件事没有在等待各部分办理。", "This matter does not wait for parts.")
NOT_WAITING_REMEDY = words("已派给单位的，请先由单位退回，再拆分。", "If a unit has it, that unit returns it first; then it can be split.")
HAS_A_UNIT = words("这件事正在处置，不能改派。", "This matter is being handled; it cannot be dispatched now.")
HAS_A_UNIT_REMEDY = words("请由处置单位办完；拆分的事等各部分办结。", "Its unit sees it through; one that was split waits for its parts.")
PARTS_OPEN = words("还有部分没有办结。", "Some parts have not ended yet.")
PARTS_OPEN_REMEDY = words("各部分都办结后，整件会自动往下走。", "The whole goes on by itself once all have.")
ONLY_PARTS = words("已受理的事不能再不予受理。", "What was accepted can no longer be declined.")
ONLY_PARTS_REMEDY = words("请派遣到有职责的单位；只有拆分出的部分可以在此时不予受理。", "Dispatch it to the competent unit; only a part that was split off can be declined now.")
VERIFIED_IT = words("您或您的单位核查过同一件事的另一部分，不能再处置这一部分。", "You or your unit verified another part of the same matter, so you may not handle this one.")
VERIFIED_IT_REMEDY = words("请改派给没有参与核查的单位。", "Dispatch it to a unit that verified none of it.")
RATED_REMEDY = words("如有新的问题，请重新上报。", "If there is a new problem, please report it.")
WINDOW_OVER = words("结案已超过 {days} 天，不能再要求重新办理。", "It was closed more than {days} days ago and cannot be re-opened.")
WINDOW_REMEDY = words("如果问题还在，请重新上报。", "If the problem is still there, please report it anew.")
TOO_OFTEN = words("这件事已经重新办理过 {count} 次，不能再次重新办理。", "This matter has been re-opened {count} times; no further time is possible.")
TOO_OFTEN_REMEDY = words("请拨打 12345，或重新上报并写明先前的编号。", "Call 12345, or report anew and name the earlier number.")
NO_CALL_BACK = words("这件事现在没有等待的回访。", "No call-back waits for this matter now.")
NO_CALL_BACK_REMEDY = words("可能已由同事记录，请刷新页面。", "A colleague may have recorded it. Reload the page.")
TOOK_PART = words("您或您所在单位参与过处置，不能由您回访。", "You or your unit took part in handling it, so you may not make the call-back.")
TOOK_PART_REMEDY = words("请由没有参与处置的调度员回访。", "A dispatcher who took no part has to call.")
NEEDS_PHOTO = words("这类事项需要至少 {count} 张处置后照片，现在有 {found} 张。", "This kind needs at least {count} photo(s) taken after handling; there are {found}.")
NEEDS_PHOTO_REMEDY = words("请拍照上传；确实无法拍照的，请填写“无法拍照的原因”。", "Upload a photo; if none can be taken, fill in why not.")

FOR_THE_HEAD = words("这件事已被退回 {times} 次，只能由属地负责人指定单位。", "This matter has been returned {times} times; only the accountable head may name the unit.")
FOR_THE_HEAD_REMEDY = words("属地负责人会在“今天”里看到它。", "The head finds it under “Today”.")
TOO_SOON = words("退回 {times} 次后才由负责人指定单位；现在请由调度员派遣。", "The head names the unit after {times} returns; until then the dispatcher dispatches.")
TOO_SOON_REMEDY = words("请由街道调度员派遣。", "Have the street's dispatcher do it.")
OTHER_HEAD = words("您不是这里的属地负责人。", "You are not the accountable head here.")
OTHER_HEAD_REMEDY = words("由离事发地最近一级的属地负责人指定。", "The head of the nearest level above the place decides.")
DECIDED = words("属地负责人已经指定由您单位办理，不能再退回。", "The accountable head has named your unit; it cannot be returned again.")
DECIDED_REMEDY = words("如有困难，请接收后向负责人说明。", "Receive it, and tell the head about difficulties.")
NOT_DRAWN = words("这件事没有被抽中，或已经抽查过。", "This matter was not drawn, or has been checked.")
NOT_DRAWN_REMEDY = words("抽中的事项在“今天”里。", "What was drawn stands under “Today”.")
NOT_OF_HOTLINE = words("这件事不是 12345 工单，或已经退回。", "This is no order of the hotline, or it has gone back.")
NOT_OF_HOTLINE_REMEDY = words("不受理请用“不予受理”。", "Use “Do not accept” instead.")
NO_RETURN = words("这张工单没有写退单时限，不能退回。", "The order names no time until which it may go back.")
RETURN_OVER = words("退单时限 {at} 已过，不能再退回。", "The time for sending it back ended on {at}.")
RETURN_REMEDY = words("请按时限办理；确有困难的，与热线联系。", "Deal with it in time; in difficulty, contact the hotline.")


def _of_the_unit(kind: Kind, call: Call) -> None:
    matter: Matter = call.record
    if matter.unit is None or matter.unit != call.actor.organisation:
        raise NotAble(OTHER_UNIT, OTHER_UNIT_REMEDY, code="other_unit")


def took_part(how: str, matter: Matter, person: int | None, unit: int | None) -> bool:
    """Whether a person or a unit handled anything in the whole tree of a matter, or (`verified`) verified another part of it.

    Asked of the database itself, past the fence: a part may lie where the asker does not see, and still counts.
    """
    with connection.cursor() as cursor:
        cursor.execute(HAND_IN[how], [matter.pk, person or 0, unit or 0])
        found = cursor.fetchone()
    return bool(found and found[0])


HAND_IN = {"handled": "select handled_in_tree(%s, %s, %s)", "verified": "select verified_in_tree(%s, %s, %s)"}


def is_of_a_tree(matter: Matter) -> bool:
    """True for a part, and for a whole that its parts have taken past handling: both have more hands than their own record names."""
    return matter.parent is not None or matter.parts_open > 0 or (matter.unit is None and matter.phase in ("handling", "verifying", "closed"))


def _handled(matter: Matter, *, person: int = 0, unit: int = 0) -> bool:
    if not is_of_a_tree(matter):
        one = {"person": person} if person else {"unit": unit}
        return bool(Handling.objects.filter(matter=matter.pk, **one).exists())
    return took_part("handled", matter, person, unit)


def _never_handled(kind: Kind, call: Call) -> None:
    if _handled(call.record, person=call.actor.account or -1):
        raise NotAble(HANDLED, HANDLED_REMEDY, code="handled_it")


def _not_the_unit(kind: Kind, call: Call) -> None:
    if call.actor.organisation is None:
        raise NotAble(NO_UNIT, NO_UNIT_REMEDY, code="no_unit")
    if _handled(call.record, unit=call.actor.organisation):
        raise NotAble(SAME_UNIT, SAME_UNIT_REMEDY, code="same_unit")


def _never_verified_beside(kind: Kind, call: Call) -> None:
    if call.record.parent is not None and took_part("verified", call.record, call.actor.account, call.actor.organisation):
        raise NotAble(VERIFIED_IT, VERIFIED_IT_REMEDY, code="verified_it")


def _stands_alone(kind: Kind, call: Call) -> None:
    matter: Matter = call.record
    if matter.parent is not None or matter.parts_open or (matter.phase == "handling" and matter.unit is None):
        raise Conflict(IN_A_TREE, IN_A_TREE_REMEDY, code="in_a_tree")


def _was_merged(kind: Kind, call: Call) -> None:
    if call.record.merged_into is None or call.record.parent is not None:
        raise Conflict(NOT_MERGED, NOT_MERGED_REMEDY, code="not_merged")


def _waits_for_parts(kind: Kind, call: Call) -> None:
    if call.record.unit is not None or not (call.record.parts_open or call.record.reopenings):
        raise Conflict(NOT_WAITING, NOT_WAITING_REMEDY, code="not_waiting")


def _stands_without_unit(kind: Kind, call: Call) -> None:
    matter: Matter = call.record
    if matter.unit is not None or matter.parts_open or not matter.reopenings:
        raise Conflict(HAS_A_UNIT, HAS_A_UNIT_REMEDY, code="wrong_phase")


def _was_split(kind: Kind, call: Call) -> None:
    if call.record.unit is not None or not Matter.objects.filter(parent=call.record.pk).exists():
        raise Conflict(NOT_WAITING, NOT_WAITING_REMEDY, code="not_waiting")


def _parts_ended(kind: Kind, call: Call) -> None:
    if Matter.objects.filter(parent=call.record.pk, phase__in=OPEN).exists():
        raise Conflict(PARTS_OPEN, PARTS_OPEN_REMEDY, code="parts_open")


def _is_a_part(kind: Kind, call: Call) -> None:
    if call.record.parent is None:
        raise Conflict(ONLY_PARTS, ONLY_PARTS_REMEDY, code="wrong_phase")


def _not_yet_passed(kind: Kind, call: Call) -> None:
    if call.record.is_passed:
        raise Conflict(PASSED_ALREADY, PASSED_REMEDY, code="already_passed")


def _is_passed(kind: Kind, call: Call) -> None:
    if not call.record.is_passed:
        raise Conflict(NOT_VERIFIED, NOT_VERIFIED_REMEDY, code="not_verified")


def _not_yet_rated(kind: Kind, call: Call) -> None:
    own = numbers.matter_by_code(str(call.given.get("query_code", "")))
    if Rating.objects.filter(matter=own, round=call.record.round).exists():
        raise Conflict(RATED_ALREADY, RATED_REMEDY, code="already_rated")


def _has_evidence(kind: Kind, call: Call) -> None:
    """Photos added since this round's handling began, those of this very call included."""
    if not kind.photos or call.given.get("no_photo_reason"):
        return
    since = _reopened_at(call.record) or call.record.dispatched_at
    kept = Evidence.objects.filter(subject_kind="matter", subject=call.record.id, added_at__gte=since).count()
    found = kept + len(call.given.get("evidence") or [])
    if found < kind.photos:
        raise Invalid({"evidence": NEEDS_PHOTO.format(count=kind.photos, found=found), "no_photo_reason": NEEDS_PHOTO_REMEDY},
                      remedy=NEEDS_PHOTO_REMEDY)


def _reopened_at(matter: Matter) -> datetime | None:
    """When the matter was opened again last; None when it never was: what its reporter showed then is no proof of handling."""
    if not matter.reopenings:
        return None
    return Move.objects.filter(matter=matter.pk, from_phase="closed", to_phase="handling").order_by("-step").values_list("recorded_at", flat=True).first()


def _in_rating_window(kind: Kind, call: Call) -> None:
    if call.record.closed_at is not None and call.recorded_at > call.record.closed_at + dialogue.rating_window():
        raise Conflict(WINDOW_OVER.format(days=settings.RATING_DAYS), WINDOW_REMEDY, code="window_over")


def _not_too_often(kind: Kind, call: Call) -> None:
    if call.record.reopenings >= settings.REOPENINGS:
        raise Conflict(TOO_OFTEN.format(count=call.record.reopenings), TOO_OFTEN_REMEDY, code="reopened_too_often")


def _call_back_is_open(kind: Kind, call: Call) -> None:
    if not CallBack.objects.filter(matter=call.record.id, ended_at=None).exists():
        raise Conflict(NO_CALL_BACK, NO_CALL_BACK_REMEDY, code="no_call_back")


def _took_no_part(kind: Kind, call: Call) -> None:
    mine = Q(person=call.actor.account or 0) | Q(unit=call.actor.organisation or 0)
    if Handling.objects.filter(mine, matter=call.record.id).exists() or (
            is_of_a_tree(call.record) and took_part("handled", call.record, call.actor.account, call.actor.organisation)):
        raise NotAble(TOOK_PART, TOOK_PART_REMEDY, code="handled_it")


def is_for_the_head(matter: Matter) -> bool:
    """True when it was returned so often that only the accountable head may dispatch it, finally (the number is configuration, proposed)."""
    return bool(matter.returns >= settings.RETURNS_TO_HEAD)


def is_head_of(actor: Actor, area: int) -> bool:
    """True for whoever holds the post of head at the nearest level above the place that has one."""
    head = heads.head_of(area)
    return head is not None and actor.role == heads.ROLE and actor.lo == head.area


def _not_for_the_head(kind: Kind, call: Call) -> None:
    if is_for_the_head(call.record):
        raise NotAble(FOR_THE_HEAD.format(times=call.record.returns), FOR_THE_HEAD_REMEDY, code="for_the_head")


def _for_the_head(kind: Kind, call: Call) -> None:
    if not is_for_the_head(call.record):
        raise Conflict(TOO_SOON.format(times=settings.RETURNS_TO_HEAD), TOO_SOON_REMEDY, code="too_soon")
    if not is_head_of(call.actor, call.record.area):
        raise NotAble(OTHER_HEAD, OTHER_HEAD_REMEDY, code="other_head")


def _not_decided(kind: Kind, call: Call) -> None:
    """Dispatched after so many returns means: dispatched by the head."""
    if is_for_the_head(call.record):
        raise NotAble(DECIDED, DECIDED_REMEDY, code="decided")


def _is_drawn(kind: Kind, call: Call) -> None:
    if not SpotCheck.objects.filter(matter=call.record.id, checked_at=None).exists():
        raise Conflict(NOT_DRAWN, NOT_DRAWN_REMEDY, code="not_drawn")


def _of_the_hotline(kind: Kind, call: Call) -> None:
    if not HotlineOrder.objects.filter(matter=call.record.id, returned_at=None).exists():
        raise Conflict(NOT_OF_HOTLINE, NOT_OF_HOTLINE_REMEDY, code="not_of_the_hotline")


def _in_return_limit(kind: Kind, call: Call) -> None:
    """Until the moment that the hotline named; without one it cannot go back."""
    until = HotlineOrder.objects.filter(matter=call.record.id).values_list("return_due_at", flat=True).first()
    if until is None:
        raise Conflict(NO_RETURN, RETURN_REMEDY, code="no_return_limit")
    if call.recorded_at > until:
        raise Conflict(RETURN_OVER.format(at=stamp(until)), RETURN_REMEDY, code="return_limit_over")


def _held(condition: Condition) -> Callable[[Kind, Call], None]:
    def guard(kind: Kind, call: Call) -> None:
        if not condition.holds(kind, call.actor, call.record):
            raise condition.fault()

    return guard


GUARDS: dict[str, Callable[[Kind, Call], None]] = {name: _held(one) for name, one in CONDITIONS.items()} | {
    "of_the_unit": _of_the_unit,
    "never_handled": _never_handled,
    "not_the_unit": _not_the_unit,
    "not_yet_passed": _not_yet_passed,
    "is_passed": _is_passed,
    "not_yet_rated": _not_yet_rated,
    "has_evidence": _has_evidence,
    "in_rating_window": _in_rating_window,
    "not_too_often": _not_too_often,
    "call_back_is_open": _call_back_is_open,
    "took_no_part": _took_no_part,
    "not_for_the_head": _not_for_the_head,
    "for_the_head": _for_the_head,
    "not_decided": _not_decided,
    "is_drawn": _is_drawn,
    "of_the_hotline": _of_the_hotline,
    "in_return_limit": _in_return_limit,
    "never_verified_beside": _never_verified_beside,
    "stands_alone": _stands_alone,
    "was_merged": _was_merged,
    "waits_for_parts": _waits_for_parts,
    "stands_without_unit": _stands_without_unit,
    "was_split": _was_split,
    "parts_ended": _parts_ended,
    "is_a_part": _is_a_part,
}
