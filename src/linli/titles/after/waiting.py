# SPDX-License-Identifier: MulanPSL-2.0
"""What waits for whom after naming: the open steps of re-inspections, for the list of what is late at which level."""

from collections.abc import Iterable, Mapping

from linli.core.sight import Actor
from linli.core.words import Words, words
from linli.titles.after.cases import seen_by
from linli.titles.lateness import Step, Watch, declare

WAITING: Mapping[str, tuple[str, Words]] = {
    "drawn": ("district", words("开展暗访", "Make the unannounced visit")),
    "inspecting": ("district", words("汇总暗访结果，保留或通报", "Conclude the visit: keep, or circulate")),
    "rectifying": ("community", words("按通报完成整改", "Put right what the circular asks")),
    "recheck": ("district", words("完成复查并认定", "Finish and judge the re-check")),
    "proposed": ("city", words("决定是否撤销称号", "Decide whether the title is revoked")),
    "appealed": ("city", words("审理申诉", "Judge the appeal")),
}
ASKED = words("批复整改延期", "Decide an extension")
TO_BE_HEARD = words("居委会陈述", "The committee states its view")


def open_steps(actor: Actor, most: int) -> Iterable[Step]:
    """The steps that wait within the sight, soonest due first; one query."""
    found = seen_by(actor).filter(state__in=WAITING, due_on__isnull=False).order_by("due_on", "area")[:most]
    for one in found:
        level, label = WAITING[one.state]
        if one.state == "proposed" and one.heard_at is None:
            level, label = "community", TO_BE_HEARD
        elif one.extension == "asked":
            level, label = "district", ASKED
        yield Step(level, one.area, one.due_on, label, "desk:title_case", one.pk)


declare(Watch("title_reinspection", words("再巡查与整改", "Re-inspection and rectification"), open_steps))
