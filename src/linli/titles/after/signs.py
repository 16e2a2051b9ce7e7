# SPDX-License-Identifier: MulanPSL-2.0
"""苗头: what the daily figures say against a title, noted once a day, from when until when; a help for the offices, never a league table."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Count

from linli.core import clock
from linli.core.words import Words, words
from linli.elements import places
from linli.matters.models import Matter
from linli.measures.grading import MISSES, grade
from linli.measures.periods import year_of
from linli.measures.results import UNMET, Results
from linli.measures.several import results_of_several
from linli.titles.kinds import TitleKind
from linli.titles.models import Title, TitleSign

CHUNK = 200
"""Titles that are looked at in one action (our choice)."""
NAMES: Mapping[str, Words] = {
    "condition": words("必备条件不再满足", "A necessary condition no longer holds"),
    "below": words("得分低于达标线", "Points have fallen under the bar"),
    "overdue": words("超时事项积压", "Overdue matters are heaped"),
}
HEAPED = words("超时未办结 {count} 件（达到 {bar} 件算积压，拟）", "{count} open matters overdue ({bar} count as heaped, proposed)")


def noted(kind: TitleKind, after: int) -> tuple[int, dict[str, int]]:
    """Note the signs of the next titles by number: the last number looked at (0 at the end) and how many signs began and ended. Seven queries a chunk."""
    held = list(Title.objects.filter(kind=kind.name, revoked_on=None, pk__gt=after).order_by("pk")[:CHUNK])
    there = {(one.title_id, one.name): one for one in TitleSign.objects.filter(title__in=[one.pk for one in held], until=None)}
    found, today, begun, ended, again = speaking(kind, held, clock.now()), clock.today(), list[TitleSign](), list[TitleSign](), list[TitleSign]()
    for title in held:
        for name in NAMES:
            said, open_one = found.get((title.pk, name)), there.get((title.pk, name))
            if said and open_one is None:
                begun.append(TitleSign(area=title.area, title=title, kind=kind.name, name=name, said=said, since=today))
            elif open_one is not None and not said:
                open_one.until = today
                ended.append(open_one)
            elif open_one is not None and open_one.said != said:
                open_one.said = said
                again.append(open_one)
    TitleSign.objects.bulk_create(begun)
    TitleSign.objects.bulk_update([*ended, *again], ["until", "said"])
    return held[-1].pk if len(held) == CHUNK else 0, {"seen": len(held), "begun": len(begun), "ended": len(ended)}


def speaking(kind: TitleKind, held: Sequence[Title], moment: datetime) -> dict[tuple[int, str], list[dict[str, str]]]:
    """By title and sign, the sentences that speak against it now; nothing where the figures cannot tell."""
    day = clock.local(moment).date()
    grounds = {one.pk: place for one in held if (place := places.find_place(one.area)) is not None}
    results, late = results_of_several(list(grounds.values()), year_of(day.year), moment), overdue([one.area for one in grounds.values()], moment)
    bar, found = kind.limit("overdue_heaped", day).number, dict[tuple[int, str], list[dict[str, str]]]()
    for number, place in grounds.items():
        for name, said in _of_figures(results[place.area]).items():
            found[(number, name)] = [one.as_dict() for one in said]
        if late.get(place.area, 0) >= bar:
            found[(number, "overdue")] = [HEAPED.format(count=late[place.area], bar=bar).as_dict()]
    return found


def _of_figures(found: Results) -> dict[str, list[Words]]:
    unmet = [one.condition.words for one in found.conditions if one.state == UNMET]
    graded = grade(found)
    below = [] if unmet or graded.state != MISSES else list(graded.reasons)
    return {name: said for name, said in (("condition", unmet), ("below", below)) if said}


def overdue(areas: Sequence[int], moment: datetime) -> dict[int, int]:
    """By community, the open matters whose limit has passed; one query."""
    wanted = {area // 1_000: area for area in areas}
    found = Matter.objects.filter(community__in=list(wanted), is_open=True, due_at__lt=moment).order_by().values_list("community").annotate(count=Count("id"))
    return {wanted[community]: count for community, count in found}


def current(held: Sequence[Title]) -> dict[int, list[TitleSign]]:
    """By title, the signs that stand now; one query."""
    found: dict[int, list[TitleSign]] = {}
    for one in TitleSign.objects.filter(title__in=[each.pk for each in held], until=None).order_by("name"):
        found.setdefault(one.title_id, []).append(one)
    return found


def sentences(sign: TitleSign) -> list[Words]:
    """What a sign says, in words."""
    return [words(one["zh"], one["en"]) for one in sign.said]


def facts_of(sign: TitleSign) -> dict[str, Any]:
    """A sign as a page shows it."""
    return {"name": sign.name, "words": NAMES[sign.name], "said": sentences(sign), "since": sign.since}


def long_since(year: int, baseline: int, kind: TitleKind, day: date) -> bool:
    """Whether so many years have gone by since the last look that it weighs."""
    return year - baseline >= kind.limit("long_since_years", day).number
