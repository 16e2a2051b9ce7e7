# SPDX-License-Identifier: MulanPSL-2.0
"""Members against figures, set-wise: for every measure the records behind it, added up by community in one statement, are the figures that are kept."""

from django.db import connection

from linli.core import clock
from linli.measures.compiler import members_query
from linli.measures.declarations import fact_of, measures
from linli.measures.models import Value
from linli.measures.periods import parse, window
from linli.measures.results import LAST_ID

EVERYTHING = 999_999_999_999_999


def differing(period: str) -> dict[str, list[tuple[int, tuple[int, int], tuple[int, int]]]]:
    """By measure, the communities whose members add up to something else than their figure: area, added up, kept. Inside the whole-city sight.

    A whole of nought or less (money taken back in another month than it was given) is no figure: nothing is to be evaluated there.
    """
    found = {}
    given = window(parse(period), clock.now()).parameters() | {"lo": 0, "hi": EVERYTHING, "before": LAST_ID, "most": None}
    for measure in measures():
        text = members_query(fact_of(measure.fact), measure).sql("postgres")
        with connection.cursor() as asked:
            asked.execute(f"select area - mod(area, 1000), sum(part), sum(whole) from ({text}) m group by 1", given)
            added = {int(area): (int(part), int(whole)) for area, part, whole in asked.fetchall() if whole > 0}
        kept = {one.area: (one.numerator, one.denominator) for one in Value.objects.filter(
            period=period, measure=measure.code, version=measure.version, level__in=["community", "direct"], denominator__gt=0)}
        wrong = [(area, added.get(area, (0, 0)), kept.get(area, (0, 0))) for area in sorted(set(added) | set(kept)) if added.get(area) != kept.get(area)]
        if wrong:
            found[measure.code] = wrong
    return found
