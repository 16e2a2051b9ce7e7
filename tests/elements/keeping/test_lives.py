# SPDX-License-Identifier: MulanPSL-2.0
"""Moving in and out, births, deaths, splits and new heads as actions: what each brings about, who may not, and taking it back."""

from datetime import date, timedelta
from typing import Any

import pytest

from linli.core import clock
from linli.core.faults import Conflict, Fault, Invalid, NotAble, NotVisible
from linli.core.models import JournalPayload
from linli.core.sight import looking, of_all
from linli.elements.models import Dwelling, Household, LifeEvent, Membership, Person, Residence, Seat
from linli.elements.registers import sealing
from tests.cast import COMMUNITY, GRID2, HOSTILE, Cast

pytestmark = pytest.mark.django_db
NUMBER = "11010119900307002X"


@pytest.fixture
def home(cast: Cast) -> dict[str, int]:
    return cast.home()


def do(cast: Cast, action: str, by: str = "gridworker", **given: Any) -> dict[str, Any]:
    return cast.do(action, by, **given)


def person(number: int) -> Person:
    with looking(of_all(), read_only=True):
        return Person.objects.get(pk=number)


def members(household: int) -> dict[str, str]:
    with looking(of_all(), read_only=True):
        return {one.person.name: one.relation for one in Membership.objects.filter(household=household, until=None).select_related("person")}


def tied(number: int) -> set[str]:
    with looking(of_all(), read_only=True):
        return set(Residence.objects.filter(person=number, until=None).values_list("tie", flat=True))


def state() -> list[Any]:
    """Everything that says who lives where, but for versions and rows that never held."""
    with looking(of_all(), read_only=True):
        return [
            sorted(Person.objects.exclude(standing="gone").values_list("id", "area", "standing", "died_on", "left_on", "living_at")),
            sorted(Household.objects.filter(ended_on=None).values_list("id", "area", "dwelling")),
            sorted((one.person_id, one.household_id, one.relation, str(one.since), str(one.until)) for one in Membership.objects.all() if one.since != one.until),
            sorted((one.person_id, one.dwelling_id, one.tie, str(one.until)) for one in Residence.objects.all() if one.since != one.until),
            sorted(Dwelling.objects.values_list("id", "occupancy"))]


def test_a_stranger_moves_in_as_the_head_of_a_new_household_with_his_number_sealed(cast: Cast) -> None:
    dwelling = cast.home(room="601")["dwelling"]

    made = do(cast, "person.move_in", dwelling=dwelling, name="赵  新", sex="2", born_on="1990-03-07", id_number=NUMBER.lower(), phone="+86 138-0000-0000", tie="tenant")

    found = person(made["person"])
    assert (found.name, found.pinyin, found.id_kind, found.standing, found.came_on) == ("赵新", "zhao xin|zx", "111", "living", clock.today())
    assert sealing.open_value("person", "id_number", found.pk, found.id_sealed) == NUMBER
    assert found.phone_index == sealing.index_of("person", "phone", "13800000000")
    assert members(made["household"]) == {"赵新": "0"}
    assert tied(found.pk) == {"living", "tenant"}


def test_what_the_journal_keeps_of_a_newcomer_says_not_who_he_is(cast: Cast, home: dict[str, int]) -> None:
    do(cast, "person.move_in", dwelling=home["dwelling"], household=home["household"], relation="8", name="赵新", id_number=NUMBER, phone="13800000000")

    with looking(of_all(), read_only=True):
        plain = str(list(JournalPayload.objects.values_list("plain", flat=True)))
        changes = str(list(LifeEvent.objects.values_list("changes", flat=True)))
    assert not [text for text in ("赵新", NUMBER, "13800000000") if text in plain + changes]


@pytest.mark.parametrize(("given", "field"), [
    ({"name": "赵1"}, "name"), ({"name": "赵新", "id_number": "110101199003070021"}, "id_number"), ({"name": "赵新", "id_number": NUMBER, "sex": "1"}, "sex"),
    ({"name": "赵新", "phone": "12345"}, "phone"), ({"name": ""}, "name"), ({"name": "赵新", "day": "2999-01-01"}, "day"),
    ({"name": "赵新", "born_on": "2020-01-01", "day": "2019-01-01"}, "day"), ({"name": HOSTILE[:60]}, "name"), ({"name": "赵新", "relation": "0"}, "relation"),
    ({"name": "赵新", "relation": ""}, "relation")])
