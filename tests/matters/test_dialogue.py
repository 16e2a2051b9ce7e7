# SPDX-License-Identifier: MulanPSL-2.0
"""The dialogue with reporters: letters that follow a matter, questions, ratings, call-backs, re-opening, the sample, and erasure of words."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from linli.core import clock, due, letters, seals
from linli.core.actions import run
from linli.core.faults import Conflict, Invalid, NotAble, NotVisible
from linli.core.models import Alarm, Letter
from linli.core.protection import TOMBSTONE
from linli.core.sight import looking, of_all, of_post
from linli.core.system_actors import system_actor
from linli.matters import call_backs, numbers, sampling, stories
from linli.matters.models import CallBack, CallBackTry, Contact, Draw, Interval, Limit, Matter, Move, Question, Rating
from linli.matters.reactions.call_backs import ring_late
from tests.cast import HOSTILE, Cast

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)
PHONE = "13800001234"


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Any) -> None:
    settings.LETTERS_ROOT = tmp_path / "letters"


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with clock.standing_at(MONDAY):
        yield


def later(**span: int) -> Any:
    return clock.standing_at(clock.now() + timedelta(**span))


def drain() -> None:
    while due.drain():
        pass


def row(number: str) -> Matter:
    with looking(of_all(), read_only=True):
        return Matter.objects.select_related("category").get(id=numbers.matter_of(number))


def rows(model: Any, **given: Any) -> list[Any]:
    with looking(of_all(), read_only=True):
        return list(model.objects.filter(**given).order_by("pk"))


def occasions_of(number: str) -> list[str]:
    return [one.occasion.removeprefix("matter.") for one in rows(Letter, subject=numbers.matter_of(number))]


def reported(cast: Cast, **more: Any) -> dict[str, Any]:
    return cast.report(**({"contact_phone": PHONE, "wants_letters": True} | more))


def rated_badly(cast: Cast, **more: Any) -> dict[str, Any]:
    made = reported(cast, **more)
    cast.walk(made["number"])
    cast.do("matter.rate", query_code=made["query_code"], score=5, text="没有修好")
    drain()
    return made


def call(cast: Cast, number: str, result: str, by: str = "dispatcher", **more: Any) -> dict[str, Any]:
    return cast.do("matter.call_back", by, number=number, version=cast.version(number), result=result, **({"note": "说还在漏"} | more))


def test_every_step_that_concerns_the_reporter_is_written_to_him_once(cast: Cast) -> None:
    made = reported(cast)
    cast.do("matter.ask", "dispatcher", number=made["number"], text="几号楼？")
    cast.walk(made["number"])
    drain()
    drain()

    assert occasions_of(made["number"]) == ["received", "asked", "accepted", "answered", "closed"]
    texts = [letters.opened(one) for one in rows(Letter)]
    assert all(text and made["query_code"] in text["text"] and text["address"] == PHONE for text in texts)


def test_a_report_does_no_more_than_leave_a_row_for_its_letter(cast: Cast) -> None:
    reported(cast)

    assert rows(Letter) == []


@pytest.mark.parametrize("given", [{}, {"contact_phone": PHONE}, {"contact_phone": PHONE, "wants_letters": False}, {"contact_name": "某人"}])
def test_who_does_not_say_yes_is_not_written_to(cast: Cast, given: dict[str, Any]) -> None:
    cast.walk(cast.report(**given)["number"])
    drain()

    assert rows(Letter) == []


@pytest.mark.parametrize("given", [{}, {"contact_phone": "022-23456789"}, {"contact_name": "某人"}])
def test_who_wants_letters_must_say_where(cast: Cast, given: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as caught:
        cast.report(wants_letters=True, **given)

    assert list(caught.value.fields) == ["wants_letters"]


@pytest.mark.parametrize("address", ["nobody", "a@b", "a b@example.cn", "a@example.cn\nBcc: x@y.cn", "a@example..cn", "<a@example.cn>", "a,b@example.cn@example.cn"])
def test_a_wrong_email_is_refused(cast: Cast, address: str) -> None:
    with pytest.raises(Invalid) as caught:
        cast.report(contact_email=address)

    assert list(caught.value.fields) == ["contact_email"]


def test_a_refusal_says_where_to_go_instead(cast: Cast) -> None:
    made = reported(cast)
    cast.do("matter.refuse", "dispatcher", number=made["number"], version=1, reason="not_ours", duty="他-99")
    drain()

    assert "12345" in (letters.opened(rows(Letter)[-1]) or {})["text"]


def test_reporters_of_merged_matters_are_told_under_their_own_code(cast: Cast, owner: None) -> None:
    main, same = reported(cast), reported(cast, contact_phone="13900005678")
    drain()
    Matter.objects.filter(pk=numbers.matter_of(same["number"])).update(phase="merged", merged_into=numbers.matter_of(main["number"]))
    cast.walk(main["number"])
    drain()

    found = rows(Letter, subject=numbers.matter_of(same["number"]))
    assert [one.occasion for one in found] == ["matter.received", "matter.accepted", "matter.answered", "matter.closed"]
    assert all(same["query_code"] in (letters.opened(one) or {})["text"] for one in found)


def test_letters_stop_when_the_reporter_says_so(cast: Cast) -> None:
    made = reported(cast)
    drain()
    cast.do("matter.choose_letters", query_code=made["query_code"], wants_letters=False)
    cast.walk(made["number"])
    drain()

    assert occasions_of(made["number"]) == ["received"]
    with pytest.raises(Conflict):
        cast.do("matter.choose_letters", query_code=cast.report()["query_code"], wants_letters=True)


def test_several_questions_are_answered_in_any_order(cast: Cast) -> None:
    made = cast.report()
    first, second = (cast.do("matter.ask", "dispatcher", number=made["number"], text=text)["question"] for text in ("几号楼？", "几单元？"))

    cast.do("matter.answer", query_code=made["query_code"], question=second, text="2 单元")
    cast.do("matter.answer", query_code=made["query_code"], text="3 号楼")

    assert {one.pk: one.answer for one in rows(Question)} == {first: "3 号楼", second: "2 单元"}
    with pytest.raises(Conflict):
        cast.do("matter.answer", query_code=made["query_code"], question=second, text="再答")


def test_a_question_of_another_matter_is_not_answered_by_this_code(cast: Cast) -> None:
    mine, other = cast.report(), cast.report()
    question = cast.do("matter.ask", "dispatcher", number=other["number"], text="？")["question"]

    with pytest.raises(Conflict):
        cast.do("matter.answer", query_code=mine["query_code"], question=question, text="我来答")


def test_an_unanswered_question_comes_back_to_who_asked(cast: Cast) -> None:
    made = cast.report()
    cast.do("matter.ask", "dispatcher", number=made["number"], text="几号楼？")

    def asked(name: str) -> int:
        with looking(of_post(cast.actors[name]), read_only=True):
            return len(call_backs.unanswered(cast.actors[name], 10))

    now = asked("dispatcher")
    with later(days=4):
        assert (now, asked("dispatcher"), asked("handler"), asked("dispatcher2")) == (0, 1, 0, 0)


def test_a_bad_rating_is_called_back_within_its_own_time(cast: Cast) -> None:
    number = rated_badly(cast)["number"]

    found = rows(CallBack)
    assert [(one.cause, one.matter_id, one.round) for one in found] == [("bad_rating", numbers.matter_of(number), 1)]
    assert clock.local(found[0].due_at).date().isoformat() == "2026-11-18"


@pytest.mark.parametrize("score", [1, 2, 3])
def test_other_ratings_are_not_called_back(cast: Cast, score: int) -> None:
    made = cast.report()
    cast.walk(made["number"])
    cast.do("matter.rate", query_code=made["query_code"], score=score)
    drain()

    assert rows(CallBack) == []


def test_a_call_back_is_recorded_with_its_tries_and_ends_when_somebody_answers(cast: Cast) -> None:
    number = rated_badly(cast)["number"]

    call(cast, number, "not_reached")
    open_after_one = rows(CallBack)[0].ended_at
    call(cast, number, "satisfied")

    one = rows(CallBack)[0]
    assert open_after_one is None
    assert (one.outcome, one.tries, one.ended_by) == ("satisfied", 2, cast.dispatcher.account)
    assert [tried.result for tried in rows(CallBackTry)] == ["not_reached", "satisfied"]
    with pytest.raises(Conflict):
        call(cast, number, "satisfied")


def test_after_three_tries_nobody_is_bothered_further_and_the_reporter_gets_a_letter(cast: Cast) -> None:
    number = rated_badly(cast)["number"]
    for _ in range(3):
        call(cast, number, "not_reached")
    drain()

    assert rows(CallBack)[0].outcome == "unreachable"
    assert occasions_of(number)[-1] == "call_back"


@pytest.mark.parametrize("result", ["dissatisfied", "reopen"])
def test_what_the_reporter_said_must_be_written_down(cast: Cast, result: str) -> None:
    number = rated_badly(cast)["number"]

    with pytest.raises(Invalid) as caught:
        call(cast, number, result, note="")

    assert list(caught.value.fields) == ["note"]


def test_nobody_of_the_handling_unit_calls_back(cast: Cast) -> None:
    number = rated_badly(cast)["number"]
    as_handler = replace(cast.dispatcher, account=cast.handler.account)
    of_the_unit = replace(cast.dispatcher, organisation=cast.handler.organisation)

    for actor in (as_handler, of_the_unit):
        with pytest.raises(NotAble):
            run("matter.call_back", actor, {"number": number, "version": cast.version(number), "result": "satisfied"})
    with pytest.raises(NotAble):
        call(cast, number, "satisfied", by="handler")
    with pytest.raises(NotVisible):
        call(cast, number, "satisfied", by="dispatcher2")


def test_without_a_call_back_there_is_nothing_to_record(cast: Cast) -> None:
    number = cast.report()["number"]
    cast.walk(number)

    with pytest.raises(Conflict) as caught:
        call(cast, number, "reopen")

    assert caught.value.code == "no_call_back"


def test_a_late_call_back_rings_until_it_is_made(cast: Cast) -> None:
    number = rated_badly(cast)["number"]
    with later(days=3):
        ring_late()
        ring_late()
        ringing = rows(Alarm, ended_at=None)
        call(cast, number, "satisfied")
        drain()

        assert [(one.name, one.ability, one.subject) for one in ringing] == [("matters.late_call_back", "matter.call_back", numbers.matter_of(number))]
        assert rows(Alarm, ended_at=None) == []


def test_a_call_back_may_do_it_again_and_closing_needs_a_new_verification(cast: Cast) -> None:
    made = rated_badly(cast)
    number = made["number"]

    again = call(cast, number, "reopen")
    found = row(number)
    assert (again["phase"], found.round, found.reopenings, found.is_passed, found.closed_at) == ("handling", 2, 1, False, None)
    assert (found.unit, found.rating) == (cast.units["cleaners"], 5)
    version = cast.do("matter.reply", "handler", number=number, version=again["version"], note="重新修好", no_photo_reason="夜间")["version"]
    with pytest.raises(Conflict):
        cast.do("matter.close", "dispatcher", number=number, version=version)
    version = cast.do("matter.verify", "verifier", number=number, version=version, passed=True)["version"]
    cast.do("matter.close", "dispatcher", number=number, version=version)
    cast.do("matter.rate", query_code=made["query_code"], score=2)

    drain()
    assert [one.score for one in rows(Rating)] == [5, 2]
    assert row(number).rating == 2
    assert occasions_of(number)[-3:] == ["reopened", "answered", "closed"]
    assert stories.replay(rows(Move)) == {"phase": "closed", "version": row(number).version, "round": 2, "is_passed": True, "is_paused": False}


def test_the_reporter_may_ask_for_it_to_be_done_again_inside_the_window_only(cast: Cast) -> None:
    made = reported(cast)
    cast.walk(made["number"])
    with later(days=16), pytest.raises(Conflict) as late:
        cast.do("matter.object", query_code=made["query_code"], note="还在漏")

    done = cast.do("matter.object", query_code=made["query_code"], note=f"还在漏 {HOSTILE}")
    with pytest.raises(Conflict) as twice:
        cast.do("matter.object", query_code=made["query_code"], note="还在漏")

    assert (late.value.code, twice.value.code, done["phase"]) == ("window_over", "wrong_phase", "handling")


def test_re_opening_has_an_end(cast: Cast, settings: Any) -> None:
    settings.REOPENINGS = 1
    made = reported(cast)
    cast.walk(made["number"])
    version = cast.do("matter.object", query_code=made["query_code"], note="还在漏")["version"]
    version = cast.do("matter.reply", "handler", number=made["number"], version=version, note="好了", no_photo_reason="夜间")["version"]
    version = cast.do("matter.verify", "verifier", number=made["number"], version=version, passed=True)["version"]
    cast.do("matter.close", "dispatcher", number=made["number"], version=version)

    with pytest.raises(Conflict) as caught:
        cast.do("matter.object", query_code=made["query_code"], note="还在漏")

    assert caught.value.code == "reopened_too_often"


def test_an_objection_ends_the_call_back_that_waited(cast: Cast) -> None:
    made = rated_badly(cast)

    cast.do("matter.object", query_code=made["query_code"], note="还在漏")

    assert [one.outcome for one in rows(CallBack)] == ["reopened"]


def test_who_handled_in_an_earlier_round_never_verifies_a_later_one(cast: Cast) -> None:
    made = reported(cast)
    cast.walk(made["number"])
    version = cast.do("matter.object", query_code=made["query_code"], note="还在漏")["version"]
    cast.do("matter.reply", "handler", number=made["number"], version=version, note="好了", no_photo_reason="夜间")

    with pytest.raises(NotAble):
        run("matter.verify", replace(cast.verifier, account=cast.handler.account), {"number": made["number"], "version": cast.version(made["number"]), "passed": True})


def test_a_re_opened_matter_gets_limits_of_its_own(cast: Cast) -> None:
    made = reported(cast)
    cast.walk(made["number"])
    with later(days=1):
        cast.do("matter.object", query_code=made["query_code"], note="还在漏")

    found, limits = row(made["number"]), {one.name: one for one in rows(Limit)}
    assert clock.local(found.due_at).date().isoformat() == "2026-11-20"  # type: ignore[arg-type]
    assert (limits["handling"].met_at, limits["whole"].met_at) == (None, None)
    assert clock.local(found.close_due_at).date().isoformat() == "2026-12-01"  # type: ignore[arg-type]
    assert len([one for one in rows(Interval) if one.ended_at is None]) == 1
    assert "拟" in limits["handling"].explanation[0]["zh"]


def test_what_was_closed_late_stays_late(cast: Cast, owner: None) -> None:
    made = reported(cast)
    cast.walk(made["number"])
    Matter.objects.update(close_due_at=MONDAY - timedelta(hours=1))

    cast.do("matter.object", query_code=made["query_code"], note="还在漏")

    assert row(made["number"]).close_due_at == MONDAY - timedelta(hours=1)


def test_rework_after_re_opening_counts_the_new_limit_only(cast: Cast) -> None:
    made = reported(cast)
    cast.walk(made["number"])
    version = cast.do("matter.object", query_code=made["query_code"], note="还在漏")["version"]
    reopened_until = row(made["number"]).due_at
    version = cast.do("matter.reply", "handler", number=made["number"], version=version, note="好了", no_photo_reason="夜间")["version"]
    cast.do("matter.verify", "verifier", number=made["number"], version=version, passed=False, note="没好")

    assert row(made["number"]).due_at == reopened_until


def test_archiving_waits_for_the_call_back_of_a_dissatisfied_reporter(cast: Cast) -> None:
    number = rated_badly(cast)["number"]
    with later(days=16):
        drain()
        waiting = row(number).phase
        call(cast, number, "satisfied")
    with later(days=18):
        drain()

    assert (waiting, row(number).phase) == ("closed", "archived")
    assert next((one.sealed, one.masked) for one in rows(Letter)) == (None, "")


def test_a_longer_window_set_later_still_ends(cast: Cast, settings: Any) -> None:
    number = cast.report()["number"]
    cast.walk(number)
    drain()
    settings.RATING_DAYS = 30
    with later(days=16):
        drain()
        early = row(number).phase
    with later(days=31):
        drain()

    assert (early, row(number).phase) == ("closed", "archived")


def test_the_sample_is_drawn_again_by_anybody_who_knows_the_seed(cast: Cast, settings: Any) -> None:
    settings.SAMPLE_PERCENT = 40
    sampling.keep_draws()
    made = [reported(cast)["number"] for _ in range(12)]
    for number in made:
        cast.walk(number)
    drain()
    drawn = {one.matter_id for one in rows(CallBack)}

    with later(days=20):
        sampling.keep_draws()
    draw = Draw.objects.get(month="2026-11")
    again = {number for number in map(numbers.matter_of, made) if sampling.is_drawn(bytes.fromhex(draw.seed), number or 0, 1, draw.percent)}

    assert hashlib.sha256(bytes.fromhex(draw.seed)).hexdigest() == draw.digest
    assert drawn == again
    assert {one.cause for one in rows(CallBack)} <= {"sample"}


def test_the_share_of_the_sample_is_what_was_said() -> None:
    seed = hashlib.sha256(b"a fixed seed").digest()

    drawn = sum(sampling.is_drawn(seed, matter, 1, 10) for matter in range(20_000))

    assert 1_900 < drawn < 2_100
    assert not any(sampling.is_drawn(seed, matter, 1, 0) for matter in range(100))
    assert all(sampling.is_drawn(seed, matter, 1, 100) for matter in range(100))


def test_a_seed_is_fixed_once_and_shown_only_when_its_month_is_over(cast: Cast) -> None:
    sampling.keep_draws()

    assert [(one.month, one.seed) for one in Draw.objects.order_by("month")] == [("2026-11", ""), ("2026-12", "")]
    with pytest.raises(Conflict):
        run("draw.commit", system_actor("sampler"), {"month": "2026-12"})
    with pytest.raises(Conflict):
        run("draw.reveal", system_actor("sampler"), {"month": "2026-11"})
    with pytest.raises(NotAble):
        cast.do("draw.reveal", "sysadmin", month="2026-11")


def test_a_sampled_matter_that_is_rated_badly_becomes_urgent(cast: Cast, settings: Any) -> None:
    settings.SAMPLE_PERCENT = 100
    sampling.keep_draws()
    number = reported(cast)["number"]
    cast.walk(number)
    drain()
    sampled = [one.cause for one in rows(CallBack)]
    cast.do("matter.rate", query_code=numbers.query_code(numbers.matter_of(number) or 0), score=4)
    drain()

    found = rows(CallBack)
    assert sampled == ["sample"]
    assert [(one.cause, clock.local(one.due_at).date().isoformat()) for one in found] == [("bad_rating", "2026-11-18")]


def test_a_seed_made_afterwards_draws_nothing(cast: Cast, settings: Any) -> None:
    settings.SAMPLE_PERCENT = 100
    cast.walk(reported(cast)["number"])
    with later(minutes=1):
        sampling.keep_draws()
        drain()

    assert rows(CallBack) == []


def test_only_who_left_a_contact_is_sampled(cast: Cast, settings: Any) -> None:
    settings.SAMPLE_PERCENT = 100
    sampling.keep_draws()
    cast.walk(cast.report()["number"])
    cast.walk(cast.report("gridworker")["number"])
    drain()

    assert rows(CallBack) == []


def test_counts_say_how_many_were_reached_beside_how_many_are_satisfied(cast: Cast) -> None:
    first, second, third = (rated_badly(cast)["number"] for _ in range(3))
    call(cast, first, "satisfied")
    call(cast, second, "dissatisfied")

    with looking(of_post(cast.dispatcher), read_only=True):
        found = call_backs.counts(cast.dispatcher, MONDAY)["bad_rating"]
        waiting = call_backs.waiting(cast.dispatcher)
    with looking(of_post(cast.dispatcher2), read_only=True):
        foreign = call_backs.counts(cast.dispatcher2, MONDAY)
    assert (found.opened, found.reached, found.satisfied, found.in_time) == (3, 2, 1, 2)
    assert [numbers.number_of(one.matter_id) for one in waiting.rows] == [third]
    assert foreign == {}


def test_pages_of_call_backs_have_no_gap(cast: Cast) -> None:
    made = [rated_badly(cast)["number"] for _ in range(5)]
    seen, after = [], ""
    for _ in range(3):
        with looking(of_post(cast.dispatcher), read_only=True):
            page = call_backs.waiting(cast.dispatcher, after, most=2)
        seen += [numbers.number_of(one.matter_id) for one in page.rows]
        after = page.after

    assert (seen, after) == (made, "")
    for wrong in ("???", "YWJj", "x" * 200):
        with pytest.raises(Invalid), looking(of_post(cast.dispatcher), read_only=True):
            call_backs.waiting(cast.dispatcher, wrong)


def words_of(cast: Cast) -> dict[str, Any]:
    made = reported(cast, summary="我家楼上漏水")
    cast.do("matter.ask", "dispatcher", number=made["number"], text="几楼？")
    cast.do("matter.answer", query_code=made["query_code"], text="我住三楼")
    return made


def erase(cast: Cast, number: str) -> dict[str, Any]:
    return cast.do("journal.erase", "district", subject_kind="matter", subject=numbers.matter_of(number), reason="本人申请")


def test_erasure_takes_the_words_of_an_ended_matter_and_verification_counts_them(cast: Cast) -> None:
    made = words_of(cast)
    cast.walk(made["number"])
    cast.do("matter.rate", query_code=made["query_code"], score=5, text="太慢")
    drain()
    seals.seal()

    done = erase(cast, made["number"])

    assert (row(made["number"]).summary, rows(Question)[0].answer, rows(Rating)[0].text) == (TOMBSTONE,) * 3
    notes = [one.note for one in rows(Move, matter=numbers.matter_of(made["number"]))]
    assert notes[0] == TOMBSTONE
    assert any("已处理完毕" in note for note in notes)
    assert all(one.sealed is None for one in rows(Letter))
    verdict = seals.verify()
    assert verdict.is_whole
    assert (done["words"], verdict.words, done["is_complete"]) == (4, 4, True)
    assert verdict.erased == done["erased"] == 3


def test_while_a_matter_is_open_its_contact_goes_and_its_words_follow_at_the_end(cast: Cast) -> None:
    made = words_of(cast)
    drain()

    done = erase(cast, made["number"])
    still = row(made["number"]).summary
    cast.walk(made["number"])
    drain()

    assert (done["words"], done["is_complete"], still) == (0, False, "我家楼上漏水")
    assert rows(Contact) == []
    assert row(made["number"]).summary == TOMBSTONE
    assert seals.verify().is_whole
    assert seals.verify().words == 3


def test_history_takes_the_tombstone_and_nothing_else(cast: Cast, owner: None) -> None:
    cast.report()

    for note in ("other", "", TOMBSTONE + "!"):
        with pytest.raises(DatabaseError), transaction.atomic():
            Move.objects.update(note=note)
    with pytest.raises(DatabaseError), transaction.atomic():
        Move.objects.update(note=TOMBSTONE, actor_name="other")
    assert Move.objects.update(note=TOMBSTONE) == 1
