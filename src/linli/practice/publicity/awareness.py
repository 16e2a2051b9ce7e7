# SPDX-License-Identifier: MulanPSL-2.0
"""居民知晓率问卷: whether households know of the residents' covenant and of the creation of a Beautiful Community (D4-17)."""

from linli.core.words import words
from linli.measures.surveying.questionnaires import YES_NO, Question, Questionnaire, Share, declare

KNOWS = (
    Question("covenant", words("您知道本社区有居民公约吗？", "Do you know that your community has a residents' covenant?"), YES_NO),
    Question("creation", words("您知道本社区正在创建美丽社区吗？", "Do you know that your community works to become a Beautiful Community?"), YES_NO),
)
AWARE = Share("aware", words("两项都知道的", "Know of both"), ("covenant", "creation"))

declare(Questionnaire(
    name="awareness", version=1, words=words("居民知晓率调查", "Residents' awareness"),
    lead=words("只有两道题，请按实际情况选。", "Two questions only; answer as it is."),
    questions=KNOWS,
    shares=(AWARE,),
    source="policy.md 3.4 D4-17",
))
