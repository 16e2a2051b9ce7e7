# SPDX-License-Identifier: MulanPSL-2.0
"""Inspections of candidates as the year of creation reads them: who may assess, which visits failed, which conditions were broken and not cured."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from linli.core import clock
from linli.core.words import Words, words
from linli.elements import places
from linli.measures.inspecting import conflicts
from linli.measures.inspecting.opening import Outcome, outcomes
from linli.measures.models import StandardVersion
from linli.measures.standards import INSPECTED
from linli.titles.creation.moving import limit
from linli.titles.creation.states import DISTRICT
from linli.titles.models import Application, Batch, Filing

PATROL, ASSESSMENT = "patrol", "assessment"
FAILED, UNCURED = "failed_patrols", "uncured"
GROUNDS: Mapping[str, Words] = {FAILED: words("两次暗访不合格", "Failed unannounced visits"),
                              UNCURED: words("必备条件问题复查仍未改正", "A necessary condition not cured at the re-visit")}


@dataclass(frozen=True)
class Visits:
    """The unannounced visits to one candidate, oldest first, and what follows from those that are settled."""

    outcomes: tuple[Outcome, ...]
    failed: int
    uncured: tuple[str, ...]
    needed: int

    @property
    def grounds(self) -> tuple[str, ...]:
        """Grounds on which it may be struck out; empty when there are none."""
        return ((FAILED,) if self.failed >= self.needed else ()) + ((UNCURED,) if self.uncured else ())

    def days(self, after: date | None = None) -> tuple[date, ...]:
        """The days (after one) on which it was visited and everything is settled."""
        return tuple(one.inspection.day for one in self.outcomes if one.is_settled and (after is None or one.inspection.day > after))


def half(batch: Batch, today: date) -> date | None:
    """The day after which the present half of the year runs: mid-term once it is over, None before."""
    return batch.midterm_until if batch.midterm_until is not None and today > batch.midterm_until else None


def codes_of(standard: StandardVersion) -> list[str]:
    """The items of a standard that need eyes on site: those that wait for it, and those that are measured by it."""
    return [one["code"] for one in standard.content["indicator"] if one.get("basis") == INSPECTED or one.get("inspection")]


def visits_of(batch: Batch, applications: Iterable[int]) -> dict[int, Visits]:
    """By application what its unannounced visits say; three queries at most, inside the sight in force."""
    wanted = list(applications)
    found, needed, bar = outcomes(PATROL, wanted), limit(batch, "failed_patrols").number, Fraction(limit(batch, "patrol_pass_percent").number, 100)
    return {number: _visits(found.get(number, ()), needed, bar) for number in wanted}


def _visits(found: Sequence[Outcome], needed: int, bar: Fraction) -> Visits:
    failed, seen, uncured = 0, set[str](), set[str]()
    for one in found:
        if one.is_settled:
            failed += has_failed(one, bar)
            uncured |= seen & set(one.broken)
            seen = set(one.broken)
    return Visits(tuple(found), failed, tuple(sorted(uncured)), needed)


def has_failed(one: Outcome, bar: Fraction) -> bool:
    """Whether a settled visit failed: a necessary condition is broken, or the mean of its items lies under the bar."""
    return bool(one.broken) or (bool(one.shares) and sum(one.shares.values(), Fraction(0)) / len(one.shares) < bar)


def able_for(accounts: Iterable[str], applications: Iterable[Application]) -> dict[int, list[int]]:
    """By application those of the named who hold an assessor's post that covers the community today and did not file it; one query for the filers and one a district."""
    wanted, today = [int(one) for one in accounts], clock.today()
    held = list(applications)
    filers: dict[int, set[int]] = {}
    for application, account in Filing.objects.filter(application__in=held).values_list("application", "account"):
        filers.setdefault(application, set()).add(account)
    able: dict[int, dict[int, str]] = {}
    found: dict[int, list[int]] = {}
    for one in held:
        district = next((above.area for above in places.path_of(one.area) if above.level == DISTRICT), one.area)
        if district not in able:
            able[district] = conflicts.assessors(*places.range_of(district), today, wanted)
        found[one.pk] = [each for each in wanted if each in able[district] and each not in filers.get(one.pk, set())]
    return found


def candidates(batch: Batch) -> list[Application]:
    """The candidates of a batch inside the sight in force, in order of area."""
    return list(Application.objects.filter(batch=batch, state="candidate").order_by("area"))
