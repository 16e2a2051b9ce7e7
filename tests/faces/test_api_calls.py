# SPDX-License-Identifier: MulanPSL-2.0
"""The verbs as machines use them: once is once, stale is stale, and nothing that can be sent breaks anything."""

import base64
import io
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from PIL import Image

from linli.core.sight import looking, of_all
from linli.matters.models import Matter
from tests.cast import CITY, COMMUNITY, COMMUNITY2, HOSTILE, STREET, Cast

REPORT = "/api/v1/actions/matter.report"


def send(client: Client, cast: Cast, action: str, body: object, who: str = "", **headers: str) -> tuple[int, dict[str, Any]]:
    """Status and content of an action's answer; a text goes out as it is."""
    sent = body if isinstance(body, str | bytes) else json.dumps(body)
    answer = client.generic("POST", f"/api/v1/actions/{action}", sent, content_type="application/json",
                            headers=cast.headers(who) | {name.replace("_", "-"): value for name, value in headers.items()})
    return answer.status_code, answer.json()


def report_of(cast: Cast, **more: object) -> dict[str, object]:
    """A complete report."""
    return {"category": cast.category, "summary": HOSTILE, "area": COMMUNITY} | more


def matters() -> int:
    """How many matters there are, whoever may see them."""
    with looking(of_all(), read_only=True):
        return Matter.objects.count()


def photo() -> io.BytesIO:
    """A small picture, as a telephone would send it."""
    body = io.BytesIO()
    Image.new("RGB", (80, 60), (120, 160, 90)).save(body, "JPEG")
    body.name = "现场 1.jpg"
    body.seek(0)
    return body


def test_the_whole_loop_runs_over_the_api(client: Client, cast: Cast) -> None:
    _, made = send(client, cast, "matter.report", report_of(cast))
    given = {"number": made["number"], "version": made["version"]}
    steps = (("matter.file", "dispatcher", {}), ("matter.dispatch", "dispatcher", {"unit": cast.units["cleaners"]}), ("matter.receive", "handler", {}),
             ("matter.handle", "handler", {"note": "清理中"}), ("matter.reply", "handler", {"note": "清理完毕", "no_photo_reason": "无"}),
             ("matter.verify", "gridworker", {"passed": True}), ("matter.close", "dispatcher", {}))

    phases = []
    for action, who, more in steps:
        _, answer = send(client, cast, action, given | more, who)
        given = given | {"version": answer["version"]}
        phases.append(answer["phase"])
    status, _ = send(client, cast, "matter.rate", {"query_code": made["query_code"], "score": 1})

    assert phases == ["filed", "dispatched", "handling", "handling", "verifying", "verifying", "closed"]
    assert status == 200


def test_a_repeat_under_one_key_gets_the_first_answer_with_its_query_code(client: Client, cast: Cast) -> None:
    first = send(client, cast, "matter.report", report_of(cast), Idempotency_Key="a-key")
    second = send(client, cast, "matter.report", report_of(cast), Idempotency_Key="a-key")

    assert first == second
    assert first[1]["query_code"]
    assert matters() == 1


def test_other_content_under_a_used_key_is_a_conflict(client: Client, cast: Cast) -> None:
    send(client, cast, "matter.report", report_of(cast), Idempotency_Key="a-key")

    status, answer = send(client, cast, "matter.report", report_of(cast, summary="另一件事"), Idempotency_Key="a-key")

    assert (status, answer["fault"]["code"]) == (409, "key_reused")
    assert matters() == 1


def test_the_same_key_of_two_accounts_is_two_keys(client: Client, cast: Cast) -> None:
    first = send(client, cast, "matter.report", report_of(cast), "gridworker", Idempotency_Key="a-key")
    second = send(client, cast, "matter.report", report_of(cast), "director", Idempotency_Key="a-key")

    assert first[1]["number"] != second[1]["number"]


def test_a_refused_call_leaves_its_key_free(client: Client, cast: Cast) -> None:
    refused = send(client, cast, "matter.report", report_of(cast, summary=""), Idempotency_Key="a-key")

    mended = send(client, cast, "matter.report", report_of(cast), Idempotency_Key="a-key")

    assert (refused[0], mended[0]) == (422, 200)


