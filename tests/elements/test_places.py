# SPDX-License-Identifier: MulanPSL-2.0
"""Places: loading, history of reused codes and names, other cities, repeating, looking up."""

import time
from datetime import date
from typing import Any

import pytest

from linli.core.actions import run
from linli.core.faults import Conflict, Fault, Invalid, NotVisible
from linli.core.models import JournalLine
from linli.core.sight import looking, of_all
from linli.core.system_actors import system_actor
from linli.elements import places
from linli.elements.division_files import spans_of_states
from linli.elements.models import Place, PlaceCode, PlaceName
from linli.elements.names import stem
from linli.elements.pinyin import pinyin_key
from tests.elements.conftest import CITY, HEPING, QUANYECHANG, REUSED, SEEDS, small_city

INSTALLER = "installer"


def load(**given: Any) -> dict[str, Any]:
    return run("place.load", system_actor(INSTALLER), given)


def rows() -> list[tuple[Any, ...]]:
    return [*Place.objects.order_by("id").values_list(), *PlaceCode.objects.order_by("id").values_list(), *PlaceName.objects.order_by("id").values_list()]


def refused(**given: Any) -> Fault:
    with pytest.raises(Fault) as refusal:
        load(**given)
    return refusal.value


def test_a_second_load_changes_nothing(city: dict[str, Any]) -> None:
    before = rows()

    answer = load(**small_city())

    assert answer["done"] == {}
    assert rows() == before


def test_the_history_can_come_after_the_divisions_and_makes_no_doubles(db: None) -> None:
    files = small_city()
    load(divisions=files["divisions"], state=files["state"])

    load(**files)

    assert PlaceCode.objects.filter(system="NBS", code=REUSED).count() == 2
    assert Place.objects.filter(name="天香水畔社区居委会").count() == 1
    assert load(**files)["done"] == {}


def test_a_reused_code_means_two_places_with_two_numbers(city: dict[str, Any]) -> None:
    held = PlaceCode.objects.filter(system="NBS", code=REUSED).order_by("place__area").select_related("place")

    former, present = (one.place for one in held)

    assert (former.name, former.area, former.valid_to) == ("芙蓉南里社区居委会", 120104001017000, date(2020, 6, 30))
    assert (present.name, present.area, present.valid_to) == ("天香水畔社区居委会", 120104001999000, None)
    assert present.valid_from == date(2020, 6, 30)


def test_a_renamed_place_stays_one_place_and_is_found_by_its_old_name(city: dict[str, Any]) -> None:
    found = places.find("国际公寓社区居委会")

    names = list(PlaceName.objects.filter(place=found[0].id).order_by("id").values_list("name", "valid_from", "valid_to"))

    assert found[0].name == "国际公寓第一社区居委会"
    assert names == [("国际公寓社区居委会", None, date(2018, 10, 31)), ("国际公寓第一社区居委会", date(2018, 10, 31), None)]


def test_a_name_that_comes_back_after_a_gap_is_one_place() -> None:
    row = {"code": "120113404498", "level": "community", "name_2017": "风电园虚拟社区", "name_2018": "", "name_2019": "风电园虚拟社区"}

    spans = spans_of_states(row)

    assert [(span.since, span.until) for span in spans] == [(None, None)]


def test_a_newer_file_renames_and_reuses_by_the_same_rule(city: dict[str, Any]) -> None:
    text = small_city()["divisions"].replace("天香水畔社区居委会", "天香水岸社区居委会").replace("天香水畔", "天香水岸")
    load(divisions=text, state=date(2026, 1, 1))
    text = text.replace("天香水岸社区居委会", "明月坊社区居委会").replace("天香水岸", "明月坊")

    load(divisions=text, state=date(2026, 6, 1))

    renamed, new = Place.objects.get(area=120104001999000), Place.objects.get(name="明月坊社区居委会")
    assert (renamed.name, renamed.valid_to) == ("天香水岸社区居委会", date(2026, 6, 1))
    assert (new.area, new.valid_from) == (120104001998000, date(2026, 6, 1))
    assert load(divisions=text, state=date(2026, 6, 1))["done"] == {}


def test_a_load_is_one_line_of_the_journal_with_digest_and_counts(city: dict[str, Any]) -> None:
    with looking(of_all()):
        line = JournalLine.objects.get(action="place.load")
        payload = line.journalpayload.plain

    assert line.area == CITY
    assert len(payload["digests"]["divisions"]) == 64
    assert payload["done"] == city["done"]


def test_wuhou_of_chengdu_loads_by_the_same_action_under_a_city_code_of_four_digits(db: None) -> None:
    load(divisions=(SEEDS / "chengdu_wuhou_divisions.csv").read_text("utf-8-sig"))

    chengdu = places.place_by_area(510100000000000)

    assert (chengdu.lo, chengdu.hi) == (510100000000000, 510200000000000)
    assert [place.name for place in places.path_of(510107001004000)] == ["成都市", "武侯区", "浆洗街街道", "洗面桥社区居委会"]
    assert places.city() == chengdu


def test_a_city_of_three_levels_hangs_its_streets_under_itself(db: None) -> None:
    text = "code,name,level,parent_code\n4419,东莞市,city,\n441900003,东城街道,street,4419\n441900003001,岗贝社区居委会,community,441900003\n"

    load(divisions=text)

    assert [place.level for place in places.path_of(441900003001000)] == ["city", "street", "community"]


