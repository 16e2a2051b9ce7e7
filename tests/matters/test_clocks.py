# SPDX-License-Identifier: MulanPSL-2.0
"""The clocks of a matter step by step: phased limits, pauses, extensions, the slow list, a new calendar; and who may not."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from linli.core import clock, due, rows
from linli.core.actions import run
from linli.core.faults import Conflict, Invalid, NotAble
from linli.core.models import Alarm, Evidence
from linli.core.sight import looking, of_all
from linli.core.system_actors import system_actor
from linli.elements.models import Post
from linli.matters import deadlines, numbers, stories
from linli.matters.kinds import kind_of
from linli.matters.models import Category, Interval, Limit, Matter, Request
from tests.cast import COMMUNITY, Cast

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)
"""09:00 in China, a working day without a holiday near."""
HOUR = timedelta(hours=1)


def row(number: str) -> Matter:
    with looking(of_all(), read_only=True):
        return Matter.objects.select_related("category").get(pk=numbers.matter_of(number))


def limits(number: str) -> dict[str, Limit]:
    with looking(of_all(), read_only=True):
        return {one.name: one for one in Limit.objects.filter(matter=numbers.matter_of(number))}


def told(limit: Limit) -> str:
    return "\n".join(one["zh"] for one in limit.explanation)


def handled(cast: Cast, kind: str = "", code: str = "") -> str:
    """A matter in handling since Monday nine o'clock."""
    category = Category.objects.get(kind=kind, code=code).pk if kind else cast.category
    with clock.standing_at(MONDAY):
        number = str(cast.report(category=category)["number"])
        cast.walk(number, "handling")
    return number


def do(cast: Cast, at: datetime, action: str, who: str, number: str, **more: Any) -> dict[str, Any]:
    with clock.standing_at(at):
        return cast.do(f"matter.{action}", who, number=number, version=cast.version(number), **more)


def proof(cast: Cast) -> int:
    """A file that the handler has uploaded."""
    with looking(of_all()):
        return Evidence.objects.create(area=COMMUNITY, digest=b"x", media_type="application/pdf", size=1, name="a.pdf", added_by=cast.handler.account,
                                       added_at=clock.now()).pk


def ask_pause(cast: Cast, at: datetime, number: str, reason: str = "force_majeure", days: int = 3, **more: Any) -> dict[str, Any]:
    with clock.standing_at(at):
        day = (clock.today() + timedelta(days=days)).isoformat()
    return do(cast, at, "ask_pause", "handler", number, reason=reason, text="暴雨停工", look_again=day, **more)


def test_phased_limits_start_with_handling_and_are_reported_one_by_one(city: Cast) -> None:
    number = handled(city, "six_problems", "1")
    before = limits(number)

    do(city, MONDAY + HOUR, "reach", "handler", number, stage="stop_work")
    with pytest.raises(Invalid) as again:
        do(city, MONDAY + 2 * HOUR, "reach", "handler", number, stage="stop_work")

    after = limits(number)
    assert {name: before[name].due_at for name in ("stop_work", "penalise", "demolish")} == {
        "stop_work": MONDAY + timedelta(hours=5, minutes=30), "penalise": datetime(2026, 11, 25, 9, 30, tzinfo=UTC),
        "demolish": datetime(2026, 12, 14, 9, 30, tzinfo=UTC)}
    assert (after["stop_work"].met_at, after["penalise"].met_at) == (MONDAY + HOUR, None)
    assert list(again.value.fields) == ["stage"]
    assert "拟" in told(after["demolish"])


def test_a_matter_without_stages_has_none_to_report(city: Cast) -> None:
    number = handled(city)

    with pytest.raises(Conflict) as caught:
        do(city, MONDAY + HOUR, "reach", "handler", number, stage="stop_work")

    assert caught.value.code == "no_stages"


def test_the_reply_ends_every_stage_that_was_not_reported(city: Cast) -> None:
    number = handled(city, "six_problems", "1")

    do(city, MONDAY + HOUR, "reply", "handler", number, note="已拆除", no_photo_reason="夜间")

    assert {limits(number)[name].met_at for name in ("stop_work", "penalise", "demolish", "handling")} == {MONDAY + HOUR}


