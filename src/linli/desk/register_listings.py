# SPDX-License-Identifier: MulanPSL-2.0
"""Each register as a list that can be taken out: its declared columns, class 2 masked, class 3 as stars, under the sight of the post that asked."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from linli.core.faults import Invalid
from linli.core.sight import Actor
from linli.core.words import Words, words
from linli.desk.registers import BESIDE, chosen_by
from linli.doors.exports import Listing, declare
from linli.elements import places
from linli.elements.registers import lists, records
from linli.elements.registers.declaring import Register, on_declaring

BLOCK = 2_000
NAMING = ("person", "household")
"""Registers whose lists name residents."""
LEVELS = (("street", words("街道", "Street")), ("community", words("社区", "Community")), ("grid", words("网格", "Grid")))


def _columns(register: Register) -> tuple[tuple[str, Words], ...]:
    beside = BESIDE.get(register.name)
    return (("record", words("编号", "Number")), ("title", words("名称", "Called")), *((("beside", beside[0]),) if beside else ()),
            *((one.name, one.label) for one in register.columns), *LEVELS)


def _checked(register: Register, actor: Actor, given: Mapping[str, Any]) -> dict[str, Any]:
    _, faults = chosen_by(register, actor, given)
    if faults:
        raise Invalid(faults)
    return {name: str(value) for name, value in given.items()}


def _rows(register: Register, actor: Actor, given: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """Rows in blocks by key: memory stays small, and what stands beside is read once a block."""
    chosen, _ = chosen_by(register, actor, given)
    is_open, cursor = records.may_open(actor), ""
    beside = BESIDE.get(register.name)
    above: dict[int, tuple[str, ...]] = {}
    while True:
        page = lists.page(register, actor, chosen, cursor, size=BLOCK)
        aside = beside[1](page.rows, actor) if beside else {}
        for one in page.rows:
            if one.area not in above:
                above[one.area] = _names_above(one.area)
            values = records.values_of(register, one)
            yield (one.pk, records.title_of(register, one), *((aside.get(one.pk, ""),) if beside else ()),
                   *(records.shown(column, values[column.name], is_open=is_open) for column in register.columns), *above[one.area])
        cursor = page.older
        if not cursor:
            return


def _names_above(area: int) -> tuple[str, ...]:
    found = {one.level: one.name for one in places.path_of(area)}
    return tuple(found.get(level, "") for level, _ in LEVELS)


@on_declaring
def declare_listing(register: Register) -> None:
    """Declare the list of a register for taking out."""
    declare(Listing(f"register.{register.name}", register.words, register.sees, _columns(register), partial(_rows, register), partial(_checked, register),
                    names=register.name if register.subject in NAMING else ""))
