# SPDX-License-Identifier: MulanPSL-2.0
"""What rings about matters: what is overdue, rules that fail or name grids of the past, areas without an accountable head, call-backs that are late."""

from collections.abc import Mapping

from linli.core.alarms import Kind as AlarmKind
from linli.core.alarms import declare
from linli.core.words import words
from linli.matters.kinds import FIRST_REPLY, SUPERVISION, WHOLE, Kind

STEP, STAGE, OVERDUE, REPLY, ANSWER, NO_HEAD = (
    "matter.step_overdue", "matter.stage_overdue", "matter.overdue", "matter.reply_overdue", "matter.answer_overdue", "matter.no_head")

declare(AlarmKind(STEP, words("步骤超时", "A step is overdue"), "matter.dispatch"))
declare(AlarmKind(STAGE, words("阶段时限超时", "A phased limit is overdue"), "matter.dispatch"))
declare(AlarmKind(OVERDUE, words("全程超时", "The whole is overdue"), "matter.dispatch"))
declare(AlarmKind(REPLY, words("首次答复超时", "The first reply is overdue"), "matter.dispatch"))
declare(AlarmKind(ANSWER, words("督办答复超时", "The answer to a supervision is overdue"), "matter.supervise"))
HOTLINE = "matter.hotline_overdue"
declare(AlarmKind(HOTLINE, words("12345 办结时限已过", "The hotline's limit has passed"), "matter.dispatch"))
RETURN_SOON = "matter.return_soon"
declare(AlarmKind(RETURN_SOON, words("退单时限将到", "An order may soon no longer go back"), "matter.return_order"))
LATE_CALL_BACK = "matters.late_call_back"
declare(AlarmKind(LATE_CALL_BACK, words("回访超时", "Late call-back"), "matter.call_back"))
declare(AlarmKind(NO_HEAD, words("没有任命属地负责人", "No accountable head is appointed"), "matter.oversee"))
ROUTE_FAILED = declare(AlarmKind("matters.route_failed", words("派遣规则失灵，有事项派不出去", "Routing rules fail: matters cannot be dispatched"), "route.see"))
ENDED_GRID = declare(AlarmKind("matters.rule_of_ended_grid", words("派遣规则点名了已重划的网格", "Routing rules name redrawn grids"), "route.see"))
NO_UNIT = declare(AlarmKind("matters.no_unit_there", words("辖区调整后，在办事项的单位管不到这里", "After a reorganisation units do not reach their matters"),
                            "matter.dispatch"))
HEAD_WANTED = declare(AlarmKind(
    "matters.no_head", words("退回次数已满，但这里没有属地负责人", "Returned too often, and nobody is the accountable head here"), "alarm.take"))

NO_PHOTO, NO_FETCH = "matters.no_photo", "matters.no_fetch"
declare(AlarmKind(NO_PHOTO, words("外部照片取不下来", "A photo from outside cannot be fetched"), "matter.dispatch"))
declare(AlarmKind(NO_FETCH, words("外系统数据取不到", "Data of another system cannot be fetched"), "alarm.take"))

OF_LIMIT: Mapping[str, str] = {WHOLE: OVERDUE, FIRST_REPLY: REPLY, SUPERVISION: ANSWER, "hotline": HOTLINE}
"""Limit to its alarm; phases ring STEP, phased limits STAGE."""


def alarm_of(kind: Kind, code: str, name: str) -> str:
    """The alarm that rings when the limit of this name has passed in a matter of this category."""
    return OF_LIMIT.get(name) or (STAGE if name in {one.name for one in kind.stages_of(code)} else STEP)
