# SPDX-License-Identifier: MulanPSL-2.0
"""The whole story of one matter: its moves, evidence, questions, limits and rating, for the desk, the reporter and machines."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
from linli.matters.following import Mine
from linli.matters.kinds import Kind, kind_of
from linli.matters.models import CallBack, Handling, HotlineOrder, Interval, Limit, Matter, Move, Question, Rating, SpotCheck
from linli.matters.moving import label_of
from linli.matters.phases import LOOP, PHASES, MoveRule
from linli.matters.relations import Relations, Relative, relations_of


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
    action: str = ""
    by_matter: int | None = None


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
    ratings: list[Rating]
    """Of all reporters, oldest first."""
    relations: Relations
    joined_photos: list[Evidence] = field(default_factory=list)
    beside: Mapping[type[Any], list[Any]] = field(default_factory=dict)
    """What a page asked for along with the story, by table."""

    @property
    def rating(self) -> Rating | None:
        """The newest one of this matter's own reporter; those of merged reports stand in `ratings` too."""
        return next((one for one in reversed(self.ratings) if one.matter_id == self.matter.pk), None)

    @property
    def may_be_rated(self) -> bool:
        """True when the matter is closed and its own reporter has not rated it in this round."""
        return self.matter.phase == "closed" and (self.rating is None or self.rating.round != self.matter.round)

    @property
    def parts_ended(self) -> tuple[int, int] | None:
        """(ended, all) of the parts that this round was split into, told by its own history; None when it was not split."""
        count = 0
        for one in self.entries:
            count = count + ("part" in one.detail) if one.action != "matter.unsplit" and one.detail.get("round", self.matter.round) == self.matter.round else 0
        return (count - self.matter.parts_open, count) if count else None

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
ALSO = words("又有一件上报并入，一起办理", "Another report was merged in and is dealt with together")
REPORTED_TOO = words("您上报了同一问题", "You reported the same")
OF_MERGED = words("并入的 {number}：{title}", "Merged report {number}: {title}")
HEARD = ("matter.hear", "foreign.note")
"""Steps in which another system speaks of a matter."""
WORDS_OF_REPORTERS = frozenset({"matter.report", "matter.join"})
"""Steps whose text is a reporter's own: shown to nobody else before review."""


def story_of(matter: Matter, also: Sequence[QuerySet[Any]] = ()) -> Story:
    """The story of a visible matter, and whole rows of other tables that a page shows beside it: one query beside those of its
    relations, whatever its length and however many were merged into it."""
    kind, relations = kind_of(matter.kind), relations_of(matter)
    if len({asked.model for asked in also}) < len(also):
        raise ValueError(f"Two cards beside the story of a matter read the same table: {[asked.model.__name__ for asked in also]}. Let one of them ask for itself.")
    steps, everything, questions, own, of_joined, limits, intervals, *beside = together.read(
        _steps_for(matter, relations.followers), evidence.rows_of("matter", matter.pk, *(one.id for one in relations.followers)),
        Question.objects.filter(matter=matter.pk).order_by("id"), Rating.objects.filter(matter=matter.pk), Rating.objects.filter(leading=matter.pk),
        Limit.objects.filter(matter=matter.pk).order_by("started_at", "id"), Interval.objects.filter(matter=matter.pk).order_by("id"), *also)
    # two lists: one condition with OR would walk all ratings of the city here, where bitmap scans are off (decision 0009)
    ratings = sorted([*own, *of_joined], key=lambda one: (one.round, one.at))
    photos = [one for one in everything if one.subject == matter.pk]
    answered = {number for question in questions for number in question.photos}
    moves = [one for one in steps if one.matter_id == matter.pk]
    entries = _entries(kind, moves, [one for one in photos if one.pk not in answered]) + _merged_in(relations.followers)
    entries += _heard(kind, steps, relations.followers)
    entries += [one for question in questions for one in _asked(question, [photo for photo in photos if photo.pk in question.photos])]
    return Story(
        matter, kind, sorted(entries, key=lambda one: one.at), limits, intervals, questions, photos, ratings, relations,
        [one for one in everything if one.subject != matter.pk], {asked.model: found for asked, found in zip(also, beside, strict=True)})


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
WENT_INTO, SPLIT_OFF = words("并入 {number}", "Merged into {number}"), words("拆出一个部分：{number}", "A part was split off: {number}")
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
    if "part" in detail:
        return SPLIT_OFF.format(number=detail["part"])
    if "into" in detail and move.action == "matter.merge":
        return WENT_INTO.format(number=detail["into"])
    return ACCEPTED[bool(detail["accepted"])] if "accepted" in detail else None


def public_entries(story: Story, mine: Mine | None = None) -> list[Entry]:
    """What a reporter gets to see by query code: the public steps, without names of staff, and the dialogue.

    `mine` is the reporter's own merged report, where the story is that of the matter it went into: his own words stand in place of
    the first reporter's, and where he joined by himself the texts that were written before he came stay with those they were for.
    """
    owner = mine.matter if mine else story.matter.pk
    shown = [_public(one, owner, mine) for one in story.entries if not one.is_inner and not (mine and _is_told_beside(one, mine))]
    own = [Entry(mine.reported_at, words("上报", "Reported"), "", "", mine.summary, photos=mine.photos), Entry(mine.joined_at, REPORTED_TOO, "", "")] if mine else []
    if mine and not mine.is_by_reporter:
        own[1] = Entry(mine.joined_at, MERGED, "", "", reason=mine.reason)
    return sorted(own + shown, key=lambda one: one.at)


MERGED = words("已并案：与另一件同一问题一起办理", "Merged: dealt with together with another report of the same problem")


