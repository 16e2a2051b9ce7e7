# SPDX-License-Identifier: MulanPSL-2.0
"""Made-up streets and communities inside a real district: the only places in which the demonstration shows bad results."""

from collections.abc import Collection
from datetime import date

from linli.elements.models import Place
from linli.elements.pinyin import pinyin_key

STREET = "示范街道（演示）"
COMMUNITIES = ("示范里社区（演示）", "样例园社区（演示）", "虚构苑社区（演示）", "演练家园社区（演示）")
"""Names that no community bears; the mark （演示） stays wherever the name is shown."""
STREET_SIZE, COMMUNITY_SIZE = 1_000_000, 1_000
FIRST_FREE = 999


def free_numbers(parent: Place, size: int, used: Collection[int]) -> list[int]:
    """Area numbers below `parent` that were never given out, from 999 downward (house.md part 3, Areas)."""
    wanted = (parent.lo + number * size for number in range(FIRST_FREE, 0, -1))
    return [area for area in wanted if area not in used]


def add_quarter(district: Place, since: date, streets: int = 1) -> list[Place]:
    """Made-up streets in a district, each with its communities; answers the streets. A second call adds none."""
    present = list(Place.objects.filter(parent=district, level="street", is_demonstration=True).order_by("-area"))
    used = set(Place.objects.filter(level="street", area__gte=district.lo, area__lt=district.hi).values_list("area", flat=True))
    for area in free_numbers(district, STREET_SIZE, used)[: streets - len(present)]:
        street = _place(STREET, area, STREET_SIZE, "street", district, since)
        present.append(street)
        for number, name in enumerate(COMMUNITIES):
            _place(name, area + (FIRST_FREE - number) * COMMUNITY_SIZE, COMMUNITY_SIZE, "community", street, since, kind="居委会")
    return present


def _place(name: str, area: int, size: int, level: str, parent: Place, since: date, kind: str = "") -> Place:
    short = name.replace("社区（演示）", "（演示）").replace("街道（演示）", "街（演示）")
    return Place.objects.create(
        area=area, lo=area, hi=area + size, level=level, name=name, short_name=short, pinyin=pinyin_key(name), kind=kind,
        parent=parent, valid_from=since, is_demonstration=True)
