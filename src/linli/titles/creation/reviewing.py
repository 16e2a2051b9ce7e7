# SPDX-License-Identifier: MulanPSL-2.0
"""Reviews: the street passes or returns, the district takes four recorded steps. Nobody reviews what he filed."""

from linli.core import evidence
from linli.core.actions import Call, Done, action
from linli.core.fields import Field
from linli.core.words import Words, words
from linli.titles.creation.moving import (
    APPLICATION,
    FILES,
    REASON,
    REVIEWS_DISTRICT,
    REVIEWS_STREET,
    VERSION,
    checked,
    find_application,
    moved,
    refuse_own,
)
from linli.titles.creation.states import STEPS
from linli.titles.models import Application, Review

PASS, RETURN, TO_STREET = "pass", "return", "return_street"
OUTCOMES: dict[str, Words] = {PASS: words("通过", "Passed"), RETURN: words("退回社区补正", "Returned to the community"), TO_STREET: words("退回街道重审", "Returned to the street"),
                              "agreed": words("同意", "Agreed"), "dropped": words("不同意", "Not agreed"), "chosen": words("列入拟命名名单", "Shortlisted"),
                              "left_out": words("本批不列入", "Left out"), "upheld": words("异议成立，退回测评", "Objection upheld, back to the assessment")}
STAGES: dict[str, Words] = {"street": words("街道审核", "Street's review"), **dict(STEPS), "strike_district": words("取消候选资格（区）", "Strike-out (district)"),
                            "strike_city": words("取消候选资格（市）", "Strike-out (city)"), "shortlist": words("拟命名名单", "Shortlist"),
                            "objection": words("公示异议", "Objection")}


def record(call: Call, application: Application, stage: str, outcome: str, reason: str) -> Review:
    """Keep a decision with its files inside the running action."""
    made = Review.objects.create(area=application.area, application=application, stage=stage, outcome=outcome, reason=reason, account=call.actor.account or 0,
                                 reviewed_at=call.recorded_at)
    evidence.attach(call.given.get("evidence"), area=application.area, subject_kind="title_review", subject=made.pk, actor=call.actor, claim=call.device,
                    vouched=call.vouched)
    return made


def outcome_field(*names: str) -> Field:
    """The choice between some outcomes."""
    return Field("outcome", words("审核意见", "Outcome"), "choice", required=True, choices=tuple((name, OUTCOMES[name]) for name in names))


@action("title.review_at_street", words("街道审核", "Review at the street"), ability=REVIEWS_STREET, subject="application", finds=find_application,
        fields=(APPLICATION, VERSION, outcome_field(PASS, RETURN), REASON, FILES))
def review_at_street(call: Call) -> Done:
    """Pass it on to the district, or return it to the community with reasons."""
    move = "street_pass" if call.given["outcome"] == PASS else "street_return"
    found = checked(call, move)
    refuse_own(call.actor, found)
    record(call, found, "street", call.given["outcome"], call.given["reason"])
    found.step = 0
    moved(call, found, move, "step")
    return Done(found.area, found.pk, {"application": found.pk, "state": found.state})


@action("title.review_at_district", words("区级审核", "Review at the district"), ability=REVIEWS_DISTRICT, subject="application", finds=find_application,
        fields=(APPLICATION, VERSION, outcome_field(PASS, RETURN, TO_STREET), REASON, FILES))
def review_at_district(call: Call) -> Done:
    """One of the four steps: passing the last makes a candidate; a return leads to the community or the street, and the steps begin anew."""
    outcome = call.given["outcome"]
    found = checked(call, "district_pass")
    refuse_own(call.actor, found)
    stage = STEPS[min(found.step, len(STEPS) - 1)][0]
    record(call, found, stage, outcome, call.given["reason"])
    if outcome == PASS:
        found.step += 1
        move = "district_choose" if found.step == len(STEPS) else "district_pass"
    else:
        found.step, move = 0, "district_return" if outcome == RETURN else "district_return_to_street"
    moved(call, found, move, "step")
    return Done(found.area, found.pk, {"application": found.pk, "state": found.state, "step": found.step})
