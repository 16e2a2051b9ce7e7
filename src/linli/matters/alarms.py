# SPDX-License-Identifier: MulanPSL-2.0
"""What rings about matters: late call-backs, rules that fail, areas without an accountable head where one is needed."""

from linli.core.alarms import Kind, declare
from linli.core.words import words

LATE_CALL_BACK = "matters.late_call_back"
declare(Kind(LATE_CALL_BACK, words("回访超时", "Late call-back"), "matter.call_back"))
ROUTE_FAILED = declare(Kind("matters.route_failed", words("派遣规则失灵，有事项派不出去", "Routing rules fail: matters cannot be dispatched"), "route.see"))
NO_HEAD = declare(Kind("matters.no_head", words("退回次数已满，但这里没有属地负责人", "Returned too often, and nobody is the accountable head here"), "alarm.take"))
