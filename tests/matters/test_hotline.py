# SPDX-License-Identifier: MulanPSL-2.0
"""Orders of the 12345 hotline: whatever the form of the table, taken in once with their clock, sent back in time, answered once."""

import io
import json
import zipfile
from datetime import datetime, timedelta
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import settings as tried
from hypothesis import strategies as st

from linli.core import alarms, clock, due, evidence
from linli.core.actions import run
from linli.core.faults import Conflict, Fault, Invalid, NotAble, NotVisible
from linli.core.fields import Received
from linli.core.models import Alarm
from linli.core.sight import looking, of_all, of_post
from linli.matters import inbox, numbers
from linli.matters.hotline import answers, checking, tables
from linli.matters.models import Contact, HotlineAnswer, HotlineBatch, HotlineOrder, HotlineRow, Limit, Matter, Origin
from linli.matters.reactions import hotline_tables, watching
from tests.cast import COMMUNITY, HOSTILE, Cast

HEAD = ["工单编号", "受理时间", "诉求内容", "社区", "来电人", "联系电话", "退单时限", "办结时限", "是否保密", "问题分类"]
COLUMNS = {"number": "工单编号", "received_at": "受理时间", "words": "诉求内容", "community": "社区", "name": "来电人", "phone": "联系电话",
           "return_due": "退单时限", "answer_due": "办结时限", "secret": "是否保密", "category": "问题分类"}
database = pytest.mark.django_db


def row(number: str = "GD001", **more: str) -> list[str]:
    values = {"工单编号": number, "受理时间": f"{clock.local(clock.now()) - timedelta(hours=2):%Y-%m-%d %H:%M}", "诉求内容": f"垃圾没人清 {HOSTILE}", "社区": "槐安社区",
              "来电人": "王某某", "联系电话": "13800001111", "退单时限": "8小时", "办结时限": "3个工作日"} | more
    return [values.get(name, "") for name in HEAD]


def sheet(*rows: list[str]) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    for line in (HEAD, *rows):
        book.active.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def text(*rows: list[str], coding: str = "utf-8-sig") -> bytes:
    return "\r\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in line) for line in (HEAD, *rows)).encode(coding)


def brought(cast: Cast, content: bytes, by: str = "dispatcher", take: bool = True, **more: Any) -> HotlineBatch:
    """A table uploaded, mapped, checked and taken in."""
    number = run("hotline.upload", cast.actors[by], {"file": Received("工单.xlsx", content)})["batch"]
    run("hotline.map", cast.actors[by], {"batch": number, "columns": json.dumps(COLUMNS), "category": cast.category, **more})
    hotline_tables.work(number)
    if take:
        run("hotline.take_in", cast.actors[by], {"batch": number})
        hotline_tables.work(number)
    with looking(of_all(), read_only=True):
        return HotlineBatch.objects.get(pk=number)


def order_with(number: str) -> HotlineOrder:
    with looking(of_all(), read_only=True):
        return HotlineOrder.objects.select_related("matter").get(number=number)


def faults_of(batch: HotlineBatch) -> list[str]:
    with looking(of_all(), read_only=True):
        return [one["zh"] for line in HotlineRow.objects.filter(batch=batch.pk, state="bad") for one in line.faults]


@database
def test_an_order_becomes_a_matter_with_its_number_and_its_own_clock(cast: Cast) -> None:
    batch = brought(cast, sheet(row()))

    order = order_with("GD001")
    with looking(of_all(), read_only=True):
        limit = Limit.objects.get(matter=order.pk, name="hotline")
        assert Origin.objects.get(matter=order.pk).number == "GD001"
        assert Contact.objects.filter(matter=order.pk).exists()
    assert (batch.state, batch.added, batch.bad) == ("done", 1, 0)
    assert (order.matter.source, order.matter.phase, order.matter.area, order.matter.is_contactable) == ("hotline", "captured", COMMUNITY, True)
    assert limit.due_at == order.answer_due_at
    assert order.matter.close_due_at != order.answer_due_at


@database
def test_the_same_table_again_brings_no_double(cast: Cast) -> None:
    content = sheet(row(), row("GD002"))
    brought(cast, content)

    again = brought(cast, content)

    assert (again.same, again.added) == (2, 0)
    with looking(of_all(), read_only=True):
        assert Matter.objects.filter(source="hotline").count() == 2


@database
def test_a_changed_order_is_shown_as_changed_and_its_limit_follows(cast: Cast) -> None:
    first = row()
    brought(cast, sheet(first))
    later = list(first)
    later[HEAD.index("办结时限")] = "5个工作日"

    batch = brought(cast, sheet(later))

    order = order_with("GD001")
    assert batch.changed == 1
    assert "办结时限改为" in order.changes[0]["text"]
    with looking(of_all(), read_only=True):
        assert Limit.objects.get(matter=order.pk, name="hotline").due_at == order.answer_due_at
        assert Matter.objects.filter(source="hotline").count() == 1


