# SPDX-License-Identifier: MulanPSL-2.0
"""When quality is counted: every night the whole city, on demand a community or a street, which takes moments."""

from collections.abc import Sequence

from linli.core.actions import Call, Done, action
from linli.core.due import after_action
from linli.core.faults import Invalid
from linli.core.fields import Field
from linli.core.jobs import regularly
from linli.core.models import Due
from linli.core.words import words
from linli.elements import places
from linli.elements.quality import reckoning
from linli.elements.quality.samples import place_within

MEASURES = "quality.measure"
TOO_WIDE = words("这个范围每天夜里统一计算；白天可以重算一个街道或社区。", "This range is counted at night; by day a street or a community can be counted anew.")


@action(MEASURES, words("重新计算数据质量", "Count the quality anew"), ability=MEASURES, subject="place", fields=(
    Field("area", words("地方", "Place"), "area", required=True),))
def measure(call: Call) -> Done:
    """Ask for a count of one street, community or grid; it follows within seconds."""
    place = place_within(call.actor, call.given["area"])
    if place.level in ("city", "district"):
        raise Invalid({"area": TOO_WIDE})
    return Done(place.area, place.area, {"area": place.area})


@after_action("elements.measure_quality", MEASURES)
def measure_asked(rows: Sequence[Due]) -> None:
    """Count each asked street or community once; a grid with its community."""
    ranges: set[tuple[int, int]] = set()
    for row in rows:
        place = places.find_place(row.subject)
        home = places.community_of(row.subject) if place is not None and place.level == "grid" else place
        if home is not None:
            ranges.add((home.lo, home.hi))
    for lo, hi in sorted(ranges):
        reckoning.measure(lo, hi)


@regularly("elements.quality", "11 20 * * *")
def measure_nightly() -> object:
    """At 04:11 in China (the schedule is in UTC)."""
    return reckoning.measure_city()
