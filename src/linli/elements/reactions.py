# SPDX-License-Identifier: MulanPSL-2.0
"""What happens by itself around accounts: sessions that are over go every night."""

from linli.core.jobs import regularly
from linli.elements import sessions


@regularly("elements.forget_sessions", "31 19 * * *")
def forget_sessions() -> object:
    """At 03:31 in China (the schedule is in UTC)."""
    return sessions.forget_expired()