def test_a_granted_pause_stands_and_resumes_with_exactly_the_time_that_was_left(city: Cast) -> None:
    number = handled(city)
    due_before, whole_before = row(number).due_at, row(number).close_due_at
    ask_pause(city, MONDAY + HOUR, number)
    do(city, MONDAY + 2 * HOUR, "decide_request", "dispatcher", number, granted=True)
    standing = row(number)

    do(city, MONDAY + timedelta(days=1, hours=2), "resume", "handler", number)

    found = row(number)
    assert (standing.is_paused, standing.due_at, standing.close_due_at, standing.asked) == (True, None, None, "")
    assert due_before is not None
    assert whole_before is not None
    assert found.is_paused is False
    assert found.due_at == limits(number)["handling"].due_at == due_before + timedelta(days=1)
    assert found.close_due_at == whole_before + timedelta(days=1)
    assert "停钟，原因：不可抗力" in told(limits(number)["handling"])


def test_a_request_is_never_decided_by_who_asked_for_it(city: Cast) -> None:
    number = handled(city)
    ask_pause(city, MONDAY + HOUR, number)
    own = replace(city.dispatcher, account=city.handler.account)

    with clock.standing_at(MONDAY + 2 * HOUR), pytest.raises(NotAble) as caught:
        run("matter.decide_request", own, {"number": number, "version": city.version(number), "granted": True})

    assert caught.value.code == "own_request"


def test_the_database_too_refuses_that_somebody_decides_his_own_request(city: Cast, owner: None) -> None:
    number = handled(city)
    ask_pause(city, MONDAY + HOUR, number)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update matters_request set decided_by = asked_by")


def test_a_request_can_be_withdrawn_until_it_is_decided(city: Cast) -> None:
    number = handled(city)
    ask_pause(city, MONDAY + HOUR, number)

    do(city, MONDAY + 2 * HOUR, "withdraw_request", "handler", number)
    with pytest.raises(Conflict) as late:
        do(city, MONDAY + 3 * HOUR, "decide_request", "dispatcher", number, granted=True)

    assert (row(number).asked, late.value.code) == ("", "nothing_asked")


def test_a_declined_request_needs_a_reason_and_changes_no_limit(city: Cast) -> None:
    number = handled(city)
    before = row(number).due_at
    ask_pause(city, MONDAY + HOUR, number)

    with pytest.raises(Invalid) as caught:
        do(city, MONDAY + 2 * HOUR, "decide_request", "dispatcher", number, granted=False)
    do(city, MONDAY + 2 * HOUR, "decide_request", "dispatcher", number, granted=False, note="可以先围挡")

    assert list(caught.value.fields) == ["note"]
    assert (row(number).due_at, row(number).is_paused) == (before, False)


def test_a_request_that_nobody_decided_lapses_when_the_matter_moves_on(city: Cast) -> None:
    number = handled(city)
    ask_pause(city, MONDAY + HOUR, number)

    do(city, MONDAY + 2 * HOUR, "reply", "handler", number, note="好了")

    with looking(of_all(), read_only=True):
        assert (row(number).asked, Request.objects.get().outcome) == ("", "lapsed")


@pytest.mark.parametrize("days", [0, -1, 31])
def test_a_pause_needs_a_day_to_look_again_that_is_near(city: Cast, days: int) -> None:
    number = handled(city)

    with pytest.raises(Invalid) as caught:
        ask_pause(city, MONDAY + HOUR, number, days=days)

    assert list(caught.value.fields) == ["look_again"]


def test_the_slow_list_needs_evidence_and_the_heads_word_and_comes_back_by_itself(city: Cast) -> None:
    number = handled(city)
    with pytest.raises(Invalid) as bare:
        ask_pause(city, MONDAY + HOUR, number, "suspension", 60)
    ask_pause(city, MONDAY + HOUR, number, "suspension", 60, evidence=[proof(city)])
    with pytest.raises(Conflict):
        do(city, MONDAY + 2 * HOUR, "decide_request", "dispatcher", number, granted=True)
    with pytest.raises(NotAble):
        do(city, MONDAY + 2 * HOUR, "decide_suspension", "dispatcher", number, granted=True)
    do(city, MONDAY + 2 * HOUR, "decide_suspension", "head", number, granted=True)
    listed = row(number)

    with clock.standing_at(MONDAY + timedelta(days=59)):
        due.drain()
        early = row(number).is_paused
    with clock.standing_at(MONDAY + timedelta(days=60)):
        due.drain()

    assert list(bare.value.fields) == ["evidence"]
    assert (listed.is_paused, listed.due_at, early) == (True, None, True)
    assert (row(number).is_paused, row(number).due_at is not None) == (False, True)


