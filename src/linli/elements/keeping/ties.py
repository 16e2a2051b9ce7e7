# SPDX-License-Identifier: MulanPSL-2.0
"""人房关系: what ties a person to a dwelling, opened and ended with the days; and where he is registered and lives, which follows from it."""

from collections.abc import Iterable
from datetime import date

from linli.elements.keeping.changes import Changes
from linli.elements.models import Dwelling, Person, Residence

LIVING, REGISTERED, OWNER, TENANT = "living", "registered", "owner", "tenant"
OF_LIFE = (LIVING, REGISTERED, TENANT)
"""Ties that end with a life; what somebody owned stays his until the title says another."""
OCCUPIED = {OWNER: "owner", TENANT: "let"}
UNKNOWN = "unknown"


def open_ties(rows: Iterable[Residence]) -> list[Residence]:
    """The ties that hold."""
    return [one for one in rows if one.until is None]


def tie(changes: Changes, rows: list[Residence], person: Person, dwelling: Dwelling, name: str, day: date) -> None:
    """The tie holds from the day on; one of living and of being registered at a time, so the same tie to another dwelling ends."""
    held = [one for one in open_ties(rows) if one.tie == name]
    if any(one.dwelling_id == dwelling.pk for one in held):
        return
    if name in (LIVING, REGISTERED):
        for one in held:
            _end(changes, one, day)
    made = Residence(area=dwelling.area, person=person, dwelling=dwelling, tie=name, since=day)
    changes.add(made)
    rows.append(made)


def end(changes: Changes, rows: Iterable[Residence], names: Iterable[str], day: date) -> None:
    """Ties of these names hold no more from the day on."""
    wanted = frozenset(names)
    for one in open_ties(rows):
        if one.tie in wanted:
            _end(changes, one, day)


def _end(changes: Changes, row: Residence, day: date) -> None:
    changes.put(row, until=day if row.since is None else max(day, row.since))


def standing_of(rows: Iterable[Residence]) -> str:
    """人户情况 as it follows from the ties that hold."""
    held = {one.tie for one in open_ties(rows)}
    if {LIVING, REGISTERED} <= held:
        return "together"
    if LIVING in held or TENANT in held:
        return "living"
    if REGISTERED in held:
        return "registered"
    return "other" if OWNER in held else "gone"
