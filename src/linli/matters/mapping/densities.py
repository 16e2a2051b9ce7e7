# SPDX-License-Identifier: MulanPSL-2.0
"""Densities: how many matters lie in each block, counted once a night so that a map of the whole city and year need not count a million rows."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection

from linli.core import clock
from linli.core.editions import number_of
from linli.core.sight import looking, of_all
from linli.elements.models import Density
from linli.matters.mapping.choices import COUNTED, PERIODS, Choice, drawn, first_moment, themes
from linli.matters.models import Matter

LAYER = "matters"
LEVELS = (1, 3, 5)
"""Blocks of 2, 8 and 32 cells (about 200 and 700 metres and 3 kilometres): those of zooms 14, 12 and 10. Block -1: without a position."""
EDITION = "densities"
"""Its number holds the day of the last count and the last matter that was counted."""
DAY = 10**13
STREET = 1_000_000
FRESH = 1
"""Days after which a count is too old to be used (the night's work did not run); the rows themselves are counted then."""
EPOCH = date(1970, 1, 1)

KEEP = "insert into core_edition (name, number) values (%s, %s) on conflict (name) do update set number = excluded.number"
COUNT = """insert into elements_density (area, layer, level, block, theme, source, week, month, quarter, year)
select m.street * 1000000, %(layer)s, l.level, coalesce(m.cell >> (2 * l.level), -1), t.theme, m.source, {periods}
  from matters_matter m join unnest(%(categories)s::bigint[], %(themes)s::bigint[]) t (category, theme) on t.category = m.category_id
       cross join unnest(%(levels)s::int[]) l (level)
 where m.id <= %(upto)s and m.reported_at >= %(year)s and {counted}
 group by 1, 3, 4, 5, 6"""


@dataclass(frozen=True)
class Stamp:
    """The state of the densities: the day whose periods they hold, and the last matter in them."""

    day: date
    upto: int

    def since(self, choice: Choice) -> datetime:
        """The beginning of the choice's period as the densities hold it."""
        return first_moment(choice.days, self.day)


def stamp() -> Stamp | None:
    """The state of the densities; None when they were never counted or are too old. One tiny query."""
    day, upto = divmod(number_of(EDITION), DAY)
    found = Stamp(EPOCH + timedelta(days=day), upto)
    return found if day and 0 <= (clock.today() - found.day).days <= FRESH else None


def count() -> int:
    """Count everything anew; answers how many rows stand now."""
    today = clock.today()
    moments = {name: first_moment(days, today) for name, (days, _) in PERIODS.items()}
    known = themes()
    with looking(of_all()), connection.cursor() as cursor:
        upto = Matter.objects.order_by("-id").values_list("id", flat=True).first() or 0
        Density.objects.filter(layer=LAYER).delete()
        periods = ", ".join(f"count(*) filter (where m.reported_at >= %({name})s)" for name in ("week", "month", "quarter", "year"))
        cursor.execute(COUNT.format(periods=periods, counted=COUNTED), moments | {
            "layer": LAYER, "levels": list(LEVELS), "upto": upto, "categories": list(known), "themes": list(known.values())})
        made = cursor.rowcount
        cursor.execute(KEEP, [EDITION, (today - EPOCH).days * DAY + upto])
    return int(made)


def themes_of(choice: Choice) -> list[int]:
    """The themes that a choice draws."""
    known = themes()
    return sorted({known[one.pk] for one in drawn(choice.kind, choice.group)})


def covers(choice: Choice) -> Stamp | None:
    """The state of the densities when they can answer a choice: one with a period, ended matters included, over whole streets."""
    is_wide = choice.lo % STREET == 0 and choice.hi % STREET == 0
    return stamp() if is_wide and choice.period and choice.state in ("all", "ended") else None
