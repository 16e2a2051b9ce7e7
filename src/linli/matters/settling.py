# SPDX-License-Identifier: MulanPSL-2.0
"""随手办: which small jobs may be settled on the spot, and which of them are drawn to be checked."""

from collections.abc import Collection

from django.conf import settings

from linli.matters.kinds import kind_of
from linli.matters.models import Category


def codes_of(kind: str) -> Collection[str]:
    """The category codes of a kind that may be settled on the spot: by the city's own list, else by the kind's (both proposed, 拟)."""
    own = {one.strip() for one in settings.SETTLE_CODES.split(",") if one.strip()}
    return own or kind_of(kind).small


def is_small(category: Category) -> bool:
    """True for a category whose jobs a worker may settle on the spot; never for a safety hazard."""
    return bool(category.kind) and not category.is_hazard and category.code in codes_of(category.kind)
