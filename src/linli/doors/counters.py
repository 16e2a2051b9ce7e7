# SPDX-License-Identifier: MulanPSL-2.0
"""A counter over the years as bars drawn by the server, with a sentence that says the same."""

from collections.abc import Sequence
from dataclasses import dataclass

from linli.core.words import Words, words

HEIGHT, STEP, BAR, TOP, FOOT = 150, 76, 52, 26, 22


@dataclass(frozen=True)
class Bar:
    """One bar in picture units with its two labels."""

    x: int
    y: int
    height: int
    middle: int
    value: int
    label: str


@dataclass(frozen=True)
class Counter:
    """The bars of a counter; `text` says what the picture shows."""

    bars: tuple[Bar, ...]
    width: int
    height: int
    foot: int
    text: Words


def counter(points: Sequence[tuple[str, int]]) -> Counter | None:
    """The bars of (label, value); None without any. Heights are whole units of the picture."""
    most = max((value for _, value in points), default=0)
    if not most:
        return None
    room = HEIGHT - TOP - FOOT
    bars = tuple(Bar(place * STEP + (STEP - BAR) // 2, HEIGHT - FOOT - room * value // most, room * value // most, place * STEP + STEP // 2, value, label)
                 for place, (label, value) in enumerate(points))
    said = "，".join(f"{label} {value}" for label, value in points), ", ".join(f"{label} {value}" for label, value in points)
    return Counter(bars, STEP * len(points), HEIGHT, HEIGHT - FOOT + 16, words(f"累计命名：{said[0]}。", f"Ever named: {said[1]}."))
