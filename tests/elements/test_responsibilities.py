# SPDX-License-Identifier: MulanPSL-2.0
"""分片包块: every doorway has somebody who looks after it, or the gap is listed and rings; stand-ins, days, and who may not."""

from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.core import clock, due
from linli.core.faults import Conflict, Invalid, NotAble, NotVisible
from linli.core.models import Alarm
from linli.core.sight import looking, of_all, of_post
from linli.elements import caring, watching
from linli.elements.models import Account, Building, Dwelling, Post, Responsibility, StandIn
from tests.cast import COMMUNITY, COMMUNITY2, GRID, GRID2, HOSTILE, Cast

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
HI = COMMUNITY + 1000


def house(area: int, number: str, *doorways: str) -> int:
    """A building with one dwelling a doorway."""
    with looking(of_all()):
        made = Building.objects.create(area=area, quarter="槐安里", number=number, key=f"{area}.{number}")
        Dwelling.objects.bulk_create([Dwelling(area=area, building=made, doorway=one, room="101", key=f"{one}-101") for one in doorways])
        return made.pk


@pytest.fixture
def houses(cast: Cast) -> tuple[int, int]:
    """Two buildings of the first community, with two doorways and one, and one of its neighbour's."""
    house(GRID2, "9", "1")
    return house(GRID, "1", "1", "2"), house(COMMUNITY + 2, "2", "1")


@pytest.fixture
def colleague(cast: Cast) -> int:
    """A second grid worker of the first community; answers the post."""
    with looking(of_all()):
        account = Account.objects.create(username="colleague", name=HOSTILE[:60], password="!", created_at=clock.now())
        first = Post.objects.get(pk=cast.posts["gridworker"])
        return Post.objects.create(account=account, role="gridworker", place=first.place, organisation=first.organisation, valid_from=date(2020, 1, 1)).pk


def give(cast: Cast, *buildings: int, by: str = "director", **more: Any) -> dict[str, Any]:
    return cast.do("responsibility.give", by, **({"area": COMMUNITY, "buildings": list(buildings), "post": cast.posts["gridworker"]} | more))


def gaps(since: date, days: int = 1) -> list[tuple[str, str]]:
    with looking(of_all(), read_only=True):
        return [(one.name, one.doorway) for one in caring.gaps(COMMUNITY, HI, since, since + days * DAY)]


def ringing() -> dict[int, str]:
    while due.drain():
        pass
    with looking(of_all(), read_only=True):
        return {one.subject: one.sentence["zh"] for one in Alarm.objects.filter(name=watching.NOBODY, ended_at=None)}


def test_every_doorway_without_anybody_is_listed(cast: Cast, houses: tuple[int, int]) -> None:
    assert gaps(clock.today()) == [("槐安里 1号楼", "1"), ("槐安里 1号楼", "2"), ("槐安里 2号楼", "1")]


def test_a_whole_building_covers_its_doorways_and_one_doorway_only_itself(cast: Cast, houses: tuple[int, int]) -> None:
    give(cast, houses[1])
    give(cast, houses[0], doorway="2")

    assert gaps(clock.today()) == [("槐安里 1号楼", "1")]


def test_a_building_without_dwellings_is_one_gap_and_one_of_shops_none(cast: Cast) -> None:
    house(GRID, "5")
    with looking(of_all()):
        Building.objects.create(area=GRID, number="7", key="shop", use="shop")
        Building.objects.create(area=GRID, number="8", key="gone", valid_to=clock.today())

    assert gaps(clock.today()) == [("槐安里 5号楼", "")]


def test_a_gap_rings_until_somebody_is_responsible_and_again_when_he_ends(cast: Cast, houses: tuple[int, int]) -> None:
    give(cast, houses[0])

    first = ringing()
    give(cast, houses[1])
    second = ringing()
    with looking(of_all()):
        held = Responsibility.objects.get(building=houses[1]).pk
    cast.do("responsibility.end", "director", responsibility=held)

    assert "1 个楼门" in first[COMMUNITY]
    assert COMMUNITY not in second
    assert COMMUNITY in ringing()


def test_somebody_away_leaves_a_gap_unless_another_stands_in(cast: Cast, houses: tuple[int, int], colleague: int) -> None:
    today = clock.today()
    give(cast, *houses)
    away = {"post": cast.posts["gridworker"], "since": today + DAY, "until": today + 3 * DAY, "reason": "leave"}

    cast.do("responsibility.stand_in", "director", **away)
    alone = [len(gaps(today + number * DAY)) for number in range(4)]
    cast.do("responsibility.stand_in", "director", stand_in=colleague, **away)

    assert alone == [0, 3, 3, 0]
    assert [len(gaps(today + number * DAY)) for number in range(4)] == [0, 0, 0, 0]
    with looking(of_all()):
        assert StandIn.objects.count() == 1


def test_a_stand_in_whose_own_post_ends_is_nobody(cast: Cast, houses: tuple[int, int], colleague: int) -> None:
    today = clock.today()
    give(cast, *houses)
    cast.do("responsibility.stand_in", "director", post=cast.posts["gridworker"], since=today, until=today + 9 * DAY, reason="training", stand_in=colleague)
    Post.objects.filter(pk=colleague).update(valid_to=today + 2 * DAY)

    assert [len(gaps(today + number * DAY)) for number in (0, 1, 2, 8, 9)] == [0, 0, 3, 3, 0]


