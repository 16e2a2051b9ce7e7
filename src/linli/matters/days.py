# SPDX-License-Identifier: MulanPSL-2.0
"""What somebody has to do today: his grids, their rounds, the matters that wait for him, his questions; by need and deadline, never by points."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import OuterRef, Q, Subquery

from linli.core import clock, registry
from linli.core.models import Evidence
from linli.core.sight import Actor
from linli.core.words import Words, words
from linli.elements import covering, places
from linli.elements.assignments import WALKS
from linli.elements.covering import Duty
from linli.matters import call_backs, inbox, numbers, rounds, shifts, tracks
from linli.matters.models import HandoverItem, Matter, Move, Question, TrackOrder
from linli.matters.rounds import Walk

MOST = 100
"""Matters of one day (our choice: more than anybody can do in one, and small enough for a phone without a network)."""
WIDEST = 1_000_000
"""Areas of a street: posts above it ask nobody and handle nothing themselves."""
PILES = {"verify": "verify", "own": "handle", "handle": "handle", "receive": "receive"}
"""Piles of the inbox to what is to be done with a matter; what the unit gave to him in person comes first."""
SECTION = "visit"

HAZARD = words("有安全隐患", "A hazard")
OVERDUE = words("已超过时限", "Past its limit")
CALL_BACK = words("回访上报人", "Call the reporter back")
CALLS_BACK = "matter.call_back"
MOST_CALLS = 20
TODAY = words("今天到期", "Due today")
WAITS = words("等待办理", "Waiting")
ROUND_NOW = words("{shift}巡查", "Round: {shift}")
REPLIED = words("上报人已回答", "The reporter has answered")


@dataclass(frozen=True)
class Task:
    """One matter that waits for this post: what is to be done with it, what the handler said, its photos."""

    matter: Matter
    what: str
    answer: str = ""
    photos: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class Visit:
    """One step of the day: what, where, until when, and why it stands where it stands. `rank` 0 comes first."""

    what: str
    why: Words
    due_at: datetime | None = None
    number: str = ""
    area: int | None = None
    shift: str = ""
    rank: int = 2


@dataclass(frozen=True)
class Day:
    """Everything a face needs to show somebody's day, read with a fixed number of queries."""

    day: date
    actor: Actor
    is_round_day: bool
    duties: Sequence[Duty]
    walks: Sequence[Walk]
    tasks: Sequence[Task]
    questions: Sequence[Question]
    track: TrackOrder | None
    further: Sequence[Visit] = field(default_factory=tuple)

    def visits(self, now: datetime | None = None) -> list[Visit]:
        """The steps in order: hazards, what is overdue, then by deadline; what has no deadline comes last."""
        moment = now or clock.now()
        found = [_of_task(one, moment) for one in self.tasks] + [_of_walk(one) for one in self.walks if one.state in ("due", "walking")]
        found += [_of_question(one) for one in self.questions if one.answered_at] + list(self.further)
        return sorted(found, key=lambda one: (one.rank, one.due_at is None, one.due_at or moment, one.number, one.area or 0))


def visits(name: str) -> Callable[[Callable[[Actor, date], Sequence[Visit]]], Callable[[Actor, date], Sequence[Visit]]]:
    """Declare the decorated function as a source of further steps of a day (visits to households ...): one query each, inside the sight in force."""

    def declare(source: Callable[[Actor, date], Sequence[Visit]]) -> Callable[[Actor, date], Sequence[Visit]]:
        registry.add(SECTION, name, source)
        return source

    return declare


def today_of(actor: Actor) -> Day:
    """The actor's day, inside the sight of his post. Whoever walks no grids has no rounds, but his matters and questions."""
    now, day = clock.now(), clock.today()
    is_walker = actor.may(WALKS) and actor.post is not None
    duties = covering.duties(actor.post or 0, day) if is_walker else []
    held = rounds.of_worker(actor.account or 0, day) if is_walker else []
    return Day(
        day, actor, shifts.is_round_day(day), duties, rounds.walks([one.place.area for one in duties], day, held, now), _tasks(actor, duties),
        _questions(actor), tracks.in_force(actor.post, day) if actor.post is not None else None,
        (*_calls(actor), *(one for source in registry.everything(SECTION) for one in source(actor, day))))


