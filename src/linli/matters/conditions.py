# SPDX-License-Identifier: MulanPSL-2.0
"""Conditions of moves that the row of a matter answers by itself: the action refuses by them, the page hides buttons by them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from linli.core.faults import Conflict, Fault, NotAble
from linli.core.sight import Actor
from linli.core.words import Words, words
from linli.matters.kinds import Kind
from linli.matters.models import Matter

OFFICE = "matter.dispatch"
SHORT, LONG = ("extension", "pause"), "suspension"
"""What the dispatcher decides, and what only the accountable head does (挂账)."""


@dataclass(frozen=True)
class Condition:
    """What must hold, and the refusal when it does not."""

    holds: Callable[[Kind, Actor, Matter], bool]
    message: Words
    remedy: Words
    code: str
    refusal: type[Conflict] | type[NotAble] = Conflict

    def fault(self) -> Fault:
        """The refusal with its sentences."""
        return self.refusal(self.message, self.remedy, code=self.code)


def _is_of_unit(actor: Actor, matter: Matter) -> bool:
    return matter.unit is not None and matter.unit == actor.organisation


def _unit_or_office(kind: Kind, actor: Actor, matter: Matter) -> bool:
    """The unit that has it; while no unit has it, the office that dispatches."""
    return _is_of_unit(actor, matter) if matter.unit is not None else actor.may(OFFICE)


def _unit_or_decider(kind: Kind, actor: Actor, matter: Matter) -> bool:
    return _is_of_unit(actor, matter) or actor.may(OFFICE) or actor.role.startswith("system:")


CONDITIONS: Mapping[str, Condition] = {
    "has_stages": Condition(
        lambda kind, actor, matter: bool(kind.stages_of(matter.category.code)),
        words("这类事项没有分阶段时限。", "This category has no phased limits."), words("请直接记录处置。", "Record the handling instead."), "no_stages"),
    "nothing_asked": Condition(
        lambda kind, actor, matter: not matter.asked,
        words("已有一项申请在等待审批。", "A request is waiting already."), words("请先撤回它，或等审批。", "Withdraw it, or wait for the decision."), "asked_already"),
    "something_asked": Condition(
        lambda kind, actor, matter: bool(matter.asked),
        words("没有等待审批的申请。", "No request is waiting."), words("请刷新页面看看审批结果。", "Reload to see how it was decided."), "nothing_asked"),
    "asked_shortly": Condition(
        lambda kind, actor, matter: matter.asked in SHORT,
        words("没有等您审批的延期或停钟申请。", "No extension or short pause waits for your decision."),
        words("挂账由属地负责人审批。", "The slow list is decided by the accountable head."), "nothing_asked"),
    "asked_for_long": Condition(
        lambda kind, actor, matter: matter.asked == LONG,
        words("没有等您审批的挂账申请。", "Nothing waits to be put on the slow list."),
        words("延期和短时停钟由调度员审批。", "Extensions and short pauses are decided by the dispatcher."), "nothing_asked"),
    "runs": Condition(
        lambda kind, actor, matter: not matter.is_paused,
        words("现在已经停钟。", "The clock stands still already."), words("如需另外的停钟，请先恢复计时。", "Let it run on first."), "paused"),
    "stands_still": Condition(
        lambda kind, actor, matter: matter.is_paused,
        words("现在没有停钟。", "The clock is running."), words("请刷新页面。", "Reload the page."), "not_paused"),
    "unit_or_office": Condition(
        _unit_or_office, words("这一步由承办单位办理。", "The unit that has the matter does this."),
        words("还没有派给单位的，由街道调度员办理。", "While no unit has it, the dispatcher does."), "other_unit", NotAble),
    "unit_or_decider": Condition(
        _unit_or_decider, words("恢复计时由承办单位或调度员办理。", "The unit that has the matter or the dispatcher lets the clock run on."),
        words("请联系他们。", "Please ask them."), "other_unit", NotAble),
    "not_supervised": Condition(
        lambda kind, actor, matter: not matter.is_supervised,
        words("这件事已在督办中。", "This matter is supervised already."), words("请等书面答复，或对答复再问。", "Wait for the answer, or ask again on it."), "supervised"),
    "nobody_waits_for_an_answer": Condition(
        lambda kind, actor, matter: not matter.is_supervised,
        words("不能并案：属地负责人正在督办这件事。", "It cannot be merged: the accountable head supervises it."),
        words("请先书面答复督办，由负责人认可后再并案；或把另一件并入它。", "Answer the supervision first; or merge the other one into it."), "supervised"),
    "answer_due": Condition(
        lambda kind, actor, matter: matter.is_supervised and not matter.is_answered,
        words("没有等待答复的督办。", "No supervision waits for an answer."), words("请刷新页面。", "Reload the page."), "no_answer_due"),
    "answered": Condition(
        lambda kind, actor, matter: matter.is_supervised and matter.is_answered,
        words("督办还没有答复。", "The supervision is not answered yet."), words("请等承办单位书面答复。", "Wait for the unit's written answer."), "not_answered"),
    "no_answer_due": Condition(
        lambda kind, actor, matter: not matter.is_supervised,
        words("不能结案：属地负责人督办，答复还没有得到认可。", "It cannot be closed: the accountable head has not accepted the answer yet."),
        words("请承办单位书面答复，由负责人认可后再结案。", "The unit answers in writing; once the head accepts, it can be closed."), "answer_due"),
}
