# SPDX-License-Identifier: MulanPSL-2.0
"""Applying: the community's draft is filled from what is known, its self-check is written, submitted, and taken back if need be."""

from collections.abc import Mapping
from typing import Any

from linli.core import clock, evidence
from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, Invalid
from linli.core.fields import Field
from linli.core.words import words
from linli.elements import places
from linli.titles import register
from linli.titles.creation import known
from linli.titles.creation.moving import (
    APPLICATION,
    APPLIES,
    FILES,
    TITLE_BATCH,
    VERSION,
    checked,
    find_application,
    find_batch,
    kind_of,
    locked_batch,
    moved,
    refuse_other_level,
)
from linli.titles.creation.states import COMMUNITY, may
from linli.titles.models import Application, Batch, Filing, StrikeOut, Title

SELF_CHECK = Field("self_check", words("自查情况", "Self-check"), "long_text", limit=4000,
                   help=words("对照标准写：做到了什么，还差什么，打算怎么补。数字不用抄，下面已经带出。",
                              "Against the standard: what is reached, lacking, planned. Figures need not be copied."))
TOO_LATE = words("申报已经在 {day} 截止。", "Applications closed on {day}.")
TOO_LATE_REMEDY = words("请联系街道；下一年度的批次可以再申报。", "Ask the street; the next year's batch takes applications again.")
BEARS_IT = words("本社区现在就有这个称号，不用再申报。", "The community bears this title now.")
BEARS_IT_REMEDY = words("请在命名名册里查看。", "See the register of the named.")
BARRED = words("本社区被撤销过称号，从 {year} 年的批次起才能再申报（拟）；这一批是 {this} 年的。",
               "The community's title was revoked; it may apply again from the round of {year} on (proposed). This round is that of {this}.")
BARRED_REMEDY = words("请在 {year} 年的批次申报；撤销的经过和申诉见命名名册。", "Apply in the round of {year}; the revocation and its appeal stand in the register of the named.")
TWICE = words("本社区在这一批次已经有一份申报。", "The community has an application in this batch already.")
TWICE_REMEDY = words("请打开它继续填写。", "Open it and go on there.")
NO_SELF_CHECK = words("请先写自查情况。", "Please write the self-check first.")


@action("title.begin_application", words("开始申报", "Begin an application"), ability=APPLIES, subject="application", finds=find_batch, fields=(TITLE_BATCH,))
def begin_application(call: Call) -> Done:
    """Make the community's draft in an open batch, filled from what is known. Once a batch; one that was withdrawn goes on as a draft."""
    batch = locked_batch(call.record, "open")
    refuse_other_level(call.actor, call.actor.lo, COMMUNITY)
    _refuse_late(batch)
    place = places.place_by_area(call.actor.lo)
    _refuse_titled(batch, place.area)
    earlier = Application.objects.select_for_update().filter(batch=batch, place=place.id).first()
    if earlier is not None and not may("resume", earlier.state):
        raise Conflict(TWICE, TWICE_REMEDY, code="applied")
    if earlier is not None:
        moved(call, earlier, "resume")
        return Done(place.area, earlier.pk, {"application": earlier.pk})
    made = Application.objects.create(area=place.area, place=place.id, batch=batch, content=known.of(place.area, batch),
                                      begun_at=call.recorded_at, moved_at=call.recorded_at)
    return Done(place.area, made.pk, {"application": made.pk}, is_new=True)


def _refuse_titled(batch: Batch, area: int) -> None:
    """Conflict for a community that bears the title now, or lost it and has not sat out the rounds that follow."""
    if Title.objects.filter(kind=batch.kind, area=area, revoked_on=None).exists():
        raise Conflict(BEARS_IT, BEARS_IT_REMEDY, code="named")
    year = register.barred_until(kind_of(batch), area)
    if year is not None and batch.year < year:
        raise Conflict(BARRED.format(year=year, this=batch.year), BARRED_REMEDY.format(year=year), code="barred")


@action("title.fill_application", words("保存自查情况", "Keep the self-check"), ability=APPLIES, subject="application", finds=find_application,
        fields=(APPLICATION, VERSION, SELF_CHECK, FILES))
def fill_application(call: Call) -> Done:
    """Write the self-check of a draft or a returned application; the facts beside it are brought up to date."""
    found = _filled(call, checked(call, "submit"))
    found.version += 1
    found.save(update_fields=["self_check", "content", "version"])
    return Done(found.area, found.pk, {"application": found.pk, "version": found.version})


@action("title.submit_application", words("报送街道", "Submit to the street"), ability=APPLIES, subject="application", finds=find_application,
        fields=(APPLICATION, VERSION, SELF_CHECK, FILES))
def submit_application(call: Call) -> Done:
    """Send the application to the street with the facts of today; who sent it can review it nowhere."""
    found = checked(call, "submit")
    is_first = not Filing.objects.filter(application=found).exists()
    locked_batch(found.batch, "open", *(() if is_first else ("assessing",)))
    if is_first:
        _refuse_late(found.batch)
    found = _filled(call, found)
    if not found.self_check:
        raise Invalid({"self_check": NO_SELF_CHECK})
    found.step = 0
    moved(call, found, "submit", "self_check", "content", "step")
    Filing.objects.create(area=found.area, application=found, account=call.actor.account or 0, content=found.content, filed_at=call.recorded_at)
    return Done(found.area, found.pk, {"application": found.pk, "version": found.version})


@action("title.withdraw_application", words("撤回申报", "Withdraw the application"), ability=APPLIES, subject="application", finds=find_application, fields=(
    APPLICATION, VERSION, Field("reason", words("原因", "Why"), required=True, limit=200)))
def withdraw_application(call: Call) -> Done:
    """Take the application back, until the list is public; a strike-out under way ends with it. It can be taken up again while applications are open."""
    found = moved(call, checked(call, "withdraw"), "withdraw")
    StrikeOut.objects.filter(application=found, state__in=["hearing", "decided"]).update(state="dropped")
    return Done(found.area, found.pk, {"application": found.pk, "state": found.state})


def _filled(call: Call, found: Application) -> Application:
    given: Mapping[str, Any] = call.given
    found.self_check = given["self_check"] if given["self_check"] is not None else found.self_check
    found.content = known.of(found.area, found.batch)
    evidence.attach(given["evidence"], area=found.area, subject_kind="application", subject=found.pk, actor=call.actor, claim=call.device, vouched=call.vouched)
    return found


def _refuse_late(batch: Batch) -> None:
    if batch.apply_until is not None and clock.today() > batch.apply_until:
        raise Conflict(TOO_LATE.format(day=batch.apply_until.isoformat()), TOO_LATE_REMEDY, code="too_late")