def _is_told_beside(one: Entry, mine: Mine) -> bool:
    """What a merged report tells in its own words: reporting, and its own merging."""
    return one.action in WORDS_OF_REPORTERS or (one.action == "joined" and one.text == mine.number)


def _public(one: Entry, owner: int, mine: Mine | None) -> Entry:
    is_shown = one.is_public and one.by_matter in (None, owner) and not (mine and mine.is_by_reporter and one.at < mine.joined_at)
    return Entry(one.at, one.title, "", one.role, one.text if is_shown else "", one.reason, {}, one.photos if is_shown else [])


def _merged_in(followers: Sequence[Relative]) -> list[Entry]:
    return [Entry(one.at, ALSO, "", "", one.number, is_public=True, action="joined", by_matter=0) for one in followers if one.at]


def _steps_for(matter: Matter, followers: Sequence[Relative]) -> QuerySet[Move]:
    """The steps of a matter, and what other systems said of reports that went into it."""
    if not followers:
        return Move.objects.filter(matter=matter.pk).order_by("step")
    return Move.objects.filter(Q(matter=matter.pk) | Q(action__in=HEARD), matter__in=[matter.pk, *(one.id for one in followers)]).order_by("step")


def _heard(kind: Kind, steps: Sequence[Move], followers: Sequence[Relative]) -> Iterable[Entry]:
    """What another system has said of a merged report since it was merged: the offices read it where they work."""
    since = {one.id: one for one in followers if one.at}
    for step in steps:
        about = since.get(step.matter_id)
        if about is not None and about.at is not None and step.recorded_at >= about.at:
            made = _entry(kind, step, [])
            yield replace(made, title=OF_MERGED.format(number=about.number, title=made.title), is_inner=True, by_matter=about.id)


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
    title = VERIFIED[bool(move.detail.get("passed"))] if move.action == "matter.verify" else said(kind, move)
    title = CHECKED[bool(move.detail.get("passed"))] if move.action == "matter.check_settled" else title
    title = SAID.get(move.detail.get("said", ""), OF_OTHERS[move.action]) if move.action in OF_OTHERS else title
    title = CALLED_BACK.format(result=RESULTS.get(move.detail.get("result", ""), "")) if move.action == "matter.call_back" else title
    reason = next((one.words for one in kind.reasons(move.action) if one.code == move.reason), None)
    detail = {**move.detail, "from": move.from_phase, "to": move.to_phase, "round": move.round}
    return Entry(move.occurred_at, title or label_of(kind, move.action, move.from_phase, move.to_phase), move.actor_name, move.role, move.note, reason,
                 detail, photos, move.is_public, move.recorded_at, move.action in INNER and "is_paused" not in move.detail, move.action,
                 move.detail.get("by_matter"))


def _asked(question: Question, photos: list[Evidence]) -> Iterable[Entry]:
    yield Entry(question.asked_at, ASKED, "", "", question.text, is_public=True)
    if question.answered_at:
        by_matter = question.answered_by or question.matter_id
        yield Entry(question.answered_at, ANSWERED, "", "", question.answer, photos=photos, is_public=True, action="answered", by_matter=by_matter)


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
        """True if the person or the unit has handled it, or another part of the same whole, in any round."""
        if not guards.is_of_a_tree(self.matter):
            return Handling.objects.filter(matter=self.matter.pk).filter(_own(self.actor)).exists()
        return guards.took_part("handled", self.matter, self.actor.account, self.actor.organisation)


def _may(kind: Kind, past: _Past, rule: MoveRule) -> bool:
    actor, matter = past.actor, past.matter
    if not all(CONDITIONS[name].holds(kind, actor, matter) for name in rule.guards if name in CONDITIONS):
        return False
    if not all(holds(actor, matter) for name, holds in QUICK.items() if name in rule.guards):
        return False
    if not _is_with_the_head(actor, matter, rule):
        return False
    if not _is_arrived(matter, rule):
        return False
    if "call_back_is_open" in rule.guards and not past.waits_for_a_call:
        return False
    return not {"never_handled", "took_no_part"} & set(rule.guards) or not past.is_own_work


QUICK: dict[str, Callable[[Actor, Matter], bool]] = {
    "of_the_unit": lambda actor, matter: matter.unit == actor.organisation,
    "is_passed": lambda actor, matter: matter.is_passed,
    "not_yet_passed": lambda actor, matter: not matter.is_passed,
    "stands_alone": lambda actor, matter: matter.parent is None and not matter.parts_open,
    "was_merged": lambda actor, matter: matter.merged_into is not None and matter.parent is None,
    "is_a_part": lambda actor, matter: matter.parent is not None,
    "waits_for_parts": lambda actor, matter: matter.unit is None and bool(matter.parts_open or matter.reopenings),
    "stands_without_unit": lambda actor, matter: matter.unit is None and not matter.parts_open and matter.reopenings > 0,
    "was_split": lambda actor, matter: matter.unit is None,
}
"""Guards that the row itself answers: what the buttons ask before the action checks them all."""


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
        paused = bool(move.detail.get("is_paused", paused)) and (move.to_phase == phase or move.action == "matter.unmerge")
        phase = move.to_phase
        version += move.from_phase != "replied"
        if move.action == "matter.gather":
            passed = bool(move.detail.get("passed"))
        if move.action in ("matter.verify", "matter.check_settled"):
            passed = bool(move.detail.get("passed"))
            round_ += not passed
        if move.from_phase == "closed" and move.to_phase == "handling":
            passed, round_ = False, round_ + 1
    return {"phase": phase, "version": version, "round": round_, "is_passed": passed, "is_paused": paused}
