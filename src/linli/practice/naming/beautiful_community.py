# SPDX-License-Identifier: MulanPSL-2.0
"""美丽社区: the title that the city names (SEED §12, §13). Limits without a source are ours and shown as proposed (policy.md 2.3)."""

import csv
from pathlib import Path

from linli.core.words import words
from linli.titles import targets
from linli.titles.creation.targeting import by_batches
from linli.titles.kinds import CALENDAR, COUNT, ROUNDS, WORKING, YEARS, Limit, Past, Risk, TitleKind, declare

PROPOSED = "policy.md 2.3 [P]"
OURS = "our choice [P]"
PUBLISHED = Path(__file__).with_name("beautiful_community_batches.csv")


def _number(text: str) -> int | None:
    return int(text) if text else None


def published_batches() -> tuple[Past, ...]:
    """Batches 1 to 6 with the figures that notices and the press gave; 661 - 480, 923 - 134 - 661 and 299 are explained in their source."""
    with PUBLISHED.open(encoding="utf-8", newline="") as file:
        return tuple(Past(int(row["batch"]), int(row["year"]), _number(row["named"]), _number(row["cumulative"]), row["source_note"]) for row in csv.DictReader(file))


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
        "reinspection_days": (Limit(60, CALENDAR, words("抽中后完成再巡查（天）", "Re-inspection after the draw (days)"), OURS),),
        "recheck_days": (Limit(15, CALENDAR, words("整改到期后复查（天）", "Re-check after the rectification (days)"), OURS),),
        "revocation_hearing_days": (Limit(10, CALENDAR, words("撤销前听取社区陈述（天）", "Hearing before a revocation (days)"), OURS),),
        "appeal_days": (Limit(15, CALENDAR, words("撤销后提出申诉（天）", "Appeal after a revocation (days)"), PROPOSED),),
        "appeal_answer_days": (Limit(30, CALENDAR, words("申诉答复期限（天）", "Answer to an appeal (days)"), OURS),),
        "reapply_rounds": (Limit(1, ROUNDS, words("撤销后重新申报须隔的年度批次", "Yearly rounds between a revocation and a new application"), PROPOSED),),
        "coverage_years": (Limit(3, YEARS, words("每个已命名社区至少再巡查一次的年数", "Years within which every named community is re-inspected"), OURS),),
        "long_since_years": (Limit(2, YEARS, words("多少年没有再巡查算时间较长", "Years without a re-inspection that count as long"), OURS),),
        "overdue_heaped": (Limit(10, COUNT, words("超时未办结多少件算积压", "Overdue open matters that count as heaped"), OURS),),
    },
    risks={
        "condition": Risk(3, words("必备条件没有满足", "A necessary condition is not met"), OURS),
        "below": Risk(2, words("得分低于达标线", "Points have fallen under the bar"), OURS),
        "overdue": Risk(2, words("超时事项积压", "Overdue matters are heaped"), OURS),
        "long": Risk(2, words("较长时间没有再巡查", "Long since the last re-inspection"), OURS),
    },
    history=published_batches(),
))
targets.declare(by_batches("beautiful_community"))
