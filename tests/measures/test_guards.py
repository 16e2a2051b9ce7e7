# SPDX-License-Identifier: MulanPSL-2.0
"""Guards: what they find equals a slow reading by hand, what is found again unchanged stays judged, and nobody judges what he explained."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.db.models import Q
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.core import clock
from linli.core.actions import run
from linli.core.faults import Conflict, Fault, Invalid, NotAble, NotVisible
from linli.core.models import JournalLine
from linli.core.sight import Actor, looking, of_all, of_post
from linli.elements import places
from linli.elements.models import Household, Post, Visit
from linli.matters.models import Matter, Move
from linli.measures.closing.editions import Edition
from linli.measures.guarding import finding, reading
from linli.measures.guarding.declaring import Entries, Guard, GuardLimit, declare_entries, declare_guard, guard_named, journalled, unknown_facts
from linli.measures.models import GuardFinding
from linli.measures.periods import parse
from tests.measures.test_figures import plant
from tests.measures.town import COMMUNITIES, NOW, OTHER_DISTRICT, STREET, Town, matter, staff

HOME = COMMUNITIES[0]
DIRECTOR = Actor("director", "director", frozenset({"results.see", "guard.explain"}), HOME, HOME + 1000, account=21, post=21)
HEAD = Actor("head", "head", frozenset({"results.see", "guard.judge"}), STREET, STREET + 10**6, account=22, post=22)
COMMUNITY_HEAD = replace(HEAD, lo=HOME, hi=HOME + 1000, account=23)
BOTH = replace(HEAD, abilities=frozenset({"guard.explain", "guard.judge"}), account=24)
FAR = replace(HEAD, lo=OTHER_DISTRICT, hi=OTHER_DISTRICT + 10**9, account=25)
DAY = 86_400
DELAYS = st.sampled_from((0, 1, 30 * DAY - 1, 30 * DAY, 30 * DAY + 1, 90 * DAY))
DRAWN = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 2), st.sampled_from((0, 0, 1, 9, 10, 12, 15, 59, 60, 61)), DELAYS, st.booleans()), max_size=40)


def act(name: str, actor: Actor, **values: Any) -> dict[str, Any]:
    with clock.standing_at(NOW):
        return run(name, actor, values)


def visited(post: Post, home: Household, recorded: datetime, delay: int = 0, outcome: str = "met") -> Visit:
    return Visit.objects.create(area=home.area, household=home, post=post, purpose="care", outcome=outcome, happened_at=recorded - timedelta(seconds=delay), recorded_at=recorded)


@pytest.fixture
def homes(town: Town) -> tuple[list[Post], list[Household]]:
    """Two workers and a household in each community of the street."""
    with looking(of_all()):
        return ([staff(HOME + serial, date(2026, 1, 1)).post for serial in (1, 2)],
                [Household.objects.create(area=one, formed_on=date(2020, 1, 1)) for one in COMMUNITIES])


def by_hand(every: Sequence[tuple[int, int, datetime, int]]) -> dict[tuple[int, str, str], list[int]]:
    """Each record by itself: late by more than thirty days; or in a stretch of a minute with more than five of one worker."""
    found: dict[tuple[int, str, str], list[int]] = {}
    for worker, home, recorded, delay in every:
        happened = recorded - timedelta(seconds=delay)
        month = f"{clock.local(happened):%Y-%m}"
        minute = timedelta(seconds=60)
        is_crowded = any(sum(two[0] == worker and one[2] <= two[2] < one[2] + minute for two in every) > 5
                         for one in every if one[2] <= recorded < one[2] + minute)
        for name, holds in (("late_entry", delay > 30 * DAY), ("mass_entry", is_crowded)):
            if holds and month.startswith("2026"):
                found.setdefault((COMMUNITIES[home], month, name), []).append(home)
    return found


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=DRAWN)
def test_what_is_found_equals_a_reading_of_each_record_by_hand(homes: tuple[list[Post], list[Household]], drawn: list[tuple[int, int, int, int, bool]]) -> None:
    posts, held = homes
    every: list[tuple[int, int, datetime, int]] = []
    recorded = datetime.fromisoformat("2026-01-31T15:58:00+00:00")
    with transaction.atomic():
        with looking(of_all()):
            for worker, home, gap, delay, is_met in drawn:
                recorded += timedelta(seconds=gap)
                visited(posts[worker], held[home], recorded, delay, "met" if is_met else "away")
                if is_met:
                    every.append((worker, home, recorded, delay))
            months = [one for one in parse("2026").months() if one.start <= NOW]
            found = {(key[0], key[1], key[2]): one.numbers for key, one in finding.find(months).items() if key[3] == "visits"}
        transaction.set_rollback(True)

    assert found == {key: sorted(held[home].pk for home in one) for key, one in by_hand(every).items()}


def test_who_reports_and_closes_within_a_minute_is_flagged_and_nobody_else(town: Town) -> None:
    rows = [matter(town, HOME + 1, reporter=5, reported_at=NOW, closed_at=NOW + timedelta(seconds=seconds)) for seconds in (60, 61, 30, 30)]
    rows.append(matter(town, HOME + 1, reporter=5, reported_at=NOW, closed_at=NOW, phase="self_handled"))
    plant(*rows)
    with looking(of_all()):
        for one, closer in zip(Matter.objects.order_by("id"), (5, 5, 6, None, 5), strict=True):
            Move.objects.create(area=one.area, matter=one, step=1, action="matter.close", from_phase="verifying", to_phase="closed", round=1, actor=closer, role="dispatcher",
                                occurred_at=NOW, recorded_at=NOW)
        first = Matter.objects.order_by("id").first()
        found = finding.find([parse("2026-11")])

    assert first is not None
    assert {key[2]: one.numbers for key, one in found.items()} == {"own_closing": [first.pk]}


def test_journalled_actions_are_entries_too(town: Town) -> None:
    actor = replace(DIRECTOR, account=31)
    with looking(of_all()):
        for number in range(7):
            JournalLine.objects.create(area=HOME, recorded_at=NOW + timedelta(seconds=number), occurred_at=NOW, actor=actor.account if number else None, role="director",
                                       action="household.confirm", subject_kind="household", subject=number, digest=b"")
        found = finding.find([parse("2026-11")])

    assert {key: one.numbers for key, one in found.items()} == {(HOME, "2026-11", "mass_entry", "confirmations"): [1, 2, 3, 4, 5, 6]}


@pytest.fixture
def late(homes: tuple[list[Post], list[Household]]) -> GuardFinding:
    """Two visits entered two months late, found."""
    with looking(of_all()):
        for minutes in (0, 5):
            visited(homes[0][0], homes[1][0], NOW + timedelta(minutes=minutes - 9), 60 * DAY)
    assert finding.recount(NOW) == 1
    with looking(of_all()):
        return GuardFinding.objects.get()


def flags(actor: Actor = HEAD, area: int = STREET, period: str = "2026") -> list[tuple[str, int]]:
    place = places.find_place(area)
    assert place is not None
    with looking(of_post(actor)):
        return [(one.guard.name, one.records) for one in reading.beside(reading.flags(actor, place, parse(period)), "households")]


def test_a_finding_stands_beside_the_figures_until_it_is_accepted(late: GuardFinding) -> None:
    assert flags() == flags(DIRECTOR, HOME, "2026-09") == [("late_entry", 2)]
    assert flags(period="2026-10") == []
    assert reading.said_of(late)[0].zh == "补录晚于 30 天"

    act("guard.explain", DIRECTOR, finding=late.pk, version=1, explanation="纸质记录补录")
    assert flags() == [("late_entry", 2)]
    act("guard.judge", HEAD, finding=late.pk, accepted="yes", why="看过纸质记录")

    assert flags() == []
    with looking(of_all()):
        assert JournalLine.objects.filter(action__in=["guard.explain", "guard.judge"], subject=late.pk).count() == 2


def test_a_finding_that_stands_goes_on_counting(late: GuardFinding) -> None:
    act("guard.judge", HEAD, finding=late.pk, accepted="no", why="没有说明")

    assert flags() == [("late_entry", 2)]
    for name, actor, values in (("guard.explain", DIRECTOR, {"explanation": "x"}), ("guard.judge", HEAD, {"accepted": "no", "why": "x"})):
        with pytest.raises(Conflict):
            act(name, actor, finding=late.pk, **values)


def test_the_same_records_stay_judged_and_others_are_open_again(late: GuardFinding, homes: tuple[list[Post], list[Household]]) -> None:
    act("guard.explain", DIRECTOR, finding=late.pk, explanation="纸质记录补录")
    act("guard.judge", HEAD, finding=late.pk, accepted="yes", why="看过")
    assert finding.recount(NOW) == 0
    assert flags() == []

    with looking(of_all()):
        visited(homes[0][0], homes[1][0], NOW - timedelta(hours=1), 60 * DAY)
    assert finding.recount(NOW) == 1

    with looking(of_all()):
        again = GuardFinding.objects.get()
    assert (again.state, again.records, again.judged_by, again.explanation) == ("explained", 3, None, "纸质记录补录")
    assert flags() == [("late_entry", 3)]


def test_what_is_gone_is_shown_no_longer(late: GuardFinding) -> None:
    with looking(of_all()):
        Visit.objects.update(outcome="away")
    finding.recount(NOW)

    assert flags() == []
    with pytest.raises(NotVisible):
        act("guard.explain", DIRECTOR, finding=late.pk, explanation="x")


def test_a_closed_month_keeps_what_was_found(late: GuardFinding, monkeypatch: pytest.MonkeyPatch) -> None:
    edition = Edition(1, "2026-09", 1, NOW)
    monkeypatch.setattr(finding, "edition_of", lambda key: edition.number if key == edition.period else None)
    with looking(of_all()):
        Visit.objects.update(outcome="away")

    assert finding.recount(NOW) == 0
    assert flags() == [("late_entry", 2)]


@pytest.mark.parametrize(("actor", "name", "values", "fault"), [
    (HEAD, "guard.explain", {"explanation": "x"}, NotAble), (DIRECTOR, "guard.judge", {"accepted": "yes", "why": "x"}, NotAble),
    (COMMUNITY_HEAD, "guard.judge", {"accepted": "no", "why": "x"}, NotAble), (FAR, "guard.judge", {"accepted": "no", "why": "x"}, NotVisible),
    (HEAD, "guard.judge", {"accepted": "yes", "why": "x"}, Invalid), (HEAD, "guard.judge", {"accepted": "no", "why": ""}, Invalid),
    (HEAD, "guard.judge", {"accepted": "maybe", "why": "x"}, Invalid), (DIRECTOR, "guard.explain", {"explanation": ""}, Invalid),
    (DIRECTOR, "guard.explain", {"explanation": "x", "version": 7}, Conflict)])
def test_who_may_not_or_says_too_little_is_refused(late: GuardFinding, actor: Actor, name: str, values: dict[str, Any], fault: type[Fault]) -> None:
    with pytest.raises(fault):
        act(name, actor, finding=late.pk, **values)


def test_nobody_judges_what_he_explained_not_even_in_the_database(late: GuardFinding) -> None:
    act("guard.explain", BOTH, finding=late.pk, explanation="x")
    with pytest.raises(NotAble):
        act("guard.judge", BOTH, finding=late.pk, accepted="yes", why="x")
    for change in ({"state": "accepted"}, {"state": "accepted", "judged_by": BOTH.account, "judged_why": "x"}, {"state": "stands", "judged_by": 1}, {"records": 9},
                   {"state": "accepted", "judged_by": 1, "judged_why": "x", "explained_by": None}):
        with pytest.raises(DatabaseError), transaction.atomic(), looking(of_all()):
            GuardFinding.objects.filter(pk=late.pk).update(**change)


def test_a_bad_declaration_is_refused_with_sentences() -> None:
    guard = guard_named("late_entry")
    assert guard is not None
    for change in ({"condition": None}, {"limits": ()}, {"limits": (GuardLimit(30, "x", valid_from=date(2026, 1, 2)),)}, {"entries": ("nobody",)},
                   {"condition": lambda days: Q(nothing__gt=days)}, {"seconds": 60}):
        with pytest.raises(ValueError, match="Guard 'late_entry'"):
            declare_guard(replace(guard, **change))
    assert unknown_facts() == []
    for entries in (Entries("x", guard.said, (), "select 1 as id", "matter", {}), Entries("x", guard.said, (), "select (", "matter", {})):
        with pytest.raises(ValueError, match="Entries 'x'"):
            declare_entries(entries)
    with pytest.raises(ValueError, match="name the actions"):
        journalled("x", guard.said, (), "matter", ("x' or true --",))


def test_a_limit_holds_from_its_month_on() -> None:
    guard = guard_named("late_entry")
    assert guard is not None
    changed: Guard = replace(guard, limits=(*guard.limits, GuardLimit(20, "x", valid_from=date(2026, 7, 1))))

    assert [changed.limit(day).number for day in (date(2026, 6, 30), date(2026, 7, 1))] == [30, 20]
    assert {one.number: sorted(keys) for one, _, _, keys in finding._spans(changed, [parse("2026-06"), parse("2026-07")])} == {30: ["2026-06"], 20: ["2026-07"]}
