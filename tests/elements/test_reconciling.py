# SPDX-License-Identifier: MulanPSL-2.0
"""A file of another system beside ours: what differs is decided by somebody, written with its cause, and undone as a whole."""

from typing import Any

import pytest

from linli.core.faults import Conflict, Invalid, NotAble, NotVisible
from linli.core.models import JournalLine, JournalPayload
from linli.core.sight import looking, of_all, of_post
from linli.elements.erasure import erase_people
from linli.elements.intakes import working as intakes
from linli.elements.intakes.origins import origins_of
from linli.elements.models import (
    Dwelling,
    FieldCheck,
    Intake,
    Person,
    ReconciledFigure,
    ReconciledItem,
    Reconciliation,
    Source,
)
from linli.elements.reconciling import sides, working
from linli.elements.registers import sealing
from tests.cast import COMMUNITY, HOSTILE, STREET, Cast
from tests.elements.intakes.tables import HEADINGS, bring, csv_of, excel_of, person, take

pytestmark = pytest.mark.django_db


def ours() -> list[dict[str, Any]]:
    return [person("张大山", 1), person("李小花", 2, 与户主关系="妻", 工作单位="第一棉纺厂"), person("张小山", 3, 与户主关系="儿子", 联系电话=""),
            person("王五", 5, 室="102", 人户情况="人在户不在"), person("赵六", 7, 室="103")]


def theirs() -> list[dict[str, Any]]:
    lines = ours()[:4]
    lines[1] |= {"联系电话": "13911112222", "工作单位": "第二棉纺厂"}
    lines[2] |= {"联系电话": "13933334444"}
    lines[3] |= {"室": "104"}
    return [*lines, person("孙八", 9, 室="105"), person("坏行", 11, 室="106", 联系电话="12")]


def a_source(cast: Cast, by: str = "director", **more: Any) -> int:
    given = {"area": COMMUNITY, "sheet": "residents", "name": "公安人口名单", "keeper": "槐荫派出所", "authority": ["person.phone"], "covers": "all", "within": "area"}
    return int(cast.do("source.declare", by, **(given | more))["source"])


def compared(cast: Cast, lines: list[dict[str, Any]], source: int | None = None, **more: Any) -> Reconciliation:
    file = bring(cast, csv_of(lines))
    given = {"intake": file.pk, "source": source or a_source(cast), "covers": "all", "within": "area"}
    made = cast.do("reconciliation.start", "director", **(given | more))["reconciliation"]
    working.work(made)
    return look(made)


def look(number: int) -> Reconciliation:
    with looking(of_all(), read_only=True):
        return Reconciliation.objects.select_related("intake").get(pk=number)


def items(one: Reconciliation, **wanted: Any) -> list[ReconciledItem]:
    with looking(of_all(), read_only=True):
        return list(ReconciledItem.objects.filter(reconciliation=one, **wanted).order_by("id"))


def known(name: str) -> Person:
    with looking(of_all(), read_only=True):
        return Person.objects.get(name=name)


def phone_of(name: str) -> str:
    one = known(name)
    return sealing.open_value("person", "phone", one.pk, one.phone_sealed) if one.phone_sealed else ""


def applied(cast: Cast, one: Reconciliation) -> Reconciliation:
    cast.do("reconciliation.apply", "director", reconciliation=one.pk)
    working.work(one.pk)
    return look(one.pk)


@pytest.fixture
def beside(cast: Cast) -> Reconciliation:
    take(cast, bring(cast, csv_of(ours())))
    return compared(cast, theirs())


def test_a_comparison_tells_five_kinds_apart_and_writes_nothing(cast: Cast, beside: Reconciliation) -> None:
    assert beside.state == "compared", beside.trouble
    assert {name: beside.counts[name] for name in ("rows", "agree", "differ", "theirs", "ours", "unclear")} == {
        "rows": 6, "agree": 1, "differ": 3, "theirs": 1, "ours": 1, "unclear": 1}
    told = sorted((one.side, one.name, one.is_gap, one.proposed) for one in items(beside))
    assert told == sorted([("differs", "person.phone", False, "theirs"), ("differs", "person.employer", False, ""), ("differs", "person.phone", True, "theirs"),
                           ("differs", "address", True, ""), ("theirs", "", False, ""), ("ours", "present", False, ""), ("unclear", "bad", False, "")])
    assert phone_of("李小花") == "13800000002"
    with looking(of_all(), read_only=True):
        assert not Person.objects.filter(name="孙八").exists()


