# SPDX-License-Identifier: MulanPSL-2.0
"""Striking a candidate out: only on the grounds that its visits give, after the committee was heard, by the district and then the city."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from linli.core import clock, evidence
from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, Invalid, NotAble, NotVisible
from linli.core.fields import Field
from linli.core.sight import Actor
from linli.core.words import words
from linli.titles.creation import visits
from linli.titles.creation.moving import (
    APPLICATION,
    APPLIES,
    FILES,
    PLANS,
    REASON,
    REVIEWS_DISTRICT,
    VERSION,
    WRONG_STEP_REMEDY,
    find_application,
    limit,
    locked,
    moved,
    numbered,
    refuse_other_level,
    refuse_own,
)
from linli.titles.creation.reviewing import outcome_field, record
from linli.titles.creation.states import CITY, COMMUNITY, DISTRICT
from linli.titles.models import StrikeOut

STRIKE = Field("strike", words("取消候选资格", "Strike-out"), "integer", required=True, low=1)
NO_GROUND = words("暗访结果还没有达到可以取消候选资格的情形。", "The visits give no ground for a strike-out.")
NO_GROUND_REMEDY = words("要有两次暗访不合格，或必备条件问题在复查时仍未改正。", "Two failed visits, or a necessary condition not cured at a re-visit, are needed.")
OPEN_ALREADY = words("已经有一份取消候选资格的意见在办理。", "A strike-out is under way already.")
NOT_HEARD = words("要先听取居委会的说明：等它提交，或等到 {day} 以后。", "The committee is heard first: wait for its statement, or until after {day}.")
NOT_NOW = words("这份意见已经不在这一步。", "This strike-out has left that step.")
TWO_PEOPLE = words("区里作出决定的人不能再代市里确认。", "Who decided for the district cannot confirm for the city.")
TWO_PEOPLE_REMEDY = words("请另一位同事确认。", "Ask a colleague to confirm.")


def find_strike(actor: Actor, given: Mapping[str, Any]) -> StrikeOut:
    """A strike-out inside the actor's range; NotVisible otherwise."""
    found: StrikeOut | None = StrikeOut.objects.visible_to(actor).select_related("application__batch").filter(pk=numbered(given, "strike")).first()
    if found is None:
        raise NotVisible
    return found


def _held(call: Call, state: str, level: str) -> StrikeOut:
    found: StrikeOut = StrikeOut.objects.select_for_update(of=("self",)).select_related("application__batch").get(pk=call.record.pk)
    refuse_other_level(call.actor, found.area, level)
    if found.state != state:
        raise Conflict(NOT_NOW, WRONG_STEP_REMEDY, code="strike_state")
    return found


@action("title.propose_strike", words("提出取消候选资格", "Propose a strike-out"), ability=REVIEWS_DISTRICT, subject="strike", finds=find_application,
        fields=(APPLICATION, VERSION, REASON, FILES))
def propose_strike(call: Call) -> Done:
    """The district proposes it with reasons, when the visits give a ground; the committee is asked to state its side."""
    found = locked(call.record)
    refuse_other_level(call.actor, found.area, DISTRICT)
    refuse_own(call.actor, found)
    if found.state != "candidate":
        raise Conflict(NOT_NOW, WRONG_STEP_REMEDY, code="application_state")
    grounds = visits.visits_of(found.batch, [found.pk])[found.pk].grounds
    if not grounds:
        raise Conflict(NO_GROUND, NO_GROUND_REMEDY, code="no_ground")
    if StrikeOut.objects.filter(application=found, state__in=["hearing", "decided"]).exists():
        raise Conflict(OPEN_ALREADY, WRONG_STEP_REMEDY, code="strike_open")
    until = clock.local(call.recorded_at).date() + timedelta(days=limit(found.batch, "hearing_days").number)
    made = StrikeOut.objects.create(area=found.area, application=found, ground=grounds[0], reason=call.given["reason"], proposed_by=call.actor.account or 0,
                                    proposed_at=call.recorded_at, heard_until=until)
    evidence.attach(call.given["evidence"], area=found.area, subject_kind="strike", subject=made.pk, actor=call.actor, claim=call.device, vouched=call.vouched)
    return Done(found.area, made.pk, {"strike": made.pk, "application": found.pk, "heard_until": until.isoformat()}, is_new=True)


@action("title.state_on_strike", words("居委会说明情况", "State the committee's side"), ability=APPLIES, subject="strike", finds=find_strike, fields=(
    STRIKE, VERSION, Field("statement", words("情况说明", "Statement"), "long_text", required=True, limit=4000), FILES))
def state_on_strike(call: Call) -> Done:
    """The committee is heard: its statement stands beside the reasons, and the district must have it before it decides."""
    found = _held(call, "hearing", COMMUNITY)
    found.statement, found.stated_by, found.stated_at, found.version = call.given["statement"], call.actor.account, call.recorded_at, found.version + 1
    found.save(update_fields=["statement", "stated_by", "stated_at", "version"])
    evidence.attach(call.given["evidence"], area=found.area, subject_kind="strike", subject=found.pk, actor=call.actor, claim=call.device, vouched=call.vouched)
    return Done(found.area, found.pk, {"strike": found.pk, "application": found.application_id})


@action("title.decide_strike", words("区级决定", "Decide for the district"), ability=REVIEWS_DISTRICT, subject="strike", finds=find_strike,
        fields=(STRIKE, VERSION, outcome_field("agreed", "dropped"), REASON))
def decide_strike(call: Call) -> Done:
    """After the hearing the district agrees, or drops it: then the community stays a candidate."""
    found = _held(call, "hearing", DISTRICT)
    refuse_own(call.actor, found.application)
    if found.stated_at is None and clock.today() <= found.heard_until:
        raise Invalid({"strike": NOT_HEARD.format(day=found.heard_until.isoformat())}, code="not_heard")
    record(call, found.application, "strike_district", call.given["outcome"], call.given["reason"])
    found.state = "decided" if call.given["outcome"] == "agreed" else "dropped"
    found.decided_by, found.version = call.actor.account, found.version + 1
    found.save(update_fields=["state", "decided_by", "version"])
    return Done(found.area, found.pk, {"strike": found.pk, "application": found.application_id, "state": found.state})


@action("title.confirm_strike", words("市级确认", "Confirm for the city"), ability=PLANS, subject="strike", finds=find_strike,
        fields=(STRIKE, VERSION, outcome_field("agreed", "dropped"), REASON))
def confirm_strike(call: Call) -> Done:
    """A second person, of the city: only then does the community lose its place."""
    found = _held(call, "decided", CITY)
    refuse_own(call.actor, found.application)
    if found.decided_by == call.actor.account:
        raise NotAble(TWO_PEOPLE, TWO_PEOPLE_REMEDY, "own_decision")
    record(call, found.application, "strike_city", call.given["outcome"], call.given["reason"])
    is_struck = call.given["outcome"] == "agreed"
    if is_struck:
        moved(call, locked(found.application), "strike")
    found.state, found.confirmed_by, found.version = "struck" if is_struck else "dropped", call.actor.account, found.version + 1
    found.save(update_fields=["state", "confirmed_by", "version"])
    return Done(found.area, found.pk, {"strike": found.pk, "application": found.application_id, "state": found.state})
