# SPDX-License-Identifier: MulanPSL-2.0
"""届次和任职, 配备: terms with their seats, who may see party posts, equipment that expires, and what rings."""

from datetime import date, timedelta
from typing import Any

import pytest

from linli.core import clock, due
from linli.core.actions import run
from linli.core.faults import Conflict, Invalid, NotAble, NotVisible
from linli.core.models import Alarm, JournalPayload
from linli.core.sight import looking, of_all, of_post
from linli.elements import parts, watching
from linli.elements.actors import actor_of_post
from linli.elements.models import Building, Organisation, Place, Post, Seat, Term, Thing, ThingPart
from linli.elements.registers import records
from linli.elements.registers.declaring import register_named
from linli.elements.seats import in_years, seated_on
from tests.cast import COMMUNITY, GRID, GRID2, HOSTILE, Cast

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def add(cast: Cast, kind: str, by: str = "director", **more: Any) -> int:
    return int(cast.do("organisation.add", by, **({"area": COMMUNITY, "kind": kind, "name": f"槐安{kind}"} | more))["organisation"])


@pytest.fixture
def committee(cast: Cast) -> int:
    return add(cast, "residents_committee", name="槐安社区居民委员会")


@pytest.fixture
def station(cast: Cast) -> int:
    return int(cast.do("micro_fire_station.add", "director", area=GRID, name="槐安微型消防站", phone="022-23456789")["thing"])


def seat(cast: Cast, organisation: int, office: str = "chair", name: str = "柳树人", **more: Any) -> int:
    return int(cast.do("seat.give", "director", organisation=organisation, office=office, name=name, **more)["seat"])


def seated(day: date) -> list[str]:
    with looking(of_all(), read_only=True):
        return sorted(Seat.objects.filter(seated_on(day)).values_list("name", flat=True))


def ringing(name: str) -> dict[int, Alarm]:
    while due.drain():
        pass
    with looking(of_all()):
        watching.watch_terms()
        return {one.subject: one for one in Alarm.objects.filter(name=name, ended_at=None)}


def test_a_new_term_ends_the_one_before_with_its_seats(cast: Cast, committee: int) -> None:
    cast.do("term.begin", "director", organisation=committee, number=11, since="2021-04-01", chosen_by="voters")
    seat(cast, committee, since="2021-04-01")
    cast.do("term.begin", "director", organisation=committee, number=12, since="2026-03-01", chosen_by="voters")
    seat(cast, committee, name="杨柳", since="2026-03-01")

    with looking(of_all()):
        assert list(Term.objects.order_by("since").values_list("number", "since", "until")) == [
            (11, date(2021, 4, 1), date(2026, 3, 1)), (12, date(2026, 3, 1), date(2031, 3, 1))]
    assert (seated(date(2026, 2, 28)), seated(date(2026, 3, 1)), seated(date(2031, 3, 1))) == (["柳树人"], ["杨柳"], [])


@pytest.mark.parametrize(("more", "kind"), [({"since": "2026-01-01", "until": "2026-01-01"}, Invalid), ({"since": "2026-01-01", "until": "2099-01-01"}, Invalid),
                                            ({"since": "2026-01-01", "chosen_by": "lot"}, Invalid), ({"since": "2017-01-01"}, Conflict)])
def test_a_term_that_cannot_be_is_refused(cast: Cast, committee: int, more: dict[str, Any], kind: type[Exception]) -> None:
    cast.do("term.begin", "director", organisation=committee, since="2020-01-01")

    with pytest.raises(kind):
        cast.do("term.begin", "director", organisation=committee, **more)


def test_an_earlier_term_is_entered_afterwards_with_its_end(cast: Cast, committee: int) -> None:
    cast.do("term.begin", "director", organisation=committee, since="2020-01-01")

    cast.do("term.begin", "director", organisation=committee, since="2015-01-01", until="2020-01-01")

    with looking(of_all()):
        assert Term.objects.filter(organisation=committee).count() == 2


def test_a_kind_without_terms_takes_none_and_a_full_office_nobody_more(cast: Cast, committee: int) -> None:
    group = add(cast, "residents_group")
    seat(cast, committee)

    with pytest.raises(Conflict):
        cast.do("term.begin", "director", organisation=group, since="2026-01-01")
    with pytest.raises(Conflict) as full:
        seat(cast, committee, name="第二人")
    with pytest.raises(Invalid):
        seat(cast, committee, office="emperor")

    assert "柳树人" in str(full.value.message.zh)