@database
def test_wrong_rows_stay_outside_with_a_sentence_and_the_others_go_in(cast: Cast) -> None:
    future = f"{clock.local(clock.now()) + timedelta(days=1):%Y-%m-%d %H:%M}"
    batch = brought(cast, sheet(
        row(), row(""), row("B2", 受理时间="昨天"), row("B3", 受理时间=future), row("B4", 诉求内容=""), row("B5", 社区="没有的社区"), row("B6", 是否保密="也许"),
        row("B7", 办结时限="尽快"), row("B8", 退单时限="2020-01-01"), row("GD001"), row("x" * 81)))

    said = " ".join(faults_of(batch))
    assert (batch.added, batch.bad) == (1, 10)
    for part in ("没有工单编号", "不是时间：昨天", "晚于现在", "没有诉求内容", "看不出是哪个社区", "只能填是或否", "不是时间：尽快", "早于受理时间", "出现两次（第 2 行）", "太长"):
        assert part in said
    assert "王某某" not in said
    assert "13800001111" not in said


@database
def test_a_community_is_told_by_the_address_or_chosen_for_the_rest(cast: Cast) -> None:
    columns = {**COLUMNS, "address": "社区"}
    number = run("hotline.upload", cast.dispatcher, {"file": Received("a.csv", text(row(社区="槐宁社区3号楼"), row("G2", 社区="不知道")))})["batch"]
    run("hotline.map", cast.dispatcher, {"batch": number, "columns": json.dumps({k: v for k, v in columns.items() if k != "community"}), "category": cast.category,
                                         "community": COMMUNITY})
    hotline_tables.work(number)
    run("hotline.take_in", cast.dispatcher, {"batch": number})
    hotline_tables.work(number)

    assert order_with("GD001").matter.area == COMMUNITY + 1_000
    assert order_with("G2").matter.area == COMMUNITY


@database
@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_usual_coding_is_read(cast: Cast, coding: str) -> None:
    batch = brought(cast, text(row(诉求内容="井盖破损"), coding=coding))

    assert (batch.added, order_with("GD001").matter.summary) == (1, "井盖破损")


@database
def test_a_formula_is_words_and_nothing_else(cast: Cast) -> None:
    brought(cast, text(row(诉求内容='=HYPERLINK("http://x")')))

    assert order_with("GD001").matter.summary == '=HYPERLINK("http://x")'


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * (tables.MOST_UNPACKED + 1))
    return out.getvalue()


@pytest.mark.parametrize("content", [
    b"", b"\x00\x01\x02", b"PK\x03\x04nonsense", b"\xd0\xcf\x11\xe0nonsense", "只有一行".encode(), b"a,a\n1,2\n", b"\xff\xfe\x00",
    b"%PDF-1.4\n1\n", b" <html><table><tr><td>a</td></tr>\n</table>",
    ("a," * 200 + "\n" + "1," * 200).encode(), b"a\n" + b"1\n" * (tables.MOST_ROWS + 1)])
def test_a_file_that_is_no_table_is_refused_with_a_sentence(content: bytes) -> None:
    with pytest.raises(Invalid) as caught:
        tables.read(content)

    assert caught.value.fields["file"].zh


@pytest.mark.slow
def test_a_packed_bomb_is_not_opened() -> None:
    with pytest.raises(Invalid):
        tables.read(bomb())


@tried(max_examples=200, deadline=None, derandomize=True)
@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(content: bytes) -> None:
    try:
        found = tables.read(content)
    except Invalid:
        return
    assert all(len(line) == len(found.headings) for line in found.rows)


@tried(max_examples=200, deadline=None, derandomize=True)
@given(st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31)))
def test_a_moment_is_read_as_it_was_written(at: datetime) -> None:
    at = at.replace(second=0, microsecond=0)

    for written in (f"{at:%Y-%m-%d %H:%M}", f"{at:%Y/%m/%d %H:%M}", f"{at.year}年{at.month}月{at.day}日 {at.hour}时{at.minute}分", f"{at:%Y-%m-%dT%H:%M:%S}"):
        found = checking.moment(written)
        assert found is not None
        assert found.replace(tzinfo=None) == at


@tried(max_examples=300, deadline=None, derandomize=True)
@given(st.text(max_size=40))
def test_no_text_breaks_the_reading_of_a_moment(written: str) -> None:
    checking.moment(written)


