# SPDX-License-Identifier: MulanPSL-2.0
"""Reading organisations and what belongs to them: kinds that only some posts may see are left out for all others."""

from typing import Any, Self

from django.db.models import Q

from linli.core import registry
from linli.core.sight import Actor, SightQuerySet

KINDS = "organisation_kind"


def hidden_kinds(actor: Actor) -> list[str]:
    """The kinds of organisation whose ability the actor's post does not carry."""
    kinds: list[Any] = registry.everything(KINDS)
    return [one.name for one in kinds if not actor.may(one.ability)]


class GuardedOrganisations(SightQuerySet):
    """Organisations that work inside the range of a post, of kinds that it may see. Everybody may read their names elsewhere (places, units)."""

    def visible_to(self, actor: Actor) -> Self:
        """Inside the range, without the kinds that are not for this post."""
        found = super().visible_to(actor)
        hidden = hidden_kinds(actor)
        return found.exclude(kind__in=hidden) if hidden else found


class GuardedByOrganisation(SightQuerySet):
    """Rows that belong to an organisation: inside the range, without those of kinds that are not for this post."""

    def visible_to(self, actor: Actor) -> Self:
        """Inside the range; rows without an organisation are no kind's."""
        found = super().visible_to(actor)
        hidden = hidden_kinds(actor)
        return found.filter(Q(organisation=None) | ~Q(organisation__kind__in=hidden)) if hidden else found
