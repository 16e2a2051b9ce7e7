# SPDX-License-Identifier: MulanPSL-2.0
"""Whether this database is a demonstration, and what every page then says about it."""

import time

from django.conf import settings

from linli.core.models import Edition
from linli.core.words import Words, words
from linli.elements.models import Account, Place

KEPT_SECONDS = 0 if settings.TESTING else 20
"""How long one process trusts its last look (our choice: a page saves a query, and a new database is noticed soon)."""

MADE_UP = words("人物和事件均为虚构，网格为示意图。", "All made up; grids are schematic.")

LOADED = words("批量载入：事项由程序按种子生成，未经实际办理；单位、人员均为虚构；网格为示意图，非真实边界。",
               "Loaded in bulk: a program made the matters from a seed, nobody handled them; units and people are made up; grids are schematic, not real boundaries.")
BULK_EDITION = "demonstration.bulk"
"""The edition whose presence says that this database was filled by the city load (`manage demo --size city`)."""

_last: tuple[float, Words | None] | None = None


def about() -> Words | None:
    """What the band on every page says; None when the database is not a demonstration."""
    global _last
    now = time.monotonic()
    if _last is None or now - _last[0] >= KEPT_SECONDS:
        _last = (now, _look())
    return _last[1]


def _look() -> Words | None:
    is_made_up = Account.objects.filter(is_demonstration=True).exists() or Place.objects.filter(is_demonstration=True).exists()
    if not is_made_up:
        return None
    return LOADED if Edition.objects.filter(name=BULK_EDITION).exists() else MADE_UP
