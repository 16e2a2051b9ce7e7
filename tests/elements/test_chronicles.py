# SPDX-License-Identifier: MulanPSL-2.0
"""What a place was on a day: old names, old streets, reused codes, places that did not stand yet."""

from datetime import date
from typing import Any

import pytest

from linli.core.actions import run
from linli.core.system_actors import system_actor
from linli.elements import chronicles, places
from linli.elements.chronicles import Told
from tests.elements.conftest import QUANYECHANG, REUSED, cut

TODAY, IN_2018 = date(2026, 11, 23), date(2018, 12, 31)


@pytest.fixture
def city(db: None) -> dict[str, Any]:
    """和平区 and one street each of 南开区 and 河西区, with their changes since 2017."""
    heads = ("120101", "120104001", "120103")
    return run("place.load", system_actor("installer"), {
        "divisions": cut("tianjin_divisions.csv", *heads), "changes": cut("tianjin_division_changes.csv", *heads), "state": date(2023, 6, 30)})


def asked(text: str, day: date = IN_2018) -> list[Told]:
    return chronicles.asked(text, day, TODAY)


def test_a_community_is_told_by_what_it_was_called_in_2017_and_2018(city: Any) -> None:
    before, after = (chronicles.asked("国际公寓第一社区", day, TODAY)[0] for day in (date(2017, 12, 31), IN_2018))

    assert before.then is not None
    assert after.then is not None
    assert (before.then.name, after.then.name) == ("国际公寓社区居委会", "国际公寓第一社区居委会")
    assert before.notes[0].zh == "当时叫“国际公寓社区居委会”。"
    assert after.notes == (chronicles.SAME,)
    assert before.then.above == ("天津市", "和平区", places.path_of(before.found.area)[2].name)


def test_its_old_name_finds_it_as_well(city: Any) -> None:
    found = asked("国际公寓社区居委会", date(2017, 12, 31))

    assert [(one.now.name, one.then.name if one.then else "") for one in found] == [("国际公寓第一社区居委会", "国际公寓社区居委会")]


def test_a_reused_code_means_who_bore_it_on_the_day(city: Any) -> None:
    first = asked(REUSED)[0]
    later = asked(REUSED, TODAY)[0]

    assert first.then is not None
    assert later.then is not None
    assert (first.then.name, later.then.name) == ("芙蓉南里社区居委会", "天香水畔社区居委会")
    assert any(one.then is None and one.found.name.startswith("天香水畔") and "起才有" in one.notes[0].zh for one in asked(REUSED))


def test_a_community_that_moved_is_told_under_the_street_of_then(city: Any) -> None:
    street = places.find("五大道街道")[0]
    old = places.children(QUANYECHANG)[0]
    new = run("place.add", system_actor("installer"), {"parent": street.area, "name": old.name, "since": date(2024, 1, 1)})
    run("place.end", system_actor("installer"), {"area": old.area, "successor": new["area"], "since": date(2024, 1, 1)})

    one = chronicles.told([places.place_by_area(new["area"])], IN_2018, TODAY)[0]
    both = asked(old.name)

    assert one.then is not None
    assert (one.then.above[-1], one.now.above[-1], one.then.code) == ("劝业场街道", "五大道街道", old.code)
    assert any("当时属于和平区劝业场街道" in note.zh for note in one.notes)
    assert len([row for row in both if row.now.place.area == new["area"]]) == 1
    assert [sentence.zh for _, sentence in chronicles.events(places.place_by_area(new["area"]))][-1] == f"承接“{old.name}”（和平区劝业场街道）"


def test_a_renamed_street_is_named_as_it_was_in_the_belonging_of_its_communities(city: Any) -> None:
    community = places.children(QUANYECHANG)[0]
    run("place.rename", system_actor("installer"), {"area": QUANYECHANG, "name": "新劝业街道", "since": date(2022, 5, 1)})

    one = chronicles.told([community], IN_2018, TODAY)[0]

    assert one.then is not None
    assert (one.then.above[-1], one.now.above[-1]) == ("劝业场街道", "新劝业街道")
    assert [(day, sentence.zh) for day, sentence in chronicles.events(places.place_by_area(QUANYECHANG))] == [
        (None, "有记录以来名为“劝业场街道”"), (date(2022, 5, 1), "更名为“新劝业街道”")]


def test_the_answer_costs_two_queries_however_many_places_it_names(city: Any, django_assert_num_queries: Any) -> None:
    places.city()
    asked("和平")

    with django_assert_num_queries(2):
        assert len(asked("里")) > 5
