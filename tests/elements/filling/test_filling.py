# SPDX-License-Identifier: MulanPSL-2.0
"""A form is matched once and filled by a press: the same workbook with the rows under its header, as of a day, and what it asks that we do not hold is told."""

from datetime import date, timedelta
from typing import Any

import pytest

from linli.core import clock
from linli.core.actions import run
from linli.core.faults import Conflict, Fault, Invalid, NotAble, NotVisible
from linli.core.fields import Received
from linli.core.models import JournalLine, JournalPayload
from linli.core.sight import looking, of_all, of_place
from linli.elements import looks
from linli.elements.erasure import erase_people
from linli.elements.filling import kept, working
from linli.elements.models import FilledPerson, Filling, Membership, Person, Residence, Template, TemplateLack, TemplateVersion
from linli.elements.registers.declaring import register_named
from tests.cast import COMMUNITY, COMMUNITY2, DISTRICT, GRID, GRID2, STREET, STREET2, Cast
from tests.elements.filling.forms import ELDERS, bring, content_of, elders, fill, filled, lines, match, newest, sheet_of, summary
from tests.residents import PHONE, house, number_of, plant

pytestmark = pytest.mark.django_db
SEALED = {"purpose": "service", "reason": "高龄津贴发放核对"}


def old(area: int = GRID, name: str = "张桂兰", serial: int = 1, born: date = date(1940, 5, 6), **more: Any) -> Person:
    person = plant(area, name, serial, born_on=born, **more)
    house(person)
    return person


def seen(line: list[Any]) -> list[Any]:
    return [one for one in line if one is not None]


def test_a_form_is_filled_into_the_same_workbook(cast: Cast) -> None:
    old()
    plant_young = plant(GRID, "钱年轻", 2, born_on=date(2000, 1, 1))
    house(plant_young)
    template = bring(cast, elders())
    match(cast, template, from_age=60)

    found = fill(cast, template, COMMUNITY)

    sheet = sheet_of(found)
    today = clock.today()
    assert sheet["A1"].value == "60岁以上老年人花名册"
    assert (sheet["A1"].font.sz, sheet["A1"].font.b) == (20, True)
    assert sorted(str(one) for one in sheet.merged_cells.ranges) == ["A1:J1", "A2:J2", "A7:C7"]
    assert sheet["A2"].value == f"填报单位：居委会一　填报日期：{today.year}年{today.month}月{today.day}日"
    assert sheet.column_dimensions["F"].width == 42
    first = lines(sheet, 4, 4)[0]
    assert first[:4] == [1, "张桂兰", "男", today.year - 1940 - ((today.month, today.day) < (5, 6))]
    assert first[4].startswith("990")
    assert "*" in first[4]
    assert "101" in first[5]
    assert first[7:] == [None, None, None]
    assert (found.rows, lines(sheet, 5, 6)) == (1, [[None] * 10] * 2)
    assert sheet["A7"].value == "填表人：director<b>"
    assert sheet["F7"].value == "审核人：王主任"
    assert found.counts["empty"] == [0, 0, 0, 0, 0, 0, 0, 1, 1, 1]


def test_more_people_than_printed_rows_move_the_foot_down_with_its_merges_and_heights(cast: Cast) -> None:
    for serial in range(1, 8):
        old(name=f"张桂{'一二三四五六七'[serial - 1]}", serial=serial)
    template = bring(cast, elders())
    match(cast, template)

    sheet = sheet_of(fill(cast, template, COMMUNITY))

    assert [row[0] for row in lines(sheet, 4, 10)] == list(range(1, 8))
    assert sheet["F11"].value == "审核人：王主任"
    assert "A11:C11" in {str(one) for one in sheet.merged_cells.ranges}
    assert (sheet.row_dimensions[11].height, sheet.row_dimensions[9].height) == (31, 24)
    assert sheet["C10"].border.top.style == "thin"


