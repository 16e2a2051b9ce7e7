# SPDX-License-Identifier: MulanPSL-2.0
"""How times, spans of time, numbers and shares are said in the reader's language."""

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from linli.core import clock
from linli.core.words import Words, words

NOTHING = "—"
MINUTE, HOUR, DAY = 60, 3_600, 86_400
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(value: date | datetime) -> Words:
    """2026年11月23日 / 23 Nov 2026; a moment gives the city's day."""
    at = clock.local(value).date() if isinstance(value, datetime) else value
    return words(f"{at.year}年{at.month}月{at.day}日", f"{at.day} {MONTHS[at.month - 1]} {at.year}")


def hour(value: datetime) -> str:
    """09:30 on the city's clock."""
    return f"{clock.local(value):%H:%M}"


def moment(value: datetime) -> Words:
    """2026年11月23日 09:30 / 23 Nov 2026, 09:30, on the city's clock."""
    said = day(value)
    return words(f"{said.zh} {hour(value)}", f"{said.en}, {hour(value)}")


def duration(value: timedelta | int) -> Words:
    """A span in its two largest units, cut and not rounded: 3天4小时 / 3 d 4 h. Unit of a bare number: seconds."""
    seconds = abs(int(value.total_seconds() if isinstance(value, timedelta) else value))
    if seconds < MINUTE:
        return words("不到1分钟", "under a minute")
    days, rest = divmod(seconds, DAY)
    hours, rest = divmod(rest, HOUR)
    parts = [(days, "天", "d"), (hours, "小时", "h"), (rest // MINUTE, "分钟", "min")]
    first = next(index for index, part in enumerate(parts) if part[0])
    shown = [part for part in parts[first:first + 2] if part[0]]
    return words("".join(f"{count}{zh}" for count, zh, _ in shown), " ".join(f"{count} {en}" for count, _, en in shown))


def due_in(value: datetime) -> Words:
    """How far a limit lies ahead of now, or how long ago it passed."""
    left = value - clock.now()
    if left >= timedelta(0):
        return words("还剩 {span}", "{span} left").format(span=duration(left))
    return words("已超时 {span}", "{span} overdue").format(span=duration(left))


def number(value: int | Decimal) -> str:
    """12,345 in both languages."""
    return f"{value:,}"


def percent(value: Fraction, places: int = 1) -> str:
    """A share in percent, rounded half up from the exact fraction: 85.3%."""
    exact = Decimal(value.numerator * 100) / Decimal(value.denominator)
    return f"{exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)}%"
