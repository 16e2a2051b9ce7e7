# SPDX-License-Identifier: MulanPSL-2.0
"""The one door to write: allowed, atomic, idempotent, bounded in time, journalled; tried with planted actions."""

import itertools
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from linli.core import actions, clock, registry
from linli.core.actions import Action, Call, Done, action, run
from linli.core.faults import Conflict, Fault, Invalid, NotAble
from linli.core.fields import Field
from linli.core.models import Answer, Facet, JournalLine, JournalPayload
from linli.core.protection import Protection
from linli.core.sight import PUBLIC, Actor, looking, of_all, of_place
from linli.core.words import words

AREA = 120101001001000
NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
WORKER = Actor(name="工作人员", role="tester", abilities=frozenset({"test.note"}), lo=AREA, hi=AREA + 1000, account=41, post=5)
ONLOOKER = Actor(name="旁人", role="tester", abilities=frozenset(), lo=AREA, hi=AREA + 1000, account=42, post=6)
FIELDS = (
    Field("text", words("内容", "Text"), "long_text", required=True, limit=50),
    Field("phone", words("电话", "Phone"), "phone", protection=Protection.PERSONAL),
)


numbers = itertools.count(1)


def write_a_note(call: Call) -> Done:
    made = Facet.objects.create(area=AREA, subject_kind="test", subject=next(numbers), key="note", value=call.given["text"])
    if call.given["text"] == "fail":
        raise Conflict
    return Done(area=AREA, subject=made.subject, answer={"note": made.subject}, is_new=True)


@pytest.fixture
def note() -> Iterator[Action]:
    made = action("test.note", words("记一笔", "Make a note"), ability="test.note", subject="test", fields=FIELDS)(write_a_note)
    yield made
    registry.REGISTRY.remove("action", "test.note")


@pytest.fixture
def open_note() -> Iterator[Action]:
    made = action("test.open_note", words("公开记一笔", "Make a public note"), ability=None, subject="test", fields=FIELDS,
                  sight="place_named_in_input", opens=lambda actor, given: of_place(AREA, AREA + 1000))(write_a_note)
    yield made
    registry.REGISTRY.remove("action", "test.open_note")


def counted(model: Any) -> int:
    with looking(of_all()):
        return int(model.objects.count())


pytestmark = pytest.mark.django_db


def test_an_action_leaves_one_line_with_its_payload(note: Action) -> None:
    answer = run("test.note", WORKER, {"text": "楼道清理"}, key="a")

    with looking(of_all()):
        line, payload = JournalLine.objects.get(), JournalPayload.objects.get()
    assert (line.action, line.actor, line.post, line.role, line.subject) == ("test.note", 41, 5, "tester", answer["note"])
    assert payload.plain == {"text": "楼道清理"}
    assert payload.sealed is None


def test_what_is_personal_never_stands_plain_in_the_journal(note: Action) -> None:
    run("test.note", WORKER, {"text": "x", "phone": "13800000000"})

    with looking(of_all()):
        payload = JournalPayload.objects.get()
    assert "phone" not in payload.plain
    assert payload.sealed is not None
    assert b"13800000000" not in bytes(payload.sealed)


def test_without_the_ability_nothing_happens(note: Action) -> None:
    with pytest.raises(NotAble):
        run("test.note", ONLOOKER, {"text": "x"})

    assert counted(JournalLine) == 0


def test_the_public_is_asked_to_sign_in(note: Action) -> None:
    with pytest.raises(Fault) as caught:
        run("test.note", PUBLIC, {"text": "x"})

    assert caught.value.status == 401


def test_a_failing_body_leaves_nothing(note: Action) -> None:
    with pytest.raises(Conflict):
        run("test.note", WORKER, {"text": "fail"}, key="a")

    assert (counted(Facet), counted(JournalLine), Answer.objects.count()) == (0, 0, 0)


def test_a_repeat_gets_the_first_answer_and_does_nothing(note: Action) -> None:
    first = run("test.note", WORKER, {"text": "x"}, key="same")
    second = run("test.note", WORKER, {"text": "x"}, key="same")

    assert first == second
    assert (counted(Facet), counted(JournalLine)) == (1, 1)


