# SPDX-License-Identifier: MulanPSL-2.0
"""Weights and intervals of surveys: exact, equal to a slow reading, and no cell from which a person could be worked out."""

from fractions import Fraction
from math import sqrt

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from linli.measures.surveying.questionnaires import GROUPS, LEVELS, questionnaire_named
from linli.measures.surveying.weighing import FEWEST, OTHERS, clipped, estimate, grouped, merged, root, together, weights

STEADY = settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
FRAMES = some.dictionaries(some.integers(0, 9), some.integers(1, 400), min_size=1, max_size=6)
COUNTS = some.dictionaries(some.sampled_from("12345"), some.integers(0, 40), min_size=2, max_size=5)


@STEADY
@given(FRAMES, some.data())
def test_every_stratum_that_is_left_has_five_answers_or_there_is_only_one(frame: dict[int, int], data: some.DataObject) -> None:
    answered = {one: data.draw(some.integers(0, min(30, count))) for one, count in frame.items()}

    into = together(answered, frame)
    left: dict[int, int] = {}
    for one, count in answered.items():
        left[into[one]] = left.get(into[one], 0) + count

    assert set(into) == set(frame)
    assert set(left) == {OTHERS} or all(count >= FEWEST for count in left.values())
    assert sum(merged(frame, into).values()) == sum(frame.values())


@STEADY
@given(FRAMES, some.data())
def test_the_weights_of_all_answers_add_up_to_the_households(frame: dict[int, int], data: some.DataObject) -> None:
    answered = {one: data.draw(some.integers(1, count)) for one, count in frame.items()}

    found = weights(answered, frame)

    assert sum(found[one] * answered[one] for one in frame) == sum(frame.values())


@STEADY
@given(FRAMES, some.data())
def test_mean_and_interval_equal_a_slow_reading(frame: dict[int, int], data: some.DataObject) -> None:
    values = [(one, Fraction(data.draw(some.sampled_from([0, 30, 60, 80, 100])))) for one, count in frame.items() for _ in range(data.draw(some.integers(2, 12))) if count > 12]
    found = estimate(values, frame)
    if found is None:
        return

    used = sorted({one for one, _ in values})
    whole, mean, variance = sum(frame[one] for one in used), 0.0, 0.0
    for one in used:
        own = [float(value) for stratum, value in values if stratum == one]
        middle = sum(own) / len(own)
        mean += frame[one] / whole * middle
        spread = sum((value - middle) ** 2 for value in own) / (len(own) - 1)
        variance += (frame[one] / whole) ** 2 * (1 - len(own) / frame[one]) * spread / len(own)

    assert abs(float(found.mean) - mean) < 1e-9
    assert found.high is not None
    assert found.low is not None
    assert abs(float(found.high - found.mean) - 1.96 * sqrt(variance)) < 1e-5


def test_whoever_asks_every_household_has_no_error() -> None:
    found = estimate([(1, Fraction(100)), (1, Fraction(0))], {1: 2})

    assert found is not None
    assert found.low == found.mean == found.high == 50


def test_a_single_answer_of_many_households_has_no_interval() -> None:
    found = estimate([(1, Fraction(80))], {1: 30})

    assert found is not None
    assert (found.mean, found.low, found.high) == (80, None, None)
    assert estimate([], {1: 30}) is None


@STEADY
@given(some.fractions(0, 10_000))
def test_a_root_is_rounded_up_by_less_than_a_millionth(value: Fraction) -> None:
    found = root(value)

    assert found * found >= value
    assert found == 0 or (found - Fraction(1, 1_000_000)) ** 2 < value


def test_bounds_are_cut_to_what_is_possible() -> None:
    found = estimate([(1, Fraction(100))] * 9 + [(1, Fraction(0))], {1: 500})
    assert found is not None

    assert clipped(found, 0, 100).high == 100


@STEADY
@given(COUNTS)
def test_no_count_under_five_is_shown_and_none_is_lost(cells: dict[str, int]) -> None:
    ways = [[group for group, _ in way] for way in GROUPS[LEVELS]]

    found = grouped(cells, ways)

    if found is None:
        assert all(any(0 < sum(cells.get(one, 0) for one in group) < FEWEST for group in way) for way in ways)
    else:
        assert not any(0 < count < FEWEST for _, count in found)
        assert sum(count for _, count in found) == sum(cells.values())


def test_levels_are_worth_what_the_policy_says() -> None:
    asked = questionnaire_named("satisfaction")

    assert [asked.score({"law": level}) for level in "12345"] == [100, 80, 60, 30, 0]
    assert asked.score({"law": "1", "services": "4", "covenant": "yes"}) == 65
    assert asked.score({"covenant": "yes"}) is None
    assert (asked.needed(40), asked.needed(1_000), asked.needed(1_001)) == (50, 50, 51)
