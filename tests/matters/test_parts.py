# SPDX-License-Identifier: MulanPSL-2.0
"""Splitting: a tree of parts rolls up to one answer, whatever order its parts end in; nobody verifies what he had a hand in anywhere in it."""

import random
from dataclasses import replace
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from linli.core import clock, due
from linli.core.actions import run
from linli.core.faults import Conflict, Invalid, NotAble, NotVisible
from linli.core.models import JournalLine
from linli.core.sight import looking, of_all
from linli.matters import guards, numbers, stories
from linli.matters.models import Handling, Interval, Limit, Matter, Move, Verification
from linli.matters.relations import relations_of
from tests.cast import COMMUNITY, COMMUNITY2, GRID, HOSTILE, Cast
from tests.matters.test_joining import MONDAY, row, state

pytestmark = pytest.mark.django_db


def split(cast: Cast, number: str, by: str = "dispatcher", **more: Any) -> dict[str, Any]:
    return cast.do("matter.split", by, **({"number": number, "version": cast.version(number), "summary": f"一部分 {HOSTILE}"} | more))


def filed(cast: Cast) -> str:
    number: str = cast.report()["number"]
    cast.walk(number, "filed")
    return number


def step(cast: Cast, action: str, by: str, number: str, **more: Any) -> dict[str, Any]:
    return cast.do(action, by, number=number, version=cast.version(number), **more)


def close_part(cast: Cast, number: str, reply: str = "已修好") -> None:
    if row(number).phase == "filed":
        step(cast, "matter.dispatch", "dispatcher", number, unit=cast.units["cleaners"])
    step(cast, "matter.receive", "handler", number)
    step(cast, "matter.reply", "handler", number, note=reply, no_photo_reason="夜间")
    step(cast, "matter.verify", "verifier", number, passed=True)
    step(cast, "matter.close", "dispatcher", number)


def refuse_part(cast: Cast, number: str) -> None:
    step(cast, "matter.refuse", "dispatcher", number, reason="not_ours", duty="他-99")


def settle() -> None:
    """Do everything that is due, also what follows from it."""
    while due.drain():
        pass


def test_a_matter_waits_for_its_parts_and_then_gives_one_answer(cast: Cast) -> None:
    number = filed(cast)
    first = split(cast, number, unit=cast.units["cleaners"])["part"]
    second = split(cast, number, area=GRID)["part"]
    assert (row(number).phase, row(number).parts_open, row(number).unit) == ("handling", 2, None)
    assert (row(first).phase, row(second).phase, row(second).area) == ("dispatched", "filed", GRID)

    close_part(cast, first, "井盖已换")
    settle()
    assert (row(number).phase, row(number).parts_open) == ("handling", 1)
    close_part(cast, second, "路灯已亮")
    settle()

    whole = row(number)
    assert (whole.phase, whole.parts_open, whole.is_passed, whole.verifications, whole.is_verified_by_other) == ("verifying", 0, True, 2, True)
    step(cast, "matter.close", "dispatcher", number)
    with looking(of_all(), read_only=True):
        answer = Move.objects.get(matter=whole.pk, action="matter.gather")
        assert "井盖已换" in answer.note
        assert "路灯已亮" in answer.note
        assert answer.is_public
        moves = list(Move.objects.filter(matter=whole.pk).order_by("step"))
    after = row(number)
    assert stories.replay(moves) == {"phase": after.phase, "version": after.version, "round": after.round, "is_passed": after.is_passed,
                                     "is_paused": False}


def test_a_matter_comes_back_to_the_dispatcher_when_no_part_was_accepted(cast: Cast) -> None:
    number = filed(cast)
    parts = [split(cast, number)["part"] for _ in range(2)]

    for part in parts:
        refuse_part(cast, part)
    settle()

    assert (row(number).phase, row(number).is_passed, row(number).due_at is not None) == ("filed", False, True)
    cast.do("matter.dispatch", "dispatcher", number=number, version=cast.version(number), unit=cast.units["cleaners"])
    for action, by, more in (("matter.receive", "handler", {}), ("matter.reply", "handler", {"note": "好了", "no_photo_reason": "夜"}),
                             ("matter.verify", "verifier", {"passed": True}), ("matter.close", "dispatcher", {})):
        step(cast, action, by, number, **more)
    assert row(number).phase == "closed"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_trees_roll_up_right_in_any_order(cast: Cast, seed: int) -> None:
    chance = random.Random(seed)
    root = filed(cast)
    above: dict[str, str] = {}
    for _ in range(chance.randrange(2, 7)):
        free = [root, *(one for one in above if row(one).phase in ("filed", "handling"))]
        whole = chance.choice(free)
        above[split(cast, whole)["part"]] = whole
    wholes = set(above.values())
    leaves = [one for one in above if one not in wholes]
    verdicts = {one: chance.random() < 0.6 for one in leaves}
    chance.shuffle(leaves)

    for leaf in leaves:
        (close_part if verdicts[leaf] else refuse_part)(cast, leaf)
        settle()
        _close_inner(cast, wholes - {root}, above, verdicts)

    expected = _expected(root, above, verdicts)
    assert row(root).phase == ("verifying" if expected else "filed")
    assert row(root).is_passed is expected
    assert row(root).parts_open == 0


