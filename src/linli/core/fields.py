# SPDX-License-Identifier: MulanPSL-2.0
"""Fields of actions and kinds: one declaration gives form, check, API schema, storage and protection class."""

import base64
import binascii
import hashlib
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.dateparse import parse_date, parse_datetime

from linli.core.faults import Invalid
from linli.core.protection import Protection
from linli.core.words import Words, words

REQUIRED = words("请填写{label}。", "Please fill in: {label}.")
TOO_LONG = words("{label}最多 {limit} 个字，现在有 {found} 个，请缩短。", "{label} may have {limit} characters; it has {found}. Please shorten it.")
CONTROL = words("{label}里有看不见的控制字符，请删掉后重新输入。", "{label} contains invisible control characters. Please remove them and type again.")
NOT_NUMBER = words("{label}要填整数。", "{label} must be a whole number.")
OUT_OF_RANGE = words("{label}应在 {low} 到 {high} 之间。", "{label} must lie between {low} and {high}.")
NOT_HUNDREDTHS = words("{label}要填数字，最多两位小数，例如 86.50。", "{label} must be a number with at most two decimals, such as 86.50.")
NOT_CHOICE = words("{label}没有这个选项，请从列表里选。", "{label} has no such choice. Please pick one from the list.")
NOT_DATE = words("{label}不是有效的日期时间，例如 2026-11-23 09:30。", "{label} is not a valid date and time, such as 2026-11-23 09:30.")
NOT_PHONE = words("{label}不像电话号码，请填 7 到 20 位数字，可带 + 和 -。", "{label} does not look like a phone number: 7 to 20 digits, + and - allowed.")
NOT_EMAIL = words("{label}不像邮箱地址，应当像 name@example.cn。", "{label} does not look like an e-mail address such as name@example.cn.")
NOT_TRUTH = words("{label}请选“是”或“否”。", "{label}: choose yes or no.")
NOT_POSITION = words("位置要写成“经度,纬度”，例如 117.19410,39.11767（WGS84）。", "A position is written as longitude,latitude, such as 117.19410,39.11767 (WGS84).")
NOT_LIST = words("{label}应当是编号的列表。", "{label} must be a list of numbers.")
NOT_FILE = words("{label}不是文件：请用表单上传，或写成 Base64 文本。", "{label} is no file: upload it with a form, or write it as Base64 text.")
NOT_TEXT = words("{label}应当是文字。", "{label} must be text.")
UNKNOWN = words("没有“{name}”这一项，请删掉它。", "There is no field named “{name}”. Please leave it out.")

UNSEEN = ("Cc", "Cf", "Zs", "Zl", "Zp")
"""Categories of characters that leave no mark: a text of these alone says nothing."""

PHONE = re.compile(r"^\+?[0-9][0-9 \-]{5,18}[0-9]$")
EMAIL = re.compile(r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9-]{2,63}$")


@dataclass(frozen=True)
class Field:
    """One thing to fill in.

    `kind` is one of the names in CLEANERS. `filter` asks the engine to keep a facet, so that lists can filter by it.
    `choices` are (value, words) pairs, or a callable that gives them (asked only when a form is shown or checked). `is_live` says that they stand in
    the database, such as people: no document lists them.
    """

    name: str
    label: Words
    kind: str = "text"
    required: bool = False
    limit: int = 200
    low: int | None = None
    high: int | None = None
    choices: Sequence[tuple[str, Words]] | Callable[[], Sequence[tuple[str, Words]]] | None = None
    protection: Protection = Protection.INTERNAL
    filter: bool = False
    help: Words | None = None
    is_live: bool = False

    def options(self) -> Sequence[tuple[str, Words]]:
        """The choices, asked when needed; empty for a field without any."""
        if callable(self.choices):
            return self.choices()
        return self.choices or ()

    def declared(self) -> Sequence[tuple[str, Words]]:
        """The choices that a document may list: none where they stand in the database."""
        return () if self.is_live else self.options()

    def clean(self, raw: Any) -> Any:
        """The value in its own type, None when left empty. Raises ValueError(words) with the sentence to show."""
        if raw is None or raw == "" or raw == []:
            if self.required:
                raise FieldFault(REQUIRED.format(label=self.label))
            return None
        return CLEANERS[self.kind](self, raw)


