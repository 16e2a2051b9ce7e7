# SPDX-License-Identifier: MulanPSL-2.0
"""Retention: how long each sort of personal data is kept, what has outlived its period, and the nightly job that lets it go.

A proposed period (拟) only lists; it removes when the city has confirmed it in LINLI_KEEP. A period from the law removes at once.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings

from linli.core import clock, registry
from linli.core.actions import Call, Done, action, run
from linli.core.faults import Invalid
from linli.core.fields import Field
from linli.core.sight import AREA_END, Actor, looking, of_all
from linli.core.system_actors import system_actor
from linli.core.words import Words, words

log = logging.getLogger("linli.retention")

SECTION = "retention"
SEES = "retention.see"
MOST = 2_000
"""Records of one rule in one stroke (our choice: a second or two)."""
STROKES = 50
"""Strokes of one rule in a night (our choice)."""
NOT_CONFIRMED = words("“{what}”的保存期限只是拟定，没有确认，不能清理。", "The period of “{what}” is only proposed; nothing is removed before it is confirmed.")
BAD = "LINLI_KEEP is {text!r}; write name=days pairs with commas, such as gone_person=1825. Known names: {names}."


@dataclass(frozen=True)
class Outlived:
    """How many records of one area have outlived their period, and since when the oldest might be gone."""

    area: int
    count: int
    oldest: datetime


@dataclass(frozen=True)
class Rule:
    """One sort of data. `days` counts from the event that `begins` names; `basis` is the source of the number.

    `lists` gives what is older than a moment within a range of areas, counted by area; `removes` lets at most so many go under the
    sight in force and answers (how many, the lines of the journal that lost their payloads).
    """

    name: str
    words: Words
    begins: Words
    goes: Words
    days: int
    basis: Words
    lists: Callable[[int, int, datetime], Sequence[Outlived]]
    removes: Callable[[datetime, int], tuple[int, list[int]]]
    is_proposed: bool = True

    @property
    def kept_days(self) -> int:
        """The period in force: the confirmed one, or the declaration's own."""
        return confirmed().get(self.name, self.days)

    @property
    def is_confirmed(self) -> bool:
        """True if what has outlived it is removed, not only listed."""
        return not self.is_proposed or self.name in confirmed()

    def before(self) -> datetime:
        """What happened before this moment has outlived its period."""
        return clock.now() - timedelta(days=self.kept_days)


@dataclass(frozen=True)
class Outlook:
    """What would go of one rule within a sight."""

    rule: Rule
    found: Sequence[Outlived]

    @property
    def count(self) -> int:
        """All areas together."""
        return sum(one.count for one in self.found)


def declare(*rules: Rule) -> None:
    """Keep the declarations."""
    for one in rules:
        registry.add(SECTION, one.name, one)


def confirmed() -> dict[str, int]:
    """The periods that the city has confirmed, in days. ValueError with a sentence when the setting is wrong."""
    return _read(settings.KEEP)


@lru_cache(maxsize=8)
def _read(text: str) -> dict[str, int]:
    found = {}
    for part in filter(None, (one.strip() for one in text.split(","))):
        name, _, days = part.partition("=")
        if registry.get(SECTION, name.strip()) is None or not days.strip().isdecimal() or int(days) < 1:
            raise ValueError(BAD.format(text=text, names=", ".join(registry.names(SECTION))))
        found[name.strip()] = int(days)
    return found


def outlook(actor: Actor) -> list[Outlook]:
    """The dry run: what would go today within the actor's sight; nothing is touched."""
    return [Outlook(one, one.lists(actor.lo, actor.hi, one.before())) for one in registry.everything(SECTION)]


def outlook_of_all() -> list[Outlook]:
    """The dry run of the whole city, for the command; the caller has set a sight that covers it."""
    return [Outlook(one, one.lists(0, AREA_END, one.before())) for one in registry.everything(SECTION)]


def _names() -> list[tuple[str, Words]]:
    return [(one.name, one.words) for one in registry.everything(SECTION)]


@action("retention.let_go", words("到期清理", "Remove what has outlived its period"), ability="retention.let_go", subject="retention", fields=(
    Field("rule", words("哪一类", "Which sort"), "choice", required=True, choices=_names),))
def let_go_of(call: Call) -> Done:
    """One stroke of one rule; the line says how many went and which lines of the journal lost their payloads."""
    rule: Rule = registry.REGISTRY.require(SECTION, call.given["rule"])
    if not rule.is_confirmed:
        raise Invalid({"rule": NOT_CONFIRMED.format(what=rule.words)})
    count, lines = rule.removes(rule.before(), MOST)
    payload: dict[str, Any] = {"count": count, "days": rule.kept_days, "erased_lines": lines}
    return Done(settings.CITY_AREA, 0, {"count": count}, payload)


def let_go() -> dict[str, int]:
    """Every confirmed rule in turn, until nothing is left or the night's strokes are used up; answers how much of each went."""
    worker, done = system_actor("worker"), {}
    for rule in registry.everything(SECTION):
        if not rule.is_confirmed:
            continue
        done[rule.name] = 0
        for _ in range(STROKES):
            if not any(one.count for one in _of_all(rule)):
                break
            taken = int(run("retention.let_go", worker, {"rule": rule.name})["count"])
            done[rule.name] += taken
            if taken < MOST:
                break
    log.info("Let go: %s", done)
    return done


def _of_all(rule: Rule) -> Sequence[Outlived]:
    with looking(of_all(), read_only=True):
        return rule.lists(0, AREA_END, rule.before())
