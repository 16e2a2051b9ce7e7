# SPDX-License-Identifier: MulanPSL-2.0
"""Routing rules as drafts: edits and their undoing, what may be published, files that come and go."""

from datetime import timedelta
from typing import Any

import pytest

from linli.core import clock
from linli.core.faults import Conflict, Fault, Invalid, NotAble, NotVisible
from linli.matters.models import RouteRule, RouteVersion
from linli.matters.routing import files, saying, store
from tests.cast import COMMUNITY, COMMUNITY2, DISTRICT, GRID, HOSTILE, STREET, STREET2, Cast
from tests.matters.routing_cast import drain, filed, proposal, second_unit, to_cleaners, weekday

pytestmark = pytest.mark.django_db
__all__ = ["weekday"]


def test_a_draft_is_edited_undone_and_published_with_who_and_why(cast: Cast) -> None:
    route = cast.route(to_cleaners(cast))
    rule = store.rules_of(route)[0]

    changed = cast.do("route.change", "dispatcher", route=route, version=2, rule=rule.id, what="all", area=COMMUNITY, time="outside", target=rule.target)
    cast.do("route.undo", "dispatcher", route=route, version=changed["version"])
    published = cast.do("route.publish", "dispatcher", route=route, version=4)

    found = RouteVersion.objects.get(pk=route)
    assert [(one.id, one.area, one.when.text) for one in store.rules_of(route)] == [(rule.id, STREET, "always")]
    assert (found.state, found.digest, found.published_by, found.has_accepted_holes) == ("published", published["digest"], cast.dispatcher.account, False)
    assert found.why == f"试行 {HOSTILE}"


def test_undo_takes_back_one_step_after_the_other_down_to_the_copy(cast: Cast) -> None:
    first = cast.publish(to_cleaners(cast))
    made = cast.do("route.copy", "dispatcher", route=first, why="改夜间")
    kept = store.digest_of(store.rules_of(made["route"]))
    rule = store.rules_of(made["route"])[0].id
    ended = cast.do("route.end", "dispatcher", route=made["route"], version=1, rule=rule)
    added = cast.do("route.add", "dispatcher", route=made["route"], version=ended["version"], what="all", area=STREET, time="office", target="above")

    once = cast.do("route.undo", "dispatcher", route=made["route"], version=added["version"])
    twice = cast.do("route.undo", "dispatcher", route=made["route"], version=once["version"])
    with pytest.raises(Conflict) as caught:
        cast.do("route.undo", "dispatcher", route=made["route"], version=twice["version"])

    assert caught.value.code == "nothing_to_undo"
    assert store.digest_of(store.rules_of(made["route"])) == kept == RouteVersion.objects.get(pk=first).digest


def test_a_published_version_is_never_edited_and_a_stale_edit_is_a_conflict(cast: Cast) -> None:
    route = cast.publish(to_cleaners(cast))
    draft = cast.route(to_cleaners(cast))
    given = {"what": "all", "area": STREET, "time": "always", "target": "above"}

    with pytest.raises(Conflict) as published:
        cast.do("route.add", "dispatcher", route=route, version=RouteVersion.objects.get(pk=route).version, **given)
    with pytest.raises(Conflict) as stale:
        cast.do("route.add", "dispatcher", route=draft, version=1, **given)

    assert (published.value.code, stale.value.code) == ("no_draft", "stale")


