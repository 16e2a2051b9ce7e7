# SPDX-License-Identifier: MulanPSL-2.0
"""A standard's life: drafts and their files, faults, publishing by a second person, links between versions, what-if."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.core import clock, editions, registry
from linli.core.actions import run
from linli.core.faults import Conflict, Invalid, NotAble, NotVisible
from linli.core.fields import Received
from linli.core.sight import Actor, looking, of_all
from linli.elements import places
from linli.measures import seeding
from linli.measures.grading import grade
from linli.measures.models import Draft, NodeLink, StandardVersion, Value, WhatIf, WhatIfRow
from linli.measures.periods import parse
from linli.measures.results import results_of
from linli.measures.sheets import checking, comparing, files, linking, trying
from linli.measures.standards import StandardFile, sheet_of, sheet_on
from tests.cast import COMMUNITY, COMMUNITY2, DISTRICT, DISTRICT2, HOSTILE, STREET, Cast

PLAIN = st.recursive(
    st.booleans() | st.integers(-10**9, 10**9) | st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\x00"), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab.-_ 键\"", max_size=5), inner, max_size=3), max_leaves=8)


@pytest.fixture
def town(cast: Cast) -> Cast:
    """The cast's city with the shipped standards published."""
    seeding.seed()
    editions.forget_all()
    return cast


def colleague(cast: Cast) -> Actor:
    """A second city officer."""
    return replace(cast.city, account=987_654, name="同事")


def newest() -> StandardVersion:
    return StandardVersion.objects.get(standard__code="tianjin_draft", version="4")


def copied(cast: Cast, number: str = "5") -> dict[str, Any]:
    return cast.do("standard.draft", "city", standard=newest().pk, number=number)


def indicator(**more: Any) -> dict[str, Any]:
    return {"row": "D1-05", "code": "D1-05", "dimension": "D1", "basis": "measured", "measure": "D1-05", "points": "1", "points_mark": "proposed",
            "scoring": "lin .80→1.0", "scoring_mark": "proposed", "source": "policy.md 3.4; P"} | more


def linked(cast: Cast, draft: int) -> str:
    held = Draft.objects.get(pk=draft)
    return linking.written(linking.links(held.content, newest().content, held.links))


def released(cast: Cast, draft: int) -> dict[str, Any]:
    cast.do("standard.link", "city", draft=draft, links=linked(cast, draft))
    return run("standard.release", colleague(cast), {"draft": draft})


@pytest.mark.parametrize("number", ["1", "2", "3", "4"])
def test_a_file_becomes_a_draft_and_the_draft_the_same_file(cast: Cast, number: str) -> None:
    shipped: StandardFile | None = registry.get("standard", f"tianjin_draft_{number}")
    assert shipped is not None

    draft = cast.do("standard.draft", "city", file=Received("a.toml", shipped.path.read_bytes()))["draft"]
    kept = Draft.objects.get(pk=draft).content

    assert kept == shipped.content()
    assert files.read(files.write(kept)) == kept
    assert checking.check(kept) == []


@settings(max_examples=80, deadline=None)
@given(st.dictionaries(st.text("abc_ é\"\\", max_size=6), PLAIN, max_size=5))
def test_whatever_a_file_can_hold_comes_back_from_it(content: dict[str, Any]) -> None:
    assert files.read(files.write(content)) == content


@pytest.mark.parametrize("text", ["a = ", "a = nan", "a = inf", 'a = "\\u0000"', "a = " + "[" * 50 + "]" * 50, "a = " + "[" * 5000 + "]" * 5000, "\x01"])
def test_a_file_that_is_none_is_refused_with_a_sentence(cast: Cast, text: str) -> None:
    with pytest.raises(Invalid) as refused:
        cast.do("standard.draft", "city", file=Received("a.toml", text.encode()))

    assert "file" in refused.value.fields
    assert not Draft.objects.exists()


