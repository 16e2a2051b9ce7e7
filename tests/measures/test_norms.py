# SPDX-License-Identifier: MulanPSL-2.0
"""The norms library: entries with editions, ends instead of deletion, sources read, and who refers to a norm."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.core import editions, registry
from linli.core.faults import Conflict, Invalid, NotAble, NotVisible
from linli.measures import seeding
from linli.measures.models import Draft, Norm, NormEdition, StandardVersion
from linli.measures.norms import citing, keeping, library, reading
from linli.measures.standards import StandardFile
from tests.cast import HOSTILE, Cast


@pytest.fixture
def town(cast: Cast) -> Cast:
    """The cast's city with the shipped standards and norms."""
    seeding.seed()
    keeping.seed()
    editions.forget_all()
    return cast


def entry(**more: Any) -> dict[str, Any]:
    return {"kind": "standard", "mark": "seen", "zh": "某标准", "en": "Some standard"} | more


def told(text: str, *norms: str) -> list[tuple[str, str]]:
    return [(one.code, clause) for one, clause in citing.named(text, norms)]


@pytest.mark.parametrize(("text", "found"), [
    ("policy.md 3.4; P", []),
    ("policy.md 3.4; law:JWH 7-8", [("law:JWH", "7-8")]),
    ("policy.md 3.4; S:TJ17; law:JWH 9", [("TJ17", ""), ("law:JWH", "9")]),
    ("policy.md 3.4; S:TJ145,CD", [("TJ145", ""), ("CD", "")]),
    ("policy.md 3.4; law:YSHJ 35, ZWFW 6; cut-off P", [("law:YSHJ", "35"), ("law:ZWFW", "6")]),
    ("policy.md 3.4; law:TJF 27, 31; cut-off P", [("law:TJF", "27"), ("law:TJF", "31")]),
    ("policy.md 3.4; the target of 100 %: S:DR; cut-off proposed", [("DR", "")]),
    ("policy.md 3.4; S:CD 85%", [("CD", "")]),
    ("policy.md 3.4; S:CD 4", [("CD", "")]),
    ("policy.md 3.4; law:CWH 30 analogue; cut-off P", [("law:CWH", "30")]),
    ("policy.md 3.4; S:39046 scale; P", [("39046", "")]),
    ("SEED §12, §13", [("SEED", "12"), ("SEED", "13")]),
    ("policy.md 3.4; law:PIPL 51, 55; set P", [("law:PIPL", "51"), ("law:PIPL", "55")]),
    ("S:NOWHERE; law:NOWHERE 3, 4", []), ("", []), (";,; ,", []), (HOSTILE, []),
])
def test_a_source_names_the_norms_and_clauses_that_it_means(town: Cast, text: str, found: list[tuple[str, str]]) -> None:
    assert told(text) == found


def test_what_a_source_names_is_said_with_title_clause_and_rest(town: Cast) -> None:
    shown = [one.words.zh for one in citing.citations("policy.md 3.4; law:JWH 9; S:CD 85%; S:NOWHERE 3")]

    assert shown == ["指标草案（3.4）", "城市居民委员会组织法（2026 年前文本，待核对） 第 9 条（居民会议）", "成都市和谐社区指标（参考）（85%）", "S:NOWHERE 3"]


def test_listed_norms_come_first_and_none_comes_twice(town: Cast) -> None:
    assert told("law:JWH 7-8; S:TJ17", "law:JWH#7-8", "S:CD", "nowhere#1") == [("law:JWH", "7-8"), ("CD", ""), ("TJ17", "")]


@pytest.mark.django_db
@given(st.text(max_size=80))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_without_a_fault(text: str) -> None:
    for one in citing.citations(text, [text]):
        assert one.words is not None


@pytest.mark.django_db
def test_every_key_of_the_shipped_standard_and_title_is_in_the_shipped_file_and_nothing_else() -> None:
    file: StandardFile | None = registry.get("standard", "tianjin_draft_4")
    assert file is not None
    rows = [one for _, cited in reading.citing_rows(file.content()) for one in cited]
    named = {one.norm.code for one in rows if one.norm} | {known.code for known, _ in citing.named("SEED §12, §13")}

    assert named == {one.code for one in library.shipped()}
    assert [str(one) for one in rows if one.norm is None and ("S:" in str(one) or "law:" in str(one))] == []


def test_shipped_norms_are_put_in_once_and_the_citys_own_change_stays(town: Cast) -> None:
    held = Norm.objects.get(code="law:JWH")
    town.do("norm.change", "city", norm=held.pk, version=held.version, **entry(kind="law", zh="新名"))

    assert keeping.seed() == "Norms: nothing to do."
    assert Norm.objects.get(code="law:JWH").title_zh == "新名"
    assert Norm.objects.count() == len(library.shipped())


