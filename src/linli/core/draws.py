# SPDX-License-Identifier: MulanPSL-2.0
"""Draws by a seed: fixed before anybody knows the outcome, shown afterwards, and repeatable by everybody who has the seed and the list."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Iterator, Mapping

SEED_BYTES = 32


def new_seed() -> bytes:
    """A fresh seed of 32 bytes, which nobody can guess."""
    return secrets.token_bytes(SEED_BYTES)


def digest(seed: bytes) -> str:
    """SHA-256 of the seed in hex: shown when the draw is fixed, so that the seed cannot be exchanged afterwards."""
    return hashlib.sha256(seed).hexdigest()


def ordered(seed: bytes, frame: Iterable[int]) -> list[int]:
    """The numbers of the frame in the order of HMAC-SHA256(seed, number): the first n are a simple random sample of n."""
    return sorted(set(frame), key=lambda number: (hmac.digest(seed, str(number).encode(), "sha256"), number))


def weighted(seed: bytes, weights: Mapping[int, int], size: int) -> list[int]:
    """`size` numbers drawn one after another without putting back, each with the chance of its whole weight among those left.

    Exact integers only. Fewer come out when fewer have a weight above nought. ValueError for a negative weight.
    """
    if any(weight < 0 for weight in weights.values()):
        raise ValueError("A weight is negative. Weights are whole numbers from nought up.")
    left = {number: weight for number, weight in sorted(weights.items()) if weight}
    stream, found = _numbers(seed), list[int]()
    while left and len(found) < size:
        drawn = _at(left, _below(stream, sum(left.values())))
        found.append(drawn)
        del left[drawn]
    return found


def _at(weights: Mapping[int, int], mark: int) -> int:
    """The number on whose stretch the mark falls when the weights are laid end to end."""
    for number, weight in weights.items():
        if mark < weight:
            return number
        mark -= weight
    raise ValueError("The mark lies beyond the weights.")


def _numbers(seed: bytes) -> Iterator[int]:
    """64-bit numbers: HMAC-SHA256(seed, "draw:0"), "draw:1" ... by their first eight bytes."""
    turn = 0
    while True:
        yield int.from_bytes(hmac.digest(seed, f"draw:{turn}".encode(), "sha256")[:8], "big")
        turn += 1


def _below(stream: Iterator[int], bound: int) -> int:
    """An evenly distributed number under the bound: marks in the last, incomplete stretch are thrown away."""
    complete = (1 << 64) - (1 << 64) % bound
    return next(mark for mark in stream if mark < complete) % bound