@pytest.mark.parametrize(("section", "change", "field"), [
    ("general", {"version": ""}, "version"), ("general", {"zh": 3}, "zh"), ("general", {"valid_from": "morgen"}, "valid_from"),
    ("general", {"source": None}, "source"), ("indicator", {"indicator": "x"}, ""), ("dimension", {"dimension": []}, ""),
    ("bar", {"bar": 3}, "total"), ("bar", {"bar": {"total": "101", "dimension": "0.7", "proposed": True, "source": "x"}}, "total"),
    ("bar", {"bar": {"total": "80", "dimension": "0.7", "source": "x"}}, "proposed"),
    ("bar", {"bar": {"total": "80", "dimension": 0.7, "proposed": True, "source": "x"}}, "dimension"),
])
def test_every_fault_of_the_whole_is_said_where_it_is_mended(section: str, change: dict[str, Any], field: str) -> None:
    found = checking.check(shipped_content() | change)

    assert (section, field) in {(one.section, one.field) for one in found}
    assert all(one.said.zh and one.said.en for one in found)


@pytest.mark.parametrize(("change", "field"), [
    ({"dimension": "D9"}, "dimension"), ({"points": 1.5}, "points"), ({"points": "-1"}, "points"), ({"points": HOSTILE}, "points"), ({"points": True}, "points"),
    ({"scoring": None}, "scoring"), ({"scoring": "lin .9→.8"}, "scoring"), ({"points_proposed": "ja"}, "points_proposed"), ({"scoring_proposed": 1}, "scoring_proposed"),
    ({"basis": "guessed"}, "basis"), ({"measure": "X9-99"}, "measure"), ({"measure": ["x"]}, "measure"), ({"version": 99}, "version"),
    ({"basis": "awaited", "system": "99z", "zh": "a", "en": "a"}, "system"), ({"basis": "inspected", "zh": "", "en": ""}, "zh"),
    ({"necessary": "V9", "necessary_when": "full"}, "necessary"), ({"necessary": "V3", "necessary_when": "often"}, "necessary_when"), ({"source": ""}, "source"),
    ({"norms": "law:JWH"}, "norms"), ({"points_mark": "statute"}, "points_mark"), ({"code": "D1-02"}, "code"),
])
def test_every_fault_of_an_indicator_is_said_beside_its_field(change: dict[str, Any], field: str) -> None:
    content = shipped_content()
    row = next(one for one in content["indicator"] if one["code"] == "D1-05")
    row.update({name: value for name, value in change.items() if value is not None})
    for name in (name for name, value in change.items() if value is None):
        del row[name]

    found = checking.check(content)

    assert [(one.section, one.code, one.field) for one in found] == [("indicator", row["code"], field)]


def test_more_points_in_the_indicators_than_in_their_dimension_is_a_fault() -> None:
    content = shipped_content()
    content["indicator"][0]["points"] = "7"

    assert [(one.section, one.code, one.field) for one in checking.check(content)] == [("dimension", "D1", "points")]


def shipped_content() -> dict[str, Any]:
    shipped: StandardFile | None = registry.get("standard", "tianjin_draft_4")
    assert shipped is not None
    return shipped.content()


def test_a_faulty_file_is_kept_as_a_draft_and_never_published(town: Cast) -> None:
    text = files.write(shipped_content() | {"version": "5", "valid_from": "2099-01-01"}).replace('points = "1.5"', "points = 1.5")
    draft = town.do("standard.draft", "city", text=text)["draft"]

    with pytest.raises(Conflict, match="draft_faulty"):
        run("standard.release", colleague(town), {"draft": draft})
    assert checking.check(Draft.objects.get(pk=draft).content)


def test_an_edit_says_what_is_wrong_beside_the_field_and_keeps_the_draft(town: Cast) -> None:
    draft = copied(town)["draft"]
    before = Draft.objects.get(pk=draft)

    for change, field in (({"scoring": "viel"}, "scoring"), ({"points": "eins"}, "points"), ({"basis": "measured", "measure": ""}, "measure"),
                          ({"dimension": "D9"}, "dimension"), ({"code": "D1-06"}, "code"), ({"row": "D9-99"}, "row")):
        with pytest.raises(Invalid) as refused:
            town.do("standard.set_indicator", "city", draft=draft, **indicator(**change))
        assert field in refused.value.fields

    assert Draft.objects.get(pk=draft).version == before.version


