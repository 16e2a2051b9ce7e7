# SPDX-License-Identifier: MulanPSL-2.0
"""Standards: an indicator system read from a file, published once with the hash of its content, and never edited."""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from linli.core import registry
from linli.core.editions import Memory
from linli.core.words import Words, words
from linli.measures.models import StandardVersion
from linli.measures.scoring import Scorer, scorer
from linli.measures.sheets.checking import check

EDITION = "standards"
SECTION = "standard"


@dataclass(frozen=True)
class StandardFile:
    """A shipped standard: its name and where its file lies."""

    name: str
    path: Path

    def content(self) -> dict[str, Any]:
        """The file's content as plain JSON values, dates as text. ValueError with every fault it has."""
        raw = tomllib.loads(self.path.read_text(encoding="utf-8"))
        content: dict[str, Any] = json.loads(json.dumps(raw, default=str, ensure_ascii=False))
        if found := faults(content):
            raise ValueError(f"Standard {self.name!r}: " + " ".join(found))
        return content


def declare(file: StandardFile) -> StandardFile:
    """Register a shipped standard; `manage seed` publishes it."""
    registry.add(SECTION, file.name, file)
    return file


MEASURED, AWAITED, INSPECTED, SURVEYED = "measured", "awaited", "inspected", "surveyed"
BASES = {
    MEASURED: words("由日常记录计算", "computed from the daily records"),
    AWAITED: words("等“{system}”的记录", "records come with {system}"),
    INSPECTED: words("需要到现场看", "needs eyes on site"),
    SURVEYED: words("由居民抽样调查得出", "comes from a sampled survey"),
}
"""What an indicator rests on. Only measured ones have a figure here; of the others no point is given to the rest."""
FULL, SOME = "full", "some"


@dataclass(frozen=True)
class Condition:
    """必备条件: what must hold whatever the points are."""

    code: str
    words: Words
    source: str


@dataclass(frozen=True)
class Need:
    """That an indicator decides a necessary condition: wholly reached (`full`), reached at all (`some`), or reached to a least share ('0.60')."""

    condition: str
    when: str

    def holds(self, numerator: int, denominator: int) -> bool:
        """Whether the condition holds by this figure."""
        if self.when in (FULL, SOME):
            return numerator >= denominator if self.when == FULL else numerator > 0
        return numerator >= Fraction(self.when) * denominator


@dataclass(frozen=True)
class Pending:
    """An indicator of the sheet without a figure yet: its points count in neither what is reached nor what is possible."""

    code: str
    words: Words
    basis: str
    basis_words: Words
    points: Fraction
    is_points_proposed: bool
    need: Need | None
    source: str
    norms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Indicator:
    """One indicator of a standard: the measure it reads, its points and its scoring (None where it is only watched)."""

    code: str
    dimension: str
    measure: str
    measure_version: int
    points: Fraction
    is_points_proposed: bool
    scorer: Scorer | None
    is_scoring_proposed: bool
    source: str
    need: Need | None = None
    is_seen: bool = False
    """True where somebody has to look on site: until then its points are neither reached nor possible."""
    norms: tuple[str, ...] = ()
    """Codes of norms it rests on, a clause behind `#`."""


@dataclass(frozen=True)
class Dimension:
    """A dimension with the points that the whole sheet gives it, of which the measured indicators cover a part; `pending` are the others."""

    code: str
    words: Words
    points: Fraction
    is_proposed: bool
    indicators: tuple[Indicator, ...]
    pending: tuple[Pending, ...] = ()


@dataclass(frozen=True)
class Bar:
    """达标线: points of the whole sheet that are needed, and the share of its points that each dimension needs."""

    total: Fraction
    dimension: Fraction
    is_proposed: bool
    source: str


@dataclass(frozen=True)
class SurveyWeight:
    """满意度权重: the share of the final result that the residents' satisfaction decides."""

    weight: Fraction
    is_proposed: bool
    source: str


