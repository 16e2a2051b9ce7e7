# SPDX-License-Identifier: MulanPSL-2.0
"""The long work: broken off and resumed, by whom and where, two communities in one file, and rows that go when their time is over."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from linli.core import clock
from linli.core.faults import Conflict, Invalid, NotAble, NotVisible
from linli.core.models import JournalLine, JournalPayload
from linli.core.sight import looking, of_all
from linli.elements.intakes import parts, planning, working
from linli.elements.intakes.actions import lane_of
from linli.elements.models import Intake, IntakeBatch, IntakePart, IntakeRow, Person
from tests.cast import COMMUNITY, COMMUNITY2, STREET, STREET2, Cast
from tests.elements.intakes.tables import HEADINGS, bring, csv_of, excel_of, look, person, take, undo

pytestmark = pytest.mark.django_db
WITH_PLACE = (*HEADINGS, "社区", "住址")


def two_communities() -> list[dict[str, Any]]:
    return [person("张大山", 1, 社区="槐安社区"), person("李四", 2, 社区="槐宁社区"), person("王五", 3, 社区="槐宁社区", 楼号=None, 门=None, 室=None, 住址="和平里3号楼2门501")]


def names() -> set[str]:
    with looking(of_all(), read_only=True):
        return set(Person.objects.values_list("name", flat=True))


@pytest.fixture
def small_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each community is a stretch of its own."""
    monkeypatch.setattr(parts, "stretches", partial(parts.stretches, size=1))


def test_one_file_brings_people_of_two_communities_each_to_its_own(cast: Cast) -> None:
    take(cast, bring(cast, csv_of(two_communities(), WITH_PLACE), "head", STREET), "head")

    with looking(of_all(), read_only=True):
        assert set(Person.objects.values_list("name", "area")) == {("张大山", COMMUNITY), ("李四", COMMUNITY2), ("王五", COMMUNITY2)}
        home = Person.objects.get(name="王五").residences.first().dwelling
        assert (home.building.number, home.doorway, home.floor, home.room) == ("3", "2", 5, "501")


def test_work_that_broke_off_goes_on_where_it_was(cast: Cast, small_stretches: None, monkeypatch: pytest.MonkeyPatch) -> None:
    found = bring(cast, csv_of(two_communities(), WITH_PLACE), "head", STREET)
    plan = planning.plan
    calls = []

    def breaks(*given: Any) -> Any:
        calls.append(given)
        if len(calls) == 2:
            raise ValueError("the light went out")
        return plan(*given)

    monkeypatch.setattr(planning, "plan", breaks)
    broken = take(cast, found, "head")
    assert (broken.state, names()) == ("failed", {"张大山"})
    resumed = take(cast, found, "head")

    assert (resumed.state, names(), resumed.counts["add"]) == ("taken", {"张大山", "李四", "王五"}, 3)
    assert len(calls) == 3
    assert undo(cast, resumed, "head").state == "undone"
    assert names() == set()


def test_each_stretch_writes_one_line_with_ranges_and_a_digest_and_no_value(cast: Cast, small_stretches: None) -> None:
    take(cast, bring(cast, csv_of(two_communities(), WITH_PLACE), "head", STREET), "head")

    with looking(of_all(), read_only=True):
        lines = JournalLine.objects.filter(action="intake.take_stretch")
        told = list(JournalPayload.objects.filter(line__in=lines).values_list("plain", flat=True))
        spans = [one for payload in told for one in payload["added"]["person"]]
        assert sum(last - first + 1 for first, last in spans) == 3
        assert all(len(payload["digest"]) == 64 for payload in told)
        assert "张大山" not in str(told)


def test_a_person_of_another_community_in_sight_is_not_taken_over(cast: Cast) -> None:
    take(cast, bring(cast, csv_of([person("张大山", 1)]), "director"))

    found = bring(cast, csv_of([person("张大山", 1, 社区="槐宁社区")], WITH_PLACE), "head", STREET)

    assert (found.counts["bad"], found.counts.get("why.elsewhere")) == (1, 1)


