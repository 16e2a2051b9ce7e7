# SPDX-License-Identifier: MulanPSL-2.0
"""The clients of a fire: they report and walk the loop as good clients do, under one key for each step, again and again until they are answered."""

import http.client
import io
import json
import random
import socket
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

from bench.fires.sites import Site, ask

PATIENCE = 120.0
"""Seconds after which a client gives up: longer than any part may be away."""
AGAIN_SECONDS = 0.3
AWAY = (0, 502, 503, 504)
MARK = "拒绝"
"""Stands in whatever is sent to be refused; nowhere afterwards."""


@dataclass
class Walked:
    """What a client was told of one matter: the steps that were accepted, each with the key it went under."""

    number: str
    variant: str
    steps: list[str] = field(default_factory=list)


class Player(threading.Thread):
    """One client. `forgetful` drops the line after sending in one of three requests, as a phone in a lift does, and repeats from its outbox."""

    def __init__(self, site: Site, name: str, seed: int, *, forgetful: bool = False, stop: threading.Event, matters: int = 10**6) -> None:
        super().__init__(name=name, daemon=True)
        self.site, self.forgetful, self.stop, self.matters = site, forgetful, stop, matters
        self.choice = random.Random(f"{seed}-{name}")
        self.walked: list[Walked] = []
        self.keys: list[str] = []
        self.refused: list[str] = []
        self.uploads: list[int] = []
        self.exports: list[int] = []
        self.answers: Counter[int] = Counter()
        self.wrong: list[str] = []
        self.longest = 0.0

    def run(self) -> None:
        """Matter after matter, until told to stop; the one in hand is brought to its end."""
        try:
            while not self.stop.is_set() and len(self.walked) < self.matters:
                self.walk()
        except Exception as error:
            self.wrong.append(f"{self.name}: {error!r}")

    def walk(self) -> None:
        """One matter from its report to its end, with what is refused in between."""
        place = len(self.walked)
        variant = ("plain", "photo", "contact")[place % 3]
        given: dict[str, Any] = {"category": self.site.people["category"], "summary": f"楼道堆物 {self.name} {place}", "area": self.site.people["area"]}
        if variant == "photo":
            given["evidence"] = [self.upload(place)]
        if variant == "contact":
            given |= {"contact_phone": "13800000000", "wants_letters": True}
        who = "gridworker" if variant == "photo" else ""
        answer = self.send("matter.report", who, given, f"{place}-report")
        walked = Walked(answer["number"], variant, ["matter.report"])
        self.walked.append(walked)
        for step, (action, by, more) in enumerate(self.site.people["steps"]):
            unit = {"unit": self.site.people["units"][more["unit"]]} if "unit" in more else {}
            if self.choice.random() < 0.3:
                self.be_refused(walked, answer["version"], f"{place}-{step}")
            answer = self.send(action, by, {"number": walked.number, "version": answer["version"], **more, **unit}, f"{place}-{step}")
            walked.steps.append(action)
        if self.choice.random() < 0.2:
            self.exports.append(self.send("export.make", "district", {"listing": "matters", "form": "csv"}, f"{place}-export", refusable=True).get("export", 0))

    def upload(self, place: int) -> int:
        """A photo of its own colours; answers its number."""
        made, border = io.BytesIO(), "----linli"
        Image.new("RGB", (64, 48), tuple(self.choice.randbytes(3))).save(made, "JPEG")
        head = (f'--{border}\r\nContent-Disposition: form-data; name="area"\r\n\r\n{self.site.people["area"]}\r\n--{border}\r\n'
                f'Content-Disposition: form-data; name="file"; filename="{place}.jpg"\r\nContent-Type: image/jpeg\r\n\r\n')
        body = head.encode() + made.getvalue() + f"\r\n--{border}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={border}"}
        answer = self._until_answered("/api/v1/evidence", body, headers | self._who("gridworker"), f"{place}-photo")
        self.uploads.append(int(answer["id"]))
        return int(answer["id"])

    def send(self, action: str, who: str, given: dict[str, Any], key: str, *, refusable: bool = False) -> dict[str, Any]:
        """One action under one key until it is answered; ValueError with the answer when it is refused though it should not be."""
        body = json.dumps(given).encode()
        return self._until_answered(f"/api/v1/actions/{action}", body, {"Content-Type": "application/json"} | self._who(who), key, refusable=refusable)

    def be_refused(self, walked: Walked, version: int, key: str) -> None:
        """Three things that must be refused and leave nothing: a wrong post, a stale version, a step out of turn."""
        action, who, given = self.choice.choice((
            ("matter.close", "handler", {"version": version}), ("matter.file", "dispatcher", {"version": version - 1}),
            ("matter.verify", "gridworker2", {"version": version, "passed": True})))
        body = json.dumps({"number": walked.number, "note": MARK, **given}).encode()
        self.refused.append(f"{self.name}-no-{key}")
        answer = self._until_answered(f"/api/v1/actions/{action}", body, {"Content-Type": "application/json"} | self._who(who), f"no-{key}", refusable=True)
        if "fault" not in answer:
            self.wrong.append(f"{self.name}: {action} was accepted out of turn: {answer}")

    def _who(self, name: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.site.people['tokens'][name]}"} if name else {}

    def _until_answered(self, path: str, body: bytes, headers: dict[str, str], key: str, *, refusable: bool = False) -> dict[str, Any]:
        key, began = f"{self.name}-{key}", time.monotonic()
        headers = headers | {"Idempotency-Key": key}
        while time.monotonic() - began < PATIENCE:
            if self.forgetful and self.choice.random() < 0.33:
                self._send_and_forget(path, body, headers)
            try:
                status, text = ask(self.site.port, "POST", path, body=body, headers=headers)
            except OSError:
                status, text = 0, b""
            self.answers[status] += 1
            if status == 503 and b'"unreached"' not in text:
                self.wrong.append(f"{self.name}: a 503 without its sentence: {text[:200]!r}")
            if status not in AWAY:
                self.longest = max(self.longest, time.monotonic() - began)
                return self._read(path, status, text, key, refusable)
            time.sleep(AGAIN_SECONDS)
        raise TimeoutError(f"{path} was not answered in {PATIENCE:.0f} s")

    def _read(self, path: str, status: int, text: bytes, key: str, refusable: bool) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(text)
        if status == 200:
            self.keys.append(key)
        elif status >= 500 or not refusable:
            raise ValueError(f"{path} {key}: {status} {text[:300].decode(errors='replace')}")
        return answer

    def _send_and_forget(self, path: str, body: bytes, headers: dict[str, str]) -> None:
        """The request goes out; the line is gone before the answer comes."""
        line = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=5)
        try:
            line.request("POST", path, body, headers)
            time.sleep(self.choice.random() * 0.05)
            if line.sock is not None:
                line.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            self.answers[0] += 1
        finally:
            line.close()
