# SPDX-License-Identifier: MulanPSL-2.0
"""What one event changes, noted row by row with before and after: written together, and taken back together while nothing has moved since."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import F, Q

from linli.core.faults import Conflict
from linli.core.sight import Actor
from linli.core.words import words
from linli.elements.models import Dwelling, Household, Membership, Person, Proposal, Residence, Seat
from linli.elements.registers.codes import HEAD

TABLES: Mapping[str, type[models.Model]] = {
    "person": Person, "household": Household, "dwelling": Dwelling, "membership": Membership, "residence": Residence, "seat": Seat, "proposal": Proposal}
UNDONE = "undone"
"""Why a household ended that was made by a slip."""
MOVED_ON = words("之后又有别的变动，不能整体撤回。", "Something else has changed since, so this cannot be taken back as a whole.")
MOVED_ON_REMEDY = words("请先撤回后面的变动，或者按现在的情况重新登记。", "Take back what came later first, or enter what is so now.")


class Changes:
    """The rows that one event touches. Nothing reaches the database before `save`."""

    def __init__(self) -> None:
        self._before: dict[int, dict[str, Any]] = {}
        self._changed: list[models.Model] = []
        self._made: list[models.Model] = []

    def put(self, row: models.Model, **values: Any) -> None:
        """Set columns of a row that is there; what was there before is kept with the event."""
        if any(row is one for one in self._made):
            for name, value in values.items():
                setattr(row, name, value)
            return
        if id(row) not in self._before:
            self._before[id(row)] = {}
            self._changed.append(row)
        for name, value in values.items():
            column = row._meta.get_field(name).attname  # type: ignore[union-attr]
            self._before[id(row)].setdefault(column, getattr(row, column))
            setattr(row, name, value)

    def add(self, row: models.Model) -> models.Model:
        """A new row, written after those that make room for it."""
        self._made.append(row)
        return row

    def made(self, model: type[models.Model]) -> list[Any]:
        """The new rows of a table."""
        return [one for one in self._made if isinstance(one, model)]

    def _moved(self, row: models.Model) -> dict[str, Any]:
        return {name: before for name, before in self._before[id(row)].items() if before != getattr(row, name)}

    def save(self) -> None:
        """Write everything: who gives up the head of a household before who becomes it, what is new last."""
        for row in sorted(self._changed, key=_is_head):
            names = list(self._moved(row))
            if names and hasattr(row, "version"):
                row.version += 1
                names.append("version")
            if names:
                row.save(update_fields=names)
        for row in self._made:
            row.save(force_insert=True)

    def as_json(self) -> dict[str, Any]:
        """What the event keeps: numbers of rows, columns with before and after."""
        changed = [[_table(row), row.pk, {name: [_plain(before), _plain(getattr(row, name))] for name, before in self._moved(row).items()}]
                   for row in self._changed if self._moved(row)]
        return {"changed": changed, "made": [[_table(row), row.pk] for row in self._made]}


def _table(row: models.Model) -> str:
    return str(row._meta.model_name)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _is_head(row: models.Model) -> bool:
    return isinstance(row, Membership) and row.relation == HEAD and row.until is None


def take_back(actor: Actor, kept: Mapping[str, Any], day: date) -> None:
    """Bring every row back to what it was before. Conflict when one of them has changed since, or is out of sight."""
    changed = [(_row(actor, table, pk), columns) for table, pk, columns in kept["changed"]]
    made = [_row(actor, table, pk) for table, pk in kept["made"]]
    for row, columns in changed:
        if any(_plain(getattr(row, name)) != after for name, (_, after) in columns.items()):
            raise Conflict(MOVED_ON, MOVED_ON_REMEDY, code="moved_on")
    _refuse_used(made, [row for row, _ in changed], day)
    for row in sorted(made, key=lambda one: not isinstance(one, Membership | Residence)):
        _unmake(row, day)
    for row, columns in changed:
        for name, (before, _) in columns.items():
            setattr(row, name, row._meta.get_field(name).to_python(before))  # type: ignore[union-attr]
    try:
        with transaction.atomic():
            for row, columns in sorted(changed, key=lambda pair: _is_head(pair[0])):
                _save(row, list(columns))
    except IntegrityError as error:
        raise Conflict(MOVED_ON, MOVED_ON_REMEDY, code="moved_on") from error


def _row(actor: Actor, table: str, pk: int) -> models.Model:
    found = TABLES[table].objects.visible_to(actor).select_for_update().filter(pk=pk).first()  # type: ignore[attr-defined]
    if found is None:
        raise Conflict(MOVED_ON, MOVED_ON_REMEDY, code="moved_on")
    return found  # type: ignore[no-any-return]


def _refuse_used(made: list[models.Model], changed: list[models.Model], day: date) -> None:
    """Nothing was built upon it: what was made is still open, and nobody concerned joined another household on that day or later."""
    own = {one.pk for one in made if isinstance(one, Membership)}
    people = {one.person_id for one in (*made, *changed) if isinstance(one, Membership)}
    homes = {one.pk for one in made if isinstance(one, Household)}
    later = Membership.objects.filter(Q(person__in=people, since__gte=day) | Q(household__in=homes)).exclude(pk__in=own).exclude(since=F("until"))
    touched = {one.pk for one in changed if isinstance(one, Membership)}
    if any(one.pk not in touched for one in later) or any(one.until is not None for one in made if isinstance(one, Membership | Residence)):
        raise Conflict(MOVED_ON, MOVED_ON_REMEDY, code="moved_on")


def _unmake(row: models.Model, day: date) -> None:
    """Rows are never removed: a tie is over on the day it began, a household ends, a person has gone."""
    if isinstance(row, Membership | Residence):
        row.until = row.since
        row.save(update_fields=["until"])
    elif isinstance(row, Household):
        row.ended_on, row.end_reason = row.formed_on or day, UNDONE
        _save(row, ["ended_on", "end_reason"])
    elif isinstance(row, Person):
        row.standing, row.left_on = "gone", row.came_on or day
        _save(row, ["standing", "left_on"])


def _save(row: models.Model, names: list[str]) -> None:
    if hasattr(row, "version"):
        row.version += 1
        names = [*names, "version"]
    row.save(update_fields=names)
