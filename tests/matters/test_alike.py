# SPDX-License-Identifier: MulanPSL-2.0
"""Candidates: what the set-wise search finds equals a slow look at every pair; what was denied stays denied; the work is bounded."""

import random
from datetime import timedelta
from math import asin, cos, radians, sin, sqrt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.core import clock, due
from linli.core.faults import Invalid, NotAble, NotVisible
from linli.core.sight import looking, of_all
from linli.elements import places
from linli.matters import alike, categories, numbers
from linli.matters.models import Category, Likeness, Matter
from linli.matters.relations import relations_of
from tests.cast import COMMUNITY, COMMUNITY2, COMMUNITY3, GRID, HOSTILE, Cast
from tests.matters.test_joining import id_of, merge, row

pytestmark = pytest.mark.django_db
HERE = (117_194_100, 39_117_670)
TEXTS = ("井盖破损，影响行人", "路口的井盖破损了，有人差点摔倒", "路灯不亮", "楼道堆放杂物", HOSTILE, "垃圾没有清运，气味很大", "井", "")


def metres(one: Matter, two: Matter) -> float:
    """The great circle, by the haversine: another way than the product's."""
    a, b, c, d = (radians(value / 1e6) for value in (one.lon_e6, one.lat_e6, two.lon_e6, two.lat_e6))
    return 2 * 6_371_000 * asin(sqrt(sin((d - b) / 2) ** 2 + cos(b) * cos(d) * sin((c - a) / 2) ** 2))


def plant(cast: Cast, count: int, seed: int) -> list[Matter]:
    """Matters strewn over a few blocks, some ended, some without a position."""
    chance = random.Random(seed)
    kinds = list(Category.objects.filter(kind="grid_event").order_by("id")[:4])
    made = []
    for _ in range(count):
        lon, lat = HERE[0] + chance.randrange(-4_000, 4_000), HERE[1] + chance.randrange(-3_000, 3_000)
        placed = chance.random() < 0.8
        at = clock.now() - timedelta(minutes=chance.randrange(0, 60 * 24 * 20))
        made.append(Matter(
            area=chance.choice((COMMUNITY, GRID, COMMUNITY2)), kind="grid_event", category=chance.choice(kinds), source="resident",
            phase=chance.choice(("captured", "filed", "handling", "verifying", "closed", "refused", "merged")), summary=chance.choice(TEXTS),
            address=chance.choice(("", "槐安路 1 号", "槐安路 2 号")), lon_e6=lon if placed else None, lat_e6=lat if placed else None,
            cell=alike.cell(lon, lat) if placed else None, occurred_at=at, reported_at=at, parent=7 if chance.random() < 0.05 else None))
    with looking(of_all()):
        Matter.objects.bulk_create(made)
        return list(Matter.objects.select_related("category").order_by("id"))


def slow(every: list[Matter]) -> set[tuple[int, int]]:
    """Every pair, one after the other: open, whole, near by position or by written address, and enough points."""
    left = [one for one in every if one.phase in ("captured", "filed", "handling", "verifying") and one.parent is None]
    found = set()
    for place, one in enumerate(left):
        for two in left[place + 1:]:
            apart = metres(one, two) if one.lon_e6 is not None and two.lon_e6 is not None else None
            same = bool(one.address) and one.address == two.address and one.area // 1000 == two.area // 1000
            if not same and (apart is None or apart >= 100):
                continue
            if alike.likeness(alike.facts_of(one), alike.facts_of(two)).points >= 50:
                found.add((one.pk, two.pk))
    return found


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_set_wise_search_finds_what_a_slow_look_at_every_pair_finds(cast: Cast, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alike, "PER_CELL", 1_000)
    monkeypatch.setattr(alike, "KEPT", 1_000)
    every = plant(cast, 120, seed)

    with looking(of_all()):
        alike.find_for([one.pk for one in every], clock.now())
        kept = set(Likeness.objects.values_list("one", "two"))

    expected = slow(every)
    edge = {pair for pair in kept ^ expected if _on_the_edge(pair, every)}
    assert kept ^ expected == edge
    assert len(expected) > 10
    assert len(edge) < 3


def _on_the_edge(pair: tuple[int, int], every: list[Matter]) -> bool:
    """Two ways to measure the earth differ by some decimetres at a hundred metres."""
    one, two = (next(row for row in every if row.pk == number) for number in pair)
    return one.lon_e6 is not None and two.lon_e6 is not None and abs(metres(one, two) - 100) < 1


