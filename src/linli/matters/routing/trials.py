# SPDX-License-Identifier: MulanPSL-2.0
"""Trying rules over history: each matter of the last days, where it went and where these rules would have sent it; piece by piece."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Min, QuerySet

from linli.core import clock
from linli.elements import places
from linli.matters import categories
from linli.matters.models import Matter, RouteTrial
from linli.matters.routing import books, store, targets
from linli.matters.routing.books import Book, Rule
from linli.matters.routing.times import Slot, slot_of

PIECE = 10_000
"""Matters looked at in one transaction (our choice: well under a second, so that other due work is not held up)."""
SAMPLE = 5
MOST_ROWS = 200
"""Kinds of difference that are kept, the commonest (a rule, from where, to where)."""

Key = tuple[int, int, int, str]
"""Rule (0: none), the unit it went to, the unit it would have gone to (0: none), fault."""


@dataclass
class Tally:
    """What was counted so far."""

    looked: int = 0
    same: int = 0
    elsewhere: int = 0
    unresolved: int = 0
    unsent: int = 0
    rows: dict[Key, tuple[int, list[int]]] = field(default_factory=dict)

    def note(self, matter: int, went: int | None, rule: int, unit: int, fault: str) -> None:
        """One matter."""
        self.looked += 1
        if went is None:
            self.unsent += 1
            return
        if not fault and unit == went:
            self.same += 1
            return
        self.elsewhere += not fault
        self.unresolved += bool(fault)
        count, sample = self.rows.get((rule, went, unit, fault), (0, []))
        self.rows[rule, went, unit, fault] = (count + 1, sample if len(sample) >= SAMPLE else [*sample, matter])


class Trier:
    """Rules ready to be tried: draft in place of what is in force in its scope, units as they stand today."""

    def __init__(self, trial: RouteTrial, rules: Sequence[Rule]) -> None:
        lo, hi = places.range_of(trial.area)
        self._books: dict[int, Book] = store.books_at(clock.now()) | {trial.area: Book(trial.area, rules)}
        every = [rule.target for book in self._books.values() for rule in book.rules]
        self._directory = targets.read(areas=store.up(trial.area), within=(lo, hi), targets=every)
        self._whens = sorted({rule.when for book in self._books.values() for rule in book.rules}, key=lambda one: one.text)
        self._marks: dict[Slot, tuple[bool, ...]] = {}
        self._kept: dict[tuple[int, int, tuple[bool, ...]], tuple[int, int, str]] = {}

    def answer(self, category: int, area: int, moment: datetime) -> tuple[int, int, str]:
        """Rule, unit and fault for a matter of that category, place and moment; 0 for none."""
        slot = slot_of(moment)
        mark = self._marks.get(slot)
        if mark is None:
            mark = self._marks[slot] = tuple(one.holds(slot) for one in self._whens)
        key = (category, area, mark)
        if key not in self._kept:
            self._kept[key] = self._asked(category, area, slot)
        return self._kept[key]

    def _asked(self, category: int, area: int, slot: Slot) -> tuple[int, int, str]:
        known, path = categories.loaded(category), store.up(area)
        found = books.owners(self._books, books.keys_of(known), path, slot) if known else ()
        if len(found) != 1:
            return (found[0].id if found else 0), 0, "overlap" if found else "hole"
        sent = self._directory.find(found[0].target, path)
        return found[0].id, 0 if sent.fault or sent.unit is None else sent.unit.id, sent.fault


def begin(trial: RouteTrial) -> None:
    """Find out how many matters have to be looked at."""
    counted = _matters(trial).aggregate(first=Min("id"), last=Max("id"), total=Count("id"))
    trial.state, trial.total = "running", counted["total"]
    trial.cursor, trial.last = (counted["first"] or 1) - 1, counted["last"] or 0
    trial.save(update_fields=["state", "total", "cursor", "last"])


def _matters(trial: RouteTrial) -> QuerySet[Matter]:
    """The filed matters of the trial's range and days, through the column of its level."""
    lo, hi = places.range_of(trial.area)
    column = {1_000_000: "street", 1_000_000_000: "district"}.get(hi - lo)
    found = Matter.objects.within(lo, hi).filter(reported_at__gte=trial.since, filed_at__isnull=False)
    return found.filter(**{column: lo // (hi - lo)}) if column else found


def go_on(trial: RouteTrial) -> bool:
    """Look at the next piece; True while there is more. The counts so far are kept with the trial, so a stopped worker loses nothing."""
    if trial.state == "waiting":
        begin(trial)
    trier = Trier(trial, store.rules_of(trial.route_id))
    tally = Tally(trial.looked, trial.same, trial.elsewhere, trial.unresolved, trial.unsent,
                  {(row[0], row[1], row[2], row[3]): (row[4], row[5]) for row in trial.rows})
    piece = list(_matters(trial).filter(id__gt=trial.cursor, id__lte=trial.last).order_by("id").values_list("id", "category", "area", "filed_at", "unit")[:PIECE])
    for matter, category, area, filed_at, unit in piece:
        tally.note(matter, unit, *trier.answer(category, area, filed_at or trial.since))
    kept = sorted(tally.rows.items(), key=lambda pair: (-pair[1][0], pair[0]))[:MOST_ROWS]
    changes: dict[str, Any] = {
        "looked": tally.looked, "same": tally.same, "elsewhere": tally.elsewhere, "unresolved": tally.unresolved, "unsent": tally.unsent,
        "rows": [[*key, count, sample] for key, (count, sample) in kept]}
    is_over = len(piece) < PIECE
    changes |= {"state": "done", "finished_at": clock.now()} if is_over else {"cursor": piece[-1][0]}
    for name, value in changes.items():
        setattr(trial, name, value)
    trial.save(update_fields=list(changes))
    return not is_over
