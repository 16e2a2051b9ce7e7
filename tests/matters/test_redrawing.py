# SPDX-License-Identifier: MulanPSL-2.0
"""Redrawing grids: what is refused, what ends and begins, which matters follow, and how old ones count under either map."""

from collections import Counter
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import contains_xy
from shapely.geometry import shape

from linli.core import clock, due
from linli.core.actions import run
from linli.core.faults import Conflict, Fault, Invalid, NotAble, NotVisible
from linli.core.models import Alarm, Facet, SubjectKey
from linli.core.sight import Actor, looking, of_all, of_post
from linli.elements import covering, lineages, maps, places
from linli.elements.actors import actor_of_post
from linli.elements.alarms import UNCOVERED
from linli.elements.models import Absence, Account, Boundary, GridAssignment, Place, Post, Replacement
from linli.elements.reactions import watch_hourly
from linli.elements.zonings import Zoning, zoning_of
from linli.matters import numbers, rounds, stories
from linli.matters.actions import rezoning
from linli.matters.alarms import ENDED_GRID
from linli.matters.checklists import checklist_of
from linli.matters.mapping.choices import Choice
from linli.matters.mapping.outlooks import outlook
from linli.matters.mapping.under_maps import under_map
from linli.matters.models import Limit, Matter, Move, Round, RoundReport
from linli.matters.reactions.rezoning import find_left_behind
from linli.matters.reactions.rounds import link_rounds
from linli.measures.counts import Key, Pair, count_leaves
from linli.measures.freshness import kept
from linli.measures.periods import touched, window
from tests.cast import COMMUNITY, COMMUNITY2, DISTRICT, GRID, GRID2, STEPS, STREET, Cast
from tests.matters import grounds
from tests.matters.grounds import cuts, plan, redraw, strip
from tests.matters.scatter import matter
from tests.matters.scatter import plant as planted

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
OLD2 = COMMUNITY + 2
W6, S6 = round(grounds.WEST * 1_000_000), round(grounds.SOUTH * 1_000_000)


def at(share: float) -> tuple[int, int]:
    """A position so far to the east in the ground."""
    return W6 + round(grounds.WIDE * 1_000_000 * share), S6 + 3_000


@pytest.fixture
def ground(cast: Cast) -> Cast:
    grounds.draw_old()
    return cast


