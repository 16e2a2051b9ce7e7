# SPDX-License-Identifier: MulanPSL-2.0
"""Draws by a seed: repeatable, without doubles, fair by weight."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.core import draws

SEED = bytes(range(32))


@given(st.sets(st.integers(1, 10**15), max_size=60))
def test_a_draw_is_repeated_by_everybody_who_has_the_seed(frame: set[int]) -> None:
    assert draws.ordered(SEED, frame) == draws.ordered(SEED, sorted(frame, reverse=True))
    assert sorted(draws.ordered(SEED, frame)) == sorted(frame)


@given(st.dictionaries(st.integers(1, 10**6), st.integers(0, 1000), max_size=40), st.integers(0, 50), st.binary(min_size=32, max_size=32))
def test_nobody_is_drawn_twice_and_nobody_without_weight(weights: dict[int, int], size: int, seed: bytes) -> None:
    found = draws.weighted(seed, weights, size)

    assert len(found) == len(set(found)) == min(size, sum(1 for weight in weights.values() if weight))
    assert all(weights[number] for number in found)
    assert found == draws.weighted(seed, dict(reversed(weights.items())), size)


def test_who_weighs_three_times_as_much_is_drawn_three_times_as_often() -> None:
    first = [draws.weighted(number.to_bytes(32, "big"), {1: 1, 2: 3}, 1)[0] for number in range(2000)]

    assert 1400 < first.count(2) < 1600


def test_a_negative_weight_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        draws.weighted(SEED, {1: -1}, 1)


def test_the_digest_shows_nothing_of_the_seed_and_fixes_it() -> None:
    assert draws.digest(SEED) == draws.digest(bytes(range(32))) != draws.digest(draws.new_seed())
