# SPDX-License-Identifier: MulanPSL-2.0
"""The line between a phone and the server: it can be cut, lose an answer, or answer in the server's stead; it counts what passed."""

import http.client
import socket
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

Plan = Callable[[str, str], Any]
PLANNED = b'{"fault": {"code": "planned", "message": "-", "remedy": "-"}}'


class Line:
    """A small proxy. `plan(method, path)` says what happens to a request: None passes it, "cut" drops it, "lose" lets the server do it and
    drops the answer, a number answers with that status."""

    def __init__(self, target: str) -> None:
        self.target = urlsplit(target)
        self.is_cut = False
        self.plan: Plan = lambda method, path: None
        self.passed: list[tuple[str, str, str]] = []
        self.server = _Server(("127.0.0.1", 0), _Handler)
        self.server.line = self
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """Where the phone finds the server."""
        return f"http://localhost:{self.server.server_address[1]}"

    def close(self) -> None:
        """Take the line down."""
        self.server.shutdown()
        self.server.server_close()

    def sent(self, part: str) -> list[str]:
        """The keys of the requests that reached the server at addresses holding the part, in order."""
        return [key for method, path, key in self.passed if method == "POST" and part in path]


class _Server(ThreadingHTTPServer):
    """Knows its line."""

    daemon_threads = True
    line: Line


class _Handler(BaseHTTPRequestHandler):
    """One request of the phone."""

    server: _Server

    def do_GET(self) -> None:
        """Reading."""
        self._pass()

    def do_POST(self) -> None:
        """Sending."""
        self._pass()

    def log_message(self, format: str, *args: Any) -> None:
        """Silence."""

    def _pass(self) -> None:
        line, self.close_connection = self.server.line, True
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        what = "cut" if line.is_cut else line.plan(self.command, self.path)
        if what == "cut":
            self._drop()
        elif isinstance(what, int):
            self._answer(what, [("Content-Type", "application/json"), ("Retry-After", "1")], PLANNED)
        else:
            line.passed.append((self.command, self.path, self.headers.get("Idempotency-Key", "")))
            answer = self._ask(body)
            if what == "lose" or line.is_cut:
                self._drop()
            else:
                self._answer(*answer)

    def _ask(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        target = self.server.line.target
        server = http.client.HTTPConnection(target.hostname or "", target.port, timeout=60)
        server.request(self.command, self.path, body, dict(self.headers.items()))
        answer = server.getresponse()
        content = answer.read()
        kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in ("content-length", "connection", "transfer-encoding")]
        server.close()
        return answer.status, kept, content

    def _answer(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
        self.send_response_only(status)
        for name, value in [*headers, ("Content-Length", str(len(content))), ("Connection", "close")]:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def _drop(self) -> None:
        self.connection.shutdown(socket.SHUT_RDWR)
