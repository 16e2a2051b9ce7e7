# SPDX-License-Identifier: MulanPSL-2.0
"""Lists of a register: filters on columns and facets, pages by key in the order of place and name, counts that stop where they would become slow."""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, Q, QuerySet

from linli.core.faults import Invalid
from linli.core.fields import Field
from linli.core.models import Facet
from linli.core.sight import Actor
from linli.core.words import words
from linli.elements.registers import records
from linli.elements.registers.declaring import Register, register_named

PAGE = 50
"""Rows of a page: a page never shows more names than may be shown without a line in the journal (house.md part 3, Personal data)."""
COUNTED = 10_000
"""A list is counted so far and no further: an exact number of a large table costs a walk through all of it."""
BAD_CURSOR = words("翻页位置无效，请从第一页重新开始。", "This page position is not valid. Start again from the first page.")
STATES = (("standing", words("现有", "Present")), ("ended", words("已终止", "Ended")))


@dataclass(frozen=True)
class Filter:
    """What a list is narrowed to. `choices` are values by field name; `text` is how a name, number or room begins."""

    area: tuple[int, int] | None = None
    choices: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    ended: bool = False

    @property
    def is_plain(self) -> bool:
        """True for the whole list, which is read in the order of its index."""
        return self == Filter()


@dataclass(frozen=True)
class Page:
    """One page with the cursors of its neighbours, empty at an end."""

    rows: Sequence[Any]
    newer: str
    older: str


def filters_of(register: Register) -> list[Field]:
    """The fields by which a list may be narrowed: choices that lie in a column or in a facet, and those of what joins (居住情况)."""
    stored = {one.name for one in register.model._meta.get_fields()}
    found: list[Field] = [one for one in register.columns if one.kind == "choice" and (
        (one.kept == "column" and one.in_list) or (one.kept == "fields" and one.filter))]
    return found + [one for one in register.joining if one.kind == "choice" and one.name in stored]


def order_of(register: Register) -> tuple[str, ...]:
    """The order of a list: by place, then as its register says, else by the sound of the name; the number last."""
    has_sound = any(one.name == "pinyin" for one in register.model._meta.get_fields())
    return ("area", *(register.order_by or (("pinyin",) if has_sound else ())), "id")


def related_of(register: Register) -> list[str]:
    """The records that a row's title names, as one path: the dwelling of a household with its building."""
    path, step = "", register
    while step.link is not None and step.link.is_column:
        path = f"{path}__{step.link.name}" if path else step.link.name
        step = register_named(step.link.register)
    return [path] if path else []


def narrowed(register: Register, actor: Actor, chosen: Filter) -> QuerySet[Any]:
    """The rows of a register that a filter leaves, in order."""
    found = records.among(register, actor)
    found = found.exclude(records.standing(register)) if chosen.ended else found.filter(records.standing(register))
    if chosen.area:
        found = found.filter(area__gte=chosen.area[0], area__lt=chosen.area[1])
    for name, value in chosen.choices.items():
        found = found.filter(_condition(register, name, value))
    if chosen.text:
        found = found.filter(_begins(register, chosen.text))
    return found.select_related(*related_of(register)).order_by(*order_of(register))


def _condition(register: Register, name: str, value: str) -> Q:
    column = next((one for one in register.columns if one.name == name), None)
    if column is None or column.kept == "column":
        return Q(**{name: value})
    subjects = Facet.objects.filter(subject_kind=register.subject, key=f"{register.name}.{name}", value=value).values("subject")
    return Q(pk__in=subjects)


def _begins(register: Register, text: str) -> Q:
    named = [one.name for one in register.columns if one.in_list and one.kind == "text" and one.kept == "column" and not one.protection.is_encrypted]
    condition = Q()
    for name in named:
        condition |= Q(**{f"{name}__startswith": text})
    if any(one.name == "pinyin" for one in register.model._meta.get_fields()):
        condition |= Q(pinyin__startswith=text.lower())
    return condition


def page(register: Register, actor: Actor, chosen: Filter, cursor: str = "", *, size: int = PAGE) -> Page:
    """One page of a list. Invalid for a cursor that nobody gave out."""
    order, found = order_of(register), narrowed(register, actor, chosen)
    is_back, key = _opened(order, cursor)
    if key:
        found = found.filter(_beyond(order, key, is_back=is_back))
    if is_back:
        found = found.order_by(*(f"-{name}" for name in order))
    rows = list(found[: size + 1])
    has_more, rows = len(rows) > size, rows[:size]
    if is_back:
        rows.reverse()
    before = bool(rows) and (has_more if is_back else bool(key))
    behind = bool(rows) and (True if is_back else has_more)
    return Page(rows, _closed("b", order, rows[0]) if before else "", _closed("f", order, rows[-1]) if behind else "")


def _beyond(order: Sequence[str], key: Sequence[Any], *, is_back: bool) -> Q:
    """Rows behind a key (before it when going back); the first column stands alone too, because only that reaches the index under a policy."""
    sign = "lt" if is_back else "gt"
    condition = Q()
    for place, name in enumerate(order):
        condition |= Q(**dict(zip(order[:place], key, strict=False)), **{f"{name}__{sign}": key[place]})
    return Q(**{f"{order[0]}__{sign}e": key[0]}) & condition


def _closed(way: str, order: Sequence[str], row: Model) -> str:
    return base64.urlsafe_b64encode(json.dumps([way, *(getattr(row, name) for name in order)]).encode()).decode().rstrip("=")


def _opened(order: Sequence[str], cursor: str) -> tuple[bool, list[Any]]:
    if not cursor:
        return False, []
    try:
        way, *key = json.loads(base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)))
    except (ValueError, TypeError, binascii.Error):
        raise Invalid({"cursor": BAD_CURSOR}) from None
    fits = len(key) == len(order) and all(_fits(name, value) for name, value in zip(order, key, strict=True))
    if way not in ("f", "b") or not fits:
        raise Invalid({"cursor": BAD_CURSOR})
    return way == "b", key


def _fits(name: str, value: Any) -> bool:
    if name in ("area", "id"):
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < records.LARGEST
    return isinstance(value, str) and len(value) <= 240 and "\0" not in value


def counted(register: Register, actor: Actor, chosen: Filter | None = None) -> int:
    """How many records there are, up to one more than COUNTED."""
    return narrowed(register, actor, chosen or Filter()).order_by()[: COUNTED + 1].count()
