# SPDX-License-Identifier: MulanPSL-2.0
"""The clocks on the page of a matter: what can be asked, decided and answered, and the cards that say what is waiting."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpRequest

from linli.core.fields import Field
from linli.core.sight import Actor
from linli.core.words import Words, words
from linli.core.working_time import TimeUnit
from linli.desk import moves
from linli.desk.asides import beside
from linli.elements import directories
from linli.matters.clocks import HANDLING, PAUSED
from linli.matters.kinds import SUPERVISION, Kind
from linli.matters.models import Matter, Request, Supervision
from linli.matters.names import limit_words
from linli.matters.phases import PAUSABLE, PAUSES
from linli.matters.stories import Story

WHAT: dict[str, Words] = {"extension": words("申请延期", "An extension is asked for"), "pause": words("申请停钟", "A pause is asked for"),
                          "suspension": words("申请挂账", "Asked for the slow list")}
GRANTED = (("true", words("批准", "Grant")), ("false", words("不批准", "Decline")))
ACCEPTED = (("true", words("认可，结束督办", "Accept; the supervision ends")), ("false", words("再问", "Ask again")))
PROPOSED = words("（拟）", " (proposed)")


def _stages(one: Field, kind: Kind, matter: Matter) -> Field:
    return replace(one, choices=[(stage.name, stage.words) for stage in kind.stages_of(matter.category.code)])


def _limits(one: Field, kind: Kind, matter: Matter) -> Field:
    names = [HANDLING, *(stage.name for stage in kind.stages_of(matter.category.code))]
    terms = {HANDLING: kind.term(HANDLING, matter.category.code)} | {stage.name: stage.term for stage in kind.stages_of(matter.category.code)}
    said = {name: words("{label}（{amount} {unit}）", "{label} ({amount} {unit})").format(label=limit_words(kind, name), amount=term.amount, unit=term.unit.label)
            for name, term in terms.items() if term}
    return replace(one, choices=[(name, said.get(name, limit_words(kind, name))) for name in names])


def _amount(one: Field, kind: Kind, matter: Matter) -> Field:
    watch = kind.watch
    return replace(one, help=words(
        f"每个时限最多延期 {watch.extensions} 次，总共不超过原时限的 {watch.extension_percent}%",
        f"At most {watch.extensions} times a limit, together at most {watch.extension_percent}% of it") + PROPOSED)


def _look_again(one: Field, kind: Kind, matter: Matter) -> Field:
    watch = kind.watch
    return replace(one, help=words(
        f"不可抗力 {watch.pause_days} 天以内，由调度员审批；挂账 {watch.suspension_days} 天以内，由属地负责人审批",
        f"Force majeure: within {watch.pause_days} days, decided by the dispatcher; slow list: within {watch.suspension_days} days, decided by the head") + PROPOSED)


def _waits(one: Field, kind: Kind, matter: Matter) -> Field:
    wait = kind.watch.wait
    said = words("收到答复即恢复；最长 {amount} {unit}，到时自动恢复", "Runs on with the answer, at the latest after {amount} {unit}")
    return replace(one, help=said.format(amount=wait.amount, unit=wait.unit.label) + PROPOSED)


def _choices(*pairs: tuple[str, Words]) -> Any:
    return lambda one, kind, matter: replace(one, kind="choice", choices=pairs)


moves.offer("matter.reach", done=words("已记录阶段完成。", "The stage is recorded as reached."), icon="flag", fitted={"stage": _stages})
moves.offer("matter.ask_extension", done=words("已申请延期，等待审批；审批前可以撤回。", "Asked for; you can withdraw it until it is decided."), icon="clock",
            fitted={"limit": _limits, "amount": _amount})
moves.offer("matter.ask_pause", done=words("已申请，等待审批；审批前时钟照走，也可以撤回。", "Asked for; the clock runs until it is decided, and you can withdraw it."),
            icon="clock", fitted={"look_again": _look_again})
moves.offer("matter.withdraw_request", done=words("已撤回申请。", "The request is withdrawn."), icon="back")
moves.offer("matter.decide_request", done=words("已审批，申请单位能看到。", "Decided; the unit sees it."), icon="check", fitted={"granted": _choices(*GRANTED)})
moves.offer("matter.decide_suspension", done=words("已审批，申请单位能看到。", "Decided; the unit sees it."), icon="check", fitted={"granted": _choices(*GRANTED)})
moves.offer("matter.resume", done=words("已恢复计时。", "The clock runs on."), icon="clock")
moves.offer("matter.supervise", done=words("已督办，承办单位要在时限内书面答复。", "Taken up; the unit has to answer in writing within a limit."), icon="eye")
moves.offer("matter.answer_supervision", done=words("已书面答复，等负责人认可。", "Answered; the head accepts it or asks again."), icon="arrow")
moves.offer("matter.accept_supervision", done=words("已记录。", "Recorded."), icon="check", fitted={"accepted": _choices(*ACCEPTED)})
moves.FITTED[(moves.ASK, "waits")] = _waits


@beside(10, "desk/parts/request.html")
def request_card(request: HttpRequest, actor: Actor, story: Story) -> Mapping[str, Any] | None:
    """The request that waits for a decision; one query, and none where nothing is asked."""
    matter = story.matter
    if not matter.asked:
        return None
    found = Request.objects.visible_to(actor).filter(matter=matter.pk, ended_at=None).first()
    if found is None:
        return None
    facts: list[tuple[Words, object]] = [(words("谁", "Who"), directories.account_names([found.asked_by]).get(found.asked_by, ""))]
    if found.amount:
        unit = next((TimeUnit(one.unit).label for one in story.limits if one.name == found.limit), words("单位", "units"))
        facts += [(words("哪个时限", "Which limit"), limit_words(story.kind, found.limit)), (words("延长", "By"), words(f"{found.amount} ", f"{found.amount} ") + unit)]
    if found.look_again_on:
        facts += [(words("原因", "Reason"), PAUSES.get(found.reason, found.reason)), (words("哪天再看", "Look again on"), found.look_again_on.isoformat())]
    return {"title": WHAT[found.what], "facts": facts, "text": found.text, "at": found.asked_at}


@beside(11, "desk/parts/standing.html")
def standing_card(request: HttpRequest, actor: Actor, story: Story) -> Mapping[str, Any] | None:
    """Why the clock stands still, since when and until when."""
    found = next((one for one in reversed(story.intervals) if one.state == PAUSED and one.ended_at is None), None)
    if found is None or not story.matter.is_paused or story.matter.phase not in PAUSABLE:
        return None
    return {"reason": PAUSES.get(found.reason, found.reason), "since": found.started_at, "until": found.until}


@beside(12, "desk/parts/supervision.html")
def supervision_card(request: HttpRequest, actor: Actor, story: Story) -> Mapping[str, Any] | None:
    """What the head asked and what was answered; one query, and none where nothing is supervised."""
    if not story.matter.is_supervised:
        return None
    found = Supervision.objects.visible_to(actor).filter(matter=story.matter.pk, ended_at=None).first()
    if found is None:
        return None
    limit = next((one for one in story.limits if one.name == SUPERVISION), None)
    names = directories.account_names([found.head, found.answered_by])
    return {"head": names.get(found.head, ""), "text": found.text, "at": found.asked_at, "is_automatic": found.is_automatic, "answer": found.answer,
            "answered_at": found.answered_at, "who": names.get(found.answered_by or 0, ""), "due_at": limit.due_at if limit and limit.met_at is None else None}
