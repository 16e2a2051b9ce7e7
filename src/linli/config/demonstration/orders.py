# SPDX-License-Identifier: MulanPSL-2.0
"""What both sizes share: the order, the check that nothing is there, the ground that is laid first, and the seals after it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from linli.config.demonstration import cast, grids
from linli.core import clock, due, registry, seals
from linli.core.actions import run
from linli.core.sight import looking, of_all
from linli.core.system_actors import system_actor
from linli.elements import places
from linli.elements.models import Account, Place
from linli.elements.schematic import SOURCE, schematic_grids
from linli.matters.models import Matter
from linli.measures.rebuilding import rebuild

Say = Callable[[str], None]
LEAD_DAYS = 30
"""How long before the first matter the units, posts and grids begin (our choice)."""
CENTRE = (117_195_000, 39_118_000)
"""A point inside 和平区 around which its scheme is drawn, WGS84."""


@dataclass(frozen=True)
class Order:
    """How much of a demonstration is wanted. The year ends with the day before `last`, which is today."""

    matters: int
    seed: int
    processes: int = 0
    is_agreed: bool = False
    last: date = field(default_factory=clock.today)

    @property
    def first(self) -> date:
        """The first day of the year."""
        return self.last - timedelta(days=365)

    @property
    def since(self) -> date:
        """The day from which units, posts and grids are there."""
        return self.first - timedelta(days=LEAD_DAYS)


def refuse_unless_empty() -> None:
    """RuntimeError with a sentence when somebody already works in this database."""
    with looking(of_all(), read_only=True):
        if Account.objects.exists() or Matter.objects.exists():
            raise RuntimeError("This database already holds accounts or matters. A demonstration goes into an empty one only: "
                               "give another folder, LINLI_HOME=~/linli-demo ./linli up")


def is_half_done() -> bool:
    """True when a city load was stopped after its people were made: everybody is made up, nothing was ever reported."""
    with looking(of_all(), read_only=True):
        has_matters = Matter.objects.exists()
    accounts = Account.objects.values_list("is_demonstration", flat=True)
    return not has_matters and accounts.exists() and not accounts.filter(is_demonstration=False).exists() and Place.objects.filter(
        level="grid").count() >= grids.GRIDS_OF_THE_CITY


def prepare(size: str, order: Order, say: Say) -> None:
    """Divisions and other seeds, made-up streets, schematic grids, units, accounts and posts."""
    for seed in registry.everything("seed"):
        say(str(seed()))
    given = {"size": size, "seed": order.seed, "since": order.since.isoformat()}
    demonstrator = system_actor("demonstrator")
    answers = [run("demonstration.places", demonstrator, given)["done"]]
    if size == "small":
        answers.append(_draw(order))
    answers.append(run("demonstration.cast", demonstrator, given)["done"])
    answers.append(run("demonstration.residents", demonstrator, {"seed": order.seed})["done"])
    say("Made: " + ", ".join(f"{number:,} {name}" for answer in answers for name, number in answer.items()) + ".")


def _draw(order: Order) -> dict[str, int]:
    """Schematic grids of every community of the shown district, loaded as any city would load its own."""
    district = places.place_by_area(cast.SHOWN_DISTRICT)
    streets = [[(one.area, one.short_name) for one in places.communities(street.lo, street.hi)] for street in places.children(district.area)]
    drawn = schematic_grids([street for street in streets if street], lon_e6=CENTRE[0], lat_e6=CENTRE[1], seed=order.seed)
    given = {"collection": json.dumps(drawn, ensure_ascii=False), "datum": "WGS84", "since": order.since.isoformat(), "schematic": True, "source": SOURCE}
    done: dict[str, int] = run("boundary.load", system_actor("demonstrator"), given)["done"]
    return done


def drain(say: Say) -> None:
    """Do all that actions left behind."""
    drained = 0
    while taken := due.drain(100_000):
        drained += taken
    say(f"Drained {drained:,} rows of due work.")


def finish(order: Order, say: Say) -> None:
    """Drain what actions left, count all figures of the years touched, seal every line of the journal."""
    drain(say)
    for year in sorted({order.first.year, order.last.year}):
        receipt = rebuild(str(year))
        say(f"Figures of {year}: {receipt.leaves:,} communities, {receipt.differences} differences.")
    sealed = 0
    while taken := seals.seal():
        sealed += taken
    say(f"Sealed {sealed:,} lines.")
