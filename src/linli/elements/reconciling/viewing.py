# SPDX-License-Identifier: MulanPSL-2.0
"""A reconciliation as it is read: how many of each kind are open, items side by side and masked by class, and how good each system is."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.db.models import Count

from linli.core.sight import Actor
from linli.core.words import Words, words
from linli.elements.intakes import checking
from linli.elements.intakes.planning import ASK
from linli.elements.intakes.structure import RELATION
from linli.elements.looks import HIDDEN, shown
from linli.elements.models import IntakeRow, Membership, ReconciledFigure, ReconciledItem, Reconciliation, Source
from linli.elements.quality.titles import Title, among, titles
from linli.elements.reconciling import sides
from linli.elements.reconciling.sides import ADDRESS, OURS, THEIRS, TIES, UNCLEAR
from linli.elements.registers import records
from linli.elements.registers.declaring import Column, register_named

PAGE = 20
"""Items on a page (our choice; one name each, which stays below the 50 from which a look at names is journalled)."""
MOST_TIMES = 12
NOT_THERE = words("（没有这项）", "(nothing)")
WAITING = words("可能与已登记的人是同一人，等着判断", "May be somebody who is recorded; waits for an answer")
UNREAD = words("这一行有问题，没有比对", "Something is wrong with this line; it was not compared")
NOT_HERE = words("对方没有", "They have nothing")


@dataclass(frozen=True)
class Group:
    """One kind of item of one field: how many, how many nobody has decided, how many are decided and wait, how many of the open ones have a proposal."""

    side: str
    name: str
    whole: int
    open: int
    waiting: int
    proposed: int

    @property
    def label(self) -> Words:
        """The field."""
        return sides.label_of(self.name)


def groups(actor: Actor, one: Reconciliation) -> list[Group]:
    """The items by kind and field, those with most to decide first; one query."""
    rows = ReconciledItem.objects.visible_to(actor).filter(reconciliation=one).values_list("side", "name", "decision", "outcome", "proposed").annotate(n=Count("id"))
    found: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for side, name, decision, outcome, proposed, count in rows.order_by():
        told = found[side, "" if side == UNCLEAR else name]
        told[0] += count
        told[1] += 0 if decision or outcome else count
        told[2] += count if decision in ("theirs", "take", "ask") and not outcome else 0
        told[3] += count if proposed and not decision and not outcome else 0
    order = list(sides.SIDES)
    return sorted((Group(side, name, *told) for (side, name), told in found.items()), key=lambda group: (order.index(group.side), -group.open, group.name))


@dataclass
class Shown:
    """One item as it stands on the page: whose, where, which field, ours and theirs. `differs_now` False: ours has become theirs since."""

    item: ReconciledItem
    title: Title | None
    label: Words
    ours: str = ""
    theirs: str = ""
    pairs: list[tuple[Words, str]] = field(default_factory=list)
    reasons: list[Words] = field(default_factory=list)
    is_sealed: bool = False


@dataclass
class Row:
    """The items of one record, one after the other."""

    title: Title | None
    register: str
    record: int | None
    line: int | None
    items: list[Shown] = field(default_factory=list)

    @property
    def is_several(self) -> bool:
        """Whether several items can be decided at once."""
        return len(self.items) > 1


def page(actor: Actor, one: Reconciliation, side: str, *, name: str = "", is_open: bool | None = True, after: int = 0) -> list[ReconciledItem]:
    """One page of items and one more, from behind a number on: open ones, decided ones, or all when `is_open` is None."""
    found = ReconciledItem.objects.visible_to(actor).filter(reconciliation=one, side=side, pk__gt=after)
    found = found.filter(name=name) if name else found
    if side != UNCLEAR and is_open is not None:
        found = found.filter(decision="", outcome="") if is_open else found.exclude(decision="")
    return list(found.order_by("pk")[:PAGE + 1])


def rows(actor: Actor, one: Reconciliation, items: Sequence[ReconciledItem]) -> list[Row]:
    """The items grouped by record, each side by side; a handful of queries however many there are."""
    known: dict[str, Mapping[int, Title]] = {}
    records: dict[str, Mapping[int, Any]] = {}
    for register in {item.register for item in items if item.record}:
        numbers = [item.record for item in items if item.register == register and item.record]
        known[register] = titles(actor, register, numbers)
        records[register] = {found.pk: found for found in among(register_named(register), actor, numbers)}
    relations = _relations(actor, items)
    lines = _lines(actor, one, items)
    found: list[Row] = []
    for item in items:
        title = known.get(item.register, {}).get(item.record or 0)
        if not found or not item.record or (found[-1].register, found[-1].record) != (item.register, item.record):
            found.append(Row(title, item.register, item.record, item.line))
        found[-1].items.append(_shown(item, title, records.get(item.register, {}).get(item.record or 0), (relations, lines)))
    return found


def _relations(actor: Actor, items: Sequence[ReconciledItem]) -> dict[int, str]:
    wanted = [item.record for item in items if item.name == RELATION]
    return dict(Membership.objects.visible_to(actor).filter(person__in=wanted, until=None).values_list("person_id", "relation")) if wanted else {}


def _lines(actor: Actor, one: Reconciliation, items: Sequence[ReconciledItem]) -> dict[int, IntakeRow]:
    wanted = [item.line for item in items if item.side == UNCLEAR]
    return {row.line: row for row in IntakeRow.objects.visible_to(actor).filter(intake=one.intake_id, line__in=wanted)} if wanted else {}


def _shown(item: ReconciledItem, title: Title | None, record: Any, beside: tuple[Mapping[int, str], Mapping[int, IntakeRow]]) -> Shown:
    relations, lines = beside
    made = Shown(item, title, sides.label_of(item.name))
    if item.side == UNCLEAR:
        made.reasons = _reasons(item, lines.get(item.line or 0))
    elif item.side == THEIRS:
        text = sides.opened(item)
        made.pairs = [(sides.label_of(name), cell) for name, cell in json.loads(text).items()] if text else []
    elif item.side == OURS:
        made.theirs = str(NOT_HERE)
    else:
        column = sides.column_of(item.name)
        made.theirs = _text(column, sides.opened(item))
        made.is_sealed = column is not None and column.protection.is_encrypted
        made.ours = _ours(item, title, record, column, relations)
    return made


def _ours(item: ReconciledItem, title: Title | None, record: Any, column: Column | None, relations: Mapping[int, str]) -> str:
    if item.name in (ADDRESS, TIES):
        return title.address if title else ""
    if item.name == RELATION:
        return _text(column, relations.get(item.record or 0, ""))
    if record is None or column is None:
        return ""
    if column.kept == "sealed":
        bundle = records.value_of(register_named(item.register), record, column.name)
        return HIDDEN if bundle else ""
    name = "standing" if item.name == "joining.standing" else column.name
    held = getattr(record, name) if item.name == "joining.standing" else records.value_of(register_named(item.register), record, name)
    return shown(column, records.spoken(column, held))


def _text(column: Column | None, text: str) -> str:
    """Theirs as a page may show it."""
    if column is None or not text:
        return text
    value: Any = int(text) if column.kind in ("hundredths", "integer") and text.lstrip("-").isdecimal() else text
    return shown(column, records.spoken(column, value))


def _reasons(item: ReconciledItem, row: IntakeRow | None) -> list[Words]:
    if item.name == ASK:
        return [WAITING]
    why = checking.opened(row)["why"] if row is not None else {}
    return [words(**sentence) for sentence in why.values()] or [UNREAD]


@dataclass(frozen=True)
class Rate:
    """How far a system agreed with us in one field at one comparison. `share` None when no record had a value on both sides."""

    reconciliation: int
    at: datetime | None
    same: int
    differs: int
    gaps: int

    @property
    def compared(self) -> int:
        """Records with a value on both sides."""
        return self.same + self.differs

    @property
    def share(self) -> Fraction | None:
        """Agreed of compared."""
        return Fraction(self.same, self.compared) if self.compared else None


def rates(actor: Actor, sources: Sequence[Source]) -> dict[int, dict[str, list[Rate]]]:
    """Source to field to its rates, newest first; one query. Comparisons that were dropped are none."""
    found = ReconciledFigure.objects.visible_to(actor).filter(reconciliation__source__in=[one.pk for one in sources]).exclude(reconciliation__state="dropped")
    told: dict[int, dict[str, list[Rate]]] = defaultdict(lambda: defaultdict(list))
    fields = ("reconciliation__source_id", "reconciliation_id", "reconciliation__compared_at", "name", "same", "differs", "gaps")
    for source, number, at, name, same, differs, gaps in found.order_by("-reconciliation_id", "name").values_list(*fields)[:PAGE * MOST_TIMES * 40]:
        if len(told[source][name]) < MOST_TIMES:
            told[source][name].append(Rate(number, at, same, differs, gaps))
    return told


def overall(fields: Mapping[str, Sequence[Rate]]) -> Rate | None:
    """The newest comparison of a system, all fields together; None before the first."""
    newest = max((some[0].reconciliation for some in fields.values() if some), default=None)
    last = [one for some in fields.values() for one in some[:1] if one.reconciliation == newest]
    if not last:
        return None
    return Rate(last[0].reconciliation, last[0].at, sum(one.same for one in last), sum(one.differs for one in last), sum(one.gaps for one in last))


