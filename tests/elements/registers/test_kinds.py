# SPDX-License-Identifier: MulanPSL-2.0
"""A kind of thing or organisation is one file: register, actions, facets, sheet, services and alarms come from it; bad declarations are refused."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

import linli.practice
from linli.core import due, registry
from linli.core.faults import Invalid, NotVisible
from linli.core.models import Export, Facet
from linli.core.protection import Protection
from linli.core.sight import looking, of_all, of_post
from linli.core.words import words
from linli.doors import cookies, exports
from linli.elements import reaches, sessions
from linli.elements.models import Account, Organisation
from linli.elements.registers import kinds, records
from linli.elements.registers.declaring import Column, Rule, register_named
from linli.elements.registers.kinds import Equipment, Office, OrganisationKind, Reach, ThingKind
from linli.practice.safety import emergency_shelter
from tests.cast import COMMUNITY, GRID, Cast

SOURCE = words("测试", "a test")
FILE = '''# SPDX-License-Identifier: MulanPSL-2.0
"""充电棚 (10f): planted by a test."""

from linli.core.words import words
from linli.elements.registers.declaring import Column
from linli.elements.registers.kinds import Equipment, Office, Reach, ThingKind, declare_thing

declare_thing(ThingKind(
    "planted_shed", words("充电棚", "Charging shed"), words("测试", "Test"), has_parts=True, equipment=(Equipment("充电桩", "个", wanted=2),),
    columns=(Column("power", words("供电", "Power"), "choice", choices=(("grid", words("市电", "Grid")), ("sun", words("太阳能", "Sun"))), kept="fields",
                    filter=True, in_list=True),
             Column("places", words("车位", "Places"), "integer", low=0, high=500, kept="fields", required=True)),
    crew=(Office("keeper", words("管理员", "Keeper"), least=1, is_proposed=True),), reaches=(Reach(300, words("测试", "a test")),)))
'''
SECTIONS = {"thing_kind": ["planted_shed"], "register": ["planted_shed"], "sheet": ["planted_shed"],
            "action": [f"planted_shed.{what}" for what in ("add", "change", "end", "restore")], "reaction": ["elements.reckon.planted_shed"]}


@pytest.fixture
def planted(tmp_path: Path, cast: Cast) -> Iterator[str]:
    """The file is put where practice is looked for, found like any other, and forgotten afterwards."""
    chapter = tmp_path / "planted_things"
    chapter.mkdir()
    (chapter / "__init__.py").write_text('"""A chapter of a test."""\n', encoding="utf-8")
    (chapter / "shed.py").write_text(FILE, encoding="utf-8")
    linli.practice.__path__.append(str(tmp_path))
    before = {section: set(registry.names(section)) for section in ("thing_kind", "register", "sheet", "action", "reaction", "listing")}
    registry.discover()
    yield "planted_shed"
    linli.practice.__path__.remove(str(tmp_path))
    for name in [name for name in sys.modules if name.startswith("linli.practice.planted_things")]:
        del sys.modules[name]
    for section, names in before.items():
        for name in set(registry.names(section)) - names:
            registry.REGISTRY.remove(section, name)


@pytest.mark.django_db
def test_a_planted_kind_is_everywhere_that_declarations_reach(planted: str, cast: Cast) -> None:
    for section, names in SECTIONS.items():
        assert set(names) <= set(registry.names(section)), section

    added = cast.do("planted_shed.add", "director", area=GRID, name="３号 充电棚", power="sun", places=20, position="117.194,39.117")
    cast.do("planted_shed.change", "director", thing=added["thing"], version=1, power="grid")
    cast.do("part.propose", "director", thing=added["thing"])
    cast.do("crew.give", "director", thing=added["thing"], office="keeper", name="柳树人")
    while due.drain():
        pass

    with looking(of_post(cast.director), read_only=True):
        one = records.find(register_named(planted), cast.director, added["thing"])
        assert (one.kind, one.name, one.fields, one.version) == (planted, "3号 充电棚", {"power": "grid", "places": 20}, 2)
        assert list(Facet.objects.filter(subject_kind="thing", subject=one.pk).values_list("key", "value")) == [("planted_shed.power", "grid")]
        assert next(line.reckoned.facilities for line in reaches.lines(cast.director, COMMUNITY, COMMUNITY + 1000)  # type: ignore[union-attr]
                    if line.service.key == planted) == 1


@pytest.mark.django_db
def test_a_planted_kind_has_list_form_history_export_and_its_page(planted: str, cast: Cast, settings: LazySettings, tmp_path: Path) -> None:
    settings.EXPORT_ROOT = tmp_path / "exports"
    client = Client()
    client.cookies[cookies.SESSION] = sessions.open_for(Account.objects.get(username="director")).cookie
    added = cast.do("planted_shed.add", "director", area=GRID, name="3号充电棚", power="sun", places=20)["thing"]
    cast.do("planted_shed.change", "director", thing=added, version=1, power="grid")
    export = cast.do("export.make", "director", listing=f"register.{planted}", form="csv")["export"]
    exports.write(export)

    def text(name: str, *given: object, query: str = "") -> str:
        return unescape(client.get(reverse(f"desk:{name}", args=given) + query).content.decode())

    assert "充电棚" in text("registers")
    assert "3号充电棚" in text("register", planted, query="?power=grid")
    assert "3号充电棚" not in text("register", planted, query="?power=sun")
    assert all(one in text("record_add", planted) for one in ("供电", "车位"))
    assert "太阳能 → 市电" in text("record", planted, added)
    assert "3号充电棚" in text("facilities", query=f"?kind={planted}")
    assert "充电桩" not in text("facility", added)
    assert "列出参考清单" in text("facility", added)
    assert "充电棚" in text("coverage")
    with looking(of_all()):
        assert Export.objects.get(pk=export).rows == 1


@pytest.mark.django_db
def test_a_planted_kind_keeps_the_laws_of_the_others(planted: str, cast: Cast) -> None:
    added = cast.do("planted_shed.add", "director", area=GRID, name="充电棚", places=20)

    with pytest.raises(Invalid):
        cast.do("planted_shed.add", "director", area=GRID, name="充电棚")
    with pytest.raises(NotVisible):
        cast.do("planted_shed.change", "director2", thing=added["thing"], version=1, places=1)
    with pytest.raises(NotVisible):
        cast.do("service_room.change", "director", thing=added["thing"], version=1, room="clinic")


def test_no_engine_names_a_kind_of_thing() -> None:
    names = {one.name for one in kinds.thing_kinds()}
    source = Path(linli.practice.__file__).parents[1]
    wrong = [f"{path.relative_to(source)}: {name}" for path in sorted(source.rglob("*.py")) if path.relative_to(source).parts[0] not in ("practice", "config")
             for name in names if f'"{name}"' in path.read_text(encoding="utf-8")]

    assert wrong == []


def test_the_shipped_set_of_rooms_has_eighteen_and_every_reach_a_source() -> None:
    shipped = kinds.thing_kind("service_room")
    assert shipped is not None

    assert len(shipped.options) == 18
    assert all(str(reach.source) for kind in kinds.thing_kinds() for _, _, reach in kind.services())


GOOD = ThingKind("bad", words("坏", "Bad"), words("测试", "Test"))


@pytest.mark.parametrize("bad", [
    replace(GOOD, columns=(Column("name", words("名", "Name"), kept="fields"),)),
    replace(GOOD, columns=(Column("phone", words("电话", "Phone")),)),
    replace(GOOD, columns=(Column("illness", words("病", "Illness"), kept="fields", protection=Protection.NAMED),)),
    replace(GOOD, crew=(Office("leader", words("长", "Leader"), least=1),)),
    replace(GOOD, divided_by="room"),
    replace(GOOD, reaches=(Reach(100, SOURCE, "nowhere"),)),
    replace(GOOD, equipment=(Equipment("桶", "个"),)),
    replace(GOOD, warnings=(Rule("x", ("nothing",), lambda record: None),)),
    OrganisationKind("bad", words("坏", "Bad"), stages=("unheard_of",)),
    OrganisationKind("bad", words("坏", "Bad"), term_years=5),
    OrganisationKind("bad", words("坏", "Bad"), columns=(Column("phone", words("电话", "Phone"), kept="sealed", protection=Protection.PERSONAL),)),
], ids=range(11))
def test_a_bad_declaration_is_refused_with_sentences(bad: ThingKind | OrganisationKind) -> None:
    assert bad.faults()
    with pytest.raises(ValueError, match="bad"):
        kinds.declare_thing(bad) if isinstance(bad, ThingKind) else kinds.declare_organisation(bad)
    assert "bad" not in registry.names("register")


ROOM = {"class": "short", "square_decimetres": 1_000_00}


@pytest.mark.parametrize(("record", "people"), [
    (ROOM, 500), (ROOM | {"class": "urgent"}, 2000), (ROOM | {"class": "temporary"}, 1000), (ROOM | {"class": "medium"}, 333), (ROOM | {"class": "long"}, 222),
    ({"class": "long"}, None), ({"square_decimetres": 5}, None), (ROOM | {"square_decimetres": 0}, 0)])
def test_a_shelter_holds_what_the_standard_gives_each_person(record: dict[str, Any], people: int | None) -> None:
    assert emergency_shelter.capacity(record) == people


@pytest.mark.parametrize(("record", "count"), [
    ({"class": "long", "exits": 3}, 1), ({"class": "long", "exits": 4}, 0), ({"class": "short", "exits": 1}, 0), ({"metres_to_fire": 29}, 1), ({"metres_to_fire": 30}, 0),
    ({"is_accessible": False}, 1), ({}, 0)])
def test_a_shelter_that_falls_short_of_the_standard_is_kept_and_told(record: dict[str, Any], count: int) -> None:
    kind = kinds.thing_kind("emergency_shelter")
    assert kind is not None

    assert len([rule for rule in kind.warnings if rule.broken(record)]) == count


@pytest.mark.django_db
@pytest.mark.parametrize(("more", "wrong"), [
    ({"kind": "property_firm", "credit_code": "91350100M000100Y43"}, ""), ({"kind": "property_firm", "credit_code": "91350100M000100Y44"}, "credit_code"),
    ({"kind": "property_firm", "credit_code": "11120000000125735B"}, "credit_code"), ({"kind": "local_unit", "credit_code": " 11120000 000125735b "}, ""),
    ({"kind": "social_organisation", "stage": "filed"}, ""), ({"kind": "property_firm", "stage": "filed"}, "stage"), ({"kind": "no such kind"}, "kind")])
def test_codes_and_stages_of_organisations_are_checked(cast: Cast, more: dict[str, Any], wrong: str) -> None:
    given = {"area": COMMUNITY, "name": "某单位"} | more

    if not wrong:
        number = cast.do("organisation.add", "director", **given)["organisation"]
        with looking(of_all()):
            assert Organisation.objects.get(pk=number).credit_code == more.get("credit_code", "").replace(" ", "").upper()
    else:
        with pytest.raises(Invalid) as fault:
            cast.do("organisation.add", "director", **given)
        assert list(fault.value.fields) == [wrong]


@pytest.mark.django_db
def test_a_kind_of_organisation_with_own_fields_keeps_them_and_a_facet(cast: Cast) -> None:
    number = cast.do("social_organisation.add", "director", area=COMMUNITY, name="槐安合唱团", purpose="culture", stage="fostered")["organisation"]

    with looking(of_all()):
        one = Organisation.objects.get(pk=number)
        facets = list(Facet.objects.filter(subject_kind="organisation", subject=number).values_list("key", "value"))
    assert (one.kind, one.fields, one.stage, one.pinyin) == ("social_organisation", {"purpose": "culture"}, "fostered", "huai an he chang tuan|hahct")
    assert facets == [("social_organisation.purpose", "culture")]
