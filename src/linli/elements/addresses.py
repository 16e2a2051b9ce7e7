# SPDX-License-Identifier: MulanPSL-2.0
"""Which community an address written by hand names: by the names in it, told apart by the street and district beside them."""

from linli.elements import places
from linli.elements.places import KnownPlace

SHORTEST = 2
"""A name of one character names nothing."""


def community_in(text: str) -> KnownPlace | None:
    """The one community that the text names; None when it names none, or several that nothing in the text tells apart."""
    text = text.translate(places.HALF)
    found = [(fit, one) for one in places.places_within(*_whole(), level="community") if (fit := _fit(one, text))]
    if not found:
        return None
    best = max(fit for fit, _ in found)
    named = [one for fit, one in found if fit == best]
    return named[0] if len(named) == 1 else None


def _whole() -> tuple[int, int]:
    city = places.city()
    return city.lo, city.hi


def _fit(one: KnownPlace, text: str) -> tuple[int, int] | None:
    """How well a text names a place: how many of the places above it are named too, and how long the name is. None when it does not."""
    length = max((len(name) for name in (one.name, one.short_name) if len(name) >= SHORTEST and name.translate(places.HALF) in text), default=0)
    if not length:
        return None
    above = sum(step.short_name in text or step.name in text for step in places.path_of(one.area)[:-1] if step.level != "city")
    return above, length


def place_meant(address_id: str) -> KnownPlace | None:
    """The community or grid that an address number means: our own number of 15 digits, or the official code of 12; None otherwise."""
    digits = address_id.strip()
    if not digits.isdecimal() or len(digits) not in (12, 15):
        return None
    found = places.find_place(int(digits.ljust(15, "0")))
    return found if found and found.level in ("community", "grid") and found.stands() else None
