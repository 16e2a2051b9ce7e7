# SPDX-License-Identifier: MulanPSL-2.0
"""What rings about facilities, terms and responsibility: equipment that expires, terms that end, doorways that nobody looks after. Set-wise."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from django.conf import settings
from django.db.models import Count, Min, Q

from linli.core import clock
from linli.core.alarms import Kind, declare
from linli.core.sight import AREA_END
from linli.core.words import Words, words
from linli.elements import caring, parts, places, seats
from linli.elements.alarms import Wanted, settle
from linli.elements.covering import horizon
from linli.elements.models import ThingPart
from linli.elements.registers.kinds import organisation_kind
from linli.elements.responsibilities import ASSIGNS

EXPIRED, EXPIRING, TERM_OVER, NOBODY = "part.expired", "part.expiring", "term.over", "responsibility.gap"
declare(Kind(EXPIRED, words("设施配备已过期", "Equipment has expired"), seats.THINGS_KEPT))
declare(Kind(EXPIRING, words("设施配备快到期", "Equipment soon expires"), seats.THINGS_KEPT))
declare(Kind(TERM_OVER, words("届期将满或已满", "A term of office ends"), seats.KEEPS))
declare(Kind(NOBODY, words("楼门没有包联责任人", "Doorways that nobody looks after"), ASSIGNS))

HAS_EXPIRED = words("“{thing}”有 {count} 项配备已过期，最早的是 {first}。请更换并更新清单。",
                    "{count} kinds of equipment of “{thing}” have expired, the first on {first}. Replace them and bring the list up to date.")
WILL_EXPIRE = words("“{thing}”有 {count} 项配备将在 {days} 天（拟）内到期，最早的是 {first}。请提前更换。",
                    "{count} kinds of equipment of “{thing}” expire within {days} days (proposed), the first on {first}. Replace them in time.")
IS_OVER = words("“{unit}”本届已于 {last} 届满。请登记换届结果。", "The term of “{unit}” ended on {last}. Enter the new term.")
WILL_BE_OVER = words("“{unit}”本届将于 {last} 届满（提前 {days} 天提醒，拟）。请准备换届。",
                     "The term of “{unit}” ends on {last} (told {days} days ahead, proposed). Prepare the next one.")
NOBODY_NOW = words("“{place}”今天有 {count} 个楼门没有包联责任人。请安排责任人，或指定顶岗人。",
                   "In {place} nobody looks after {count} doorways today. Say who is responsible, or who stands in.")
NOBODY_SOON = words("“{place}”从 {since} 起有 {count} 个楼门没有包联责任人。请提前安排。",
                    "In {place} nobody will look after {count} doorways from {since} on. Arrange it in time.")
Range = tuple[int, int]


def watch_parts(ranges: Sequence[Range]) -> int:
    """Ring for every facility with equipment that has expired or soon will; answers how many ring. One statement a range and sort."""
    today = clock.today()
    last = parts.horizon(today)
    count = 0
    for lo, hi in ranges:
        count += settle(EXPIRED, "thing", lo, hi, _parts(lo, hi, Q(expires_on__lt=today), HAS_EXPIRED))
        count += settle(EXPIRING, "thing", lo, hi, _parts(lo, hi, Q(expires_on__gte=today, expires_on__lte=last), WILL_EXPIRE))
    return count


def _parts(lo: int, hi: int, which: Q, said: Words) -> dict[int, Wanted]:
    standing = Q(thing__valid_to=None) | Q(thing__valid_to__gt=clock.today())
    rows = (ThingPart.objects.within(lo, hi).filter(which, standing, count__gt=0).values_list("thing", "area", "thing__name")
            .annotate(lines=Count("id"), first=Min("expires_on")).order_by("thing"))
    return {thing: Wanted(area, seats.THINGS_KEPT, said.format(thing=name, count=lines, first=first.isoformat(), days=settings.PARTS_AHEAD_DAYS))
            for thing, area, name, lines, first in rows}


def watch_terms() -> int:
    """Ring for every organisation whose last term is over or soon will be, in the whole city; answers how many ring."""
    today = clock.today()
    ahead = today + timedelta(days=settings.TERM_AHEAD_DAYS)
    wanted: dict[int, Wanted] = {}
    for number, area, kind, name, until in seats.last_days():
        if until <= ahead:
            declared = organisation_kind(kind)
            ability = declared.ability if declared and declared.ability else seats.KEEPS
            wanted[number] = Wanted(area, ability, _term_sentence(name, until, today))
    return settle(TERM_OVER, "organisation", 0, AREA_END, wanted)


def _term_sentence(name: str, until: date, today: date) -> Words:
    last = (until - timedelta(days=1)).isoformat()
    return (IS_OVER if until <= today else WILL_BE_OVER).format(unit=name, last=last, days=settings.TERM_AHEAD_DAYS)


def watch_doorways(ranges: Sequence[Range]) -> int:
    """Ring for every community with doorways that nobody looks after today or in the days watched; answers how many ring."""
    today = clock.today()
    to = horizon(today)
    return sum(settle(NOBODY, "place", lo, hi, {one.community: Wanted(one.community, ASSIGNS, _gap_sentence(one)) for one in caring.counts(lo, hi, today, to)})
               for lo, hi in ranges)


def _gap_sentence(one: caring.Count) -> Words:
    place = places.find_place(one.community)
    name = place.name if place else str(one.community)
    if one.now:
        return NOBODY_NOW.format(place=name, count=one.now)
    return NOBODY_SOON.format(place=name, count=one.doorways, since=one.first.isoformat())


def communities(areas: Iterable[int]) -> list[Range]:
    """The ranges of the communities around these areas, each once."""
    found = {(home.lo, home.hi) for area in areas if (home := places.community_of(area)) is not None}
    return sorted(found)


def districts(areas: Iterable[int]) -> list[Range]:
    """The ranges of the districts around these areas, each once; the city where there are none."""
    paths = [places.path_of(area) for area in set(areas)]
    found = {(one.lo, one.hi) for path in paths for one in path if one.level == "district"}
    return sorted(found) if all(any(one.level == "district" for one in path) for path in paths) else [(places.city().lo, places.city().hi)]
