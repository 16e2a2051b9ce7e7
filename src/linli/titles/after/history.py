# SPDX-License-Identifier: MulanPSL-2.0
"""The register with its history: published batches, the counter of ever named, and communities that published lists name, each once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from linli.core.sight import Actor, SightQuerySet, looking, of_place
from linli.elements import places
from linli.elements.naming import known
from linli.elements.naming.confirming import Confirmed
from linli.elements.places import KnownPlace
from linli.titles.kinds import TitleKind
from linli.titles.models import Batch, Reinspection, Title

NEW, THERE, NAMED, GONE, TWICE = "new", "there", "named", "gone", "twice"


@dataclass(frozen=True)
class Tally:
    """The counter: as last published, named since, ever, revoked and not borne again, borne now, and how many of the published are known by name."""

    published: int
    since: int
    revoked: int
    known: int

    @property
    def ever(self) -> int:
        """Ever named: never counted down, no community twice."""
        return self.published + self.since

    @property
    def now(self) -> int:
        """Borne now."""
        return self.ever - self.revoked


@dataclass(frozen=True)
class Year:
    """The counter at the end of one batch; `named` is None where only the sum of several batches was published."""

    ordinal: int
    year: int
    named: int | None
    ever: int
    source: str
    is_published: bool


@dataclass(frozen=True)
class Line:
    """One line of a confirmed list and what becomes of it: a new title, or why none."""

    number: int
    name: str
    place: KnownPlace | None
    outcome: str


def batches(kind: TitleKind) -> list[Batch]:
    """All batches of a kind in order."""
    return list(Batch.objects.filter(kind=kind.name).order_by("ordinal"))


def tally(kind: TitleKind) -> Tally:
    """The counter of the whole city, which is public; opens the sight of the city itself. Five queries."""
    city = places.city()
    published = Batch.objects.filter(kind=kind.name, state="history", ever_then__isnull=False).order_by("-ordinal").values_list("ever_then", flat=True).first() or 0
    with looking(of_place(city.lo, city.hi)):
        held = Title.objects.filter(kind=kind.name)
        from_lists = held.filter(origin="history").order_by().values("area").distinct()
        since = held.filter(origin="naming").exclude(area__in=from_lists).order_by().values("area").distinct().count()
        revoked = held.exclude(revoked_on=None).exclude(area__in=held.filter(revoked_on=None).values("area")).order_by().values("area").distinct().count()
        return Tally(published, since, revoked, from_lists.count())


def years(kind: TitleKind) -> list[Year]:
    """The counter batch by batch: as published while it was, then by what Linli named. Batches whose sum nobody knows are left out. Three queries."""
    city, found, ever = places.city(), list[Year](), 0
    with looking(of_place(city.lo, city.hi)):
        own = list(Title.objects.filter(kind=kind.name, origin="naming").order_by("batch__ordinal", "pk").values_list("batch", "area"))
        seen = set(Title.objects.filter(kind=kind.name, origin="history").values_list("area", flat=True))
    for batch in batches(kind):
        if batch.state == "history":
            ever = batch.ever_then if batch.ever_then is not None else ever
            if batch.ever_then is not None:
                found.append(Year(batch.ordinal, batch.year, batch.named_then, ever, batch.source, is_published=True))
            continue
        fresh = {area for number, area in own if number == batch.pk} - seen
        seen |= fresh
        ever += len(fresh)
        if batch.state == "named":
            found.append(Year(batch.ordinal, batch.year, sum(number == batch.pk for number, _ in own), ever, batch.document_no, is_published=False))
    return found


def plan(kind: TitleKind, listed: Confirmed) -> list[Line]:
    """What becomes of each line of a confirmed list: a title of history for whom the register does not know yet. One query, inside the sight in force."""
    held: dict[int, str] = {}
    for area, origin in Title.objects.filter(kind=kind.name).order_by("pk").values_list("area", "origin"):
        held[area] = THERE if origin == "history" or held.get(area) == THERE else NAMED
    return list(_lines(listed, held))


def _lines(listed: Confirmed, held: dict[int, str]) -> Iterator[Line]:
    met = set[int]()
    for row in listed.rows:
        place = places.find_place(int(row["area"]))
        place = known.heir(place) if place is not None else None
        if place is None or place.level != "community":
            yield Line(int(row["line"]), str(row["name"]), place, GONE)
        elif place.area in met:
            yield Line(int(row["line"]), str(row["name"]), place, TWICE)
        else:
            met.add(place.area)
            yield Line(int(row["line"]), str(row["name"]), place, held.get(place.area, NEW))


def enter(kind: TitleKind, batch: Batch, listed: Confirmed, today: date) -> list[Title]:
    """Titles of history for the new lines of a list, inside the running action."""
    return Title.objects.bulk_create([
        Title(area=one.place.area, place=one.place.id, kind=kind.name, batch=batch, origin="history", named_on=batch.named_on, document_no=batch.document_no,
              listed_in=listed.number, listed_on=today)
        for one in plan(kind, listed) if one.outcome == NEW and one.place is not None])


def of_list(number: int) -> Sequence[Title]:
    """The titles of history that came in with a list, inside the sight in force."""
    return list(Title.objects.filter(origin="history", listed_in=number).order_by("area"))


def hanging(titles: Sequence[Title]) -> int:
    """On how many of these titles something hangs: a re-inspection, a revocation, a restoration."""
    marked = {one.pk for one in titles if one.revoked_on or one.lifted_on}
    return len(marked | set(Reinspection.objects.filter(title__in=[one.pk for one in titles]).values_list("title", flat=True)))


@dataclass(frozen=True)
class Shown:
    """One title as the public sees it: its community, batch, and whether it was revoked. Nothing of re-inspections."""

    title: Title
    place: KnownPlace | None
    district: KnownPlace | None


MOST_SHOWN = 100


def public_titles(kind: TitleKind, *, after: int = 0, state: str = "", area: int | None = None, most: int = MOST_SHOWN) -> tuple[list[Shown], int | None]:
    """The named and the revoked for anybody, by area code: a page, and after which number the next one begins. Opens the sight of the city itself."""
    city = places.city()
    place = places.find_place(area) if area is not None else None
    lo, hi = (place.lo, place.hi) if place is not None else (city.lo, city.hi)
    with looking(of_place(lo, hi)):
        found = within(Title.objects.within(lo, hi).filter(kind=kind.name), state, after)
        rows = list(found.select_related("batch").order_by("area", "id")[:most + 1])
    shown = [Shown(one, places.find_place(one.area), district_of(one.area)) for one in rows[:most]]
    return shown, rows[most - 1].area if len(rows) > most else None


def within(found: SightQuerySet, state: str, after: int) -> SightQuerySet:
    """The titles of a state (`now`, `revoked`, all) after an area code."""
    chosen = found.filter(area__gt=after) if after else found
    if state == "now":
        return chosen.filter(revoked_on=None)
    return chosen.exclude(revoked_on=None) if state == "revoked" else chosen


def district_of(area: int) -> KnownPlace | None:
    """The district in which an area lies; None where nobody knows it."""
    return next((one for one in places.path_of(area) if one.level == "district"), None) if places.find_place(area) is not None else None


def listed_for(actor: Actor, kind: TitleKind) -> int:
    """How many are known by name within somebody's range; one query."""
    return Title.objects.visible_to(actor).filter(kind=kind.name, origin="history").order_by().values("area").distinct().count()
