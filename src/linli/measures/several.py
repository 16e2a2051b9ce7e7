# SPDX-License-Identifier: MulanPSL-2.0
"""The results of many places at once, for whoever goes through a register of them: one query however many."""

from collections.abc import Sequence
from datetime import datetime

from linli.elements.places import KnownPlace
from linli.measures.kept import Values, values_of
from linli.measures.periods import Period
from linli.measures.results import Results, assembled


def results_of_several(places: Sequence[KnownPlace], period: Period, moment: datetime) -> dict[int, Results]:
    """By area, the results under the standard in force, without trends; inside the sight that the caller has set."""
    values = values_of([one.area for one in places], [period.key])
    own: dict[int, Values] = {}
    for key, kept in values.items():
        own.setdefault(key[0], {})[key] = kept
    return {one.area: assembled(one, period, moment, own.get(one.area, {}), ()) for one in places}
