# SPDX-License-Identifier: MulanPSL-2.0
"""The year's assessment and the shortlist: inspection by two, grade under the frozen standard, necessary conditions before any score."""

from typing import Any

from linli.core import clock
from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict
from linli.core.fields import Field
from linli.core.words import Words, words
from linli.elements import places
from linli.measures.grading import MISSES, OPEN, REACHES
from linli.measures.inspecting import conflicts, opening
from linli.titles.creation import known, satisfaction, visits
from linli.titles.creation.moving import (
    APPLICATION,
    PLANS,
    REASON,
    VERSION,
    WRONG_STEP_REMEDY,
    checked,
    find_application,
    locked_batch,
    moved,
    refuse_own,
)
from linli.titles.creation.reviewing import record
from linli.titles.models import Application, Assessed, Batch, StrikeOut

ALREADY = words("这个社区的现场测评还在进行。", "The inspection of this community is under way.")
NOT_SETTLED = words("现场测评还没有结束，不能下结论。", "The inspection is not settled; there is no conclusion yet.")
NOT_SETTLED_REMEDY = words("请等两名测评员都提交、分歧处理完。", "Wait until both assessors have handed in and differences are decided.")
NOT_VISITED = words("这半年还没有暗访过这个社区（中期以前、以后各至少一次，拟），不能测评。",
                    "This community has had no settled unannounced visit in this half of the year (proposed: one until mid-term, one after it).")
NOT_VISITED_REMEDY = words("每个候选社区在中期以前和测评以前各暗访一次。", "Each candidate is visited once by mid-term and once by the assessment.")
STRIKE_OPEN = words("取消候选资格的意见还没有办完。", "A strike-out is still under way.")
BROKEN = words("现场发现必备条件没有满足：{code}", "On site a necessary condition was found not met: {code}")
MISSED = words("测评结论是“未达到标准”，不能列入拟命名名单。", "The conclusion is that the standard is not reached; it cannot be shortlisted.")
MISSED_REMEDY = words("必备条件没有满足的，分数再高也不能命名。可以写明理由，本批不列入。", "No score outweighs a necessary condition. Leave it out with the reason.")
NOT_COVERED = words("能计算的指标不到全表分值的八成，按规则不能命名。", "Less than four fifths of the sheet's points can be computed, so it cannot be named.")
NOT_COVERED_REMEDY = words("请等相应系统的记录到位后再测评；只有演示环境可以继续看流程。", "Assess again once those records exist; only the demonstration goes on to show the way.")


@action("title.begin_assessment", words("安排年终测评", "Begin the assessment"), ability=PLANS, subject="application", finds=find_application, fields=(
    APPLICATION, Field("assessors", words("测评员（至少两名）", "Assessors (two at least)"), "choices", required=True, choices=conflicts.choices, is_live=True)))
def begin_assessment(call: Call) -> Done:
    """Open the inspection of a candidate, or of one that an objection sent back; who filed the application assesses nothing of it."""
    found = checked(call, "assess")
    batch = locked_batch(found.batch, "open", "assessing", "publicity")
    _refuse_unready(found, batch)
    assert batch.standard is not None
    named = visits.able_for(call.given["assessors"], [found])[found.pk]
    made = opening.begin(call, area=found.area, occasion=visits.ASSESSMENT, standard=batch.standard, codes=visits.codes_of(batch.standard), assessors=named,
                         day=clock.today(), reference=found.pk, is_announced=True)
    if batch.state == "open":
        batch.state, batch.version = "assessing", batch.version + 1
        batch.save(update_fields=["state", "version"])
    return Done(found.area, found.pk, {"application": found.pk, "inspection": made.pk})


def _refuse_unready(found: Application, batch: Batch) -> None:
    if StrikeOut.objects.filter(application=found, state__in=["hearing", "decided"]).exists():
        raise Conflict(STRIKE_OPEN, WRONG_STEP_REMEDY, code="strike_open")
    if any(not one.is_settled for one in opening.outcomes(visits.ASSESSMENT, [found.pk]).get(found.pk, ())):
        raise Conflict(ALREADY, NOT_SETTLED_REMEDY, code="assessing")
    if not visits.visits_of(batch, [found.pk])[found.pk].days(visits.half(batch, clock.today())):
        raise Conflict(NOT_VISITED, NOT_VISITED_REMEDY, code="not_visited")