def test_a_text_that_looks_like_a_formula_stays_a_text(cast: Cast) -> None:
    old(name="=HYPERLINK(\"http://x\",\"y\")")
    template = bring(cast, elders())
    match(cast, template, changed={9: {"takes": "fixed", "fixed": "=1+1"}})

    sheet = sheet_of(fill(cast, template, COMMUNITY))

    assert (sheet["B4"].data_type, sheet["J4"].data_type) == ("s", "s")
    assert sheet["B4"].quotePrefix
    assert sheet["J4"].value == "=1+1"


def test_sums_and_counts_go_into_a_summary_with_a_row_for_each_place(cast: Cast) -> None:
    old()
    old(name="李四", serial=2, born=date(2010, 1, 1))
    old(area=GRID2, name="王五", serial=3)
    template = bring(cast, summary(), by="dispatcher", name="人口汇总")
    issue = match(cast, template, by="dispatcher")
    assert [one["takes"] for one in issue.columns] == ["at.community", "count.households", "count.people", "count.aged.60.", ""]

    sheet = sheet_of(fill(cast, template, STREET, by="dispatcher"))

    assert lines(sheet, 5, 7) == [["槐安社区", 2, 2, 1, None], ["槐宁社区", 1, 1, 1, None], ["合计", "=SUM(B5:B6)", 3, 2, None]]


def test_what_belongs_to_no_row_of_a_summary_is_said(cast: Cast) -> None:
    old()
    old(area=COMMUNITY, name="没有网格", serial=2)
    template = bring(cast, summary(), name="汇总")
    match(cast, template, changed={0: {"takes": "at.grid"}}, level="grid")

    found = fill(cast, template, COMMUNITY)

    assert [row[:3] for row in lines(sheet_of(found), 5, 6)] == [["槐安第一网格", 1, 1], ["槐安第二网格", 0, 0]]
    assert next(str(one) for one in working.notes(found, found.version)).endswith("没有计入。")


def test_signs_that_no_workbook_can_hold_are_left_out(cast: Cast) -> None:
    old(name="张\x0b桂兰")
    template = bring(cast, elders())
    match(cast, template)

    assert sheet_of(fill(cast, template, COMMUNITY))["B4"].value == "张桂兰"


def test_a_day_that_is_past_is_filled_as_it_was_then_and_says_what_cannot_be_dated(cast: Cast) -> None:
    then = clock.today() - timedelta(days=30)
    stayed, left, came = old(name="留下"), old(name="搬走", serial=2), old(name="新来", serial=3)
    with looking(of_all()):
        gone = clock.today() - timedelta(days=3)
        Residence.objects.filter(person=left).update(until=gone)
        Membership.objects.filter(person=left).update(until=gone)
        Residence.objects.filter(person=came).update(since=gone)
        Residence.objects.filter(person=stayed).update(since=None)
    cast.do("person.change", "director", person=stayed.pk, version=1, name="留下", education="10")
    template = bring(cast, elders(headings=("姓名", "文化程度", "身份证号")))
    match(cast, template)

    today, past = fill(cast, template, COMMUNITY), fill(cast, template, COMMUNITY, day=then.isoformat())

    assert {row[0] for row in lines(sheet_of(today), 4, 6)} == {"留下", "新来", None}
    assert {row[0] for row in lines(sheet_of(past), 4, 6)} == {"留下", "搬走", None}
    assert next(row[1] for row in lines(sheet_of(today), 4, 6) if row[0] == "留下")
    assert next(row[1] for row in lines(sheet_of(past), 4, 6) if row[0] == "留下") is None
    said = " ".join(str(one) for one in working.notes(past, past.version))
    assert "有 1 行没有登记开始日期" in said
    assert "改回当天的内容" in said
    assert "加密内容是现在登记的" in said
    assert len(working.notes(today, today.version)) == 1


