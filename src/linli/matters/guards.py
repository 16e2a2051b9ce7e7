# SPDX-License-Identifier: MulanPSL-2.0
"""Guards of moves: small named checks; a kind's rules list them, the laws demand some of them."""

from collections.abc import Callable

from linli.core.actions import Call
from linli.core.faults import Conflict, Invalid, NotAble
from linli.core.models import Evidence
from linli.core.words import words
from linli.matters.kinds import Kind
from linli.matters.models import Handling, Matter

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
RATED_ALREADY = words("这件事已经评价过了，每件事评价一次。", "This matter has been rated; each is rated once.")
RATED_REMEDY = words("如有新的问题，请重新上报。", "If there is a new problem, please report it.")
NEEDS_PHOTO = words("这类事项需要至少 {count} 张处置后照片，现在有 {found} 张。", "This kind needs at least {count} photo(s) taken after handling; there are {found}.")
NEEDS_PHOTO_REMEDY = words("请拍照上传；确实无法拍照的，请填写“无法拍照的原因”。", "Upload a photo; if none can be taken, fill in why not.")


def _of_the_unit(kind: Kind, call: Call) -> None:
    matter: Matter = call.record
    if matter.unit is None or matter.unit != call.actor.organisation:
        raise NotAble(OTHER_UNIT, OTHER_UNIT_REMEDY, code="other_unit")


def _never_handled(kind: Kind, call: Call) -> None:
    if Handling.objects.filter(matter=call.record.id, person=call.actor.account or 0).exists():
        raise NotAble(HANDLED, HANDLED_REMEDY, code="handled_it")


def _not_the_unit(kind: Kind, call: Call) -> None:
    if call.actor.organisation is None:
        raise NotAble(NO_UNIT, NO_UNIT_REMEDY, code="no_unit")
    if Handling.objects.filter(matter=call.record.id, unit=call.actor.organisation).exists():
        raise NotAble(SAME_UNIT, SAME_UNIT_REMEDY, code="same_unit")


def _not_yet_passed(kind: Kind, call: Call) -> None:
    if call.record.is_passed:
        raise Conflict(PASSED_ALREADY, PASSED_REMEDY, code="already_passed")


def _is_passed(kind: Kind, call: Call) -> None:
    if not call.record.is_passed:
        raise Conflict(NOT_VERIFIED, NOT_VERIFIED_REMEDY, code="not_verified")


def _not_yet_rated(kind: Kind, call: Call) -> None:
    if call.record.rating is not None:
        raise Conflict(RATED_ALREADY, RATED_REMEDY, code="already_rated")


def _has_evidence(kind: Kind, call: Call) -> None:
    """Photos added since this round's handling began, those of this very call included."""
    if not kind.photos or call.given.get("no_photo_reason"):
        return
    kept = Evidence.objects.filter(subject_kind="matter", subject=call.record.id, added_at__gte=call.record.dispatched_at).count()
    found = kept + len(call.given.get("evidence") or [])
    if found < kind.photos:
        raise Invalid({"evidence": NEEDS_PHOTO.format(count=kind.photos, found=found), "no_photo_reason": NEEDS_PHOTO_REMEDY},
                      remedy=NEEDS_PHOTO_REMEDY)


GUARDS: dict[str, Callable[[Kind, Call], None]] = {
    "of_the_unit": _of_the_unit,
    "never_handled": _never_handled,
    "not_the_unit": _not_the_unit,
    "not_yet_passed": _not_yet_passed,
    "is_passed": _is_passed,
    "not_yet_rated": _not_yet_rated,
    "has_evidence": _has_evidence,
}
