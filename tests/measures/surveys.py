# SPDX-License-Identifier: MulanPSL-2.0
"""A community full of households, and a survey taken through its steps, for the tests of surveys."""

import json
import random
from collections.abc import Mapping, Sequence
from typing import Any

from linli.core.sight import looking, of_all
from linli.elements.models import Building, Dwelling, Household
from linli.measures.models import Survey, SurveyDoubt, SurveyLine
from tests.cast import COMMUNITY, Cast

GRIDS = (COMMUNITY + 1, COMMUNITY + 2)
LEVEL_QUESTIONS = ("organisation", "construction", "management", "services", "law")


def plant_households(count: int = 180, *, seed: int = 1) -> list[int]:
    """So many standing households in the two grids of the first community, a third of them in the second grid."""
    with looking(of_all()):
        house, _ = Building.objects.get_or_create(area=GRIDS[0], key="survey", defaults={"quarter": "槐安里", "number": "9"})
        homes = Dwelling.objects.bulk_create([Dwelling(area=GRIDS[one % 3 == 0], building=house, key=f"s{one}", doorway="1", room=str(100 + one)) for one in range(count)])
        return [one.pk for one in Household.objects.bulk_create([Household(area=home.area, dwelling=home) for home in homes])]


def running(cast: Cast, *, households: int = 180, questionnaire: str = "satisfaction") -> int:
    """A drawn survey of the first community, opened by the district."""
    plant_households(households)
    number = int(cast.do("survey.open", "district", area=COMMUNITY, questionnaire=questionnaire)["survey"])
    cast.do("survey.draw", "district", survey=number)
    return number


def lines(survey: int, state: str = "drawn") -> list[SurveyLine]:
    """The roll in its order."""
    with looking(of_all()):
        return list(SurveyLine.objects.filter(survey=survey, state=state).order_by("position"))


def survey_row(number: int) -> Survey:
    """The survey as it stands."""
    with looking(of_all()):
        found: Survey = Survey.objects.get(pk=number)
        return found


def random_answer(chance: random.Random) -> dict[str, str]:
    """Some of the questions, answered somehow."""
    given = {code: chance.choice("12345") for code in LEVEL_QUESTIONS if chance.random() > 0.1}
    return given | {code: chance.choice(["yes", "yes", "no"]) for code in ("covenant", "creation") if chance.random() > 0.1} or {"law": "1"}


def enter(cast: Cast, line: int, values: Mapping[str, str], *, means: str = "paper", by: str = "district") -> dict[str, Any]:
    """One answer from paper or phone."""
    return cast.do("survey.enter", by, line=line, means=means, answers=json.dumps(values))


def answered(cast: Cast, survey: int, given: Sequence[Mapping[str, str]]) -> None:
    """So many lines of the roll answered on paper, in the order of the roll."""
    for line, values in zip(lines(survey), given, strict=False):
        enter(cast, line.pk, values)


def survey_records(cast: Cast) -> dict[str, int]:
    """A running survey of the first community, a line of its roll and a doubt, for the pages that name them."""
    with looking(of_all()):
        found = Survey.objects.filter(area=COMMUNITY).order_by("id").first()
    if found is None:
        found = survey_row(running(cast, households=6))
    with looking(of_all()):
        doubt, _ = SurveyDoubt.objects.get_or_create(area=COMMUNITY, survey=found, kind="same_device", defaults={"count": 2})
        line = SurveyLine.objects.filter(survey=found).order_by("position")[0]
    return {"survey": found.pk, "line": line.pk, "doubt": doubt.pk}
