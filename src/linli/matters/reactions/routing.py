# SPDX-License-Identifier: MulanPSL-2.0
"""What follows by itself around routing: proposals for what was filed or returned, versions that begin, trials piece by piece."""

from collections.abc import Sequence

from linli.core import clock, due
from linli.core.due import after_action
from linli.core.jobs import regularly
from linli.core.models import Due
from linli.core.sight import looking, of_all
from linli.elements import places
from linli.matters.models import RouteTrial, RouteVersion
from linli.matters.routing import proposing, trials


@after_action("matters.route", "matter.file")
def route(rows: Sequence[Due]) -> None:
    """Propose a unit for what was filed, and dispatch it where the rule says so."""
    proposing.propose({row.subject for row in rows}, dispatches=True)


@after_action("matters.route_again", "matter.return", "matter.unmerge", "matter.unsplit", "matter.gather")
def route_again(rows: Sequence[Due]) -> None:
    """Propose anew after a return and for what stands by itself again, for a person to decide; the last return goes to the accountable head."""
    proposing.propose({row.subject for row in rows}, dispatches=False)


@after_action("matters.file_by_rule")
def file_by_rule(rows: Sequence[Due]) -> None:
    """File reports of official collectors where the rules allow it."""
    proposing.file_by_rule({row.subject for row in rows})


@after_action("matters.begin_routes")
def begin_routes(rows: Sequence[Due]) -> None:
    """A version comes into force: the one before is superseded, and what waits is proposed anew."""
    for begun in RouteVersion.objects.filter(pk__in={row.subject for row in rows}, state="published"):
        before = RouteVersion.objects.filter(area=begun.area, state="published", valid_from__lte=begun.valid_from).exclude(pk=begun.pk)
        before.filter(number__lt=begun.number).update(state="superseded")
        proposing.renew(*places.range_of(begun.area))


@after_action("matters.try_routes")
def try_routes(rows: Sequence[Due]) -> None:
    """One piece of each trial; what is left is due again at once, behind whatever else waits."""
    for trial in RouteTrial.objects.within(0, places.city().hi).filter(pk__in={row.subject for row in rows}).exclude(state="done"):
        if trials.go_on(trial):
            due.leave("matters.try_routes", area=trial.area, subject_kind="route_trial", subject=trial.pk, at=clock.now())


@regularly("matters.tidy_routes", "*/5 * * * *")
def tidy_routes() -> object:
    """Every five minutes: what failed is tried again, alarms that are over end."""
    with looking(of_all()):
        return proposing.tidy()
