# SPDX-License-Identifier: MulanPSL-2.0
"""Where the site listens."""

import socket
from pathlib import Path

import pytest

from launcher.serving import Address, read_address, require_free
from launcher.troubles import Trouble


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LINLI_PORT", "LINLI_HOST", "LINLI_TLS_CERT", "LINLI_TLS_KEY"):
        monkeypatch.delenv(name, raising=False)


def test_nothing_set_means_this_machine_on_port_8000() -> None:
    assert read_address().url == "http://127.0.0.1:8000"


@pytest.mark.parametrize("port", ["0", "65536", "eight", "-1", "8000 "])
def test_a_wrong_port_is_refused_with_an_example(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINLI_PORT", port)

    with pytest.raises(Trouble, match="is not a port"):
        read_address()


def test_a_certificate_without_its_key_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "c.pem").write_text("x", "utf-8")
    monkeypatch.setenv("LINLI_TLS_CERT", str(tmp_path / "c.pem"))

    with pytest.raises(Trouble, match="LINLI_TLS_KEY"):
        read_address()


def test_a_key_that_the_server_cannot_read_is_refused_with_the_command_that_turns_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, text in (("LINLI_TLS_CERT", "x"), ("LINLI_TLS_KEY", "-----BEGIN RSA PRIVATE KEY-----")):
        (tmp_path / variable).write_text(text, "utf-8")
        monkeypatch.setenv(variable, str(tmp_path / variable))

    with pytest.raises(Trouble) as refusal:
        read_address()

    assert refusal.value.remedy.startswith("openssl pkcs8")


def test_a_taken_port_is_refused_before_anything_is_made() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        with pytest.raises(Trouble) as refusal:
            require_free(Address(host="127.0.0.1", port=port, certificate=None, key=None))

    assert str(port) in str(refusal.value)
    assert f"LINLI_PORT={port + 1}" in refusal.value.remedy


def test_a_free_port_is_let_through() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

    require_free(Address(host="127.0.0.1", port=port, certificate=None, key=None))

    assert Address(host="0.0.0.0", port=port, certificate=None, key=None).url == f"http://127.0.0.1:{port}"