def test_a_file_cannot_be_brought_for_another_place_nor_by_whoever_may_not(cast: Cast) -> None:
    with pytest.raises(Invalid):
        cast.do("intake.receive", "director", sheet="residents", area=COMMUNITY2, file=csv_of([person("张", 1)]))
    with pytest.raises(Invalid):
        cast.do("intake.receive", "head", sheet="residents", area=STREET2, file=csv_of([person("张", 1)]))
    with pytest.raises(NotAble):
        cast.do("intake.receive", "gridworker", sheet="residents", area=COMMUNITY, file=csv_of([person("张", 1)]))
    found = bring(cast, csv_of([person("张大山", 1)]))
    for name in ("intake.take", "intake.undo", "intake.drop", "intake.give_back"):
        with pytest.raises(NotVisible):
            cast.do(name, "director2", intake=found.pk)


def test_a_row_cannot_reach_beyond_the_place_the_file_was_brought_for(cast: Cast) -> None:
    found = bring(cast, csv_of([person("张大山", 1, 社区="槐宁社区"), person("李四", 2, 社区="没有社区")], WITH_PLACE), "director")

    assert (found.counts["bad"], found.counts["why.place"]) == (2, 2)


def test_what_is_being_worked_on_or_was_taken_cannot_be_dropped(cast: Cast) -> None:
    taken = take(cast, bring(cast, csv_of([person("张大山", 1)])))
    with pytest.raises(Conflict):
        cast.do("intake.drop", "director", intake=taken.pk)
    with pytest.raises(Conflict):
        cast.do("intake.take", "director", intake=taken.pk)


def test_dropping_destroys_every_cell_at_once(cast: Cast) -> None:
    found = bring(cast, csv_of([person("张大山", 1), person("李四", 2, 室="102", 联系电话="1")]))
    cast.do("intake.drop", "director", intake=found.pk)

    with looking(of_all(), read_only=True):
        assert not IntakePart.objects.filter(intake=found).exists()
        assert set(IntakeRow.objects.filter(intake=found).values_list("sealed", flat=True)) == {None}


def test_rows_are_destroyed_when_their_time_is_over_and_then_nothing_can_be_undone(cast: Cast) -> None:
    taken = take(cast, bring(cast, csv_of([person("张大山", 1)])))
    with looking(of_all()):
        Intake.objects.filter(pk=taken.pk).update(made_at=clock.now() - working.KEPT - timedelta(days=1))

    assert working.forget() == 1

    with looking(of_all(), read_only=True):
        assert not IntakePart.objects.filter(intake=taken).exists()
        assert not IntakeBatch.objects.filter(intake=taken).exclude(before=None).exists()
    with pytest.raises(Conflict):
        cast.do("intake.undo", "director", intake=taken.pk)
    assert names() == {"张大山"}


def test_dwellings_come_in_by_a_sheet_of_their_own(cast: Cast) -> None:
    headings = ("小区", "楼号", "层数", "门", "室", "使用情况", "建筑面积", "不动产权证号")
    lines = [{"小区": "幸福里", "楼号": "1", "层数": "6", "门": "1", "室": "101", "使用情况": "出租", "建筑面积": "86.5"},
             {"小区": "幸福里", "楼号": "1号楼", "层数": "6层", "门": "1门", "室": "102", "使用情况": "空置", "建筑面积": "八十"},
             {"小区": "幸福里", "楼号": "1", "门": "1", "室": "101"}]
    found = take(cast, bring(cast, excel_of(lines, headings), sheet="dwellings"))
    assert {name: found.counts[name] for name in ("add", "bad", "why.twice", "why.form")} == {"add": 1, "bad": 2, "why.twice": 1, "why.form": 1}
    lines[0] |= {"使用情况": "自住", "不动产权证号": "津2020-1"}

    again = take(cast, bring(cast, excel_of(lines[:1], headings), sheet="dwellings"))

    assert again.counts["change"] == 1
    with looking(of_all(), read_only=True):
        from linli.elements.models import Dwelling
        home = Dwelling.objects.get()
        assert (home.occupancy, home.square_decimetres, home.fields, home.building.floors) == ("owner", 8650, {"certificate": "津20201"}, 6)
    assert bring(cast, excel_of(lines[:1], headings), sheet="dwellings").counts["same"] == 1
    assert look(cast, again.pk).state == "taken"


def test_two_files_of_a_usual_size_have_lanes_of_their_own_and_a_large_one_takes_its_turn() -> None:
    lanes = [lane_of(Intake(pk=place, counts={"rows": 55_000})) for place in (6, 7, 8)]

    assert lanes == ["intake.0", "intake.1", "intake.0"]
    assert lane_of(Intake(pk=6, counts={"rows": 1_000_000})) == ""