class FieldFault(ValueError):
    """One field is filled in wrongly; carries the sentence."""

    def __init__(self, sentence: Words) -> None:
        super().__init__(sentence.en)
        self.sentence = sentence


@dataclass(frozen=True)
class Received:
    """One file as it came in. Its text is the digest of its content: all that an idempotency key compares and a journal keeps."""

    name: str
    content: bytes

    def __str__(self) -> str:
        return f"sha256:{hashlib.sha256(self.content).hexdigest()}"


def _text(field: Field, raw: Any) -> str:
    if isinstance(raw, bool | float) or not isinstance(raw, str | int):
        raise FieldFault(NOT_TEXT.format(label=field.label))
    raw = str(raw)
    value = unicodedata.normalize("NFC", raw.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if any(unicodedata.category(char) in ("Cc", "Cs") and char not in "\n\t" for char in value):
        raise FieldFault(CONTROL.format(label=field.label))
    if field.kind == "text" and "\n" in value:
        value = " ".join(value.split("\n"))
    if len(value) > field.limit:
        raise FieldFault(TOO_LONG.format(label=field.label, limit=field.limit, found=len(value)))
    if field.required and not any(unicodedata.category(char) not in UNSEEN for char in value):
        raise FieldFault(REQUIRED.format(label=field.label))
    return value


def _integer(field: Field, raw: Any) -> int:
    if isinstance(raw, bool) or not re.fullmatch(r"-?[0-9]{1,18}", str(raw).strip()):
        raise FieldFault(NOT_NUMBER.format(label=field.label))
    value = int(str(raw))
    low, high = field.low if field.low is not None else -(2**53), field.high if field.high is not None else 2**53
    if not low <= value <= high:
        raise FieldFault(OUT_OF_RANGE.format(label=field.label, low=low, high=high))
    return value


def _hundredths(field: Field, raw: Any) -> int:
    """A number with at most two decimals, as whole hundredths; `low` and `high` are hundredths too."""
    found = re.fullmatch(r"(-?)([0-9]{1,15})(?:\.([0-9]{1,2})0*)?", str(raw).strip())
    if isinstance(raw, bool) or not found:
        raise FieldFault(NOT_HUNDREDTHS.format(label=field.label))
    value = int(found[2]) * 100 + int((found[3] or "").ljust(2, "0"))
    value = -value if found[1] else value
    low, high = field.low if field.low is not None else -(2**53), field.high if field.high is not None else 2**53
    if not low <= value <= high:
        raise FieldFault(OUT_OF_RANGE.format(label=field.label, low=low / 100, high=high / 100))
    return value


def _choice(field: Field, raw: Any) -> str:
    value = str(raw)
    if value not in {key for key, _ in field.options()}:
        raise FieldFault(NOT_CHOICE.format(label=field.label))
    return value


def _choices(field: Field, raw: Any) -> list[str]:
    """Several of the choices, each once, in the order of the declaration; a list, or a text with commas between."""
    parts = raw if isinstance(raw, list | tuple) else str(raw).replace("，", ",").split(",")
    if not all(isinstance(part, str | int) for part in parts):
        raise FieldFault(NOT_CHOICE.format(label=field.label))
    wanted = {str(part).strip() for part in parts}
    known = [key for key, _ in field.options()]
    if not wanted <= set(known):
        raise FieldFault(NOT_CHOICE.format(label=field.label))
    return [key for key in known if key in wanted]


def _truth(field: Field, raw: Any) -> bool:
    known = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}
    value = known.get(str(raw).strip().lower())
    if value is None:
        raise FieldFault(NOT_TRUTH.format(label=field.label))
    return value


