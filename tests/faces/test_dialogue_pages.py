# SPDX-License-Identifier: MulanPSL-2.0
"""The pages of the dialogue: what the reporter sees and does by code, call-backs, letters and wording on the desk, and the gateway's door."""

import io
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from linli.core import calendar_store, clock, editions, letter_sending
from linli.core.models import Evidence, Letter
from linli.core.sight import looking, of_all
from linli.matters import numbers, sampling
from linli.matters.models import CallBack, Matter, Question
from tests.cast import GRID, HOSTILE, Cast
from tests.faces.browsers import Enter, drain, page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("town")]
PHONE = "13800001234"


@pytest.fixture
def town(cast: Cast, settings: Any, tmp_path: Any) -> Cast:
    calendar_store.seed()
    settings.REPORT_LIMIT = 0
    settings.EVIDENCE_ROOT, settings.LETTERS_ROOT = tmp_path / "evidence", tmp_path / "letters"
    editions.forget_all()
    return cast


@pytest.fixture
def client() -> Client:
    return Client(headers={"accept-language": "zh-CN"})


def photo() -> SimpleUploadedFile:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(made, "JPEG")
    return SimpleUploadedFile("a.jpg", made.getvalue(), "image/jpeg")


def reported(cast: Cast, **more: Any) -> dict[str, Any]:
    return cast.report(**({"contact_phone": PHONE, "wants_letters": True} | more))


def rated_badly(cast: Cast) -> dict[str, Any]:
    made = reported(cast)
    cast.walk(made["number"])
    cast.do("matter.rate", query_code=made["query_code"], score=5, text=HOSTILE)
    drain()
    return made


def test_a_report_page_asks_for_messages_with_nothing_chosen(town: Cast, client: Client) -> None:
    shown = page(client, f"/report/?category={town.category}&area={GRID - 1}")

    assert 'name="contact_email"' in shown
    assert len(re.findall(r'name="wants_letters" value="[a-z]+"', shown)) == 2
    assert not re.search(r'name="wants_letters"[^>]* checked', shown)


def test_every_open_question_has_its_form_and_a_photo_comes_with_the_answer(town: Cast, client: Client) -> None:
    made = town.report(area=GRID)
    first, second = (town.do("matter.ask", "dispatcher", number=made["number"], text=text)["question"] for text in ("几号楼？", "几单元？"))
    story = f"/follow/{made['query_code']}/"
    shown = page(client, story)

    wrong = client.post(f"{story}answer?question={second}", {f"answer-{second}-text": "", "idempotency": "a"})
    done = client.post(f"{story}answer?question={second}", {f"answer-{second}-text": f"2 单元 {HOSTILE}", f"answer-{second}-evidence__files": [photo()], "idempotency": "b"})

    assert shown.count("办理人员想问您") == 2
    assert wrong.status_code == 422
    assert done.status_code == 303
    with looking(of_all(), read_only=True):
        answered, waiting, file = Question.objects.get(pk=second), Question.objects.get(pk=first), Evidence.objects.get()
    assert (answered.photos, waiting.answered_at, file.subject) == ([file.pk], None, numbers.matter_of(made["number"]))
    after = page(client, story)
    assert "<script>alert" not in after
    assert re.search(r"上报人回答.*?<img", after, re.S)


def test_the_reporter_objects_with_a_photo_and_sees_it_go_back(town: Cast, client: Client) -> None:
    made = reported(town, area=GRID)
    town.walk(made["number"])
    story = f"/follow/{made['query_code']}/"

    empty = client.post(f"{story}again", {"again-note": "", "idempotency": "a"})
    done = client.post(f"{story}again", {"again-note": "还在漏水", "again-evidence__files": [photo()], "idempotency": "b"})

    assert '<details class="card again" id="again">' in page(Client(headers={"accept-language": "zh-CN"}), f"/follow/{reported_and_closed(town)}/")
    assert (empty.status_code, done.status_code) == (422, 303)
    assert 'id="again" open' in empty.content.decode()
    shown = page(client, story)
    assert "第 1 次重新办理" in shown
    assert "还在漏水" in shown
    assert 'id="again"' not in shown
    with looking(of_all(), read_only=True):
        assert Matter.objects.get(pk=numbers.matter_of(made["number"])).phase == "handling"


