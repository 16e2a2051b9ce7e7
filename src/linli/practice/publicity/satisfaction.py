# SPDX-License-Identifier: MulanPSL-2.0
"""居民满意度问卷: how satisfied households are with the five sides of the community, and whether they know of its covenant and its creation."""

from linli.core.words import words
from linli.measures.surveying.questionnaires import Question, Questionnaire, declare
from linli.practice.publicity.awareness import AWARE, KNOWS

declare(Questionnaire(
    name="satisfaction", version=1, words=words("居民满意度调查", "Residents' satisfaction"),
    lead=words("请您说说对本社区工作的看法，每题选一个；不想答的可以空着。", "Tell us what you think of the work in your community. Choose one each; leave out what you like."),
    questions=(
        Question("organisation", words("社区居委会、社区组织办事，您满意吗？", "Are you satisfied with how the residents' committee and the community's bodies work?")),
        Question("construction", words("社区的活动场所、便民设施，您满意吗？", "Are you satisfied with the community's rooms and facilities?")),
        Question("management", words("社区的环境卫生和日常管理，您满意吗？", "Are you satisfied with cleanliness and the daily management?")),
        Question("services", words("到社区办事、享受社区服务，您满意吗？", "Are you satisfied with the services of the community?")),
        Question("law", words("社区的治安和解决邻里纠纷的办法，您满意吗？", "Are you satisfied with safety and with how disputes are settled?")),
        *KNOWS,
    ),
    shares=(AWARE,),
    source="policy.md 3.3: index, levels and least sample [P]; the five dimensions of SEED §12",
))
