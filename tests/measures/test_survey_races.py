# SPDX-License-Identifier: MulanPSL-2.0
"""Two tabs, one household: whatever comes at the same moment, one answer is kept and the other is told."""

import json
import threading

import pytest
from django.db import connection

from linli.core.actions import run
from linli.core.faults import Conflict
from linli.core.sight import PUBLIC, looking, of_all
from linli.measures.models import SurveyAnswer
from tests.cast import Cast
from tests.measures.surveys import running


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_tabs_of_one_household_leave_one_answer(cast: Cast) -> None:
    number = running(cast, households=20)
    code = cast.do("survey.print_slips", "district", survey=number)["slips"][0]["code"]
    told: list[str] = []

    def go(level: str) -> None:
        try:
            run("survey.answer", PUBLIC, {"code": code, "answers": json.dumps({"law": level})}, device=level.encode())
            told.append("kept")
        except Conflict as fault:
            told.append(fault.code)
        finally:
            connection.close()

    tabs = [threading.Thread(target=go, args=(level,)) for level in "1234"]
    for one in tabs:
        one.start()
    for one in tabs:
        one.join(20)

    assert sorted(told) == ["answered", "answered", "answered", "kept"]
    with looking(of_all()):
        assert SurveyAnswer.objects.count() == 1