def reported_and_closed(cast: Cast) -> str:
    made = reported(cast)
    cast.walk(made["number"])
    return str(made["query_code"])


def test_after_the_window_nothing_is_offered_and_a_forged_form_is_refused(town: Cast, client: Client) -> None:
    code = reported_and_closed(town)

    with clock.standing_at(clock.now() + timedelta(days=16)):
        shown = page(client, f"/follow/{code}/")
        forged = client.post(f"/follow/{code}/again", {"again-note": "还在漏水", "idempotency": "a"})

    assert 'id="again"' not in shown
    assert forged.status_code == 409
    assert "请重新上报" in forged.content.decode()


def test_the_reporter_sees_what_was_sent_masked_and_stops_it(town: Cast, client: Client) -> None:
    made = reported(town)
    drain()
    letter_sending.send()
    story = f"/follow/{made['query_code']}/"
    shown = page(client, story)

    stopped = client.post(f"{story}messages?wants=0", {"idempotency": "a"})

    assert "138****1234" in shown
    assert PHONE not in shown
    assert "已发出（试用：写入文件）" in shown
    assert stopped.status_code == 303
    assert "接收消息" in page(client, story)


@pytest.mark.parametrize("what", ["again", "messages", "answer", "rate"])
def test_a_wrong_code_does_nothing(town: Cast, client: Client, what: str) -> None:
    reported_and_closed(town)

    assert client.post(f"/follow/1-AAAAA-AAAAA/{what}", {"idempotency": "a"}).status_code == 404


def test_the_matter_shows_letters_and_sends_again_what_was_given_up(town: Cast, enter: Enter) -> None:
    made = reported(town)
    drain()
    with looking(of_all()):
        Letter.objects.update(state="given_up", next_at=None, trouble="gateway: HTTP 500")
        letter = Letter.objects.get().pk
    matter = f"/desk/matter/{made['number']}/"

    dispatcher, director = page(enter("dispatcher"), matter), page(enter("director"), matter)
    foreign = enter("dispatcher2").post(f"/desk/letters/{letter}/again", {"idempotency": "a"})
    forbidden = enter("handler").post(f"/desk/letters/{letter}/again", {"idempotency": "a"})
    done = enter("dispatcher").post(f"/desk/letters/{letter}/again", {"idempotency": "a"})
    repeated = enter("dispatcher").post(f"/desk/letters/{letter}/again", {"idempotency": "b"})

    assert "138****1234" in dispatcher
    assert PHONE not in dispatcher
    assert "gateway: HTTP 500" in dispatcher
    assert (f"/desk/letters/{letter}/again" in dispatcher, f"/desk/letters/{letter}/again" in director) == (True, False)
    assert (foreign.status_code, forbidden.status_code, done.status_code, repeated.status_code) == (404, 403, 303, 409)


def test_call_backs_stand_on_today_and_on_their_page_and_are_recorded_there(town: Cast, enter: Enter) -> None:
    made = rated_badly(town)
    number, client = made["number"], enter("dispatcher")
    today = page(client, "/desk/")
    shown = page(client, "/desk/call-backs/")
    form = page(client, f"/desk/matter/{number}/move/matter.call_back")

    refused = client.post(f"/desk/matter/{number}/move/matter.call_back", {"call_back-result": "reopen", "idempotency": "a", "version": town.version(number)})
    done = client.post(f"/desk/matter/{number}/move/matter.call_back", {
        "call_back-result": "satisfied", "call_back-note": "现在好了", "idempotency": "b", "version": town.version(number)})

    assert re.search(r"<strong>1</strong> <span>待回访</span>", today)
    assert f"/desk/matter/{number}/move/matter.call_back" in shown
    assert "<script>alert" not in shown
    assert "没有联系上" in form
    assert (refused.status_code, done.status_code) == (422, 303)
    after = page(client, "/desk/call-backs/")
    assert "现在没有要回访的" in after
    assert "100.0%" in after
    with looking(of_all(), read_only=True):
        assert CallBack.objects.get().outcome == "satisfied"


