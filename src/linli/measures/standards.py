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
from linli.measures.declarations import find_measure
from linli.measures.models import StandardVersion
from linli.measures.scoring import Scorer, scorer

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


@dataclass(frozen=True)
class Dimension:
    """A dimension with the points that the whole sheet gives it, of which the indicators here may cover a part."""

    code: str
    words: Words
    points: Fraction
    is_proposed: bool
    indicators: tuple[Indicator, ...]


@dataclass(frozen=True)
class Sheet:
    """A published version, ready to be applied."""

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


def digest(content: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON of a content, in hex."""
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


NEEDED = ("code", "version", "zh", "en", "source", "valid_from", "dimension", "indicator")


def faults(content: Mapping[str, Any]) -> list[str]:
    """Sentences about what is wrong with a standard's content; empty when nothing is."""
    if missing := [name for name in NEEDED if not content.get(name)]:
        return [f"lacks {', '.join(missing)}. Write them in the file."]
    dimensions = {one["code"] for one in content["dimension"]}
    found: list[str] = []
    seen: set[str] = set()
    for one in content["indicator"]:
        found += [f"Indicator {one['code']!r} {sentence}" for sentence in _indicator_faults(one, dimensions)]
        if one["code"] in seen:
            found.append(f"Indicator {one['code']!r} stands there twice. Remove one.")
        seen.add(one["code"])
    return found


def _indicator_faults(one: Mapping[str, Any], dimensions: set[str]) -> list[str]:
    found = []
    if one["dimension"] not in dimensions:
        found.append(f"belongs to the unknown dimension {one['dimension']!r}.")
    if find_measure(one["measure"]) is None:
        found.append(f"reads the measure {one['measure']!r}, which nobody declared.")
    if Fraction(one["points"]) < 0:
        found.append("has negative points.")
    if Fraction(one["points"]) > 0 and "scoring" not in one:
        found.append("has points but no scoring.")
    if "points_proposed" not in one or ("scoring" in one and "scoring_proposed" not in one):
        found.append("does not say of each number whether it is proposed.")
    if not one.get("source"):
        found.append("has no source.")
    if "scoring" in one:
        try:
            scorer(one["scoring"])
        except ValueError as error:
            found.append(str(error))
    return found


def sheet_of(version: StandardVersion) -> Sheet:
    """The sheet in a stored version."""
    content = version.content
    return Sheet(
        id=version.pk, code=content["code"], version=content["version"], words=words(content["zh"], content["en"]), source=content["source"],
        is_proposed=bool(content.get("proposed")), digest=version.digest, valid_from=version.valid_from, valid_to=version.valid_to,
        dimensions=tuple(_dimension(one, content["indicator"]) for one in content["dimension"]))


def _dimension(one: Mapping[str, Any], indicators: list[dict[str, Any]]) -> Dimension:
    own = tuple(_indicator(row) for row in indicators if row["dimension"] == one["code"])
    return Dimension(one["code"], words(one["zh"], one["en"]), Fraction(one["points"]), bool(one.get("proposed")), own)


def _indicator(row: Mapping[str, Any]) -> Indicator:
    return Indicator(
        code=row["code"], dimension=row["dimension"], measure=row["measure"], measure_version=int(row["version"]), points=Fraction(row["points"]),
        is_points_proposed=bool(row["points_proposed"]), scorer=scorer(row["scoring"]) if "scoring" in row else None,
        is_scoring_proposed=bool(row.get("scoring_proposed")), source=row["source"])


def _read() -> tuple[Sheet, ...]:
    return tuple(sheet_of(one) for one in StandardVersion.objects.filter(state__in=["published", "superseded"]).order_by("-valid_from", "-id"))


_memory: Memory[tuple[Sheet, ...]] = Memory(EDITION, _read)


def sheet_on(day: date) -> Sheet | None:
    """The newest published sheet valid on a day; None when there is none."""
    for one in _memory.value():
        if one.valid_from <= day and (one.valid_to is None or day < one.valid_to):
            return one
    return None
