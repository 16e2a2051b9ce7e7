# SPDX-License-Identifier: MulanPSL-2.0
"""The records behind a figure add up to it, for every measure and community at once, over everything that can be drawn."""

import pytest

from linli.measures.declarations import find_measure, measures
from linli.measures.models import Value
from linli.measures.rebuilding import rebuild
from tests.measures.adding import differing
from tests.measures.test_engines import plant_all
from tests.measures.town import Town, at_now

UNDRAWN = {"GV-08", "GV-09"}
"""Measures of what rounds report and of what was drawn to be checked: tests/measures/test_rounds.py and test_figures.py plant their records."""


@pytest.mark.slow
@pytest.mark.parametrize("seed", [21, 22])
def test_the_records_behind_every_figure_add_up_to_it(town: Town, seed: int) -> None:
    with at_now():
        plant_all(town, seed)
        rebuild("2026")
        counted = set(Value.objects.filter(period="2026", denominator__gt=0).values_list("measure", flat=True))

        assert counted == {one.code for one in measures()} - UNDRAWN
        assert {one.fact for code in counted if (one := find_measure(code))} >= {"creation_money", "inspected_items", "survey_shares"}
        for period in ("2026", "2026-11"):
            assert differing(period) == {}
