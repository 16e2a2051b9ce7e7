# SPDX-License-Identifier: MulanPSL-2.0
"""The one source of the present moment; the demonstration and the tests may stand at another."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings

_moment: ContextVar[datetime | None] = ContextVar("linli_moment", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _moment.get() or datetime.now(UTC)


def is_standing() -> bool:
    """True while the clock stands at a moment set by `standing_at`."""
    return _moment.get() is not None


def local(moment: datetime) -> datetime:
    """The same moment on the city's wall clock."""
    return moment.astimezone(ZoneInfo(settings.TIME_ZONE))


def today() -> date:
    """The city's calendar day."""
    return local(now()).date()


@contextmanager
def standing_at(moment: datetime) -> Iterator[None]:
    """Let the present stand at `moment`: for the demonstration's maker and for tests, never for a face."""
    token = _moment.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _moment.reset(token)
