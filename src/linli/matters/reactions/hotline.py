# SPDX-License-Identifier: MulanPSL-2.0
"""Watching orders of the hotline: a call ahead of the return limit while they may still go back, and quiet when they have ended."""

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings

from linli.core import alarms, clock, rows
from linli.core.due import after_action, leave
from linli.core.models import Alarm, Due
from linli.core.words import words
from linli.matters import numbers
from linli.matters.alarms import HOTLINE, RETURN_SOON
from linli.matters.clockwork import stamp
from linli.matters.models import HotlineOrder

WATCH = "matter.watch_return_limit"
SOON = words("工单 {order}（{number}）的退单时限 {at} 将到，还没有派遣。不属于我们的，请在此之前退回 12345；属于我们的，请派遣。",
             "Until {at} order {order} ({number}) may go back to the hotline. Send it back before that if it is not ours, or dispatch it.")


@after_action("matter.hotline_is_over", "matter.close", "matter.refuse", "matter.return_order", "matter.merge")
def be_still(due: Sequence[Due]) -> None:
    """The limit of the hotline rings no more for what has ended."""
    for matter in HotlineOrder.objects.filter(matter__in={row.subject for row in due}, matter__is_open=False).values_list("matter", flat=True):
        alarms.still(HOTLINE, subject_kind="matter", subject=matter)


@after_action(WATCH, "matter.take_order", "matter.amend_order", "matter.dispatch", "matter.decide", "matter.return", "matter.refuse", "matter.return_order", "matter.merge")
def watch_return_limit(due: Sequence[Due]) -> None:
    """Ring some hours ahead of the return limit (proposed) for orders that nobody has decided on; still once they are, or once it has passed."""
    found = HotlineOrder.objects.filter(matter__in={row.subject for row in due}, return_due_at__isnull=False).select_related("matter")
    orders = {order.pk: order for order in found.order_by("matter")}
    ringing = set(Alarm.objects.filter(name=RETURN_SOON, subject_kind="matter", subject__in=orders, ended_at=None).values_list("subject", flat=True))
    with rows.collecting():
        for order in orders.values():
            if not _look_at(order) and order.pk in ringing:
                alarms.still(RETURN_SOON, subject_kind="matter", subject=order.pk)


def _look_at(order: HotlineOrder) -> bool:
    """True while it rings; leaves itself a note for the next moment that matters."""
    now, until = clock.now(), order.return_due_at
    assert until is not None
    if order.returned_at is not None or order.matter.phase not in ("captured", "filed") or now >= until:
        return False
    warn_at = until - timedelta(hours=settings.HOTLINE_RETURN_HOURS)
    leave(WATCH, area=order.area, subject_kind="matter", subject=order.pk, at=warn_at if now < warn_at else until)
    if now < warn_at:
        return False
    sentence = SOON.format(order=order.number, number=numbers.number_of(order.pk), at=stamp(until))
    alarms.ring(RETURN_SOON, area=order.area, subject_kind="matter", subject=order.pk, sentence=sentence)
    return True