def test_the_codes_of_the_other_lineage_stand_beside(db: None) -> None:
    head = "code,name,level,parent_code\n12,天津市,city,\n120110,东丽区,district,12\n120110011,东丽湖街道,street,120110\n"
    cross = "nbs2023_code,nbs2023_name,other_code_same_name,name_at_same_code_in_other,status\n120110011,东丽湖街道,120110010,,different_code\n"

    load(divisions=head, crosswalk=cross)

    assert places.place_by_area(120110011000000).codes == (("NBS", "120110011"), ("MCA", "120110010"))


@pytest.mark.parametrize(("text", "sentence"), [
    ("code,name\n12,天津市\n", "level"),
    ("code,name,level,parent_code\n12,天津市,city,\n12,天津市,city,\n", "12"),
    ("code,name,level,parent_code\n12,天津市,city,\n120101,和平区,district,13\n", "13"),
    ("code,name,level,parent_code\n12,天津市,province,\n", "province"),
    ("code,name,level,parent_code\n12x,天津市,city,\n", "12x"),
    ("code,name,level,parent_code\n120101,和平区,district,12\n", "12"),
])
def test_a_wrong_file_is_refused_with_the_line_and_loads_nothing(db: None, text: str, sentence: str) -> None:
    refusal = refused(divisions=text)

    assert sentence in str(refusal.fields["divisions"])
    assert not Place.objects.exists()


@pytest.mark.slow
def test_the_whole_of_tianjin_loads_in_ten_seconds_and_again_without_doubles(db: None) -> None:
    files = {name: (SEEDS / f"tianjin_{file}.csv").read_text("utf-8-sig") for name, file in
             (("divisions", "divisions"), ("changes", "division_changes"), ("crosswalk", "street_code_crosswalk"))}
    begun = time.monotonic()
    load(**files, state=date(2023, 6, 30))
    took = time.monotonic() - begun

    again = load(**files, state=date(2023, 6, 30))

    assert took < 10
    assert set(again["done"]) == {"codes without a place"}
    assert len(places.communities()) == 1_934 + 3_542
    assert places.find("芙蓉南里")[0].valid_to == date(2020, 6, 30)
    assert Place.objects.filter(successor__isnull=False).count() == 239


def test_similar_units_are_places_but_no_communities(city: dict[str, Any]) -> None:
    campus = "code,name,level,parent_code,kind,virtual\n12,天津市,city,,,0\n120101,和平区,district,12,,0\n" \
             "120101001,劝业场街道,street,120101,,0\n120101001498,科技园虚拟社区,community,120101001,类似居委会,1\n"

    load(divisions=campus, state=date(2026, 1, 1))

    assert places.find_place(120101001498000) is not None
    assert 120101001498000 not in {place.area for place in places.communities()}


@pytest.mark.parametrize("typed", ["劝业场", "quanyechang", "qyc", "120101001", "劝业场街道"])
def test_a_street_is_found_by_name_pinyin_initials_and_code(city: dict[str, Any], typed: str) -> None:
    assert places.find(typed, level="street")[0].area == QUANYECHANG


def test_children_stand_in_order_of_pronunciation(city: dict[str, Any]) -> None:
    names = [place.short_name for place in places.children(HEPING)]

    assert names == sorted(names, key=pinyin_key)


def test_an_abolished_place_is_known_but_is_no_child(city: dict[str, Any]) -> None:
    below = {place.area for place in places.children(120104001000000)}

    assert places.place_by_area(120104001017000).valid_to is not None
    assert 120104001017000 not in below
    assert 120104001017000 in {place.area for place in places.children(120104001000000, day=date(2019, 1, 1))}


def test_an_unknown_number_is_not_visible(city: dict[str, Any]) -> None:
    with pytest.raises(NotVisible):
        places.place_by_area(1)


def test_a_change_is_seen_at_once_by_whoever_made_it(city: dict[str, Any]) -> None:
    before = places.place_by_area(QUANYECHANG).name

    run("place.rename", system_actor(INSTALLER), {"area": QUANYECHANG, "name": "新劝业街道"})

    assert before == "劝业场街道"
    assert places.place_by_area(QUANYECHANG).name == "新劝业街道"
    assert places.find(before)[0].area == QUANYECHANG


def test_lookups_ask_the_database_once_in_five_seconds(city: dict[str, Any], django_assert_num_queries: Any) -> None:
    places.city()

    with django_assert_num_queries(0):
        places.path_of(QUANYECHANG)
        places.find("和平")


def test_a_new_place_takes_a_number_that_no_place_ever_had(city: dict[str, Any]) -> None:
    first = run("place.add", system_actor(INSTALLER), {"parent": 120104001000000, "name": "新建里社区居委会"})
    run("place.end", system_actor(INSTALLER), {"area": first["area"]})

    second = run("place.add", system_actor(INSTALLER), {"parent": 120104001000000, "name": "再建里社区居委会"})

    assert (first["area"], second["area"]) == (120104001998000, 120104001997000)


def test_a_street_with_communities_is_not_abolished(city: dict[str, Any]) -> None:
    with pytest.raises(Conflict) as refusal:
        run("place.end", system_actor(INSTALLER), {"area": QUANYECHANG})

    assert refusal.value.code == "place_has_parts"


def test_a_successor_is_of_the_same_level(city: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        run("place.end", system_actor(INSTALLER), {"area": 120101001001000, "successor": QUANYECHANG})


@pytest.mark.parametrize(("name", "short"), [
    ("付村村委会", "付"), ("黄房子村委会", "黄房子"), ("芙蓉南里社区居委会", "芙蓉南里"), ("信和苑社区居民委员会", "信和苑"), ("小（氵甸）村委会", "小（氵甸）"),
])
def test_suffixes_of_all_spellings_are_taken_off(name: str, short: str) -> None:
    assert stem(name) == short
