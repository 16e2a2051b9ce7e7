# SPDX-License-Identifier: MulanPSL-2.0
"""After a report: what looks like it is found, all new reports of a batch together."""

from collections.abc import Sequence

from linli.core import clock
from linli.core.due import after_action
from linli.core.models import Due
from linli.matters import alike


@after_action("matter.find_alike", "matter.report", "matter.unmerge")
def find_alike(rows: Sequence[Due]) -> None:
    """Keep the pairs worth a look; running twice finds the same ones."""
    alike.find_for({row.subject for row in rows}, clock.now())