def test_every_part_is_edited_and_a_step_taken_back(town: Cast) -> None:
    draft = copied(town)["draft"]
    town.do("standard.set_general", "city", draft=draft, code="tianjin_draft", number="5", zh="新", en="New", source="x", valid_from="2099-01-01", proposed=True)
    town.do("standard.set_bar", "city", draft=draft, total="80", share="0.60", mark="published", source="notice")
    town.do("standard.set_dimension", "city", draft=draft, row="D1", code="E1", zh="组织", en="Organisation", points="20", mark="statute")
    town.do("standard.set_condition", "city", draft=draft, code="V9", zh="条件", en="Condition", source="x")
    town.do("standard.set_system", "city", draft=draft, code="99a", zh="系统", en="System")
    town.do("standard.set_indicator", "city", draft=draft, **indicator(dimension="E1", points_mark="statute", norms="law:JWH#7，TJ17", duty="MZ, ZZ"))
    content = Draft.objects.get(pk=draft).content
    row = next(one for one in content["indicator"] if one["code"] == "D1-05")

    assert content["bar"] == {"total": "80", "dimension": "0.60", "proposed": False, "mark": "published", "source": "notice"}
    assert {one["dimension"] for one in content["indicator"] if one["code"].startswith("D1")} == {"E1"}
    assert (row["points"], row["points_proposed"], row["points_mark"], row["norms"], row["duty"]) == ("1", False, "statute", ["law:JWH#7", "TJ17"], ["MZ", "ZZ"])
    assert row["section"] == "4"
    assert checking.check(content) == []
    town.do("standard.remove_row", "city", draft=draft, section="indicator", row="D1-05")
    town.do("standard.undo_draft", "city", draft=draft)
    assert Draft.objects.get(pk=draft).content == content


def test_a_stale_edit_is_a_conflict_and_changes_nothing(town: Cast) -> None:
    made = copied(town)
    town.do("standard.set_indicator", "city", draft=made["draft"], version=made["version"], **indicator())

    with pytest.raises(Conflict) as refused:
        town.do("standard.set_indicator", "city", draft=made["draft"], version=made["version"], **indicator(points="0.5"))

    assert refused.value.code == "stale"


def test_whoever_wrote_it_does_not_publish_it_and_another_does(town: Cast) -> None:
    draft, before = copied(town)["draft"], newest()
    town.do("standard.link", "city", draft=draft, links=linked(town, draft))

    with pytest.raises(NotAble):
        town.do("standard.release", "city", draft=draft)
    answer = run("standard.release", colleague(town), {"draft": draft})
    made, before = StandardVersion.objects.get(pk=answer["standard"]), newest()

    assert (made.state, made.version, made.valid_to) == ("published", "5", None)
    assert (before.state, before.valid_to) == ("superseded", made.valid_from)
    assert made.digest == answer["digest"]
    assert NodeLink.objects.filter(newer=made, kind="same").count() == len(made.content["indicator"])
    now, then = sheet_on(made.valid_from - timedelta(days=1)), sheet_on(made.valid_from)
    assert (now.version if now else "", then.version if then else "") == ("4", "5")
    with pytest.raises(Conflict):
        town.do("standard.set_indicator", "city", draft=draft, **indicator())


