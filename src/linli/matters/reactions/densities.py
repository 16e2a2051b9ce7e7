# SPDX-License-Identifier: MulanPSL-2.0
"""Each night the densities of the map are counted anew."""

from linli.core import jobs
from linli.matters.mapping import densities


@jobs.regularly("matters.count_densities", "4 16 * * *")
def count_densities() -> object:
    """At four minutes past midnight in China (the schedule is in UTC)."""
    return densities.count()