def one_of(found: Reconciliation, name: str, side: str = "differs", **wanted: Any) -> ReconciledItem:
    return items(found, side=side, name=name, **wanted)[0]


def test_theirs_goes_in_for_the_decided_field_only_and_history_names_the_file(cast: Cast, beside: Reconciliation) -> None:
    wife = known("李小花")
    phone = one_of(beside, "person.phone", record=wife.pk)

    cast.do("reconciliation.decide", "director", item=phone.pk, decision="theirs")
    applied(cast, beside)

    assert phone_of("李小花") == "13911112222"
    after = known("李小花")
    assert sealing.open_bundle("person", after.pk, after.sealed) == {"employer": "第一棉纺厂"}
    assert after.version == wife.version + 1
    assert phone_of("张小山") == ""
    assert items(beside, pk=phone.pk)[0].outcome == "done"
    with looking(of_all(), read_only=True):
        assert [(one.what, one.intake) for one in origins_of(cast.director, "person", wife.pk)][-1] == ("changed", beside.intake_id)
        assert not Dwelling.objects.filter(room__in=["104", "105"]).exists()


def test_ours_is_right_leaves_everything_as_it_is(cast: Cast, beside: Reconciliation) -> None:
    for one in items(beside, side="differs"):
        cast.do("reconciliation.decide", "director", item=one.pk, decision="ours")

    with pytest.raises(Conflict):
        cast.do("reconciliation.apply", "director", reconciliation=beside.pk)
    assert phone_of("李小花") == "13800000002"


def test_a_whole_field_is_decided_at_once_with_the_number_that_was_seen(cast: Cast, beside: Reconciliation) -> None:
    given = {"reconciliation": beside.pk, "side": "differs", "name": "person.phone", "decision": "theirs", "remember": True}
    with pytest.raises(Conflict):
        cast.do("reconciliation.decide_all", "director", count=3, **given)

    cast.do("reconciliation.decide_all", "director", count=2, **given)
    applied(cast, beside)

    assert (phone_of("李小花"), phone_of("张小山")) == ("13911112222", "13933334444")
    assert [one.decision for one in items(beside, name="person.employer")] == [""]


def test_a_remembered_rule_is_proposed_at_the_next_file_and_changes_nothing_by_itself(cast: Cast, beside: Reconciliation) -> None:
    given = {"reconciliation": beside.pk, "side": "differs", "name": "person.employer", "decision": "theirs", "count": 1}
    cast.do("reconciliation.decide_all", "director", remember=True, **given)
    applied(cast, beside)
    lines = ours()
    lines[1] |= {"工作单位": "第三棉纺厂"}

    again = compared(cast, lines, source=beside.source_id)

    one = one_of(again, "person.employer")
    assert (one.proposed, one.decision) == ("theirs", "")
    with looking(of_all(), read_only=True):
        assert Source.objects.get(pk=beside.source_id).authority == ["person.employer", "person.phone"]
    wife = known("李小花")
    assert sealing.open_bundle("person", wife.pk, wife.sealed) == {"employer": "第二棉纺厂"}
    cast.do("reconciliation.decide_all", "director", reconciliation=again.pk, side="differs", name="person.employer", decision="proposed", count=1)
    assert one_of(again, "person.employer").decision == "theirs"


def test_the_same_file_again_shows_only_what_still_differs_and_proposes_what_was_decided(cast: Cast, beside: Reconciliation) -> None:
    cast.do("reconciliation.decide", "director", item=one_of(beside, "person.phone", is_gap=False).pk, decision="theirs")
    cast.do("reconciliation.decide", "director", item=one_of(beside, "person.employer").pk, decision="ours")
    applied(cast, beside)

    again = compared(cast, theirs(), source=beside.source_id)

    assert sorted((one.name, one.is_gap, one.proposed) for one in items(again, side="differs")) == [
        ("address", True, ""), ("person.employer", False, "ours"), ("person.phone", True, "theirs")]
    with looking(of_all(), read_only=True):
        rates = [(one.same, one.differs, one.gaps) for one in ReconciledFigure.objects.filter(name="person.phone").order_by("id")]
    assert rates == [(2, 1, 1), (3, 0, 1)]