@action("title.conclude_assessment", words("形成测评结论", "Conclude the assessment"), ability=PLANS, subject="application", finds=find_application,
        fields=(APPLICATION, VERSION))
def conclude_assessment(call: Call) -> Done:
    """Keep what the assessment came to: nobody types it. A broken condition makes it a miss whatever the points are."""
    found = checked(call, "assess")
    refuse_own(call.actor, found)
    if StrikeOut.objects.filter(application=found, state__in=["hearing", "decided"]).exists():
        raise Conflict(STRIKE_OPEN, WRONG_STEP_REMEDY, code="strike_open")
    held = opening.outcomes(visits.ASSESSMENT, [found.pk]).get(found.pk, [])
    last = Assessed.objects.filter(application=found).order_by("-id").first()
    used = last.content["inspection"] if last else 0
    if not held or not held[-1].is_settled or held[-1].inspection.pk == used:
        raise Conflict(NOT_SETTLED, NOT_SETTLED_REMEDY, code="not_settled")
    content = concluded(found, held[-1])
    made = Assessed.objects.create(area=found.area, application=found, grade=content["grade"], content=content, account=call.actor.account or 0,
                                   assessed_at=call.recorded_at)
    moved(call, found, "assess")
    return Done(found.area, found.pk, {"application": found.pk, "grade": made.grade}, {"content": content})


def concluded(found: Application, held: opening.Outcome) -> dict[str, Any]:
    """Figures, inspection and satisfaction of an application as one plain value, with the grade that follows."""
    content = known.results(places.place_by_area(found.area), found.batch)
    index = satisfaction.satisfaction_of(found.area, str(found.batch.year))
    content |= {"inspection": held.inspection.pk, "shares": {code: str(share) for code, share in sorted(held.shares.items())},
                "broken": list(held.broken), "satisfaction": None if index is None else str(index)}
    if held.broken:
        reasons = [BROKEN.format(code=code) for code in held.broken]
        content |= {"grade": MISSES, "reasons": [[one.zh, one.en] for one in reasons] + content["reasons"]}
    return content


@action("title.shortlist", words("列入拟命名名单", "Shortlist"), ability=PLANS, subject="application", finds=find_application, fields=(APPLICATION, VERSION))
def shortlist(call: Call) -> Done:
    """Put an assessed community on the list. Never one that misses the standard; one that cannot be judged only in the demonstration."""
    found = checked(call, "shortlist")
    refuse_own(call.actor, found)
    locked_batch(found.batch, "assessing", "publicity")
    refuse_unfit(found, Assessed.objects.filter(application=found).order_by("-id")[0])
    record(call, found, "shortlist", "chosen", "")
    moved(call, found, "shortlist")
    return Done(found.area, found.pk, {"application": found.pk, "state": found.state})


def refuse_unfit(found: Application, last: Assessed) -> None:
    """Conflict unless the conclusion allows a naming."""
    if last.grade == MISSES:
        raise Conflict(MISSED, MISSED_REMEDY, code="misses")
    if last.grade != REACHES and not (last.grade == OPEN and found.batch.is_demonstration):
        raise Conflict(NOT_COVERED, NOT_COVERED_REMEDY, code="not_covered")


@action("title.leave_out", words("本批不列入", "Leave out"), ability=PLANS, subject="application", finds=find_application, fields=(APPLICATION, VERSION, REASON))
def leave_out(call: Call) -> Done:
    """Leave an assessed community out, with the reason that it gets to read."""
    found = checked(call, "leave_out")
    refuse_own(call.actor, found)
    record(call, found, "shortlist", "left_out", call.given["reason"])
    moved(call, found, "leave_out")
    return Done(found.area, found.pk, {"application": found.pk, "state": found.state})


def grade_words(content: dict[str, Any]) -> list[Words]:
    """The reasons of a conclusion as words."""
    return [words(zh, en) for zh, en in content.get("reasons", ())]
