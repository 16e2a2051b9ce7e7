# SPDX-License-Identifier: MulanPSL-2.0
"""The request as the faces get it: with the actor and the device that the Identity middleware adds."""

from django.http import HttpRequest

from linli.core.sight import PUBLIC, Actor


class DoorRequest(HttpRequest):
    """A request that came through the doors."""

    actor: Actor
    device: bytes


def actor_of(request: HttpRequest) -> Actor:
    """Who acts; PUBLIC when nobody is signed in or the request failed before it was known."""
    found: Actor = getattr(request, "actor", PUBLIC)
    return found
