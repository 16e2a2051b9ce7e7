# SPDX-License-Identifier: MulanPSL-2.0
"""Due work: actions leave rows in their own transaction; a drain claims them in batches and runs each reaction set-wise."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError, connection, transaction

from linli.core import clock, registry, rows
from linli.core.faults import Fault
from linli.core.models import Due
from linli.core.sight import looking, of_all

if TYPE_CHECKING:
    from linli.core.actions import Done

BATCH = 500
MOST_TRIES = 8
"""After so many failures a row waits for a person; `parked()` counts them (our choice: about four hours of back-off)."""

log = logging.getLogger("linli.due")


@dataclass(frozen=True)
class Reaction:
    """Work that follows an action: declared, run after commit, at least once, on all its rows together."""

    name: str
    after: tuple[str, ...]
    run: Callable[[Sequence[Due]], None]


def after_action(name: str, *actions: str) -> Callable[[Callable[[Sequence[Due]], None]], Reaction]:
    """Declare the decorated function as the reaction `name` to these actions; it must stand being run twice."""

    def declare(body: Callable[[Sequence[Due]], None]) -> Reaction:
        made = Reaction(name, actions, body)
        registry.add("reaction", name, made)
        for action in actions:
            _by_action.setdefault(action, []).append(name)
        return made

    return declare


_by_action: dict[str, list[str]] = {}


def following(action: str) -> tuple[str, ...]:
    """The names of all reactions to an action: for whoever does many of it in one stroke and leaves the rows together."""
    return tuple(_by_action.get(action, ()))


def after(action: str, subject_kind: str, done: "Done", line: int, at: datetime) -> None:
    """Leave one row for each reaction to the action, in the running transaction."""
    names = _by_action.get(action)
    if names:
        rows.put(*(Due(reaction=name, area=done.area, subject_kind=subject_kind, subject=done.subject, line=line, at=at) for name in names))


def leave(reaction: str, *, area: int, subject_kind: str, subject: int, at: datetime) -> None:
    """Leave one row to be done at a time."""
    rows.put(Due(reaction=reaction, area=area, subject_kind=subject_kind, subject=subject, at=at))


CLAIM = """delete from core_due where id in (
  select id from core_due where at <= %s and tries < %s order by at, id limit %s for update skip locked) returning *"""


def drain(most: int = BATCH) -> int:
    """Do what is due, one batch; answers how many rows were taken. A failing reaction puts its rows back with the reason."""
    with looking(of_all()):
        claimed = list(Due.objects.raw(CLAIM, [clock.now(), MOST_TRIES, most]))
        by_reaction: dict[str, list[Due]] = {}
        for row in sorted(claimed, key=lambda one: one.id):
            by_reaction.setdefault(row.reaction, []).append(row)
        for name, group in by_reaction.items():
            _run(name, group)
    return len(claimed)


def _run(name: str, claimed: list[Due]) -> None:
    reaction: Reaction | None = registry.get("reaction", name)
    if reaction is None:
        _put_back(claimed, f"No reaction is named {name!r}. Was a declaration removed while work was due?")
        return
    try:
        with transaction.atomic():
            reaction.run(claimed)
    except (DatabaseError, Fault, ValueError, LookupError, TypeError, OSError) as error:
        log.exception("Reaction %s failed on %s rows", name, len(claimed))
        if len(claimed) > 1:
            for row in claimed:
                _run(name, [row])
        else:
            _put_back(claimed, f"{type(error).__name__}: {error}"[:500])


def _put_back(failed: Sequence[Due], trouble: str) -> None:
    for row in failed:
        row.tries += 1
        row.at = clock.now() + timedelta(seconds=2 ** (row.tries + 1) * 5)
        row.trouble = trouble
    Due.objects.bulk_create(failed)


def waiting() -> dict[str, Any]:
    """How much is due now and how many rows are parked after too many failures."""
    with looking(of_all(), read_only=True), connection.cursor() as cursor:
        cursor.execute("select count(*) filter (where at <= %s and tries < %s), count(*) filter (where tries >= %s) from core_due",
                       [clock.now(), MOST_TRIES, MOST_TRIES])
        due_now, parked = cursor.fetchone()
    return {"due": due_now, "parked": parked}