def test_asking_may_stop_the_clock_until_the_reporter_answers(city: Cast) -> None:
    with clock.standing_at(MONDAY):
        made = city.report()
        city.walk(made["number"], "handling")
    number, before = made["number"], row(made["number"]).due_at
    with clock.standing_at(MONDAY + HOUR):
        city.do("matter.ask", "handler", number=number, text="哪个单元？", waits=True)
    waiting = row(number)

    with clock.standing_at(MONDAY + timedelta(days=1, hours=1)):
        city.do("matter.answer", query_code=made["query_code"], text="三单元")

    found = row(number)
    assert (waiting.is_paused, waiting.due_at) == (True, None)
    assert found.is_paused is False
    assert found.due_at is not None
    assert before is not None
    assert found.due_at > before
    with looking(of_all(), read_only=True):
        entries = stories.public_entries(stories.story_of(found))
    assert any("停钟" in one.title.zh for one in entries)


def test_waiting_for_the_reporter_ends_by_itself(city: Cast) -> None:
    number = handled(city)
    with clock.standing_at(MONDAY + HOUR):
        city.do("matter.ask", "handler", number=number, text="哪个单元？", waits=True)

    with clock.standing_at(MONDAY + timedelta(days=8)):
        due.drain()

    assert row(number).is_paused is False


def test_a_plain_question_stops_no_clock(city: Cast) -> None:
    number = handled(city)
    before = row(number)

    with clock.standing_at(MONDAY + HOUR):
        city.do("matter.ask", "handler", number=number, text="哪个单元？")

    assert (row(number).due_at, row(number).version) == (before.due_at, before.version)


def test_an_extension_moves_handling_and_the_whole_and_says_so(city: Cast) -> None:
    number = handled(city)
    before, whole = row(number).due_at, row(number).close_due_at
    do(city, MONDAY + HOUR, "ask_extension", "handler", number, limit="handling", amount=2, text="等配件")
    do(city, MONDAY + 2 * HOUR, "decide_request", "dispatcher", number, granted=True)

    found = row(number)

    assert before is not None
    assert (found.due_at, whole != found.close_due_at) == (before + timedelta(days=2), True)
    assert "等配件" in told(limits(number)["handling"])
    assert limits(number)["whole"].due_at == found.close_due_at


def test_extensions_are_limited_in_number_and_in_total(city: Cast) -> None:
    number = handled(city)

    with pytest.raises(Invalid) as much:
        do(city, MONDAY + HOUR, "ask_extension", "handler", number, limit="handling", amount=6, text="等配件")
    for place in (1, 2):
        do(city, MONDAY + place * HOUR, "ask_extension", "handler", number, limit="handling", amount=1, text="等配件")
        do(city, MONDAY + place * HOUR, "decide_request", "dispatcher", number, granted=True)
    with pytest.raises(Invalid) as often:
        do(city, MONDAY + 3 * HOUR, "ask_extension", "handler", number, limit="handling", amount=1, text="等配件")

    assert list(much.value.fields) == list(often.value.fields) == ["amount"]
    assert "2 次" in often.value.fields["amount"].zh


def test_a_pause_ends_when_the_matter_moves_on(city: Cast) -> None:
    number = handled(city)
    ask_pause(city, MONDAY + HOUR, number)
    do(city, MONDAY + 2 * HOUR, "decide_request", "dispatcher", number, granted=True)

    do(city, MONDAY + 3 * HOUR, "reply", "handler", number, note="好了")

    found = row(number)
    with looking(of_all(), read_only=True):
        left_open = Interval.objects.filter(matter=found.pk, ended_at=None).count()
    assert (found.phase, found.is_paused, found.close_due_at is not None, left_open) == ("verifying", False, True, 0)
    assert limits(number)["handling"].due_at is not None


NOTICE = "2026-12-31 holiday 元旦\n2027-01-01 holiday 元旦\n2027-01-04 holiday 元旦\n2027-01-05 holiday 元旦\n"