def report(cast: Cast, text: str = "井盖破损", lon: int = HERE[0], lat: int = HERE[1], **more: Any) -> dict[str, Any]:
    return cast.report(summary=text, position=f"{lon / 1e6},{lat / 1e6}", **({"address": ""} | more))


def test_what_looks_alike_is_found_after_the_report_and_says_why(cast: Cast) -> None:
    first = report(cast, "路口井盖破损")
    second = report(cast, "井盖破损，很危险", lat=HERE[1] + 250)
    far = report(cast, "井盖破损", lat=HERE[1] + 2_000)
    due.drain()

    with looking(of_all(), read_only=True):
        found = relations_of(row(second["number"])).alike
        assert [one.number for one in found] == [first["number"]]
        assert relations_of(row(far["number"])).alike == []
        assert alike.marked([id_of(first), id_of(second), id_of(far)]) == {id_of(first), id_of(second)}
    assert 25 <= (found[0].metres or 0) <= 30
    assert {"井盖", "破损"} <= set(found[0].words)
    assert "相距 27 米" in alike.explained(found[0]).zh
    assert "一小时内" in alike.explained(found[0]).zh
    assert "井盖" in alike.explained(found[0]).zh


ARRIVALS = {
    "a chat group": ("matter.take_chat", {"chat": "张三:\n井盖破损"}), "the hotline": ("matter.take_order", {"order": "HL-1", "received_at": clock.now()})}


@pytest.mark.parametrize("where", ARRIVALS)
def test_what_arrives_otherwise_is_looked_at_for_duplicates_too(cast: Cast, where: str) -> None:
    here = {"summary": "井盖破损", "address": "槐安路 8 号"}
    first = cast.report(**here)
    name, more = ARRIVALS[where]
    second = cast.do(name, "dispatcher", category=cast.category, area=COMMUNITY, **here, **more)
    due.drain()

    with looking(of_all(), read_only=True):
        assert [one.number for one in relations_of(row(second["number"])).alike] == [first["number"]]


def test_finding_twice_and_in_any_batch_finds_the_same(cast: Cast) -> None:
    numbers_ = [cast.report(summary="井盖破损", address="槐安路 8 号")["number"] for _ in range(4)]
    due.drain()
    with looking(of_all()):
        once = set(Likeness.objects.values_list("one", "two"))
        alike.find_for([numbers.matter_of(one) or 0 for one in numbers_], clock.now())
        assert set(Likeness.objects.values_list("one", "two")) == once
    assert len(once) == 6


def test_a_whole_batch_costs_three_statements(cast: Cast) -> None:
    made = [id_of(cast.report(summary="井盖破损", address="槐安路 8 号")) for _ in range(12)]

    with looking(of_all()), CaptureQueriesContext(connection) as asked:
        alike.find_for(made, clock.now())

    assert len([one for one in asked if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))]) <= 3
    with looking(of_all(), read_only=True):
        assert max(Likeness.objects.filter(one=one).count() for one in made) <= len(made)
        assert Likeness.objects.count() <= alike.KEPT * len(made)


def test_not_the_same_is_remembered(cast: Cast) -> None:
    one, two = (cast.report(summary="井盖破损", address="槐安路 8 号") for _ in range(2))
    due.drain()

    cast.do("matter.not_duplicate", "dispatcher", number=two["number"], other=one["number"])
    with looking(of_all()):
        alike.find_for([id_of(one), id_of(two)], clock.now())
        assert relations_of(row(one["number"])).alike == []
        assert alike.marked([id_of(one), id_of(two)]) == set()
        assert Likeness.objects.get().denied_by == cast.dispatcher.account


def test_a_pair_that_was_never_proposed_can_be_kept_apart_too(cast: Cast) -> None:
    one, two = cast.report(), cast.report(area=COMMUNITY2)

    cast.do("matter.not_duplicate", "dispatcher", number=one["number"], other=two["number"])

    with looking(of_all(), read_only=True):
        assert Likeness.objects.get(one=id_of(one), two=id_of(two)).denied_at is not None


def test_keeping_apart_is_refused_where_it_means_nothing_or_is_not_theirs(cast: Cast) -> None:
    one, far = cast.report()["number"], cast.report(area=COMMUNITY3)["number"]

    for by, other, fault in (("dispatcher", one, Invalid), ("dispatcher", far, Invalid), ("dispatcher", "LL1x", Invalid), ("gridworker", far, NotAble),
                             ("dispatcher2", far, NotVisible)):
        with pytest.raises(fault):
            cast.do("matter.not_duplicate", by, number=one, other=other)
    with looking(of_all(), read_only=True):
        assert not Likeness.objects.exists()