def test_a_published_version_and_its_links_are_never_edited(town: Cast, owner: None) -> None:
    draft = copied(town)["draft"]
    made = released(town, draft)["standard"]

    with pytest.raises(DatabaseError, match="never edited"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update measures_standardversion set content = '{}' where id = %s", [made])
    with pytest.raises(DatabaseError, match="overlap"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update measures_standardversion set valid_to = null where version = '3'")


@pytest.mark.parametrize("day", ["2020-01-01", "2026-11-20"])
def test_a_version_begins_neither_in_the_past_nor_before_the_one_it_follows(town: Cast, day: str) -> None:
    draft = copied(town)["draft"]
    town.do("standard.set_general", "city", draft=draft, code="tianjin_draft", number="5", zh="新", en="New", source="x", valid_from=day, proposed=True)

    with pytest.raises(Conflict, match="draft_day"):
        released(town, draft)


def test_drafts_three_and_four_differ_in_what_came_to_be_measured_and_in_the_bar() -> None:
    three: StandardFile | None = registry.get("standard", "tianjin_draft_3")
    assert three is not None
    found = linking.proposed(shipped_content(), three.content())
    kinds = {one.key: one.kind for one in found if one.kind != "same"}
    by_code = {one.link.code: one.differences for one in comparing.lines(found, shipped_content(), three.content())}

    assert kinds == dict.fromkeys(("D2-11", "D2-13", "D3-01", "D3-02", "D3-06", "D4-17"), "reworded") | {"V1-01": "new"}
    assert {code for code, differences in by_code.items() if differences} == set(kinds) - {"V1-01"}
    assert "依据由等其他系统的记录改为由记录计算" in [one.zh for one in by_code["D2-11"]]
    assert any("bar in all" in one.en for one in comparing.heads(shipped_content(), three.content()))


def test_the_editor_keeps_what_it_does_not_show(town: Cast) -> None:
    made, before = copied(town), {one["code"]: one for one in shipped_content()["indicator"]}["D3-01"]
    draft = made["draft"]
    seen = {"row": "D3-01", "code": "D3-01", "dimension": "D3", "measure": "D3-01", "scoring": "lin .70→.90", "necessary": "V1"}
    town.do("standard.set_indicator", "city", draft=draft, **indicator(**seen, necessary_when="0.55", points="2", zh=before["zh"], en=before["en"]))
    town.do("standard.set_general", "city", draft=draft, code="tianjin_draft", number="5", zh="新名", en="New name", source="x", valid_from="2027-01-01", proposed=True)
    town.do("standard.set_bar", "city", draft=draft, total="80", share="0.70", mark="proposed", source="x")
    content = Draft.objects.get(pk=draft).content
    row = {one["code"]: one for one in content["indicator"]}["D3-01"]

    assert (row["necessary_when"], row["points"]) == ("0.55", "2")
    assert row["inspection"] == before["inspection"]
    assert [content[name] for name in ("survey", "inspecting")] == [shipped_content()[name] for name in ("survey", "inspecting")]
    assert content["indicator"][0] == shipped_content()["indicator"][0]
    for wrong in ("1.5", "half", "60"):
        with pytest.raises(Invalid) as refused:
            town.do("standard.set_indicator", "city", draft=draft, **indicator(**seen, necessary_when=wrong))
        assert "necessary_when" in refused.value.fields


def test_links_are_proposed_by_what_a_node_asks() -> None:
    before, content = shipped_content(), shipped_content()
    rows = {one["code"]: one for one in content["indicator"]}
    rows["D1-05"]["zh"], rows["D1-06"]["points"], rows["D1-07"]["code"], rows["D1-08"]["code"] = "改过的说法", "1", "D1-77", "D1-88"
    rows["D1-08"]["zh"] = "别的问题"
    found = {one.key: (one.kind, one.earlier) for one in linking.proposed(content, before)}

    assert found["D1-05"] == ("reworded", ("D1-05",))
    assert found["D1-06"] == ("same", ("D1-06",))
    assert found["D1-77"] == ("same", ("D1-07",))
    assert found["D1-88"] == ("new", ())
    assert found["-D1-08"] == ("dropped", ("D1-08",))


@pytest.mark.parametrize("line", ["D1-05 same", "D1-05 merged D1-05", "D1-05 same D1-06", "D1-05 split D1-05", "D1-05 same X9-99", "X9-99 new", "D1-05 odd D1-05",
                                  "- dropped D1-05", "D1-05 new"])
def test_links_that_do_not_fit_are_refused(town: Cast, line: str) -> None:
    draft = copied(town)["draft"]
    text = "\n".join(one if not one.startswith("D1-05 ") else line for one in linked(town, draft).splitlines())

    with pytest.raises(Invalid) as refused:
        town.do("standard.link", "city", draft=draft, links=text)

    assert "links" in refused.value.fields


def test_a_decision_about_a_link_ends_when_the_node_changes(town: Cast) -> None:
    draft = copied(town)["draft"]
    text = linked(town, draft)
    town.do("standard.link", "city", draft=draft, links=text)
    town.do("standard.set_indicator", "city", draft=draft, **indicator(zh="另一种说法", en="Other words"))
    held = Draft.objects.get(pk=draft)

    assert [one.code for one in linking.links(held.content, newest().content, held.links) if not one.is_decided] == ["D1-05"]
    with pytest.raises(Conflict, match="draft_unlinked"):
        run("standard.release", colleague(town), {"draft": draft})


def figures() -> None:
    """Kept figures of the year for two communities."""
    with looking(of_all()):
        for area, part in ((COMMUNITY, 9), (COMMUNITY2, 17)):
            for code in ("D1-05", "D1-01", "D3-11", "D2-04"):
                Value.objects.create(area=area, measure=code, version=1, period="2026", level="community", numerator=part, denominator=20, state="computed",
                                     watermark=1, computed_at=clock.now())


def test_a_what_if_says_for_each_community_what_two_slow_readings_say(town: Cast) -> None:
    figures()
    draft = copied(town)["draft"]
    town.do("standard.set_indicator", "city", draft=draft, **indicator(points="1.5", scoring="lin .40→.50"))
    number = town.do("standard.try", "city", draft=draft, area=DISTRICT, period="2026")["trial"]
    with looking(of_all()):
        before = Value.objects.count(), StandardVersion.objects.count()
    trying.work(number)
    trying.work(number)

    with looking(of_all()):
        held, rows = WhatIf.objects.get(pk=number), {one.area: one for one in WhatIfRow.objects.filter(trial=number)}
        old, new = sheet_of(held.beside), sheet_of(StandardVersion(pk=0, content=held.content, valid_from=newest().valid_from))
        slow = {area: [results_of(places.place_by_area(area), parse("2026"), held.made_at, one) for one in (old, new)] for area in (COMMUNITY, COMMUNITY2)}
        assert (Value.objects.count(), StandardVersion.objects.count()) == before
    assert (held.state, held.done, held.total) == ("done", 3, 3)
    assert set(rows) == {COMMUNITY, COMMUNITY2}
    for area, (was, now) in slow.items():
        detail = rows[area].detail
        assert (rows[area].before, rows[area].after) == (grade(was).state, grade(now).state)
        assert [Fraction(one["reached"]) for one in detail["points"]] == [was.total.reached if was.total else 0, now.total.reached if now.total else 0]
        assert [(row[0], Fraction(row[3]), Fraction(row[4])) for row in detail["by"]] == [("D1-05", was.of("D1-05").reached, now.of("D1-05").reached)]
    assert held.outcome["low"] == 3


def test_a_what_if_asks_once_a_block_whatever_the_number_of_communities(town: Cast, django_assert_num_queries: Any) -> None:
    old = sheet_of(newest())
    with looking(of_all()):
        block = [places.place_by_area(area) for area in (COMMUNITY, COMMUNITY2)] * 20
        assert len(list(trying.both(block[:1], parse("2026"), old, old, clock.now()))) == 1, "which periods are closed is read once and remembered"
        with django_assert_num_queries(1):
            assert len(list(trying.both(block, parse("2026"), old, old, clock.now()))) == 40


def test_a_what_if_stays_within_the_range_of_the_post(town: Cast) -> None:
    version = newest().pk
    number = town.do("standard.try", "district", standard=version, area=STREET, period="2026")["trial"]

    with pytest.raises(Invalid):
        town.do("standard.try", "district", standard=version, area=DISTRICT2, period="2026")
    with looking(of_all()), pytest.raises(NotVisible):
        trying.find(town.district2, number)
    for who in ("head", "director"):
        with pytest.raises(NotAble):
            town.do("standard.try", who, standard=version, area=COMMUNITY, period="2026")


@pytest.mark.parametrize("given_", [{"period": "2099"}, {"period": "x"}, {"standard": None}])
def test_a_what_if_without_something_to_compare_is_refused(town: Cast, given_: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        town.do("standard.try", "city", **({"standard": newest().pk, "area": DISTRICT, "period": "2026"} | given_))


def test_an_old_what_if_is_forgotten_with_its_rows(town: Cast) -> None:
    figures()
    number = town.do("standard.try", "city", standard=StandardVersion.objects.get(version="2").pk, area=DISTRICT, period="2026")["trial"]
    trying.work(number)
    with looking(of_all()):
        WhatIf.objects.update(made_at=clock.now() - timedelta(days=31))
    trying.forget()

    with looking(of_all()):
        assert not WhatIf.objects.exists()
        assert not WhatIfRow.objects.exists()


@pytest.mark.parametrize("who", ["district", "head", "director", "gridworker", "sysadmin"])
def test_only_the_city_drafts_and_publishes(town: Cast, who: str) -> None:
    draft = copied(town)["draft"]
    for name, more in (("standard.draft", {"code": "x"}), ("standard.release", {"draft": draft}), ("standard.drop_draft", {"draft": draft})):
        with pytest.raises((NotAble, NotVisible)):
            town.do(name, who, **more)


def test_a_shipped_file_never_goes_before_a_version_of_the_citys_own(town: Cast) -> None:
    released(town, copied(town)["draft"])

    assert seeding.seed() == "Standards: nothing to do."
