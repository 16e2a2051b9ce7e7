# SPDX-License-Identifier: MulanPSL-2.0
"""Figures of surveys: the scan equals a slow reading by hand, and the aggregates behind a figure add up to it."""

import random
from datetime import timedelta

import pytest

from linli.core.sight import looking, of_all
from linli.measures.counts import count_all, count_leaves
from linli.measures.models import Survey, SurveyShare
from linli.measures.results import all_members
from tests.measures.test_figures import WHOLE, windows
from tests.measures.town import COMMUNITIES, FAR_COMMUNITY, NOW, Town, at_now, officer

PERIODS = ("2025", "2026", "2026-10", "2026-11")
HOMES = (*COMMUNITIES, FAR_COMMUNITY)


def plant(seed: int) -> list[SurveyShare]:
    chance, made = random.Random(seed), list[SurveyShare]()
    with looking(of_all()):
        for number in range(40):
            area, closed_at, whole = chance.choice(HOMES), NOW - timedelta(days=chance.randint(0, 500)), chance.randint(1, 90)
            survey = Survey.objects.create(area=area, questionnaire=f"q{number}", version=1, state="settled", opened_by=1, opened_at=closed_at, digest="", sealed=b"")
            for name in ("aware", "other"):
                made.append(SurveyShare.objects.create(area=area, survey=survey, name=name, part=chance.randint(0, whole), whole=whole, closed_at=closed_at))
    return made


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_awareness_equals_the_slow_reading_by_hand(town: Town, seed: int) -> None:
    every = plant(seed)
    with at_now():
        counts, some = count_all(windows(*PERIODS), NOW), count_leaves(COMMUNITIES[:1], windows(*PERIODS), NOW)

    for one in windows(*PERIODS):
        slow: dict[int, tuple[int, int]] = {}
        for row in every:
            if row.name == "aware" and one.start <= row.closed_at < one.cut_off:
                part, whole = slow.get(row.area, (0, 0))
                slow[row.area] = (part + row.part, whole + row.whole)
        assert {key[1]: pair for key, pair in counts.pairs.items() if key[0] == one.key and key[2] == "D4-17" and pair[1]} == slow
        assert {key[1]: pair for key, pair in some.pairs.items() if key[0] == one.key and key[2] == "D4-17" and pair[1]} == {
            area: pair for area, pair in slow.items() if area == COMMUNITIES[0]}


def test_the_surveys_behind_a_figure_add_up_to_it_and_name_no_household(town: Town) -> None:
    every = plant(4)
    with at_now():
        for area in HOMES:
            rows = list(all_members(officer(*WHOLE), "D4-17", area, "2026"))
            own = [one for one in every if one.area == area and one.name == "aware" and one.closed_at.year == 2026]
            assert sorted((one.record, one.part, one.whole) for one in rows) == sorted((one.survey_id, one.part, one.whole) for one in own)
            assert {one.record_kind for one in rows} <= {"survey"}
