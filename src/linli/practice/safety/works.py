# SPDX-License-Identifier: MulanPSL-2.0
"""The work behind safety: what a fire station or a relief store lacks, and equipment whose day is over or near."""

from collections.abc import Iterable

from django.db.models import Q

from linli.core import clock
from linli.core.sight import Actor
from linli.core.words import words
from linli.elements import parts
from linli.elements.models import ThingPart
from linli.elements.places import KnownPlace
from linli.measures.works import READY, Chore, Errand, Work, declare
from linli.practice.safety import facts as _items  # noqa: F401  the fact sets have to stand before the work behind them

MET = {"is_met": True}
declare(Work("fire_station", words("微型消防站缺的", "What the fire station lacks"), READY, "fire_station_items", Q(is_met=False), MET, opens="micro_fire_station"))
declare(Work("relief", words("救灾物资缺的", "What the relief store lacks"), READY, "relief_items", Q(is_met=False), MET, opens="relief_store"))


def _expiring(actor: Actor, place: KnownPlace, most: int) -> Iterable[Chore]:
    today = clock.today()
    found = ThingPart.objects.visible_to(actor).filter(area__gte=place.lo, area__lt=place.hi, count__gt=0, expires_on__lte=parts.horizon(today))
    standing = found.filter(Q(thing__valid_to=None) | Q(thing__valid_to__gt=today)).select_related("thing").order_by("expires_on", "id")
    return [Chore(one.thing_id, one.area, words(f"{one.thing.name}：{one.name}", f"{one.thing.name}: {one.name}"), one.expires_on) for one in standing[:most]]


declare(Errand("expiring", words("过期和快到期的器材、物资", "Equipment and stock that expires"), READY, "thing", _expiring, ability="thing.see"))
