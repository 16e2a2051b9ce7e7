# SPDX-License-Identifier: MulanPSL-2.0
"""What rings about matters."""

from linli.core.alarms import Kind, declare
from linli.core.words import words

LATE_CALL_BACK = "matters.late_call_back"
declare(Kind(LATE_CALL_BACK, words("回访超时", "Late call-back"), "matter.call_back"))