def test_what_has_ended_or_was_merged_is_no_candidate(cast: Cast) -> None:
    one, two, three = (cast.report(summary="井盖破损", address="槐安路 8 号") for _ in range(3))
    due.drain()
    merge(cast, two["number"], one["number"])

    with looking(of_all(), read_only=True):
        assert [found.number for found in relations_of(row(three["number"])).alike] == [one["number"]]
        assert relations_of(row(two["number"])).alike == []


def near(cast: Cast, **more: Any) -> list[alike.Near]:
    category, community = categories.by_id(cast.category), places.community_of(COMMUNITY)
    assert category is not None
    assert community is not None
    return alike.near_by(alike.Asked(category, community, **more))


def test_a_reporter_sees_what_where_roughly_and_how_far_and_no_word_of_others(cast: Cast) -> None:
    made = report(cast, "秘密的话", lat=HERE[1] + 250, address="秘密的地址")

    found = near(cast, position=HERE)

    assert [(one.number, one.about_metres, one.phase) for one in found] == [(made["number"], 50, "captured")]
    assert "秘密" not in repr(found)
    assert near(cast, position=(HERE[0], HERE[1] + 5_000)) == []


@pytest.mark.parametrize("why", ["secret", "closed", "another category", "another community", "a part", "merged"])
def test_a_reporter_sees_nothing_that_is_not_public_open_and_of_the_sort(cast: Cast, why: str, owner: None) -> None:
    more = {"another category": {"category": Category.objects.filter(kind="six_problems").first().pk}, "another community": {"area": COMMUNITY2}}  # type: ignore[union-attr]
    made = cast.report(**more.get(why, {}))
    changes = {"secret": {"is_secret": True}, "closed": {"phase": "closed"}, "a part": {"parent": 1}, "merged": {"phase": "merged"}}
    if why in changes:
        Matter.objects.filter(pk=id_of(made)).update(**changes[why])

    assert near(cast) == []


def test_comparing_is_the_same_both_ways_and_never_above_a_hundred() -> None:
    chance = random.Random(5)
    for _ in range(200):
        facts = [alike.Facts(number, COMMUNITY, 1, HERE[0] + chance.randrange(900), HERE[1] + chance.randrange(900), chance.choice(("", "一号")),
                             chance.choice(TEXTS), clock.now()) for number in (1, 2)]
        there, back = alike.likeness(*facts), alike.likeness(*reversed(facts))

        assert there == back
        assert 0 <= there.points <= 100


def test_hostile_and_endless_texts_are_compared_in_no_time() -> None:
    facts = [alike.Facts(number, COMMUNITY, 1, None, None, "一号", text * 500, clock.now()) for number, text in enumerate((HOSTILE, "𠮷🕳️\u202e"), start=1)]

    assert alike.likeness(*facts).points >= 50  # the same address and category: that alone is worth a look
    assert len(alike.parts_of(facts[0].summary[:alike.LONGEST])[1]) <= 2 * alike.LONGEST


def test_a_position_touches_every_cell_of_its_reach() -> None:
    chance = random.Random(9)
    for _ in range(100):
        lon, lat = HERE[0] + chance.randrange(10_000), HERE[1] + chance.randrange(10_000)
        cells = set(alike.cells_around(lon, lat, 100))
        for _ in range(20):
            turned = (lon + chance.randrange(-1_100, 1_100), lat + chance.randrange(-880, 880))
            here = [alike.Facts(0, 0, 1, *point, "", "", clock.now()) for point in ((lon, lat), turned)]
            apart = alike.metres_between(*here)
            assert apart is None or apart >= 100 or alike.cell(*turned) in cells
        assert len(cells) <= 12


def test_a_report_keeps_to_its_statements_and_leaves_the_search_to_due_work(cast: Cast) -> None:
    cast.report(position="117.194100,39.117670")

    with CaptureQueriesContext(connection) as asked:
        cast.report(position="117.194100,39.117670")

    statements = [part for one in asked for part in one["sql"].split(";\n") if not part.startswith(("SAVEPOINT", "RELEASE"))]
    assert len(statements) <= 16, statements
    assert not any("matters_likeness" in one for one in statements)
    assert sum("insert into \"core_due\"" in one for one in statements) == 1