@pytest.mark.parametrize(("name", "status"), [("handler", 403), ("verifier", 403), ("gridworker", 403), ("director", 403), ("sysadmin", 403)])
def test_call_backs_are_the_dispatchers_alone(town: Cast, enter: Enter, name: str, status: int) -> None:
    rated_badly(town)

    page(enter(name), "/desk/call-backs/", status)


def test_a_neighbouring_street_sees_no_call_back(town: Cast, enter: Enter) -> None:
    number = rated_badly(town)["number"]

    assert number not in page(enter("dispatcher2"), "/desk/call-backs/")
    page(enter("dispatcher"), "/desk/call-backs/?after=nonsense", 422)


def test_digests_are_shown_before_and_seeds_after(town: Cast, enter: Enter) -> None:
    with clock.standing_at(clock.now() - timedelta(days=40)):
        sampling.keep_draws()
    sampling.keep_draws()

    shown = page(enter("dispatcher"), "/desk/call-backs/")

    assert shown.count(">月末后公布<") == 2
    assert len(re.findall(r'<code class="digest">[0-9a-f]{64}</code>', shown)) >= 4


def test_the_page_of_call_backs_asks_little_however_long_the_list(town: Cast, enter: Enter) -> None:
    client, counts = enter("dispatcher"), []
    for _ in range(2):
        rated_badly(town)
        rated_badly(town)
        page(client, "/desk/call-backs/")
        with CaptureQueriesContext(connection) as asked:
            page(client, "/desk/call-backs/")
        counts.append(len([one for one in asked if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))]))

    assert counts[0] == counts[1] <= 9


def test_a_question_that_stays_unanswered_is_a_pile_of_its_asker(town: Cast, enter: Enter) -> None:
    number = town.report()["number"]
    town.do("matter.ask", "dispatcher", number=number, text="几号楼？")
    with looking(of_all()):
        Question.objects.update(due_at=clock.now() - timedelta(hours=1))
    client = enter("dispatcher")

    assert re.search(r"<strong>1</strong> <span>提问未获回答</span>", page(client, "/desk/"))
    assert "没有回答（拟）" in page(client, f"/desk/matter/{number}/")


def test_wording_is_previewed_counted_checked_and_published(town: Cast, enter: Enter) -> None:
    client, address = enter("sysadmin"), "/desk/wording/matter.closed/sms/"
    given = {"text_zh": f"已结案 {{code}} {HOSTILE.replace('{{ 7*7 }}', '')}", "text_en": "Closed {code}", "idempotency": "a"}
    assert "已结案" in page(client, "/desk/wording/")
    first = page(client, address)

    preview = client.post(address, given | {"preview": "1"})
    wrong = client.post(address, given | {"text_zh": "没有码", "idempotency": "b"})
    done = client.post(address, given | {"idempotency": "c"})

    assert "还没有发布过" in first
    assert "1234-7KQ2M-9XR4T" in preview.content.decode()
    assert re.search(r"\d+ 字，\d 条短信", preview.content.decode())
    assert "<script>alert" not in preview.content.decode()
    assert (preview.status_code, wrong.status_code, done.status_code) == (200, 422, 303)
    assert "没有码" in wrong.content.decode()
    editions.forget_all()
    assert "现行第 1 版" in page(client, address)


@pytest.mark.parametrize("address", ["/desk/wording/", "/desk/wording/matter.closed/email/"])
def test_wording_is_the_administrators_alone(town: Cast, enter: Enter, address: str) -> None:
    assert page(enter("sysadmin"), address)
    page(enter("dispatcher"), address, 403)
    assert "not force" not in page(enter("sysadmin", "en"), address)


