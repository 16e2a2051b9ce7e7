# SPDX-License-Identifier: MulanPSL-2.0
"""美丽社区: the title that the city names (SEED §12, §13). Limits without a source are ours and shown as proposed (policy.md 2.3)."""

from linli.core.words import words
from linli.titles.kinds import CALENDAR, WORKING, Limit, TitleKind, declare

PROPOSED = "policy.md 2.3 [P]"

declare(TitleKind(
    name="beautiful_community",
    words=words("美丽社区", "Beautiful Community"),
    standard="tianjin_draft",
    source="SEED §12, §13",
    limits={
        "failed_patrols": (Limit(2, "times", words("暗访不合格几次可以取消候选资格", "Failed unannounced visits before a strike-out"), PROPOSED),),
        "patrol_pass_percent": (Limit(60, "percent", words("暗访合格线（各项平均，%）", "Bar of an unannounced visit (mean of its items, %)"), "our choice"),),
        "hearing_days": (Limit(5, CALENDAR, words("听取居委会说明的期限（天）", "Hearing of the committee (days)"), "our choice"),),
        "publicity_days": (Limit(7, CALENDAR, words("公示期（日历天）", "Publicity (calendar days)"), PROPOSED),),
        "publicity_working_days": (Limit(5, WORKING, words("公示期至少含工作日", "Working days within the publicity at least"), PROPOSED),),
        "objection_working_days": (Limit(10, WORKING, words("异议答复期限（工作日）", "Answer to an objection (working days)"), PROPOSED),),
        "rectification_days": (Limit(30, CALENDAR, words("整改期限（天）", "Rectification (days)"), PROPOSED),),
        "rectification_extension_days": (Limit(30, CALENDAR, words("整改延期（天，一次）", "Extension of a rectification (days, once)"), PROPOSED),),
    },
))