def test_without_a_purpose_numbers_are_masked_and_with_one_each_person_reads_of_it(cast: Cast) -> None:
    person = old()
    template = bring(cast, elders())
    match(cast, template)

    masked, whole = fill(cast, template, COMMUNITY), fill(cast, template, COMMUNITY, **SEALED)

    assert number_of(1) not in lines(sheet_of(masked), 4, 4)[0]
    assert lines(sheet_of(whole), 4, 4)[0][4:7:2] == [number_of(1), PHONE]
    with looking(of_all(), read_only=True):
        assert list(FilledPerson.objects.values_list("filling", "person", "columns")) == [(whole.pk, person.pk, ["id_number", "phone"])]
        assert number_of(1).encode() not in bytes(whole.sealed)
    with looking(of_place(GRID, GRID + 1), read_only=True):
        read = looks.looks_at(register_named("person"), person.pk)
    assert {(one.unit, one.column.zh) for one in read} == {("居委会一", "证件号码"), ("居委会一", "联系电话")}


def test_what_the_law_keeps_secret_is_not_told_to_the_person(cast: Cast) -> None:
    person = old()
    template = bring(cast, elders())
    match(cast, template)
    fill(cast, template, COMMUNITY, purpose="law", reason="x")

    with looking(of_place(GRID, GRID + 1), read_only=True):
        assert looks.looks_at(register_named("person"), person.pk) == []


def test_whole_numbers_need_a_reason_and_no_number_is_in_the_journal(cast: Cast) -> None:
    old()
    template = bring(cast, elders())
    match(cast, template)

    with pytest.raises(Invalid) as lacking:
        fill(cast, template, COMMUNITY, purpose="service")
    fill(cast, template, COMMUNITY, **SEALED)

    assert set(lacking.value.fields) == {"reason"}
    with looking(of_all(), read_only=True):
        line = JournalLine.objects.get(action="template.fill")
        said = str(JournalPayload.objects.get(line=line).plain)
    assert number_of(1) not in said
    assert "service" in said
    assert "person.id_number" in said


def test_a_list_of_more_than_fifty_names_is_a_look_in_the_journal(cast: Cast) -> None:
    with looking(of_all()):
        home = house(plant(GRID, "张桂兰", born_on=date(1940, 5, 6)))
        for place in range(50):
            one = Person.objects.create(area=GRID, name=f"甲{place}", standing="living")
            Residence.objects.create(area=GRID, person=one, dwelling=home, tie="living")
    template = bring(cast, elders())
    match(cast, template)

    found = fill(cast, template, COMMUNITY)

    assert found.rows == 51
    with looking(of_all(), read_only=True):
        assert JournalLine.objects.filter(action="register.look_at_list").count() == 1


def test_what_a_form_asks_that_we_do_not_hold_is_listed_with_who_asks_and_how_often(cast: Cast) -> None:
    old()
    for name in ("表一", "表二"):
        template = bring(cast, elders(), name=name)
        match(cast, template, changed={9: {"takes": "fill.blank"}})
    fill(cast, template, COMMUNITY)

    with looking(of_all(), read_only=True):
        found = kept.lacks(cast.city)
        assert kept.lacks(cast.director2) == []

    assert [(one.key, one.forms, one.fillings, one.is_barred, one.units) for one in found] == [
        ("政治面貌", 2, 1, True, ("居委会一",)), ("是否领取高龄津贴", 2, 1, False, ("居委会一",))]


def test_a_new_issue_keeps_the_matchings_and_the_old_one_is_filled_until_it_is_confirmed(cast: Cast) -> None:
    old()
    template = bring(cast, elders(headings=("姓名", "别的列", "住处")))
    match(cast, template, changed={1: {"takes": "person.education"}, 2: {"takes": "dwelling.address"}})
    cast.do("template.renew", "director", template=template, file=Received("新.xlsx", content_of(elders(headings=("住处", "姓名", "民族", "别的列")))))

    proposed = newest(template)
    before = fill(cast, template, COMMUNITY)
    confirmed = match(cast, template)

    assert [one["takes"] for one in proposed.columns] == ["dwelling.address", "person.name", "person.ethnicity", "person.education"]
    assert before.version.number == 1
    assert (confirmed.number, fill(cast, template, COMMUNITY).version.number) == (2, 2)
    assert lines(sheet_of(before), 4, 4)[0][0] == "张桂兰"


