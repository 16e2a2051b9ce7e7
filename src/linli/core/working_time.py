# SPDX-License-Identifier: MulanPSL-2.0
"""The words of working time: the four units, and a due moment that can say what moved it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from linli.core.words import CHINESE, ENGLISH, Words, words

HOUR = 3_600
DAY = 86_400


class TimeUnit(StrEnum):
    """The four units in which the limits of digital city management are written.

    Source: time limits of the published municipal standards for filing and closing cases (工作时, 工作日,
    紧急工作时, 紧急工作日). Ordinary units run in office hours of working days only; urgent ones round the clock.
    """

    WORKING_HOUR = "working_hour"
    WORKING_DAY = "working_day"
    URGENT_HOUR = "urgent_hour"
    URGENT_DAY = "urgent_day"

    @property
    def is_urgent(self) -> bool:
        """Whether the unit runs round the clock, nights and holidays included."""
        return self in (TimeUnit.URGENT_HOUR, TimeUnit.URGENT_DAY)

    @property
    def label(self) -> Words:
        return _UNIT_LABELS[self]


_UNIT_LABELS: dict[TimeUnit, Words] = {
    TimeUnit.WORKING_HOUR: words("工作时", "working hours"),
    TimeUnit.WORKING_DAY: words("工作日", "working days"),
    TimeUnit.URGENT_HOUR: words("紧急工作时", "urgent hours (round the clock)"),
    TimeUnit.URGENT_DAY: words("紧急工作日", "urgent days (round the clock)"),
}


class Moved(StrEnum):
    """What moved a due moment."""

    WAITED_FOR_OPENING = "waited_for_opening"
    HOLIDAY = "holiday"
    WEEKENDS = "weekends"
    MAKEUP_DAY = "makeup_day"
    CLOSED_HOURS = "closed_hours"
    END_OF_DAY = "end_of_day"
    NOT_PUBLISHED = "not_published"


@dataclass(frozen=True)
class Step:
    """One thing that moved a due moment, over the days from `first` to `last` (both included).

    Unit of `count`: minutes for WAITED_FOR_OPENING and CLOSED_HOURS, the year for NOT_PUBLISHED,
    the ordinal of the working day for END_OF_DAY, days for all others.
    """

    moved: Moved
    first: date
    last: date
    count: int
    names: tuple[Words, ...] = ()

    @property
    def sentence(self) -> Words:
        """The step in words for the person who asks why the matter is due then."""
        return _SENTENCES[self.moved](self)


@dataclass(frozen=True)
class Due:
    """A due moment (aware, UTC, whole seconds) with every step that moved it.

    `provisional` is true when a day on the way has no published calendar yet: the moment may still move.
    """

    at: datetime
    provisional: bool
    steps: tuple[Step, ...]


def _day(day: date) -> Words:
    return words(f"{day.year}年{day.month}月{day.day}日", day.isoformat())


def _span(step: Step) -> Words:
    if step.first == step.last:
        return _day(step.first)
    return words("{first}至{last}", "{first} to {last}").format(first=_day(step.first), last=_day(step.last))


def _duration(minutes: int) -> Words:
    hours, rest = divmod(minutes, 60)
    return words(f"{hours}小时{rest}分" if rest else f"{hours}小时", f"{hours} h {rest} min" if rest else f"{hours} h")


def _waited(step: Step) -> Words:
    sentence = words("不在办公时间内，等到{day}开门起算（{waited}）",
                     "outside office hours: starts when offices open on {day} ({waited})")
    return sentence.format(day=_day(step.last), waited=_duration(step.count))


def _holiday(step: Step) -> Words:
    zh = "、".join(name.in_language(CHINESE) for name in step.names) or "法定节"
    en = " and ".join(name.in_language(ENGLISH) for name in step.names) or "public holiday"
    sentence = words("跳过{name}假期{span}（{count}天）", "{name}, {span}, left out ({count} days)")
    return sentence.format(name=words(zh, en), span=_span(step), count=step.count)


def _weekends(step: Step) -> Words:
    return words("跳过周末{count}天", "weekend days left out: {count}").format(count=step.count)


def _makeup(step: Step) -> Words:
    sentence = words("{day}虽是周末，调休上班，照常计算", "{day} is a make-up working day and counts")
    return sentence.format(day=_day(step.first))


def _closed(step: Step) -> Words:
    sentence = words("午休和夜间共{closed}不计时", "lunch breaks and nights do not count: {closed}")
    return sentence.format(closed=_duration(step.count))


def _end_of_day(step: Step) -> Words:
    sentence = words("当天不算，到第{count}个工作日（{day}）下班时为止",
                     "the first day does not count: due at closing time of working day {count} ({day})")
    return sentence.format(count=step.count, day=_day(step.last))


def _not_published(step: Step) -> Words:
    sentence = words("{count}年放假安排尚未公布，暂按周末推算，公布后会重算",
                     "the holidays of {count} are not published yet: reckoned with weekends only, and again once they are")
    return sentence.format(count=step.count)


_SENTENCES: dict[Moved, Callable[[Step], Words]] = {
    Moved.WAITED_FOR_OPENING: _waited,
    Moved.HOLIDAY: _holiday,
    Moved.WEEKENDS: _weekends,
    Moved.MAKEUP_DAY: _makeup,
    Moved.CLOSED_HOURS: _closed,
    Moved.END_OF_DAY: _end_of_day,
    Moved.NOT_PUBLISHED: _not_published,
}