def test_a_seat_entered_by_mistake_counts_for_nothing_and_the_office_is_free(cast: Cast, committee: int) -> None:
    first = seat(cast, committee, since="2026-01-01")

    cast.do("seat.end", "director", seat=first, until="2026-01-01")
    seat(cast, committee, name="杨柳", since="2026-01-01")

    assert seated(date(2026, 6, 1)) == ["杨柳"]


def test_a_doorway_head_has_his_building_and_no_foreign_one(cast: Cast) -> None:
    heads = add(cast, "doorway_heads")
    with looking(of_all()):
        own, foreign = (Building.objects.create(area=area, number="1", key="1") for area in (GRID, GRID2))

    seat(cast, heads, office="doorway_head", building=own.pk, doorway="2")
    for wrong in ({}, {"building": foreign.pk}):
        with pytest.raises(Invalid):
            seat(cast, heads, office="doorway_head", **wrong)

    with looking(of_all()):
        one = Seat.objects.get()
    assert (one.building_id, one.doorway) == (own.pk, "2")


def test_the_name_comes_from_the_residents_record_but_never_for_party_posts(cast: Cast, committee: int) -> None:
    person = cast.record("person")
    with looking(of_all()):
        branch = Organisation.objects.create(area=COMMUNITY, kind="party_branch", name="槐安社区党委")
        account = Post.objects.get(pk=cast.posts["director"]).account
        post = Post.objects.create(account=account, role="party_secretary", place=Place.objects.get(area=COMMUNITY), valid_from=date(2020, 1, 1))
    actor = actor_of_post(post.pk)
    assert actor is not None

    cast.do("seat.give", "director", organisation=committee, office="chair", person=person)
    with pytest.raises(Invalid) as linked:
        run("seat.give", actor, {"organisation": branch.pk, "office": "secretary", "person": person})

    assert list(linked.value.fields) == ["person"]
    with looking(of_all()):
        assert Seat.objects.get(organisation=committee).person_id == person


def test_party_organisations_are_seen_by_party_posts_only(cast: Cast) -> None:
    with looking(of_all()):
        branch = Organisation.objects.create(area=COMMUNITY, kind="party_branch", name="槐安社区党委")
        Seat.objects.create(area=COMMUNITY, organisation=branch, office="secretary", name="柳树人")
        account = Post.objects.get(pk=cast.posts["director"]).account
        post = Post.objects.create(account=account, role="party_secretary", place=Place.objects.get(area=COMMUNITY), valid_from=date(2020, 1, 1))
    party = actor_of_post(post.pk)
    assert party is not None

    def counts(actor: Any) -> tuple[int, int]:
        with looking(of_post(actor), read_only=True):
            return Organisation.objects.visible_to(actor).filter(kind="party_branch").count(), Seat.objects.visible_to(actor).count()

    assert counts(party) == (1, 1)
    assert counts(cast.director) == (0, 0)
    with pytest.raises(NotVisible):
        cast.do("seat.give", "director", organisation=branch.pk, office="secretary", name="某人")
    with pytest.raises(NotVisible), looking(of_post(cast.director), read_only=True):
        records.find(register_named("organisation"), cast.director, branch.pk)


def test_the_name_in_a_seat_stands_in_the_journal_as_given_and_no_neighbour_gives_one(cast: Cast, committee: int) -> None:
    seat(cast, committee, name=f" 柳 树人{HOSTILE[:9]}")

    with pytest.raises(NotVisible):
        cast.do("seat.give", "director2", organisation=committee, office="chair", name="甲")
    with pytest.raises(NotAble):
        cast.do("seat.give", "gridworker", organisation=committee, office="chair", name="甲")
    with looking(of_all()):
        assert JournalPayload.objects.filter(line__action="seat.give").count() == 1


def test_a_term_that_ends_rings_ahead_and_until_the_next_is_entered(cast: Cast, committee: int) -> None:
    today = clock.today()
    cast.do("term.begin", "director", organisation=committee, since=today - 4 * 365 * DAY, until=today + 30 * DAY)
    ahead = ringing(watching.TERM_OVER)
    with looking(of_all()):
        Term.objects.update(until=today)
    over = ringing(watching.TERM_OVER)
    cast.do("term.begin", "director", organisation=committee, since=today)

    assert "将于" in ahead[committee].sentence["zh"]
    assert "已于" in over[committee].sentence["zh"]
    assert ringing(watching.TERM_OVER) == {}