@database
def test_a_secret_caller_stays_secret(cast: Cast) -> None:
    brought(cast, sheet(row(是否保密="是")))
    number = numbers.number_of(order_with("GD001").pk)

    assert order_with("GD001").matter.is_secret
    with pytest.raises(NotAble):
        cast.do("matter.reveal", "director", number=number, reason="问问")
    assert cast.do("matter.reveal", "dispatcher", number=number, reason="核实")["contact"]["contact_phone"] == "13800001111"


@database
def test_it_goes_back_within_its_limit_by_the_list_of_duties(cast: Cast) -> None:
    brought(cast, sheet(row()))
    number = numbers.number_of(order_with("GD001").pk)
    with pytest.raises(Invalid):
        cast.do("matter.return_order", "dispatcher", number=number, version=1, reason="not_ours")

    done = cast.do("matter.return_order", "dispatcher", number=number, version=1, reason="not_ours", duty="他-05")

    assert done["phase"] == "refused"
    assert order_with("GD001").returned_at is not None
    other = brought(cast, sheet(row(社区="柳岸社区")), by="dispatcher2")
    assert other.added == 1


@database
def test_after_its_limit_it_does_not_go_back(cast: Cast) -> None:
    brought(cast, sheet(row(退单时限="1小时")))
    number = numbers.number_of(order_with("GD001").pk)

    with pytest.raises(Conflict) as caught:
        cast.do("matter.return_order", "dispatcher", number=number, version=1, reason="wrong_place")

    assert "已过" in caught.value.message.zh


@database
def test_what_is_no_order_does_not_go_back(cast: Cast) -> None:
    with pytest.raises(Conflict):
        cast.do("matter.return_order", "dispatcher", number=cast.report()["number"], version=1, reason="wrong_place")


@database
def test_an_order_in_force_elsewhere_is_not_taken_twice(cast: Cast) -> None:
    brought(cast, sheet(row()))

    batch = brought(cast, sheet(row(社区="柳岸社区")), by="dispatcher2")

    assert (batch.added, batch.bad) == (0, 1)
    assert "已经登记过" in faults_of(batch)[0]
    with looking(of_all(), read_only=True):
        assert Matter.objects.filter(source="hotline").count() == 1


@database
def test_its_limit_is_watched_and_rings_until_it_has_ended(cast: Cast) -> None:
    brought(cast, sheet(row(办结时限="1小时")))
    watching.watch_limits()
    number = numbers.number_of(order_with("GD001").pk)

    def ringing() -> int:
        with looking(of_all(), read_only=True):
            return Alarm.objects.filter(name="matter.hotline_overdue", ended_at=None).count()

    assert ringing() == 1
    cast.do("matter.refuse", "dispatcher", number=number, version=1, reason="not_found")
    due.drain()
    assert ringing() == 0


@database
def test_orders_are_answered_back_once_in_their_columns(cast: Cast) -> None:
    brought(cast, sheet(row(), row("GD002")))
    number = numbers.number_of(order_with("GD001").pk)
    cast.walk(number)
    cast.do("hotline.map_answers", "dispatcher", columns="编号=number\n处理情况=reply\n结果=result\n回访=contacted")
    today = clock.today().isoformat()

    made = cast.do("hotline.answer", "dispatcher", first=today, last=today)

    with looking(of_all(), read_only=True):
        found = HotlineAnswer.objects.get(pk=made["answer"])
        lines = list(answers.rows_of(found))
        waiting = [one.number for one in answers.waiting(cast.dispatcher)]
    assert lines[0] == ["编号", "处理情况", "结果", "回访"]
    assert lines[1][0] == "GD001"
    assert "已处理完毕" in lines[1][1]
    assert lines[1][2] in ("已结案", "已归档")
    assert waiting == ["GD002"]
    with pytest.raises(Invalid):
        cast.do("hotline.answer", "dispatcher", first=today, last=today)