def test_somebody_only_they_have_is_taken_in_by_the_plan_of_the_intake_or_set_aside_with_a_reason(cast: Cast, beside: Reconciliation) -> None:
    one = items(beside, side="theirs")[0]
    with pytest.raises(Invalid):
        cast.do("reconciliation.decide", "director", item=one.pk, decision="aside")

    cast.do("reconciliation.decide", "director", item=one.pk, decision="take")
    applied(cast, beside)

    taken = known("孙八")
    assert (taken.area, taken.standing) == (COMMUNITY, "together")
    with looking(of_all(), read_only=True):
        assert taken.memberships.get().relation == "0"
        assert Dwelling.objects.filter(room="105").count() == 1
        assert Person.objects.count() == 6


def test_doubts_become_checks_at_the_door_that_count_in_no_accuracy(cast: Cast, beside: Reconciliation) -> None:
    for one in (one_of(beside, "address"), one_of(beside, "person.phone", is_gap=False), one_of(beside, "present", "ours")):
        cast.do("reconciliation.decide", "director", item=one.pk, decision="ask")

    applied(cast, beside)

    with looking(of_all(), read_only=True):
        asked = FieldCheck.objects.filter(sample=None).order_by("name")
        assert [(one.name, one.verdict) for one in asked] == [("address", ""), ("phone", ""), ("present", "")]
        assert asked[2].record == known("赵六").pk
    cast.do("quality.check", "director", check=asked[1].pk, verdict="right")
    with looking(of_all(), read_only=True):
        assert "phone" in known("李小花").confirmed


def test_what_is_asked_already_is_not_asked_twice(cast: Cast, beside: Reconciliation) -> None:
    cast.do("reconciliation.decide", "director", item=one_of(beside, "address").pk, decision="ask")
    applied(cast, beside)
    again = compared(cast, theirs(), source=beside.source_id)

    cast.do("reconciliation.decide", "director", item=one_of(again, "address").pk, decision="ask")
    applied(cast, again)

    with looking(of_all(), read_only=True):
        assert FieldCheck.objects.filter(sample=None).count() == 1


def test_another_address_is_never_made_by_a_file(cast: Cast, beside: Reconciliation) -> None:
    with pytest.raises(Invalid):
        cast.do("reconciliation.decide", "director", item=one_of(beside, "address").pk, decision="theirs")
    with pytest.raises(Invalid):
        cast.do("reconciliation.decide_all", "director", reconciliation=beside.pk, side="differs", name="address", decision="theirs", count=1)


def test_what_changed_here_since_the_comparison_is_not_overwritten(cast: Cast, beside: Reconciliation) -> None:
    phone = one_of(beside, "person.phone", is_gap=False)
    cast.do("reconciliation.decide", "director", item=phone.pk, decision="theirs")
    cast.do("record.correct", "director", register="person", record=phone.record, column="phone", value="13777778888", means="phone")

    applied(cast, beside)

    assert phone_of("李小花") == "13777778888"
    assert items(beside, pk=phone.pk)[0].outcome == "stale"


def test_everything_is_undone_as_an_intake_is(cast: Cast, beside: Reconciliation) -> None:
    with looking(of_all(), read_only=True):
        was = list(Person.objects.order_by("id").values())
    for one in items(beside, side__in=["differs", "theirs"]):
        if one.name != "address":
            cast.do("reconciliation.decide", "director", item=one.pk, decision="take" if one.side == "theirs" else "theirs")
    applied(cast, beside)
    assert phone_of("李小花") == "13911112222"

    cast.do("reconciliation.undo", "director", reconciliation=beside.pk)
    intakes.work(beside.intake_id)

    with looking(of_all(), read_only=True):
        assert list(Person.objects.order_by("id").values()) == was
        assert Intake.objects.get(pk=beside.intake_id).state == "undone"
    again = cast.do("reconciliation.start", "director", intake=beside.intake_id, source=beside.source_id, covers="all", within="area")["reconciliation"]
    working.work(again)
    assert look(again).counts["differ"] == 3


def test_carrying_out_twice_changes_nothing_more(cast: Cast, beside: Reconciliation) -> None:
    cast.do("reconciliation.decide", "director", item=one_of(beside, "person.employer").pk, decision="theirs")
    applied(cast, beside)
    before = known("李小花").version

    working.work(beside.pk)
    with pytest.raises(Conflict):
        cast.do("reconciliation.apply", "director", reconciliation=beside.pk)

    assert known("李小花").version == before


