# SPDX-License-Identifier: MulanPSL-2.0
"""The numbers of the dialogue with reporters: all of them configuration, proposed until a city confirms them (拟)."""

from datetime import datetime, timedelta

from django.conf import settings

from linli.core.calendar_store import calendar
from linli.core.words import Words, words
from linli.core.working_time import Due, TimeUnit

PROPOSED = words("拟", "proposed")
BAD = (4, 5)
"""Scores that are called back: dissatisfied and very dissatisfied (GB/T 39046, five levels, 1 is best)."""
BAD_RATING, SAMPLE = "bad_rating", "sample"
CAUSES: dict[str, Words] = {BAD_RATING: words("评价不满意", "Bad rating"), SAMPLE: words("抽样", "Sample")}
RESULTS: dict[str, Words] = {
    "satisfied": words("联系上了，现在满意", "Reached, satisfied now"), "dissatisfied": words("联系上了，仍不满意", "Reached, still dissatisfied"),
    "reopen": words("联系上了，重新办理", "Reached, to be done again"), "not_reached": words("没有联系上", "Not reached"),
}
OUTCOMES: dict[str, Words] = {
    "satisfied": words("现在满意", "Satisfied now"), "dissatisfied": words("仍不满意", "Still dissatisfied"), "reopened": words("重新办理", "Done again"),
    "unreachable": words("多次联系不上", "Not reached after several tries"), "over": words("期限内没有回访", "Not called within the time"),
}
REACHED = ("satisfied", "dissatisfied", "reopened")


def rating_window() -> timedelta:
    """How long a closed matter may be rated and objected to before it is archived; days."""
    return timedelta(days=settings.RATING_DAYS)


def question_due(at: datetime) -> datetime:
    """When the asker is told that a question stayed unanswered."""
    return calendar().add(at, settings.QUESTION_DAYS, TimeUnit.WORKING_DAY).at


def call_back_due(at: datetime, cause: str) -> Due:
    """Until when a call-back is to be made; a sample has more time than a complaint."""
    return calendar().add(at, settings.CALL_BACK_DAYS if cause == BAD_RATING else settings.SAMPLE_DAYS, TimeUnit.WORKING_DAY)


def most_tries() -> int:
    """After so many tries a reporter counts as not reached."""
    return max(1, settings.CALL_BACK_TRIES)
