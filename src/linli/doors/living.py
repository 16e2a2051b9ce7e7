# SPDX-License-Identifier: MulanPSL-2.0
"""The living page: every part and behaviour of the shells with made-up content, for those who build pages."""

from datetime import timedelta
from fractions import Fraction
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from linli.core import clock
from linli.core.faults import INVALID, INVALID_REMEDY, NotVisible
from linli.core.fields import Field
from linli.core.words import Words, words
from linli.doors.pulses import pulsed
from linli.ui.forms import BoundForm, bound

CATEGORIES = (
    ("rubbish", words("垃圾暴露", "Exposed rubbish")),
    ("light", words("路灯不亮", "Street light out")),
    ("well", words("井盖缺失", "Missing manhole cover")),
)
STREETS = tuple((str(n), words(f"第{n}街道", f"Street {n}")) for n in range(1, 8))
FIELDS = (
    Field("summary", words("发生了什么", "What happened"), "long_text", required=True, limit=500, help=words("写清地点和现象。", "Say where and what.")),
    Field("category", words("问题类别", "Category"), "choice", required=True, choices=CATEGORIES),
    Field("street", words("街道", "Street"), "choice", choices=STREETS),
    Field("photos", words("照片", "Photos"), "evidence", help=words("最多 9 张；会自动缩小。", "Up to nine; they are shrunk for you.")),
    Field("where", words("位置", "Position"), "position"),
    Field("phone", words("联系电话", "Telephone"), "phone", help=words("只用于就这件事联系您。", "Used only to reach you about this matter.")),
    Field("count", words("影响户数", "Households affected"), "integer", low=0, high=9999),
    Field("is_urgent", words("是否紧急", "Urgent"), "truth"),
    Field("seen_at", words("发现时间", "Seen at"), "moment"),
    Field("day", words("日期", "Day"), "day"),
    Field("name", words("称呼", "Name")),
)
TYPED = {"summary": "<script>alert(1)</script> 3号楼前垃圾没有清走", "category": "light", "where": (117194100, 39117670), "photos": ["12"]}
WRONG = {"phone": words("联系电话不像电话号码，请填 7 到 20 位数字。", "That does not look like a telephone number: 7 to 20 digits.")}
STEPS = (
    (words("上报", "Reported"), "done"), (words("受理", "Filed"), "done"), (words("派遣", "Dispatched"), "done"),
    (words("处置", "Handling"), "now"), (words("核查", "Verifying"), "ahead"), (words("结案", "Closed"), "ahead"),
)
MATTERS = (
    (412, "楼道堆放杂物，影响通行", "calm", words("处置中", "Handling")),
    (388, "小区东门路灯不亮", "bad", words("已超时", "Overdue")),
    (371, "消防通道被占用", "good", words("已结案", "Closed")),
)
VERIFIER = words("核查员", "Verifier")
TARGET = words("目标 90%（拟定）", "target 90% (proposed)")


def living(request: HttpRequest) -> HttpResponse:
    """Both shells, in either language and look: /ui/, /ui/?shell=desk, and with an untouched form /ui/?form=fresh."""
    is_fresh = request.GET.get("form") == "fresh"
    fields = tuple(bound(FIELDS, {} if is_fresh else TYPED | {"seen_at": clock.now()}, {} if is_fresh else WRONG))
    form = BoundForm(fields, words("提交", "Submit"), message=None if is_fresh else INVALID, remedy=INVALID_REMEDY, draft="living")
    shell = "ui/desk.html" if request.GET.get("shell") == "desk" else "ui/public.html"
    return render(request, "doors/living.html", {"form": form, "shell": shell, "fault": NotVisible(), "moment": clock.now()} | _parts() | _beat())


def pulse(request: HttpRequest) -> HttpResponse:
    """The beating part of the living page."""
    return pulsed(request, "doors/living_pulse.html", _beat(), stamp=_beat()["stamp"])


def _beat() -> dict[str, str]:
    return {"stamp": f"{clock.local(clock.now()):%H:%M:%S}"[:7]}


def _parts() -> dict[str, Any]:
    now = clock.now()
    return {
        "steps": [{"label": label, "state": state, "at": now - timedelta(hours=9 - n) if state != "ahead" else None} for n, (label, state) in enumerate(STEPS)],
        "entries": [
            {"at": now - timedelta(days=2), "title": words("居民上报", "Reported by a resident"), "text": "3号楼前垃圾没有清走 <b>两天</b>"},
            {"at": now - timedelta(days=1), "title": words("核查未通过，退回处置", "Verification failed, back to handling"), "who": VERIFIER, "tone": "warn"},
            {"at": now - timedelta(hours=3), "title": words("核查通过", "Verified"), "who": VERIFIER, "tone": "good"},
        ],
        "figures": [
            _figure(words("按期结案率", "Closed in time"), 1234, 1410, "good"), _figure(words("返工率", "Rework"), 87, 1410, "warn"),
            _figure(words("居民满意率", "Satisfied"), 0, 0, "calm"),
        ],
        "facts": [
            (words("编号", "Number"), "HP-2026-001234"), (words("社区", "Community"), words("示例社区", "Sample community")),
            (words("期限", "Limit"), words("还剩 2天3小时", "2 d 3 h left")),
        ],
        "matters": [{"number": f"HP-2026-00{n}", "summary": text, "tone": tone, "phase": phase, "at": now - timedelta(hours=n)} for n, text, tone, phase in MATTERS],
        "receipt": words("口径 D3-04 第1版 · 2026年11月 · 截至流水 48,211", "Measure D3-04 v1 · Nov 2026 · up to line 48,211"),
        "home": reverse("doors:living"),
    }


def _figure(label: Words, numerator: int, denominator: int, tone: str) -> dict[str, Any]:
    share = Fraction(numerator, denominator) if denominator else None
    return {"label": label, "share": share, "numerator": numerator, "denominator": denominator, "tone": tone, "target": TARGET, "href": "#figures"}