@pytest.mark.parametrize(("given", "field"), [
    ({"what": "category:none"}, "what"), ({"what": HOSTILE}, "what"), ({"area": STREET2}, "area"), ({"area": 1}, "area"), ({"area": DISTRICT}, "area"),
    ({"time": "window"}, "window"), ({"time": "window", "window": "8 09:00-10:00"}, "window"), ({"time": "whenever"}, "time"),
    ({"target": "unit:999999"}, "target"), ({"target": "unit:1'; drop"}, "target"), ({"target": "duty:"}, "target"), ({"target": "somebody"}, "target"),
    ({"files": "maybe"}, "files"), ({"note": "x" * 201}, "note"),
])
def test_a_wrong_rule_is_refused_with_a_sentence_for_its_field(cast: Cast, given: dict[str, Any], field: str) -> None:
    route = cast.route()

    with pytest.raises(Invalid) as caught:
        cast.do("route.add", "dispatcher", **({"route": route, "version": 1, "what": "all", "area": STREET, "time": "always", "target": "above"} | given))

    assert field in caught.value.fields


def test_the_rules_of_another_place_are_hidden_and_those_of_the_level_above_are_read_but_not_changed(cast: Cast) -> None:
    street, district = cast.route(to_cleaners(cast)), cast.route(area=DISTRICT, by="district")
    given = {"what": "all", "area": STREET, "time": "always", "target": "above"}

    with pytest.raises(NotVisible):
        cast.do("route.add", "dispatcher2", route=street, version=2, **given)
    with pytest.raises(NotAble) as above:
        cast.do("route.add", "dispatcher", route=district, version=1, **given)
    with pytest.raises(NotAble):
        cast.do("route.draft", "dispatcher", area=DISTRICT, why="越级")
    with pytest.raises(NotAble):
        cast.do("route.publish", "head", route=street, version=2)
    with pytest.raises(Invalid):
        cast.do("route.draft", "dispatcher", area=COMMUNITY, why="社区没有自己的规则")

    assert above.value.code == "not_own"
    assert store.versions_near(cast.dispatcher)
    assert {one.pk for one in store.versions_near(cast.dispatcher2)} == {district}


def test_overlaps_are_named_with_a_sample_and_never_published(cast: Cast) -> None:
    route = cast.route(to_cleaners(cast), to_cleaners(cast, time="W 08:00-20:00"), ("all", STREET, "12345 18:00-23:00", f"unit:{second_unit(cast)}"))

    with pytest.raises(Conflict) as caught:
        cast.do("route.publish", "dispatcher", route=route, version=4, accept_holes=True)

    assert caught.value.code == "overlaps"
    assert "工作日 08:00–20:00" in caught.value.message.zh
    assert "周一（工作日）18:00–20:00" in caught.value.message.zh


def test_holes_are_named_with_a_sample_and_need_a_clear_word(cast: Cast) -> None:
    route = cast.route(to_cleaners(cast, what="scheme:gbt47678_5", area=COMMUNITY, time="office"))

    with pytest.raises(Invalid) as caught:
        cast.do("route.publish", "dispatcher", route=route, version=2)
    cast.do("route.publish", "dispatcher", route=route, version=2, accept_holes=True)

    sentence = caught.value.fields["accept_holes"].zh
    found = RouteVersion.objects.get(pk=route)
    assert "没有规则" in sentence
    assert "兜底" in sentence
    assert (found.state, found.has_accepted_holes) == ("published", True)
    assert found.findings["open_cells"] > 0


def test_a_hole_of_the_street_is_closed_by_the_district(cast: Cast) -> None:
    with pytest.raises(Invalid):
        cast.do("route.publish", "dispatcher", route=cast.route(to_cleaners(cast, area=COMMUNITY)), version=2)
    cast.publish(("all", DISTRICT, "always", "nearest:department"), area=DISTRICT, by="district")

    route = cast.route(to_cleaners(cast, area=COMMUNITY), ("all", COMMUNITY2, "outside", "above"))

    report = saying.report_on(RouteVersion.objects.get(pk=route), store.rules_of(route))
    assert report.holes == []
    assert report.overlaps == []