def test_a_compared_file_cannot_be_taken_in_over_everything(cast: Cast, beside: Reconciliation) -> None:
    for name in ("intake.take", "intake.undo", "intake.drop"):
        with pytest.raises(Conflict):
            cast.do(name, "director", intake=beside.intake_id)

    cast.do("reconciliation.drop", "director", reconciliation=beside.pk)

    assert take(cast, beside.intake).state == "taken"


def test_a_part_says_nothing_of_those_it_leaves_out(cast: Cast) -> None:
    take(cast, bring(cast, csv_of(ours())))

    found = compared(cast, theirs()[:1], covers="part")

    assert (found.counts["ours"], found.counts["agree"]) == (0, 1)


def test_only_the_buildings_of_the_file_are_claimed_when_it_says_so(cast: Cast) -> None:
    take(cast, bring(cast, csv_of([*ours(), person("钱九", 13, 楼号="2")])))

    found = compared(cast, ours()[:1], within="buildings")

    assert found.counts["ours"] == 4
    assert "钱九" not in {_known_name(one) for one in items(found, side="ours")}


def _known_name(item: ReconciledItem) -> str:
    with looking(of_all(), read_only=True):
        return str(Person.objects.get(pk=item.record).name)


def test_somebody_who_has_left_is_no_open_doubt_before_the_move_is_recorded(cast: Cast, beside: Reconciliation) -> None:
    gone = one_of(beside, "present", "ours")
    with pytest.raises(Invalid):
        cast.do("reconciliation.decide", "director", item=gone.pk, decision="ended")

    cast.do("person.move_out", "director", person=gone.record)
    cast.do("reconciliation.decide", "director", item=gone.pk, decision="ended")

    assert items(beside, pk=gone.pk)[0].decision == "ended"


def test_a_hostile_file_is_compared_without_harm(cast: Cast) -> None:
    take(cast, bring(cast, csv_of(ours())))
    lines = [person(HOSTILE, 2), person("张大山", 1, 室="1' or '1'='1", 工作单位="=cmd|' /C calc'!A0"), person("李小花", 2), person("李小花", 2),
             person("王五", 5, 身份证号="99999919900307005" + "?"), person("", 6), person("甲" * 80, 8, 楼号="九" * 70)]

    file = bring(cast, excel_of(lines))
    made = cast.do("reconciliation.start", "director", intake=file.pk, source=a_source(cast, name=HOSTILE[:60], keeper=HOSTILE), covers="all", within="area")
    working.work(made["reconciliation"])

    found = look(made["reconciliation"])
    assert found.state == "compared", found.trouble
    assert found.counts["unclear"] + found.counts["differ"] + found.counts["agree"] + found.counts["theirs"] >= 6
    assert known("张大山").version == 1


def test_a_file_of_nobody_we_know_is_all_theirs_and_all_ours(cast: Cast) -> None:
    take(cast, bring(cast, csv_of(ours())))

    found = compared(cast, [person("新来", 21, 楼号="9"), person("新到", 23, 楼号="9", 室="102")])

    assert {name: found.counts[name] for name in ("agree", "differ", "theirs", "ours", "unclear")} == {"agree": 0, "differ": 0, "theirs": 2, "ours": 5, "unclear": 0}


def test_dwellings_are_compared_too(cast: Cast) -> None:
    headings = ("小区", "楼号", "门", "室", "房屋用途", "建筑面积")
    rows = [{"小区": "幸福里", "楼号": "1", "门": "1", "室": room, "房屋用途": "住宅", "建筑面积": "80.5"} for room in ("101", "102", "103")]
    take(cast, bring(cast, csv_of(rows, headings), sheet="dwellings"), "director")
    other = [rows[0], rows[1] | {"建筑面积": "86.50"}, rows[2] | {"室": "104"}]
    source = a_source(cast, sheet="dwellings", name="物业台账", keeper="某物业", authority=[])
    file = bring(cast, csv_of(other, headings), sheet="dwellings")
    made = cast.do("reconciliation.start", "director", intake=file.pk, source=source, covers="all", within="area")["reconciliation"]
    working.work(made)
    found = look(made)
    assert {name: found.counts[name] for name in ("agree", "differ", "theirs", "ours", "unclear")} == {"agree": 1, "differ": 1, "theirs": 1, "ours": 1, "unclear": 0}

    for one in items(found, side__in=["differs", "theirs"]):
        cast.do("reconciliation.decide", "director", item=one.pk, decision="take" if one.side == "theirs" else "theirs")
    applied(cast, found)

    with looking(of_all(), read_only=True):
        assert sorted(Dwelling.objects.values_list("room", "square_decimetres")) == [("101", 8050), ("102", 8650), ("103", 8050), ("104", 8050)]


