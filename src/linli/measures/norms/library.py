# SPDX-License-Identifier: MulanPSL-2.0
"""The library as it stands: every norm by its code, remembered in this process; shipped ones answer until the library holds them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from linli.core import registry
from linli.core.editions import Memory
from linli.core.words import Words, words
from linli.measures.models import Norm

EDITION = "norms"
SECTION = "norm"
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9:._-]{0,59}")
KINDS: Mapping[str, Words] = {
    "law": words("法律", "law"), "regulation": words("法规、规章", "regulation"), "standard": words("标准", "standard"), "city_rule": words("本市文件", "city rule"),
    "report": words("报道、报告", "report"), "own": words("自定规则", "own rule")}
MARKS: Mapping[str, Words] = {"seen": words("已查阅", "read"), "remembered": words("凭记忆，待核实", "from memory, to be confirmed"), "proposed": words("拟", "proposed")}
BY_ARTICLE = frozenset({"law", "regulation"})
"""Kinds whose clauses are articles."""
ARTICLE, SECTION_OF = words(" 第 {number} 条", ", art. {number}"), words(" 第 {number} 项", ", §{number}")


@dataclass(frozen=True)
class Clause:
    """One clause: its number as it is cited, and its subject."""

    number: str
    words: Words


@dataclass(frozen=True)
class Known:
    """A norm as it is cited. `pk` is None for a shipped one that the library does not hold."""

    code: str
    kind: str
    words: Words
    clauses: tuple[Clause, ...] = ()
    pk: int | None = None

    def clause_words(self, number: str) -> Words:
        """Title and clause in one; the title alone without a clause."""
        if not number:
            return self.words
        subject = next((one.words for one in self.clauses if one.number == number), None)
        told = self.words + (ARTICLE if self.kind in BY_ARTICLE else SECTION_OF).format(number=number)
        return told + words("（{subject}）", " ({subject})").format(subject=subject) if subject else told


@dataclass(frozen=True)
class Shipped:
    """A norm of the small file that is shipped; every value as the action takes it."""

    code: str
    values: Mapping[str, str]


def ship(norms: list[Mapping[str, str]]) -> None:
    """Declare the norms of a shipped file; `manage seed` puts those into the library that are not there yet."""
    for row in norms:
        registry.add(SECTION, row["code"], Shipped(row["code"], row))


def shipped() -> list[Shipped]:
    """Every shipped norm."""
    return list(registry.everything(SECTION))


def clauses_of(rows: list[Mapping[str, str]]) -> tuple[Clause, ...]:
    """Clauses as they are kept."""
    return tuple(Clause(one["number"], words(one["zh"], one["en"])) for one in rows)


def parsed(text: str) -> list[dict[str, str]] | None:
    """Clauses as they are typed, one a line: number | subject in Chinese | subject in English. None when a line is none, or one comes twice."""
    found = []
    for line in filter(None, (one.strip() for one in text.splitlines())):
        parts = [one.strip() for one in line.split("|")]
        if len(parts) != 3 or not all(parts) or len(parts[0]) > 20:
            return None
        found.append({"number": parts[0], "zh": parts[1], "en": parts[2]})
    return found if len({one["number"] for one in found}) == len(found) else None


def typed(rows: list[Mapping[str, str]]) -> str:
    """Clauses as a form shows them again."""
    return "\n".join(f"{one['number']} | {one['zh']} | {one['en']}" for one in rows)


def library() -> Mapping[str, Known]:
    """Every norm by its code."""
    return _memory.value()


def find(code: str) -> Known | None:
    """The norm of a code; `S:` before it says only that a source is meant."""
    held = library()
    return held.get(code) or held.get(code.removeprefix("S:"))


def _read() -> Mapping[str, Known]:
    found = {one.code: Known(one.code, one.values["kind"], words(one.values["zh"], one.values["en"]), clauses_of([*(parsed(one.values.get("clauses", "")) or [])]))
             for one in shipped()}
    for one in Norm.objects.only("code", "kind", "title_zh", "title_en", "clauses"):
        found[one.code] = Known(one.code, one.kind, words(one.title_zh, one.title_en), clauses_of(one.clauses), one.pk)
    return found


_memory: Memory[Mapping[str, Known]] = Memory(EDITION, _read)
