# SPDX-License-Identifier: MulanPSL-2.0
"""The trend of an indicator as a small line drawn by the server, with a sentence that says the same."""

from collections.abc import Sequence
from dataclasses import dataclass

from linli.core.words import Words, words
from linli.measures.results import Point
from linli.measures.scoring import percent

WIDTH, HEIGHT, EDGE = 160, 44, 4


@dataclass(frozen=True)
class Trend:
    """One line in picture units; months without a figure break it. `text` is what the picture shows."""

    paths: tuple[str, ...]
    dots: tuple[tuple[str, str], ...]
    text: Words
    width: int = WIDTH
    height: int = HEIGHT


def drawn(trend: Sequence[Point]) -> Trend | None:
    """The line of a trend; None when fewer than two months have a figure."""
    known = [(number, one) for number, one in enumerate(trend) if one.figure.share is not None and not one.is_ahead]
    if len(known) < 2:
        return None
    step = (WIDTH - 2 * EDGE) / max(len(trend) - 1, 1)
    at = {number: (f"{EDGE + number * step:.1f}", f"{EDGE + (HEIGHT - 2 * EDGE) * (1 - float(one.figure.share or 0)):.1f}") for number, one in known}
    runs: list[list[int]] = []
    for number in at:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    paths = tuple("M" + " L".join(f"{at[number][0]},{at[number][1]}" for number in run) for run in runs if len(run) > 1)
    lonely = tuple(at[run[0]] for run in runs if len(run) == 1)
    last = at[max(at)]
    return Trend(paths, (*lonely, last) if last not in lonely else lonely, _said(known))


def _said(known: Sequence[tuple[int, Point]]) -> Words:
    parts = [f"{one.period} {percent(one.figure.share)}" for _, one in known if one.figure.share is not None]
    return words("各月：" + "，".join(parts) + "。", "By month: " + ", ".join(parts) + ".")
