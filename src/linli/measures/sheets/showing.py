# SPDX-License-Identifier: MulanPSL-2.0
"""A content as people read it: dimensions with their indicators, conditions, bar, marks; and as a form shows it again. Stands any fault."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from linli.core.words import Words, words
from linli.measures.norms.citing import cited_by
from linli.measures.sheets.checking import INDICATOR, MEASURED, SheetFault
from linli.measures.sheets.comparing import BASIS, name_of, plain_points, scoring_words

PROPOSED, STATUTE, PUBLISHED = words("拟", "proposed"), words("法规规定", "by statute"), words("已公布", "published")


def whole(content: Mapping[str, Any], faults: Iterable[SheetFault] = ()) -> dict[str, Any]:
    """The sheet by dimension, each row with its faults."""
    said: dict[tuple[str, str], list[Words]] = {}
    for one in faults:
        said.setdefault((one.section, one.code), []).append(one.sentence)
    conditions = {str(one.get("code")): name_of(one) for one in rows(content, "necessary")}
    systems = {str(one.get("code")): name_of(one) for one in rows(content, "system")}
    indicators = [_indicator(one, conditions, systems, said) for one in rows(content, INDICATOR)]
    known = [one.get("code") for one in rows(content, "dimension")]
    return {
        "words": name_of(content), "source": str(content.get("source", "")), "valid_from": str(content.get("valid_from", "")), "is_proposed": bool(content.get("proposed")),
        "bar": typed_bar(content), "bar_mark": mark(content.get("bar")) if isinstance(content.get("bar"), dict) else None,
        "dimensions": [{"code": one.get("code"), "words": name_of(one), "points": plain_points(one.get("points")), "mark": mark(one),
                        "faults": said.get(("dimension", str(one.get("code"))), []), "indicators": [row for row in indicators if row["dimension"] == one.get("code")]}
                       for one in rows(content, "dimension")],
        "stray": [one for one in indicators if one["dimension"] not in known],
        "conditions": [{"code": one.get("code"), "words": name_of(one), "source": str(one.get("source", "")), "cited": cited_by(one),
                        "faults": said.get(("necessary", str(one.get("code"))), [])}
                       for one in rows(content, "necessary")],
        "systems": [{"code": one.get("code"), "words": name_of(one), "faults": said.get(("system", str(one.get("code"))), [])} for one in rows(content, "system")],
    }


def rows(content: Mapping[str, Any], section: str) -> list[Mapping[str, Any]]:
    """The rows of a section that are rows at all."""
    held = content.get(section)
    return [one for one in held if isinstance(one, dict)] if isinstance(held, list) else []


def mark(row: Any, name: str = "") -> Words:
    """Whence a number comes."""
    flag, key = (f"{name}_proposed", f"{name}_mark") if name else ("proposed", "mark")
    if row.get(flag, True):
        return PROPOSED
    return STATUTE if row.get(key) == "statute" else PUBLISHED


def _indicator(row: Mapping[str, Any], conditions: Mapping[Any, Words], systems: Mapping[Any, Words], said: Mapping[tuple[str, str], list[Words]]) -> dict[str, Any]:
    basis = row.get("basis", MEASURED)
    needed, duty, norms = str(row.get("necessary") or ""), row.get("duty"), row.get("norms")
    return {
        "code": str(row.get("code", "")), "dimension": row.get("dimension"), "words": name_of(row), "points": plain_points(row.get("points")),
        "mark": mark(row, "points"), "scoring": scoring_words(row.get("scoring")), "scoring_mark": mark(row, "scoring") if "scoring" in row else None,
        "basis": BASIS.get(basis if isinstance(basis, str) else "", words("？", "?")), "system": systems.get(str(row.get("system"))) if row.get("system") else None,
        "measure": f"{row.get('measure')}.{row.get('version')}" if basis == MEASURED else "", "source": str(row.get("source", "")),
        "cited": cited_by(row), "necessary": conditions.get(needed), "duty": _joined(duty), "norms": _joined(norms), "faults": said.get((INDICATOR, str(row.get("code"))), [])}


def _joined(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")


def typed_general(content: Mapping[str, Any]) -> dict[str, object]:
    """The general data as the form shows it."""
    keys = {"code": "code", "number": "version", "zh": "zh", "en": "en", "source": "source", "valid_from": "valid_from"}
    found: dict[str, object] = {name: str(content.get(key) or "") for name, key in keys.items()}
    return found | {"proposed": "true" if content.get("proposed") else "false"}


def typed_bar(content: Mapping[str, Any]) -> dict[str, object]:
    """The bar as the form shows it; empty where there is none."""
    bar = content.get("bar")
    if not isinstance(bar, dict):
        return {}
    return {"total": str(bar.get("total", "")), "share": str(bar.get("dimension", "")), "source": str(bar.get("source", "")), "mark": _typed_mark(bar, "proposed", "mark")}


def typed_row(row: Mapping[str, Any]) -> dict[str, object]:
    """A row as the form shows it."""
    found: dict[str, object] = {name: _joined(value) if isinstance(value, list) else str(value) for name, value in row.items() if not isinstance(value, bool)}
    found |= {"points_mark": _typed_mark(row, "points_proposed", "points_mark"), "mark": _typed_mark(row, "proposed", "mark")}
    return found | {"scoring_mark": _typed_mark(row, "scoring_proposed", "scoring_mark"), "basis": str(row.get("basis", MEASURED))}


def _typed_mark(row: Mapping[str, Any], flag: str, name: str) -> str:
    return "proposed" if row.get(flag, True) else str(row.get(name, "published"))


def choices(content: Mapping[str, Any], field: str) -> Sequence[tuple[str, Words]] | None:
    """What there is to choose from for a field of an indicator; None for a field that is typed."""
    section = {"dimension": "dimension", "system": "system", "necessary": "necessary"}.get(field)
    if section is None:
        return None
    return [(str(one.get("code")), words(f"{one.get('code')} {name_of(one).zh}", f"{one.get('code')} {name_of(one).en}")) for one in rows(content, section)]
