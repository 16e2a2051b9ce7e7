# SPDX-License-Identifier: MulanPSL-2.0
"""The half of planting that runs inside Django, as owner: the cast of the tests, the calendar, the standard, and what the players need as JSON."""

import json

from linli.core import calendar_store, clock
from linli.elements import sessions
from linli.elements.models import Account
from linli.matters.models import Category
from linli.measures import rebuilding, seeding
from tests.cast import COMMUNITY, STEPS, build

SIGNED_IN = ("gridworker", "director", "dispatcher", "handler", "verifier")


def main() -> None:
    """Plant; print tokens, units, category, place, the steps of the loop, and a session's cookie for those who sit at a desk."""
    made = build()
    calendar_store.seed()
    seeding.seed()
    rebuilding.rebuild(f"{clock.today():%Y}")
    cookies = {name: sessions.open_for(Account.objects.get(username=name)).cookie for name in SIGNED_IN}
    steps = [(action, who, dict(more)) for _, action, who, more in STEPS]
    words = Category.objects.get(pk=made.category).name_zh
    print(json.dumps({"words": words, "tokens": made.tokens, "units": made.units, "category": made.category, "cookies": cookies, "area": COMMUNITY, "steps": steps}))
