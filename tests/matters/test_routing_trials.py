# SPDX-License-Identifier: MulanPSL-2.0
"""Rules tried over history: counted as a plain count does, piece by piece, within the days and the place."""

import random
from collections import Counter
from datetime import timedelta

import pytest

from linli.core import clock, due
from linli.core.sight import looking, of_all
from linli.matters import numbers
from linli.matters.models import Category, RouteTrial
from linli.matters.routing import store
from tests.cast import COMMUNITY, COMMUNITY2, GRID, STREET2, Cast
from tests.matters.routing_cast import drain, second_unit, to_cleaners, weekday

pytestmark = pytest.mark.django_db
__all__ = ["weekday"]


@pytest.mark.slow
def test_a_trial_counts_what_would_have_gone_elsewhere_as_a_plain_count_does(cast: Cast) -> None:
    other, chance = second_unit(cast), random.Random(7)
    some = list(Category.objects.filter(kind="grid_event").order_by("id")[:4])
    sent: list[tuple[int, Category, int, int | None]] = []
    for _ in range(40):
        category, area = chance.choice(some), chance.choice([COMMUNITY, GRID, COMMUNITY2])
        number = str(cast.report(category=category.pk, area=area)["number"])
        cast.do("matter.file", "dispatcher", number=number, version=1)
        unit = chance.choice([cast.units["cleaners"], other, None])
        if unit:
            cast.do("matter.dispatch", "dispatcher", number=number, version=2, unit=unit)
        sent.append((numbers.matter_of(number) or 0, category, area, unit))
    key = f"category:{some[0].scheme.code}:{some[0].part}:{some[0].code}"
    route = cast.route(to_cleaners(cast, area=COMMUNITY), (key, GRID, "office", f"unit:{other}"), ("all", COMMUNITY2, "outside", f"unit:{other}"))
    rules = store.rules_of(route)

    def plain(category: Category, area: int) -> tuple[int, int, str]:
        if area == COMMUNITY2:
            return 0, 0, "hole"
        return (rules[1].id, other, "") if category.pk == some[0].pk and area == GRID else (rules[0].id, cast.units["cleaners"], "")

    wanted: Counter[tuple[int, int, int, str]] = Counter()
    same = 0
    for _, category, area, unit in sent:
        rule, goes, fault = plain(category, area)
        if unit is not None and (fault or goes != unit):
            wanted[rule, unit, goes, fault] += 1
        same += unit is not None and not fault and goes == unit
    cast.do("route.try", "dispatcher", route=route, days=30)
    drain()

    with looking(of_all(), read_only=True):
        trial = RouteTrial.objects.get(route=route)
    unsent = sum(1 for *_, unit in sent if unit is None)
    assert {tuple(one[:4]): one[4] for one in trial.rows} == dict(wanted)
    assert (trial.state, trial.looked, trial.total, trial.same, trial.unsent) == ("done", 40, 40, same, unsent)
    assert trial.elsewhere + trial.unresolved + trial.same + trial.unsent == 40
    assert all(len(one[5]) <= 5 and set(one[5]) <= {matter for matter, *_ in sent} for one in trial.rows)


def test_a_trial_goes_on_where_it_stopped_piece_by_piece(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(7):
        cast.walk(str(cast.report()["number"]), "dispatched")
    route = cast.route(to_cleaners(cast))
    monkeypatch.setattr("linli.matters.routing.trials.PIECE", 3)
    cast.do("route.try", "dispatcher", route=route, days=1)
    looked = []

    for _ in range(3):
        due.drain()
        with looking(of_all(), read_only=True):
            looked.append(RouteTrial.objects.get(route=route).looked)
    drain()

    with looking(of_all(), read_only=True):
        trial = RouteTrial.objects.get(route=route)
    assert looked == [3, 6, 7]
    assert (trial.state, trial.same, trial.rows) == ("done", 7, [])


def test_matters_older_than_the_days_and_those_elsewhere_are_not_looked_at(cast: Cast) -> None:
    with clock.standing_at(clock.now() - timedelta(days=40)):
        cast.walk(str(cast.report()["number"]), "dispatched")
    cast.walk(str(cast.report()["number"]), "dispatched")
    cast.report(area=STREET2 + 1000)
    route = cast.route(to_cleaners(cast))

    cast.do("route.try", "dispatcher", route=route, days=30)
    drain()

    with looking(of_all(), read_only=True):
        assert RouteTrial.objects.get(route=route).looked == 1
