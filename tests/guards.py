# SPDX-License-Identifier: MulanPSL-2.0
"""Findings of guards for the tests of pages and rights: what the nightly job would have left behind."""

from typing import Any

from linli.core import clock
from linli.core.sight import looking, of_all
from linli.measures.models import GuardFinding
from tests.cast import COMMUNITY, Cast


def finding(cast: Cast, area: int = COMMUNITY, **given: Any) -> int:
    """A finding of late visits of the running month in a community; made once."""
    key = {"area": area, "month": f"{clock.today():%Y-%m}", "guard": "late_entry", "entries": "visits"}
    with looking(of_all()):
        found = GuardFinding.objects.filter(**key).first()
        return found.pk if found else GuardFinding.objects.create(
            **key, **({"limit": 30, "records": 2, "numbers": [1, 1], "found_at": clock.now()} | given)).pk