def publish(at: datetime, days: str = NOTICE) -> None:
    with clock.standing_at(at):
        run("calendar.publish_year", system_actor("installer"), {"year": 2027, "source": "国办发明电〔2026〕1号", "days": days})
    for later in (11, 12, 13):
        with clock.standing_at(at + timedelta(seconds=later)):
            while due.drain():
                pass


def test_open_limits_are_reckoned_anew_when_the_notice_of_a_year_arrives(city: Cast) -> None:
    late = datetime(2026, 12, 29, 1, 0, tzinfo=UTC)
    with clock.standing_at(late):
        number = city.report()["number"]
        city.walk(number, "handling")
    before = row(number)

    publish(late + HOUR)

    found, limit = row(number), limits(number)["handling"]
    assert (before.is_provisional, found.is_provisional, limit.is_provisional) == (True, False, False)
    assert before.due_at == datetime(2027, 1, 5, 9, 30, tzinfo=UTC)
    assert found.due_at == limit.due_at == datetime(2027, 1, 11, 9, 30, tzinfo=UTC)
    assert found.close_due_at == limits(number)["whole"].due_at
    assert "2027-01-05 17:30 改为 2027-01-11 17:30" in told(limit)


def test_a_second_reckoning_says_nothing_new(city: Cast) -> None:
    late = datetime(2026, 12, 29, 1, 0, tzinfo=UTC)
    with clock.standing_at(late):
        number = city.report()["number"]
    publish(late + HOUR)
    once = told(limits(number)["whole"])

    publish(late + 2 * HOUR)

    assert told(limits(number)["whole"]) == once


def test_what_has_ended_is_not_reckoned_anew(city: Cast) -> None:
    late = datetime(2026, 12, 29, 1, 0, tzinfo=UTC)
    with clock.standing_at(late):
        number = city.report()["number"]
        city.walk(number)
    before = {name: (one.due_at, told(one)) for name, one in limits(number).items()}

    publish(late + HOUR)

    assert {name: (one.due_at, told(one)) for name, one in limits(number).items()} == before


@pytest.mark.parametrize(("action", "who", "more"), [
    ("ask_extension", "dispatcher", {"limit": "handling", "amount": 1, "text": "想"}), ("decide_request", "handler", {"granted": True}),
    ("decide_request", "head", {"granted": True}), ("decide_suspension", "dispatcher", {"granted": True}), ("reach", "verifier", {"stage": "stop_work"}),
    ("supervise", "dispatcher", {"text": "请说明"}), ("dispatch", "head", {"unit": 1}), ("resume", "head", {}), ("escalate", "head", {"text": "超时"}),
])
def test_who_has_not_the_ability_is_refused(city: Cast, action: str, who: str, more: dict[str, Any]) -> None:
    number = handled(city)

    with pytest.raises(NotAble):
        do(city, MONDAY + HOUR, action, who, number, **more)


def test_without_a_head_a_request_for_the_slow_list_rings(city: Cast) -> None:
    Post.objects.filter(role="head").update(valid_to=date(2026, 1, 1))
    number = handled(city)

    ask_pause(city, MONDAY + HOUR, number, "suspension", 30, evidence=[proof(city)])

    with looking(of_all(), read_only=True):
        assert list(Alarm.objects.filter(ended_at=None).values_list("name", flat=True)) == ["matter.no_head"]


def taken_up(number: str, at: datetime, source: str) -> None:
    """What a move out of an ended phase back into handling does to the clocks."""
    matter = row(number)
    matter.phase = source
    with clock.standing_at(at), looking(of_all()):
        with rows.collecting():
            changes = deadlines.turn(kind_of(matter.kind), matter, "handling", at)
        Matter.objects.filter(pk=matter.pk).update(**changes | {"phase": "handling"})


def test_what_was_merged_and_is_taken_apart_gets_exactly_what_was_left(city: Cast) -> None:
    number = handled(city)
    with clock.standing_at(MONDAY + HOUR), looking(of_all()), rows.collecting():
        deadlines.turn(kind_of("grid_event"), row(number), "merged", MONDAY + HOUR)
    left = limits(number)["whole"]

    taken_up(number, MONDAY + timedelta(days=1, hours=1), "merged")

    found = limits(number)["whole"]
    assert left.due_at is not None
    assert found.due_at == left.due_at + timedelta(days=1)
    assert limits(number)["handling"].extra == 0
