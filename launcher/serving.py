# SPDX-License-Identifier: MulanPSL-2.0
"""Where and how the web server listens: address, certificate, number of processes, and whether it answers."""

from __future__ import annotations

import http.client
import json
import os
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path

from launcher.databases import Database
from launcher.troubles import Trouble

BLOCKING_THREADS = 4  # measured in technology.md part 4: 2-4 for each process


@dataclass(frozen=True)
class Address:
    """Where the web server listens, and with which certificate."""

    host: str
    port: int
    certificate: Path | None
    key: Path | None

    @property
    def url(self) -> str:
        """What a person types to reach it from this machine."""
        scheme, usual = ("https", 443) if self.certificate else ("http", 80)
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host
        place = f"[{host}]" if ":" in host else host
        return f"{scheme}://{place}" if self.port == usual else f"{scheme}://{place}:{self.port}"


def read_address() -> Address:
    """The address from the environment. Error: a sentence for a wrong port or an unreadable certificate."""
    text = os.environ.get("LINLI_PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise Trouble(f"LINLI_PORT={text} 不是端口号。", f"LINLI_PORT={text} is not a port.", remedy="LINLI_PORT=8080 ./linli up")
    certificate, key = _read_certificate()
    host = os.environ.get("LINLI_HOST") or "127.0.0.1"
    return Address(host=host, port=int(text), certificate=certificate, key=key)


def _read_certificate() -> tuple[Path, Path] | tuple[None, None]:
    names = ("LINLI_TLS_CERT", "LINLI_TLS_KEY")
    given = [os.environ.get(name) for name in names]
    if not any(given):
        return None, None
    for name, text in zip(names, given, strict=True):
        if not text or not os.access(text, os.R_OK):
            raise Trouble(
                f"{name} 没有指向能读的文件。",
                f"{name} does not name a readable file; https needs both {' and '.join(names)}.",
                remedy=f"export {name}=/path/to/file.pem",
            )
    certificate, key = (Path(os.path.abspath(str(text))) for text in given)
    if "BEGIN PRIVATE KEY" not in key.read_text("utf-8", errors="replace"):
        raise Trouble(
            "密钥不是 PKCS#8 格式。",
            "The key is not in PKCS#8 form, the only one that the web server reads.",
            remedy=f"openssl pkcs8 -topk8 -nocrypt -in {key} -out key-pkcs8.pem",
        )
    return certificate, key


def require_free(address: Address) -> None:
    """Nothing else listens there. Error: a sentence when the port is taken or not allowed."""
    kind = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    with socket.socket(kind, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address.host, address.port))
        except PermissionError:
            raise Trouble(
                f"不能使用端口 {address.port}。",
                f"Only root may listen on port {address.port}.",
                remedy="LINLI_PORT=8000 ./linli up",
            ) from None
        except OSError as error:
            raise Trouble(
                f"端口 {address.port} 已被占用。",
                f"Port {address.port} on {address.host} cannot be used: {error.strerror}.",
                remedy=f"LINLI_PORT={address.port + 1} ./linli up    (who has it: ss -ltnp 'sport = :{address.port}')",
            ) from None


def web_command(database: Database, address: Address) -> list[str]:
    """The web server's command line: as many processes as cores, few threads each."""
    cores = len(os.sched_getaffinity(0))
    workers = os.environ.get("LINLI_WORKERS") or str(cores)
    command = [
        str(database.home.python), "-m", "linli.config.serving", "linli.config.wsgi:application", "--interface", "wsgi",
        "--host", address.host, "--port", str(address.port), "--workers", workers,
        "--blocking-threads", str(BLOCKING_THREADS), "--no-ws", "--respawn-failed-workers", "--workers-kill-timeout", "10",
        "--log-level", "info",
    ]  # fmt: skip
    if address.certificate and address.key:
        command += ["--ssl-certificate", str(address.certificate), "--ssl-keyfile", str(address.key)]
        command += ["--ssl-protocol-min", "tls1.2"]
    return command


def worker_command(database: Database) -> list[str]:
    """The worker's command line."""
    return [str(database.home.python), "-m", "linli.config.manage", "work"]


def health(address: Address) -> tuple[int, str]:
    """Status and body of /healthz; (0, reason) when nothing answers."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address.host, address.host)
    if address.certificate:
        anyone = ssl.create_default_context()
        anyone.check_hostname = False
        anyone.verify_mode = ssl.CERT_NONE  # our own server on our own machine; only its answer is wanted
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(host, address.port, timeout=5, context=anyone)
    else:
        connection = http.client.HTTPConnection(host, address.port, timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": f"127.0.0.1:{address.port}"})
        answer = connection.getresponse()
        return answer.status, answer.read(4000).decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        return 0, str(error)
    finally:
        connection.close()


def is_ready(address: Address) -> bool:
    """True when /healthz says that everything serves."""
    status, body = health(address)
    if status != 200:
        return False
    try:
        return bool(json.loads(body).get("ready"))
    except (ValueError, AttributeError):
        return False
