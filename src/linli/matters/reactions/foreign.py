# SPDX-License-Identifier: MulanPSL-2.0
"""What follows by itself around imports: jobs start, decisions are seen by what waits, files are forgotten, photos and endpoints are asked."""

from collections.abc import Sequence
from datetime import timedelta

from linli.core import clock, jobs
from linli.core.due import after_action
from linli.core.models import Due
from linli.core.sight import looking, of_all
from linli.matters.foreign import endpoints, photos, working
from linli.matters.models import ForeignImport, ForeignMapping

KEPT = timedelta(days=30)
"""How long the file of an import is kept (our choice: long enough to decide what was returned, and no longer)."""


@after_action("matters.start_import", "foreign.receive", "foreign.fetched", "foreign.start", "foreign.withdraw")
def start_imports(rows: Sequence[Due]) -> None:
    """Hand an import over to a long job: the drain must not wait for it."""
    for number in sorted({row.subject for row in rows}):
        jobs.start(working.JOB, number)


@after_action("matters.look_again", "foreign.map")
def look_again(rows: Sequence[Due]) -> None:
    """A service was decided: what waits to be started is looked through anew, once for all decisions of this batch."""
    systems = set(ForeignMapping.objects.filter(pk__in={row.subject for row in rows}).values_list("system", flat=True))
    for number in ForeignImport.objects.filter(system__in=systems, state="ready", sealed__isnull=False).order_by("pk").values_list("pk", flat=True):
        ForeignImport.objects.filter(pk=number, state="ready").update(state="reading")
        jobs.start(working.JOB, number)


@jobs.regularly("matters.forget_imports", "47 19 * * *")
def forget_imports() -> object:
    """The files of old imports go; what they brought and what was returned stays."""
    with looking(of_all()):
        return ForeignImport.objects.filter(asked_at__lt=clock.now() - KEPT, sealed__isnull=False).exclude(state__in=("reading", "running")).update(sealed=None)


@jobs.regularly("matters.fetch_photos", "*/5 * * * *", queue="letters")
def fetch_photos() -> object:
    """Photos that wait, from hosts on the list; beside the drain, because hosts may be slow."""
    return photos.fetch_waiting()


@jobs.regularly("matters.fetch_requests", "11 * * * *", queue="letters")
def fetch_requests() -> object:
    """The configured endpoint, once an hour; nothing when none is configured."""
    return endpoints.fetch_new()
