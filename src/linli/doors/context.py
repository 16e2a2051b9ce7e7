# SPDX-License-Identifier: MulanPSL-2.0
"""What every template knows as `page`: language, look, who acts, where the links lead; asked for only when shown."""

from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language

from linli.core.sight import Actor
from linli.core.words import CHINESE, ENGLISH, Words, words
from linli.doors import cookies, demonstrations, flash
from linli.doors.requests import actor_of
from linli.doors.standing import place_words, role_words
from linli.ui.navigation import Link, links

LARGE = "is_read_large"
"""The mark of a request whose page is set in large type unless the reader chose otherwise."""
ROUTES = ("sign_in", "sign_out", "posts", "password", "look", "living")
NOBODY = words("未登录", "Not signed in")
SIGN_IN = words("工作人员登录", "Staff sign-in")
TO_DESK = words("工作台", "Desk")


class Page:
    """The page being shown. Every part is asked for when a template wants it."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @property
    def is_in_trouble(self) -> bool:
        """True while the page tells of a trouble: then nothing is asked of the database."""
        return bool(getattr(self.request, "linli_is_in_trouble", False))

    @cached_property
    def language(self) -> str:
        """zh-hans or en."""
        return ENGLISH if (get_language() or CHINESE).startswith("en") else CHINESE

    @property
    def language_tag(self) -> str:
        """The language for the `lang` attribute."""
        return "en" if self.language == ENGLISH else "zh-Hans"

    @property
    def other_language(self) -> str:
        """The language that the switch offers."""
        return CHINESE if self.language == ENGLISH else ENGLISH

    @property
    def theme(self) -> str:
        """light, dark, or empty for what the device prefers."""
        chosen = self.request.COOKIES.get(cookies.THEME, "")
        return chosen if chosen in ("light", "dark") else ""

    @property
    def type(self) -> str:
        """large, or empty for the usual size of type; a page for a resident's own eyes is large until he chooses otherwise."""
        usual = "large" if getattr(self.request, LARGE, False) else "normal"
        return "large" if self.request.COOKIES.get(cookies.TYPE, usual) == "large" else ""

    @property
    def here(self) -> str:
        """The address to come back to; the door itself when the page was not fetched by GET."""
        return self.request.get_full_path() if self.request.method == "GET" else self.request.path

    @property
    def actor(self) -> Actor:
        """Who acts."""
        return actor_of(self.request)

    @cached_property
    def post_words(self) -> Words:
        """Role and place of the post under which the person acts."""
        actor = self.actor
        if not actor.is_signed_in:
            return NOBODY
        place = place_words(actor.lo, actor.hi)
        return role_words(actor.role) if place is None else words("{place} · {role}", "{role}, {place}").format(place=place, role=role_words(actor.role))

    @cached_property
    def demonstration(self) -> Words | None:
        """What the band says; None when the database is not a demonstration."""
        return None if self.is_in_trouble else demonstrations.about()

    @property
    def is_demonstration(self) -> bool:
        """True when every page has to say so."""
        return self.demonstration is not None

    @cached_property
    def said(self) -> list[flash.Said]:
        """What was just done."""
        return flash.said(self.request)

    @cached_property
    def navigation(self) -> list[Link]:
        """The desk's links for this actor."""
        return links("desk", self.actor, self.request.path)

    @property
    def find(self) -> str:
        """Where the search box of the desk's header leads; empty for a post that may find nothing, and while the page tells of a trouble."""
        return "" if self.is_in_trouble else next((link.href for link in self.navigation if link.name == "find" and not link.is_here), "")

    @cached_property
    def public_links(self) -> list[Link]:
        """The public pages' links."""
        return links("public", self.actor, self.request.path)

    @cached_property
    def foot_links(self) -> list[Link]:
        """Where the foot of a public page leads: to the door of the offices."""
        if self.actor.is_signed_in:
            return [Link("desk", TO_DESK, self.address["desk"], "home", False)]
        return [Link("sign_in", SIGN_IN, self.address["sign_in"], "door", False)]

    @cached_property
    def address(self) -> dict[str, str]:
        """Addresses of the doors, of the first public page and of the first page of the desk."""
        desk = next((link.href for link in self.navigation), reverse("doors:posts"))
        home = next((link.href for link in self.public_links), "/")
        return {name: reverse(f"doors:{name}") for name in ROUTES} | {"desk": desk, "home": home}

    @property
    def unit(self) -> str:
        """The unit that runs this installation; empty when none is named."""
        return ""


def page(request: HttpRequest) -> dict[str, Any]:
    """Django's context processor: `page` for every template."""
    return {"page": Page(request)}

