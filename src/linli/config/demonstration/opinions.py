# SPDX-License-Identifier: MulanPSL-2.0
"""演示数据: surveys of residents in made-up communities, one settled and one running, held through the actions; nobody real is asked anything."""

import json
import random
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from linli.config.demonstration.plans import Community
from linli.core import clock
from linli.core.actions import run
from linli.core.sight import Actor, looking, of_post
from linli.elements.models import Household
from linli.measures.models import SurveyLine
from linli.measures.surveying.questionnaires import LEVELS, NO, YES, Questionnaire, questionnaire_named

ASKED = "satisfaction"
LEAST = 60
"""Households that a community needs here, so that enough can answer."""
LEVEL_CHANCES = (45, 38, 13, 3, 1)
"""Out of a hundred, from very satisfied downward: a good result, made up."""
AWARE = 84
"""Out of a hundred who say that they know."""
OPENED_BEFORE, CLOSED_BEFORE = timedelta(days=20), timedelta(days=5)
EVERY = timedelta(minutes=7)


def ask(communities: Sequence[Community], officer: Actor, interviewer: Actor, today: date, seed: int) -> int:
    """Surveys in two made-up communities of the interviewer's street with enough households; answers how many households answered."""
    chosen = [one.area for one in communities if one.is_made_up and interviewer.lo <= one.area < interviewer.hi and _households(officer, one.area) >= LEAST][:2]
    return sum(_hold(area, officer, interviewer, today, random.Random(seed + place), is_closed=place == 0) for place, area in enumerate(chosen))  # noqa: S311


def _households(officer: Actor, area: int) -> int:
    with looking(of_post(officer), read_only=True):
        return Household.objects.within(area, area + 1_000).filter(kind="family", ended_on=None).count()


def _hold(area: int, officer: Actor, interviewer: Actor, today: date, chance: random.Random, *, is_closed: bool) -> int:
    at = datetime.combine(today, time(9), ZoneInfo(settings.TIME_ZONE))
    with clock.standing_at(at - OPENED_BEFORE):
        survey = run("survey.open", officer, {"area": area, "questionnaire": ASKED})["survey"]
        run("survey.draw", officer, {"survey": survey})
    with looking(of_post(officer), read_only=True):
        roll = list(SurveyLine.objects.visible_to(officer).filter(survey=survey, state="drawn").order_by("position").values_list("pk", flat=True))
    given = roll if is_closed else roll[:len(roll) // 3]
    for place, line in enumerate(given):
        with clock.standing_at(at - OPENED_BEFORE + EVERY * (place + 1)):
            answers = json.dumps(_answer(questionnaire_named(ASKED), chance))
            run("survey.enter", interviewer, {"line": line, "means": "paper" if place % 3 else "phone", "answers": answers})
    if is_closed:
        with clock.standing_at(at - CLOSED_BEFORE):
            run("survey.close", officer, {"survey": survey, "sure": True})
    return len(given)


def _answer(asked: Questionnaire, chance: random.Random) -> dict[str, str]:
    return {one.code: str(chance.choices((1, 2, 3, 4, 5), LEVEL_CHANCES)[0]) if one.kind == LEVELS else YES if chance.randint(1, 100) <= AWARE else NO
            for one in asked.questions}