def test_matching_anew_what_was_filled_makes_another_issue_and_history_keeps_the_first(cast: Cast) -> None:
    old()
    template = bring(cast, elders())
    match(cast, template)
    first = fill(cast, template, COMMUNITY)
    match(cast, template, changed={3: {"takes": ""}})

    assert TemplateVersion.objects.filter(template=template).count() == 2
    assert filled(first.pk).version.columns[3]["takes"] == "person.age"


def test_what_was_decided_is_remembered_for_the_next_form_of_the_organisation(cast: Cast) -> None:
    template = bring(cast, elders(headings=("姓名", "学历层次", "性别")))
    match(cast, template, changed={1: {"takes": "person.education"}})

    another = newest(bring(cast, elders(headings=("姓名", "民族", "学历层次"))))

    assert [one["takes"] for one in another.columns] == ["person.name", "person.ethnicity", "person.education"]


def test_a_form_of_the_street_is_filled_by_its_communities_for_themselves_only(cast: Cast) -> None:
    old()
    template = bring(cast, elders(), by="dispatcher")
    match(cast, template, by="dispatcher")

    assert fill(cast, template, COMMUNITY).rows == 1
    for area in (COMMUNITY2, STREET, DISTRICT, 7):
        with pytest.raises(Invalid):
            fill(cast, template, area)
    assert fill(cast, template, COMMUNITY2, by="director2").rows == 0


def test_who_does_not_see_residents_fills_no_form_of_residents(cast: Cast) -> None:
    template = bring(cast, elders(), by="dispatcher")
    match(cast, template, by="dispatcher")

    with pytest.raises(NotAble):
        fill(cast, template, STREET, by="dispatcher")


def test_other_streets_do_not_see_the_form_and_nobody_else_changes_it(cast: Cast) -> None:
    template = bring(cast, elders(), by="dispatcher")
    match(cast, template, by="dispatcher")

    for action, given in (("template.end", {}), ("template.renew", {"file": Received("a.xlsx", content_of(elders()))})):
        with pytest.raises(NotAble):
            run(action, cast.director, {"template": template} | given)
        with pytest.raises(NotVisible):
            run(action, cast.dispatcher2, {"template": template} | given)
    with pytest.raises(NotVisible):
        fill(cast, template, STREET2, by="dispatcher2")
    assert kept.visible_to(cast.sysadmin).count() == 0


def test_a_filling_is_fetched_by_whom_it_was_made_for_and_by_nobody_else(cast: Cast) -> None:
    old()
    template = bring(cast, elders())
    match(cast, template)
    found = fill(cast, template, COMMUNITY)

    assert cast.do("template.fetch", "director", filling=found.pk) == {"filling": found.pk}
    with pytest.raises(NotVisible):
        cast.do("template.fetch", "director2", filling=found.pk)
    with pytest.raises(NotAble):
        cast.do("template.fetch", "dispatcher", filling=found.pk)


def test_the_file_is_destroyed_after_its_time_and_the_history_stays(cast: Cast) -> None:
    old()
    template = bring(cast, elders())
    match(cast, template)
    found = fill(cast, template, COMMUNITY)
    with looking(of_all()):
        Filling.objects.filter(pk=found.pk).update(expires_at=clock.now() - timedelta(minutes=1))

    with pytest.raises(Conflict):
        cast.do("template.fetch", "director", filling=found.pk)
    assert working.forget() == 1

    assert (filled(found.pk).state, filled(found.pk).sealed, filled(found.pk).rows) == ("gone", None, 1)


def test_who_is_erased_is_in_no_filled_form_any_more(cast: Cast) -> None:
    person = old()
    template = bring(cast, elders())
    match(cast, template)
    found = fill(cast, template, COMMUNITY)

    with looking(of_all()):
        erase_people([person.pk])

    assert (filled(found.pk).state, filled(found.pk).sealed) == ("gone", None)


