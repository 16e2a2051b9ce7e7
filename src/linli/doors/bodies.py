# SPDX-License-Identifier: MulanPSL-2.0
"""What a machine sends: one JSON object, checked for everything that no field could make sense of, and never a 500."""

import json
from typing import Any

from django.http import HttpRequest

from linli.core.faults import Fault, Invalid
from linli.core.fields import CONTROL
from linli.core.words import Words, words

DEEPEST = 4
"""Levels of lists and objects below the body (our choice: no action takes more than a list of numbers)."""
LONGEST_KEY = 128

NOT_JSON = words("正文不是 JSON，没有办理。", "The body is not JSON; nothing was done.")
NOT_JSON_REMEDY = words("请发送 UTF-8 编码的 JSON 对象，例如 {\"number\": \"LL000000001\"}。", "Send one JSON object in UTF-8, such as {\"number\": \"LL000000001\"}.")
NOT_OBJECT = words("正文要是一个 JSON 对象。", "The body must be one JSON object.")
WRONG_TYPE = words("正文的类型应为 application/json。", "The body must be of the type application/json.")
WRONG_TYPE_REMEDY = words("请设置请求头 Content-Type: application/json。", "Set the header Content-Type: application/json.")
TOO_DEEP = words("正文的层次太多，没有办理。", "The body is nested too deeply; nothing was done.")
NOT_UTF8 = words("“{name}”里有不成对的代理字符，请改用正常的 UTF-8 文字。", "“{name}” contains unpaired surrogates. Use proper UTF-8 text.")
BAD_KEY = words("请求编号只能用可见的 ASCII 字符，最多 128 个。", "A request key consists of at most 128 visible ASCII characters.")


def read(request: HttpRequest) -> dict[str, Any]:
    """The object in the body. Fault 400 or 415 when there is none; Invalid when a text in it cannot be kept."""
    if request.content_type != "application/json":
        raise Fault("wrong_type", WRONG_TYPE, WRONG_TYPE_REMEDY, 415)
    try:
        found = json.loads(request.body.decode("utf-8-sig") or "{}", parse_constant=_refuse)
    except RecursionError:
        raise Fault("too_deep", TOO_DEEP, NOT_JSON_REMEDY, 400) from None
    except ValueError:
        raise Fault("not_json", NOT_JSON, NOT_JSON_REMEDY, 400) from None
    if not isinstance(found, dict):
        raise Fault("not_json", NOT_OBJECT, NOT_JSON_REMEDY, 400)
    wrong = {_shown(name): fault for name, value in found.items() if (fault := _trouble(name, 0) or _trouble(value, 0))}
    if wrong:
        raise Invalid(wrong)
    return found


def key_of(request: HttpRequest) -> str:
    """The Idempotency-Key; empty when none was sent. Invalid when it is none."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > LONGEST_KEY or not (key.isascii() and key.isprintable()):
        raise Invalid({"idempotency_key": BAD_KEY})
    return key


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def _trouble(value: object, depth: int) -> Words | None:
    """Why a value cannot be kept; None when it can."""
    if depth > DEEPEST:
        return TOO_DEEP
    if isinstance(value, str):
        return _text_trouble(value)
    parts: list[object] = []
    if isinstance(value, dict):
        parts = [*value, *value.values()]
    elif isinstance(value, list):
        parts = value
    return next((fault for part in parts if (fault := _trouble(part, depth + 1))), None)


def _text_trouble(text: str) -> Words | None:
    if "\0" in text:
        return CONTROL.format(label=words("这一项", "This field"))
    if not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text):
        return NOT_UTF8.format(name=_shown(text[:20]))
    return None


def _shown(text: str) -> str:
    return text.encode("utf-8", "replace").decode()[:40].replace("\0", "")
