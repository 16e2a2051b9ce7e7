# SPDX-License-Identifier: MulanPSL-2.0
"""Asking addresses outside: what is never asked, and what is never taken."""

import http.client
import socket
from typing import Any

import pytest

from linli.core import outgoing
from linli.core.outgoing import Unreachable, fetch, is_listed, is_public

HOSTS = {"photos.example.org"}
URL = "https://photos.example.org/a.jpg"


@pytest.mark.parametrize("url", [
    "http://photos.example.org/a", "https://photos.example.org:8443/a", "https://a:b@photos.example.org/", "https://photos.example.org.evil.test/", "ftp://photos.example.org/",
    "https://evil.test/?photos.example.org", "https://photos.example.org\r\nX: y/", "https://photos.example.org/ä",
    "https://[::1", "file:///etc/passwd", "", "https://photos.example.org/" + "a" * 3000,
    "https://sub.photos.example.org/"])
def test_an_address_that_is_not_on_the_list_is_not_asked(url: str) -> None:
    assert not is_listed(url, HOSTS)
    with pytest.raises(Unreachable):
        fetch(url, hosts=HOSTS, most=10)


@pytest.mark.parametrize("address", [
    "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1", "255.255.255.255",
    "::1", "fe80::1", "fc00::1", "::ffff:10.0.0.1",
    "2002:a00:1::1", "64:ff9b::a00:1", "2001:0:0:0:0:0:0:1", "::", "text", "192.0.2.1"])
def test_an_address_of_no_public_network_is_none(address: str) -> None:
    assert not is_public(address)


def test_public_addresses_are_public() -> None:
    assert is_public("93.184.216.34")
    assert is_public("2606:2800:220:1:248:1893:25c8:1946")


def resolving(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[int]:
    asked: list[int] = []

    def found(*_: Any, **__: Any) -> list[Any]:
        asked.append(1)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443)) for one in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", found)
    return asked


def test_a_name_with_one_private_address_is_refused_for_good(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, "93.184.216.34", "127.0.0.1")

    with pytest.raises(Unreachable) as refused:
        fetch(URL, hosts=HOSTS, most=10)

    assert refused.value.is_final


class Answer:
    """What a server says, without a network."""

    def __init__(self, status: int = 200, body: bytes = b"picture", media: str = "image/jpeg", length: int | None = None) -> None:
        self.status, self.body, self.length = status, body, length
        self.headers = http.client.HTTPMessage()
        self.headers["Content-Type"] = media

    def read1(self, size: int) -> bytes:
        part, self.body = self.body[:size], self.body[size:]
        return part


def answering(monkeypatch: pytest.MonkeyPatch, answer: Answer) -> list[str]:
    """The connection that was made, to which address."""
    made: list[str] = []

    class Line:
        def __init__(self, host: str, address: str, seconds: float) -> None:
            made.append(f"{host} {address}")

        def request(self, *_: Any, **__: Any) -> None:
            """Nothing is sent."""

        def getresponse(self) -> Answer:
            return answer

        def close(self) -> None:
            """Nothing is open."""

    resolving(monkeypatch, "93.184.216.34")
    monkeypatch.setattr(outgoing, "_Pinned", Line)
    return made


def test_the_connection_goes_to_the_address_that_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    made = answering(monkeypatch, Answer())

    assert fetch(URL, hosts=HOSTS, most=100, types=("image/jpeg",)).content == b"picture"
    assert made == ["photos.example.org 93.184.216.34"]


def test_the_socket_is_opened_to_the_address_and_the_name_is_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, tried = resolving(monkeypatch, "93.184.216.34"), []

    def refuse(address: Any, *_: Any) -> None:
        tried.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", refuse)
    with pytest.raises(Unreachable) as refused:
        fetch(URL, hosts=HOSTS, most=10)

    assert (asked, tried) == ([1], [("93.184.216.34", 443)])
    assert not refused.value.is_final


@pytest.mark.parametrize(("answer", "is_final"), [
    (Answer(302), True), (Answer(301), True), (Answer(404), True), (Answer(503), False), (Answer(429), False), (Answer(media="text/html"), True),
    (Answer(body=b"x" * 101), True), (Answer(length=5), False)])
def test_redirects_errors_other_types_and_too_much_are_refused(monkeypatch: pytest.MonkeyPatch, answer: Answer, is_final: bool) -> None:
    answering(monkeypatch, answer)

    with pytest.raises(Unreachable) as refused:
        fetch(URL, hosts=HOSTS, most=100, types=("image/jpeg",))

    assert refused.value.is_final is is_final