def test_a_newcomer_who_breaks_a_rule_is_refused_at_the_field(cast: Cast, home: dict[str, int], given: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        do(cast, "person.move_in", **({"dwelling": home["dwelling"], "household": home["household"], "relation": "8"} | given))

    assert field in caught.value.fields


def test_nobody_is_entered_twice_under_one_number(cast: Cast, home: dict[str, int]) -> None:
    given = {"dwelling": home["dwelling"], "household": home["household"], "relation": "8", "name": "赵新", "id_number": NUMBER}
    do(cast, "person.move_in", **given)

    with pytest.raises(Conflict) as caught:
        do(cast, "person.move_in", **given | {"name": "赵心"})

    assert caught.value.code == "known_here"


def test_the_head_moves_to_another_household_and_is_succeeded(cast: Cast, home: dict[str, int]) -> None:
    other = cast.home(("孙一", "0", "1"), room="302")

    do(cast, "person.move_in", person=home["王大海"], dwelling=other["dwelling"], household=other["household"], relation="7", new_head=home["李小红"])

    assert members(home["household"]) == {"李小红": "0", "王小明": "2"}
    assert members(other["household"]) == {"孙一": "0", "王大海": "7"}
    assert person(home["王大海"]).standing == "together"


def test_who_stays_registered_stays_in_his_household_and_may_come_back(cast: Cast, home: dict[str, int]) -> None:
    do(cast, "person.move_out", person=home["王小明"], stays_registered=True, living_at="110101")
    away = person(home["王小明"])
    do(cast, "person.move_in", person=home["王小明"], dwelling=home["dwelling"], household=home["household"])

    assert (away.standing, away.living_at, away.left_on) == ("registered", "110101000000", None)
    assert members(home["household"])["王小明"] == "2"
    assert (person(home["王小明"]).standing, tied(home["王小明"])) == ("together", {"living", "registered"})


def test_who_moves_out_is_gone_and_the_empty_dwelling_has_to_be_looked_at(cast: Cast) -> None:
    home = cast.home(("孙一", "0", "1"), room="302")

    do(cast, "person.move_out", person=home["孙一"], day="2026-01-05")

    found = person(home["孙一"])
    with looking(of_all(), read_only=True):
        household, dwelling = Household.objects.get(pk=home["household"]), Dwelling.objects.get(pk=home["dwelling"])
    assert (found.standing, found.left_on, tied(found.pk)) == ("gone", date(2026, 1, 5), set())
    assert (household.ended_on, household.end_reason, dwelling.occupancy) == (date(2026, 1, 5), "moved_out", "unknown")


def test_a_child_is_born_into_the_household(cast: Cast, home: dict[str, int]) -> None:
    made = do(cast, "household.birth", household=home["household"], name="王新生", sex="2", born_on="2026-10-01", relation="3", registered=True)

    assert members(home["household"])["王新生"] == "3"
    assert (person(made["person"]).standing, tied(made["person"])) == ("together", {"living", "registered"})


def test_a_death_ends_ties_and_seats_keeps_the_title_and_names_the_successor(cast: Cast, home: dict[str, int]) -> None:
    with looking(of_all()):
        dwelling = Dwelling.objects.get(pk=home["dwelling"])
        Residence.objects.create(area=dwelling.area, person_id=home["王大海"], dwelling=dwelling, tie="owner")
        seat = Seat.objects.create(area=dwelling.area, office="doorway_head", person_id=home["王大海"], name="王大海", since=date(2025, 1, 1))

    answer = do(cast, "person.die", person=home["王大海"], day="2026-11-01", new_head=home["李小红"])

    found = person(home["王大海"])
    with looking(of_all(), read_only=True):
        ended = Seat.objects.get(pk=seat.pk).until
    assert (found.standing, found.died_on, tied(found.pk), ended) == ("gone", date(2026, 11, 1), {"owner"}, date(2026, 11, 1))
    assert members(home["household"]) == {"李小红": "0", "王小明": "2"}
    assert answer["owner_of"] == [home["dwelling"]]


def test_the_dead_do_not_move(cast: Cast, home: dict[str, int]) -> None:
    do(cast, "person.die", person=home["王小明"])

    with pytest.raises(Invalid) as caught:
        do(cast, "person.move_in", person=home["王小明"], dwelling=home["dwelling"])

    assert "已登记死亡" in caught.value.fields["person"].zh


def test_a_son_splits_off_with_his_mother(cast: Cast, home: dict[str, int]) -> None:
    answer = do(cast, "household.split", household=home["household"], members=[home["李小红"], home["王小明"]], head=home["王小明"])

    assert members(home["household"]) == {"王大海": "0"}
    assert members(answer["into"]) == {"王小明": "0", "李小红": "5"}


def test_a_new_head_turns_everybodys_relation(cast: Cast, home: dict[str, int]) -> None:
    answer = do(cast, "household.change_head", household=home["household"], new_head=home["李小红"])

    assert (members(home["household"]), answer["unsure"]) == ({"王大海": "1", "李小红": "0", "王小明": "2"}, [])


def test_a_relation_that_could_not_be_told_is_put_right_but_never_the_heads(cast: Cast) -> None:
    home = cast.home(("孙一", "0", "1"), ("孙二", "2", "1"), ("孙三", "4", "1"), room="303")
    unsure = do(cast, "household.change_head", household=home["household"], new_head=home["孙二"])["unsure"]

    do(cast, "household.relate", household=home["household"], person=home["孙三"], relation="2")

    assert unsure == [home["孙三"]]
    assert members(home["household"]) == {"孙一": "5", "孙二": "0", "孙三": "2"}
    with pytest.raises(Invalid):
        do(cast, "household.relate", household=home["household"], person=home["孙二"], relation="2")


def test_a_whole_household_moves_within_the_community_or_leaves_it(cast: Cast, home: dict[str, int]) -> None:
    other = cast.home(("孙一", "0", "1"), room="302", area=COMMUNITY + 2)

    do(cast, "household.move", household=home["household"], dwelling=other["dwelling"])
    moved = person(home["李小红"])
    do(cast, "household.move", household=home["household"])

    assert (moved.area, moved.standing) == (COMMUNITY + 2, "together")
    assert {person(home[name]).standing for name in ("王大海", "李小红", "王小明")} == {"gone"}
    assert members(home["household"]) == {}


SLIPS = [
    ("person.move_out", lambda home: {"person": home["王小明"]}), ("person.die", lambda home: {"person": home["王大海"], "new_head": home["李小红"]}),
    ("household.change_head", lambda home: {"household": home["household"], "new_head": home["王小明"]}),
    ("household.change_head", lambda home: {"household": home["household"], "new_head": home["王小明"], "day": "2020-01-01"}),
    ("household.split", lambda home: {"household": home["household"], "members": [home["王大海"]], "head": home["王大海"], "new_head": home["李小红"]}),
    ("household.birth", lambda home: {"household": home["household"], "name": "王新生", "sex": "1", "born_on": "2026-01-01", "relation": "2"}),
    ("household.move", lambda home: {"household": home["household"]}),
    ("person.move_in", lambda home: {"dwelling": home["dwelling"], "name": "赵新"}),
]


@pytest.mark.parametrize(("action", "given"), SLIPS)
def test_a_slip_is_taken_back_as_a_whole(cast: Cast, home: dict[str, int], action: str, given: Any) -> None:
    before = state()
    event = do(cast, action, **given(home))["event"]
    changed = state()

    do(cast, "life.undo", event=event, reason="登记错了")

    assert changed != before
    assert state() == before


def test_what_was_built_upon_is_not_taken_back(cast: Cast, home: dict[str, int]) -> None:
    event = do(cast, "person.move_out", person=home["王小明"])["event"]
    do(cast, "person.move_in", person=home["王小明"], dwelling=cast.home(("孙一", "0", "1"), room="302")["dwelling"])
    before = state()

    with pytest.raises(Conflict) as caught:
        do(cast, "life.undo", event=event, reason="登记错了")

    assert caught.value.code == "moved_on"
    assert state() == before


def test_it_is_taken_back_once(cast: Cast, home: dict[str, int]) -> None:
    event = do(cast, "person.move_out", person=home["王小明"])["event"]
    do(cast, "life.undo", event=event, reason="登记错了")

    with pytest.raises(Conflict):
        do(cast, "life.undo", event=event, reason="再撤一次")


CALLS = [
    ("person.move_out", lambda home: {"person": home["王大海"]}), ("person.die", lambda home: {"person": home["王大海"]}),
    ("person.move_in", lambda home: {"dwelling": home["dwelling"], "name": "赵新"}), ("household.move", lambda home: {"household": home["household"]}),
    ("household.change_head", lambda home: {"household": home["household"], "new_head": home["李小红"]}),
    ("household.birth", lambda home: {"household": home["household"], "name": "赵新", "born_on": "2026-01-01", "relation": "2"}),
    ("household.split", lambda home: {"household": home["household"], "members": [home["王小明"]], "head": home["王小明"]}),
    ("household.relate", lambda home: {"household": home["household"], "person": home["王小明"], "relation": "3"})]


@pytest.mark.parametrize(("action", "given"), CALLS)
@pytest.mark.parametrize(("who", "fault"), [("gridworker2", NotVisible), ("director2", NotVisible), ("head", NotAble), ("sysadmin", NotVisible)])
def test_neighbours_see_nothing_and_other_posts_may_not(cast: Cast, home: dict[str, int], action: str, given: Any, who: str, fault: type[Fault]) -> None:
    with pytest.raises(fault):
        do(cast, action, who, **given(home))


def test_a_foreign_person_household_or_dwelling_in_the_input_is_not_found(cast: Cast, home: dict[str, int]) -> None:
    other = cast.home(("钱一", "0", "1"), area=GRID2)
    tries = [{"dwelling": home["dwelling"], "person": other["钱一"]}, {"dwelling": other["dwelling"], "name": "赵新"},
             {"dwelling": home["dwelling"], "household": other["household"], "name": "赵新"}]

    for given in tries:
        with pytest.raises(NotVisible):
            do(cast, "person.move_in", "director", **given)


def test_dates_go_with_the_days_of_each_person(cast: Cast, home: dict[str, int]) -> None:
    yesterday = clock.today() - timedelta(days=1)
    do(cast, "person.move_out", person=home["王小明"], day=yesterday.isoformat())

    with pytest.raises(Invalid) as caught:
        do(cast, "person.move_in", person=home["王小明"], dwelling=home["dwelling"], household=home["household"], relation="2", day="2026-01-01")

    assert "day" in caught.value.fields
