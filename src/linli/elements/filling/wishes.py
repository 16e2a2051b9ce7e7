# SPDX-License-Identifier: MulanPSL-2.0
"""What a filling wants: which form, for which place, as of which day, for whom; and the days and ages that follow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from linli.core import clock
from linli.core.sight import Actor
from linli.elements.filling.catalogue import FIXED, Ask, Source

LIVING = ("living", "tenant")
TIES: Mapping[str, tuple[str, ...]] = {"living": LIVING, "registered": ("registered",), "any": (*LIVING, "registered")}


@dataclass(frozen=True)
class Wish:
    """One filling, all of it. `columns` are what the form's columns take, None for a blank one, a text for a fixed one."""

    source: Source
    columns: Sequence[Ask | str | None]
    narrow: Mapping[str, Any]
    actor: Actor
    area: int
    lo: int
    hi: int
    day: date
    unit: str = ""
    is_open: bool = False

    @property
    def is_past(self) -> bool:
        """Whether it is filled as of a day before today."""
        return self.day < clock.today()

    @property
    def asks(self) -> list[Ask]:
        """What is taken from records or counted."""
        return [one for one in self.columns if isinstance(one, Ask)]

    def owners(self) -> set[str]:
        """The registers and groups whose values are wanted."""
        return {one.owner for one in self.asks}


def chosen(source: Source, columns: Sequence[Mapping[str, Any]]) -> list[Ask | str | None]:
    """The kept matching as what each column takes; what nobody declares any more is left blank."""
    return [str(one.get("fixed") or "") if one["takes"] == FIXED else source.ask(str(one["takes"])) if one["takes"] else None for one in columns]


def on(day: date, since: str, until: str) -> Q:
    """The condition under which something was so on a day: it had begun or nobody knows when, and had not ended."""
    return (Q(**{since: None}) | Q(**{f"{since}__lte": day})) & (Q(**{until: None}) | Q(**{f"{until}__gt": day}))


def before(day: date, years: int) -> date:
    """The last day of birth of whoever is so many years old on the day; of 29 February the day before."""
    year = max(day.year - years, 1)
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


def age(born: date, day: date) -> int:
    """Full years on the day."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def aged(day: date, low: int | None, high: int | None, name: str = "born_on") -> Q:
    """Born so that the age on the day lies between the two, both included; None is no bound. Nobody without a date of birth."""
    found = ~Q(**{name: None})
    if low:
        found &= Q(**{f"{name}__lte": before(day, low)})
    if high is not None:
        found &= Q(**{f"{name}__gt": before(day, high + 1)})
    return found
