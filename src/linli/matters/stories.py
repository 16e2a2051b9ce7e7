# SPDX-License-Identifier: MulanPSL-2.0
"""The whole story of one matter: its moves, evidence, questions, limits and rating, for the desk, the reporter and machines."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet

from linli.core import clock, evidence, together
from linli.core.models import Evidence
from linli.core.sight import Actor
from linli.core.words import Words, words
from linli.matters import guards
from linli.matters.conditions import CONDITIONS
from linli.matters.dialogue import RESULTS
from linli.matters.kinds import Kind, kind_of
from linli.matters.models import CallBack, Handling, HotlineOrder, Interval, Limit, Matter, Move, Question, Rating, SpotCheck
from linli.matters.moving import label_of
from linli.matters.phases import LOOP, PHASES, MoveRule


@dataclass(frozen=True)
class Entry:
    """One line of the timeline."""

    at: datetime
    title: Words
    who: str
    role: str
    text: str = ""
    reason: Words | None = None
    detail: dict[str, Any] = field(default_factory=dict)
    photos: list[Evidence] = field(default_factory=list)
    is_public: bool = False
    recorded_at: datetime | None = None
    is_inner: bool = False
    """Among the offices only: requests, supervision."""


@dataclass(frozen=True)
class Story:
    """Everything a page about one matter needs, read with a fixed number of queries."""

    matter: Matter
    kind: Kind
    entries: list[Entry]
    limits: list[Limit]
    intervals: list[Interval]
    questions: list[Question]
    photos: list[Evidence]
    rating: Rating | None
    """The newest one; it counts."""
    beside: Mapping[type[Any], list[Any]] = field(default_factory=dict)
    """What a page asked for along with the story, by table."""

    @property
    def may_be_rated(self) -> bool:
        """True when the matter is closed and not yet rated in this round."""
        return self.matter.phase == "closed" and (self.rating is None or self.rating.round != self.matter.round)

    @property
    def steps(self) -> list[tuple[Words, str, datetime | None]]:
        """The loop as (words, done | now | ahead, when it was reached)."""
        reached = {entry.detail.get("to"): entry.at for entry in self.entries if entry.detail.get("from") != entry.detail.get("to")}
        present = LOOP.index(self.matter.phase) if self.matter.phase in LOOP else len(LOOP)
        return [(PHASES[phase], "done" if place < present else "now" if place == present else "ahead", reached.get(phase))
                for place, phase in enumerate(LOOP)]


CHECKED = (words("抽查不合格，转派遣", "Spot check failed, to be dispatched"), words("抽查合格", "Spot check passed"))
VERIFIED = (words("核查不合格，退回处置", "Verification failed, back to handling"), words("核查通过", "Verification passed"))
ASKED = words("向上报人提问", "Asked the reporter")
CALLED_BACK = words("回访：{result}", "Call-back: {result}")
ANSWERED = words("上报人回答", "The reporter answered")


def story_of(matter: Matter, also: Sequence[QuerySet[Any]] = ()) -> Story:
    """The story of a visible matter, and whole rows of other tables that a page shows beside it: one query, whatever its length."""
    kind = kind_of(matter.kind)
    if len({asked.model for asked in also}) < len(also):
        raise ValueError(f"Two cards beside the story of a matter read the same table: {[asked.model.__name__ for asked in also]}. Let one of them ask for itself.")
    moves, photos, questions, ratings, limits, intervals, *beside = together.read(
        Move.objects.filter(matter=matter.pk).order_by("step"), evidence.rows_of("matter", matter.pk), Question.objects.filter(matter=matter.pk).order_by("id"),
        Rating.objects.filter(matter=matter.pk).order_by("-round")[:1], Limit.objects.filter(matter=matter.pk).order_by("started_at", "id"),
        Interval.objects.filter(matter=matter.pk).order_by("id"), *also)
    answered = {number for question in questions for number in question.photos}
    entries = _entries(kind, moves, [one for one in photos if one.pk not in answered])
    entries += [one for question in questions for one in _asked(question, [photo for photo in photos if photo.pk in question.photos])]
    return Story(
        matter, kind, sorted(entries, key=lambda one: one.at), limits, intervals, questions, photos, ratings[0] if ratings else None,
        {asked.model: found for asked, found in zip(also, beside, strict=True)})


OF_OTHERS = {
    "matter.report": words("上报", "Reported"), "foreign.note": words("对方系统的记录", "Recorded in the other system"),
    "foreign.end": words("在对方系统办结", "Ended in the other system"), "foreign.undo": words("撤回导入", "Import withdrawn")}
SAID = {"open": words("对方改为办理中", "Open again there"), "closed": words("对方标为已关闭", "Closed there"), "text": words("对方改了描述", "The description was changed there")}
INNER = frozenset({
    "matter.ask_extension", "matter.ask_pause", "matter.withdraw_request", "matter.decide_request", "matter.decide_suspension", "matter.supervise",
    "matter.escalate", "matter.answer_supervision", "matter.accept_supervision", "foreign.note"})
DECIDED: dict[tuple[object, object], Words] = {
    ("extension", True): words("批准延期", "Extension granted"), ("extension", False): words("不批准延期", "Extension declined"),
    ("pause", True): words("批准停钟", "Pause granted"), ("pause", False): words("不批准停钟", "Pause declined"),
    ("suspension", True): words("批准挂账", "Put on the slow list"), ("suspension", False): words("不批准挂账", "Not put on the slow list")}
WAITS = words("停钟，等上报人答复", "The clock stands still until the reporter answers")
RUNS_ON = words("上报人已答复，恢复计时", "The reporter has answered; the clock runs on")
REACHED = words("阶段完成：{stage}", "Stage reached: {stage}")
ACCEPTED = (words("对答复不认可，再问", "The answer is not accepted; asked again"), words("认可督办答复", "The answer is accepted"))


def said(kind: Kind, move: Move) -> Words | None:
    """The title of a step on the clocks, by what came of it; None for every other."""
    detail = move.detail
    if "granted" in detail:
        return DECIDED.get((detail.get("what"), bool(detail["granted"])))
    if move.action in ("matter.ask", "matter.answer"):
        return WAITS if detail.get("is_paused") else RUNS_ON
    if "stage" in detail:
        found = next((one.words for stages in kind.stages.values() for one in stages if one.name == detail["stage"]), None)
        return REACHED.format(stage=found or detail["stage"])
    return ACCEPTED[bool(detail["accepted"])] if "accepted" in detail else None


def public_entries(story: Story) -> list[Entry]:
    """What the reporter gets to see by query code: the public steps, without names of staff, and the dialogue."""
    return [Entry(one.at, one.title, "", one.role, one.text if one.is_public else "", one.reason, {}, one.photos if one.is_public else [])
            for one in story.entries if not one.is_inner]


def _entries(kind: Kind, moves: Sequence[Move], photos: Sequence[Evidence]) -> list[Entry]:
    left = list(photos)
    made = []
    for place, move in enumerate(moves):
        if move.from_phase == "replied":
            continue
        is_last = place + 1 == len(moves)
        mine = [one for one in left if is_last or one.added_at <= move.recorded_at]
        left = [one for one in left if one not in mine]
        made.append(_entry(kind, move, mine))
    return made


def _entry(kind: Kind, move: Move, photos: list[Evidence]) -> Entry:
    title = VERIFIED[bool(move.detail.get("passed"))] if move.action == "matter.verify" else said(kind, move) or label_of(kind, move.action)
    title = CHECKED[bool(move.detail.get("passed"))] if move.action == "matter.check_settled" else title
    title = words("上报", "Reported") if move.action == "matter.report" else title
    title = SAID.get(move.detail.get("said", ""), OF_OTHERS[move.action]) if move.action in OF_OTHERS else title
    title = CALLED_BACK.format(result=RESULTS.get(move.detail.get("result", ""), "")) if move.action == "matter.call_back" else title
    reason = next((one.words for one in kind.reasons(move.action) if one.code == move.reason), None)
    detail = {**move.detail, "from": move.from_phase, "to": move.to_phase, "round": move.round}
    return Entry(move.occurred_at, title, move.actor_name, move.role, move.note, reason, detail, photos, move.is_public, move.recorded_at,
                 move.action in INNER and "is_paused" not in move.detail)


def _asked(question: Question, photos: list[Evidence]) -> Iterable[Entry]:
    yield Entry(question.asked_at, ASKED, "", "", question.text, is_public=True)
    if question.answered_at:
        yield Entry(question.answered_at, ANSWERED, "", "", question.answer, photos=photos, is_public=True)


def possible_moves(actor: Actor, matter: Matter) -> list[MoveRule]:
    """The moves this actor could make now: for the buttons. The action checks again."""
    kind, past = kind_of(matter.kind), _Past(actor, matter)
    found: dict[str, MoveRule] = {}
    for rule in kind.moves:
        if rule.source == matter.phase and rule.ability and actor.may(rule.ability) and _may(kind, past, rule):
            found.setdefault(rule.action, rule)
    return list(found.values())


@dataclass(frozen=True)
class _Past:
    """What happened to a matter, as far as it decides what this actor may do now: asked at most once, whatever the number of moves."""

    actor: Actor
    matter: Matter

    @cached_property
    def waits_for_a_call(self) -> bool:
        """True if a call-back is open."""
        return CallBack.objects.filter(matter=self.matter.pk, ended_at=None).exists()

    @cached_property
    def is_own_work(self) -> bool:
        """True if the person or the unit has handled it in any round."""
        return Handling.objects.filter(matter=self.matter.pk).filter(_own(self.actor)).exists()


def _may(kind: Kind, past: _Past, rule: MoveRule) -> bool:
    actor, matter = past.actor, past.matter
    if "of_the_unit" in rule.guards and matter.unit != actor.organisation:
        return False
    if not all(CONDITIONS[name].holds(kind, actor, matter) for name in rule.guards if name in CONDITIONS):
        return False
    if "is_passed" in rule.guards and not matter.is_passed:
        return False
    if "not_yet_passed" in rule.guards and matter.is_passed:
        return False
    if not _is_with_the_head(actor, matter, rule):
        return False
    if not _is_arrived(matter, rule):
        return False
    if "call_back_is_open" in rule.guards and not past.waits_for_a_call:
        return False
    if "never_handled" in rule.guards or "took_no_part" in rule.guards:
        return not past.is_own_work
    return True


def _is_arrived(matter: Matter, rule: MoveRule) -> bool:
    """What only orders of the hotline may do while they can go back, and only jobs that were drawn."""
    if "in_return_limit" in rule.guards:
        return matter.source == "hotline" and HotlineOrder.objects.filter(matter=matter.pk, returned_at=None, return_due_at__gte=clock.now()).exists()
    return "is_drawn" not in rule.guards or SpotCheck.objects.filter(matter=matter.pk, checked_at=None).exists()


def _is_with_the_head(actor: Actor, matter: Matter, rule: MoveRule) -> bool:
    """After the last return only the head moves it on, and what he decided is not returned."""
    is_his = guards.is_for_the_head(matter)
    if "not_for_the_head" in rule.guards or "not_decided" in rule.guards:
        return not is_his
    return "for_the_head" not in rule.guards or (is_his and guards.is_head_of(actor, matter.area))


def _own(actor: Actor) -> Q:
    return Q(person=actor.account) | Q(unit=actor.organisation)


def replay(moves: Sequence[Move]) -> dict[str, Any]:
    """Phase, version, round, passed and paused as the history gives them: must equal the row."""
    phase, version, round_, passed, paused = "", 0, 1, False, False
    for move in moves:
        if move.from_phase != phase:
            raise ValueError(f"Step {move.step} starts in {move.from_phase!r}, the step before ended in {phase!r}.")
        paused = bool(move.detail.get("is_paused", paused)) and move.to_phase == phase
        phase = move.to_phase
        version += move.from_phase != "replied"
        if move.action in ("matter.verify", "matter.check_settled"):
            passed = bool(move.detail.get("passed"))
            round_ += not passed
        if move.from_phase == "closed" and move.to_phase == "handling":
            passed, round_ = False, round_ + 1
    return {"phase": phase, "version": version, "round": round_, "is_passed": passed, "is_paused": paused}