def _close_inner(cast: Cast, inner: set[str], above: dict[str, str], verdicts: dict[str, bool]) -> None:
    """A dispatcher closes or declines every inner whole that has come back, until nothing moves."""
    moved = True
    while moved:
        moved = False
        for one in sorted(inner):
            found = row(one)
            if found.phase == "verifying" or (found.phase == "filed" and _has_begun(found)):
                step(cast, "matter.close", "dispatcher", one) if found.is_passed else refuse_part(cast, one)
                settle()
                moved = True


def _has_begun(found: Matter) -> bool:
    with looking(of_all(), read_only=True):
        return Move.objects.filter(matter=found.pk, action="matter.gather").exists()


def _expected(whole: str, above: dict[str, str], verdicts: dict[str, bool]) -> bool:
    """Whether anything below was verified and closed, read by hand."""
    return any(verdicts[one] if one in verdicts else _expected(one, above, verdicts) for one, over in above.items() if over == whole)


def test_the_tree_stands_on_every_members_page_with_its_roll_up(cast: Cast) -> None:
    root = filed(cast)
    first, second = (split(cast, root)["part"] for _ in range(2))
    inner = split(cast, first)["part"]
    refuse_part(cast, second)

    with looking(of_all(), read_only=True):
        for number in (root, first, second, inner):
            found = relations_of(row(number))
            assert [(depth, one.number) for depth, one in found.tree] == [(0, root), (1, first), (2, inner), (1, second)]
            assert found.ended(numbers.matter_of(root) or 0) == (1, 2)
        assert [one.number for one in relations_of(row(root)).parts] == [first, second]
        assert relations_of(row(inner)).parent.number == first  # type: ignore[union-attr]


@pytest.mark.parametrize("case", ["handled a part", "unit handled a part", "handled an inner part"])
def test_whoever_had_a_hand_in_any_part_verifies_none(cast: Cast, case: str) -> None:
    root = filed(cast)
    first, second = (split(cast, root, unit=cast.units["cleaners"])["part"] for _ in range(2))
    done_in = split_inner(cast, root) if case == "handled an inner part" else first
    step(cast, "matter.receive", "handler", done_in)
    step(cast, "matter.handle", "handler", done_in, note="动手了")
    step(cast, "matter.receive", "handler", second)
    step(cast, "matter.reply", "handler", second, note="好了", no_photo_reason="夜")
    other_post = {"handled a part": replace(cast.verifier, account=cast.handler.account),
                  "unit handled a part": replace(cast.verifier, organisation=cast.handler.organisation),
                  "handled an inner part": replace(cast.verifier, account=cast.handler.account)}[case]

    with pytest.raises(NotAble):
        run("matter.verify", other_post, {"number": second, "version": cast.version(second), "passed": True})
    assert "matter.verify" not in [rule.action for rule in _possible(other_post, second)]
    assert "matter.verify" in [rule.action for rule in _possible(cast.verifier, second)]


def split_inner(cast: Cast, root: str) -> str:
    between: str = split(cast, root)["part"]
    made: str = split(cast, between, unit=cast.units["cleaners"])["part"]
    return made


def _possible(actor: Any, number: str) -> list[Any]:
    with looking(of_all(), read_only=True):
        return stories.possible_moves(actor, row(number))


def test_who_verified_one_part_does_not_handle_another(cast: Cast) -> None:
    root = filed(cast)
    first, second = (split(cast, root, unit=cast.units["cleaners"])["part"] for _ in range(2))
    close_part(cast, first)
    turned = replace(cast.handler, account=cast.verifier.account)

    with pytest.raises(NotAble) as caught:
        run("matter.receive", turned, {"number": second, "version": cast.version(second)})

    assert caught.value.code == "verified_it"


