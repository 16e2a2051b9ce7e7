# SPDX-License-Identifier: MulanPSL-2.0
"""What the chapter of publicity counts in: the attested shares of surveys with enough answers, one row for a survey and a share."""

from linli.core.words import words
from linli.measures.declarations import FactSet, declare
from linli.measures.predicates import MOMENT, NUMBER, TEXT

declare(FactSet(
    name="survey_shares",
    words=words("居民调查结果（每次调查每项一行；只有汇总数，没有答卷名单）", "Results of surveys (one row for a survey and a share; sums only, no list of who answered)"),
    sql="select s.id, s.area, s.area as leaf, s.survey_id as survey, s.name, s.part, s.whole, s.closed_at from measures_surveyshare s",
    columns={"id": NUMBER, "area": NUMBER, "leaf": NUMBER, "survey": NUMBER, "name": TEXT, "part": NUMBER, "whole": NUMBER, "closed_at": MOMENT},
    dates=("closed_at",),
    record_kind="survey",
    record="survey",
))
