# SPDX-License-Identifier: MulanPSL-2.0
"""Sheets that assessors have not handed in, for the list of what is late: who opens inspections reads them, nobody whom a visit may surprise."""

from collections.abc import Iterable

from linli.core.sight import Actor
from linli.core.words import words
from linli.measures.inspecting import reading, settling
from linli.titles.creation.states import DISTRICT
from linli.titles.lateness import Step, Watch, declare

HAND_IN = words("督促测评员提交检查表", "Have the assessors hand in their sheets")
DECIDE = words("请第三名测评员裁定分歧", "Have a third assessor decide the differences")
ROUTE = "desk:inspection"


def open_steps(actor: Actor, most: int) -> Iterable[Step]:
    """The inspections that run within the sight, soonest due first; none for who may not open any. One query."""
    for one in reading.due(actor, most):
        if one.due_on is not None:
            yield Step(DISTRICT, one.area, one.due_on, DECIDE if one.state == settling.THIRD else HAND_IN, ROUTE, one.pk)


declare(Watch("inspections", words("现场检查", "Inspections on site"), open_steps))
