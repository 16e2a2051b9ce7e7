# SPDX-License-Identifier: MulanPSL-2.0
"""Providers against real sockets: an HTTP gateway and an SMTP server that say yes, no, nothing sensible, or nothing at all."""

import json
import socketserver
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from uuid import UUID

import pytest

from linli.core import providers
from linli.core.providers import Misconfigured, Outgoing

CLIENT = UUID(int=7)
ONE = Outgoing(1, CLIENT, "13800001234", "", '您好"，{id} \\ 😀', "zh-hans")
MAIL = Outgoing(2, CLIENT, "zhang@example.cn", "标题\n第二行", "正文", "zh-hans")
Answer = Callable[[BaseHTTPRequestHandler], None]


class Gateway:
    """A gateway of the test: what it was sent, and what it answers."""

    def __init__(self) -> None:
        self.sent: list[tuple[dict[str, str], bytes]] = []
        self.status, self.body, self.location = 200, b"{}", ""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                outer.sent.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(outer.status)
                if outer.location:
                    self.send_header("Location", outer.location)
                self.end_headers()
                self.wfile.write(outer.body)

            def log_message(self, *more: Any) -> None:
                """Quiet."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def gateway(settings: Any) -> Iterator[Gateway]:
    made = Gateway()
    settings.SMS_URL = f"http://127.0.0.1:{made.server.server_port}/send"
    settings.SMS_TYPE, settings.SMS_BODY = "json", '{"sn": "{id}", "mobile": ["{address}"], "content": "【邻里】{text}", "n": 1}'
    settings.SMS_HEADER, settings.LETTER_SECRETS = "X-Key: {key}", {"sms_key": "geheim"}
    settings.SMS_SUCCESS, settings.SMS_NUMBER, settings.SMS_TIMEOUT = "code=0|ok", "data.0.id", 2
    yield made
    made.server.shutdown()
    made.server.server_close()


def sent_once() -> providers.Outcome:
    return next(providers.to_gateway([ONE]))


def test_the_body_carries_text_as_it_is_and_the_key_stands_in_the_header(gateway: Gateway) -> None:
    gateway.body = b'{"code": 0, "data": [{"id": 4711}]}'

    outcome = sent_once()

    headers, body = gateway.sent[0]
    assert json.loads(body) == {"sn": str(CLIENT), "mobile": ["13800001234"], "content": '【邻里】您好"，{id} \\ 😀', "n": 1}
    assert headers["X-Key"] == "geheim"
    assert (outcome.is_taken, outcome.number) == (True, "4711")


def test_a_form_is_sent_as_a_form(gateway: Gateway, settings: Any) -> None:
    settings.SMS_TYPE, settings.SMS_BODY, settings.SMS_SUCCESS = "form", "m={address}&c={text}&k={key}", ""

    assert sent_once().is_taken
    assert b"m=13800001234&c=%E6%82%A8" in gateway.sent[0][1]
    assert b"k=geheim" in gateway.sent[0][1]


@pytest.mark.parametrize(("status", "body"), [(200, b'{"code": 5}'), (200, b"<html>"), (200, b""), (500, b"{}"), (403, b"13800001234")])
def test_whatever_is_not_a_yes_is_a_no_without_the_address_in_it(gateway: Gateway, status: int, body: bytes) -> None:
    gateway.status, gateway.body = status, body

    outcome = sent_once()

    assert (outcome.is_taken, outcome.is_final) == (False, False)
    assert "13800001234" not in outcome.trouble


def test_the_key_follows_no_redirect(gateway: Gateway) -> None:
    gateway.status, gateway.location = 302, f"http://127.0.0.1:{gateway.server.server_port}/elsewhere"

    assert sent_once().trouble == "gateway: HTTP 302"
    assert len(gateway.sent) == 1


def test_a_gateway_that_is_not_there_is_a_no(settings: Any) -> None:
    settings.SMS_URL, settings.SMS_TIMEOUT = "http://127.0.0.1:9/send", 1

    assert not sent_once().is_taken


@pytest.mark.parametrize(("url", "body"), [("http://sms.example.cn/", "{}"), ("", "{}"), ("https://sms.example.cn/", "{not json")])
def test_a_wrong_setting_is_named(settings: Any, url: str, body: str) -> None:
    settings.SMS_URL, settings.SMS_BODY, settings.SMS_TYPE = url, body, "json"

    with pytest.raises(Misconfigured, match="LINLI_SMS_"):
        providers.gateway_request(ONE)
    assert "LINLI_SMS_" in sent_once().trouble


class Talk(socketserver.StreamRequestHandler):
    """A mail server that knows enough of the protocol; `refuses` is the answer to the recipient, `hangs_up` ends after so many mails."""

    refuses = b""
    hangs_up = 99

    def handle(self) -> None:
        self.wfile.write(b"220 hello\r\n")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                self.wfile.write(b"354 go\r\n")
                mail = b""
                while (part := self.rfile.readline()) != b".\r\n":
                    mail += part
                self.server.mails.append(mail)  # type: ignore[attr-defined]
                if len(self.server.mails) >= type(self).hangs_up:  # type: ignore[attr-defined]
                    return
            if verb == b"RCPT" and type(self).refuses:
                self.wfile.write(type(self).refuses)
            else:
                self.wfile.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n")


@pytest.fixture
def post_office(settings: Any) -> Iterator[type[Talk]]:
    class Own(Talk):
        mails: list[bytes] = []

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Own)
    server.mails = Own.mails  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.SMTP_HOST, settings.SMTP_PORT, settings.SMTP_SECURITY, settings.SMTP_USER = "127.0.0.1", server.server_address[1], "none", ""
    settings.MAIL_FROM = "linli@example.cn"
    yield Own
    server.shutdown()
    server.server_close()


def test_a_mail_carries_our_number_as_its_id_and_one_line_of_title(post_office: type[Talk]) -> None:
    outcome = next(providers.to_smtp([MAIL]))

    assert outcome.is_taken
    assert f"Message-ID: <{CLIENT}@example.cn>".encode() in post_office.mails[0]  # type: ignore[attr-defined]


@pytest.mark.parametrize(("refusal", "is_final"), [(b"550 no such user zhang@example.cn\r\n", True), (b"451 later\r\n", False)])
def test_a_refused_recipient_is_final_or_not_by_its_code(post_office: type[Talk], refusal: bytes, is_final: bool) -> None:
    post_office.refuses = refusal

    outcome = next(providers.to_smtp([MAIL]))

    assert (outcome.is_taken, outcome.is_final) == (False, is_final)
    assert "zhang" not in outcome.trouble


def test_a_server_that_hangs_up_fails_what_is_left(post_office: type[Talk]) -> None:
    post_office.hangs_up = 2

    outcomes = list(providers.to_smtp([MAIL, MAIL, MAIL]))

    assert [one.is_taken for one in outcomes] == [True, False, False]


def test_no_server_is_a_no_for_each(settings: Any) -> None:
    settings.SMTP_HOST = ""

    assert [one.trouble for one in providers.to_smtp([MAIL, MAIL])] == ["smtp: OSError"] * 2
