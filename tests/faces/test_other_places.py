# SPDX-License-Identifier: MulanPSL-2.0
"""Base data in other cities: four levels (武侯区 of 成都), a city whose streets hang below itself, and one whose communities hang below districts.

Names hold brackets and rare characters; dwellings and residents come in by file, and every page of base data answers for every post.
"""

from datetime import date
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from linli.core import due
from linli.core.actions import run
from linli.core.faults import Invalid
from linli.core.sight import Actor, looking, of_all, of_post
from linli.core.system_actors import system_actor
from linli.elements import addresses, chronicles, places
from linli.elements.actors import actor_of_post
from linli.elements.intakes import working
from linli.elements.models import Building, Intake, Person
from linli.elements.quality import reckoning
from linli.elements.searching.finders import FEW, finders
from linli.elements.searching.questions import read_question
from tests.elements.conftest import SEEDS
from tests.elements.intakes.tables import csv_of, person
from tests.faces.browsers import page, signed_in

pytestmark = pytest.mark.django_db
HEAD = "code,name,level,parent_code\n"
STREETS_BELOW = HEAD + "4499,塍州市,city,\n449900003,\U0002C1D9江街道,street,4499\n449900003001,小（氵甸）社区居委会,community,449900003\n" \
    "449900003202,㟙塍村村委会,community,449900003\n449900004,东坑（新区）镇,street,4499\n449900004001,坑口社区,community,449900004\n"
COMMUNITIES_BELOW = HEAD + "4698,\U0002C1D9城市,city,\n469801,塍东区,district,4698\n469801000001,小（氵甸）社区居委会,community,469801\n" \
    "469801000202,㟙塍村村委会,community,469801\n469802,塍西区,district,4698\n469802000001,坑口社区,community,469802\n"
WUHOU = (SEEDS / "chengdu_wuhou_divisions.csv").read_text("utf-8-sig")
CITIES = {"four": (WUHOU, "洗面桥社区居委会"), "streets": (STREETS_BELOW, "小（氵甸）社区居委会"), "districts": (COMMUNITIES_BELOW, "小（氵甸）社区居委会")}
ESTATE = "\U0002C1D9苑(东区)"
NAME = "阿依古丽·\U00020BB7㐂"


class Town:
    """A loaded city with a director of one community, a head above, and a city officer; each with a browser."""

    def __init__(self, text: str, community: str) -> None:
        self.installer = system_actor("installer")
        run("place.load", self.installer, {"divisions": text})
        self.community = places.find(community, level="community")[0]
        self.path = places.path_of(self.community.area)
        self.actors: dict[str, Actor] = {}
        self.post("director", "director", self.community.area)
        above = self.path[-2]
        self.post("above", "head", above.area)
        self.post("city", "city", self.path[0].area)

    def post(self, name: str, role: str, area: int) -> None:
        account = run("account.add", self.installer, {"username": name, "name": f"甲{name}"})
        with looking(of_all()):
            from linli.elements.models import Account, Organisation

            Account.objects.filter(pk=account["account"]).update(must_change=False)
            unit = Organisation.objects.create(area=area, name=f"单位{name}", kind="committee" if role == "director" else "office")
        made = run("post.give", self.installer, {"account": account["account"], "role": role, "area": area, "organisation": unit.pk})
        actor = actor_of_post(made["post"])
        assert actor is not None
        self.actors[name] = actor

    def bring(self, by: str, lines: list[dict[str, Any]], **more: Any) -> Intake:
        actor = self.actors[by]
        headings = tuple(dict.fromkeys(name for line in lines for name in line))
        made = run("intake.receive", actor, {"sheet": "residents", "area": actor.lo, "file": csv_of(lines, headings, coding="gb18030")} | more)
        working.work(made["intake"])
        with looking(of_post(actor), read_only=True):
            found: Intake = Intake.objects.visible_to(actor).get(pk=made["intake"])
        return found

    def find(self, by: str, text: str) -> dict[str, list[str]]:
        actor = self.actors[by]
        question = read_question(text)
        with looking(of_post(actor), read_only=True):
            return {one.name: [row.title for row in one.find(actor, question, (), FEW).rows] for one in finders(actor)}


@pytest.fixture(params=list(CITIES))
def town(request: pytest.FixtureRequest, db: None) -> Town:
    """One of the three cities."""
    return Town(*CITIES[request.param])


def residents(town: Town) -> list[dict[str, Any]]:
    """A line with its parts in columns, one with the whole address in one cell, one that names the community with other brackets."""
    name = town.community.name
    whole = "".join(one.name for one in town.path) + "\U0002C1D9苑（东区）3栋2单元501号"
    return [person(NAME, 801, 社区=name.replace("（", "(").replace("）", ")"), 小区="\U0002C1D9苑（东区）", 楼号="3栋", 门="2单元", 室="502"),
            person("欧阳\U0002C1D9", 802, 社区=None, 小区=None, 楼号=None, 门=None, 室=None, 住址=whole),
            person("塍㟙", 803, 社区=town.community.short_name, 小区="\U0002C1D9苑(东区)", 楼号="3", 门="2", 室="503")]


def take(town: Town, by: str = "above") -> Intake:
    found = town.bring(by, residents(town))
    assert (found.state, found.counts.get("bad"), found.counts.get("add")) == ("checked", 0, 3), (found.state, found.counts)
    run("intake.take", town.actors[by], {"intake": found.pk})
    working.work(found.pk)
    return found