@pytest.mark.slow
def test_the_same_report_sent_at_once_from_many_connections_is_one_matter(transactional_db: None, cast: Cast) -> None:
    def once(_: int) -> tuple[int, dict[str, Any]]:
        try:
            return send(Client(), cast, "matter.report", report_of(cast), "gridworker", Idempotency_Key="all-at-once")
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as crowd:
        answers = list(crowd.map(once, range(12)))

    assert {status for status, _ in answers} == {200}
    assert len({answer["number"] for _, answer in answers}) == 1
    assert len({answer["query_code"] for _, answer in answers}) == 1
    assert matters() == 1


@pytest.mark.slow
def test_of_many_dispatchers_who_accept_at_once_one_succeeds(transactional_db: None, cast: Cast) -> None:
    number = cast.report()["number"]

    def once(_: int) -> int:
        try:
            return send(Client(), cast, "matter.file", {"number": number, "version": 1}, "dispatcher")[0]
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as crowd:
        statuses = sorted(crowd.map(once, range(6)))

    assert statuses == [200, 409, 409, 409, 409, 409]


def test_a_stale_edit_is_shown_both_versions(client: Client, cast: Cast) -> None:
    number = cast.report()["number"]
    cast.walk(number, to="filed")

    status, answer = send(client, cast, "matter.dispatch", {"number": number, "version": 1, "unit": cast.units["cleaners"]}, "dispatcher", Accept_Language="en")

    assert (status, answer["fault"]["code"]) == (409, "stale")
    assert "from version 1 to 2" in answer["fault"]["message"]


def test_a_step_in_the_wrong_phase_is_a_conflict_with_a_remedy(client: Client, cast: Cast) -> None:
    number = cast.report()["number"]

    status, answer = send(client, cast, "matter.close", {"number": number, "version": 1}, "dispatcher")

    assert (status, answer["fault"]["code"]) == (409, "wrong_phase")
    assert answer["fault"]["remedy"]


def test_faults_speak_the_language_that_is_asked_for_and_chinese_otherwise(client: Client, cast: Cast) -> None:
    said = [send(client, cast, "matter.report", report_of(cast, summary=""), Accept_Language=language)[1]["fault"]["fields"]["summary"]
            for language in ("en-GB,en;q=0.9", "zh-CN", "fr", "")]

    assert said == ["Please fill in: Description of the problem.", "请填写问题描述。", "请填写问题描述。", "请填写问题描述。"]


@pytest.mark.parametrize("unseen", ["   ", "\u200b", "\u00a0\ufeff", "\u2060\u200d"])
def test_a_report_of_invisible_characters_says_nothing(client: Client, cast: Cast, unseen: str) -> None:
    status, answer = send(client, cast, "matter.report", report_of(cast, summary=unseen))

    assert (status, answer["fault"]["fields"]) == (422, {"summary": "请填写问题描述。"})


def test_what_happened_earlier_may_be_said_within_bounds(client: Client, cast: Cast) -> None:
    statuses = {text: send(client, cast, "matter.report", report_of(cast, occurred_at=text))[0]
                for text in ("2099-01-01T00:00:00Z", "2001-01-01T00:00:00Z", "yesterday", "2026-13-45", "9999-12-31T23:59:59-23:59")}

    assert set(statuses.values()) == {422}


