# SPDX-License-Identifier: MulanPSL-2.0
"""Ours and theirs of single fields, set-wise: as texts that can be compared, as keyed digests, and theirs sealed for its item."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from linli.core.keys import keyring
from linli.core.words import Words, words
from linli.elements.intakes import changes
from linli.elements.intakes.columns import key
from linli.elements.intakes.ground import TEXT, WHOLE, held
from linli.elements.intakes.structure import STANDING
from linli.elements.registers import sealing
from linli.elements.registers.declaring import JOINING, Column, register_named
from linli.elements.registers.people import RELATION as RELATED
from linli.elements.registers.people import STANDING as STANDS

DIFFERS, THEIRS, OURS, UNCLEAR = "differs", "theirs", "ours", "unclear"
SIDES = (DIFFERS, THEIRS, OURS, UNCLEAR)
TIES, ADDRESS, PRESENT = "ties", "address", "present"
BESIDE: Mapping[str, Words] = {
    TIES: words("与房屋和住户的关系", "Tie to dwelling and household"), ADDRESS: words("住址", "Address"), PRESENT: words("是否还在这里", "Whether still here")}
"""What is compared beside the columns of a sheet."""
DIGEST_BYTES = 16
ITEM = {"side": TEXT, "register": TEXT, "record": WHOLE, "line": WHOLE, "name": TEXT, "area": WHOLE, "was": TEXT, "theirs": TEXT, "likeness": TEXT}
"""An item on its way into the table; `was` and `theirs` are plain texts, null where nothing is known."""


def digests(texts: Sequence[str], what: str) -> list[bytes]:
    """Keyed digests: equal for equal texts, saying nothing without the key."""
    return [one[:DIGEST_BYTES] for one in keyring().blind_indexes(list(texts), what)]


def context(reconciliation: int, register: str, record: int | None, line: int | None, name: str) -> str:
    """What the seal of theirs is bound to."""
    return f"reconciled:{reconciliation}:{register}:{record or 0}:{line or 0}:{name}"


def column_of(name: str) -> Column | None:
    """The column that a compared name means; None for what is no column (ties, address)."""
    owner, _, column = name.partition(".")
    if owner == JOINING:
        return {"relation": RELATED, "standing": STANDS}.get(column)
    try:
        return register_named(owner).column(column) if column else None
    except LookupError:
        return None


def label_of(name: str) -> Words:
    """How a compared name is called on screen."""
    column = column_of(name)
    return column.label if column else BESIDE.get(name, words(name or "-", name or "-"))


def ours_of(register: str, pairs: pl.DataFrame) -> pl.DataFrame:
    """What we have for `pairs` (record, name): the same with `was`, a text to compare (the keyed index for numbers and phones); null for nothing.

    Bundles are opened in memory for it, which the caller has journalled.
    """
    ids, names = pairs["record"].unique().to_list(), pairs["name"].unique().to_list()
    found = register_named(register)
    texts: dict[str, str] = {}
    bundles = []
    for name in names:
        column = name.partition(".")[2]
        if name == STANDING:
            texts[name] = "t.standing"
        elif column in changes.plain_columns(found):
            texts[name] = f"t.{column}::text"
        elif column in changes.kept_in_fields(found):
            texts[name] = f"t.fields ->> '{column}'"
        elif column in changes.INDEXED and register == "person":
            texts[name] = f"replace(t.{changes.INDEXED[column]}::text, '-', '')"
        elif column in changes.bundled(found):
            bundles.append(column)
    table = found.model._meta.db_table
    told = [pl.DataFrame(schema={"record": WHOLE, "name": TEXT, "was": TEXT})]
    if texts:
        wide = held(table, {f"c{place}": text for place, text in enumerate(texts.values())}, ids)
        long = wide.unpivot([f"c{place}" for place in range(len(texts))], index="id", variable_name="name", value_name="was")
        back = dict(zip((f"c{place}" for place in range(len(texts))), texts, strict=True))
        told.append(long.select(pl.col("id").alias("record"), pl.col("name").replace(back), "was"))
    if bundles:
        told.append(_opened(register, table, ids, bundles))
    return pairs.join(pl.concat(told), on=["record", "name"], how="left", maintain_order="left")


def _opened(register: str, table: str, ids: Sequence[int], names: Sequence[str]) -> pl.DataFrame:
    rows = []
    for number, _, sealed in held(table, {"was": "encode(t.sealed, 'hex')"}, ids).iter_rows():
        bundle = sealing.open_bundle(register, number, bytes.fromhex(sealed)) if sealed else {}
        rows += [(number, key(register, name), bundle.get(name)) for name in names]
    return pl.DataFrame(rows, schema={"record": WHOLE, "name": TEXT, "was": TEXT}, orient="row")


def was_digests(rows: Iterable[tuple[str, int | None, str, str | None]]) -> list[bytes]:
    """The digests of ours, of (register, record, name, text)."""
    return digests([f"{register}|{record or 0}|{name}|{text or ''}" for register, record, name, text in rows], "reconciled.ours")


def like_digests(rows: Iterable[tuple[str, str, str | None]]) -> list[bytes]:
    """The digests of theirs, of (register, name, text)."""
    return digests([f"{register}|{name}|{text or ''}" for register, name, text in rows], "reconciled.theirs")


def sealed_texts(reconciliation: int, frame: pl.DataFrame) -> list[bytes]:
    """Theirs of each item, sealed."""
    columns = frame.select("theirs", "register", "record", "line", "name").iter_rows()
    return keyring().seal_many([(text or "", context(reconciliation, *bound)) for text, *bound in columns])


def opened(item: Any) -> str:
    """Theirs of an item as text; empty when it is destroyed."""
    if not item.sealed:
        return ""
    return keyring().unseal_text(bytes(item.sealed), context(item.reconciliation_id, item.register, item.record, item.line, item.name))


def as_json(cells: Mapping[str, str | None]) -> str:
    """Several texts of one item as one."""
    return json.dumps({name: cell for name, cell in cells.items() if cell}, ensure_ascii=False)