def test_a_norm_is_added_changed_and_ended_and_every_edition_stays(town: Cast) -> None:
    made = town.do("norm.add", "city", code="DB12-1", clauses="3.1 | 楼道 | stairwells\n\n4|照明|lights", **entry(address="https://example.cn/a"))
    town.do("norm.add", "city", code="DB12-2", **entry())
    town.do("norm.change", "city", norm=made["norm"], version=1, **entry(zh="改名", valid_from="2020-01-01"))
    town.do("norm.end", "city", norm=made["norm"], version=2, valid_to="2026-01-01", successor="DB12-2")
    held = Norm.objects.get(pk=made["norm"])

    assert (held.title_zh, held.version, held.successor.code if held.successor else "") == ("改名", 3, "DB12-2")
    assert [one.content["zh"] for one in NormEdition.objects.filter(norm=held).order_by("number")] == ["某标准", "改名", "改名"]
    assert NormEdition.objects.get(norm=held, number=1).content["clauses"][0] == {"number": "3.1", "zh": "楼道", "en": "stairwells"}
    found = library.find("DB12-1")
    assert found is not None
    assert found.words.zh == "改名"


def test_a_stale_edit_is_a_conflict_and_changes_nothing(town: Cast) -> None:
    held = Norm.objects.get(code="CD")
    town.do("norm.change", "city", norm=held.pk, version=1, **entry())
    with pytest.raises(Conflict):
        town.do("norm.change", "city", norm=held.pk, version=1, **entry(zh="另一个"))
    with pytest.raises(Conflict):
        town.do("norm.end", "city", norm=held.pk, version=1, valid_to="2026-01-01")

    assert Norm.objects.get(code="CD").title_zh == "某标准"


@pytest.mark.parametrize(("change", "field"), [
    ({"code": "law:JWH"}, "code"), ({"code": "有空 格"}, "code"), ({"code": "a#1"}, "code"), ({"code": "../x"}, "code"),
    ({"address": "javascript:alert(1)"}, "address"), ({"address": "https://a b"}, "address"), ({"address": "//a"}, "address"),
    ({"clauses": "7 | 只有两段"}, "clauses"), ({"clauses": "7|a|b\n7|c|d"}, "clauses"), ({"clauses": "|a|b"}, "clauses"),
    ({"successor": "nowhere"}, "successor"), ({"successor": "NEW"}, "successor"), ({"valid_from": "2026-01-01", "valid_to": "2026-01-01"}, "valid_to"),
    ({"kind": "poem"}, "kind"), ({"mark": ""}, "mark"), ({"zh": "字" * 201}, "zh"),
])
def test_what_cannot_stand_is_refused_beside_its_field(town: Cast, change: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        town.do("norm.add", "city", **({"code": "NEW"} | entry() | change))

    assert list(caught.value.fields) == [field]
    assert not Norm.objects.filter(code="NEW").exists()


def test_a_norm_never_follows_itself_by_way_of_others(town: Cast) -> None:
    one, other = Norm.objects.get(code="CD"), Norm.objects.get(code="DR")
    town.do("norm.end", "city", norm=one.pk, valid_to="2026-01-01", successor="DR")
    with pytest.raises(Invalid):
        town.do("norm.end", "city", norm=other.pk, valid_to="2026-01-01", successor="CD")


@pytest.mark.parametrize("who", ["district", "director", "head", "gridworker", "sysadmin"])
def test_only_the_city_keeps_norms(town: Cast, who: str) -> None:
    held = Norm.objects.get(code="CD")
    for name, given_ in (("norm.add", {"code": "NEW"} | entry()), ("norm.change", {"norm": held.pk} | entry()), ("norm.end", {"norm": held.pk, "valid_to": "2026-01-01"})):
        with pytest.raises((NotAble, NotVisible)):
            town.do(name, who, **given_)

    with pytest.raises(NotAble):
        town.do("norm.ship", "city", norm="CD")
    with pytest.raises(NotVisible):
        town.do("norm.change", "city", norm=999_999, **entry())


def test_a_norm_lists_what_of_the_standard_in_force_and_of_drafts_refers_to_it(town: Cast) -> None:
    version = StandardVersion.objects.get(version="4")
    draft = Draft.objects.get(pk=town.do("standard.draft", "city", standard=version.pk, number="5")["draft"])
    draft.content["indicator"][0] |= {"norms": ["CD#2", {"a": HOSTILE}], "source": HOSTILE}
    draft.content["indicator"].append("no row")
    draft.save()
    found = {one.kind: one for one in reading.referring("CD", with_drafts=True)}

    assert found["version"].pk == reading.sheet_on(reading.clock.today()).id  # type: ignore[union-attr]
    assert found["draft"].references[0].clauses == ("2",)
    assert [one.kind for one in reading.referring("CD", with_drafts=False)] == ["version"]
    assert reading.referring("nowhere", with_drafts=True) == []


def test_pages_by_words_and_kind_go_on_behind_a_code(town: Cast) -> None:
    codes = [one.code for one in reading.page()]

    assert codes == sorted(codes)
    assert [one.code for one in reading.page(after=codes[2], most=2)] == codes[3:5]
    assert [one.code for one in reading.page(text="城市居民委员会组织法", kind="law")] == ["law:JWH"]
    assert {one.kind for one in reading.page(kind="regulation")} == {"regulation"}
    assert reading.page(text="%") == []
    assert reading.page(text=HOSTILE) == []
