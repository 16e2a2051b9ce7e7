# SPDX-License-Identifier: MulanPSL-2.0
"""The loop of a matter, step by step: who may, who may not, and what each refusal says."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from linli.core import clock, due, editions, seals
from linli.core.actions import run
from linli.core.faults import Conflict, Fault, Invalid, NotAble, NotVisible
from linli.core.models import SubjectKey
from linli.core.sight import PUBLIC, looking, of_all, of_post
from linli.matters import inbox, numbers, stories
from linli.matters.inbox import Filter
from linli.matters.models import Category, Contact, Interval, Limit, Matter, Move, Scheme
from tests.cast import COMMUNITY, DISTRICT, GRID, HOSTILE, Cast

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)


def row(number: str) -> Matter:
    with looking(of_all(), read_only=True):
        return Matter.objects.select_related("category").get(id=numbers.matter_of(number))


def test_the_whole_loop_ends_closed_verified_by_another_and_rated(cast: Cast) -> None:
    made = cast.report()

    cast.walk(made["number"])
    rated = cast.do("matter.rate", query_code=made["query_code"], score=1, text="很快")

    found = row(made["number"])
    assert (found.phase, found.is_verified_by_other, found.rating, rated["version"]) == ("closed", True, 1, found.version)


def test_a_report_answers_a_number_and_a_code_that_opens_it(cast: Cast) -> None:
    made = cast.report()

    assert numbers.matter_by_code(made["query_code"].lower().replace("-", " ", 1).replace(" ", "-")) == numbers.matter_of(made["number"])


@pytest.mark.parametrize("code", ["", "1", "1-AAAAA-AAAAA", "0-00000-00000", "x" * 500, "1-\x00AAAA-AAAAA", "99999999999999999999-AAAAA-AAAAA"])
def test_a_wrong_code_finds_nothing(cast: Cast, code: str) -> None:
    cast.report()

    with pytest.raises(Fault) as caught:
        cast.do("matter.rate", query_code=code, score=1)

    assert caught.value.status in (404, 422)


@pytest.mark.parametrize("number", ["", "LL000000000", "LL999999999", "1", "LL1'; drop", None])
def test_a_number_that_is_not_there_reads_like_a_hidden_one(cast: Cast, number: Any) -> None:
    hidden = cast.report()["number"]
    with pytest.raises(NotVisible) as foreign:
        cast.do("matter.file", "dispatcher2", number=hidden, version=1)

    with pytest.raises(NotVisible) as absent:
        cast.do("matter.file", "dispatcher", number=number, version=1)

    assert (absent.value.code, absent.value.message) == (foreign.value.code, foreign.value.message)


def test_who_sees_but_may_not_is_told_so(cast: Cast) -> None:
    number = cast.report()["number"]

    with pytest.raises(NotAble):
        cast.do("matter.file", "director", number=number, version=1)


def test_a_stale_edit_names_both_versions(cast: Cast) -> None:
    number = cast.report()["number"]
    cast.do("matter.file", "dispatcher", number=number, version=1)

    with pytest.raises(Conflict) as caught:
        cast.do("matter.refuse", "dispatcher", number=number, version=1, reason="not_found")

    assert caught.value.code == "stale"
    assert "1" in caught.value.message.zh
    assert "2" in caught.value.message.zh


def test_closing_needs_a_passed_verification(cast: Cast) -> None:
    number = cast.report()["number"]
    version = cast.walk(number, "verifying")["version"]

    with pytest.raises(Conflict) as caught:
        cast.do("matter.close", "dispatcher", number=number, version=version)

    assert caught.value.code == "not_verified"


def test_the_handler_may_not_verify_in_another_post(cast: Cast) -> None:
    number = cast.report()["number"]
    version = cast.walk(number, "verifying")["version"]
    disguised = replace(cast.verifier, account=cast.handler.account)

    with pytest.raises(NotAble) as caught:
        run("matter.verify", disguised, {"number": number, "version": version, "passed": True})

    assert caught.value.code == "handled_it"


def test_nobody_of_the_handling_unit_may_verify(cast: Cast) -> None:
    number = cast.report()["number"]
    version = cast.walk(number, "verifying")["version"]
    colleague = replace(cast.verifier, organisation=cast.handler.organisation)

    with pytest.raises(NotAble) as caught:
        run("matter.verify", colleague, {"number": number, "version": version, "passed": True})

    assert caught.value.code == "same_unit"


@pytest.mark.parametrize("column", ["verifier", "verifier_unit"])
def test_the_database_refuses_what_the_code_would_let_through(cast: Cast, column: str, owner: None) -> None:
    number = cast.report()["number"]
    cast.walk(number, "verifying")
    values = {"verifier": cast.verifier.account, "verifier_unit": cast.verifier.organisation}
    values[column] = cast.handler.account if column == "verifier" else cast.handler.organisation

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """insert into matters_verification (area, matter_id, round, handler, handler_unit, verifier, verifier_unit, is_passed, at)
            values (%s, %s, 1, %s, %s, %s, %s, true, now())""",
            [COMMUNITY, numbers.matter_of(number), cast.handler.account, cast.handler.organisation, values["verifier"], values["verifier_unit"]])


def test_a_verification_must_name_a_real_handling(cast: Cast, owner: None) -> None:
    number = cast.report()["number"]
    cast.walk(number, "verifying")

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """insert into matters_verification (area, matter_id, round, handler, handler_unit, verifier, verifier_unit, is_passed, at)
            values (%s, %s, 1, 987, 986, %s, %s, true, now()); set constraints all immediate""",
            [COMMUNITY, numbers.matter_of(number), cast.verifier.account, cast.verifier.organisation])


def test_a_unit_takes_only_what_was_dispatched_to_it(cast: Cast) -> None:
    number = cast.report()["number"]
    version = cast.walk(number, "dispatched")["version"]
    stranger = replace(cast.handler, organisation=cast.verifier.organisation)

    with pytest.raises(NotAble) as caught:
        run("matter.receive", stranger, {"number": number, "version": version})

    assert caught.value.code == "other_unit"


def test_dispatch_refuses_a_unit_of_another_place_and_one_that_receives_nothing(cast: Cast) -> None:
    number = cast.report()["number"]
    version = cast.walk(number, "filed")["version"]

    for unit in ("cleaners2", "inspectors", "office"):
        with pytest.raises(Invalid) as caught:
            cast.do("matter.dispatch", "dispatcher", number=number, version=version, unit=cast.units[unit])
        assert list(caught.value.fields) == ["unit"]


def test_a_return_needs_a_reason_and_lets_dispatch_again(cast: Cast) -> None:
    number = cast.report()["number"]
    version = cast.walk(number, "dispatched")["version"]

    with pytest.raises(Invalid) as caught:
        cast.do("matter.return", "handler", number=number, version=version)
    back = cast.do("matter.return", "handler", number=number, version=version, reason="not_competent", duty="他-99", note="不是本单位")

    found = row(number)
    assert list(caught.value.fields) == ["reason"]
    assert (back["phase"], found.unit, found.returns) == ("filed", None, 1)


def test_a_refusal_needs_a_reason_and_ends_the_matter(cast: Cast) -> None:
    number = cast.report()["number"]

    with pytest.raises(Invalid):
        cast.do("matter.refuse", "dispatcher", number=number, version=1, reason="because")
    ended = cast.do("matter.refuse", "dispatcher", number=number, version=1, reason="duplicate", note="见另一件")

    assert ended["phase"] == "refused"
    assert row(number).is_open is False


def test_a_failed_verification_sends_back_with_the_time_that_was_left(cast: Cast) -> None:
    with clock.standing_at(MONDAY):
        number = cast.report()["number"]
        cast.walk(number, "handling")
        first_due = row(number).due_at
    with clock.standing_at(MONDAY + timedelta(days=2)):
        version = cast.version(number)
        replied = cast.do("matter.reply", "handler", number=number, version=version, note="好了")
        failed = cast.do("matter.verify", "verifier", number=number, version=replied["version"], passed=False, note="没清干净")

    found = row(number)
    with looking(of_all(), read_only=True):
        limit = Limit.objects.get(matter=found.pk, name="handling")
        intervals = list(Interval.objects.filter(matter=found.pk, limit="handling").order_by("id"))
    assert (failed["phase"], found.round, found.failures) == ("handling", 2, 1)
    assert found.due_at == first_due == limit.due_at
    assert [bool(one.ended_at) for one in intervals] == [True, False]
    assert any("剩余" in sentence["zh"] for sentence in limit.explanation)


def test_a_failed_verification_must_say_what_is_wrong(cast: Cast) -> None:
    number = cast.report()["number"]
    version = cast.walk(number, "verifying")["version"]

    with pytest.raises(Invalid) as caught:
        cast.do("matter.verify", "verifier", number=number, version=version, passed=False)

    assert list(caught.value.fields) == ["note"]


def test_a_kind_that_asks_for_photos_takes_a_reason_instead_but_not_nothing(cast: Cast) -> None:
    category = Category.objects.filter(kind="six_problems").order_by("id").first()
    number = cast.report(category=category.pk)["number"]  # type: ignore[union-attr]
    version = cast.walk(number, "handling")["version"]

    with pytest.raises(Invalid) as caught:
        cast.do("matter.reply", "handler", number=number, version=version, note="已拆除")
    replied = cast.do("matter.reply", "handler", number=number, version=version, note="已拆除", no_photo_reason="现场禁止拍摄")

    assert set(caught.value.fields) == {"evidence", "no_photo_reason"}
    assert replied["phase"] == "verifying"


def test_a_rating_has_no_default_and_happens_once(cast: Cast) -> None:
    made = cast.report()
    cast.walk(made["number"])

    with pytest.raises(Invalid):
        cast.do("matter.rate", query_code=made["query_code"])
    cast.do("matter.rate", query_code=made["query_code"], score=5)
    with pytest.raises(Conflict) as again:
        cast.do("matter.rate", query_code=made["query_code"], score=1)

    assert again.value.code == "already_rated"


def test_rating_before_closing_is_a_wrong_phase(cast: Cast) -> None:
    made = cast.report()

    with pytest.raises(Conflict) as caught:
        cast.do("matter.rate", query_code=made["query_code"], score=1)

    assert caught.value.code == "wrong_phase"


def test_a_question_is_answered_by_code(cast: Cast) -> None:
    made = cast.report()
    cast.do("matter.ask", "dispatcher", number=made["number"], text="几号楼？")

    cast.do("matter.answer", query_code=made["query_code"], text="3 号楼 2 门")
    with pytest.raises(Conflict):
        cast.do("matter.answer", query_code=made["query_code"], text="再答")

    with looking(of_post(cast.dispatcher), read_only=True):
        story = stories.story_of(row(made["number"]))
    assert [one.text for one in story.entries][-2:] == ["几号楼？", "3 号楼 2 门"]


def test_the_contact_is_sealed_looked_at_with_a_reason_and_erased(cast: Cast) -> None:
    made = cast.report(contact_name="某居民", contact_phone="13800000000")
    with looking(of_all(), read_only=True):
        sealed = bytes(Contact.objects.get().sealed)

    seen = cast.do("matter.reveal", "dispatcher", number=made["number"], reason="回访")
    with pytest.raises(NotAble):
        cast.do("matter.reveal", "verifier", number=made["number"], reason="好奇")
    cast.do("journal.erase", "district", subject_kind="matter", subject=numbers.matter_of(made["number"]), reason="本人申请")

    assert b"13800000000" not in sealed
    assert seen["contact"]["contact_phone"] == "13800000000"
    assert cast.do("matter.reveal", "dispatcher", number=made["number"], reason="回访")["contact"] == {}


@pytest.mark.parametrize(("given", "field"), [
    ({"category": 999_999}, "category"), ({"category": "x"}, "category"), ({"category": None}, "category"), ({"summary": ""}, "summary"),
    ({"summary": "x" * 4001}, "summary"), ({"area": DISTRICT}, "area"), ({"area": 1}, "area"), ({"area": None}, "area"),
    ({"position": "200,100"}, "position"), ({"position": "2.35,48.85"}, "position"), ({"position": "here"}, "position"),
    ({"contact_phone": "call me"}, "contact_phone"), ({"evidence": [987654]}, "evidence"), ({"evidence": "x"}, "evidence"),
    ({"urgency": "very"}, "urgency"), ({"phase": "closed"}, "phase"), ({"summary": "nul\x00"}, "summary"),
])
def test_a_wrong_report_is_refused_with_a_sentence_for_its_field(cast: Cast, given: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        cast.report(**given)

    assert field in caught.value.fields
    assert caught.value.fields[field].zh


def test_a_category_of_an_expired_version_is_refused_by_name(cast: Cast) -> None:
    Scheme.objects.filter(code="gbt47678_5").update(valid_to=clock.today() - timedelta(days=1))

    with pytest.raises(Invalid) as caught:
        cast.report()

    assert "已停用" in caught.value.fields["category"].zh


def test_a_grid_worker_reports_as_patrol_under_his_name(cast: Cast) -> None:
    number = cast.report("gridworker", area=GRID)["number"]

    found = row(number)
    assert (found.source, found.reporter, found.is_contactable, found.area) == ("patrol", cast.gridworker.account, False, GRID)


def test_reporting_leaves_the_words_exactly_as_typed(cast: Cast) -> None:
    assert row(cast.report()["number"]).summary == HOSTILE


def test_the_reporters_view_names_no_staff(cast: Cast) -> None:
    made = cast.report()
    cast.walk(made["number"])

    with looking(of_all(), read_only=True):
        entries = stories.public_entries(stories.story_of(row(made["number"])))
    assert all(one.who == "" for one in entries)
    assert any("已处理完毕" in one.text for one in entries)


def test_a_closed_matter_is_archived_without_its_contact_when_rating_is_over(cast: Cast) -> None:
    made = cast.report(contact_phone="13800000000")
    cast.walk(made["number"])
    due.drain()

    with clock.standing_at(clock.now() + timedelta(days=16)):
        due.drain()

    assert row(made["number"]).phase == "archived"
    with looking(of_all(), read_only=True):
        assert (Contact.objects.count(), SubjectKey.objects.count()) == (0, 0)
    assert seals.verify().is_whole


def test_a_step_may_not_happen_before_the_one_before_it(cast: Cast) -> None:
    number = cast.report()["number"]

    with pytest.raises(Invalid) as caught:
        run("matter.file", cast.dispatcher, {"number": number, "version": 1}, occurred_at=clock.now() - timedelta(hours=2))

    assert list(caught.value.fields) == ["occurred_at"]


def test_a_step_overtaken_by_another_is_a_conflict_and_no_wrong_field(cast: Cast) -> None:
    number = cast.report()["number"]

    with clock.standing_at(clock.now() - timedelta(seconds=5)), pytest.raises(Conflict):
        run("matter.file", cast.dispatcher, {"number": number, "version": 1})


def test_history_is_never_edited(cast: Cast, owner: None) -> None:
    cast.report()

    with pytest.raises(DatabaseError), transaction.atomic():
        Move.objects.update(note="other")


def test_pages_of_the_inbox_go_forth_and_back_without_a_gap(cast: Cast) -> None:
    made = [cast.report()["number"] for _ in range(7)]

    with looking(of_post(cast.dispatcher), read_only=True):
        first = inbox.page(cast.dispatcher, Filter(), limit=3)
        second = inbox.page(cast.dispatcher, Filter(), first.older, limit=3)
        third = inbox.page(cast.dispatcher, Filter(), second.older, limit=3)
        back = inbox.page(cast.dispatcher, Filter(), second.newer, limit=3)

    seen = [numbers.number_of(one.pk) for page in (first, second, third) for one in page.rows]
    assert seen == made[::-1]
    assert [one.pk for one in back.rows] == [one.pk for one in first.rows]
    assert (first.newer, third.older) == ("", "")


def test_what_waits_is_shown_to_whom_it_waits_for(cast: Cast) -> None:
    number = cast.report()["number"]
    cast.walk(number, "verifying")

    def piles(name: str) -> dict[str, int]:
        with looking(of_post(cast.actors[name]), read_only=True):
            return {one.name: len(one.rows) for one in inbox.waiting_for(cast.actors[name])}

    assert piles("verifier") == {"verify": 1, "check_settled": 0}
    assert piles("gridworker") == {"verify": 1, "check_settled": 0}
    assert piles("handler") == {"answer": 0, "receive": 0, "own": 0, "handle": 0, "warned": 0}
    assert piles("gridworker2") == {"verify": 0, "check_settled": 0}


def test_the_public_sees_no_matter_by_query(cast: Cast) -> None:
    cast.report()

    with looking(of_post(PUBLIC), read_only=True):
        assert list(Matter.objects.visible_to(PUBLIC)) == []


def test_a_category_ended_behind_our_back_is_refused_all_the_same(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    cast.report()
    monkeypatch.setattr(editions, "CHECK_SECONDS", 0.0)
    with connection.cursor() as cursor:
        cursor.execute("update matters_scheme set valid_to = current_date - 1 where code = 'gbt47678_5'")

    with pytest.raises(Invalid) as caught:
        cast.report()

    assert list(caught.value.fields) == ["category"]
