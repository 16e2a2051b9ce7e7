# SPDX-License-Identifier: MulanPSL-2.0
"""Slow plain-Python readings of every measure, written from the words of the standard and knowing nothing of the compiler."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from linli.matters.models import Matter

Answer = bool | None
"""In the numerator (True), only in the denominator (False), not counted (None)."""


def _dropped(one: Matter) -> bool:
    return one.phase in ("refused", "merged")


def _closed_within(one: Matter, start: datetime, end: datetime) -> bool:
    return one.closed_at is not None and start <= one.closed_at < end


def _closed_on_time(kind: str) -> Callable[..., Answer]:
    def read(one: Matter, _all: Sequence[Matter], start: datetime, end: datetime, cut_off: datetime) -> Answer:
        if one.kind != kind or _dropped(one):
            return None
        limit = one.close_due_at or one.due_at
        if _closed_within(one, start, end):
            return limit is not None and one.closed_at <= limit
        was_open = one.reported_at < cut_off and (one.closed_at is None or one.closed_at >= cut_off)
        return False if was_open and limit is not None and limit < cut_off else None
    return read


def _recurrence(one: Matter, every: Sequence[Matter], start: datetime, end: datetime, _cut_off: datetime) -> Answer:
    if one.kind != "six_problems" or _dropped(one) or not _closed_within(one, start, end):
        return None

    def place(other: Matter) -> object:
        spot = ("cell", other.cell) if other.cell is not None else ("address", other.address) if other.address else ("none", other.pk)
        return other.area // 1000, other.category_id, spot

    earlier = [two for two in every if two.kind == "six_problems" and not _dropped(two) and place(two) == place(one)
               and (two.reported_at, two.pk) < (one.reported_at, one.pk)]
    if not earlier:
        return False
    before = max(earlier, key=lambda two: (two.reported_at, two.pk)).closed_at
    return before is not None and one.reported_at - timedelta(days=90) <= before <= one.reported_at


def _feedback(one: Matter, _all: Sequence[Matter], start: datetime, end: datetime, _cut_off: datetime) -> Answer:
    if _dropped(one) or not _closed_within(one, start, end):
        return None
    return one.replied_at is not None and one.verifications > 0 and one.failures == 0


def _hazard(one: Matter, _all: Sequence[Matter], start: datetime, end: datetime, _cut_off: datetime) -> Answer:
    if _dropped(one) or not one.category.is_hazard or one.reported_at >= end:
        return None
    if one.closed_at is not None and one.closed_at < start:
        return None
    return _closed_within(one, start, end)


def _verified(one: Matter, _all: Sequence[Matter], start: datetime, end: datetime, _cut_off: datetime) -> Answer:
    return None if _dropped(one) or not _closed_within(one, start, end) else one.is_verified_by_other


def _rework(one: Matter, _all: Sequence[Matter], start: datetime, end: datetime, cut_off: datetime) -> Answer:
    if _dropped(one) or one.verifications == 0:
        return None
    if _closed_within(one, start, end):
        return one.failures > 0
    was_open = one.reported_at < cut_off and (one.closed_at is None or one.closed_at >= cut_off)
    return True if was_open and one.failures > 0 else None


def _first_reply(one: Matter, _all: Sequence[Matter], start: datetime, end: datetime, cut_off: datetime) -> Answer:
    if one.phase == "merged" or not one.is_contactable or one.first_reply_due_at is None or not start <= one.reported_at < end:
        return None
    if one.first_reply_at is None:
        return False if one.first_reply_due_at < cut_off else None
    return one.first_reply_at <= one.first_reply_due_at


def _satisfied(one: Matter, _all: Sequence[Matter], start: datetime, end: datetime, _cut_off: datetime) -> Answer:
    return None if _dropped(one) or one.rating is None or not _closed_within(one, start, end) else one.rating in (1, 2)


def _patrol(one: Matter, _all: Sequence[Matter], start: datetime, end: datetime, _cut_off: datetime) -> Answer:
    if _dropped(one) or one.source == "office" or not one.category.is_public or not start <= one.reported_at < end:
        return None
    return one.source == "patrol"


def _answered(one: Matter, _all: Sequence[Matter], start: datetime, end: datetime, _cut_off: datetime) -> Answer:
    return None if _dropped(one) or one.source != "resident" or not _closed_within(one, start, end) else one.rating is not None


def _due_to_close(one: Matter, start: datetime, end: datetime, cut_off: datetime) -> tuple[bool, bool] | None:
    """(closed in the period, on time), or None for what was neither closed nor overdue."""
    if _dropped(one):
        return None
    limit = one.close_due_at or one.due_at
    if _closed_within(one, start, end):
        return True, limit is not None and one.closed_at <= limit
    was_open = one.reported_at < cut_off and (one.closed_at is None or one.closed_at >= cut_off)
    return (False, False) if was_open and limit is not None and limit < cut_off else None


def _closed(one: Matter, _all: Sequence[Matter], start: datetime, end: datetime, cut_off: datetime) -> Answer:
    found = _due_to_close(one, start, end, cut_off)
    return found[0] if found else None


def _closed_in_time(one: Matter, _all: Sequence[Matter], start: datetime, end: datetime, cut_off: datetime) -> Answer:
    found = _due_to_close(one, start, end, cut_off)
    return found[0] and found[1] if found else None


def _residents_first(one: Matter, _all: Sequence[Matter], start: datetime, end: datetime, _cut_off: datetime) -> Answer:
    if _dropped(one) or one.filed_at is None or not start <= one.filed_at < end or getattr(one, "is_hung", False):
        return None
    return one.source == "resident" and one.verifications > 0


ORACLES: dict[str, Callable[..., Answer]] = {
    "D3-04": _closed_on_time("six_problems"), "D3-05": _recurrence, "D3-11": _closed_on_time("grid_event"), "D3-12": _feedback,
    "D3-13": _hazard, "GV-01": _verified, "GV-02": _rework, "GV-03": _first_reply, "GV-04": _satisfied, "GV-05": _patrol, "GV-06": _answered,
    "ES-01": _closed, "ES-02": _closed_in_time, "ES-03": _residents_first,
}
ROUNDS = frozenset({"GV-07", "GV-08"})
"""Measures about rounds, tried by rounds that are walked (test_rounds.py)."""
SPOT_CHECKS = frozenset({"GV-09"})
"""Measures about jobs settled on the spot, tried by checks made by hand (test_figures.py)."""
STATES = frozenset({"D3-08", "D3-09"})
"""Measures about grids, tried by hand-made grids."""
