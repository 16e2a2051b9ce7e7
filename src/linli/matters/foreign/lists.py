# SPDX-License-Identifier: MulanPSL-2.0
"""What the page of imports reads: imports, returned rows, and whether the endpoint fails. None of it holds a person's words."""

from collections.abc import Iterator, Sequence

from linli.core.faults import NotVisible
from linli.core.models import Alarm
from linli.core.words import Words, words
from linli.matters.alarms import NO_FETCH
from linli.matters.models import ForeignImport, ForeignReturn


def newest(most: int) -> Sequence[ForeignImport]:
    """The imports, newest first, without their files; capped."""
    return list(ForeignImport.objects.defer("sealed").order_by("-id")[:most])


def one(brought: int) -> ForeignImport:
    """An import without its file. NotVisible when it does not exist."""
    found = ForeignImport.objects.defer("sealed").filter(pk=brought).first()
    if found is None:
        raise NotVisible
    return found


def has_file(brought: int) -> bool:
    """False once the file was forgotten."""
    return ForeignImport.objects.filter(pk=brought, sealed__isnull=False).exists()


def returned(brought: int, most: int | None = None) -> Iterator[ForeignReturn]:
    """What was returned, in the order of the file."""
    found = ForeignReturn.objects.filter(brought=brought).order_by("place")
    yield from found[:most] if most else found.iterator(2000)


def trouble() -> Words | None:
    """Why the endpoint could not be read the last time; None when it could. Under the sight of the city's own number."""
    alarm = Alarm.objects.filter(name=NO_FETCH, ended_at=None).first()
    return words(**alarm.sentence) if alarm else None
