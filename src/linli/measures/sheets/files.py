# SPDX-License-Identifier: MulanPSL-2.0
"""A standard as a TOML file: read with a sentence for what cannot be read, written so that reading it again gives the same content."""

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from linli.core.words import Words, words

LARGEST = 400_000
"""Characters of a file (our choice: ten times the shipped sheet)."""
DEEPEST = 6
"""Levels of lists and tables within each other (our choice; the form needs three)."""
TOO_LARGE = words("文件太大，最多 {most} 个字符。", "The file is too large: {most} characters at most.")
NOT_TEXT = words("文件不是 UTF-8 文字。请另存为 UTF-8 编码再上传。", "The file is no UTF-8 text. Save it as UTF-8 and bring it again.")
NOT_TOML = words("读不懂这个 TOML 文件：{error}", "This TOML cannot be read: {error}")
TOO_DEEP = words("文件里的列表或表格嵌套太深。", "Lists or tables lie too deep within each other.")
NO_NUMBER = words("文件里有读不懂的数（nan 或 inf）或不能保存的字符。", "The file holds a number that is none (nan, inf) or a character that cannot be kept.")
FIRST = ("code", "version", "zh", "en", "source", "valid_from", "proposed")
TABLES = ("bar", "dimension", "indicator", "necessary", "system")
ROW = ("code", "dimension", "zh", "en", "total", "section", "duty", "basis", "measure", "system", "version", "points", "points_proposed", "proposed", "scoring",
       "scoring_proposed", "necessary", "necessary_when", "evidence", "source", "norms")
"""The order in which keys are written; others follow by name."""
BARE = re.compile(r"[A-Za-z0-9_-]+")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class Unreadable(ValueError):
    """A file that is no standard at all; carries the sentence."""

    def __init__(self, sentence: Words) -> None:
        super().__init__(sentence.en)
        self.sentence = sentence


def text_of(content: bytes) -> str:
    """The text of an uploaded file. Unreadable when it is none."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable(NOT_TEXT) from None


def read(text: str) -> dict[str, Any]:
    """The content of a file as plain JSON values, dates as text. Unreadable with the reason when there is none."""
    if len(text) > LARGEST:
        raise Unreadable(TOO_LARGE.format(most=LARGEST))
    try:
        raw = tomllib.loads(text.replace("\r\n", "\n"))
        if not _is_shallow(raw, DEEPEST):
            raise Unreadable(TOO_DEEP)
        content: dict[str, Any] = json.loads(json.dumps(raw, default=str, ensure_ascii=False, allow_nan=False))
    except tomllib.TOMLDecodeError as error:
        raise Unreadable(NOT_TOML.format(error=str(error)[:200])) from None
    except RecursionError:
        raise Unreadable(TOO_DEEP) from None
    except ValueError as error:
        raise error if isinstance(error, Unreadable) else Unreadable(NO_NUMBER) from None
    if "\\u0000" in json.dumps(content):
        raise Unreadable(NO_NUMBER)
    return content


def _is_shallow(value: Any, left: int) -> bool:
    if not isinstance(value, dict | list):
        return True
    inner = value.values() if isinstance(value, dict) else value
    return left > 0 and all(_is_shallow(one, left - 1) for one in inner)


def write(content: Mapping[str, Any]) -> str:
    """The content as a TOML file in the order of the shipped ones; `read` gives the same content back."""
    tables = [name for name in _ordered(content, TABLES) if _is_section(content[name])]
    lines = [f"{_key(name)} = {_value(content[name], is_day=name == 'valid_from')}" for name in _ordered(content, FIRST) if name not in tables]
    for name in tables:
        for row in [content[name]] if isinstance(content[name], Mapping) else content[name]:
            lines += ["", f"[{_key(name)}]" if isinstance(content[name], Mapping) else f"[[{_key(name)}]]"]
            lines += [f"{_key(key)} = {_value(row[key])}" for key in _ordered(row, ROW)]
    return "\n".join(lines) + "\n"


def _is_section(value: Any) -> bool:
    """True for what is written under a heading of its own: a table, or a list of nothing but tables."""
    return isinstance(value, Mapping) or (isinstance(value, list) and bool(value) and all(isinstance(one, Mapping) for one in value))


def _ordered(row: Mapping[str, Any], first: Iterable[str]) -> list[str]:
    known = [name for name in first if name in row]
    return [*known, *sorted(set(row) - set(known))]


def _key(name: str) -> str:
    return name if BARE.fullmatch(name) else _text(name)


def _value(value: Any, *, is_day: bool = False) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value if is_day and _is_day(value) else _text(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(name)} = {_value(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_value(one) for one in value) + "]"
    return repr(value)


def _is_day(value: str) -> bool:
    if not DAY.fullmatch(value):
        return False
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _text(value: str) -> str:
    """A basic string; everything that TOML does not take as it stands is written as \\uXXXX."""
    written = json.dumps(value, ensure_ascii=False)
    return "".join(f"\\u{ord(char):04x}" if ord(char) == 0x7F else char for char in written)
