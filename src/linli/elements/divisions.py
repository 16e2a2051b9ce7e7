# SPDX-License-Identifier: MulanPSL-2.0
"""Places edited one by one: a new one, another name, the end of one with its successor. A city keeps its own dated list."""

from datetime import date

from django.conf import settings

from linli.core import clock
from linli.core.actions import Call, Done, action
from linli.core.editions import bump
from linli.core.faults import Conflict, Invalid
from linli.core.fields import Field
from linli.core.words import words
from linli.elements import places
from linli.elements.accounts import of_city
from linli.elements.models import Place, PlaceCode, PlaceName
from linli.elements.names import stem
from linli.elements.pinyin import pinyin_key
from linli.elements.place_loading import EDITION
from linli.elements.posts import LEVELS

NO_PLACE = words("没有编号为 {area} 的地方。", "There is no place with the number {area}.")
ENDED = words("“{name}”已经撤销。", "“{name}” has already been abolished.")
ENDED_REMEDY = words("请刷新名单，选择现在存在的地方。", "Reload the list and pick a place that exists now.")
NO_ROOM = words("“{name}”下面已经没有空闲编号。", "There is no free number left below “{name}”.")
NO_LEVEL = words("网格下面不能再分。", "A grid has no parts.")
TAKEN = words("“{name}”下面已经有叫“{given}”的地方。", "Below “{name}” there already is a place called “{given}”.")
HAS_PARTS = words("“{name}”下面还有 {count} 个没有撤销的地方。", "“{name}” still has {count} parts that stand.")
HAS_PARTS_REMEDY = words("请先撤销或者移交它们。", "End them or hand them over first.")
OTHER_LEVEL = words("承接的地方要和“{name}”同级。", "The successor must be of the same level as “{name}”.")
BAD_LEVEL = words("“{name}”下面不能设这一级；网格只设在社区、村下面。", "There is no such level below “{name}”; grids lie below communities and villages only.")
NAMED_LEVELS = (("district", words("区", "District")), ("street", words("街道、镇、乡", "Street, town")), ("community", words("社区、村", "Community, village")),
                ("grid", words("网格", "Grid")))
WIDTHS = {"district": 1_000_000_000, "street": 1_000_000, "community": 1_000, "grid": 1}

AREA = Field("area", words("地方", "Place"), "area", required=True)
NAME = Field("name", words("名称", "Name"), required=True, limit=80)
SINCE = Field("since", words("从哪天起", "From"), "day")


def _standing(area: int, name: str = "area") -> Place:
    found = Place.objects.select_for_update().filter(area=area).first()
    if found is None:
        raise Invalid({name: NO_PLACE.format(area=area)})
    if found.valid_to is not None and found.valid_to <= clock.today():
        raise Conflict(ENDED.format(name=found.name), ENDED_REMEDY, code="place_ended")
    return found


def free_number(parent: Place, level: str) -> int:
    """Grids count upward from 001, everything else downward from the top, where official codes are not given out."""
    width = WIDTHS[level]
    used = set(Place.objects.filter(area__gt=parent.lo, area__lt=parent.hi, level=level).values_list("area", flat=True))
    numbers = range(parent.lo + width, parent.hi, width) if level == "grid" else range(parent.hi - width, parent.lo, -width)
    found = next((area for area in numbers if area not in used), None)
    if found is None:
        raise Invalid({"parent": NO_ROOM.format(name=parent.name)})
    return found


@action(
    "place.add", words("新设地方", "Add a place"), ability="place.add", subject="place", sight="this_record", opens=of_city,
    fields=(Field("parent", words("上级", "Above"), "area", required=True), NAME, SINCE,
            Field("level", words("级别（不填同平级的地方）", "Level (that of its neighbours if left empty)"), "choice", choices=NAMED_LEVELS),
            Field("demonstration", words("演示数据", "Demonstration"), "truth")),
)
def add_place(call: Call) -> Done:
    """A place below another (of the level of its neighbours there, or of the one named), with a number that was never given out; the official code is added when it is known."""
    parent = _standing(call.given["parent"], "parent")
    if parent.level == LEVELS[-1]:
        raise Invalid({"parent": NO_LEVEL})
    name, level = call.given["name"], call.given["level"] or places.level_under(parent.area)
    if LEVELS.index(level) <= LEVELS.index(parent.level) or (level == LEVELS[-1]) != (parent.level == LEVELS[-2]):
        raise Invalid({"level": BAD_LEVEL.format(name=parent.name)})
    if Place.objects.filter(parent=parent, name=name, valid_to=None).exists():
        raise Invalid({"name": TAKEN.format(name=parent.name, given=name)})
    area, short = free_number(parent, level), stem(name, level)
    made = Place.objects.create(
        area=area, lo=area, hi=area + WIDTHS[level], level=level, name=name, short_name=short, pinyin=pinyin_key(short), parent=parent,
        kind={"community": "居委会", "grid": "网格"}.get(level, ""), valid_from=call.given["since"] or clock.today(),
        is_demonstration=bool(call.given["demonstration"]))
    bump(EDITION)
    return Done(settings.CITY_AREA, made.pk, {"area": area, "level": level}, is_new=True)


@action(
    "place.rename", words("更名", "Rename a place"), ability="place.rename", subject="place", sight="this_record", opens=of_city,
    fields=(AREA, NAME, SINCE),
)
def rename_place(call: Call) -> Done:
    """Another name from a day on; the former one stays in the history and is still found."""
    place, since = _standing(call.given["area"]), call.given["since"] or clock.today()
    if place.name != call.given["name"]:
        keep_names(place, call.given["name"], since)
        place.name, place.short_name = call.given["name"], stem(call.given["name"], place.level)
        place.pinyin = pinyin_key(place.short_name)
        place.save(update_fields=["name", "short_name", "pinyin"])
        bump(EDITION)
    return Done(settings.CITY_AREA, place.pk, {"area": place.area, "name": place.name})


def keep_names(place: Place, name: str, since: date) -> None:
    """Write down that a place is called otherwise from a day on; the name before it keeps its days."""
    ended = PlaceName.objects.filter(place=place, valid_to=None).update(valid_to=since)
    if not ended:
        PlaceName.objects.create(place=place, name=place.name, valid_from=place.valid_from, valid_to=since)
    PlaceName.objects.create(place=place, name=name, valid_from=since)


@action(
    "place.end", words("撤销地方", "Abolish a place"), ability="place.end", subject="place", sight="this_record", opens=of_city,
    fields=(AREA, Field("successor", words("由谁承接", "Successor"), "area"), SINCE),
)
def end_place(call: Call) -> Done:
    """The place stands no more from that day on; its number is never used again, its records stay where they are."""
    place, since = _standing(call.given["area"]), call.given["since"] or clock.today()
    parts = Place.objects.filter(parent=place, valid_to=None).exclude(level="grid").count()
    if parts:
        raise Conflict(HAS_PARTS.format(name=place.name, count=parts), HAS_PARTS_REMEDY, code="place_has_parts")
    if call.given["successor"]:
        place.successor = _standing(call.given["successor"], "successor")
        if place.successor.level != place.level:
            raise Invalid({"successor": OTHER_LEVEL.format(name=place.name)})
    place.valid_to = since
    place.save(update_fields=["valid_to", "successor"])
    Place.objects.filter(parent=place, valid_to=None).update(valid_to=since)
    PlaceCode.objects.filter(place=place, valid_to=None).update(valid_to=since)
    bump(EDITION)
    return Done(settings.CITY_AREA, place.pk, {"area": place.area, "valid_to": since.isoformat()})