def test_residents_come_in_with_rare_names_and_addresses_in_any_spelling(town: Town) -> None:
    take(town)

    with looking(of_post(town.actors["director"]), read_only=True):
        assert set(Person.objects.visible_to(town.actors["director"]).values_list("name", flat=True)) == {NAME, "欧阳\U0002C1D9", "塍㟙"}
        buildings = list(Building.objects.visible_to(town.actors["director"]))
    assert len(buildings) == 1, [(one.quarter, one.number) for one in buildings]
    again = town.bring("above", residents(town))
    assert {name: again.counts[name] for name in ("add", "change", "same", "bad", "ask")} == {"add": 0, "change": 0, "same": 3, "bad": 0, "ask": 0}


def test_people_homes_and_places_are_found_by_rare_characters_and_either_brackets(town: Town) -> None:
    take(town)

    for text, group, title in ((NAME, "people", NAME), ("阿依古丽", "people", NAME), ("\U00020BB7㐂", "people", NAME), ("塍㟙", "people", "塍㟙"),
                               ("\U0002C1D9苑(东区)3号楼2门501", "dwellings", ""), ("\U0002C1D9苑（东区）", "buildings", ""),
                               (town.community.name, "places", town.community.name), (town.community.name.replace("（", "(").replace("）", ")"), "places", town.community.name),
                               (town.community.code, "places", town.community.name)):
        found = town.find("director", text).get(group, [])
        assert found, (text, group)
        assert not title or title in found, (text, found)


def test_a_phone_s_address_names_the_community_whatever_the_brackets(town: Town) -> None:
    for name in (town.community.name, town.community.name.replace("（", "(").replace("）", ")")):
        found = addresses.community_in(f"{town.path[-2].name}{name}3号楼")
        assert found is not None
        assert found.area == town.community.area


def test_every_page_of_base_data_answers_at_every_level(town: Town) -> None:
    take(town)
    reckoning.measure_city()
    while due.drain():
        pass
    with looking(of_all()):
        building = Building.objects.get().pk
        record = Person.objects.latest("pk").pk
    common = ["registers/", "registers/person/", "registers/dwelling/", "buildings/", "organisations/", "facilities/", "coverage/", "responsibility/", "quality/", "intakes/",
              "find/", "places/then/", "map/", "results/", "registers/building/", "registers/household/"]
    for name, actor in town.actors.items():
        client = signed_in(name)
        for address in common:
            answer = client.get(f"/desk/{address}", follow=True)
            assert answer.status_code in (200, 403), (name, address, answer.status_code)
        for level in town.path:
            if actor.lo <= level.lo and level.hi <= actor.hi and actor.may("quality.see"):
                shown = unescape(page(client, reverse("desk:area_quality", args=[level.area])))
                below = [one for one in places.children(level.area) if one.level != "grid"]
                assert all(one.name in shown or one.short_name in shown for one in below), (name, level.name)
    client = signed_in("director")
    assert NAME in unescape(page(client, f"/desk/buildings/{building}/")) or "503" in page(client, f"/desk/buildings/{building}/")
    assert page(client, f"/desk/registers/person/{record}/")


def test_crumbs_and_pickers_follow_the_levels_that_there_are(town: Town) -> None:
    take(town)
    client = signed_in("above")

    other = next(one for one in places.children(town.path[-2].area) if one.area != town.community.area)
    whole, here, there = (unescape(page(client, f"/desk/registers/building/?area={one.area}")) for one in (town.path[-2], town.community, other))

    assert town.community.name in whole or town.community.short_name in whole
    assert ESTATE in whole
    assert ESTATE in here
    assert ESTATE not in there
    for one in town.path:
        public = unescape(page(Client(), reverse("website:place", args=[one.area])))
        below = [below for below in places.children(one.area) if below.level != "grid"]
        assert all(found.name in public or found.short_name in public for found in below), one.name


def test_a_new_place_takes_the_level_of_its_neighbours(town: Town) -> None:
    city, above = town.path[0], town.path[-2]

    beside = run("place.add", town.installer, {"parent": city.area, "name": "新设（北）"})
    community = run("place.add", town.installer, {"parent": above.area, "name": "新社区居委会"})

    assert beside["level"] == places.children(city.area)[0].level
    assert community["level"] == "community"
    with pytest.raises(Invalid):
        run("place.add", town.installer, {"parent": above.area, "name": "上级", "level": above.level})
    with pytest.raises(Invalid):
        run("place.add", town.installer, {"parent": above.area, "name": "网格甲", "level": "grid"})
    grid = run("place.add", town.installer, {"parent": town.community.area, "name": "第一网格"})
    assert (grid["level"], places.community_of(grid["area"])) == ("grid", places.place_by_area(town.community.area))


def test_what_a_place_was_called_is_answered_in_every_city(town: Town) -> None:
    old = town.community.name
    run("place.rename", town.installer, {"area": town.community.area, "name": "新（塍）社区居委会", "since": "2021-03-01"})

    told = chronicles.asked("新(塍)社区", date(2018, 12, 31), date(2026, 11, 23))

    assert [(one.then.name if one.then else "", one.then.above if one.then else ()) for one in told] == [(old, tuple(one.name for one in town.path[:-1]))]


def test_a_second_load_of_each_city_changes_nothing_and_changes_hang_where_they_belong(db: None) -> None:
    for name, (text, _) in CITIES.items():
        run("place.load", system_actor("installer"), {"divisions": text})
        assert run("place.load", system_actor("installer"), {"divisions": text})["done"] == {}, name
    changes = "code,level,name_2017,name_2018,change,likely_successor_code\n469801000003,community,旧（氵甸）居委会,,撤销,469801000001\n"
    run("place.load", system_actor("installer"), {"divisions": COMMUNITIES_BELOW, "changes": changes})
    gone = places.find("旧(氵甸)")[0]
    assert (places.path_of(gone.area)[1].name, gone.successor) == ("塍东区", 469801000001000)
