# SPDX-License-Identifier: MulanPSL-2.0
"""步行可达 (6a): from which buildings no facility of a service lies within its reach on foot; reckoned set-wise by cell numbers, kept, and read.

A walk is estimated: the straight line times a declared detour factor (LINLI_DETOUR_PERCENT, proposed). *Error*: the true walk may be shorter where a
gate leads straight through and longer where a wall, a river or a railway is in the way; the factor stands beside every result. Straight lines
are exact to 0.1 % within ten kilometres (a sphere of 6,371 km).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, cos, radians
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count, F, Max, Min, Q, Sum
from django.db.models.fields.json import KeyTextTransform

from linli.core import clock
from linli.core.sight import Actor
from linli.core.words import Words
from linli.elements.coordinates import CELL_E6, blocks_around
from linli.elements.models import Building, Reckoning, Thing, Unreached
from linli.elements.registers.kinds import ThingKind, thing_kinds

LIVED_IN = ("dwelling", "mixed")
METRES_E6 = 0.111_195
"""Metres of a millionth of a degree of latitude."""
NEAREST = 2
"""The nearest facility is named up to so many times the reach away (our choice)."""
PARTS = ","


@dataclass(frozen=True)
class Service:
    """One service with the reach that holds: declared, or set by LINLI_REACH_METRES."""

    key: str
    words: Words
    kind: ThingKind
    option: str
    metres: int
    source: Words
    is_set: bool

    @property
    def straight(self) -> int:
        """The same reach as a straight line, in metres."""
        return self.metres * 100 // settings.DETOUR_PERCENT


def _settings() -> dict[str, int]:
    found: dict[str, int] = {}
    for part in settings.REACH_METRES.split(PARTS):
        key, _, metres = part.partition("=")
        if metres.strip().isdecimal():
            found[key.strip()] = int(metres)
    return found


def services() -> list[Service]:
    """The services whose reach is watched, in the order of their kinds; one that is set to 0 is left out."""
    given = _settings()
    return [Service(key, named, kind, reach.option, given.get(key, reach.metres), reach.source, key in given)
            for kind in thing_kinds() for key, named, reach in kind.services() if given.get(key, reach.metres) > 0]


def service_named(key: str) -> Service | None:
    """The service of a key; None when there is none."""
    return next((one for one in services() if one.key == key), None)


RECKON = """
with site as (select * from unnest(%(blocks)s::bigint[], %(lons)s::int[], %(lats)s::int[]) as site(block, lon, lat)),
home as (select id, area, cell >> %(shift)s as block, lon_e6, lat_e6 from elements_building
          where area >= %(lo)s and area < %(hi)s and cell is not null and lon_e6 is not null and lat_e6 is not null and valid_to is null and use in ('dwelling', 'mixed')),
near as (select home.id, min(sqrt(power((home.lon_e6 - site.lon) * cos(radians(home.lat_e6 / 1e6)), 2) + power(home.lat_e6 - site.lat, 2))) * %(factor)s as metres
           from home join site on site.block = home.block group by home.id),
out as materialized (
  select home.id, home.area, case when near.metres <= %(nearest)s then ceil(near.metres)::int end as metres,
         (select count(*) from elements_dwelling d where d.building_id = home.id and d.valid_to is null) as dwellings
    from home left join near on near.id = home.id where near.metres is null or near.metres > %(limit)s),
gone as (delete from elements_unreached old where old.service = %(service)s and old.area >= %(lo)s and old.area < %(hi)s
    and not exists (select from out where out.id = old.building_id)),
kept as (insert into elements_unreached as old (area, building_id, service, metres, dwellings) select area, id, %(service)s, metres, dwellings from out
    on conflict (building_id, service) do update set area = excluded.area, metres = excluded.metres, dwellings = excluded.dwellings
    where (old.area, old.metres, old.dwellings) is distinct from (excluded.area, excluded.metres, excluded.dwellings) returning 1)