def test_the_database_itself_refuses_a_handler_of_another_part(cast: Cast, owner: None) -> None:
    root = filed(cast)
    first, second = (numbers.matter_of(split(cast, root)["part"]) or 0 for _ in range(2))
    common = {"area": COMMUNITY, "round": 1, "at": clock.now()}
    Handling.objects.create(matter_id=first, person=5, unit=50, **common)
    Handling.objects.create(matter_id=second, person=6, unit=60, **common)

    for verifier, unit in ((5, 70), (7, 50)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Verification.objects.create(matter_id=second, handler=6, handler_unit=60, verifier=verifier, verifier_unit=unit, is_passed=True, **common)
    Verification.objects.create(matter_id=second, handler=6, handler_unit=60, verifier=7, verifier_unit=70, is_passed=True, **common)
    for person, unit in ((7, 50), (5, 70)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Handling.objects.create(matter_id=first, person=person, unit=unit, **(common | {"round": 2}))


def test_a_split_is_undone_while_no_part_has_moved(cast: Cast) -> None:
    with clock.standing_at(MONDAY):
        number = filed(cast)
        before = state(number)
        part = split(cast, number, unit=cast.units["cleaners"])["part"]
        step(cast, "matter.unsplit", "dispatcher", number, reason="by_mistake")

    after = state(number)
    assert after["row"] == before["row"]
    kept = [one for one in after["limits"] if one["name"] != "handling"]
    assert kept == before["limits"]
    assert all(one["ended_at"] for one in after["clocks"])
    taken_back = row(part)
    assert (taken_back.phase, taken_back.merged_into, taken_back.is_open) == ("merged", numbers.matter_of(number), False)
    with pytest.raises(Conflict):
        step(cast, "matter.unmerge", "dispatcher", part, note="x")
    with looking(of_all(), read_only=True):
        for one in (number, part):
            moves = list(Move.objects.filter(matter=numbers.matter_of(one)).order_by("step"))
            assert stories.replay(moves)["phase"] == row(one).phase
        assert relations_of(row(number)).tree == []
    split(cast, number)
    assert row(number).parts_open == 1


def test_a_split_is_not_undone_when_a_part_has_moved(cast: Cast) -> None:
    number = filed(cast)
    part = split(cast, number, unit=cast.units["cleaners"])["part"]
    split(cast, number)
    step(cast, "matter.receive", "handler", part)

    with pytest.raises(Conflict) as caught:
        step(cast, "matter.unsplit", "dispatcher", number, reason="by_mistake")

    assert part in caught.value.message.zh
    assert row(number).parts_open == 2


REFUSED = {
    "before acceptance": ({}, Conflict, "dispatcher"),
    "outside the community": ({"area": COMMUNITY2}, Invalid, "dispatcher"),
    "an unknown category": ({"category": 10**9}, Invalid, "dispatcher"),
    "a unit elsewhere": ({"unit": 10**9}, Invalid, "dispatcher"),
    "no words": ({"summary": " "}, Invalid, "dispatcher"),
    "a handler": ({}, NotAble, "handler"),
    "a neighbour": ({}, NotVisible, "dispatcher2"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_split_that_may_not_be_is_refused_and_leaves_nothing(cast: Cast, case: str) -> None:
    number = cast.report()["number"]
    if case != "before acceptance":
        cast.walk(number, "filed")
    before = state(number)
    more, fault, by = REFUSED[case]

    with pytest.raises(fault):
        split(cast, number, by, **more)

    assert state(number) == before
    with looking(of_all(), read_only=True):
        assert not Matter.objects.filter(parent=numbers.matter_of(number)).exists()


def test_what_a_unit_has_is_not_split_and_a_waiting_whole_is_not_moved_by_hand(cast: Cast) -> None:
    taken, whole = filed(cast), filed(cast)
    step(cast, "matter.dispatch", "dispatcher", taken, unit=cast.units["cleaners"])
    step(cast, "matter.receive", "handler", taken)
    part = split(cast, whole)["part"]

    for number, action, by, more in ((taken, "matter.split", "dispatcher", {"summary": "x"}), (whole, "matter.reply", "handler", {"note": "x"}),
                                     (whole, "matter.merge", "dispatcher", {"into": taken, "reason": "same"}),
                                     (part, "matter.merge", "dispatcher", {"into": taken, "reason": "same"}),
                                     (whole, "matter.refuse", "dispatcher", {"reason": "not_ours", "duty": "他-99"}),
                                     (taken, "matter.refuse", "dispatcher", {"reason": "not_ours", "duty": "他-99"})):
        with pytest.raises((Conflict, NotAble)):
            step(cast, action, by, number, **more)


def test_nobody_but_the_system_takes_a_whole_on(cast: Cast) -> None:
    number = filed(cast)
    split(cast, number)

    with pytest.raises(NotAble):
        cast.do("matter.gather", "dispatcher", number=number)


def test_gathering_twice_changes_nothing(cast: Cast) -> None:
    number = filed(cast)
    part = split(cast, number)["part"]
    close_part(cast, part)
    settle()
    before = state(number), cast.version(number)

    with looking(of_all()):
        due.leave("matter.gather_parts", area=COMMUNITY, subject_kind="matter", subject=numbers.matter_of(part) or 0, at=clock.now())
    settle()

    assert (state(number), cast.version(number)) == before


def test_a_part_is_due_no_later_than_its_whole(cast: Cast) -> None:
    with clock.standing_at(MONDAY):
        number = filed(cast)
    with clock.standing_at(MONDAY.replace(day=30)):
        part = split(cast, number)["part"]

    assert row(part).close_due_at == row(number).close_due_at
    with looking(of_all(), read_only=True):
        assert Limit.objects.get(matter=numbers.matter_of(part), name="whole").due_at == row(number).close_due_at
        assert not Interval.objects.filter(matter=numbers.matter_of(part)).exists()


def test_each_split_is_one_line_in_the_journal_of_the_whole(cast: Cast) -> None:
    number = filed(cast)
    split(cast, number)

    with looking(of_all(), read_only=True):
        lines = JournalLine.objects.filter(subject_kind="matter", subject=numbers.matter_of(number)).values_list("action", flat=True)
        assert sorted(lines) == ["matter.file", "matter.report", "matter.split"]
    assert guards.took_part("handled", row(number), 1, 1) is False
