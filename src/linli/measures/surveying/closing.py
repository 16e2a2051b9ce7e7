# SPDX-License-Identifier: MulanPSL-2.0
"""Closing a survey: the seed is shown, the answers are opened together and led back to nobody, doubts are found; settled when all of them are decided."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from linli.core import due
from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict
from linli.core.fields import Field
from linli.core.keys import keyring
from linli.core.words import words
from linli.measures.freshness import refresh
from linli.measures.models import Survey, SurveyAnswer, SurveyDoubt, SurveyLine, SurveyShare
from linli.measures.surveying.answering import envelope, mix
from linli.measures.surveying.doubts import DECIDES, DOUBT, VERSION, confirm_one, find_doubt, found_in
from linli.measures.surveying.questionnaires import CHOICES, GROUPS, LEVELS, POINTS, Questionnaire, questionnaire_named
from linli.measures.surveying.rolls import NOT_RUNNING, NOT_RUNNING_REMEDY
from linli.measures.surveying.samples import OPENS, SURVEY, find_survey, lock, refuse_the_rated, seed_of
from linli.measures.surveying.weighing import FEWEST, OTHERS, Estimate, clipped, estimate, grouped, merged, together, weights

SURE = Field("sure", words("确认收答卷到此为止，不再补录", "No more answers are taken"), "truth", required=True)
NOT_SURE = words("没有结束：请先确认不再收答卷。", "Not closed: say first that no more answers are taken.")
NOT_SURE_REMEDY = words("勾选“是”再提交。", "Choose yes, then send.")
Row = tuple[int, int, dict[str, str]]
"""Number, stratum and values of an answer."""


@action("survey.close", words("结束调查", "Close the survey"), ability=OPENS, subject="survey", finds=find_survey, fields=(SURVEY, SURE))
def close(call: Call) -> Done:
    """Take no more answers, show the seed, open the answers and look for doubts; without any the survey is settled at once."""
    refuse_the_rated(call.actor, call.record.area)
    survey = lock(call.record)
    if survey.state != "running":
        raise Conflict(NOT_RUNNING, NOT_RUNNING_REMEDY, code="not_running")
    if not call.given["sure"]:
        raise Conflict(NOT_SURE, NOT_SURE_REMEDY, code="not_sure")
    survey.state, survey.closed_at, survey.seed, survey.staff_networks = "closed", call.recorded_at, seed_of(survey).hex(), []
    doubts = _open_answers(survey)
    if not doubts:
        settle(survey, call)
    survey.save(update_fields=["state", "closed_at", "seed", "staff_networks", "settled_at", "result"])
    SurveyLine.objects.filter(survey=survey).update(code_digest=None)
    told = {"survey": survey.pk, "state": survey.state, "doubts": doubts}
    return Done(survey.area, survey.pk, told, told | {"seed": survey.seed})


@action("survey.confirm", words("确认疑点处理", "Confirm what becomes of a doubt"), ability=DECIDES, subject="survey", finds=find_doubt, fields=(DOUBT, VERSION))
def confirm(call: Call) -> Done:
    """A second person agrees; with the last doubt the survey is settled. Who does not agree proposes another decision instead."""
    one = confirm_one(call)
    survey = lock(one.survey)
    if not SurveyDoubt.objects.filter(survey=survey, confirmed_by=None).exists():
        settle(survey, call)
        survey.save(update_fields=["state", "settled_at", "result"])
    told = {"survey": survey.pk, "doubt": one.pk, "state": survey.state}
    return Done(survey.area, survey.pk, told, told | {"decision": one.decision, "reason": one.reason, "judged_by": one.judged_by})


def frame_of(survey: Survey) -> dict[int, int]:
    """Households by stratum."""
    return {int(serial): count for serial, count in survey.strata.items()}


def _open_answers(survey: Survey) -> int:
    """Open the envelopes together, with strata of five answers at least, and note the doubts; answers how many. Fewer than five answers stay sealed for ever."""
    rows = list(SurveyAnswer.objects.filter(survey=survey))
    if len(rows) < FEWEST:
        return 0
    opened: dict[int, dict[str, Any]] = {one.pk: json.loads(keyring().unseal(bytes(one.sealed), envelope(survey))) for one in rows}
    frame, count = frame_of(survey), Counter(one["stratum"] for one in opened.values())
    into = together(count, frame)
    for one in rows:
        one.values, one.stratum, one.sealed = opened[one.pk]["values"], into.get(opened[one.pk]["stratum"], OTHERS), None
    found = found_in(opened)
    made = [SurveyDoubt.objects.create(area=survey.area, survey=survey, kind=kind, count=len(numbers)) for kind, numbers in found]
    by_number = {number: doubt for doubt, (_, numbers) in zip(made, found, strict=True) for number in numbers}
    for one in rows:
        one.doubt = by_number.get(one.pk)
    SurveyAnswer.objects.bulk_update(rows, ["values", "stratum", "sealed", "doubt"], batch_size=500)
    survey.strata = {str(serial): count for serial, count in merged(frame, into).items()}
    survey.save(update_fields=["strata"])
    mix(survey)
    return len(made)


def settle(survey: Survey, call: Call) -> None:
    """Keep the attested result, and with enough answers the shares that figures read. The caller saves the survey."""
    asked = questionnaire_named(survey.questionnaire)
    counted = SurveyAnswer.objects.filter(survey=survey, sealed=None).exclude(doubt__decision="leave_out").values_list("pk", "stratum", "values")
    rows: list[Row] = [(row[0], row[1], row[2]) for row in counted]
    left_out = SurveyAnswer.objects.filter(survey=survey, doubt__decision="leave_out").count()
    survey.state, survey.settled_at = "settled", call.recorded_at
    survey.result = result_of(asked, rows, frame_of(survey), survey.needed) | {"left_out": left_out}
    closed_at = survey.closed_at or call.recorded_at
    if survey.result["is_enough"]:
        SurveyShare.objects.bulk_create([
            SurveyShare(area=survey.area, survey=survey, name=one["name"], part=one["part"], whole=one["whole"], closed_at=closed_at)
            for one in survey.result["shares"] if one["whole"]])


def result_of(asked: Questionnaire, rows: Sequence[Row], frame: Mapping[int, int], needed: int) -> dict[str, Any]:
    """What a survey came to, as plain JSON: fractions as text, no count under five. Under five valid answers nothing but their lack is said."""
    valid = [row for row in rows if not asked.has_index or asked.score(row[2]) is not None]
    if len(valid) < FEWEST:
        return {"valid": len(valid), "needed": needed, "is_enough": False, "index": None, "questions": [], "shares": [], "strata": 0}
    count = Counter(row[1] for row in valid)
    into = together(count, frame)
    houses = merged(frame, into)
    scores = [(into[row[1]], score) for row in valid if (score := asked.score(row[2])) is not None]
    return {
        "valid": len(valid), "needed": needed, "is_enough": len(valid) >= needed, "strata": len(houses), "index": _text(estimate(scores, houses), 100),
        "weights": sorted(str(one) for one in weights(Counter(into[row[1]] for row in valid), houses).values()),
        "questions": [_question(asked, one.code, one.kind, valid, into, frame) for one in asked.questions],
        "shares": [_share(asked, number, valid) for number in range(len(asked.shares))]}


def _text(found: Estimate | None, high: int) -> dict[str, Any] | None:
    if found is None:
        return None
    one = clipped(found, 0, high)
    return {"mean": str(one.mean), "low": str(one.low) if one.low is not None else None, "high": str(one.high) if one.high is not None else None}


def _question(asked: Questionnaire, code: str, kind: str, valid: Sequence[Row], into: Mapping[int, int], frame: Mapping[int, int]) -> dict[str, Any]:
    """One question: counts put together until none is under five, and of levels the weighted mean where five answered.

    Where counts had to be put together the mean is given as a whole number without its interval: with tenths the single counts could be worked out.
    """
    given = [(into[row[1]], row[2][code]) for row in valid if code in row[2]]
    if len(given) < FEWEST:
        return {"code": code, "answered": None, "cells": [], "index": None}
    ways = [[group for group, _ in way] for way in GROUPS[kind]]
    cells = grouped(Counter(value for _, value in given), ways)
    mean = None
    if kind == LEVELS:
        own = together(Counter(stratum for stratum, _ in given), merged(frame, into))
        mean = _text(estimate([(own[stratum], Fraction(POINTS[value])) for stratum, value in given], merged(merged(frame, into), own)), 100)
    if mean and (cells is None or len(cells) < len(CHOICES[kind])):
        mean = {"mean": str((Fraction(mean["mean"]) + Fraction(1, 2)).__floor__()), "low": None, "high": None}
    return {"code": code, "answered": len(given), "cells": [{"values": list(group), "count": count} for group, count in cells or ()], "index": mean}


def _share(asked: Questionnaire, number: int, valid: Sequence[Row]) -> dict[str, Any]:
    one = asked.shares[number]
    said = [answer for row in valid if (answer := asked.holds(one, row[2])) is not None]
    return {"name": one.name, "part": sum(said) if len(said) >= FEWEST else 0, "whole": len(said) if len(said) >= FEWEST else 0}


due.after_action("measures.refresh_surveys", "survey.close", "survey.confirm")(refresh)
