# SPDX-License-Identifier: MulanPSL-2.0
"""How a post is called on screen: its role and its place."""

from linli.core.words import Words, words
from linli.elements import places
from linli.elements.actors import BEFORE_PASSWORD, WITHOUT_POST
from linli.elements.posts import role_named

WITHOUT = {
    WITHOUT_POST: words("尚未选择岗位", "No post chosen"),
    BEFORE_PASSWORD: words("请先设置自己的密码", "Set your own password first"),
    "public": words("居民", "Resident"),
}
SYSTEM = "system:"
"""Begins the role of the platform's own actors (core/system_actors.py)."""
BY_SYSTEM = words("系统", "System")


def role_words(name: str) -> Words:
    """What a role is called; its stored name when nobody declares it any more."""
    role = role_named(name)
    if role is None and name.startswith(SYSTEM):
        return BY_SYSTEM
    return role.words if role else WITHOUT.get(name) or words(name or "?", name or "?")


def place_words(lo: int, hi: int) -> str | None:
    """The short name of the place whose range begins here; None for an empty range or an unknown place."""
    place = places.find_place(lo) if lo < hi else None
    return place.short_name if place else None
