# SPDX-License-Identifier: MulanPSL-2.0
"""Informing reporters: who of them wants to be told about these matters, by which channel, with which words; set-wise, within a reaction."""

import json
from collections.abc import Callable, Iterable, Mapping

from django.conf import settings
from django.db.models import Q

from linli.core import letters
from linli.core.keys import keyring
from linli.core.letters import Draft
from linli.core.wordings import Occasion
from linli.core.words import Words, words
from linli.elements import places
from linli.matters import categories, numbers
from linli.matters.models import Contact, Matter, Move

Values = Mapping[str, Words | str]


def tell(occasion: Occasion, causes: Mapping[int, int], more: Callable[[int], Values] = lambda _matter: {}, *, with_merged: bool = True) -> int:
    """Write a letter to every reporter of these matters (id to cause) who wants one; answers how many.

    Reporters of matters that were merged into one of them are told too, under their own number and code. `more` gives the
    further values of one of the matters named.
    """
    named = Q(matter__in=list(causes)) | (Q(matter__merged_into__in=list(causes)) if with_merged else Q())
    contacts = Contact.objects.filter(named, wants_letters=True).select_related("matter__category")
    return letters.write(draft for one in contacts for draft in _draft(occasion, one, causes, more))


def _draft(occasion: Occasion, contact: Contact, causes: Mapping[int, int], more: Callable[[int], Values]) -> Iterable[Draft]:
    matter = contact.matter
    found = reachable(contact)
    if found is None:
        return
    told_of = matter.pk if matter.pk in causes else matter.merged_into or 0
    channel, address = found
    yield Draft(matter.area, "matter", matter.pk, occasion, channel, address, {**values_of(matter), **more(told_of)}, contact.language, causes[told_of])


def contact_of(matter: Matter) -> Contact | None:
    """The contact of a matter inside the sight in force; None where none was left or it is gone."""
    return Contact.objects.filter(matter=matter.pk).first() if matter.is_contactable else None


def reachable(contact: Contact) -> tuple[str, str] | None:
    """Channel and address of a contact; None when nothing can be sent there."""
    found = json.loads(keyring().unseal_text(bytes(contact.sealed), f"contact:{contact.pk}"))
    return letters.channel_for(found.get("contact_phone"), found.get("contact_email"))


def values_of(matter: Matter) -> Values:
    """What every letter about a matter may name."""
    community, code = places.community_of(matter.area), numbers.query_code(matter.pk)
    name = community.short_name if community else ""
    return {"number": numbers.number_of(matter.pk), "code": code, "address": settings.FOLLOW_ADDRESS.format(code=code),
            "category": categories.words_of(matter.category), "place": words(name, name) if name else ""}


def last_moves(matters: Iterable[int], *actions: str) -> dict[int, Move]:
    """The last step of each matter by one of these actions."""
    found = Move.objects.filter(matter__in=list(matters), action__in=actions).order_by("matter", "-step").distinct("matter")
    return {one.matter_id: one for one in found}
