# SPDX-License-Identifier: MulanPSL-2.0
"""Rules as a file: written as CSV or TOML, read back with every wrong line marked."""

import csv
import io
import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from linli.core import clock
from linli.core.faults import Invalid
from linli.core.fields import Field, clean_all
from linli.core.words import Words, words
from linli.elements.directories import unit_names
from linli.elements.models import Organisation
from linli.matters.routing import books, drafts, saying, selectors, targets, times
from linli.matters.routing.books import Rule
from linli.matters.routing.drafts import AUTOMATIC, FILES, NOTE, TARGET, WHAT, WHERE, Wanted

LARGEST = 500_000
"""Characters of a file (our choice: some five thousand rules)."""
COLUMNS = ("what", "area", "time", "target", "automatic", "files", "note")
READABLE = ("what_words", "place", "target_words")
"""Columns for people; ignored when the file comes back."""
MARK = "fault"
NO_COLUMNS = words("文件开头要有这些列：{names}。", "The file must begin with these columns: {names}.")
NOT_TOML = words("不是正确的 TOML：{error}", "This is no TOML: {error}")
TIME_FIELD = Field("time", words("什么时间", "When"), "text", required=True, limit=60)
BAD_TIME = words("时间“{text}”不对，应写 always、office、outside，或 12345 08:00-20:00。", "The time “{text}” is wrong: always, office, outside, or 12345 08:00-20:00.")


@dataclass(frozen=True)
class Line:
    """One line of a file as it came, with what is wrong with it (None when nothing is)."""

    number: int
    given: Mapping[str, str]
    fault: Words | None
    wanted: Wanted | None = None


@dataclass(frozen=True)
class Read:
    """A file that was read."""

    lines: list[Line] = field(default_factory=list)

    @property
    def wrong(self) -> list[Line]:
        """The wrong lines."""
        return [one for one in self.lines if one.fault is not None]

    @property
    def rules(self) -> list[Wanted]:
        """The rules of the right ones."""
        return [one.wanted for one in self.lines if one.wanted is not None]


def read(text: str, scope: int) -> Read:
    """The rules of a file for a scope. A file that is no table at all is one wrong line."""
    body = text.removeprefix("\ufeff")
    try:
        rows = _from_toml(body) if body.lstrip().startswith(("[[", "#")) else _from_csv(body)
    except Invalid as fault:
        return Read([Line(1, {}, next(iter(fault.fields.values())))])
    return Read([_line(number, row, scope) for number, row in rows])


def _from_csv(text: str) -> list[tuple[int, dict[str, str]]]:
    reader = csv.DictReader(io.StringIO(text))
    missing = [one for one in COLUMNS[:4] if one not in (reader.fieldnames or ())]
    if missing:
        raise Invalid({"file": NO_COLUMNS.format(names=", ".join(COLUMNS))})
    try:
        return [(reader.line_num, {name: _plain((row.get(name) or "").strip()) for name in COLUMNS}) for row in reader]
    except csv.Error:
        raise Invalid({"file": NO_COLUMNS.format(names=", ".join(COLUMNS))}) from None


def _from_toml(text: str) -> list[tuple[int, dict[str, str]]]:
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Invalid({"file": NOT_TOML.format(error=str(error)[:120])}) from None
    rows = found.get("rule")
    if not isinstance(rows, list) or not all(isinstance(one, dict) for one in rows):
        raise Invalid({"file": NOT_TOML.format(error="[[rule]]")})
    return [(number, {name: _text(row.get(name, "")) for name in COLUMNS}) for number, row in enumerate(rows, start=1)]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _line(number: int, given: dict[str, str], scope: int) -> Line:
    try:
        fields = (WHAT, WHERE, TIME_FIELD, TARGET, AUTOMATIC, FILES, NOTE)
        values = clean_all(fields, {name: value for name, value in given.items() if value})
        values["target"] = _target(values["target"])
        is_time = times.parse(values["time"]) is not None
        wanted = _checked(scope, values if is_time else values | {"time": times.ALWAYS}, None if is_time else BAD_TIME.format(text=values["time"][:40]))
        return Line(number, given, None, wanted)
    except Invalid as fault:
        return Line(number, given, _sentences(fault))


def _checked(scope: int, values: Mapping[str, Any], trouble: Words | None) -> Wanted:
    """The rule, or everything that is wrong with its line at once."""
    wrong = {"time": trouble} if trouble is not None else {}
    try:
        wanted = drafts.checked(scope, values)
    except Invalid as fault:
        raise Invalid(wrong | dict(fault.fields)) from None
    if wrong:
        raise Invalid(wrong)
    return wanted


def _sentences(fault: Invalid) -> Words:
    zh, en = ("".join(one.zh for one in fault.fields.values()), " ".join(one.en for one in fault.fields.values()))
    return words(zh or str(fault), en or str(fault))


def _target(text: str) -> str:
    """A unit may be written by its name where only one has it."""
    kind, _, rest = text.partition(":")
    if kind != targets.UNIT or rest.isdecimal():
        return text
    found = list(Organisation.objects.filter(name=rest.strip()).values_list("pk", flat=True)[:2])
    return f"{targets.UNIT}:{found[0]}" if len(found) == 1 else text


def rows_of(rules: Iterable[Rule]) -> list[dict[str, str]]:
    """Rules as rows of a file, with readable columns beside."""
    listed = list(rules)
    names = unit_names(int(one.target[5:]) for one in listed if one.target.startswith(f"{targets.UNIT}:"))
    known = selectors.known(clock.today())
    return [{
        "what": one.what, "area": str(one.area), "time": one.when.text, "target": one.target, "automatic": "true" if one.is_automatic else "false",
        "files": one.files or books.BY_HAND, "note": one.note, "what_words": str(selectors.words_of(one.what, known)), "place": saying.place_name(one.area),
        "target_words": str(targets.target_words(one.target, names))} for one in listed]


def as_csv(rows: Sequence[Mapping[str, str]], *, names: Sequence[str] = COLUMNS + READABLE) -> str:
    """The rows as CSV with a mark that lets spreadsheets read Chinese; a cell never begins a formula."""
    out = io.StringIO()
    writer = csv.DictWriter(out, names, extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({name: _harmless(row.get(name, "")) for name in names} for row in rows)
    return "\ufeff" + out.getvalue()


FORMULA = ("=", "+", "-", "@", "\t")


def _harmless(text: str) -> str:
    return f"'{text}" if text[:1] in FORMULA else text


def _plain(text: str) -> str:
    return text[1:] if text[:1] == "'" and text[1:2] in FORMULA else text


def as_toml(rows: Sequence[Mapping[str, str]]) -> str:
    """The rows as TOML; JSON's strings are TOML's."""
    parts = ["# 派遣规则 · routing rules"]
    for row in rows:
        parts.append("\n[[rule]]")
        parts.extend(f"{name} = {row[name] if name == 'automatic' else json.dumps(row[name], ensure_ascii=False)}" for name in COLUMNS)
    return "\n".join(parts) + "\n"


def marked(found: Read) -> str:
    """The file back as CSV with a column that says what is wrong with each line."""
    return as_csv([{**one.given, MARK: str(one.fault or "")} for one in found.lines], names=(*COLUMNS, MARK))