def test_a_repeat_that_ran_beside_its_first_and_is_refused_by_what_that_did_gets_the_first_answer(note: Action, monkeypatch: pytest.MonkeyPatch) -> None:
    given, answers = {"text": "fail"}, [None, {"note": 7}]
    monkeypatch.setattr(actions._Once, "first_answer", lambda once: answers.pop(0))

    assert run("test.note", WORKER, given, key="same") == {"note": 7}
    assert counted(JournalLine) == 0


def test_a_key_with_other_content_is_refused(note: Action) -> None:
    run("test.note", WORKER, {"text": "x"}, key="same")

    with pytest.raises(Conflict) as caught:
        run("test.note", WORKER, {"text": "y"}, key="same")

    assert caught.value.code == "key_reused"


def test_the_same_key_of_another_caller_is_another_request(open_note: Action) -> None:
    first = run("test.open_note", PUBLIC, {"text": "x"}, key="same", device=b"one")
    second = run("test.open_note", PUBLIC, {"text": "x"}, key="same", device=b"two")

    assert first != second


def test_the_kept_answer_holds_no_personal_data(note: Action) -> None:
    run("test.note", WORKER, {"text": "x", "phone": "13800000000"}, key="a")

    with connection.cursor() as cursor:
        cursor.execute("select answer::text || encode(given, 'escape') from core_answer")
        kept = cursor.fetchone()[0]
    assert "13800000000" not in kept


def test_an_unknown_action_is_a_sentence(db: None) -> None:
    with pytest.raises(Fault) as caught:
        run("test.nothing<script>", WORKER, {})

    assert caught.value.status == 404


@pytest.mark.parametrize(("hours", "field"), [(1, "occurred_at"), (-100, "occurred_at")])
def test_a_time_of_happening_out_of_bounds_is_refused(note: Action, hours: int, field: str) -> None:
    with clock.standing_at(NOW), pytest.raises(Invalid) as caught:
        run("test.note", WORKER, {"text": "x"}, occurred_at=NOW + timedelta(hours=hours))

    assert list(caught.value.fields) == [field]


def test_the_time_of_happening_stands_beside_the_time_of_recording(note: Action) -> None:
    with clock.standing_at(NOW):
        run("test.note", WORKER, {"text": "x"}, occurred_at=NOW - timedelta(hours=5))

    with looking(of_all()):
        line = JournalLine.objects.get()
    assert line.recorded_at - line.occurred_at == timedelta(hours=5)


@pytest.mark.parametrize("text", ["", None, "a" * 51, "bell\x07", "nul\x00", ["x", "y"] * 40])
def test_wrong_text_is_refused_with_a_sentence_for_its_field(note: Action, text: Any) -> None:
    with pytest.raises(Invalid) as caught:
        run("test.note", WORKER, {"text": text})

    assert "text" in caught.value.fields


@pytest.mark.parametrize("text", ["😀 四字节", "<script>alert(1)</script>", "'; drop table core_due; --", "‮倒序", "{{ settings }}", "%s %(x)s"])
def test_odd_but_honest_text_is_kept_as_it_is(note: Action, text: str) -> None:
    run("test.note", WORKER, {"text": text})

    with looking(of_all()):
        assert Facet.objects.get().value == text


def test_a_field_that_does_not_exist_is_named(note: Action) -> None:
    with pytest.raises(Invalid) as caught:
        run("test.note", WORKER, {"text": "x", "is_admin": True})

    assert list(caught.value.fields) == ["is_admin"]


@pytest.mark.parametrize(("more", "sentence"), [
    ({"sight": "everything"}, "Use one of"),
    ({"sight": "whole_subtree"}, "does not say how it opens"),
    ({"ability": None}, "open to anybody"),
])
def test_a_bad_declaration_is_refused(more: dict[str, Any], sentence: str) -> None:
    given = {"ability": "test.bad", "subject": "test", **more}

    with pytest.raises(ValueError, match=sentence):
        action("test.bad", words("坏", "Bad"), **given)(write_a_note)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_under_one_key_do_it_once(note: Action) -> None:
    answers: list[Any] = []

    def go() -> None:
        answers.append(run("test.note", WORKER, {"text": "x"}, key="race"))
        connection.close()

    threads = [threading.Thread(target=go) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(20)

    assert len(answers) == 4
    assert all(one == answers[0] for one in answers)
    assert counted(JournalLine) == 1
