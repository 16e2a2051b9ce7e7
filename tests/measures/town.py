# SPDX-License-Identifier: MulanPSL-2.0
"""A made-up town for the tests of measures: two districts, communities with grids, and matters drawn from a seed."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from linli.core import clock, editions
from linli.core.sight import Actor, looking, of_all
from linli.elements.models import Account, Boundary, GridAssignment, Organisation, Place, Post
from linli.matters.models import Category, Matter, Scheme

CITY = 120_000_000_000_000
DISTRICT = 120_101_000_000_000
OTHER_DISTRICT = 120_102_000_000_000
STREET = 120_101_001_000_000
OTHER_STREET = 120_102_001_000_000
COMMUNITIES = (120_101_001_001_000, 120_101_001_002_000, 120_101_001_003_000)
FAR_COMMUNITY = 120_102_001_001_000
NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
PHASES = ("captured", "filed", "dispatched", "handling", "verifying", "closed", "archived", "refused", "merged")


def _place(area: int, hi: int, level: str, name: str, pinyin: str, parent: Place | None) -> Place:
    return Place.objects.create(area=area, lo=area, hi=hi, level=level, name=name, short_name=name, pinyin=pinyin, parent=parent)


@dataclass
class Town:
    """What was built: categories to draw from, and a counter for grids."""

    categories: list[Category]

    def category(self, kind: str, *, is_hazard: bool = False, is_public: bool = True) -> Category:
        """The category with these marks."""
        return next(one for one in self.categories if (one.kind, one.is_hazard, one.is_public) == (kind, is_hazard, is_public))


def build() -> Town:
    """The places and categories; call it as the owner of the tables."""
    city = _place(CITY, 130_000_000_000_000, "city", "演示市", "yanshishi", None)
    for district, street, communities in ((DISTRICT, STREET, COMMUNITIES), (OTHER_DISTRICT, OTHER_STREET, (FAR_COMMUNITY,))):
        above = _place(district, district + 10**9, "district", f"区{district}", f"qu{district}", city)
        road = _place(street, street + 10**6, "street", f"街{street}", f"jie{street}", above)
        for place, area in enumerate(communities):
            home = _place(area, area + 1000, "community", f"社区{area}", f"{chr(ord('z') - place)}shequ", road)
            for serial in (1, 2):
                _place(area + serial, area + serial + 1, "grid", f"网格{serial}", f"wangge{serial}", home)
    scheme = Scheme.objects.create(code="test", version="1", name_zh="测试", name_en="Test", source="made up")
    marks = [(kind, hazard, public) for kind in ("grid_event", "six_problems") for hazard in (False, True) for public in (False, True)]
    made = [Category.objects.create(scheme=scheme, kind=kind, code=str(number), name_zh=f"类{number}", is_hazard=hazard, is_public=public)
            for number, (kind, hazard, public) in enumerate(marks)]
    editions.forget_all()
    return Town(made)


def staff(grid: int, day: date) -> GridAssignment:
    """Put a worker in post in a grid from a day on."""
    account = Account.objects.create(username=f"w{grid}", name="网格员", password="!", created_at=NOW)
    unit = Organisation.objects.create(area=grid, kind="committee", name="居委会")
    place = Place.objects.get(area=grid)
    post = Post.objects.create(account=account, role="gridworker", organisation=unit, place=place, valid_from=day)
    return GridAssignment.objects.create(area=grid, place=place, post=post, valid_from=day)


def draw(grid: int, from_day: int) -> Boundary:
    """Give a grid a boundary from a day on."""
    return Boundary.objects.create(place=Place.objects.get(area=grid), from_day=from_day, to_day=30_000, shape={})


def matter(town: Town, area: int, **given: Any) -> Matter:
    """One matter, closed on time unless said otherwise; not saved."""
    reported = given.pop("reported_at", NOW - timedelta(days=20))
    kind = given.pop("kind", "grid_event")
    row: dict[str, Any] = {
        "kind": kind, "category": town.category(kind), "phase": "closed", "source": "patrol", "summary": "<script>alert(1)</script>",
        "occurred_at": reported, "reported_at": reported, "close_due_at": reported + timedelta(days=10),
        "closed_at": reported + timedelta(days=5)}
    return Matter(area=area, **(row | given))


def random_matter(town: Town, chance: random.Random, area: int | None = None) -> Matter:
    """A matter whose every counted column is drawn; phases and dates agree as far as the engine makes them agree."""
    reported = NOW - timedelta(minutes=chance.randrange(0, 600 * 24 * 60))
    phase = chance.choice(PHASES)
    ended = phase in ("closed", "archived", "refused")
    closed = min(NOW, reported + timedelta(hours=chance.randrange(1, 900))) if ended else None
    contactable = chance.random() < 0.5
    replied = reported + timedelta(hours=chance.randrange(1, 60)) if chance.random() < 0.7 else None
    verifications = chance.choice((0, 1, 1, 2))
    has_cell = chance.random() < 0.6
    kind = chance.choice(("grid_event", "six_problems"))
    return Matter(
        area=area or chance.choice((*COMMUNITIES, FAR_COMMUNITY)) + chance.choice((0, 1, 2)), kind=kind,
        category=chance.choice([one for one in town.categories if one.kind == kind]), phase=phase,
        source=chance.choice(("patrol", "resident", "office")), summary="事", address=chance.choice(("", "一号", "二号")),
        cell=chance.choice((7, 8)) if has_cell else None, is_contactable=contactable, failures=chance.randrange(0, verifications + 1),
        verifications=verifications, is_verified_by_other=bool(verifications) and chance.random() < 0.9,
        rating=chance.choice((None, 1, 2, 3, 5)) if ended else None, occurred_at=reported, reported_at=reported,
        first_reply_at=replied, first_reply_due_at=reported + timedelta(hours=24) if contactable else None,
        replied_at=replied if verifications else None, due_at=reported + timedelta(hours=4) if closed is None else None,
        close_due_at=chance.choice((None, reported + timedelta(days=chance.randrange(1, 30)))), closed_at=closed,
        filed_at=reported + timedelta(hours=chance.randrange(0, 48)) if phase != "captured" else None, is_paused=chance.random() < 0.1,
        parent=1 if chance.random() < 0.1 else None)


def officer(lo: int, hi: int) -> Actor:
    """An office actor who may see results of a range."""
    return Actor("officer", "district", frozenset({"results.see", "matter.see"}), lo, hi, account=1, post=1)


@contextmanager
def at_now() -> Iterator[None]:
    """The whole-city sight, with the clock standing at NOW."""
    with clock.standing_at(NOW), looking(of_all()):
        yield