def test_a_rule_that_leads_nowhere_or_never_decides_is_named(cast: Cast) -> None:
    route = cast.route(to_cleaners(cast, what="scheme:gbt47678_5"), to_cleaners(cast, what="scheme:six_problems"),
                       ("all", STREET, "always", f"unit:{cast.units['inspectors']}"), ("all", GRID, "always", f"unit:{cast.units['committee2']}"))
    rules = store.rules_of(route)

    report = saying.report_on(RouteVersion.objects.get(pk=route), rules)

    assert len(report.idle) == 2
    assert report.is_whole
    cast.do("route.end", "dispatcher", route=route, version=5, rule=rules[0].id)
    report = saying.report_on(RouteVersion.objects.get(pk=route), store.rules_of(route))
    assert {one.zh.split("：")[1].split("。")[0] for one in report.nowhere} == {"规则指定的单位没有接收人员", "规则指定的单位不管这个地方"}


def test_rules_leave_as_a_file_and_come_back_the_same(cast: Cast) -> None:
    route = cast.route(to_cleaners(cast), to_cleaners(cast, area=COMMUNITY, time="67 22:00-06:00"), ("scheme:six_problems", STREET, "outside", "nearest:department"),
                       ("all", GRID, "office", "above"))
    RouteRule.objects.filter(route=route, target="above").update(note="=cmd('x'), \"引号\"", is_automatic=True)
    rules = store.rules_of(route)
    rows = files.rows_of(rules)

    for text in (files.as_csv(rows), files.as_toml(rows)):
        copy = cast.route()
        cast.do("route.load", "dispatcher", route=copy, version=1, file=text)
        assert store.digest_of(store.rules_of(copy)) == store.digest_of(rules)


def test_a_file_with_wrong_lines_imports_nothing_and_marks_each(cast: Cast) -> None:
    route = cast.route(to_cleaners(cast))
    lines = [f"all,{STREET},always,unit:{cast.units['cleaners']}", f"nothing,{STREET},always,above", f"all,{STREET2},always,above", "all,x,always,above",
             f"all,{STREET},often,above", f"all,{STREET},always,unit:环卫一队"]
    text = "what,area,time,target\n" + "\n".join(lines)

    with pytest.raises(Invalid) as caught:
        cast.do("route.load", "dispatcher", route=route, version=2, file=text)
    read = files.read(text, STREET)

    assert [one.number for one in read.wrong] == [3, 4, 5, 6]
    assert len(read.rules) == 2
    assert "4 " in caught.value.fields["file"].zh
    assert len(store.rules_of(route)) == 1
    assert files.marked(read).count("\r\n") == 7


@pytest.mark.parametrize("text", ["", "\x00", "a,b\n1,2", "[[rule]]\nwhat = 1\narea = [2]", "[[rule", "# only a comment", "rule = 3\n[[x]]", "what,area,time,target\n" + '"' * 9,
                                  "what,area,time,target\n,,,", "[[rule]]\nwhat='all'\narea=99999999999999999999\ntime='always'\ntarget='above'"])
def test_a_file_that_is_none_is_refused_and_breaks_nothing(cast: Cast, text: str) -> None:
    route = cast.route(to_cleaners(cast))

    with pytest.raises(Fault) as caught:
        cast.do("route.load", "dispatcher", route=route, version=2, file=text)

    assert caught.value.status == 422


def test_a_version_from_a_later_moment_waits_and_then_supersedes(cast: Cast) -> None:
    other = second_unit(cast)
    first = cast.publish(to_cleaners(cast))
    drain()
    later = clock.now() + timedelta(days=2)
    route = cast.route(("all", STREET, "always", f"unit:{other}"))
    cast.do("route.publish", "dispatcher", route=route, version=2, valid_from=later)
    number = filed(cast)
    before = proposal(number)

    with clock.standing_at(later + timedelta(minutes=1)):
        drain()

    after = proposal(number)
    assert before is not None
    assert after is not None
    assert (before.unit, after.unit) == (cast.units["cleaners"], other)
    assert dict(RouteVersion.objects.values_list("pk", "state")) == {first: "superseded", route: "published"}