def test_an_unknown_occasion_is_not_there(town: Cast, enter: Enter) -> None:
    page(enter("sysadmin"), "/desk/wording/matter.nothing/sms/", 404)
    page(enter("sysadmin"), "/desk/wording/matter.closed/pigeon/", 404)


@pytest.fixture
def sent(town: Cast, settings: Any) -> Letter:
    """A letter that was sent, and a gateway that has its key."""
    settings.LETTER_SECRETS = {"report_key": "k" * 20}
    reported(town)
    drain()
    letter_sending.send()
    with looking(of_all(), read_only=True):
        return Letter.objects.get()


def state() -> str:
    with looking(of_all(), read_only=True):
        return Letter.objects.get().state


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"X-Linli-Key": ""}, {"Authorization": "Bearer 钥匙".encode().decode("latin-1")}])
def test_without_its_key_the_gateways_door_is_not_there(sent: Letter, client: Client, headers: dict[str, str]) -> None:
    answer = client.post("/letters/delivery", json.dumps({"id": str(sent.client), "state": "delivered"}), content_type="application/json", headers=headers)

    assert answer.status_code == 404
    assert state() == "sent"


def test_without_a_key_in_the_secret_file_no_key_opens(sent: Letter, client: Client, settings: Any) -> None:
    settings.LETTER_SECRETS = {}

    assert client.post("/letters/delivery", {"id": str(sent.client)}, headers={"X-Linli-Key": ""}).status_code == 404


@pytest.mark.parametrize("is_json", [True, False])
def test_a_report_of_delivery_is_noted(sent: Letter, client: Client, is_json: bool) -> None:
    report = {"id": str(sent.client), "state": "delivered"}
    body: Any = json.dumps([report, {"id": "nobody"}, 7]) if is_json else report
    more: dict[str, Any] = {"content_type": "application/json"} if is_json else {}

    answer = client.post("/letters/delivery", body, headers={"Authorization": "Bearer " + "k" * 20}, **more)

    assert answer.json() == {"noted": 1}
    assert state() == "delivered"


def test_a_report_in_the_gateways_own_words_is_understood(sent: Letter, client: Client, settings: Any) -> None:
    settings.SMS_REPORT_ID, settings.SMS_REPORT_DELIVERED = "data.sn", "data.status=DELIVRD|0"
    report = {"data": {"sn": str(sent.client), "status": "UNDELIV"}}

    client.post("/letters/delivery", json.dumps(report), content_type="application/json", headers={"X-Linli-Key": "k" * 20})

    assert state() == "given_up"


@pytest.mark.parametrize("body", [b"", b"{", b"[[]]", b"null", b'{"id": {}}', b'{"id": []}', b"\xff\xfe"])
def test_a_broken_report_breaks_nothing(sent: Letter, client: Client, body: bytes) -> None:
    answer = client.post("/letters/delivery", body, content_type="application/json", headers={"X-Linli-Key": "k" * 20})

    assert (answer.status_code, answer.json()) == (200, {"noted": 0})


def test_what_a_secret_reporter_was_sent_is_shown_to_the_dispatcher_alone(town: Cast, enter: Enter) -> None:
    made = reported(town)
    town.walk(made["number"], "handling")
    drain()
    with looking(of_all()):
        Matter.objects.update(is_secret=True)
    address = f"/desk/matter/{made['number']}/"

    assert "138****1234" in page(enter("dispatcher"), address)
    assert "138****1234" not in page(enter("handler"), address)


def test_a_report_with_messages_takes_one_statement_more_than_one_without(town: Cast) -> None:
    counts = []
    for given in ({"contact_phone": PHONE}, {"contact_phone": PHONE, "wants_letters": True}):
        town.report(**given)
        with CaptureQueriesContext(connection) as asked:
            town.report(**given)
        counts.append(sum(one["sql"].count(";\n") + 1 for one in asked if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))))

    assert counts[1] <= counts[0] + 1
    assert counts[1] <= 16