def _moment(field: Field, raw: Any) -> datetime:
    try:
        value = raw if isinstance(raw, datetime) else parse_datetime(str(raw).strip())
    except ValueError:
        value = None
    if value is None:
        raise FieldFault(NOT_DATE.format(label=field.label))
    return value if value.tzinfo else value.replace(tzinfo=ZoneInfo(settings.TIME_ZONE))


def _day(field: Field, raw: Any) -> date:
    try:
        value = raw if isinstance(raw, date) else parse_date(str(raw).strip())
    except ValueError:
        value = None
    if value is None:
        raise FieldFault(NOT_DATE.format(label=field.label))
    return value


def _phone(field: Field, raw: Any) -> str:
    value = _text(field, raw)
    if not PHONE.match(value):
        raise FieldFault(NOT_PHONE.format(label=field.label))
    return value


def _email(field: Field, raw: Any) -> str:
    value = _text(field, raw)
    if not EMAIL.match(value) or ".." in value:
        raise FieldFault(NOT_EMAIL.format(label=field.label))
    return value


def _position(field: Field, raw: Any) -> tuple[int, int]:
    """Longitude and latitude in millionths of a degree, WGS84."""
    parts = raw if isinstance(raw, list | tuple) else str(raw).replace("，", ",").split(",")
    try:
        lon, lat = (round(float(part) * 1_000_000) for part in parts)
    except (TypeError, ValueError, OverflowError):
        raise FieldFault(NOT_POSITION) from None
    if not (-180_000_000 <= lon <= 180_000_000 and -90_000_000 <= lat <= 90_000_000):
        raise FieldFault(NOT_POSITION)
    return lon, lat


def _numbers(field: Field, raw: Any) -> list[int]:
    parts = raw if isinstance(raw, list | tuple) else str(raw).split(",")
    if len(parts) > field.limit or not all(re.fullmatch(r"[0-9]{1,18}", str(part).strip()) for part in parts):
        raise FieldFault(NOT_LIST.format(label=field.label))
    return [int(part) for part in parts]


def _file(field: Field, raw: Any) -> Received:
    if isinstance(raw, Received):
        return raw
    try:
        return Received("file", base64.b64decode(raw, validate=True))
    except (TypeError, ValueError, binascii.Error):
        raise FieldFault(NOT_FILE.format(label=field.label)) from None


CLEANERS: dict[str, Callable[[Field, Any], Any]] = {
    "text": _text,
    "long_text": _text,
    "secret": _text,
    "file_text": _text,
    "integer": _integer,
    "hundredths": _hundredths,
    "area": _integer,
    "choice": _choice,
    "choices": _choices,
    "truth": _truth,
    "moment": _moment,
    "day": _day,
    "phone": _phone,
    "email": _email,
    "position": _position,
    "evidence": _numbers,
    "file": _file,
}
"""Kind of field to its check; the API's types and the form's inputs are keyed by the same names."""

UNKEPT = frozenset({"secret", "file_text"})
"""Kinds whose values the journal never keeps: passwords, and whole files (their action writes a digest instead)."""


def clean_all(fields: Sequence[Field], given: Mapping[str, Any], *, strict: bool = True) -> dict[str, Any]:
    """All values by name. Raises Invalid with a sentence for each wrong field; unknown names are wrong too when strict."""
    wrong: dict[str, Words] = {}
    values: dict[str, Any] = {}
    known = {field.name for field in fields}
    if strict:
        wrong |= {name: UNKNOWN.format(name=name[:40]) for name in given if name not in known}
    for field in fields:
        try:
            values[field.name] = field.clean(given.get(field.name))
        except FieldFault as fault:
            wrong[field.name] = fault.sentence
    if wrong:
        raise Invalid(wrong)
    return values
