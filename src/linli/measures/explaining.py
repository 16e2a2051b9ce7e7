# SPDX-License-Identifier: MulanPSL-2.0
"""One indicator explained: how its points follow from the value, from which clause it comes, how the levels above stand, which records joined."""

from dataclasses import dataclass
from fractions import Fraction

from linli.core import clock
from linli.core.faults import NotAble
from linli.core.sight import Actor, looking, of_place
from linli.core.words import Words, words
from linli.elements import places
from linli.elements.places import KnownPlace
from linli.measures.declarations import Measure, fact_of
from linli.measures.kept import values_of
from linli.measures.periods import Period, month_of
from linli.measures.results import ABILITY, COUNTED_LEVELS, MOST_MEMBERS, Figure, IndicatorResult, Member, members, place_for
from linli.measures.scoring import decimal, percent

FEWEST = 3
"""So many places must stand behind the value of a level above, or it would tell one neighbour's own (our choice)."""
HOW = words("{share}，得 {reached} 分（满分 {full} 分）：{rule}。", "{share} gives {reached} of {full} points: {rule}.")
NOT_YET = words("现在没有可计的记录，暂不能得分。规则是：{rule}。", "Nothing counts now, so there are no points yet. The rule: {rule}.")
WATCHED = words("只观察，不计分。", "Watched only; it has no points.")


@dataclass(frozen=True)
class Level:
    """The value of one level above, as a share only."""

    place: KnownPlace
    share: Fraction


@dataclass(frozen=True)
class Joined:
    """What the running month brought against the month before: records that joined (the first of them) and how many; None where it is too much to compare."""

    month: Period
    before: Period
    figure: Figure
    earlier: Figure
    rows: tuple[Member, ...]
    count: int | None


def how_points(one: IndicatorResult) -> Words:
    """How the points follow from today's value, in one sentence."""
    if one.scoring is None or not one.indicator.points:
        return WATCHED
    share = one.figure.share
    if share is None or one.reached is None:
        return NOT_YET.format(rule=one.scoring)
    return HOW.format(share=percent(share), reached=decimal(one.reached, 2), full=decimal(one.indicator.points, 2).rstrip("0").rstrip("."), rule=one.scoring)


def levels_above(actor: Actor, area: int, period: str, measure: Measure) -> tuple[Level, ...]:
    """The same share of the street and the district (or the city) that the place belongs to, for eyes inside the offices: shares only, no place beside it.

    A level with fewer than three places below, or without the figure, is left out. NotVisible or NotAble as for the place itself.
    """
    place = place_for(actor, area)
    if not actor.may(ABILITY):
        raise NotAble
    above = [one for one in places.path_of(place.area) if one.area != place.area and one.level in COUNTED_LEVELS]
    fitting = [one for one in above if sum(each.level in COUNTED_LEVELS for each in places.children(one.area)) >= FEWEST]
    if not fitting:
        return ()
    widest = fitting[0]
    with looking(of_place(widest.lo, widest.hi), read_only=True):
        values = values_of([one.area for one in fitting], [period])
    found = [(one, values.get((one.area, period, measure.code, measure.version))) for one in fitting]
    return tuple(Level(one, kept[0].share) for one, kept in reversed(found) if kept is not None and kept[0].share is not None)


def joined(actor: Actor, code: str, area: int, measure: Measure, most: int = 10) -> Joined | None:
    """Which records the running month counts that the month before did not. None for a state of the registers, and above a street."""
    place = place_for(actor, area)
    if not fact_of(measure.fact).dates or place.level not in ("community", "street"):
        return None
    today = clock.today()
    now, before = month_of(today.year, today.month), month_of(*((today.year, today.month - 1) if today.month > 1 else (today.year - 1, 12)))
    new, old = members(actor, code, area, now.key, limit=MOST_MEMBERS), members(actor, code, area, before.key, limit=MOST_MEMBERS)
    known = {one.id for one in old.rows}
    fresh = [one for one in new.rows if one.id not in known]
    values = values_of([area], [now.key, before.key])
    figures = [kept[0] if (kept := values.get((area, one.key, measure.code, measure.version))) else Figure(0, 0) for one in (now, before)]
    is_whole = new.next_cursor is None and old.next_cursor is None
    return Joined(now, before, figures[0], figures[1], tuple(fresh[:most]) if is_whole else (), len(fresh) if is_whole else None)


__all__ = ["Joined", "Level", "how_points", "joined", "levels_above"]
