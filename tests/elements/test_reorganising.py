# SPDX-License-Identifier: MulanPSL-2.0
"""Communities that change hands: what is refused, who confirms, what follows on the day, what stays, and what the figures say."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.core import clock, due, editions
from linli.core.faults import Conflict, Invalid, NotAble, NotVisible
from linli.core.models import Alarm
from linli.core.sight import looking, of_all, of_post
from linli.elements import carrying, lineages, places
from linli.elements.actors import actor_of_post
from linli.elements.models import (
    Account,
    Building,
    Dwelling,
    Household,
    Identity,
    Membership,
    Organisation,
    Person,
    Place,
    PlaceName,
    Post,
    Reorganisation,
    Residence,
    Responsibility,
    Thing,
)
from linli.elements.reactions import begin_hourly
from linli.elements.reorganising.outlooks import outlook
from linli.elements.reorganising.plans import Plan
from linli.matters import numbers
from linli.matters.models import Matter, Move
from tests.cast import COMMUNITY, COMMUNITY2, COMMUNITY3, DISTRICT, GRID, GRID2, HOSTILE, STREET, STREET2, Cast
from tests.matters import grounds

pytestmark = pytest.mark.django_db
LIVING = (Building, Dwelling, Household, Person, Membership, Residence, Thing)
TOMORROW = timedelta(days=1)


@pytest.fixture
def colleague(cast: Cast) -> Cast:
    """The cast with a second officer of the district, who confirms."""
    account = Account.objects.create(username="district3", name="乙", password="!", created_at=clock.now())
    cast.posts["district3"] = Post.objects.create(account=account, role="district", place=Place.objects.get(area=DISTRICT), organisation_id=cast.units["bureau"],
                                                  valid_from=clock.today()).pk
    return cast


def settle() -> None:
    while due.drain():
        pass


@contextmanager
def days_later(days: int = 1) -> Iterator[None]:
    with clock.standing_at(clock.now() + timedelta(days=days)):
        yield


def file(cast: Cast, kind: str, by: str = "district", **more: Any) -> int:
    given = {"since": clock.today() + TOMORROW, "basis": "区政函〔2026〕8号"} | more
    return int(cast.do("place.reorganise", by, kind=kind, **given)["reorganisation"])


def carried_out(cast: Cast, kind: str, **more: Any) -> Reorganisation:
    """File, confirm, and let the day come; the clock stands at that day only inside."""
    number = file(cast, kind, **more)
    cast.do("place.confirm_reorganisation", "district3", reorganisation=number)
    settle()
    with days_later():
        settle()
        with looking(of_all()):
            return Reorganisation.objects.get(pk=number)


def community(street: int, name: str) -> places.KnownPlace:
    with days_later():
        return next(one for one in places.children(street) if one.name == name)


def where(*models: Any) -> dict[str, set[int]]:
    with looking(of_all()):
        return {model.__name__: set(model.objects.values_list("area", flat=True)) for model in models or LIVING}


def test_a_community_goes_to_another_street_with_everything_that_lives_there(colleague: Cast) -> None:
    home = colleague.home()
    with looking(of_all()):
        Responsibility.objects.create(area=GRID, building_id=home["building"], post_id=colleague.posts["gridworker"], since=clock.today())
        Thing.objects.create(area=COMMUNITY, kind="micro_fire_station", name="站")

    held = carried_out(colleague, "move", place="柳桥街道", others="槐安社区")

    new = community(STREET2, "槐安社区")
    assert held.state == "done"
    assert STREET2 < new.area < STREET2 + 1_000_000
    assert where() == {model.__name__: {new.area + 1} for model in LIVING} | {"Thing": {new.area}}
    with days_later():
        assert not places.place_by_area(COMMUNITY).stands()
        assert lineages.whole_heir(GRID) == new.area + 1
        assert [one.name for one in places.children(new.area)] == ["槐安第一网格", "槐安第二网格"]
    assert Organisation.objects.get(pk=colleague.units["committee"]).area == new.area
    with looking(of_all()):
        duty = Responsibility.objects.get(until=None)
    assert (duty.post.place.area, duty.area) == (new.area, new.area + 1)


def test_the_old_street_sees_its_residents_until_the_day_and_the_new_one_from_the_day(colleague: Cast) -> None:
    home = colleague.home()
    seen = {}
    number = file(colleague, "move", place="柳桥街道", others="槐安社区")
    colleague.do("place.confirm_reorganisation", "district3", reorganisation=number)
    settle()

    for days in (0, 1):
        with days_later(days):
            settle()
            for who in ("dispatcher", "dispatcher2"):
                actor = actor_of_post(colleague.posts[who])
                assert actor is not None
                with looking(of_post(actor)):
                    seen[days, who] = Person.objects.visible_to(actor).filter(pk=home["王大海"]).exists()

    assert seen == {(0, "dispatcher"): True, (0, "dispatcher2"): False, (1, "dispatcher"): False, (1, "dispatcher2"): True}


def test_posts_of_the_community_go_along_and_its_holder_acts_there_from_the_day(colleague: Cast) -> None:
    carried_out(colleague, "move", place="柳桥街道", others="槐安社区")

    new = community(STREET2, "槐安社区")
    with days_later():
        old, going = Post.objects.filter(account__username="director").order_by("id")
        actor = actor_of_post(going)
        assert actor_of_post(old) is None
        assert actor is not None
        assert (actor.lo, actor.role, actor.organisation) == (new.area, "director", colleague.units["committee"])
        assert set(actor.extra) >= {COMMUNITY, GRID}


def test_open_matters_go_along_to_the_unit_that_works_there_and_ended_ones_stay(colleague: Cast) -> None:
    heir = Organisation.objects.get(pk=colleague.units["cleaners2"])
    opened, ended, waiting = (colleague.report()["number"] for _ in range(3))
    colleague.walk(opened, "handling")
    colleague.walk(ended, "closed")

    carried_out(colleague, "move", place="柳桥街道", others="槐安社区")

    new = community(STREET2, "槐安社区")
    with looking(of_all()):
        held = {one: Matter.objects.get(pk=numbers.matter_of(one) or 0) for one in (opened, ended, waiting)}
        step = Move.objects.filter(matter=held[opened].pk).order_by("-step")[0]
    assert {one: held[one].area for one in held} == {opened: new.area, ended: COMMUNITY, waiting: new.area}
    assert (held[opened].unit, step.action) == (step.detail["unit"], "boundary.carry_over")
    assert Organisation.objects.get(pk=held[opened].unit).area == STREET2 == heir.area
    assert held[ended].unit == colleague.units["cleaners"]


def test_communities_merge_into_the_one_that_stays_and_none_is_lost(colleague: Cast) -> None:
    colleague.home()
    colleague.home(("赵一", "0", "1"), area=GRID2)

    held = carried_out(colleague, "merge", place="槐安社区", others="槐宁社区", name="槐园社区")

    assert held.state == "done"
    with days_later():
        assert places.place_by_area(COMMUNITY).name == "槐园社区"
        assert not places.place_by_area(COMMUNITY2).stands()
        assert len(places.children(COMMUNITY)) == 3
    assert where(Household) == {"Household": {GRID, COMMUNITY + 3}}
    assert set(PlaceName.objects.filter(place__area=COMMUNITY).values_list("name", flat=True)) == {"槐安社区", "槐园社区"}


def test_a_split_takes_grids_and_single_buildings_and_leaves_the_rest(colleague: Cast) -> None:
    stays, goes = colleague.home(), colleague.home(("钱二", "0", "2"), area=COMMUNITY + 2)
    alone = colleague.home(("孙三", "0", "1"), area=GRID, room="502")
    with looking(of_all()):
        house = Building.objects.create(area=GRID, quarter="槐安里", number="9", key="槐安里-9")
        Dwelling.objects.filter(pk=alone["dwelling"]).update(building=house)

    carried_out(colleague, "split", place="槐安社区", others="槐新社区：槐安第二网格、槐安里9号楼")

    new = community(STREET, "槐新社区")
    with looking(of_all()):
        at = dict(Person.objects.values_list("name", "area"))
    assert (at["王大海"], at["钱二"], at["孙三"]) == (GRID, new.area + 2, new.area)
    assert stays["building"] != goes["building"]
    with days_later():
        assert [one.area for one in places.children(COMMUNITY)] == [GRID]


def test_a_town_becomes_a_street_and_its_old_name_is_still_found(colleague: Cast) -> None:
    carried_out(colleague, "rename", place="槐荫街道", name="槐荫镇", form="镇", code="120101001999")

    with days_later():
        place = places.place_by_area(STREET)
        assert (place.name, place.kind, place.code) == ("槐荫镇", "镇", "120101001999")
        assert places.find("槐荫街道")[0].area == STREET
        assert places.bearers("NBS", "120101001000", clock.today() - timedelta(days=5))[0].area == STREET


def test_a_street_that_loses_its_last_community_ends_and_goes_into_the_other(colleague: Cast) -> None:
    carried_out(colleague, "move", place="槐荫街道", others="柳岸社区")

    with days_later():
        street = places.place_by_area(STREET2)
        assert not street.stands()
        assert lineages.whole_heir(STREET2) == STREET
        assert lineages.whole_heir(COMMUNITY3) is not None
    assert Organisation.objects.get(pk=colleague.units["cleaners2"]).area == STREET


def test_before_the_day_it_is_taken_back_and_nothing_has_changed(colleague: Cast) -> None:
    before = list(Place.objects.order_by("id").values_list("area", "valid_to"))
    number = file(colleague, "move", place="柳桥街道", others="槐安社区")
    colleague.do("place.confirm_reorganisation", "district3", reorganisation=number)
    settle()

    colleague.do("place.withdraw_reorganisation", "district", reorganisation=number, reason="暂缓")
    with days_later(2):
        settle()
        begin_hourly()

    assert list(Place.objects.order_by("id").values_list("area", "valid_to")) == before


def test_in_force_it_is_not_taken_back(colleague: Cast) -> None:
    held = carried_out(colleague, "move", place="柳桥街道", others="槐安社区")

    with pytest.raises(Conflict):
        colleague.do("place.withdraw_reorganisation", "district", reorganisation=held.pk, reason="x")


def test_nobody_confirms_what_he_filed_and_no_other_district_sees_it(colleague: Cast) -> None:
    number = file(colleague, "move", place="柳桥街道", others="槐安社区")

    with pytest.raises(NotAble):
        colleague.do("place.confirm_reorganisation", "district", reorganisation=number)
    with pytest.raises(NotVisible):
        colleague.do("place.confirm_reorganisation", "district2", reorganisation=number)
    with pytest.raises(NotAble):
        colleague.do("place.reorganise", "dispatcher", kind="move", place="柳桥街道", others="槐安社区", since=clock.today() + TOMORROW, basis="x")


@pytest.mark.parametrize(("kind", "more", "field"), [
    ("move", {"place": "柳桥街道", "others": "远山社区"}, "others"),
    ("move", {"place": "远山街道", "others": "槐安社区"}, "place"),
    ("move", {"place": "槐荫街道", "others": "槐安社区"}, "others"),
    ("move", {"place": HOSTILE[:80], "others": HOSTILE}, "place"),
    ("move", {"place": "柳桥街道", "others": "槐安社区\n槐安社区"}, "others"),
    ("move", {"place": "柳桥街道", "others": "槐安社区", "since": "today"}, "since"),
    ("move", {"place": "柳桥街道", "others": "槐安社区", "code": "12"}, "code"),
    ("merge", {"others": "槐安社区"}, "others"),
    ("merge", {"others": "槐安社区、槐宁社区"}, "name"),
    ("merge", {"others": "槐安社区、柳岸社区", "name": "大社区"}, "others"),
    ("split", {"place": "槐安社区", "others": "槐新社区：槐安第一网格、槐安第二网格"}, "others"),
    ("split", {"place": "槐安社区", "others": "槐新社区：槐宁第一网格"}, "others"),
    ("split", {"place": "槐安社区", "others": "槐新社区"}, "others"),
    ("split", {"place": "槐安社区", "others": "槐宁社区：槐安第一网格"}, "name"),
    ("split", {"place": "槐安社区", "others": "甲社区：槐安第一网格\n乙社区：槐安第一网格"}, "others"),
    ("rename", {"place": "槐安社区", "name": "槐安社区"}, "name"),
    ("rename", {"place": "槐安社区", "name": "槐宁社区"}, "name"),
    ("rename", {"place": "槐安社区", "form": "镇"}, "form"),
])
def test_a_slip_is_answered_at_its_field(colleague: Cast, kind: str, more: dict[str, Any], field: str) -> None:
    if more.get("since") == "today":
        more = more | {"since": clock.today()}

    with pytest.raises(Invalid) as refused:
        file(colleague, kind, **more)

    assert list(refused.value.fields) == [field]


def test_two_reorganisations_of_one_community_are_refused_and_so_is_redrawing_it_meanwhile(colleague: Cast) -> None:
    file(colleague, "move", place="柳桥街道", others="槐安社区")

    grounds.draw_old()

    with pytest.raises(Conflict) as refused:
        file(colleague, "merge", place="槐安社区", others="槐宁社区")
    with pytest.raises(Conflict) as redrawn:
        grounds.plan(colleague, grounds.cuts(0.3), clock.today())

    assert {refused.value.code, redrawn.value.code} == {"reorganisations_overlap"}


def test_one_address_in_two_communities_is_refused_before_they_merge(colleague: Cast) -> None:
    with looking(of_all()):
        for area in (GRID, GRID2):
            Building.objects.create(area=area, quarter="槐安里", number="1", key="槐安里-1")

    with pytest.raises(Conflict) as refused:
        file(colleague, "merge", place="槐安社区", others="槐宁社区")

    assert refused.value.code == "same_address"


def test_what_speaks_against_it_on_the_day_rings_and_changes_nothing(colleague: Cast) -> None:
    number = file(colleague, "rename", place="槐安社区", name="槐新社区")
    colleague.do("place.confirm_reorganisation", "district3", reorganisation=number)
    Place.objects.filter(area=COMMUNITY2).update(name="槐新社区")
    editions.forget_all()
    settle()

    with days_later():
        settle()

    with looking(of_all()):
        assert Reorganisation.objects.get(pk=number).trouble["zh"]
        assert Alarm.objects.filter(name="reorganisation.stuck", ended_at=None).count() == 1
    assert Place.objects.get(area=COMMUNITY).name == "槐安社区"


def test_the_preview_counts_what_the_day_carries(colleague: Cast) -> None:
    colleague.home()
    number = file(colleague, "move", place="柳桥街道", others="槐安社区")
    with looking(of_all()):
        seen = outlook(Plan.of(Reorganisation.objects.get(pk=number)))
    said = {label.en: count for label, count in seen.counts}

    colleague.do("place.confirm_reorganisation", "district3", reorganisation=number)
    settle()
    with days_later():
        settle()

    with looking(of_all()):
        assert {label["en"]: count for label, count in Reorganisation.objects.get(pk=number).counts["records"]} == said
    assert (said["Residents"], said["Buildings"], said["Grids"]) == (3, 1, 2)
    assert said["Posts"] == seen.going_count > 0
    assert {one.place.area for one in seen.losing} == {STREET}


def test_the_citys_index_of_numbers_follows_and_a_second_run_finds_nothing(colleague: Cast) -> None:
    home = colleague.home()
    with looking(of_all()):
        Person.objects.filter(pk=home["王大海"]).update(id_index="00000000-0000-0000-0000-000000000001")

    carried_out(colleague, "move", place="柳桥街道", others="槐安社区")

    assert Identity.objects.get(person=home["王大海"]).place_area == community(STREET2, "槐安社区").area + 1
    with days_later(), looking(of_all()):
        assert carrying.carry(COMMUNITY) == {}


def asked(step: str, at: int) -> dict[str, Any]:
    """What a step of the sequence asks for on the map of the day; empty when the map has nothing for it."""
    streets = {street: places.children(street) for street in (STREET, STREET2)}
    here = streets[STREET]
    if step in ("move", "back"):
        to, source = (STREET2, STREET) if step == "move" else (STREET, STREET2)
        return {"kind": "move", "place": places.place_by_area(to).name, "others": streets[source][0].name} if len(streets[source]) > 1 else {}
    if step == "merge":
        return {"kind": "merge", "place": here[0].name, "others": here[1].name} if len(here) > 1 else {}
    grids = places.children(here[0].area)
    return {"kind": "split", "place": here[0].name, "others": f"新{at}社区：{grids[-1].name}"} if len(grids) > 1 else {}


def went_through(cast: Cast, steps: list[str]) -> int:
    """Carry the steps out, a day each, looking at every record after each; answers how many were carried out."""
    start, done = clock.now(), 0
    with looking(of_all()):
        totals = {model: model.objects.count() for model in LIVING}
    for at, step in enumerate(steps):
        with clock.standing_at(start + timedelta(days=at)):
            given = asked(step, at)
            cast.actors.clear()
            if given:
                done += 1
                cast.do("place.confirm_reorganisation", "district3", reorganisation=file(cast, **given))
                settle()
        with clock.standing_at(start + timedelta(days=at + 1)):
            settle()
            with looking(of_all()):
                assert {model: model.objects.count() for model in LIVING} == totals
                areas = {area for model in LIVING for area in model.objects.values_list("area", flat=True)}
            assert all(places.place_by_area(area).stands() for area in areas)
            homes = {places.community_of(area) for area in areas}
            assert all(home is not None and home.stands() for home in homes)
    return done


@pytest.mark.slow
@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(["move", "back", "merge", "split"]), min_size=1, max_size=5))
def test_any_sequence_keeps_every_record_in_one_standing_community_and_the_totals(colleague: Cast, steps: list[str]) -> None:
    with transaction.atomic():
        colleague.home(("甲", "0", "1"), area=GRID)
        colleague.home(("乙", "0", "2"), area=COMMUNITY + 2)
        colleague.home(("丙", "0", "1"), area=GRID2)
        colleague.home(("丁", "0", "1"), area=COMMUNITY3)

        assert went_through(colleague, ["move", *steps]) >= 1

        transaction.set_rollback(True)
    editions.forget_all()
    colleague.actors.clear()
