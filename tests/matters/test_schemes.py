# SPDX-License-Identifier: MulanPSL-2.0
"""Schemes side by side: a new version from a file, one in force on a day, cross-walks without holes, figures and learning carried over."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.core import clock, editions
from linli.core.actions import run
from linli.core.faults import Conflict, Fault, Invalid
from linli.core.sight import looking, of_all
from linli.matters import categories, crosswalks
from linli.matters.aid import learning, proposing
from linli.matters.models import Category, CrossWalk, Scheme
from tests.cast import Cast

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 16, 4, 0, tzinfo=UTC)
FROM = date(2026, 12, 1)
HEAD = "part,code,name_zh,kind\n"
GIVEN = {"code": "gbt47678_5", "edition": "2027", "name_zh": "新版", "name_en": "New", "source": "试", "valid_from": FROM.isoformat()}


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with clock.standing_at(NOON):
        yield


def add(cast: Cast, rows: str = "event,101,井盖问题,grid_event\nevent,102,垃圾问题,grid_event\n", **more: Any) -> Scheme:
    answer = run("category.add_scheme", cast.sysadmin, GIVEN | {"file": HEAD + rows} | more)
    editions.forget_all()
    return Scheme.objects.get(pk=answer["scheme"])


def old() -> Scheme:
    return Scheme.objects.get(code="gbt47678_5", version="2026")


def table(*lines: tuple[str, str, str]) -> str:
    """A cross-walk of every category: the named ones as given, the rest dropped."""
    named = {code for code, _, _ in lines}
    rows = [f"event,{code},{relation},{'event' if to else ''},{to}" for code, relation, to in lines]
    rows += [f"event,{one.code},dropped,," for one in crosswalks.categories_of(old()) if one.code not in named]
    return "part,code,relation,to_part,to_code\n" + "\n".join(rows) + "\n"


def draft(cast: Cast, text: str = "") -> dict[str, Any]:
    made = run("category.draft_crosswalk", cast.sysadmin, {"source": old().pk, "target": Scheme.objects.get(version="2027").pk, "why": "换版"})
    return run("category.load_crosswalk", cast.sysadmin, {"crosswalk": made["crosswalk"], "version": made["version"], "file": text}) if text else made


def publish(cast: Cast, made: dict[str, Any]) -> dict[str, Any]:
    return run("category.publish_crosswalk", cast.sysadmin, {"crosswalk": made["crosswalk"], "version": made["version"]})


def test_a_new_version_takes_over_on_its_day_and_the_old_one_stays_readable(cast: Cast) -> None:
    add(cast)

    before = {one.scheme.version for one in categories.in_force(FROM - timedelta(days=1)) if one.scheme.code == "gbt47678_5"}
    after = {one.scheme.version for one in categories.in_force(FROM) if one.scheme.code == "gbt47678_5"}

    assert (before, after) == ({"2026"}, {"2027"})
    assert crosswalks.categories_of(old())
    assert {one.scheme.version for one in categories.known()} >= {"2026", "2027"}


@pytest.mark.parametrize("more", [
    {"edition": "2026"}, {"valid_from": "2026-11-16"}, {"file": "a,b\n1,2\n"}, {"file": HEAD + "event,1,,grid_event\n"}, {"file": HEAD + "event,1,井盖,nothing\n"},
    {"file": HEAD + "event,1,井盖,grid_event\nevent,1,垃圾,grid_event\n"}, {"file": HEAD + "event,1,井盖,\n"}, {"file": HEAD + f"event,{'9' * 30},井盖,grid_event\n"}])
def test_a_wrong_version_is_refused_and_nothing_changes(cast: Cast, more: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        add(cast, **more)

    assert old().valid_to is None
    assert not Scheme.objects.filter(version="2027").exists()


def test_only_the_administration_loads_ends_and_links(cast: Cast) -> None:
    add(cast)
    made = draft(cast)
    tries = {
        "category.add_scheme": GIVEN, "category.end_scheme": {"scheme": old().pk, "why": "试"}, "category.draft_crosswalk": {"source": 1, "target": 2, "why": "试"},
        "category.publish_crosswalk": {"crosswalk": made["crosswalk"], "version": 1}, "category.publish_synonyms": {"text": "x", "why": "试"}}

    for name, values in tries.items():
        for who in ("dispatcher", "city", "district", "head"):
            with pytest.raises(Fault) as fault:
                run(name, cast.actors[who], values)
            assert fault.value.status == 403


def test_a_version_is_ended_and_taken_up_again(cast: Cast) -> None:
    run("category.end_scheme", cast.sysadmin, {"scheme": old().pk, "valid_to": "2026-11-20", "why": "试"})
    editions.forget_all()
    ended = any(one.scheme_id == old().pk for one in categories.in_force(date(2026, 11, 20)))
    run("category.end_scheme", cast.sysadmin, {"scheme": old().pk, "why": "恢复"})
    editions.forget_all()

    assert not ended
    assert any(one.scheme_id == old().pk for one in categories.in_force(date(2026, 11, 20)))


def test_an_old_version_is_not_taken_up_beside_its_successor(cast: Cast) -> None:
    add(cast)

    with pytest.raises(Invalid):
        run("category.end_scheme", cast.sysadmin, {"scheme": old().pk, "why": "恢复"})

    assert old().valid_to == FROM


def test_a_cross_walk_with_a_hole_is_not_published(cast: Cast) -> None:
    add(cast)
    made = draft(cast)

    with pytest.raises(Conflict) as fault:
        publish(cast, made)

    assert fault.value.code == "holes"
    assert len(crosswalks.faults(old(), [])) == len(crosswalks.categories_of(old()))


@pytest.mark.parametrize("lines", [
    (("01001", "same", "101"), ("01002", "same", "101")), (("01001", "split", "101"),), (("01001", "reworded", "101"), ("01001", "reworded", "102")),
    (("01001", "same", "101"), ("01001", "split", "102"))])
def test_contradictions_stop_the_publication(cast: Cast, lines: tuple[tuple[str, str, str], ...]) -> None:
    add(cast)
    made = draft(cast, table(*lines))

    with pytest.raises(Conflict):
        publish(cast, made)

    assert CrossWalk.objects.get(pk=made["crosswalk"]).state == "draft"


def test_a_full_cross_walk_is_published_and_never_edited(cast: Cast) -> None:
    add(cast)
    made = publish(cast, draft(cast, table(("01001", "merged", "101"), ("01002", "merged", "101"))))

    with pytest.raises(Conflict) as fault:
        run("category.load_crosswalk", cast.sysadmin, {"crosswalk": made["crosswalk"], "version": made["version"], "file": table()})

    assert made["state"] == "published"
    assert fault.value.code == "no_draft"


def test_a_file_comes_back_as_it_went(cast: Cast) -> None:
    add(cast)
    made = draft(cast, table(("01001", "split", "101"), ("01001", "split", "102")))
    crosswalk = CrossWalk.objects.select_related("source", "target").get(pk=made["crosswalk"])
    held = crosswalks.links_of(crosswalk)

    again = crosswalks.read(crosswalks.as_csv(held), crosswalk.source, crosswalk.target)

    assert again.wrong == []
    assert again.links == held


def test_one_correspondence_is_changed_by_itself(cast: Cast) -> None:
    add(cast)
    made = draft(cast, table())
    run("category.change_crosswalk", cast.sysadmin, {"crosswalk": made["crosswalk"], "version": made["version"], "code": "01001", "relation": "split", "to": "101 102"})

    links = crosswalks.links_of(CrossWalk.objects.get(pk=made["crosswalk"]))

    assert sorted(one.target.code for one in links if one.source.code == "01001" and one.target) == ["101", "102"]


def test_figures_under_another_version_lose_and_guess_nothing(cast: Cast) -> None:
    add(cast)
    made = publish(cast, draft(cast, table(("01001", "merged", "101"), ("01002", "merged", "101"), ("01003", "split", "101"), ("01003", "split", "102"))))
    for code in ("01001", "01001", "01002", "01003", "01004"):
        cast.report(category=Category.objects.get(scheme=old(), part="event", code=code).pk)

    def read(name: str) -> dict[tuple[str, str], int]:
        with looking(of_all()):
            lines = crosswalks.counts(cast.actors[name], CrossWalk.objects.get(pk=made["crosswalk"]), NOON - timedelta(days=1), NOON + timedelta(days=1))
        return {(one.category.code, one.relation): one.matters for one in lines}

    assert read("dispatcher") == {("101", ""): 3, ("01003", "split"): 1, ("01004", "dropped"): 1}
    assert read("dispatcher2") == {}


def test_what_was_learnt_under_the_old_version_serves_the_new_one(cast: Cast, settings: Any) -> None:
    settings.AID_LEAST_MATTERS, settings.AID_LEAST_PLACES = 1, 1
    add(cast)
    publish(cast, draft(cast, table(("01001", "merged", "101"))))
    report = cast.report(category=Category.objects.get(scheme=old(), part="event", code="01001").pk, summary="压上去咣咣响")
    cast.do("matter.file", "dispatcher", number=report["number"], version=1)
    with clock.standing_at(NOON + timedelta(days=20)), looking(of_all()):
        learning.learn()
        found = proposing.propose("又是咣咣响", public_only=True)

    assert [(one.category.scheme.version, one.category.code) for one in found] == [("2027", "101")]


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(st.tuples(
    st.sampled_from(["01001", "01002", "01003", "x"]), st.sampled_from([*crosswalks.RELATIONS, "?"]), st.sampled_from(["101", "102", "", "y"])), max_size=8))
def test_whatever_table_is_loaded_one_without_faults_covers_every_category_once(cast: Cast, lines: list[tuple[str, str, str]]) -> None:
    scheme = Scheme.objects.filter(version="2027").first() or add(cast)

    found = crosswalks.read(table(*lines), old(), scheme)
    if found.wrong or crosswalks.faults(old(), found.links):
        return

    by_source: dict[int, list[crosswalks.Link]] = {}
    for one in found.links:
        by_source.setdefault(one.source.pk, []).append(one)
    assert set(by_source) == {one.pk for one in crosswalks.categories_of(old())}
    assert all(len(each) == 1 or {one.relation for one in each} == {"split"} for each in by_source.values())
