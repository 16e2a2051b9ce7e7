# SPDX-License-Identifier: MulanPSL-2.0
"""What a survey says to readers: progress of the roll, the attested result in plain numbers, and nothing under five."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import Count

from linli.core.words import Words, words
from linli.elements.quality.samples import Interval, interval
from linli.measures.models import Survey, SurveyLine
from linli.measures.published import share_shown
from linli.measures.results import Figure
from linli.measures.scoring import decimal
from linli.measures.surveying.questionnaires import GROUPS, Questionnaire, questionnaire_named
from linli.measures.surveying.rolls import MEANS, STATES

STATE_WORDS: Mapping[str, Words] = {
    "open": words("待抽样", "To be drawn"), "running": words("调查中", "Running"), "closed": words("待确认疑点", "Doubts to be decided"), "settled": words("已有结果", "Settled")}
TOO_FEW = words("样本不足", "Too few answers")


@dataclass(frozen=True)
class Progress:
    """The roll in numbers: how many households were approached, answered by which way, and fell out for which reason."""

    approached: int
    answered: int
    rows: tuple[tuple[Words, int], ...]

    @property
    def rate(self) -> Fraction | None:
        """Answered of all approached that have not moved away; None before anybody is asked."""
        return Fraction(self.answered, self.approached) if self.approached else None


def progress_of(survey: Survey) -> Progress:
    """Counted from the roll; one query."""
    found = {(one["state"], one["means"]): one["n"] for one in SurveyLine.objects.filter(survey=survey).values("state", "means").annotate(n=Count("pk"))}
    by_state = {state: sum(count for (own, _), count in found.items() if own == state) for state in STATES}
    rows = [(MEANS[means], found.get(("answered", means), 0)) for means in MEANS]
    rows += [(STATES[state], by_state[state]) for state in ("refused", "not_reached", "moved", "drawn", "reserve")]
    approached = sum(by_state[state] for state in ("drawn", "answered", "refused", "not_reached"))
    return Progress(approached, by_state["answered"], tuple(rows))


def result_shown(survey: Survey) -> dict[str, Any] | None:
    """The attested result for a page; None while the survey is not settled."""
    if survey.state != "settled":
        return None
    asked, result = questionnaire_named(survey.questionnaire), survey.result
    return {
        "questionnaire": asked, "valid": result["valid"], "needed": result["needed"], "is_enough": result["is_enough"], "label": TOO_FEW,
        "left_out": result.get("left_out", 0), "strata": result["strata"], "index": _estimate(result["index"]),
        "weights": _weights(result.get("weights", [])), "questions": [_question(asked, one) for one in result["questions"]],
        "shares": [shown for one in result["shares"] if one["whole"] and (shown := _share(asked, one))]}


def _estimate(found: Mapping[str, Any] | None) -> dict[str, str] | None:
    if not found:
        return None
    return {name: decimal(Fraction(found[name]), 1) if found[name] is not None else "" for name in ("mean", "low", "high")}


def _weights(found: list[str]) -> tuple[str, str] | None:
    """The least and the largest number of households that an answer stands for."""
    numbers = sorted(Fraction(one) for one in found)
    return (decimal(numbers[0], 1), decimal(numbers[-1], 1)) if numbers else None


def _question(asked: Questionnaire, found: Mapping[str, Any]) -> dict[str, Any]:
    """A question with a bar for each count that may be shown."""
    one = next(one for one in asked.questions if one.code == found["code"])
    labels = {group: label for way in GROUPS[one.kind] for group, label in way}
    cells = [{"words": labels[tuple(cell["values"])], "count": cell["count"], "share": Fraction(cell["count"], found["answered"])} for cell in found["cells"]]
    index = _estimate(found["index"])
    if index and not index["low"]:
        index["mean"] = str(found["index"]["mean"]) if "/" not in found["index"]["mean"] else index["mean"]
    return {"words": one.words, "answered": found["answered"], "cells": cells, "index": index}


def _share(asked: Questionnaire, found: Mapping[str, Any]) -> dict[str, Any] | None:
    one = next((one for one in asked.shares if one.name == found["name"]), None)
    text = share_shown(Figure(found["part"], found["whole"]))
    if one is None or not text:
        return None
    bounds: Interval | None = interval(found["part"], found["whole"]) if text[0] not in "<>" else None
    return {"words": one.words, "text": text, "whole": found["whole"], "interval": bounds}


def public_result(area: int) -> dict[str, Any] | None:
    """What anybody may read of a community's last settled survey with an index and enough answers; None without one. One query, inside the sight in force."""
    settled = Survey.objects.filter(area=area, state="settled").order_by("-closed_at", "-id")[:5]
    for one in settled:
        shown = result_shown(one)
        if shown and shown["is_enough"] and shown["index"]:
            return shown | {"closed_at": one.closed_at}
    return None
