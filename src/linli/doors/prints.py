# SPDX-License-Identifier: MulanPSL-2.0
"""Printed pages: a typst template and plain data become a PDF, in a process of its own that ends with its memory."""

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils.http import content_disposition_header

from linli.core.faults import Fault
from linli.core.words import words

log = logging.getLogger("linli.prints")
FONTS = ("@expo-google-fonts", "noto-serif-sc")
"""The package of the fonts in node_modules: two weights of Noto Serif SC."""
SECONDS = 60
"""Longer than any sheet takes (measured: 0.2 s for ten pages)."""
PROGRAM = """import json, sys, typst
given = json.load(sys.stdin)
sys.stdout.buffer.write(typst.compile(given["template"], font_paths=[given["fonts"]], ignore_system_fonts=given["has_fonts"], sys_inputs={"data": given["data"]}))"""
BROKEN = words("打印件没有做成。", "The printed page could not be made.")
BROKEN_REMEDY = words("请再试一次；仍不行时请系统管理员查看日志，或先用浏览器的打印。",
                      "Try again; if it fails, the administrator finds the cause in the log. The browser prints the page meanwhile.")
_turn = threading.BoundedSemaphore(2)
"""Two at a time in one process: each takes about 80 MB while it runs."""


def pdf(template: Path, data: Mapping[str, Any]) -> bytes:
    """The PDF of a template with its data, which the template reads as JSON and never as code. Fault 503 when it cannot be made."""
    fonts = settings.NODE_MODULES.joinpath(*FONTS)
    given = {"template": str(template), "fonts": str(fonts), "has_fonts": fonts.is_dir(), "data": json.dumps(data, ensure_ascii=False)}
    with _turn:
        try:
            made = subprocess.run(  # noqa: S603  our own program, by the interpreter that runs us
                [sys.executable, "-I", "-c", PROGRAM], input=json.dumps(given).encode(), capture_output=True, timeout=SECONDS, check=False)
        except subprocess.TimeoutExpired as error:
            raise Fault("print_failed", BROKEN, BROKEN_REMEDY, 503) from error
    if made.returncode != 0 or not made.stdout.startswith(b"%PDF"):
        log.error("A sheet could not be printed from %s: %s", template.name, made.stderr.decode("utf-8", "replace")[-800:])
        raise Fault("print_failed", BROKEN, BROKEN_REMEDY, 503)
    return made.stdout


def answer(template: Path, data: Mapping[str, Any], name: str) -> HttpResponse:
    """The PDF as a download under a name."""
    found = HttpResponse(pdf(template, data), content_type="application/pdf")
    found["Content-Disposition"] = content_disposition_header(True, f"{name}.pdf") or "attachment"
    found["Cache-Control"] = "no-store"
    return found
