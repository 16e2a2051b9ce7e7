# SPDX-License-Identifier: MulanPSL-2.0
"""A form that is sent while the database is away comes back with everything that was typed, and its second press counts once."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from linli.core import actions
from linli.doors import cookies
from linli.elements import sessions
from linli.elements.models import Account
from tests.cast import HOSTILE, Cast

pytestmark = pytest.mark.django_db
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


@pytest.fixture
def desk(cast: Cast) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="zh-CN", raise_request_exception=False)
    client.cookies[cookies.SESSION] = sessions.open_for(Account.objects.get(username="dispatcher")).cookie
    return client


def go_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*given: Any, **more: Any) -> Any:
        raise OperationalError("the server closed the connection unexpectedly")

    monkeypatch.setattr(actions, "run", gone)


def test_what_was_typed_is_there_again_and_the_second_press_counts_once(cast: Cast, desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    number = cast.report()["number"]
    address, typed = reverse("desk:move", args=[number, "matter.file"]), {"idempotency": "k" * 32, "version": "1", "file-note": f"先核对地址 {HOSTILE}"}
    with monkeypatch.context() as away:
        go_away(away)
        answer = desk.post(address, typed)
    page = answer.content.decode()

    assert answer.status_code == 503
    assert answer["Cache-Control"] == "no-store"
    assert "先核对地址" in page
    assert "<script>alert" not in page
    assert dict(HIDDEN.findall(page))["idempotency"] == typed["idempotency"]
    assert [desk.post(address, typed).status_code for _ in range(2)] == [303, 303]
    assert cast.version(number) == 2


def test_photos_are_asked_for_again_and_nothing_is_sent_without_them(cast: Cast, desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    number = cast.report()["number"]
    go_away(monkeypatch)

    page = desk.post(reverse("desk:move", args=[number, "matter.file"]), {"file-note": "附照片 一张", "photo": SimpleUploadedFile("a.jpg", b"x")}).content.decode()

    assert "附照片 一张" in page
    assert "重新选照片" in page
    assert "<button class=\"button primary\"" not in page


def test_a_password_is_never_shown_again_and_a_machine_gets_its_sentence(cast: Cast, desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    number = cast.report()["number"]
    go_away(monkeypatch)

    with_password = desk.post("/password", {"password": "geheim geheim", "new_password": "noch geheimer"}).content.decode()
    machine = desk.post(reverse("desk:move", args=[number, "matter.file"]), {"file-note": "机器 发的"}, headers={"Accept": "application/json"})

    assert "geheim" not in with_password
    assert "机器" not in machine.content.decode()