select count(*) from out
"""
"""One service over a range: buildings meet facilities of their own and the eight neighbouring blocks of cells (a hash join), then the distance decides."""


def reckon(ranges: Sequence[tuple[int, int]], kinds: Iterable[str] | None = None) -> int:
    """Reckon the services of some kinds (all) anew for the buildings of some ranges; answers how many (building, service) are out of reach there.

    The caller has set the sight of the whole city: a facility beyond a border serves too. The same again when nothing has changed.
    """
    wanted = None if kinds is None else set(kinds)
    count = 0
    for service in services():
        if wanted is None or service.kind.name in wanted:
            sites = _sites(service)
            count += sum(_reckon(service, sites, lo, hi) for lo, hi in ranges)
            Reckoning.objects.update_or_create(service=service.key, defaults={
                "metres": service.metres, "detour_percent": settings.DETOUR_PERCENT, "facilities": len(sites), "at": clock.now()})
    known = {one.key for one in services()}
    Unreached.objects.exclude(service__in=known).delete()
    Reckoning.objects.exclude(service__in=known).delete()
    return count


def _sites(service: Service) -> list[tuple[int, int, int]]:
    """Cell, longitude and latitude of all facilities that offer the service today, in the whole city."""
    today = clock.today()
    found = Thing.objects.filter(Q(valid_from=None) | Q(valid_from__lte=today), Q(valid_to=None) | Q(valid_to__gt=today), kind=service.kind.name,
                                 cell__isnull=False, lon_e6__isnull=False, lat_e6__isnull=False)
    if service.option:
        found = found.annotate(offered=KeyTextTransform(service.kind.divided_by, "fields")).filter(offered=service.option)
    return list(found.values_list("cell", "lon_e6", "lat_e6"))


def _reckon(service: Service, sites: Sequence[tuple[int, int, int]], lo: int, hi: int) -> int:
    edges = Building.objects.within(lo, hi).filter(cell__isnull=False).aggregate(
        west=Min("lon_e6"), east=Max("lon_e6"), south=Min("lat_e6"), north=Max("lat_e6"))
    if edges["west"] is None:
        Unreached.objects.within(lo, hi).filter(service=service.key).delete()
        return 0
    widest = max(abs(edges["south"]), abs(edges["north"])) + 1_000_000
    narrow = max(cos(radians(min(widest / 1e6, 85.0))), 0.05)
    search = ceil(service.metres * NEAREST * 100 / settings.DETOUR_PERCENT)
    margin = ceil(search / METRES_E6 / narrow)
    near = [one for one in sites if edges["west"] - margin <= one[1] <= edges["east"] + margin and edges["south"] - margin <= one[2] <= edges["north"] + margin]
    level = _level(search, narrow)
    spread = [(block, lon, lat) for cell, lon, lat in near for block in blocks_around(cell, level)]
    given: dict[str, Any] = {
        "blocks": [one[0] for one in spread], "lons": [one[1] for one in spread], "lats": [one[2] for one in spread], "shift": 2 * level, "lo": lo, "hi": hi,
        "factor": METRES_E6 * settings.DETOUR_PERCENT / 100, "limit": service.metres, "nearest": service.metres * NEAREST, "service": service.key}
    with connection.cursor() as cursor:
        cursor.execute(RECKON, given)
        return int(cursor.fetchone()[0])


def _level(metres: int, narrow: float) -> int:
    """The smallest level whose blocks are at least so many metres wide: then nothing nearer lies beyond the neighbouring blocks."""
    level = 0
    while (CELL_E6 << level) * METRES_E6 * narrow < metres:
        level += 1
    return level


@dataclass(frozen=True)
class Line:
    """One service in a range: how many buildings of homes with a position lie out of reach, with how many dwellings."""

    service: Service
    out: int
    dwellings: int
    reckoned: Reckoning | None

    @property
    def is_stale(self) -> bool:
        """True while the numbers kept were reckoned with another reach or detour."""
        return self.reckoned is not None and (self.reckoned.metres, self.reckoned.detour_percent) != (self.service.metres, settings.DETOUR_PERCENT)


@dataclass(frozen=True)
class Ground:
    """The buildings of homes of a range: those with a position, which are judged, and those without, which are not."""

    placed: int
    unplaced: int


def ground(actor: Actor, lo: int, hi: int) -> Ground:
    """How many buildings are judged in a range and how many cannot be. One query."""
    found = Building.objects.visible_to(actor).within(lo, hi).filter(valid_to=None, use__in=LIVED_IN).aggregate(
        placed=Count("id", filter=Q(cell__isnull=False)), unplaced=Count("id", filter=Q(cell=None)))
    return Ground(found["placed"], found["unplaced"])


def lines(actor: Actor, lo: int, hi: int) -> list[Line]:
    """Every service in a range. Two queries."""
    out = {row["service"]: row for row in Unreached.objects.visible_to(actor).within(lo, hi).values("service").annotate(out=Count("id"), homes=Sum("dwellings"))}
    reckoned = {one.service: one for one in Reckoning.objects.all()}
    return [Line(one, out.get(one.key, {}).get("out", 0), out.get(one.key, {}).get("homes") or 0, reckoned.get(one.key)) for one in services()]


def unreached(actor: Actor, service: str, lo: int, hi: int, after: int = 0, most: int = 50) -> list[Unreached]:
    """The buildings of a range out of reach of a service, in order of their number, from one on. One query."""
    found = Unreached.objects.visible_to(actor).within(lo, hi).filter(service=service, building__gt=after)
    return list(found.select_related("building").order_by("building")[:most])


@dataclass(frozen=True)
class Dot:
    """One point for the picture: a building in or out of reach, or a facility."""

    lon_e6: int
    lat_e6: int
    state: str
    name: str


def dots(actor: Actor, service: Service, lo: int, hi: int, most: int = 3000) -> list[Dot]:
    """Buildings of homes and facilities of a range as points, facilities last (on top). Three queries."""
    out = set(Unreached.objects.visible_to(actor).within(lo, hi).filter(service=service.key).values_list("building", flat=True)[:most])
    homes = Building.objects.visible_to(actor).within(lo, hi).filter(valid_to=None, use__in=LIVED_IN, cell__isnull=False, lon_e6__isnull=False)
    found = [Dot(lon, lat, "out" if key in out else "in", f"{quarter}{number}") for key, lon, lat, quarter, number in
             homes.values_list("id", "lon_e6", "lat_e6", "quarter", "number").order_by("id")[:most]]
    there = Thing.objects.visible_to(actor).within(lo, hi).filter(kind=service.kind.name, valid_to=None, lon_e6__isnull=False)
    if service.option:
        there = there.annotate(offered=KeyTextTransform(service.kind.divided_by, "fields")).filter(offered=service.option)
    return found + [Dot(lon, lat, "site", name) for lon, lat, name in there.values_list("lon_e6", "lat_e6", "name").order_by("id")[:most]]


def by_place(actor: Actor, service: str, lo: int, hi: int, width: int) -> dict[int, tuple[int, int]]:
    """Buildings and dwellings out of reach of a service by place below: `width` numbers wide each. One query."""
    rows = Unreached.objects.visible_to(actor).within(lo, hi).filter(service=service).annotate(home=F("area") / width * width).values("home")
    return {row["home"]: (row["out"], row["homes"] or 0) for row in rows.annotate(out=Count("id"), homes=Sum("dwellings"))}
