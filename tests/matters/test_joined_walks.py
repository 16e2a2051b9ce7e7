# SPDX-License-Identifier: MulanPSL-2.0
"""Random walks over several matters that are merged, split and taken apart again, whoever tries whatever: the laws hold for all of them together."""

import random
from collections import Counter
from typing import Any

import pytest

from linli.core import due
from linli.core.models import JournalLine
from linli.core.sight import PUBLIC, Actor, looking, of_all
from linli.matters import numbers, stories
from linli.matters.models import Handling, Interval, Joining, Matter, Move, Verification
from linli.matters.phases import OPEN
from tests.cast import Cast
from tests.matters.test_walks import given_for, tried, walkers

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
JOINING = ("matter.merge", "matter.unmerge", "matter.split", "matter.unsplit", "matter.refuse")
LOOP = ("matter.file", "matter.dispatch", "matter.receive", "matter.reply", "matter.verify", "matter.close")
BY_CODE = ("matter.object", "matter.rate")
MOST, STEPS = 9, 90
WEIGHTS = {"matter.merge": 1, "matter.unmerge": 3, "matter.split": 6, "matter.unsplit": 1, "matter.object": 1, "matter.rate": 1, "matter.refuse": 2}
"""So often one step is taken where several could be; 4 for all others."""


def body(action: str, matter: Matter, other: Matter, passed: bool, cast: Cast) -> dict[str, Any]:
    number = numbers.number_of(matter.pk)
    if action in BY_CODE:
        return {"query_code": numbers.query_code(matter.pk)} | ({"note": "还没好"} if action == "matter.object" else {"score": 1 if passed else 5})
    more: dict[str, dict[str, Any]] = {
        "matter.merge": {"into": numbers.number_of(other.pk), "reason": "same"}, "matter.unmerge": {"note": "不是"}, "matter.split": {"summary": "一部分"},
        "matter.unsplit": {"reason": "by_mistake"}}
    found = given_for(action, number, matter.version, passed, cast) | more.get(action, {})
    return found | ({"unit": cast.units["cleaners"]} if action == "matter.split" and passed else {})


def chosen(chance: random.Random, rows: list[Matter], people: list[Actor]) -> tuple[str, Matter, Actor]:
    """Mostly a step that somebody could take, sometimes anything by anybody."""
    if chance.random() < 0.1:
        return chance.choice(JOINING + LOOP + BY_CODE), chance.choice(rows), chance.choice(people)
    with looking(of_all(), read_only=True):
        possible = [(rule.action, row, actor) for row in rows for actor in people for rule in stories.possible_moves(actor, row)
                    if rule.action in JOINING + LOOP]
    possible += [(action, row, PUBLIC) for row in rows if row.phase == "closed" and row.parent is None for action in BY_CODE]
    actions = sorted({action for action, _, _ in possible})
    if not actions:
        return "matter.rate", rows[0], PUBLIC
    wanted = chance.choices(actions, [WEIGHTS.get(action, 4) for action in actions])[0]
    return chance.choice([one for one in possible if one[0] == wanted])


def test_matters_that_are_merged_and_split_keep_every_law(cast: Cast) -> None:
    done = Counter[str]()
    for seed in range(5):
        done += walk(cast, random.Random(seed))

    with looking(of_all(), read_only=True):
        gathered = set(Move.objects.filter(action="matter.gather").values_list("to_phase", flat=True))
    assert all(done[action] for action in JOINING + LOOP + BY_CODE), done
    assert gathered == {"verifying", "filed"}


def walk(cast: Cast, chance: random.Random) -> Counter[str]:
    """Three matters and what becomes of them in so many steps; answers how often each step was taken."""
    people, done = walkers(cast), Counter[str]()
    mine = {numbers.matter_of(cast.report()["number"]) for _ in range(3)}
    for _ in range(STEPS):
        rows = everything(mine)
        action, matter, actor = chosen(chance, rows, people)
        if action == "matter.split" and len(rows) >= MOST:
            continue
        status, _ = tried(action, PUBLIC if action in BY_CODE else actor, body(action, matter, chance.choice(rows), chance.random() < 0.7, cast))
        done[action] += status == 200
        assert status in (200, 403, 404, 409, 422)
        if chance.random() < 0.5:
            due.drain()
        hold_together(everything(mine))
    while due.drain():
        pass
    hold_together(everything(mine), is_settled=True)
    return done


def everything(mine: set[int | None]) -> list[Matter]:
    """The matters reported here and all that were split off them."""
    with looking(of_all(), read_only=True):
        found, known = [], {one for one in mine if one}
        while known:
            rows = list(Matter.objects.filter(pk__in=known).order_by("id"))
            found += rows
            known = set(Matter.objects.filter(parent__in=known).values_list("id", flat=True))
        return sorted(found, key=lambda one: one.pk)


def hold_together(rows: list[Matter], *, is_settled: bool = False) -> None:
    by_id = {one.pk: one for one in rows}
    with looking(of_all(), read_only=True):
        moves: dict[int, list[Move]] = {}
        for move in Move.objects.filter(matter__in=by_id).order_by("matter", "step"):
            moves.setdefault(move.matter_id, []).append(move)
        clocks = list(Interval.objects.filter(matter__in=by_id, ended_at=None).values_list("matter", flat=True))
        handled = list(Handling.objects.filter(matter__in=by_id))
        verified = list(Verification.objects.filter(matter__in=by_id))
        merged = set(Joining.objects.filter(matter__in=by_id, sort="merge", undone_at=None).values_list("matter", flat=True))
        lines = JournalLine.objects.filter(subject_kind="matter", subject__in=by_id).count()
    for one in rows:
        assert stories.replay(moves[one.pk]) == {"phase": one.phase, "version": one.version, "round": one.round, "is_passed": one.is_passed,
                                             "is_paused": one.is_paused}
        assert clocks.count(one.pk) == (1 if one.phase == "handling" else 0)
        assert (one.phase == "merged") == (one.merged_into is not None)
        if one.merged_into is not None:
            assert by_id[one.merged_into].phase != "merged"
            assert (one.pk in merged) != (one.parent is not None)
        if is_settled:
            waiting = [part for part in rows if part.parent == one.pk and part.phase in OPEN]
            assert one.parts_open == len(waiting)
    assert lines >= sum(one.parent is None for one in rows)
    for one in verified:
        tree = members(by_id, one.matter_id)
        assert one.verifier not in {found.person for found in handled if found.matter_id in tree}
        assert one.verifier_unit not in {found.unit for found in handled if found.matter_id in tree}


def members(by_id: dict[int, Matter], matter: int) -> set[int]:
    """The whole tree of a matter."""
    def root(number: int) -> int:
        above = by_id[number].parent
        return root(above) if above else number

    return {number for number in by_id if root(number) == root(matter)}