def test_a_building_changes_hands_only_when_that_is_said(cast: Cast, houses: tuple[int, int], colleague: int) -> None:
    give(cast, houses[0])

    with pytest.raises(Conflict):
        give(cast, houses[0], post=colleague)
    answer = give(cast, houses[0], post=colleague, replace=True)

    assert answer["ended"] == 1
    with looking(of_all()):
        assert list(Responsibility.objects.filter(until=None).values_list("post", flat=True)) == [colleague]
        assert Responsibility.objects.count() == 2


@pytest.mark.parametrize(("more", "field"), [
    ({"since": "2020-01-01"}, "since"), ({"until": "2020-01-01"}, "until"), ({"post": 0}, "post"), ({"buildings": []}, "buildings"), ({"buildings": ["x'); --"]}, "buildings"),
    ({"post": 10**17}, "post")])
def test_what_cannot_be_is_refused_with_a_sentence(cast: Cast, houses: tuple[int, int], more: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as fault:
        give(cast, *houses, **more)

    assert list(fault.value.fields) == [field]


def test_a_doorway_is_given_for_one_building_only(cast: Cast, houses: tuple[int, int]) -> None:
    with pytest.raises(Invalid):
        give(cast, *houses, doorway="1")


def test_buildings_and_workers_of_the_neighbour_are_not_taken(cast: Cast, houses: tuple[int, int]) -> None:
    with looking(of_all()):
        foreign = Building.objects.get(area=GRID2).pk

    with pytest.raises(Invalid) as building:
        give(cast, foreign)
    with pytest.raises(Invalid) as worker:
        give(cast, houses[0], post=cast.posts["gridworker2"])

    assert (list(building.value.fields), list(worker.value.fields)) == (["buildings"], ["post"])


def test_a_neighbour_finds_nothing_and_a_grid_worker_may_not(cast: Cast, houses: tuple[int, int]) -> None:
    give(cast, houses[0])
    with looking(of_all()):
        held = Responsibility.objects.get().pk

    with pytest.raises(NotVisible):
        give(cast, houses[0], by="director2")
    with pytest.raises(NotVisible):
        cast.do("responsibility.end", "director2", responsibility=held)
    with pytest.raises(NotVisible):
        cast.do("responsibility.stand_in", "director2", post=cast.posts["gridworker"], since=clock.today(), until=clock.today() + DAY, reason="leave")
    with pytest.raises(NotAble):
        cast.do("responsibility.end", "gridworker", responsibility=held)


def test_nobody_stands_in_for_himself_and_absences_do_not_overlap(cast: Cast, houses: tuple[int, int], colleague: int) -> None:
    today = clock.today()
    given = {"post": cast.posts["gridworker"], "since": today, "until": today + 5 * DAY, "reason": "leave"}

    with pytest.raises(Invalid):
        cast.do("responsibility.stand_in", "director", **given, stand_in=cast.posts["gridworker"])
    away = cast.do("responsibility.stand_in", "director", **given)["away"]
    with pytest.raises(Conflict):
        cast.do("responsibility.stand_in", "director", **given | {"until": today + 4 * DAY})
    cast.do("responsibility.back", "director", away=away)
    with pytest.raises(Conflict):
        cast.do("responsibility.back", "director", away=away)


def test_a_sight_shows_the_gaps_of_its_own_community_only(cast: Cast, houses: tuple[int, int]) -> None:
    today = clock.today()

    with looking(of_post(cast.director), read_only=True):
        own = caring.counts(0, 10**15, today, today + DAY)
    with looking(of_post(cast.director2), read_only=True):
        other = caring.counts(0, 10**15, today, today + DAY)

    assert [(one.community, one.now) for one in own] == [(COMMUNITY, 3)]
    assert [(one.community, one.now) for one in other] == [(COMMUNITY2, 1)]


NUMBERS = count(1)
STRETCH = st.tuples(st.integers(0, 12), st.integers(1, 12), st.booleans())


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(held=st.lists(STRETCH, max_size=4), away=st.lists(STRETCH, max_size=3))
def test_the_days_without_anybody_are_those_that_a_plain_count_finds(cast: Cast, held: list[Any], away: list[Any]) -> None:
    today = clock.today()
    with looking(of_all()):
        Responsibility.objects.update(until=F("since"))
        StandIn.objects.update(until=F("since"))
        Building.objects.update(valid_to=today)
    number = house(GRID, str(next(NUMBERS)), "1")
    worker, other = cast.posts["gridworker"], cast.posts["director"]
    with looking(of_all()):
        Responsibility.objects.bulk_create([Responsibility(area=GRID, building_id=number, post_id=worker, since=today + since * DAY, until=today + (since + length) * DAY,
                                                           doorway="1" if is_whole else "") for since, length, is_whole in held])
        StandIn.objects.bulk_create([StandIn(area=COMMUNITY, post_id=worker, stand_in_id=other if has_one else None, since=today + since * DAY,
                                             until=today + (since + length) * DAY, reason="leave") for since, length, has_one in away])

    def is_there(day: int) -> bool:
        assigned = any(since <= day < since + length for since, length, _ in held)
        gone = [has_one for since, length, has_one in away if since <= day < since + length]
        return assigned and (not gone or any(gone))

    assert [bool(gaps(today + day * DAY)) for day in range(26)] == [not is_there(day) for day in range(26)]