BODIES = {
    "nothing": ("{}", 422), "no JSON": ("{", 400), "not UTF-8": (b"\xff\xfe\x00", 400), "a list": ("[1]", 400), "a number": ("7", 400), "null": ("null", 400),
    "not a number": ('{"summary": NaN}', 400), "deep": ('{"summary": ' + "[" * 200_000 + "]" * 200_000 + "}", 400),
    "rather deep": ('{"summary": ' + "[" * 40 + "]" * 40 + "}", 422), "a huge number": ('{"category": ' + "9" * 5_000 + "}", 400),
    "a large number": ('{"category": ' + "9" * 400 + "}", 422), "half a character": ('{"summary": "\\ud83d"}', 422),
    "NUL": ('{"summary": "a\\u0000b"}', 422), "NUL in a name": ('{"a\\u0000": 1}', 422), "an unknown field": ('{"is_admin": true}', 422),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_makes_no_sense_gets_a_sentence(client: Client, cast: Cast, name: str) -> None:
    body, expected = BODIES[name]

    status, answer = send(client, cast, "matter.report", body)

    assert status == expected
    assert answer["fault"]["message"]
    assert answer["fault"]["remedy"]


VALUES: tuple[object, ...] = ([], {}, ["x"], {"a": 1}, True, 1.5, -1, 10**30, "²", "٣", "\t", "\u202e", "\x07", "x" * 100_000, "'; drop table x; --", "𠮷" * 3_000, None)


@pytest.mark.parametrize("field", ["category", "summary", "area", "address", "position", "evidence", "contact_phone", "urgency", "occurred_at"])
def test_no_value_of_any_field_breaks_a_report(client: Client, cast: Cast, settings: Any, field: str) -> None:
    settings.REPORT_LIMIT = 0

    answers = [send(client, cast, "matter.report", report_of(cast) | {field: value}) for value in VALUES]

    assert {status for status, _ in answers} <= {200, 404, 422}
    assert all("fault" in answer for status, answer in answers if status != 200)


def test_a_report_may_name_its_place_by_nothing_but_a_position(client: Client, cast: Cast, settings: Any) -> None:
    settings.REPORT_LIMIT = 0
    given = {"category": cast.category, "summary": HOSTILE}

    answers = [send(client, cast, "matter.report", given | {"position": value}) for value in (*VALUES, "117.2,39.1", [117.2, 39.1], "0,0", [1e308, "inf"])]

    assert {status for status, _ in answers} == {422}
    assert all(answer["fault"]["fields"] for _, answer in answers)


@pytest.mark.parametrize("field", ["number", "version", "unit", "note"])
def test_no_value_of_any_field_breaks_a_step(client: Client, cast: Cast, field: str) -> None:
    number = cast.report()["number"]
    cast.walk(number, to="filed")
    given = {"number": number, "version": 2, "unit": cast.units["cleaners"], "note": ""}

    statuses = {send(client, cast, "matter.dispatch", given | {field: value}, "dispatcher")[0] for value in VALUES if value not in (None, [], "\t", "\u202e")}

    assert statuses <= {200, 404, 409, 422}
    assert 500 not in statuses


def test_a_list_is_no_text(client: Client, cast: Cast) -> None:
    status, answer = send(client, cast, "matter.report", report_of(cast, summary=["a", "b"]), Accept_Language="en")

    assert status == 422
    assert answer["fault"]["fields"] == {"summary": "Description of the problem must be text."}


def test_four_byte_characters_and_tags_are_kept_as_they_are(client: Client, cast: Cast) -> None:
    number = send(client, cast, "matter.report", report_of(cast))[1]["number"]

    story = client.get(f"/api/v1/matters/{number}", headers=cast.headers("director")).json()

    assert story["summary"] == HOSTILE


def test_another_content_type_or_method_gets_a_sentence(client: Client, cast: Cast) -> None:
    form = client.post(REPORT, {"summary": "x"})
    text = client.generic("POST", REPORT, "{}", content_type="text/plain")
    method = client.get(REPORT)
    nowhere = client.get("/api/v1/nothing/here")

    assert [one.status_code for one in (form, text, method, nowhere)] == [415, 415, 405, 404]
    assert all(one.json()["fault"]["remedy"] for one in (form, text, method, nowhere))
    assert method.headers["Allow"] == "POST"


def test_a_body_that_is_too_large_is_refused_unread(client: Client, cast: Cast) -> None:
    status, answer = send(client, cast, "matter.report", '{"summary": "' + "x" * 3_000_000 + '"}')

    assert (status, answer["fault"]["code"]) == (413, "too_large")


def test_an_action_that_does_not_exist_is_not_found(client: Client, cast: Cast) -> None:
    answers = [send(client, cast, name, {}, "dispatcher")[0] for name in ("matter.delete", "x" * 300, "%00", "matter.report%00")]

    assert set(answers) <= {404, 422}


@pytest.mark.parametrize("key", ["k" * 129, "键", "a\x7fb"])
def test_an_impossible_key_gets_a_sentence(client: Client, cast: Cast, key: str) -> None:
    status, answer = send(client, cast, "matter.report", report_of(cast), Idempotency_Key=key)

    assert status == 422
    assert "idempotency_key" in answer["fault"]["fields"]


QUERIES = (
    "matters?phase=nonsense", "matters?area=abc", "matters?area=99999999999999999999", "matters?cursor=AAAA", "matters?cursor=%00", "matters?limit=101",
    "matters?limit=-1", "matters?category=99999999999999999999", "matters?unit=0", "matters?state=%F0%9F%98%80", "matters?order=due&cursor=eyJpZCI6MSwiYmFjayI6ZmFsc2V9",
    "matters?order=due&cursor=eyJpZCI6MSwiYmFjayI6ZmFsc2UsImR1ZSI6IngifQ", "journal?cursor=-1", "journal?cursor=99999999999999999999", "journal?subject=1",
    "journal?action=%00", "places?at=2026-99-99", "places?parent=-1", "places?cursor=x", "follow?query_code=%00", "results?period=1", "results?area=x",
    "measures/D3-11/members?cursor=x", "measures/D3-11/members?period=2026-13", "units",
)


@pytest.mark.parametrize("query", QUERIES)
def test_a_parameter_that_makes_no_sense_gets_a_sentence(client: Client, cast: Cast, query: str) -> None:
    answer = client.get(f"/api/v1/{query}", headers=cast.headers("dispatcher"))

    assert answer.status_code == 422
    assert answer.json()["fault"]["fields"]


def test_public_reports_are_limited_by_device_and_staff_are_not(client: Client, cast: Cast, settings: Any) -> None:
    settings.REPORT_LIMIT = 2

    public = [send(client, cast, "matter.report", report_of(cast))[0] for _ in range(3)]
    staff = [send(client, cast, "matter.report", report_of(cast), "gridworker")[0] for _ in range(3)]

    assert public == [200, 200, 429]
    assert staff == [200, 200, 200]


def test_a_limit_is_told_with_the_time_to_wait(client: Client, cast: Cast, settings: Any) -> None:
    settings.REPORT_LIMIT = 1
    send(client, cast, "matter.report", report_of(cast))

    answer = client.post(REPORT, report_of(cast), content_type="application/json")

    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 600


def test_a_photo_is_uploaded_and_attached_by_whoever_shows_its_voucher(client: Client, cast: Cast, evidence_folder: None) -> None:
    kept = client.post("/api/v1/evidence", {"file": photo(), "area": COMMUNITY})
    made = send(client, cast, "matter.report", report_of(cast, evidence=[kept.json()["id"]], vouchers=[kept.json()["voucher"]]))
    story = client.get(f"/api/v1/matters/{made[1]['number']}", headers=cast.headers("director")).json()

    photos = [one for entry in story["entries"] for one in entry["photos"]]
    assert kept.status_code == 200
    assert [one["id"] for one in photos] == [kept.json()["id"]]
    assert client.get(photos[0]["href"]).headers["Content-Type"] == "image/jpeg"


def test_the_number_of_an_upload_alone_attaches_nothing(client: Client, cast: Cast, evidence_folder: None) -> None:
    kept, other = (client.post("/api/v1/evidence", {"file": photo(), "area": COMMUNITY}).json() for _ in range(2))

    statuses = [send(client, cast, "matter.report", report_of(cast, evidence=[kept["id"]], **more))[0]
                for more in ({}, {"vouchers": []}, {"vouchers": [other["voucher"]]}, {"vouchers": [kept["voucher"][:-2]]}, {"vouchers": kept["voucher"]},
                             {"vouchers": [7]}, {"vouchers": [HOSTILE]}, {"vouchers": ["x"] * 10})]

    assert statuses == [422] * 8
    with looking(of_all(), read_only=True):
        assert not Matter.objects.exists()


def test_a_photo_of_another_device_or_account_cannot_be_attached(client: Client, cast: Cast, evidence_folder: None) -> None:
    kept = client.post("/api/v1/evidence", {"file": photo(), "area": COMMUNITY}, headers={"User-Agent": "another"}).json()["id"]
    mine = client.post("/api/v1/evidence", {"file": photo()}, headers=cast.headers("gridworker")).json()["id"]

    statuses = [send(client, cast, "matter.report", report_of(cast, evidence=[kept]))[0],
                send(client, cast, "matter.report", report_of(cast, evidence=[mine]), "director")[0],
                send(client, cast, "matter.report", report_of(cast, evidence=[10**9]))[0]]

    assert statuses == [422, 422, 422]


def test_an_upload_stands_in_the_journal_by_digest_only(client: Client, cast: Cast, evidence_folder: None) -> None:
    client.post("/api/v1/evidence", {"file": photo(), "area": COMMUNITY})

    line = client.get("/api/v1/journal?action=evidence.add", headers=cast.headers("director")).json()["items"][0]

    assert line["payload"]["file"].startswith("sha256:")
    assert line["area"] == COMMUNITY


@pytest.mark.parametrize("area", ["", "abc", str(STREET), str(CITY), "1", "²"])
def test_the_public_uploads_to_a_named_community_only(client: Client, cast: Cast, area: str) -> None:
    answer = client.post("/api/v1/evidence", {"file": photo(), "area": area})

    assert answer.status_code == 422
    assert answer.json()["fault"]["fields"]["area"]


def test_staff_upload_within_their_range_only(client: Client, cast: Cast) -> None:
    answer = client.post("/api/v1/evidence", {"file": photo(), "area": COMMUNITY2}, headers=cast.headers("gridworker"))

    assert answer.status_code == 404


@pytest.mark.parametrize("content", [b"", b"MZ\x90\x00 not a picture", b"\xff\xd8\xff\xe0 half a picture"])
def test_a_file_that_is_no_picture_gets_a_sentence(client: Client, cast: Cast, content: bytes) -> None:
    file = io.BytesIO(content)
    file.name = "<script>.jpg"

    answer = client.post("/api/v1/evidence", {"file": file, "area": COMMUNITY})

    assert answer.status_code == 422
    assert answer.json()["fault"]["message"]


def test_an_upload_without_a_file_gets_a_sentence(client: Client, cast: Cast) -> None:
    answers = [client.post("/api/v1/evidence", {"area": COMMUNITY}), client.post("/api/v1/evidence", b"x", content_type="multipart/form-data; boundary=")]

    assert [one.status_code for one in answers] == [422, 400]
    assert all(one.json()["fault"]["message"] for one in answers)


def test_a_photo_may_also_come_as_base64_in_the_action_itself(client: Client, cast: Cast, evidence_folder: None) -> None:
    body = {"area": COMMUNITY, "file": base64.b64encode(photo().read()).decode()}

    taken = send(client, cast, "evidence.add", body)
    refused = [send(client, cast, "evidence.add", body | {"file": value})[0] for value in ("***", [], ["x"], 7, None, "eA==", {})]

    assert (taken[0], taken[1]["media_type"]) == (200, "image/jpeg")
    assert refused == [422] * 7


def test_public_uploads_are_limited_too(client: Client, cast: Cast, settings: Any, evidence_folder: None) -> None:
    settings.REPORT_LIMIT = 1

    statuses = [client.post("/api/v1/evidence", {"file": photo(), "area": COMMUNITY}).status_code for _ in range(10)]

    assert statuses == [200] * 9 + [429]


@pytest.fixture
def evidence_folder(settings: Any, tmp_path: Any) -> None:
    """Files of a test lie apart."""
    settings.EVIDENCE_ROOT = tmp_path
