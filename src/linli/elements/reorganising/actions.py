# SPDX-License-Identifier: MulanPSL-2.0
"""The actions of a reorganisation: filed by one, confirmed by another, taken back until the day, begun and finished by the worker."""

from collections.abc import Callable, Mapping
from typing import Any

from linli.core import alarms, clock, due, evidence
from linli.core.actions import Call, Done, action
from linli.core.alarms import Kind
from linli.core.alarms import declare as declare_alarm
from linli.core.faults import Conflict, Invalid, NotAble, NotVisible
from linli.core.fields import Field
from linli.core.sight import Actor, Sight, of_place
from linli.core.words import words
from linli.elements import carrying, heirs
from linli.elements.models import Reorganisation
from linli.elements.reorganising import outlooks, plans
from linli.elements.reorganising.asking import FORMS, KINDS, TOO_EARLY, planned
from linli.elements.reorganising.beginning import Beginning
from linli.elements.reorganising.plans import OPEN, Plan

FILES, CONFIRMS, BEGINS = "place.reorganise", "place.confirm_reorganisation", "place.begin_reorganisation"
STUCK = "reorganisation.stuck"
declare_alarm(Kind(STUCK, words("辖区调整没有生效", "A reorganisation did not take effect"), CONFIRMS))
NOT_YOUR_OWN = words("自己填报的调整不能自己确认。", "You cannot confirm what you filed yourself.")
NOT_YOUR_OWN_REMEDY = words("请另一位有权限的同事核对后确认。", "Ask a colleague who may confirm to check it.")
BEYOND = words("调整涉及您范围以外的地方。", "The reorganisation reaches beyond your area.")
BEYOND_REMEDY = words("请由管辖全部地方的上级（区或市）填报。", "Whoever is above all of these places (district or city) files it.")
DECIDED = words("这次调整已经确认、撤回或生效。", "This has been confirmed, taken back, or is in force already.")
DECIDED_REMEDY = words("请刷新页面查看现在的状态。", "Reload the page to see how it stands.")
TOO_LATE = words("这次调整已经生效，不能撤回。", "This is in force and can no longer be taken back.")
TOO_LATE_REMEDY = words("需要改回时，请另报一次调整；两次都会留在历史里。", "File another reorganisation to change it back; both stay in the history.")
NUMBER = Field("reorganisation", words("辖区调整", "Reorganisation"), "integer", required=True, low=1)
VERSION = Field("version", words("版本", "Version"), "integer", low=1)
PROPOSING = (
    Field("kind", words("怎么调整", "What happens"), "choice", required=True, choices=KINDS),
    Field("place", words("地方（名称或 12 位代码）", "Place (name or code of 12 digits)"), limit=80,
          help=words("划转：接收的街道；合并：保留的社区（可不填）；拆分：要拆的社区；更名：要改的地方。",
                     "Move: the street that receives; merge: the community that stays (may be empty); split: the community to split; rename: the place.")),
    Field("others", words("涉及的社区、网格、楼栋", "Communities, grids, buildings concerned"), "long_text", limit=8000,
          help=words("划转、合并：每行一个社区。拆分：每行一个新社区，写成“名称：网格、楼栋”。",
                     "Move, merge: a community a line. Split: a new community a line, as “name: grids, buildings”.")),
    Field("name", words("新名称", "New name"), limit=80),
    Field("form", words("新类型", "New form"), "choice", choices=FORMS),
    Field("code", words("新的区划代码（12 位，可以以后再补）", "New division code (12 digits, may come later)"), limit=12),
    Field("since", words("从哪天起生效", "In force from"), "day", required=True),
    Field("basis", words("依据（批准机关、文号）", "Basis (who approved it, number of the document)"), required=True, limit=200),
    Field("evidence", words("批文", "The document"), "evidence"),
)


@action(FILES, words("填报辖区调整", "File a reorganisation"), ability=FILES, subject="reorganisation", fields=PROPOSING)
def propose(call: Call) -> Done:
    """Keep a checked plan; nothing changes until another person confirms it and the day comes."""
    plan = planned(call.actor, call.given)
    place = plan.place()
    if not (call.actor.lo <= place.lo and place.hi <= call.actor.hi):
        raise NotAble(BEYOND, BEYOND_REMEDY)
    plans.check(plan)
    held = Reorganisation.objects.create(area=place.area, kind=plan.kind, since=plan.since, plan=plan.as_kept(), basis=call.given["basis"],
                                         proposed_by=call.actor.account, proposed_at=call.recorded_at)
    evidence.attach(call.given["evidence"], area=place.area, subject_kind="reorganisation", subject=held.pk, actor=call.actor, claim=call.device, vouched=call.vouched)
    return Done(place.area, held.pk, {"reorganisation": held.pk, "since": held.since.isoformat()}, {"plan": held.plan}, is_new=True)


def find_reorganisation(actor: Actor, given: Mapping[str, Any]) -> Reorganisation:
    """The reorganisation of a number, inside the actor's range; NotVisible otherwise."""
    text = str(given.get("reorganisation", ""))
    found: Reorganisation | None = None
    if text.isascii() and text.isdecimal() and len(text) < 19:
        found = Reorganisation.objects.visible_to(actor).filter(pk=int(text)).first()
    if found is None:
        raise NotVisible
    return found


