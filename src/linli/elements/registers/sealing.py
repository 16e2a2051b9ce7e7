# SPDX-License-Identifier: MulanPSL-2.0
"""How the registers keep values of class 2 and up: sealed for their record, and a keyed index where they must be found again exactly.

The context of a sealed value is `<register>.<column>:<record id>`, so that a value copied to another record or column does not open.
A person's bundle of several fields (`Person.sealed`) is JSON under `person.sealed:<id>`.
"""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from linli.core.keys import keyring

INDEX_BYTES = 16
"""How much of the 32 bytes of an index is kept: a uuid, because only leakproof operators reach an index under a policy, and bytea is twice as wide.
Among 13.6 million values two have the same 16 bytes by chance once in about 4 * 10^24."""
BUNDLE = "sealed"


def index_of(register: str, column: str, value: str) -> UUID:
    """The index column's value for `value` in its one written form: equal for equal values, saying nothing without the key."""
    return UUID(bytes=keyring().blind_index(value, f"{register}.{column}")[:INDEX_BYTES])


def context_of(register: str, column: str, record: int) -> str:
    """What a sealed value is bound to."""
    return f"{register}.{column}:{record}"


def seal_value(register: str, column: str, record: int, value: str) -> bytes:
    """`value` sealed for this column of this record. The id must be known before: draw it from the sequence."""
    return keyring().seal(value, context_of(register, column, record))


def open_value(register: str, column: str, record: int, sealed: bytes) -> str:
    """The plain text. KeyMissing or SealBroken when it does not open."""
    return keyring().unseal_text(bytes(sealed), context_of(register, column, record))


def bundle_text(values: Mapping[str, Any]) -> str | None:
    """The text of a bundle before it is sealed; None when no field has a value."""
    kept = {name: value for name, value in sorted(values.items()) if value not in ("", None)}
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":")) if kept else None


def names_in(values: Mapping[str, Any]) -> str:
    """Which fields of a bundle have a value, as the record says it beside the bundle: so that they are counted without opening it."""
    return " ".join(name for name, value in sorted(values.items()) if value not in ("", None))


def seal_bundle(register: str, record: int, values: Mapping[str, Any]) -> bytes | None:
    """Several fields of one record sealed together as JSON; None when none of them has a value."""
    text = bundle_text(values)
    return None if text is None else seal_value(register, BUNDLE, record, text)


def open_bundle(register: str, record: int, sealed: bytes | None) -> dict[str, Any]:
    """The fields of a bundle; empty when there is none."""
    if not sealed:
        return {}
    found: dict[str, Any] = json.loads(open_value(register, BUNDLE, record, sealed))
    return found
