# SPDX-License-Identifier: MulanPSL-2.0
"""Visits with what came of them and the next try; fields seen or put right at the door; the sheet in the order of the stairs."""

import itertools
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from linli.core import clock
from linli.core.faults import Conflict, Invalid, NotAble, NotVisible
from linli.core.models import JournalLine, JournalPayload
from linli.core.sight import looking, of_all, of_post
from linli.elements.keeping import confirming, stairs, visits
from linli.elements.models import Building, Confirmation, Dwelling, Person, Visit
from linli.elements.registers import records, sealing
from tests.cast import HOSTILE, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(cast: Cast) -> dict[str, int]:
    return cast.home()


def visit(cast: Cast, home: dict[str, int], outcome: str = "met", by: str = "gridworker", **more: Any) -> dict[str, Any]:
    return cast.do("visit.record", by, **({"dwelling": home["dwelling"], "outcome": outcome, "purpose": "routine"} | more))


def due(cast: Cast, days: int) -> list[int]:
    with looking(of_post(cast.gridworker), read_only=True):
        return [one.dwelling.pk for one in visits.tries(cast.gridworker, until=clock.today() + timedelta(days=days))]


@pytest.mark.parametrize(("outcome", "days"), [("met", None), ("nobody_home", 3), ("away", 14), ("declined", 30)])
def test_the_next_try_follows_from_the_outcome(cast: Cast, home: dict[str, int], outcome: str, days: int | None) -> None:
    answer = visit(cast, home, outcome)

    assert answer["again_on"] == ("" if days is None else (clock.today() + timedelta(days=days)).isoformat())
    assert due(cast, 60) == ([] if days is None else [home["dwelling"]])


def test_a_visit_does_the_try_that_was_due(cast: Cast, home: dict[str, int]) -> None:
    visit(cast, home, "nobody_home", again_on=clock.today().isoformat())
    before = due(cast, 0)

    visit(cast, home, "met")

    assert (before, due(cast, 99)) == ([home["dwelling"]], [])


def test_tries_come_longest_due_first_and_a_page_goes_on_where_the_last_one_ended(cast: Cast, home: dict[str, int]) -> None:
    other = cast.home(("孙一", "0", "1"), room="502")
    later = (clock.today() + timedelta(days=5)).isoformat()
    visit(cast, home, "away", again_on=later)
    visit(cast, other, "nobody_home")

    with looking(of_post(cast.gridworker), read_only=True):
        found = visits.tries(cast.gridworker, until=date(2999, 1, 1))
        rest = visits.tries(cast.gridworker, until=date(2999, 1, 1), after=(found[0].visit.again_on, found[0].visit.pk))

    assert [one.dwelling.pk for one in found] == [other["dwelling"], home["dwelling"]]
    assert [one.dwelling.pk for one in rest] == [home["dwelling"]]


@pytest.mark.parametrize(("given", "field"), [
    ({"again_on": "2020-01-01"}, "again_on"), ({"happened_at": "2999-01-01 08:00"}, "happened_at"), ({"outcome": "ill"}, "outcome"), ({"purpose": ""}, "purpose")])
