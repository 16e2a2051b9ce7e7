# SPDX-License-Identifier: MulanPSL-2.0
"""Sources read: which norms and clauses a source text names (`law:JWH 7-8`, `S:TJ145`, `SEED §12`), and who names a norm."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from linli.core import registry
from linli.core.words import Words, words
from linli.measures.norms.library import Known, find

MARKS_SECTION = "source_words"
LAW = "law:"
PARTS = re.compile(r"[;,；，]")
NAME = re.compile(r"(?<![\w:.-])(law:|S:)?([A-Za-z0-9][A-Za-z0-9_-]*)(?![\w:-])")
PLACE = re.compile(r"\s*(§?)\s*(\d+(?:-\d+)?)(?![\d.%\w])(?!\s*%)")


@dataclass(frozen=True)
class Citation:
    """One part of a source in plain words; `norm` and `clause` where it names a known norm."""

    words: Words
    norm: Known | None = None
    clause: str = ""

    def __str__(self) -> str:
        return str(self.words)


def declare_marks(names: Mapping[str, Words]) -> None:
    """Say in plain words what the marks in sources stand for that are no norms ("P", "policy.md")."""
    for mark, label in names.items():
        registry.add(MARKS_SECTION, mark, label)


def citations(text: str, norms: Sequence[str] = ()) -> tuple[Citation, ...]:
    """What an indicator rests on: the norms that it lists (`law:JWH#7`), then the parts of its source text that say more."""
    listed = list(_listed(norms))
    known = {(one.norm.code, one.clause) for one in listed if one.norm}
    return (*listed, *(one for one in _parts(text) if one.norm is None or (one.norm.code, one.clause) not in known))


def named(text: str, norms: Sequence[str] = ()) -> list[tuple[Known, str]]:
    """The norms and clauses alone."""
    return [(one.norm, one.clause) for one in citations(text, norms) if one.norm is not None]


def cited_by(row: Mapping[str, Any]) -> tuple[Citation, ...]:
    """What a row of a sheet's content rests on; stands any fault of a draft."""
    norms = row.get("norms")
    return citations(str(row.get("source") or ""), [one for one in norms if isinstance(one, str)] if isinstance(norms, list) else [])


def _listed(norms: Sequence[str]) -> Iterator[Citation]:
    for one in filter(None, (each.strip() for each in norms)):
        code, _, clause = one.partition("#")
        norm = find(code)
        yield Citation(norm.clause_words(clause), norm, clause) if norm else Citation(words(one, one))


def _parts(text: str) -> Iterator[Citation]:
    last: Known | None = None
    is_law = False
    for part in filter(None, (one.strip() for one in PARTS.split(text))):
        place = PLACE.fullmatch(part)
        if place and last and (is_law or place[1]):
            yield Citation(last.clause_words(place[2]), last, place[2])
            continue
        found = _name(part, is_law)
        if found is None:
            last, is_law = None, False
            yield Citation(_plain(part))
            continue
        name, last, is_law = found
        after = part[name.end():]
        place = PLACE.match(after)
        clause = place[2] if place and (is_law or place[1]) else ""
        rest = f"{part[:name.start()].strip(' :：')} {after[place.end() if place and clause else 0:].strip()}".strip()
        yield Citation(_with(last.clause_words(clause), rest), last, clause)


def _name(part: str, is_law: bool) -> tuple[re.Match[str], Known, bool] | None:
    """The first name of a known norm: with its mark anywhere, without one only at the beginning."""
    for one in NAME.finditer(part):
        mark, key = one[1] or "", one[2]
        if not mark and one.start():
            continue
        codes = [LAW + key] if mark == LAW else [key, *([LAW + key] if is_law and not mark else [])]
        norm = next(filter(None, map(find, codes)), None)
        if norm is not None:
            return one, norm, norm.code.startswith(LAW)
    return None


def _plain(part: str) -> Words:
    key = part.removeprefix("S:").split(" ")[0]
    label: Words | None = registry.get(MARKS_SECTION, key)
    return _with(label, part.removeprefix("S:").removeprefix(key).strip()) if label is not None else words(part, part)


def _with(label: Words, rest: str) -> Words:
    rest = rest[1:-1] if rest.startswith("(") and rest.endswith(")") else rest
    return label + words(f"（{rest}）", f" ({rest})") if rest else label