def areas_of(*rows: Matter) -> list[int]:
    with looking(of_all()):
        held = dict(Matter.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", "area"))
    return [held[row.pk] for row in rows]


def settle() -> None:
    while due.drain():
        pass


def test_old_grids_end_new_ones_begin_and_successors_are_linked(ground: Cast) -> None:
    day = clock.today() + timedelta(days=10)

    answer = redraw(ground, cuts(0.3, 0.6), day)

    news = places.children(COMMUNITY, day=day)
    assert (answer["ended"], answer["begun"]) == (2, 3)
    assert [one.area for one in places.children(COMMUNITY)] == [GRID, OLD2]
    assert sorted(one.area for one in news) == [COMMUNITY + 3, COMMUNITY + 4, COMMUNITY + 5]
    assert {one.area: one.successor.area for one in Place.objects.filter(area__in=[GRID, OLD2]).select_related("successor")} == {  # type: ignore[union-attr]
        GRID: COMMUNITY + 3, OLD2: COMMUNITY + 5}
    assert set(Replacement.objects.values_list("old__area", "new__area")) == {
        (GRID, COMMUNITY + 3), (GRID, COMMUNITY + 4), (OLD2, COMMUNITY + 4), (OLD2, COMMUNITY + 5)}
    assert maps.place_at(*at(0.4), clock.today()) == GRID
    assert maps.place_at(*at(0.4), day) == COMMUNITY + 4


@pytest.mark.parametrize("is_whole", [True, False])
def test_a_grid_that_is_drawn_as_it_stands_stays(ground: Cast, is_whole: bool) -> None:
    name, short = Place.objects.values_list("name", "short_name").get(area=OLD2)
    text = grounds.collection(("甲", strip(0, 0.25)), ("乙", strip(0.25, 0.5)), (name if is_whole else short, strip(0.5, 1)))

    answer = redraw(ground, text, clock.today())

    assert (answer["ended"], answer["begun"]) == (1, 2)
    assert Place.objects.get(area=OLD2).valid_to is None


@pytest.mark.parametrize(("text", "code"), [
    (grounds.collection(("甲", strip(0, 0.6)), ("乙", strip(0.4, 1))), "grids_overlap"),
    (grounds.collection(("甲", strip(0, 0.4)), ("乙", strip(0.6, 1))), "grids_change_the_outline"),
    (grounds.collection(("甲", strip(0, 0.5)), ("乙", strip(0.5, 1.2))), "grids_change_the_outline"),
    (grounds.collection(("甲", strip(0, 0.5)), ("甲", strip(0.5, 1))), "invalid"),
    (grounds.collection((" ", strip(0, 1))), "invalid"),
    (grounds.collection(), "invalid"),
    (grounds.collection(*((f"{n}", strip(0, 1)) for n in range(100))), "invalid"),
    ('{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": null, "geometry": null}]}', "invalid"),
    ("[]", "invalid"),
])
def test_a_wrong_drawing_is_refused_with_a_sentence(ground: Cast, text: str, code: str) -> None:
    with pytest.raises(Fault) as refused:
        plan(ground, text, clock.today())

    assert refused.value.code == code
    assert str(refused.value.message)


def test_what_rounding_leaves_where_three_grids_meet_is_neither_an_overlap_nor_a_gap(ground: Cast) -> None:
    west, south, east, north = grounds.WEST, grounds.SOUTH, grounds.WEST + grounds.WIDE, grounds.SOUTH + grounds.HIGH
    low, high, meet = (west + 0.004, south), (west + 0.005003, north), (round(west + 0.0043517, 6), round(south + 0.0021037, 6))

    def polygon(*corners: tuple[float, float]) -> dict[str, Any]:
        return {"type": "Polygon", "coordinates": [[[round(lon, 6), round(lat, 6)] for lon, lat in (*corners, corners[0])]]}

    text = grounds.collection(("西", polygon((west, south), low, high, (west, north))), ("东南", polygon(low, (east, south), (east, meet[1]), meet)),
                              ("东北", polygon(meet, (east, meet[1]), (east, north), high)))

    answer = redraw(ground, text, clock.today())

    assert (answer["ended"], answer["begun"]) == (2, 3)
    covered = zoning_of(COMMUNITY, clock.today()).areas_of([(round(lon * 1e6), round(lat * 1e6)) for lon, lat in (low, high)])
    assert covered == [COMMUNITY + 3] * 2


def test_a_hole_is_refused(ground: Cast) -> None:
    outer = strip(0, 1)
    outer["coordinates"].append(grounds.ring(grounds.WEST + 0.004, grounds.SOUTH + 0.002, grounds.WEST + 0.006, grounds.SOUTH + 0.004)["coordinates"][0][::-1])
    pieces = [("西", grounds.ring(grounds.WEST, grounds.SOUTH, grounds.WEST + 0.004, grounds.SOUTH + 0.006)),
              ("东", grounds.ring(grounds.WEST + 0.006, grounds.SOUTH, grounds.WEST + 0.012, grounds.SOUTH + 0.006)),
              ("南", grounds.ring(grounds.WEST + 0.004, grounds.SOUTH, grounds.WEST + 0.006, grounds.SOUTH + 0.002)),
              ("北", grounds.ring(grounds.WEST + 0.004, grounds.SOUTH + 0.004, grounds.WEST + 0.006, grounds.SOUTH + 0.006))]

    with pytest.raises(Fault) as refused:
        plan(ground, grounds.collection(*pieces), clock.today())

    assert refused.value.code == "grids_leave_a_hole"
    with pytest.raises(Fault, match="grids_change_the_outline"):
        plan(ground, grounds.collection(("有洞", outer)), clock.today())


@pytest.mark.parametrize("days", [-1, 400])
def test_a_day_of_effect_in_the_past_or_far_ahead_is_refused(ground: Cast, days: int) -> None:
    with pytest.raises(Invalid) as refused:
        plan(ground, cuts(0.3), clock.today() + timedelta(days=days))

    assert set(refused.value.fields) == {"since"}


def test_the_same_grids_again_are_refused(ground: Cast) -> None:
    names = [Place.objects.get(area=area).name for area in (GRID, OLD2)]

    with pytest.raises(Invalid):
        plan(ground, grounds.collection((names[0], strip(0, 0.5)), (names[1], strip(0.5, 1))), clock.today())


def test_a_drawing_is_put_into_force_once_and_not_before_one_that_is_coming(ground: Cast) -> None:
    later, number = plan(ground, cuts(0.7), clock.today()), plan(ground, cuts(0.3), clock.today() + timedelta(days=5))
    ground.do("boundary.redraw", "district", redrawing=number)

    with pytest.raises(Conflict) as again:
        ground.do("boundary.redraw", "district", redrawing=number)
    with pytest.raises(Conflict) as earlier:
        ground.do("boundary.redraw", "district", redrawing=later)

    assert (again.value.code, earlier.value.code) == ("redrawn_already", "grids_are_coming")


def test_a_neighbour_and_a_post_without_the_ability_are_refused(ground: Cast) -> None:
    number = plan(ground, cuts(0.3), clock.today())

    with pytest.raises(NotVisible):
        plan(ground, cuts(0.3), clock.today(), by="district2")
    with pytest.raises(NotVisible):
        ground.do("boundary.redraw", "district2", redrawing=number)
    with pytest.raises(NotVisible):
        plan(ground, cuts(0.3), clock.today(), area=GRID)
    with pytest.raises(NotAble):
        ground.do("boundary.redraw", "dispatcher", redrawing=number)
    assert Boundary.objects.filter(place__area__gt=OLD2).count() == 0


def test_open_matters_follow_in_batches_and_ended_ones_stay(ground: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rezoning, "BATCH", 2)
    moving = [matter(ground, GRID, at(share)) for share in (0.1, 0.2, 0.4, 0.45)] + [matter(ground, OLD2, at(0.9))]
    ended, elsewhere, unplaced = matter(ground, GRID, at(0.1), phase="closed"), matter(ground, GRID2, at(0.1)), matter(ground, GRID, None)
    planted([*moving, ended, elsewhere, unplaced])

    redraw(ground, cuts(0.3, 0.6), clock.today())
    settle()

    assert areas_of(*moving) == [COMMUNITY + 3, COMMUNITY + 3, COMMUNITY + 4, COMMUNITY + 4, COMMUNITY + 5]
    assert areas_of(ended, elsewhere, unplaced) == [GRID, GRID2, COMMUNITY]


def test_before_the_day_no_matter_moves_and_after_it_all_do(ground: Cast) -> None:
    one = matter(ground, GRID, at(0.1))
    planted([one])
    redraw(ground, cuts(0.3), clock.today() + timedelta(days=3))
    settle()
    before = areas_of(one)

    with clock.standing_at(clock.now() + timedelta(days=3)):
        settle()

    assert before == [GRID]
    assert areas_of(one) == [COMMUNITY + 3]


def test_a_matter_without_a_position_follows_a_grid_that_goes_into_one_as_a_whole(ground: Cast) -> None:
    one = matter(ground, GRID, None)
    planted([one])

    redraw(ground, cuts(0.75), clock.today())
    settle()

    assert areas_of(one) == [COMMUNITY + 3]


def test_what_is_opened_again_later_is_found_and_follows(ground: Cast) -> None:
    one = matter(ground, GRID, at(0.1), phase="closed")
    planted([one])
    redraw(ground, cuts(0.3), clock.today())
    settle()
    with looking(of_all()):
        Matter.objects.filter(pk=one.pk).update(phase="handling")

    found = find_left_behind()
    settle()

    assert found == 1
    assert areas_of(one) == [COMMUNITY + 3]
    assert find_left_behind() == 0


def test_the_history_follows_the_matter_for_its_reporter_and_for_the_grids_own_post(ground: Cast, client: Client) -> None:
    made = ground.report(area=GRID, position=f"{at(0.1)[0] / 1e6},{at(0.1)[1] / 1e6}")
    ground.walk(made["number"], to="handling")
    number = numbers.matter_of(made["number"])
    redraw(ground, cuts(0.3), clock.today())
    settle()
    account = Account.objects.get(username="gridworker2")
    post = Post.objects.create(account=account, role="gridworker", place=Place.objects.get(area=COMMUNITY + 3), valid_from=clock.today())
    actor = actor_of_post(post)
    assert actor is not None

    with looking(of_post(actor), read_only=True):
        story = stories.story_of(Matter.objects.visible_to(actor).get(pk=number))
        replayed = stories.replay(list(Move.objects.filter(matter=number).order_by("step")))
        limits = set(Limit.objects.filter(matter=number).values_list("area", flat=True))
        facets = set(Facet.objects.filter(subject=number).values_list("area", flat=True))

    assert story.matter.area == COMMUNITY + 3
    assert replayed["phase"] == "handling"
    assert replayed["version"] == story.matter.version
    assert limits == {COMMUNITY + 3}
    assert facets <= {COMMUNITY + 3}
    assert lineages.before(COMMUNITY + 4) == (GRID, OLD2)
    page = client.get(f"/follow/{made['query_code']}/")
    assert page.status_code == 200
    assert page.content.decode().count("<time") >= 4


def test_a_matter_is_seen_through_in_its_new_grid(ground: Cast) -> None:
    made = ground.report(area=GRID, position=f"{at(0.1)[0] / 1e6},{at(0.1)[1] / 1e6}", contact_phone="13800138000")
    number, code = made["number"], made["query_code"]
    ground.walk(number, to="handling")
    redraw(ground, cuts(0.3), clock.today())
    settle()

    steps = STEPS[[step[0] for step in STEPS].index("handled"):]
    for _, name, who, more in steps:
        ground.do(name, who, number=number, version=ground.version(number), **more)
    ground.do("matter.rate", query_code=code, score=1)
    settle()

    with looking(of_all()):
        assert Matter.objects.get(pk=numbers.matter_of(number)).rating == 1
        assert set(SubjectKey.objects.filter(subject=numbers.matter_of(number)).values_list("area", flat=True)) <= {COMMUNITY + 3}


def test_posts_and_workers_of_a_grid_go_on_at_its_successor(ground: Cast) -> None:
    day = clock.today() + timedelta(days=2)
    account = Account.objects.get(username="gridworker")
    at_grid = Post.objects.create(account=account, role="gridworker", place=Place.objects.get(area=GRID), valid_from=clock.today())
    whole = Post.objects.get(account__username="director")
    with looking(of_all()):
        GridAssignment.objects.create(area=GRID, place_id=at_grid.place_id, post=at_grid, valid_from=clock.today())
        GridAssignment.objects.create(area=OLD2, place=Place.objects.get(area=OLD2), post=whole, valid_from=clock.today())

    answer = redraw(ground, cuts(0.3, 0.6), day)

    with looking(of_post(ground.director), read_only=True):
        today, then = (covering.workers_on(COMMUNITY, COMMUNITY + 1000, when) for when in (clock.today(), day))
    assert (answer["posts"], answer["assignments"]) == (2, 3)
    assert set(today) == {GRID, OLD2}
    assert then == {COMMUNITY + 3: today[GRID], COMMUNITY + 4: today[GRID], COMMUNITY + 5: today[OLD2]}
    assert Post.objects.get(pk=at_grid.pk).valid_to == day
    assert Post.objects.get(account=account, place__area=COMMUNITY + 3).valid_from == day


def test_a_worker_of_a_grid_that_is_divided_sees_every_part_that_he_goes_on_with(ground: Cast) -> None:
    day = clock.today()
    at_grid = Post.objects.create(account=Account.objects.get(username="gridworker"), role="gridworker", place=Place.objects.get(area=GRID), valid_from=day)
    with looking(of_all()):
        GridAssignment.objects.create(area=GRID, place_id=at_grid.place_id, post=at_grid, valid_from=day)

    redraw(ground, cuts(0.25), day)

    with looking(of_all()):
        held = GridAssignment.objects.filter(area__gt=OLD2).select_related("post__place")
        assert {one.area: (one.post.place.lo <= one.area < one.post.place.hi) for one in held} == {COMMUNITY + 3: True}
    later = day + timedelta(days=1)
    redraw(ground, grounds.collection(("甲", strip(0, 0.1)), ("乙", strip(0.1, 0.25)), ("丙", strip(0.25, 1))), later)
    with looking(of_all()):
        held = GridAssignment.objects.filter(area__gt=COMMUNITY + 4, valid_to=None).select_related("post__place")
        assert {one.area: one.post.place.area for one in held} == {COMMUNITY + 5: COMMUNITY + 5, COMMUNITY + 6: COMMUNITY + 6}


def test_who_stands_in_goes_on_standing_in_and_what_is_over_stays(ground: Cast) -> None:
    today = clock.today()
    day = today + timedelta(days=3)
    holder, other = Post.objects.get(account__username="gridworker"), Post.objects.get(account__username="director")
    with looking(of_all()):
        held = GridAssignment.objects.create(area=GRID, place=Place.objects.get(area=GRID), post=holder, valid_from=today)
        for first, last, who in ((-3, -1, other), (-1, 4, other), (6, 8, None)):
            since, until = (day + timedelta(days=shift) for shift in (first, last))
            Absence.objects.create(area=GRID, assignment=held, stand_in=who, valid_from=since, valid_to=until, reason="leave")

    redraw(ground, cuts(0.5, 0.75), day)

    with looking(of_all()):
        rows = [(one.area, (one.valid_from - day).days, (one.valid_to - day).days, one.stand_in_id) for one in Absence.objects.order_by("area", "valid_from")]
        before, after, later = (covering.workers_on(COMMUNITY, COMMUNITY + 1000, day + timedelta(days=shift)).get(area)
                                for shift, area in ((-1, GRID), (0, COMMUNITY + 3), (4, COMMUNITY + 3)))
    assert rows == [(GRID, -3, -1, other.pk), (GRID, -1, 0, other.pk), (GRID, 0, 0, None),
                    (COMMUNITY + 3, 0, 4, other.pk), (COMMUNITY + 3, 6, 8, None)]
    assert (before, after, later) == (("director<b>（顶岗）",), ("director<b>（顶岗）",), ("gridworker<b>",))


def test_a_new_grid_that_nobody_works_rings_at_once_and_an_ended_one_no_more(ground: Cast) -> None:
    today = clock.today()
    day = today + timedelta(days=2)
    with looking(of_all()):
        GridAssignment.objects.create(area=GRID, place=Place.objects.get(area=GRID), post=Post.objects.get(account__username="gridworker"), valid_from=today)
    redraw(ground, cuts(0.3, 0.6), day)
    settle()

    def ringing() -> list[int]:
        with looking(of_all()):
            return sorted(Alarm.objects.filter(name=UNCOVERED, ended_at=None).within(COMMUNITY, COMMUNITY + 1000).values_list("area", flat=True))

    assert ringing() == [OLD2, COMMUNITY + 5]
    with clock.standing_at(clock.now() + timedelta(days=2)):
        watch_hourly()
        assert ringing() == [COMMUNITY + 5]


def test_rules_that_name_a_redrawn_grid_ring_until_they_are_written_anew(ground: Cast) -> None:
    unit = f"unit:{ground.units['cleaners']}"
    ground.publish(("all", GRID, "always", unit), ("all", STREET, "always", unit))
    redraw(ground, cuts(0.3, 0.6), clock.today() + timedelta(days=2))
    settle()

    def ringing() -> list[str]:
        with looking(of_all()):
            return [one.sentence["zh"] for one in Alarm.objects.filter(name=ENDED_GRID.name, ended_at=None)]

    assert ringing() == []
    with clock.standing_at(clock.now() + timedelta(days=2)):
        settle()
        said = ringing()
        assert len(said) == 1
        assert places.place_by_area(GRID).name in said[0]
        find_left_behind()
        assert ringing() == said
        ground.publish(("all", COMMUNITY + 3, "always", unit), ("all", STREET, "always", unit))
        settle()
        assert ringing() == []


def test_the_figures_of_the_community_stay_what_they_were(ground: Cast) -> None:
    planted([matter(ground, GRID, at(share)) for share in (0.1, 0.4)] + [matter(ground, GRID, at(0.2), phase="closed", closed_at=clock.now())])

    def figures() -> dict[Key, Pair]:
        moment = clock.now()
        with looking(of_all()):
            found = count_leaves([COMMUNITY], [window(one, moment) for one in touched(moment, moment)], moment)
        return {key: pair for key, pair in found.pairs.items() if pair != (0, 0)}

    def of_grids(found: dict[Key, Pair]) -> set[Pair]:
        return {pair for key, pair in found.items() if key[2] == "D3-08"}

    def others(found: dict[Key, Pair]) -> dict[Key, Pair]:
        return {key: pair for key, pair in found.items() if key[2] not in ("D3-08", "D3-09")}

    before = figures()
    redraw(ground, cuts(0.3, 0.6), clock.today())
    settle()
    after = figures()

    assert others(before)
    assert others(after) == others(before)
    assert (of_grids(before), of_grids(after)) == ({(2, 2)}, {(3, 3)})
    with looking(of_all()):
        assert of_grids(kept([COMMUNITY], [key[0] for key in after])) == {(3, 3)}


def test_old_matters_count_under_the_old_map_and_under_the_new(ground: Cast) -> None:
    early = clock.now() - timedelta(days=5)
    rows = [matter(ground, GRID, at(share), phase="closed", reported_at=early) for share in (0.1, 0.2, 0.4)]
    rows += [matter(ground, OLD2, at(0.9), phase="closed", reported_at=early), matter(ground, GRID, None, phase="closed", reported_at=early),
             matter(ground, OLD2, at(0.95), reported_at=early)]
    planted(rows)
    old = clock.today()
    with clock.standing_at(clock.now() + timedelta(days=1)):
        redraw(ground, cuts(0.3, 0.6), clock.today())
        settle()
        choice = Choice(COMMUNITY, COMMUNITY + 1000, state="all", period="month")
        with looking(of_post(ground.director), read_only=True):
            under_old, under_new = ({area: one.chosen for area, one in under_map(choice, COMMUNITY, day).items()} for day in (old, clock.today()))

    assert under_old == {GRID: 4, OLD2: 2}
    assert under_new == {COMMUNITY + 3: 2, COMMUNITY + 4: 1, COMMUNITY + 5: 2, COMMUNITY: 1}


def test_the_outlook_says_what_the_day_will_do(ground: Cast) -> None:
    rows = [matter(ground, GRID, at(0.1)), matter(ground, GRID, at(0.4)), matter(ground, OLD2, at(0.9)), matter(ground, GRID, None),
            matter(ground, GRID, at(0.1), phase="closed"), matter(ground, COMMUNITY2, at(0.1))]
    planted(rows)
    number = plan(ground, cuts(0.3, 0.6), clock.today())
    with looking(of_post(ground.district), read_only=True):
        from linli.elements.models import Redrawing

        seen = outlook(Redrawing.objects.get(pk=number))
    ground.do("boundary.redraw", "district", redrawing=number)
    settle()

    moved = Counter(area for area in areas_of(*rows[:3]))
    assert (seen.changing, seen.unplaced, seen.staying) == (4, 1, 0)
    assert {COMMUNITY + 3 + at_: count for at_, count in seen.moving.items()} == dict(moved)


shares = st.lists(st.integers(1, 99), min_size=1, max_size=7, unique=True)
spots = st.lists(st.tuples(st.integers(-200, 12_200), st.integers(-200, 6_200)), min_size=1, max_size=40)


@given(shares=shares, spots=spots)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_each_old_point_falls_into_exactly_one_new_grid(shares: list[int], spots: list[tuple[int, int]]) -> None:
    edges = [0, *sorted(shares), 100]
    zoning = Zoning(tuple(range(len(edges) - 1)), tuple(shape(strip(first / 100, last / 100)) for first, last in pairwise(edges)))
    positions = [(W6 + x, S6 + y) for x, y in spots]

    found = zoning.areas_of(positions)

    assert len(found) == len(positions)
    for (lon, lat), area in zip(positions, found, strict=True):
        inside = [one for one in zoning.areas if contains_xy(zoning.shapes[one], lon / 1e6, lat / 1e6)]
        assert inside in ([], [area])


def test_a_point_on_a_shared_border_counts_as_a_report_from_there_would(ground: Cast) -> None:
    day, border = clock.today(), at(0.5)

    assert zoning_of(COMMUNITY, day).areas_of([border]) == [maps.place_at(*border, day)] == [GRID]


def test_the_map_of_another_district_is_untouched(ground: Cast) -> None:
    before: Any = list(Place.objects.exclude(parent__area=COMMUNITY).values_list("area", "valid_to").order_by("area"))

    redraw(ground, cuts(0.3), clock.today())

    assert list(Place.objects.exclude(parent__area=COMMUNITY).values_list("area", "valid_to").order_by("area")) == before
    assert DISTRICT in dict(before)


def at_grid(account: str, area: int = GRID) -> Actor:
    """A worker whose post is the grid itself, and who has walked it for a week."""
    since = clock.today() - timedelta(days=7)
    post = Post.objects.create(account=Account.objects.get(username=account), role="gridworker", place=Place.objects.get(area=area), valid_from=since)
    with looking(of_all()):
        GridAssignment.objects.create(area=area, place_id=post.place_id, post=post, valid_from=since)
    return actor(post)


def actor(post: Post) -> Actor:
    found = actor_of_post(post)
    assert found is not None
    return found


def heir_of(before: Actor) -> Actor:
    """The same person at the grid that took over his ground."""
    return actor(Post.objects.get(account=before.account, role="gridworker", place__area__gt=OLD2, valid_to=None))


def spot(share: float) -> str:
    lon, lat = at(share)
    return f"{lon / 1e6},{lat / 1e6}"


def test_a_round_of_a_redrawn_grid_is_ended_and_seen_by_the_post_at_the_new_one(ground: Cast) -> None:
    worker = at_grid("gridworker")
    began = run("round.begin", worker, {"area": GRID, "client": "p1"})
    seen = run("matter.report", worker, {"category": ground.category, "summary": "井盖破损", "area": str(GRID), "position": spot(0.1)})
    redraw(ground, cuts(0.3), clock.today())
    settle()
    later = heir_of(worker)

    listed = [one.code for one in checklist_of("").items]
    ended = run("round.end", later, {"client": "p1", "looked": listed[:1], "found": listed[:1]})

    assert later.post != worker.post
    assert (ended["round"], ended["reports"]) == (began["round"], [seen["number"]])
    with looking(of_post(later), read_only=True):
        assert [(one.pk, one.area) for one in rounds.of_worker(later.account or 0, clock.today())] == [(began["round"], GRID)]
        assert rounds.reports_of([began["round"]]) == {began["round"]: [numbers.matter_of(seen["number"])]}
    with looking(of_post(ground.gridworker2), read_only=True):
        assert list(Round.objects.all()) == []
    with pytest.raises(NotVisible):
        run("round.end", ground.gridworker2, {"client": "p1", "looked": listed[:1]})


def test_a_late_report_finds_its_round_after_the_matter_has_moved(ground: Cast) -> None:
    begun, ended = clock.now() - timedelta(hours=20), clock.now() - timedelta(hours=19)
    worker = at_grid("gridworker")
    number = run("round.begin", worker, {"area": GRID, "client": "p1"}, occurred_at=begun)["round"]
    run("round.end", worker, {"client": "p1", "looked": [checklist_of("").items[0].code], "nothing_found": True}, occurred_at=ended)
    redraw(ground, cuts(0.3), clock.today())
    settle()
    later, inside = heir_of(worker), begun + timedelta(minutes=5)
    late, moved = (run("matter.report", later, {"category": ground.category, "summary": "井盖破损", "area": str(area), "position": spot(0.1)}, occurred_at=inside)
                   for area in (GRID, COMMUNITY))
    outside = run("matter.report", later, {"category": ground.category, "summary": "井盖破损", "area": str(COMMUNITY), "position": spot(0.1)})
    find_left_behind()
    settle()

    link_rounds()

    found = [numbers.matter_of(one["number"]) for one in (late, moved)]
    with looking(of_all(), read_only=True):
        assert rounds.reports_of([number]) == {number: found}
        assert {one.area for one in Matter.objects.filter(pk__in=found)} == {COMMUNITY + 3}
        assert not RoundReport.objects.filter(matter=numbers.matter_of(outside["number"])).exists()
    assert link_rounds() == 0


def test_a_round_begun_before_the_redrawing_is_told_late_or_answered_with_a_sentence(ground: Cast) -> None:
    worker, yesterday = at_grid("gridworker"), clock.now() - timedelta(days=1)
    redraw(ground, cuts(0.3), clock.today())
    settle()

    with pytest.raises(NotAble) as refusal:
        run("round.begin", heir_of(worker), {"area": GRID, "client": "p2"}, occurred_at=yesterday)
    assert "已经重划" in refusal.value.message.zh
    with pytest.raises(NotVisible):
        run("round.begin", ground.gridworker2, {"area": GRID, "client": "p3"}, occurred_at=yesterday)
    with pytest.raises(NotVisible):
        run("round.begin", ground.gridworker, {"area": GRID, "client": "p4"})


@pytest.mark.parametrize(("shares", "expected"), [((0.5, 0.75), COMMUNITY + 3), ((0.25,), COMMUNITY)])
def test_a_report_that_names_a_redrawn_grid_goes_to_its_heir(ground: Cast, shares: tuple[float, ...], expected: int) -> None:
    redraw(ground, cuts(*shares), clock.today())
    settle()

    made = ground.report(area=GRID)

    with looking(of_all(), read_only=True):
        assert Matter.objects.get(pk=numbers.matter_of(made["number"])).area == expected