def test_a_visit_that_cannot_be_is_refused_at_its_field(cast: Cast, home: dict[str, int], given: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        visit(cast, home, **given)

    assert field in caught.value.fields


def test_needs_are_sealed_and_read_for_a_reason_that_stays(cast: Cast, home: dict[str, int]) -> None:
    number = visit(cast, home, needs=HOSTILE)["visit"]

    read = cast.do("visit.look", "director", visit=number, reason="上门帮助前了解")

    with looking(of_all(), read_only=True):
        plain = str(list(JournalPayload.objects.values_list("plain", flat=True)))
        kept = bytes(Visit.objects.get(pk=number).needs_sealed)
    assert read["needs"] == HOSTILE
    assert HOSTILE not in plain
    assert HOSTILE.encode() not in kept
    assert "上门帮助前了解" in plain


def test_neighbours_record_and_read_nothing(cast: Cast, home: dict[str, int]) -> None:
    number = visit(cast, home, "nobody_home", needs="要扶手")["visit"]
    calls = [("visit.record", {"dwelling": home["dwelling"], "outcome": "met", "purpose": "routine"}), ("visit.look", {"visit": number, "reason": "好奇"}),
             ("household.confirm", {"household": home["household"], "means": "visit", "nothing_changed": True}),
             ("record.confirm", {"register": "person", "record": home["王大海"], "names": ["phone"], "means": "visit"}),
             ("record.correct", {"register": "person", "record": home["王大海"], "column": "phone", "value": "13800000000", "means": "visit"}),
             ("doorstep.print", {"building": home["building"], "way": "up"})]

    for action, given in calls:
        with pytest.raises(NotVisible):
            cast.do(action, "director2", **given)
        with pytest.raises(NotAble):
            cast.do(action, "head", **given)
    with looking(of_post(cast.gridworker2), read_only=True):
        assert visits.tries(cast.gridworker2, until=date(2999, 1, 1)) == []


def person(number: int) -> Person:
    with looking(of_all(), read_only=True):
        return Person.objects.get(pk=number)


def test_one_press_says_that_nothing_has_changed_for_what_has_a_value(cast: Cast, home: dict[str, int]) -> None:
    with looking(of_all()):
        Person.objects.filter(pk=home["王大海"]).update(marital="20", employment="")

    cast.do("household.confirm", "gridworker", household=home["household"], means="visit", nothing_changed=True, visit=visit(cast, home)["visit"])

    today = records.epoch_day(clock.today())
    with looking(of_all(), read_only=True):
        kept = Confirmation.objects.get(register="person", record=home["王大海"])
        dwelling = Dwelling.objects.get(pk=home["dwelling"])
    assert person(home["王大海"]).confirmed == {"marital": today}
    assert dwelling.confirmed == {"use": today, "occupancy": today}
    assert (kept.names, kept.corrected, kept.means, kept.post_id, kept.happened_on) == (["marital"], [], "visit", cast.gridworker.post, clock.today())


def test_single_fields_are_ticked_and_nothing_ticked_is_asked_back(cast: Cast, home: dict[str, int]) -> None:
    key = f"person.{home['李小红']}.phone"

    cast.do("household.confirm", "gridworker", household=home["household"], means="doorstep", seen=[key])

    assert list(person(home["李小红"]).confirmed) == ["phone"]
    with pytest.raises(Invalid):
        cast.do("household.confirm", "gridworker", household=home["household"], means="doorstep")
    with pytest.raises(Invalid):
        cast.do("household.confirm", "gridworker", household=home["household"], means="doorstep", seen=["person.1.name"])


def test_what_was_seen_long_ago_is_due_and_a_later_day_stays(cast: Cast, home: dict[str, int]) -> None:
    given = {"register": "person", "record": home["王大海"], "names": ["phone"], "means": "phone"}
    cast.do("record.confirm", "gridworker", **given)
    cast.do("record.confirm", "gridworker", **given, day="2020-01-01")
    column = next(one for one in confirming.register_named("person").columns if one.name == "phone")

    found = person(home["王大海"])

    assert found.confirmed == {"phone": records.epoch_day(clock.today())}
    assert not confirming.is_due(found, column, clock.today())
    assert confirming.is_due(found, column, clock.today() + timedelta(days=366))


@pytest.mark.parametrize(("column", "value", "kept"), [
    ("name", "王  大海", "王大海"), ("education", "20", "20"), ("born_on", "1981-02-03", "1981-02-03"), ("former_name", "", "")])
def test_one_field_is_put_right_in_its_written_form(cast: Cast, home: dict[str, int], column: str, value: str, kept: str) -> None:
    cast.do("record.correct", "gridworker", register="person", record=home["王大海"], column=column, value=value, means="file")

    found = person(home["王大海"])
    assert (str(getattr(found, column)), found.version) == (kept, 2)
    assert column in found.confirmed


def test_a_phone_and_an_employer_are_sealed_and_the_journal_says_neither(cast: Cast, home: dict[str, int]) -> None:
    for column, value in (("phone", "+86 138 0000 0000"), ("employer", "某某物业公司"), ("registered_address", "某市某区某路 1 号")):
        cast.do("record.correct", "gridworker", register="person", record=home["王大海"], column=column, value=value, means="phone")

    found = person(home["王大海"])
    with looking(of_all(), read_only=True):
        plain = str(list(JournalPayload.objects.values_list("plain", flat=True)))
    assert sealing.open_value("person", "phone", found.pk, found.phone_sealed) == "13800000000"
    assert sealing.open_bundle("person", found.pk, found.sealed) == {"employer": "某某物业公司", "registered_address": "某市某区某路 1 号"}
    assert not [text for text in ("13800000000", "某某物业公司") if text in plain]


@pytest.mark.parametrize(("register", "column", "value"), [
    ("person", "phone", "123"), ("person", "standing", "gone"), ("person", "name", ""), ("person", "education", "99x"), ("person", "born_on", "2999-01-01"),
    ("dwelling", "room", "502"), ("building", "number", "4"), ("person", "sealed", "x"), ("dwelling", "floor", "three")])
def test_a_correction_that_breaks_a_rule_or_makes_another_address_is_refused(cast: Cast, home: dict[str, int], register: str, column: str, value: str) -> None:
    number = home["王大海"] if register == "person" else home[register]

    with pytest.raises(Invalid) as caught:
        cast.do("record.correct", "gridworker", register=register, record=number, column=column, value=value, means="visit")

    assert set(caught.value.fields) <= {"value", "column"}


def test_a_correction_of_an_old_version_shows_both(cast: Cast, home: dict[str, int]) -> None:
    given = {"register": "person", "record": home["王大海"], "column": "name", "means": "visit", "version": 1}
    cast.do("record.correct", "gridworker", value="王大河", **given)

    with pytest.raises(Conflict):
        cast.do("record.correct", "director", value="王大江", **given)


ROOMS = st.lists(st.tuples(
    st.sampled_from(["", "1", "2", "10", "甲"]), st.one_of(st.none(), st.integers(-2, 33)), st.sampled_from(["101", "1002", "2", "A3", "底商"])),
    max_size=30)


@drawn(rooms=ROOMS)
def test_the_order_of_the_stairs_goes_through_each_doorway_once_and_only_down(rooms: list[tuple[str, int | None, str]]) -> None:
    dwellings = [Dwelling(pk=number, doorway=doorway, floor=floor, room=room) for number, (doorway, floor, room) in enumerate(rooms, 1)]

    down = stairs.in_order(dwellings, stairs.DOWN)

    doorways = [one.doorway for place, one in enumerate(down) if place == 0 or down[place - 1].doorway != one.doorway]
    pairs = [(stairs.floor_of(one), stairs.floor_of(other)) for one, other in itertools.pairwise(down) if one.doorway == other.doorway]
    assert sorted(one.pk for one in down) == [one.pk for one in dwellings]
    assert len(doorways) == len(set(doorways))
    assert all((above is not None and below is not None and above >= below) or below is None for above, below in pairs)


def test_rooms_are_in_their_natural_order_and_doorway_two_comes_before_ten() -> None:
    dwellings = [Dwelling(pk=number, doorway=doorway, room=room) for number, (doorway, room) in enumerate([("10", "101"), ("2", "1001"), ("2", "202"), ("2", "201")], 1)]

    assert [one.pk for one in stairs.in_order(dwellings, stairs.UP)] == [4, 3, 2, 1]
    assert [one.pk for one in stairs.in_order(dwellings, stairs.DOWN)] == [2, 4, 3, 1]


def test_the_sheet_names_who_lives_there_and_what_to_ask_but_no_number(cast: Cast, home: dict[str, int], django_assert_num_queries: Any) -> None:
    cast.do("record.correct", "gridworker", register="person", record=home["王大海"], column="phone", value="13812345678", means="phone")
    with looking(of_post(cast.gridworker), read_only=True):
        building = Building.objects.get(pk=home["building"])
        with django_assert_num_queries(3):
            doors = stairs.doors_of(building, "", stairs.DOWN)

    assert [one.name for one in doors[0].people] == ["王大海", "李小红", "王小明"]
    assert doors[0].tail == "5678"
    asked = {whose: [one.zh for one in labels] for whose, labels in doors[0].asks}
    assert "联系电话" not in asked["王大海"]
    assert "联系电话" in asked["李小红"]


def test_printing_a_sheet_leaves_a_line_with_the_number_of_names(cast: Cast, home: dict[str, int]) -> None:
    answer = cast.do("doorstep.print", "gridworker", building=home["building"], way="down")

    with looking(of_all(), read_only=True):
        line = JournalLine.objects.get(action="doorstep.print")
        said = JournalPayload.objects.get(line=line).plain
    assert (answer["names"], said["names"], line.subject) == (3, 3, home["building"])
