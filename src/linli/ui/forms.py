# SPDX-License-Identifier: MulanPSL-2.0
"""Forms made from declared fields: what was typed goes in, inputs with label, help, fault and the typed value come out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.http import QueryDict

from linli.core import clock
from linli.core.fields import Field
from linli.core.words import Words, words

MOST_RADIOS = 5
"""Up to so many choices are all shown at once (our choice: they fit a phone without scrolling); more become a list."""

NEW_FILES = "__files"
"""Ends the name of the input that carries new files of an evidence field; the field's own name carries kept numbers."""

VOUCHERS = "__pass"
"""Ends the name of the input that carries the vouchers of files kept earlier."""

FILES = frozenset({"file", "file_text"})
"""Kinds whose value is a file that comes with the form itself."""

YES_NO = (("true", words("是", "Yes")), ("false", words("否", "No")))
INPUTS: Mapping[str, str] = {
    "text": "text", "long_text": "long_text", "secret": "secret", "integer": "integer", "hundredths": "decimal", "area": "area", "choice": "choice", "choices": "checks",
    "truth": "radios", "file": "file", "file_text": "file", "moment": "moment", "day": "day", "phone": "phone", "email": "email", "position": "position", "evidence": "evidence",
}


@dataclass(frozen=True)
class Option:
    """One choice of a field."""

    value: str
    label: object
    is_chosen: bool


@dataclass(frozen=True)
class Kept:
    """One file that is kept already; href and thumb are empty where there is no picture to show.

    `voucher` goes along with the form and says that this reader uploaded it.
    """

    number: str
    href: str = ""
    thumb: str = ""
    name: str = ""
    voucher: str = ""


@dataclass(frozen=True)
class BoundField:
    """One field with what was typed and what is wrong with it; `ui/parts/field.html` shows it."""

    field: Field
    name: str
    id: str
    value: str
    fault: Words | None
    options: tuple[Option, ...] = ()
    kept: tuple[Kept, ...] = ()

    @property
    def is_group(self) -> bool:
        """True when several inputs share one legend instead of a label."""
        return self.shape in ("radios", "checks", "position", "evidence")

    @property
    def shape(self) -> str:
        """Which input shows the field: radios instead of a list for few choices."""
        if self.field.kind == "choice" and 0 < len(self.options) <= MOST_RADIOS:
            return "radios"
        if self.field.kind == "area" and self.options:
            return "choice"
        return INPUTS[self.field.kind]

    @property
    def template(self) -> str:
        """The part that draws the input."""
        return f"ui/parts/inputs/{self.shape}.html"

    @property
    def described_by(self) -> str:
        """The ids of the help and of the fault, for screen readers; empty when there is neither."""
        return " ".join(f"{self.id}-{part}" for part, there in (("help", self.field.help), ("fault", self.fault)) if there)

    @property
    def anchor(self) -> str:
        """Where a link from the list of faults leads: the first input that can take the focus."""
        return f"{self.id}-files" if self.shape == "evidence" else self.id

    @property
    def files_name(self) -> str:
        """The name of the input for new files of an evidence field."""
        return self.name + NEW_FILES

    @property
    def vouchers_name(self) -> str:
        """The name of the input for the vouchers of kept files."""
        return self.name + VOUCHERS

    @property
    def longitude(self) -> str:
        """The first half of a position as typed."""
        return self.value.partition(",")[0].strip()

    @property
    def latitude(self) -> str:
        """The second half of a position as typed."""
        return self.value.partition(",")[2].strip()


@dataclass(frozen=True)
class BoundForm:
    """A whole form as `ui/parts/form.html` shows it."""

    fields: tuple[BoundField, ...]
    submit: Words
    address: str = ""
    key: str = ""
    fixed: tuple[tuple[str, str], ...] = ()
    message: Words | None = None
    remedy: Words | None = None
    others: tuple[Words, ...] = ()
    draft: str = ""
    tone: str = "primary"

    @property
    def is_refused(self) -> bool:
        """True when the form was sent and something is wrong."""
        return self.message is not None

    @property
    def wrong(self) -> tuple[BoundField, ...]:
        """The fields that are wrong, in order."""
        return tuple(one for one in self.fields if one.fault)

    @property
    def has_files(self) -> bool:
        """True when files travel with the form."""
        return any(one.field.kind in FILES | {"evidence"} for one in self.fields)


def typed(fields: Sequence[Field], post: QueryDict, prefix: str = "") -> dict[str, object]:
    """What a person sent for these fields, unchecked: text as typed; evidence is the list of numbers already kept."""
    return {field.name: TYPED.get(field.kind, _one)(post, prefix + field.name) for field in fields}


def _one(post: QueryDict, name: str) -> object:
    return post.get(name, "")


def _numbers(post: QueryDict, name: str) -> object:
    return [part for part in post.getlist(name) if part]


def _position(post: QueryDict, name: str) -> object:
    """Longitude and latitude come in two inputs; both empty is no position, one empty is a fault that clean() names."""
    parts = [post.get(f"{name}__lon", "").strip(), post.get(f"{name}__lat", "").strip()]
    return ",".join(parts) if any(parts) else post.get(name, "")


TYPED: Mapping[str, Callable[[QueryDict, str], object]] = {"evidence": _numbers, "choices": _numbers, "position": _position}


def bound(fields: Sequence[Field], values: Mapping[str, object], errors: Mapping[str, Words] | None = None, prefix: str = "",
          pictures: Mapping[str, Kept] | None = None) -> list[BoundField]:
    """The fields ready to be shown: with `values` (typed or initial) kept, `errors` beside them, and the `pictures` of files by their number."""
    return [_bound(field, values.get(field.name), (errors or {}).get(field.name), prefix, pictures or {}) for field in fields]


def _bound(field: Field, value: object, fault: Words | None, prefix: str, pictures: Mapping[str, Kept]) -> BoundField:
    text = shown(field.kind, value)
    numbers = tuple(str(one) for one in value) if field.kind == "evidence" and isinstance(value, list | tuple) else ()
    kept = tuple(pictures.get(one, Kept(one)) for one in numbers)
    name = prefix + field.name
    return BoundField(field, name, f"field-{name}", "" if field.kind in FILES | {"secret"} else text, fault, _options(field, text), kept)


def _options(field: Field, chosen: str) -> tuple[Option, ...]:
    choices = YES_NO if field.kind == "truth" else field.options() if field.kind in ("choice", "choices", "area") else ()
    held = chosen.split(",") if field.kind == "choices" else [chosen]
    return tuple(Option(str(value), label, str(value) in held) for value, label in choices)


def shown(kind: str, value: object) -> str:
    """A value as its input takes it: local time for a moment, degrees for a position, decimals for hundredths, true or false for a truth."""
    if value is None or (kind == "evidence" and isinstance(value, list)):
        return ""
    if kind == "choices" and isinstance(value, list | tuple):
        return ",".join(map(str, value))
    if isinstance(value, bool):
        return "true" if value else "false"
    if kind == "hundredths" and isinstance(value, int):
        return f"{'-' if value < 0 else ''}{abs(value) // 100}.{abs(value) % 100:02}"
    if isinstance(value, datetime):
        return f"{clock.local(value):%Y-%m-%dT%H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if kind == "position" and isinstance(value, tuple):
        return ",".join(f"{part / 1_000_000:.6f}" for part in value)
    return str(value)