def test_theirs_lies_sealed_and_a_look_at_it_is_a_line_of_the_journal(cast: Cast, beside: Reconciliation) -> None:
    phone = one_of(beside, "person.phone", is_gap=False)
    assert b"13911112222" not in bytes(phone.sealed)

    told = cast.do("reconciliation.look", "director", item=phone.pk, purpose="check", reason="电话打不通")

    assert told["value"] == "13911112222"
    with looking(of_all(), read_only=True):
        line = JournalLine.objects.filter(action="reconciliation.look").get()
        assert (line.subject_kind, line.subject) == ("person", phone.record)
        before = JournalLine.objects.get(action="reconciliation.look_through")
        assert before.pk < line.pk
        said = JournalPayload.objects.get(line=before.pk).plain
        assert (said["purpose"], said["fields"]) == ("check", ["household.booklet", "person.id_number", "person.phone", "person.employer"])
        for kept in JournalPayload.objects.all():
            assert "13911112222" not in str(kept.plain)


def test_erasing_a_person_takes_what_the_file_says_of_him(cast: Cast, beside: Reconciliation) -> None:
    wife = known("李小花")
    with looking(of_post(cast.director)):
        erase_people([wife.pk])

    assert [one.sealed for one in items(beside, record=wife.pk)] == [None, None]
    assert sides.opened(items(beside, record=wife.pk)[0]) == ""


ON_IT = ("reconciliation.apply", "reconciliation.undo", "reconciliation.drop", "reconciliation.apply_stretch", "reconciliation.look_through")


@pytest.mark.parametrize("name", ON_IT)
def test_a_neighbour_learns_nothing_of_a_comparison(cast: Cast, beside: Reconciliation, name: str) -> None:
    with pytest.raises(NotVisible):
        cast.do(name, "director2", reconciliation=beside.pk, number=0, purpose="check")


def test_a_neighbour_decides_nothing_and_uses_no_system_of_others(cast: Cast, beside: Reconciliation) -> None:
    item = items(beside)[0]
    for name, given in (("reconciliation.decide", {"decision": "ours"}), ("reconciliation.look", {"purpose": "check", "reason": "x"})):
        with pytest.raises(NotVisible):
            cast.do(name, "director2", item=item.pk, **given)
    with pytest.raises(NotVisible):
        cast.do("source.change", "director2", source=beside.source_id, name="x", keeper="x", covers="part", within="area")
    with pytest.raises(NotVisible):
        cast.do("reconciliation.start", "director2", intake=beside.intake_id, source=beside.source_id, covers="part", within="area")


def test_a_street_decides_its_own_comparison_and_a_community_does_not(cast: Cast) -> None:
    take(cast, bring(cast, csv_of(ours())))
    file = bring(cast, csv_of([line | {"社区": "槐安社区"} for line in theirs()], ("社区", *HEADINGS)), by="head", area=STREET)
    made = cast.do("reconciliation.start", "head", intake=file.pk, source=a_source(cast, "head", area=STREET), covers="all", within="area")["reconciliation"]
    working.work(made)
    found = look(made)
    assert (found.state, found.counts["differ"], found.counts["ours"]) == ("compared", 3, 1), found.trouble

    item = one_of(found, "person.employer")
    with pytest.raises(NotVisible):
        cast.do("reconciliation.decide", "director", item=item.pk, decision="theirs")
    with pytest.raises(NotVisible):
        cast.do("reconciliation.look", "director", item=item.pk, purpose="check", reason="x")
    cast.do("reconciliation.decide", "head", item=item.pk, decision="theirs")


def test_a_system_is_used_for_its_own_place_and_sheet_only(cast: Cast) -> None:
    file = bring(cast, csv_of(theirs()))

    for source in (a_source(cast, sheet="dwellings"), a_source(cast, "head", area=STREET)):
        with pytest.raises((Invalid, NotVisible)):
            cast.do("reconciliation.start", "director", intake=file.pk, source=source, covers="part", within="area")


def test_who_may_bring_no_files_may_compare_none(cast: Cast, beside: Reconciliation) -> None:
    with pytest.raises(NotAble):
        cast.do("reconciliation.decide", "gridworker", item=items(beside)[0].pk, decision="ours")
    with pytest.raises(NotAble):
        a_source(cast, "gridworker")