@database
def test_an_order_may_go_on_the_slow_list(cast: Cast, settings: Any, tmp_path: Any) -> None:
    settings.EVIDENCE_ROOT = tmp_path
    brought(cast, sheet(row()))
    with looking(of_all()):
        paper = evidence.keep(b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n", "a.pdf", area=COMMUNITY, actor=cast.handler, claim=b"").pk
    order = order_with("GD001")
    number = numbers.number_of(order.pk)
    cast.walk(number, "handling")
    version = cast.version(number)
    asked = cast.do("matter.ask_pause", "handler", number=number, version=version, reason="suspension", text="历史遗留，需市里协调", evidence=[paper],
                    look_again=(clock.today() + timedelta(days=60)).isoformat())

    done = cast.do("matter.decide_suspension", "head", number=number, version=asked["version"], granted=True, note="同意")

    row_ = order_with("GD001")
    assert done["phase"] == "handling"
    assert row_.matter.is_paused
    with looking(of_all(), read_only=True):
        assert Limit.objects.get(matter=order.pk, name="hotline").due_at == order.answer_due_at


@database
@pytest.mark.parametrize("by", ["handler", "gridworker", "director", "verifier", "head", "city"])
def test_only_the_post_that_takes_orders_in_brings_a_table(cast: Cast, by: str) -> None:
    with pytest.raises(NotAble):
        run("hotline.upload", cast.actors[by], {"file": Received("a.xlsx", sheet(row()))})


@database
def test_a_table_of_another_street_is_not_there(cast: Cast) -> None:
    number = run("hotline.upload", cast.dispatcher, {"file": Received("a.xlsx", sheet(row()))})["batch"]

    for action, more in (("hotline.map", {"columns": json.dumps(COLUMNS)}), ("hotline.take_in", {})):
        with pytest.raises(NotVisible):
            run(action, cast.dispatcher2, {"batch": number, **more})


@database
def test_the_work_may_break_off_and_be_done_again(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    number = run("hotline.upload", cast.dispatcher, {"file": Received("a.xlsx", sheet(*(row(f"G{n}") for n in range(5))))})["batch"]
    run("hotline.map", cast.dispatcher, {"batch": number, "columns": json.dumps(COLUMNS), "category": cast.category})
    hotline_tables.work(number)
    run("hotline.take_in", cast.dispatcher, {"batch": number})
    real, count = hotline_tables.run, iter(range(100))

    def breaking(*args: Any, **more: Any) -> Any:
        if next(count) == 3:
            raise RuntimeError("killed")
        return real(*args, **more)

    monkeypatch.setattr(hotline_tables, "run", breaking)
    with pytest.raises(RuntimeError):
        hotline_tables.work(number)
    hotline_tables.work(number)

    with looking(of_all(), read_only=True):
        assert HotlineBatch.objects.get(pk=number).added == 5
        assert Matter.objects.filter(source="hotline").count() == 5


@database
def test_rows_that_went_in_are_emptied_and_old_ones_forgotten(cast: Cast) -> None:
    batch = brought(cast, sheet(row(), row("")))
    with looking(of_all()):
        assert sorted((one.state, bool(bytes(one.sealed))) for one in HotlineRow.objects.filter(batch=batch.pk)) == [("added", False), ("bad", True)]
        HotlineBatch.objects.filter(pk=batch.pk).update(made_at=clock.now() - timedelta(days=31))

    assert hotline_tables.forget_rows() == 2


@database
def test_it_waits_for_the_dispatcher_like_any_report(cast: Cast) -> None:
    brought(cast, sheet(row()))

    with looking(of_post(cast.dispatcher), read_only=True):
        piles = {pile.name: len(pile.rows) for pile in inbox.waiting_for(cast.dispatcher)}
    assert piles["accept"] == 1
    with pytest.raises(Fault):
        cast.do("matter.take_order", "dispatcher", category=cast.category, summary="x", area=COMMUNITY, order="")


def soon(cast: Cast) -> list[str]:
    """What rings about return limits for the dispatcher of the first street."""
    due.drain()
    with looking(of_post(cast.dispatcher), read_only=True):
        return [str(one.sentence["zh"]) for one in alarms.ringing(cast.dispatcher) if one.name == "matter.return_soon"]


@database
def test_ahead_of_the_return_limit_it_rings_until_somebody_decides(cast: Cast) -> None:
    brought(cast, sheet(row(退单时限="3小时"), row("GD002", 退单时限="2个工作日"), row("GD003", 退单时限="")))

    [said] = soon(cast)
    assert "GD001" in said
    with looking(of_post(cast.dispatcher2), read_only=True):
        assert not alarms.ringing(cast.dispatcher2)
    cast.walk(numbers.number_of(order_with("GD001").pk), "dispatched")
    assert soon(cast) == []


@database
def test_an_order_with_time_left_rings_when_its_moment_comes_and_no_longer_than_its_limit(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    brought(cast, sheet(row(退单时限="8小时")))
    assert soon(cast) == []
    until = order_with("GD001").return_due_at
    assert until is not None

    monkeypatch.setattr(clock, "now", lambda: until - timedelta(hours=1))
    assert len(soon(cast)) == 1
    monkeypatch.setattr(clock, "now", lambda: until + timedelta(minutes=1))
    assert soon(cast) == []


@database
def test_a_return_limit_that_the_hotline_moved_is_watched_anew(cast: Cast) -> None:
    brought(cast, sheet(row(退单时限="3小时")))
    assert len(soon(cast)) == 1

    brought(cast, sheet(row(退单时限="2个工作日")))

    assert soon(cast) == []


@database
def test_the_hours_ahead_are_the_citys_to_set(cast: Cast, settings: Any) -> None:
    settings.HOTLINE_RETURN_HOURS = 0
    brought(cast, sheet(row(退单时限="3小时")))

    assert soon(cast) == []
