# SPDX-License-Identifier: MulanPSL-2.0
"""When an order of the hotline has ended: its alarm is still."""

from collections.abc import Sequence

from linli.core import alarms
from linli.core.due import after_action
from linli.core.models import Due
from linli.matters.alarms import HOTLINE
from linli.matters.models import HotlineOrder


@after_action("matter.hotline_is_over", "matter.close", "matter.refuse", "matter.return_order", "matter.merge")
def be_still(due: Sequence[Due]) -> None:
    """The limit of the hotline rings no more for what has ended."""
    for matter in HotlineOrder.objects.filter(matter__in={row.subject for row in due}, matter__is_open=False).values_list("matter", flat=True):
        alarms.still(HOTLINE, subject_kind="matter", subject=matter)
