# SPDX-License-Identifier: MulanPSL-2.0
"""Figures when a community changes hands: what was over keeps the old map, the running period follows the new one, and the city's sums are the same."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings

from linli.core import calendar_store, clock, due, editions
from linli.core.sight import looking, of_all
from linli.elements import places
from linli.elements.models import Account, Place, Post
from linli.measures.models import Value
from linli.measures.rebuilding import rebuild
from tests.cast import DISTRICT, STREET, STREET2, Cast

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
MONTH, NEXT = "2026-09", "2026-10"


def settle() -> None:
    while due.drain():
        pass


def at(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 10, tzinfo=ZoneInfo(settings.TIME_ZONE))


def figures(area: int, period: str) -> dict[tuple[str, int], tuple[int, int]]:
    """Measure and version to numerator and denominator, at the place's own level."""
    level = places.level_of(area)
    with looking(of_all()):
        rows = Value.objects.filter(area=area, period=period, level=level, denominator__gt=0)
        return {(one.measure, one.version): (one.numerator, one.denominator) for one in rows}


def test_a_month_that_is_over_keeps_the_old_map_and_the_running_one_begins_under_the_new(cast: Cast) -> None:
    calendar_store.seed()
    account = Account.objects.create(username="district3", name="乙", password="!", created_at=clock.now())
    with clock.standing_at(at(9, 10)):
        cast.posts["district3"] = Post.objects.create(account=account, role="district", place=Place.objects.get(area=DISTRICT),
                                                      organisation_id=cast.units["bureau"], valid_from=clock.today()).pk
        cast.walk(cast.report()["number"], "closed")
        cast.report()
        settle()
    with clock.standing_at(at(10, 15)):
        settle()
        rebuild("2026")
        old, city = figures(STREET, MONTH), figures(DISTRICT, MONTH)
        number = cast.do("place.reorganise", "district", kind="move", place="柳桥街道", others="槐安社区", since=clock.today() + timedelta(days=1), basis="x")["reorganisation"]
        cast.do("place.confirm_reorganisation", "district3", reorganisation=number)
        settle()
    with clock.standing_at(at(10, 16)):
        settle()
        editions.forget_all()
        cast.actors.clear()
        new = next(one for one in places.children(STREET2) if one.name == "槐安社区")
        cast.report(area=new.area)
        settle()
        rebuild("2026")
        assert old
        assert figures(STREET, MONTH) == old
        assert figures(STREET2, MONTH) == {}
        assert figures(new.area, MONTH) == {}
        assert figures(DISTRICT, MONTH) == city
        assert figures(new.area, NEXT)
        assert figures(STREET2, NEXT)