def test_a_second_run_of_the_job_counts_nothing_twice(cast: Cast) -> None:
    old()
    template = bring(cast, elders())
    match(cast, template)
    found = fill(cast, template, COMMUNITY, **SEALED)
    working.work(found.pk)
    with looking(of_all(), read_only=True):
        assert FilledPerson.objects.count() == 1
    assert Template.objects.get(pk=template).fillings == 1


@pytest.mark.parametrize(("change", "field"), [
    ({"columns": "[]"}, "columns"), ({"columns": "{"}, "columns"), ({"columns": '["x"]'}, "columns"), ({"from_age": 70, "to_age": 60}, "to_age")])
def test_a_matching_that_does_not_fit_is_refused(cast: Cast, change: dict[str, Any], field: str) -> None:
    template = bring(cast, elders())
    with pytest.raises(Invalid) as wrong:
        match(cast, template, **change)
    assert set(wrong.value.fields) == {field}


@pytest.mark.parametrize("takes", ["person.id_sealed", "count.people", "person.party", "at.name"])
def test_no_column_takes_what_is_not_declared(cast: Cast, takes: str) -> None:
    template = bring(cast, elders())
    with pytest.raises(Invalid):
        match(cast, template, changed={1: {"takes": takes}})


def test_a_column_on_politics_can_take_nothing_at_all(cast: Cast) -> None:
    template = bring(cast, elders())
    for takes in ("person.name", "fixed"):
        with pytest.raises(Invalid, match="invalid"):
            match(cast, template, changed={7: {"takes": takes, "fixed": "群众"}})
    match(cast, template)
    assert TemplateLack.objects.get(template=template, is_barred=True).heading == "政治面貌"


def test_a_day_ahead_and_an_ended_form_are_refused(cast: Cast) -> None:
    template = bring(cast, elders())
    with pytest.raises(Conflict):
        fill(cast, template, COMMUNITY)
    match(cast, template)
    with pytest.raises(Invalid):
        fill(cast, template, COMMUNITY, day=(clock.today() + timedelta(days=1)).isoformat())
    cast.do("template.end", "director", template=template)
    with pytest.raises(Conflict):
        fill(cast, template, COMMUNITY)
    cast.do("template.restore", "director", template=template)
    assert fill(cast, template, COMMUNITY).state == "done"


def test_what_broke_off_says_so_and_is_no_filling(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    template = bring(cast, elders())
    match(cast, template)
    monkeypatch.setattr("linli.elements.filling.pouring.pour", lambda *_: 1 / 0)

    found = fill(cast, template, COMMUNITY)

    assert (found.state, "再填一次" in found.trouble["zh"]) == ("failed", True)
    assert Template.objects.get(pk=template).fillings == 0


def test_a_post_that_ended_meanwhile_gets_nothing(cast: Cast) -> None:
    old()
    template = bring(cast, elders())
    match(cast, template)
    asked = run("template.fill", cast.director, {"template": template, "area": COMMUNITY, "day": clock.today().isoformat()})
    with looking(of_all()):
        Filling.objects.filter(pk=asked["filling"]).update(post=cast.posts["gridworker"])

    working.work(asked["filling"])

    assert filled(asked["filling"]).state == "failed"


def test_rows_are_read_in_a_fixed_number_of_statements(cast: Cast, django_assert_max_num_queries: Any) -> None:
    for serial in range(1, 30):
        old(serial=serial)
    template = bring(cast, elders())
    match(cast, template)
    asked = run("template.fill", cast.director, {"template": template, "area": COMMUNITY, "day": (clock.today() - timedelta(days=3)).isoformat()})

    with django_assert_max_num_queries(50):
        working.work(asked["filling"])

    assert filled(asked["filling"]).rows == 29


def test_every_fault_has_a_sentence_in_both_languages(cast: Cast) -> None:
    with pytest.raises(Fault) as wrong:
        bring(cast, b"%PDF")
    sentence = wrong.value.fields["file"]
    assert sentence.zh
    assert sentence.en
    assert len(ELDERS) == 10
