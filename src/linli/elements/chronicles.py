# SPDX-License-Identifier: MulanPSL-2.0
"""沿革: what a place was called on a day, which code it bore, what it belonged to, and how it became what it is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from linli.core.editions import Memory
from linli.core.words import Words, words
from linli.elements import places
from linli.elements.models import PlaceCode, PlaceName
from linli.elements.place_loading import EDITION, NBS
from linli.elements.places import KnownPlace

MOST = 20
"""Places that one question answers (our choice)."""
SAME = words("名称和归属与现在相同。", "Name and belonging were as they are now.")
OTHER_NAME = words("当时叫“{name}”。", "It was called {name}.")
OTHER_ABOVE = words("当时属于{above}。", "It belonged to {above}.")
OTHER_CODE = words("当时的统计代码是 {code}。", "Its official code was {code}.")
NOT_YET = words("这一天还没有它；名录里从 {day} 起才有。", "It did not stand yet; the list has it from {day}.")
GONE = words("这一天它已撤销（{day}）。", "It had been abolished by then ({day}).")
SINCE_GONE = words("后来于 {day} 撤销。", "It was abolished later ({day}).")
NOT_THERE = words("这一天名录里没有它。", "The list of that day does not have it.")
BEGAN = words("设立，名为“{name}”", "Set up as {name}")
CALLED = words("更名为“{name}”", "Renamed {name}")
ENDED = words("撤销", "Abolished")
ENDED_INTO = words("撤销，由“{name}”承接", "Abolished; {name} took over")
CAME_FROM = words("承接“{name}”（{above}）", "Took over {name} ({above})")
ALWAYS = words("有记录以来名为“{name}”", "Called {name} as long as there are records")


@dataclass(frozen=True)
class Standing:
    """A place as it was on a day: its name, its official code and the names of what it belonged to, widest first."""

    place: KnownPlace
    name: str
    code: str
    above: tuple[str, ...]


@dataclass(frozen=True)
class Told:
    """A place as it was found, what it is today, what it was on the day (None when nothing of it stood), and what differed."""

    found: KnownPlace
    now: Standing
    then: Standing | None
    notes: tuple[Words, ...]


def _forebears() -> dict[int, tuple[int, ...]]:
    found: dict[int, list[int]] = {}
    for place in places.every_place():
        if place.successor is not None and place.level != "grid":
            found.setdefault(place.successor, []).append(place.area)
    return {area: tuple(sorted(olds)) for area, olds in found.items()}


_memory = Memory(EDITION, _forebears)


def forebears(place: KnownPlace) -> list[KnownPlace]:
    """The places that went into this one, over any number of steps, nearest first."""
    seen, left = [place.area], [place.area]
    while left:
        for area in _memory.value().get(left.pop(0), ()):
            if area not in seen:
                seen.append(area)
                left.append(area)
    return [places.place_by_area(area) for area in seen[1:]]


def heirs(place: KnownPlace) -> list[KnownPlace]:
    """The places that it went into, one after the other."""
    found = [place]
    while (after := found[-1].successor) is not None and after not in [one.area for one in found]:
        found.append(places.place_by_area(after))
    return found[1:]


def on_day(place: KnownPlace, day: date) -> list[KnownPlace]:
    """What stood of a place on a day: itself, else what it came from, else what it has become; empty when nothing of it did."""
    if place.stands(day):
        return [place]
    return [one for one in forebears(place) if one.stands(day)] or [one for one in heirs(place) if one.stands(day)][:1]


class Names:
    """Names and codes of some places and of all above them, day by day; two queries."""

    def __init__(self, found: Iterable[KnownPlace]) -> None:
        ids = {step.id for place in found for step in places.path_of(place.area)}
        self._names: dict[int, list[Any]] = {}
        for named in PlaceName.objects.filter(place__in=ids).order_by("id").values_list("place", "name", "valid_from", "valid_to"):
            self._names.setdefault(named[0], []).append(named[1:])
        self._codes: dict[int, list[Any]] = {}
        for coded in PlaceCode.objects.filter(place__in=ids, system=NBS).order_by("id").values_list("place", "code", "valid_from", "valid_to"):
            self._codes.setdefault(coded[0], []).append(coded[1:])

    def standing(self, place: KnownPlace, day: date) -> Standing:
        """The place as it was on the day."""
        above = tuple(_holding(self._names.get(step.id, []), day) or step.name for step in places.path_of(place.area)[:-1])
        return Standing(place, _holding(self._names.get(place.id, []), day) or place.name, _holding(self._codes.get(place.id, []), day) or place.code, above)

    def spells(self, place: KnownPlace) -> list[tuple[str, date | None, date | None]]:
        """The names that a place bore, in order, each with its days."""
        return sorted(self._names.get(place.id, []), key=lambda one: (one[1] or date.min, one[2] or date.max)) or [(place.name, place.valid_from, place.valid_to)]


def _holding(spells: Sequence[tuple[str, date | None, date | None]], day: date) -> str:
    fitting = [one for one in spells if (one[1] is None or one[1] <= day) and (one[2] is None or one[2] > day)]
    return max(fitting, key=lambda one: one[1] or date.min)[0] if fitting else ""


def asked(text: str, day: date, today: date, *, level: str = "") -> list[Told]:
    """What the places that a text means (a name of now or then, pinyin, a code of now or then) were on a day; those that bore a typed code then come first."""
    found = [one for one in places.find(text, level=level, most=MOST) if one.level != "grid"]
    if text.strip().isdecimal():
        bearing = {one.area for one in places.bearers(NBS, text.strip(), day)}
        found.sort(key=lambda one: one.area not in bearing)
    return told(found, day, today)


def told(found: Sequence[KnownPlace], day: date, today: date) -> list[Told]:
    """Each of the places on a day beside what it is today; what two of them share is told once, what did not stand comes last."""
    stood: list[tuple[KnownPlace, KnownPlace | None]] = []
    for one in found:
        stood += [(one, then) for then in on_day(one, day)] or [(one, None)]
    present = {one.area: (heirs(one) or [one])[-1] for one in found}
    names = Names([*present.values(), *found, *(then for _, then in stood if then is not None)])
    rows: dict[tuple[int, int], Told] = {}
    for one, then in stood:
        now = names.standing(present[one.area], today)
        before = names.standing(then, day) if then is not None else None
        rows.setdefault((now.place.area, then.area if then else one.area), Told(one, now, before, _notes(one, now, before, day)))
    return sorted(rows.values(), key=lambda row: row.then is None)


def _notes(found: KnownPlace, now: Standing, then: Standing | None, day: date) -> tuple[Words, ...]:
    if then is None:
        if found.valid_from is not None and found.valid_from > day:
            return (NOT_YET.format(day=found.valid_from.isoformat()),)
        return (GONE.format(day=found.valid_to.isoformat()) if found.valid_to is not None and found.valid_to <= day else NOT_THERE,)
    notes = []
    if then.name != now.name:
        notes.append(OTHER_NAME.format(name=then.name))
    if then.above != now.above:
        notes.append(OTHER_ABOVE.format(above="".join(then.above[1:] or then.above)))
    if then.code != now.code:
        notes.append(OTHER_CODE.format(code=then.code))
    if now.place.valid_to is not None and not now.place.stands():
        return (*notes, SINCE_GONE.format(day=now.place.valid_to.isoformat()))
    return tuple(notes) or (SAME,)


def events(place: KnownPlace) -> list[tuple[date | None, Words]]:
    """How a place became what it is, oldest first; None for what was so before the first list."""
    before, after = forebears(place), heirs(place)
    names = Names([place, *before, *after])
    found: list[tuple[date | None, Words]] = []
    for at, (name, since, _) in enumerate(names.spells(place)):
        found.append((since or place.valid_from if not at else since, (CALLED if at else BEGAN if since or place.valid_from else ALWAYS).format(name=name)))
    for one in before:
        above = "".join(step.name for step in places.path_of(one.area)[1:-1])
        found.append((one.valid_to, CAME_FROM.format(name=one.name, above=above or one.name)))
    if place.valid_to is not None:
        found.append((place.valid_to, ENDED_INTO.format(name=after[0].name) if after else ENDED))
    return sorted(found, key=lambda one: one[0] or date.min)