@dataclass(frozen=True)
class Sheet:
    """A published version, ready to be applied. `bar` and `survey` are None where the version sets none."""

    id: int
    code: str
    version: str
    words: Words
    source: str
    is_proposed: bool
    digest: str
    valid_from: date
    valid_to: date | None
    dimensions: tuple[Dimension, ...]
    conditions: tuple[Condition, ...] = ()
    bar: Bar | None = None
    survey: SurveyWeight | None = None

    @property
    def points(self) -> Fraction:
        """Points of the whole sheet."""
        return sum((one.points for one in self.dimensions), Fraction(0))


def digest(content: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON of a content, in hex."""
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def faults(content: Mapping[str, Any]) -> list[str]:
    """Sentences about what is wrong with a shipped content; empty when nothing is. A measure that was redefined since is no fault of an old file."""
    return [one.said.en for one in check(content) if one.field != "version"]


def sheet_of(version: StandardVersion) -> Sheet:
    """The sheet in a stored version."""
    content = version.content
    return Sheet(
        id=version.pk, code=content["code"], version=content["version"], words=words(content["zh"], content["en"]), source=content["source"],
        is_proposed=bool(content.get("proposed")), digest=version.digest, valid_from=version.valid_from, valid_to=version.valid_to,
        dimensions=tuple(_dimension(one, content) for one in content["dimension"]),
        conditions=tuple(Condition(one["code"], words(one["zh"], one["en"]), one["source"]) for one in content.get("necessary", ())),
        bar=_bar(content["bar"]) if content.get("bar") else None, survey=_survey(content["survey"]) if content.get("survey") else None)


def _bar(row: Mapping[str, Any]) -> Bar:
    return Bar(Fraction(row["total"]), Fraction(row["dimension"]), bool(row["proposed"]), row["source"])


def _survey(row: Mapping[str, Any]) -> SurveyWeight:
    return SurveyWeight(Fraction(row["weight"]), bool(row["proposed"]), row["source"])


def _dimension(one: Mapping[str, Any], content: Mapping[str, Any]) -> Dimension:
    own = [row for row in content["indicator"] if row["dimension"] == one["code"]]
    systems = {row["code"]: words(row["zh"], row["en"]) for row in content.get("system", ())}
    return Dimension(
        one["code"], words(one["zh"], one["en"]), Fraction(one["points"]), bool(one.get("proposed")),
        tuple(_indicator(row) for row in own if row.get("basis", MEASURED) == MEASURED),
        tuple(_pending(row, systems) for row in own if row.get("basis", MEASURED) != MEASURED))


def _pending(row: Mapping[str, Any], systems: Mapping[str, Words]) -> Pending:
    basis = BASES[row["basis"]]
    return Pending(
        row["code"], words(row["zh"], row["en"]), row["basis"], basis.format(system=systems[row["system"]]) if row["basis"] == AWAITED else basis,
        Fraction(row["points"]), bool(row["points_proposed"]), _need(row), row["source"], tuple(row.get("norms", ())))


def _need(row: Mapping[str, Any]) -> Need | None:
    return Need(row["necessary"], row["necessary_when"]) if row.get("necessary") else None


def _indicator(row: Mapping[str, Any]) -> Indicator:
    return Indicator(
        code=row["code"], dimension=row["dimension"], measure=row["measure"], measure_version=int(row["version"]), points=Fraction(row["points"]),
        is_points_proposed=bool(row["points_proposed"]), scorer=scorer(row["scoring"]) if "scoring" in row else None,
        is_scoring_proposed=bool(row.get("scoring_proposed")), source=row["source"], need=_need(row),
        is_seen="inspection" in row, norms=tuple(row.get("norms", ())))


def _read() -> tuple[Sheet, ...]:
    return tuple(sheet_of(one) for one in StandardVersion.objects.filter(state__in=["published", "superseded"]).order_by("-valid_from", "-id"))


_memory: Memory[tuple[Sheet, ...]] = Memory(EDITION, _read)


def sheet_on(day: date) -> Sheet | None:
    """The newest published sheet valid on a day; None when there is none."""
    for one in _memory.value():
        if one.valid_from <= day and (one.valid_to is None or day < one.valid_to):
            return one
    return None