def _calls(actor: Actor) -> list[Visit]:
    """Reporters to be called back, for those who do that, soonest limit first."""
    if not actor.may(CALLS_BACK):
        return []
    found = call_backs.waiting(actor, most=MOST_CALLS).rows
    return [Visit("call_back", CALL_BACK, one.due_at, numbers.number_of(one.matter_id), one.area) for one in found]


def _tasks(actor: Actor, duties: Sequence[Duty]) -> list[Task]:
    """The matters to verify in his own grids (in all of them while he has none), to handle and to receive for his unit, soonest first."""
    found: list[tuple[str, Matter]] = []
    for name, _, ability, which in inbox.PILES:
        if name in PILES and actor.may(ability):
            rows = inbox.scoped(actor).filter(which(actor), _mine(actor, name, duties), is_open=True).select_related("category")
            found += [(PILES[name], one) for one in rows.order_by("due_at", "id")[:MOST]]
    found = found[:MOST]
    matters = [one.pk for _, one in found]
    answers, photos = _answers(matters), _photos(matters)
    return [Task(one, name, answers.get(one.pk, ""), tuple(photos.get(one.pk, ()))) for name, one in found]


def _mine(actor: Actor, name: str, duties: Sequence[Duty]) -> Q:
    if name != "verify":
        return Q(worker=None) | Q(worker=actor.account)
    homes = {home.area for one in duties if (home := places.community_of(one.place.area)) is not None}
    return Q(area__in=[*(one.place.area for one in duties), *homes]) if duties else Q()


def _answers(matters: Sequence[int]) -> dict[int, str]:
    """What the handler last told the reporter, by matter."""
    replies = Move.objects.filter(matter__in=matters, action="matter.reply", from_phase="handling").order_by("step").values_list("matter_id", "note")
    return dict(replies) if matters else {}


def _photos(matters: Sequence[int]) -> dict[int, list[Evidence]]:
    found: dict[int, list[Evidence]] = {}
    if matters:
        for one in Evidence.objects.filter(subject_kind="matter", subject__in=matters).order_by("id"):
            found.setdefault(one.subject or 0, []).append(one)
    return found


def _questions(actor: Actor) -> list[Question]:
    """The questions that he asked, or that were handed over to him, on matters that are still open; answered ones first."""
    if actor.account is None or actor.hi - actor.lo > WIDEST:
        return []
    handed = HandoverItem.objects.filter(kind="question", record=OuterRef("pk"), handover__taken_back_at=None).order_by("-id")
    asked = Question.objects.visible_to(actor).filter(matter__is_open=True).annotate(keeper=Subquery(handed.values("handover__to_post")[:1]))
    asked = asked.filter(Q(keeper=actor.post or 0) | Q(keeper=None, asked_by=actor.account)).order_by("answered_at", "id")
    return list(asked[:MOST])


def _need(due_at: datetime | None, now: datetime, *, is_hazard: bool) -> tuple[int, Words]:
    if is_hazard:
        return 0, HAZARD
    if due_at is not None and due_at < now:
        return 1, OVERDUE
    return 2, TODAY if due_at is not None and clock.local(due_at).date() == clock.local(now).date() else WAITS


def _of_task(one: Task, now: datetime) -> Visit:
    rank, why = _need(one.matter.due_at, now, is_hazard=one.matter.category.is_hazard)
    return Visit(one.what, why, one.matter.due_at, numbers.number_of(one.matter.pk), one.matter.area, rank=rank)


def _of_walk(one: Walk) -> Visit:
    return Visit("round", ROUND_NOW.format(shift=shifts.SHIFTS[one.shift]), one.until, area=one.area, shift=one.shift)


def _of_question(one: Question) -> Visit:
    return Visit("question", REPLIED, number=numbers.number_of(one.matter_id), area=one.area)


def by_area(walks: Sequence[Walk]) -> Mapping[int, list[Walk]]:
    """The rounds of a day by grid."""
    found: dict[int, list[Walk]] = {}
    for one in walks:
        found.setdefault(one.area, []).append(one)
    return found
