# SPDX-License-Identifier: MulanPSL-2.0
"""Kinds of matter: the declaration from which form, list, clock, rights, API verb, manual page and tests come."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from linli.core import registry
from linli.core.fields import CLEANERS, Field
from linli.core.protection import Protection
from linli.core.words import Words, words
from linli.core.working_time import TimeUnit
from linli.matters.phases import AGAIN, BY_REPORTER, EXITS, INDEPENDENT, MOVES, OPEN, OWNERS, PHASES, REWORK, MoveRule

WHOLE = "whole"
FIRST_REPLY = "first_reply"
SUPERVISION = "supervision"
"""The limit of the answer that the accountable head waits for (督办)."""


@dataclass(frozen=True)
class Term:
    """A limit: so many units of time, on what basis; `proposed` shows the mark “拟” wherever the number is shown."""

    amount: int
    unit: TimeUnit
    basis: Words
    proposed: bool = True


@dataclass(frozen=True)
class Reason:
    """One typed reason of an exit or a return; `remedy` tells the reporter where to go instead."""

    code: str
    words: Words
    remedy: Words


OURS = words("本平台拟定的办理时限", "a limit proposed by this platform")
LEVEL_TWO = words("街道一级办理时限", "limit of the street level")
LEVEL_THREE = words("区一级办理时限", "limit of the district level")
FEEDBACK = words("反馈时限", "limit for feedback")
VERIFICATION = words("核查时限", "limit for verification")
# All of them are proposals (policy.md 5.4, social-governance defaults [P]): shown with the mark 拟.

DEFAULT_TERMS: Mapping[str, Term] = {
    "captured": Term(4, TimeUnit.WORKING_HOUR, OURS),
    "filed": Term(4, TimeUnit.WORKING_HOUR, OURS),
    "dispatched": Term(4, TimeUnit.WORKING_HOUR, OURS),
    "handling": Term(5, TimeUnit.WORKING_DAY, LEVEL_TWO),
    "replied": Term(2, TimeUnit.WORKING_DAY, VERIFICATION),
    "verifying": Term(2, TimeUnit.WORKING_DAY, VERIFICATION),
    WHOLE: Term(10, TimeUnit.WORKING_DAY, LEVEL_THREE),
    FIRST_REPLY: Term(1, TimeUnit.WORKING_DAY, FEEDBACK),
}

REFUSALS = (
    Reason("not_ours", words("不属于本平台受理范围", "Outside what this platform accepts"),
           words("请拨打 12345 便民热线，由市级统一转办。", "Please call the 12345 hotline, which passes it on.")),
    Reason("not_found", words("现场核实未发现所述问题", "The problem was not found on site"),
           words("如问题再次出现，请拍照后重新上报。", "If it comes back, take a photo and report again.")),
    Reason("duplicate", words("同一问题已有人上报，正在办理", "The same problem is already being dealt with"),
           words("请凭先前的查询码查看进度，或向社区询问。", "Follow it by the earlier query code, or ask the community.")),
    Reason("unclear", words("地点或内容说不清，且联系不上", "Place or content unclear and nobody could be reached"),
           words("请补充地点、照片后重新上报。", "Report again with the place and a photo.")),
    Reason("court", words("已进入诉讼、仲裁或复议程序", "Already before a court, arbitration or review"),
           words("请按该程序办理；可向社区法律顾问咨询。", "Please follow that procedure; the community's legal adviser can help.")),
)
RETURNS = (
    Reason("not_competent", words("不属于本单位职责", "Not this unit's duty"), words("请改派有职责的单位。", "Dispatch to the competent unit.")),
    Reason("wrong_place", words("地点不在本单位辖区", "The place is outside this unit's area"), words("请核对地点后改派。", "Check the place and dispatch again.")),
    Reason("needs_other", words("需要其他单位先处理", "Another unit has to act first"), words("请先派给该单位。", "Dispatch to that unit first.")),
)
JOINT = words("凭您的查询码可以一直看到合并后的办理情况。", "Your query code shows how the joint matter goes on.")
MERGES = (
    Reason("same", words("同一地点的同一问题", "The same problem at the same place"), JOINT),
    Reason("again", words("同一上报人重复上报", "Reported again by the same reporter"), words("凭任一查询码都能查看。", "Either query code shows it.")),
    Reason("one_cause", words("同一原因引起，一并处置", "The same cause, dealt with together"), JOINT),
)
UNSPLITS = (
    Reason("by_mistake", words("误拆分", "Split by mistake"), words("整件继续办理。", "The whole goes on.")),
    Reason("one_unit", words("一个单位可以全部办理", "One unit can do all of it"), words("整件继续办理。", "The whole goes on.")),
)


ORDER_RETURNS = (
    Reason("not_ours", words("不属于本街道、社区职责", "Not a duty of this street or community"), words("由 12345 转有职责的部门。", "The hotline passes it on.")),
    Reason("wrong_place", words("地点不在本辖区", "The place is outside this area"), words("由 12345 转地点所在的街道。", "The hotline passes it to the street concerned.")),
    Reason("duplicate", words("与另一工单重复", "Another order says the same"), words("并入先前的工单办理。", "It is dealt with under the earlier order.")),
    Reason("unclear", words("地点或内容说不清，联系不上来电人", "Place or content unclear and the caller cannot be reached"),
           words("请 12345 补充后再转。", "The hotline adds to it first.")),
)
"""Why an order goes back to the hotline. Source: our choice, proposed; the form of a city may name others."""


@dataclass(frozen=True)
class Stage:
    """One step that a handling has to reach by a time of its own: stop, penalise, demolish; fence off, repair, restore (分阶段时限).

    Its clock starts with handling and stands still with it; the handler reports it as reached.
    """

    name: str
    words: Words
    term: Term


@dataclass(frozen=True)
class Watch:
    """When people are warned, when the head is called, how long a pause and an extension may be. Every number is proposed (拟; our choice).

    `warn_percent` of a limit is left when its people are warned. `escalate` after the limit the matter goes to the accountable head
    (`escalate_urgent` for limits that run round the clock), who gets an answer within `answer`. A pause that waits for the reporter
    ends after `wait`. `extensions` at most, together `extension_percent` of the limit.
    """

    warn_percent: int = 25
    escalate: Term = Term(2, TimeUnit.WORKING_DAY, OURS)
    escalate_urgent: Term = Term(8, TimeUnit.URGENT_HOUR, OURS)
    answer: Term = Term(2, TimeUnit.WORKING_DAY, OURS)
    wait: Term = Term(5, TimeUnit.WORKING_DAY, OURS)
    pause_days: int = 30
    suspension_days: int = 365
    extensions: int = 2
    extension_percent: int = 100

    @property
    def terms(self) -> Mapping[str, Term]:
        """The limits among its numbers, by name."""
        return {"escalate": self.escalate, "escalate_urgent": self.escalate_urgent, "answer": self.answer, "wait": self.wait}


@dataclass(frozen=True)
class Kind:
    """What the office calls one sort of matter. Engines know no kind by name.

    `photos` is the number of pictures a handling needs before it may be replied. `scheme` names the category scheme.
    `terms` override DEFAULT_TERMS by phase; `category_terms` override the handling limit by category code, `category_wholes` the limit of
    the whole; `small` are the codes of jobs that a worker may settle on the spot (随手办, proposed); `stages` are the phased limits inside handling, by category code.
    """

    name: str
    words: Words
    about: Words
    systems: tuple[str, ...]
    scheme: str
    fields: tuple[Field, ...] = ()
    terms: Mapping[str, Term] = field(default_factory=dict)
    category_terms: Mapping[str, Term] = field(default_factory=dict)
    category_wholes: Mapping[str, Term] = field(default_factory=dict)
    stages: Mapping[str, tuple[Stage, ...]] = field(default_factory=dict)
    watch: Watch = Watch()
    photos: int = 0
    is_public: bool = True
    small: frozenset[str] = frozenset()
    refusals: tuple[Reason, ...] = REFUSALS
    returns: tuple[Reason, ...] = RETURNS
    merges: tuple[Reason, ...] = MERGES
    unsplits: tuple[Reason, ...] = UNSPLITS
    moves: tuple[MoveRule, ...] = MOVES
    rework: MoveRule = REWORK
    owners: Mapping[str, str] = field(default_factory=lambda: OWNERS)

    def term(self, name: str, category_code: str = "") -> Term | None:
        """The limit of a phase, of the whole, or of the first reply; None where the kind has none."""
        own = {"handling": self.category_terms, WHOLE: self.category_wholes}.get(name, {})
        return own.get(category_code) or self.terms.get(name) or DEFAULT_TERMS.get(name)

    def stages_of(self, category_code: str) -> tuple[Stage, ...]:
        """The phased limits of a category, in order; empty where there are none."""
        return self.stages.get(category_code, ())

    def reasons(self, action: str) -> tuple[Reason, ...]:
        """The typed reasons of an action; empty for one that needs none."""
        return {
            "matter.refuse": self.refusals, "matter.return": self.returns, "matter.merge": self.merges, "matter.unsplit": self.unsplits,
            "matter.return_order": ORDER_RETURNS}.get(action, ())

    def rules(self, action: str) -> tuple[MoveRule, ...]:
        """The moves that an action can make in this kind."""
        return tuple(rule for rule in (*self.moves, self.rework) if rule.action == action)

    def faults(self) -> list[str]:
        """Sentences about every law the declaration breaks; empty when none. Authors cannot declare these away."""
        return [sentence for law in LAWS for sentence in law(self)]


def _verifier_is_independent(kind: Kind) -> list[str]:
    return [
        f"Kind {kind.name!r}: the move {rule.action} {rule.source}→{rule.target} lets a handler verify his own work. Add the guards {INDEPENDENT}."
        for rule in (*kind.moves, kind.rework) if rule.action in ("matter.verify", "matter.check_settled") and not set(INDEPENDENT) <= set(rule.guards)
    ]


def _close_follows_verification(kind: Kind) -> list[str]:
    found = []
    for rule in kind.moves:
        if rule.target == "closed" and rule.source != "closed" and (rule.source != "verifying" or "is_passed" not in rule.guards):
            found.append(f"Kind {kind.name!r}: {rule.action} closes from {rule.source!r} without a passed verification. Close from 'verifying' with the guard 'is_passed'.")
    return found


def _reopening_starts_a_round(kind: Kind) -> list[str]:
    """What was closed comes back only to where it is handled and verified anew, and not without end."""
    found = []
    for rule in kind.moves:
        if rule.source == "closed" and rule.target in OPEN:
            if rule.target in ("replied", "verifying") or rule.through:
                found.append(f"Kind {kind.name!r}: {rule.action} re-opens straight into {rule.target!r}, past the handling. Re-open into 'handling'.")
            if not set(AGAIN) <= set(rule.guards):
                found.append(f"Kind {kind.name!r}: {rule.action} re-opens without end. Add the guards {AGAIN}.")
    return found


def _every_exit_has_a_reason(kind: Kind) -> list[str]:
    found = []
    for rule in kind.moves:
        if rule.target in EXITS and rule.source != rule.target and not rule.reason:
            found.append(f"Kind {kind.name!r}: {rule.action} leads to the exit {rule.target!r} without a reason. Set reason=True.")
        if rule.reason and not kind.reasons(rule.action):
            found.append(f"Kind {kind.name!r}: {rule.action} asks for a reason but the kind lists none.")
    return found


def _every_phase_has_owner_and_limit(kind: Kind) -> list[str]:
    found = []
    for phase in OPEN:
        if not kind.owners.get(phase):
            found.append(f"Kind {kind.name!r}: nobody owns the phase {phase!r}. Name the ability that must act.")
        if kind.term(phase) is None or kind.term(phase).amount <= 0:  # type: ignore[union-attr]
            found.append(f"Kind {kind.name!r}: the phase {phase!r} has no limit. Give a term of at least 1.")
    return found


def _every_field_has_a_class(kind: Kind) -> list[str]:
    found = []
    for one in kind.fields:
        protection: object = one.protection
        if not isinstance(protection, Protection):
            found.append(f"Kind {kind.name!r}: the field {one.name!r} has no protection class. Choose one of Protection.")
        elif protection.is_encrypted and one.filter:
            found.append(f"Kind {kind.name!r}: the field {one.name!r} is personal and may not be filtered by. Drop filter=True.")
        elif one.kind in ("phone", "email") and not protection.is_encrypted:
            found.append(f"Kind {kind.name!r}: the field {one.name!r} is a phone number or an e-mail address and needs class 2 or higher.")
        if one.kind not in CLEANERS:
            found.append(f"Kind {kind.name!r}: the field {one.name!r} is of the unknown kind {one.kind!r}.")
    return found


def _stages_have_names_and_limits(kind: Kind) -> list[str]:
    found = []
    for code, stages in kind.stages.items():
        names = [one.name for one in stages]
        taken = {*PHASES, WHOLE, FIRST_REPLY, SUPERVISION}
        if len(set(names)) < len(names) or taken & set(names):
            found.append(f"Kind {kind.name!r}: the stages {names} of {code!r} need names of their own, other than those of phases and limits.")
        found += [f"Kind {kind.name!r}: the stage {one.name!r} of {code!r} has no limit. Give a term of at least 1." for one in stages if one.term.amount < 1]
    return found


def _watch_is_sensible(kind: Kind) -> list[str]:
    watch = kind.watch
    is_sensible = (0 < watch.warn_percent < 100 and 0 <= watch.extensions <= 10 and 0 <= watch.extension_percent <= 300
                   and watch.pause_days > 0 and watch.suspension_days > 0 and all(term.amount > 0 for term in watch.terms.values()))
    return [] if is_sensible else [f"Kind {kind.name!r}: its watch asks for the impossible: {watch}."]


def _close_waits_for_the_answer(kind: Kind) -> list[str]:
    return [
        f"Kind {kind.name!r}: {rule.action} closes while the accountable head waits for an answer. Add the guard 'no_answer_due'."
        for rule in kind.moves if rule.target == "closed" and rule.source != "closed" and "no_answer_due" not in rule.guards
    ]


def _nobody_outside_the_area(kind: Kind) -> list[str]:
    return [
        f"Kind {kind.name!r}: {rule.action} {rule.source}→{rule.target} is open to anybody. Only the reporter's own moves are; name an ability."
        for rule in (*kind.moves, kind.rework) if rule.ability is None and rule.action not in BY_REPORTER
    ]


def _every_phase_is_known_and_reached(kind: Kind) -> list[str]:
    onward = [rule for rule in kind.moves if rule.source != rule.target]
    reached = {"captured"} | {rule.target for rule in onward} | {rule.through for rule in onward}
    left = {rule.source for rule in onward}
    found = [f"Kind {kind.name!r}: {rule.action} names the unknown phase {phase!r}."
             for rule in (*kind.moves, kind.rework) for phase in (rule.source, rule.target) if phase not in PHASES]
    found += [f"Kind {kind.name!r}: the phase 'closed' can never be reached."] if "closed" not in reached else []
    found += [f"Kind {kind.name!r}: no move leads out of {phase!r}." for phase in OPEN if phase != "replied" and phase in reached and phase not in left]
    return found


LAWS = (
    _nobody_outside_the_area, _verifier_is_independent, _close_follows_verification, _reopening_starts_a_round, _every_exit_has_a_reason,
    _every_phase_has_owner_and_limit, _every_field_has_a_class, _every_phase_is_known_and_reached, _stages_have_names_and_limits,
    _watch_is_sensible, _close_waits_for_the_answer,
)
"""The laws of the loop; a planted bad kind for each must fail (tests/matters/test_laws.py)."""


class BadKind(ValueError):
    """A declaration breaks a law of the loop."""


def declare(kind: Kind) -> Kind:
    """Register a kind; BadKind with all sentences when it breaks a law."""
    if found := kind.faults():
        raise BadKind("\n".join(found))
    registry.add("kind", kind.name, kind)
    return kind


def kind_of(name: str) -> Kind:
    """The declared kind; LookupError with a sentence when its declaration is gone."""
    found: Kind | None = registry.get("kind", name)
    if found is None:
        raise LookupError(f"No kind is named {name!r}. Its declaration under practice/ is missing.")
    return found


def all_kinds() -> list[Kind]:
    """Every declared kind, by name."""
    return registry.everything("kind")
