# SPDX-License-Identifier: MulanPSL-2.0
"""Conditions that several chapters' indicators share, so that “closed” and “should be closed” mean one thing everywhere."""

from django.db.models import Q

from linli.measures.declarations import CUT_OFF, END, START, within

ALIVE = Q(reported_at__lt=END) & (Q(closed_at=None) | Q(closed_at__gte=START))
"""Open or closed at some time in the period: no measure counts anything else."""

DROPPED = Q(phase__in=["refused", "merged"])
"""Not a matter of its own: refused with a reason, or counted once in the matter it was merged into."""

MERGED = Q(phase="merged")
"""Counted once, in the matter it was merged into: its own reporter's answer is that one's answer."""

CLOSED = within("closed_at")

OPEN_PAST_LIMIT = Q(reported_at__lt=CUT_OFF, limit_at__lt=CUT_OFF) & (Q(closed_at=None) | Q(closed_at__gte=CUT_OFF))
"""Open at the cut-off with its limit behind it: nobody improves a figure by leaving such a matter open."""

SHOULD_CLOSE = CLOSED | OPEN_PAST_LIMIT
"""应结案 (policy.md 5.5): closed in the period, or open past the limit at the cut-off."""
