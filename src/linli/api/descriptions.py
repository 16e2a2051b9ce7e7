# SPDX-License-Identifier: MulanPSL-2.0
"""Declarations as machines read them: the JSON schema of a field, and everything there is to say about a kind."""

from collections.abc import Callable, Mapping
from typing import Any

from linli.core.fields import Field
from linli.matters.kinds import FIRST_REPLY, WHOLE, Kind, Term
from linli.matters.phases import OPEN, PHASES

TERMS = (*OPEN, WHOLE, FIRST_REPLY)
SAFE = 2**53


def _text(field: Field) -> dict[str, Any]:
    return {"type": "string", "maxLength": field.limit}


def _integer(field: Field) -> dict[str, Any]:
    return {"type": "integer", "minimum": -SAFE if field.low is None else field.low, "maximum": SAFE if field.high is None else field.high}


def _choice(field: Field) -> dict[str, Any]:
    return {"type": "string"} if field.is_live else {"type": "string", "enum": [value for value, _ in field.declared()]}


def _choices(field: Field) -> dict[str, Any]:
    return {"type": "array", "items": _choice(field), "uniqueItems": True}


def _position(field: Field) -> dict[str, Any]:
    pair = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
    return {"oneOf": [pair, {"type": "string", "examples": ["117.19410,39.11767"]}]}


SCHEMAS: Mapping[str, Callable[[Field], dict[str, Any]]] = {
    "text": _text,
    "long_text": _text,
    "secret": lambda field: _text(field) | {"format": "password"},
    "file_text": _text,
    "integer": _integer,
    "hundredths": lambda field: {"type": ["number", "string"]},
    "area": _integer,
    "choice": _choice,
    "choices": _choices,
    "truth": lambda field: {"type": "boolean"},
    "moment": lambda field: {"type": "string", "format": "date-time"},
    "day": lambda field: {"type": "string", "format": "date"},
    "email": lambda field: {"type": "string", "format": "email", "maxLength": field.limit},
    "phone": lambda field: {"type": "string", "minLength": 7, "maxLength": 20, "pattern": r"^\+?[0-9][0-9 \-]{5,18}[0-9]$"},
    "position": _position,
    "evidence": lambda field: {"type": "array", "items": {"type": "integer", "minimum": 0}, "maxItems": field.limit},
    "file": lambda field: {"type": "string", "contentEncoding": "base64"},
}
"""Kind of field to its JSON schema; keyed by the same names as core.fields.CLEANERS."""


def of_field(field: Field) -> dict[str, Any]:
    """The JSON schema of a field, with its label in both languages and its protection class."""
    parts = [f"{field.label.zh} / {field.label.en}"]
    parts += [f"{field.help.zh} / {field.help.en}"] if field.help else []
    parts += ["; ".join(f"{value}: {said.zh} / {said.en}" for value, said in field.declared())] if field.kind in ("choice", "choices") and not field.is_live else []
    return SCHEMAS[field.kind](field) | {
        "description": "\n".join(parts), "x-linli-kind": field.kind, "x-linli-protection": field.protection.class_number}


def of_term(name: str, term: Term) -> dict[str, Any]:
    """A limit with its basis; `proposed` is true while the number waits for confirmation (拟)."""
    return {"name": name, "amount": term.amount, "unit": term.unit.value, "basis": term.basis.as_dict(), "proposed": term.proposed}


def of_kind(kind: Kind) -> dict[str, Any]:
    """A kind with its fields, limits, moves and reasons."""
    return {
        "name": kind.name, "words": kind.words.as_dict(), "about": kind.about.as_dict(), "systems": list(kind.systems), "scheme": kind.scheme,
        "photos": kind.photos, "is_public": kind.is_public,
        "fields": [{"name": one.name, "required": one.required, "filter": one.filter} | of_field(one) for one in kind.fields],
        "terms": [of_term(name, term) for name in TERMS if (term := kind.term(name)) is not None],
        "category_terms": [of_term(code, term) for code, term in sorted(kind.category_terms.items())],
        "category_wholes": [of_term(code, term) for code, term in sorted(kind.category_wholes.items())],
        "stages": {code: [of_term(one.name, one.term) | {"words": one.words.as_dict()} for one in stages] for code, stages in sorted(kind.stages.items())},
        "watch": {"warn_percent": kind.watch.warn_percent, "extensions": kind.watch.extensions, "extension_percent": kind.watch.extension_percent,
                  "pause_days": kind.watch.pause_days, "suspension_days": kind.watch.suspension_days, "proposed": True,
                  "terms": [of_term(name, term) for name, term in kind.watch.terms.items()]},
        "phases": {name: PHASES[name].as_dict() for name in PHASES},
        "moves": [
            {"action": rule.action, "words": rule.words.as_dict(), "from": rule.source, "to": rule.target, "ability": rule.ability,
             "guards": list(rule.guards), "through": rule.through,
             "reasons": [{"code": one.code, "words": one.words.as_dict(), "remedy": one.remedy.as_dict()} for one in kind.reasons(rule.action)]
             if rule.reason else []}
            for rule in (*kind.moves, kind.rework)],
    }