def _for(ability: str) -> Callable[[Actor, Mapping[str, Any]], Reorganisation]:
    """Finds it for an action: 403 before looking when the post sees something but is not able, so that a street learns nothing of its district's plans."""

    def find(actor: Actor, given: Mapping[str, Any]) -> Reorganisation:
        if not actor.may(ability) and (actor.hi > actor.lo or ability == BEGINS):
            raise NotAble
        return find_reorganisation(actor, given)

    return find


@action(CONFIRMS, words("确认辖区调整", "Confirm a reorganisation"), ability=CONFIRMS, subject="reorganisation", finds=_for(CONFIRMS), fields=(NUMBER, VERSION))
def confirm(call: Call) -> Done:
    """Another person than the one who filed it agrees; the plan is checked again, and carried out when its day begins."""
    held = _locked(call.record)
    if held.state != "proposed":
        raise Conflict(DECIDED, DECIDED_REMEDY, code="reorganisation_decided")
    if held.proposed_by == call.actor.account:
        raise NotAble(NOT_YOUR_OWN, NOT_YOUR_OWN_REMEDY, "own_proposal")
    if held.since <= clock.today():
        raise Invalid({"reorganisation": TOO_EARLY})
    plans.check(Plan.of(held), besides=held.pk)
    _decide(held, call, "confirmed")
    return Done(held.area, held.pk, {"reorganisation": held.pk, "since": held.since.isoformat()})


@action("place.withdraw_reorganisation", words("撤回辖区调整", "Take a reorganisation back"), ability=FILES, subject="reorganisation", finds=_for(FILES), fields=(
    NUMBER, VERSION, Field("reason", words("原因", "Why"), required=True, limit=200)))
def withdraw(call: Call) -> Done:
    """Nothing comes of it; possible for whoever may file, until the day has begun."""
    held = _locked(call.record)
    if held.state not in OPEN:
        raise Conflict(TOO_LATE, TOO_LATE_REMEDY, code="reorganisation_begun")
    held.reason = call.given["reason"]
    _decide(held, call, "withdrawn")
    alarms.still(STUCK, subject_kind="reorganisation", subject=held.pk)
    return Done(held.area, held.pk, {"reorganisation": held.pk, "state": held.state})


def _locked(held: Reorganisation) -> Reorganisation:
    found: Reorganisation = Reorganisation.objects.select_for_update().get(pk=held.pk)
    return found


def _decide(held: Reorganisation, call: Call, state: str) -> None:
    held.state, held.decided_by, held.decided_at, held.version = state, call.actor.account, call.recorded_at, held.version + 1
    held.save(update_fields=["state", "decided_by", "decided_at", "reason", "version"])


def _opens(actor: Actor, given: Mapping[str, Any]) -> Sight:
    """The place above all that changes; of the worker alone."""
    return of_place(actor.lo, actor.hi)


CARRY = "ground.carry_now"


@action(BEGINS, words("辖区调整生效", "A reorganisation takes effect"), ability=BEGINS, subject="reorganisation",
        sight="place_named_in_input", opens=_opens, finds=_for(BEGINS), fields=(NUMBER,))
def begin(call: Call) -> Done:
    """The map of the day, in one transaction; records and matters follow in batches. A second time nothing happens."""
    held = _locked(call.record)
    if held.state != "confirmed" or held.since > clock.today():
        return Done(held.area, held.pk, {"reorganisation": held.pk, "state": held.state})
    plan = Plan.of(held)
    plans.check(plan, besides=held.pk)
    counted = [(label.as_dict(), number) for label, number in outlooks.counts(plan)]
    done = Beginning(held, plan).run()
    held.state, held.begun_at, held.version, held.trouble = "begun", call.recorded_at, held.version + 1, {}
    held.counts = {"records": counted, **done}
    held.save(update_fields=["state", "begun_at", "version", "counts", "trouble"])
    alarms.still(STUCK, subject_kind="reorganisation", subject=held.pk)
    for area in origins(plan):
        due.leave(CARRY, area=area, subject_kind="place", subject=area, at=call.recorded_at)
    return Done(held.area, held.pk, {"reorganisation": held.pk, "state": held.state, **done})


def origins(plan: Plan) -> list[int]:
    """The places from which records leave: communities whose ground ended, and a street that ended; in order of number."""
    return sorted({area if area % 1_000_000 == 0 else area // 1000 * 1000 for area in plan.ended} | set(plan.communities))


@action("place.finish_reorganisation", words("辖区调整完成", "A reorganisation is complete"), ability=BEGINS, subject="reorganisation",
        sight="place_named_in_input", opens=_opens, finds=_for(BEGINS), fields=(NUMBER,))
def finish(call: Call) -> Done:
    """Done once no living record stands on the old ground any more; until then nothing changes."""
    held = _locked(call.record)
    ended = [area for origin in origins(Plan.of(held)) for area in heirs.ended_ground(origin)]
    if held.state == "begun" and not carrying.left_behind(ended):
        held.state, held.done_at, held.version = "done", call.recorded_at, held.version + 1
        held.save(update_fields=["state", "done_at", "version"])
    return Done(held.area, held.pk, {"reorganisation": held.pk, "state": held.state})
