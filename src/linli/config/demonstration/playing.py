# SPDX-License-Identifier: MulanPSL-2.0
"""Playing a plan: every step through the actions with the clock standing at its moment, by a few processes side by side."""

import heapq
import multiprocessing
import multiprocessing.synchronize
import os
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, connections
from django.db.backends.postgresql.base import DatabaseWrapper

from linli.config.demonstration.pictures import COUNT, picture
from linli.config.demonstration.plans import Step, Story
from linli.core import clock
from linli.core.actions import run
from linli.core.fields import Received
from linli.core.sight import PUBLIC, Actor
from linli.matters import numbers

WAIT_SECONDS = 120
WITHOUT_VERSION = frozenset({"matter.report", "matter.ask", "matter.archive"})
BY_CODE = frozenset({"matter.rate", "matter.answer"})


@dataclass(frozen=True)
class Company:
    """Everybody who acts: by community and role, by street and role, by unit."""

    of_community: Mapping[tuple[int, str], Actor]
    of_street: Mapping[tuple[int, str], Actor]
    of_unit: Mapping[int, Actor]
    system: Actor

    def actor(self, story: Story, step: Step) -> Actor:
        """Who takes this step of this story."""
        if step.by == "public":
            return PUBLIC
        if step.by == "system":
            return self.system
        if step.by.startswith("unit:"):
            return self.of_unit[story.community.units[step.by[5:]]]
        if step.by == "gridworker":
            return self.of_community[(story.community.area, "gridworker")]
        return self.of_street[(story.community.street, step.by)]


@dataclass
class Turn:
    """Whose report is next: numbers are given in the order of the plan, whatever the processes do meanwhile."""

    next_one: Any
    changed: Any
    is_over: Any

    @classmethod
    def new(cls) -> "Turn":
        """A turn shared by processes that are forked afterwards."""
        context = multiprocessing.get_context("fork")
        lock = context.Condition()
        return cls(context.Value("q", 0, lock=False), lock, context.Value("b", 0, lock=False))

    def take(self, place: int, work: Callable[[], None]) -> None:
        """Do the work when `place` is next. RuntimeError when another process gave up."""
        with self.changed:
            came = self.changed.wait_for(lambda: self.next_one.value == place or self.is_over.value, WAIT_SECONDS)
        if not came or self.is_over.value:
            raise RuntimeError("Another process of the demonstration stopped.")
        work()
        with self.changed:
            self.next_one.value = place + 1
            self.changed.notify_all()

    def stop(self) -> None:
        """Nobody waits any longer."""
        with self.changed:
            self.is_over.value = 1
            self.changed.notify_all()


@dataclass
class Player:
    """Plays the stories of one process, in order of time."""

    company: Company
    turn: Turn
    done: int = 0
    answers: dict[int, dict[str, Any]] = field(default_factory=dict)

    def play(self, stories: Sequence[tuple[int, Story]]) -> int:
        """All steps of these stories (with their places in the plan); answers how many."""
        with connection.cursor() as cursor:
            cursor.execute("set synchronous_commit = off")
        heap = [(story.steps[0].at, place, 0) for place, story in stories]
        heapq.heapify(heap)
        by_place = dict(stories)
        while heap:
            _, place, number = heapq.heappop(heap)
            story = by_place[place]
            self._step(place, story, story.steps[number])
            if number + 1 < len(story.steps):
                heapq.heappush(heap, (story.steps[number + 1].at, place, number + 1))
        return self.done

    def _step(self, place: int, story: Story, step: Step) -> None:
        with clock.standing_at(step.at):
            if step.action == "matter.report":
                self.turn.take(place, lambda: self._act(place, story, step))
            else:
                self._act(place, story, step)
        self.done += 1

    def _act(self, place: int, story: Story, step: Step) -> None:
        actor, given = self.company.actor(story, step), dict(step.given)
        before = self.answers.get(place, {})
        if step.action in BY_CODE:
            given["query_code"] = before["query_code"]
        elif before:
            given["number"] = before["number"]
        if step.action not in WITHOUT_VERSION and step.action not in BY_CODE:
            given["version"] = before["version"]
        if step.photos:
            given["evidence"] = [self._photo(place, story, step, actor)]
        answer = run(step.action, actor, given, device=story.device, vouched=frozenset(given.get("evidence", ())))
        if step.action == "matter.report":
            answer["query_code"] = numbers.query_code(numbers.matter_of(answer["number"]) or 0)
        if "number" in answer:
            self.answers[place] = {**before, **{name: answer[name] for name in ("number", "query_code", "version") if name in answer}}

    def _photo(self, place: int, story: Story, step: Step, actor: Actor) -> int:
        area = story.community.area
        content = picture((place + len(step.action)) % COUNT)
        kept = run("evidence.add", actor, {"area": area, "file": Received("演示示意图.jpg", content)}, device=story.device)
        return int(kept["id"])


def play(stories: Sequence[Story], company: Company, processes: int, say: Callable[[str], None]) -> int:
    """Play all stories in so many processes; answers how many steps were taken. RuntimeError when one failed."""
    steps = sum(len(story.steps) for story in stories)
    if processes < 2:
        Player(company, Turn.new()).play(list(enumerate(stories)))
        return steps
    _let_go()
    context = multiprocessing.get_context("fork")
    turn = Turn.new()
    children = [context.Process(target=_child, args=(list(enumerate(stories))[number::processes], company, turn), daemon=True)
                for number in range(processes)]
    for child in children:
        child.start()
    _watch(children, turn, len(stories), say)
    if any(child.exitcode for child in children):
        raise RuntimeError("The demonstration was not completed; what the process wrote above says why.")
    return steps


def _watch(children: Sequence[Any], turn: Turn, count: int, say: Callable[[str], None]) -> None:
    told = 0
    while any(child.is_alive() for child in children):
        for child in children:
            child.join(0.25)
        reached = turn.next_one.value * 10 // max(count, 1)
        if reached > told:
            told = reached
            say(f"  {turn.next_one.value:,} of {count:,} matters reported …")


def _child(stories: Sequence[tuple[int, Story]], company: Company, turn: Turn) -> None:
    """One process: its own connection, its own share; a fault is printed and stops the others."""
    try:
        Player(company, turn).play(stories)
    except BaseException:
        turn.stop()
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)
    _let_go()
    os._exit(0)


def _let_go() -> None:
    """Close the connection and the pool behind it: neither may be shared by forked processes."""
    held = connections["default"]
    held.close()
    if isinstance(held, DatabaseWrapper):
        held.close_pool()