def test_what_rings_about_a_party_term_rings_for_party_posts(cast: Cast) -> None:
    with looking(of_all()):
        branch = Organisation.objects.create(area=COMMUNITY, kind="party_branch", name="槐安社区党委")
        Term.objects.create(area=COMMUNITY, organisation=branch, since=date(2020, 1, 1), until=date(2025, 1, 1))

    assert ringing(watching.TERM_OVER)[branch.pk].ability == "party.see"


def part(cast: Cast, thing: int, **more: Any) -> int:
    return int(cast.do("part.add", "gridworker", **({"thing": thing, "name": "灭火器", "unit": "具", "count": 4} | more))["part"])


def test_equipment_rings_ahead_of_its_expiry_and_after_and_is_still_when_replaced(cast: Cast, station: int) -> None:
    today = clock.today()
    one = part(cast, station, expires_on=today + 20 * DAY)
    part(cast, station, expires_on=today + 400 * DAY)
    ahead = ringing(watching.EXPIRING)
    cast.do("part.change", "gridworker", part=one, name="灭火器", count=4, expires_on=today - DAY)
    after, no_more = ringing(watching.EXPIRED), ringing(watching.EXPIRING)
    cast.do("part.remove", "gridworker", part=one, reason="expired")

    assert "1 项" in ahead[station].sentence["zh"]
    assert (station in after, station in no_more) == (True, False)
    assert ringing(watching.EXPIRED) == {}
    with looking(of_all()):
        assert JournalPayload.objects.get(line__action="part.remove").plain["before"]["count"] == 4


def test_the_reference_list_comes_in_once_and_counts_as_short_until_it_is_counted(cast: Cast, station: int) -> None:
    listed = cast.do("part.propose", "gridworker", thing=station)["listed"]

    with pytest.raises(Conflict):
        cast.do("part.propose", "gridworker", thing=station)
    with looking(of_post(cast.director), read_only=True):
        state = parts.states([station], clock.today())[station]
    assert (state.lines, state.short, state.expired, listed) == (8, 8, 0, 8)


def test_a_check_marks_the_whole_list_and_never_a_day_ahead(cast: Cast, station: int) -> None:
    part(cast, station)

    seen = cast.do("part.check", "gridworker", thing=station)["seen"]
    with pytest.raises(Invalid):
        cast.do("part.check", "gridworker", thing=station, checked_on=clock.today() + DAY)

    assert seen == 1
    with looking(of_all()):
        assert ThingPart.objects.get().checked_on == clock.today()


@pytest.mark.parametrize("more", [{"count": -1}, {"count": "many"}, {"name": "​"}, {"made_on": "2026-01-01", "expires_on": "2025-01-01"}, {"checked_on": "2099-01-01"}])
def test_equipment_that_cannot_be_is_refused(cast: Cast, station: int, more: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        part(cast, station, **more)


def test_a_room_lists_no_equipment_and_a_neighbour_finds_no_station(cast: Cast, station: int) -> None:
    room = int(cast.do("service_room.add", "director", area=GRID, name="图书室", room="reading")["thing"])

    with pytest.raises(Conflict):
        part(cast, room)
    with pytest.raises(NotVisible):
        cast.do("part.add", "gridworker2", thing=station, name="x", count=1)


def test_a_crew_has_one_leader_and_ends_with_its_station_and_comes_back_with_it(cast: Cast, station: int) -> None:
    cast.do("crew.give", "director", thing=station, office="leader", name="柳树人", since="2026-01-01")
    with pytest.raises(Conflict):
        cast.do("crew.give", "director", thing=station, office="leader", name="杨柳", since="2026-02-01")
    with looking(of_all()):
        version, member = Thing.objects.get(pk=station).version, Seat.objects.get(thing=station).pk
    with pytest.raises(NotVisible):
        cast.do("crew.end", "gridworker2", member=member)
    with pytest.raises(NotVisible):
        cast.do("seat.end", "director", seat=member)

    cast.do("micro_fire_station.end", "director", thing=station, version=version, reason="closed")
    gone = seated(clock.today())
    cast.do("micro_fire_station.restore", "director", thing=station, version=version + 1, reason="误操作")

    assert (gone, seated(clock.today())) == ([], ["柳树人"])


@pytest.mark.parametrize(("day", "years", "then"), [(date(2024, 2, 29), 5, date(2029, 3, 1)), (date(2024, 2, 29), 4, date(2028, 2, 29)), (date(2021, 4, 1), 5, date(2026, 4, 1))])
def test_years_later_is_the_same_day(day: date, years: int, then: date) -> None:
    assert in_years(day, years) == then
