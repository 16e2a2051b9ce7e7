# SPDX-License-Identifier: MulanPSL-2.0
"""Which community or village a printed name means: proposed with its reasons and how certain it is; rather none than a wrong one.

Certain is what agrees in district, street and name but for the words behind them. What agrees less is likely, with each difference told. Where several
fit as well, none is proposed and all are named. A name that is only like another (one other character, another district) is never proposed.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from linli.core.words import Words, words
from linli.elements import places
from linli.elements.naming import spellings
from linli.elements.naming.known import Called, heir, known, street_of
from linli.elements.places import KnownPlace

SURE, LIKELY, DOUBT, NONE = "sure", "likely", "doubt", "none"
CERTAINTIES = {SURE: words("对得上", "Agrees"), LIKELY: words("基本对得上，请核对", "Likely; please check"), DOUBT: words("拿不准，请选", "Unsure; please choose"),
               NONE: words("没有对上", "Not matched")}
MOST = 6
"""Candidates that are shown (our choice)."""
SHORTEST = 2
"""A printed name of one character is completed by nothing."""

NO_NAMES = frozenset({"社区", "居委", "村委", "居民", "村民", *spellings.COMMITTEES})
"""What is left of a name that is nothing but the word for a community."""

AGREES = words("区、街镇和名称都对得上。", "District, street and name agree.")
ONLY_ONE = words("没有印街镇；全区只有这一个叫“{name}”。", "No street is printed; only this one in the district is called {name}.")
FORMERLY = words("“{name}”是它的曾用名。", "{name} is what it was called formerly.")
OTHER_KIND = words("印的是“{printed}”，现在叫“{name}”。", "Printed as {printed}; it is called {name}.")
OTHER_STREET = words("印的街镇是“{printed}”，名录里属于“{street}”；同区只有这一个叫这个名称。",
                     "The printed street is {printed}; it belongs to {street}. No other of this name is in the district.")
MOVED = words("印的街镇“{printed}”是它原来所在的街镇。", "The printed street {printed} is where it was before.")
LONG_STREET = words("街镇全称是“{street}”。", "The full name of the street is {street}.")
CUT_OFF = words("印的名称“{name}”可能不全；这个街镇里只有这一个以它开头。", "The printed name {name} may be cut off; only this one in the street begins with it.")
RARE = words("名录里有拆开写的生僻字“{name}”。", "A rare character is written by its parts: {name}.")
LEFT_OUT = words("相差一个小区通名（如家园、花园）；这个街镇里只有这一个。", "A word for the kind of estate differs; it is the only one in the street.")
NOT_YET = words("名录里从 {day} 起才有它。", "By the list it stands only from {day}.")
ENDED = words("它已于 {day} 撤销。", "It was abolished on {day}.")
BECAME = words("当时是“{then}”，现在是“{now}”。", "It was {then} then and is {now} now.")
DISTRICT_READ = words("印的区“{printed}”按“{district}”查找。", "The printed district {printed} was read as {district}.")
NO_DISTRICT = words("没有叫“{printed}”的区。", "There is no district called {printed}.")
SEVERAL = words("有 {count} 个地方都可能是它。", "{count} places may be meant.")
NOTHING = words("“{district}”里没有这个名称。", "There is no such name in {district}.")
NEAR = words("有相近的名称，但不是同一个，请核对原文。", "There are names like it, but not the same; check the print.")
ELSEWHERE = words("别的区有同名的地方，印的区不一致。", "Places of this name are in other districts than the printed one.")
EMPTY = words("没有印名称。", "No name is printed.")
WHOLE = words("全市", "the whole city")


@dataclass(frozen=True)
class Printed:
    """One line of a list as it is printed; `line` is its number there, `day` the day for which it speaks."""

    line: int
    name: str
    district: str = ""
    street: str = ""
    day: date | None = None


@dataclass(frozen=True)
class Match:
    """What a line means: the place as it stands now, the one that stood on the day, why, and those that might be meant instead."""

    printed: Printed
    certainty: str
    place: KnownPlace | None = None
    then: KnownPlace | None = None
    reasons: tuple[Words, ...] = ()
    candidates: tuple[KnownPlace, ...] = ()


@dataclass(frozen=True)
class Scope:
    """Where a line is looked for: the ranges of its district, how that was read, and the streets that its printed street may be."""

    ranges: tuple[tuple[int, int], ...]
    name: Words
    street: str = ""
    streets: frozenset[int] = frozenset()
    notes: tuple[Words, ...] = ()

    def holds(self, area: int) -> bool:
        """True if the area lies in the district."""
        return any(lo <= area < hi for lo, hi in self.ranges)


@dataclass(frozen=True)
class Fit:
    """One place that may be meant: by which name, how its street stands to the printed one (`same`, `moved`, `long`, `unsaid`, `other`), and the tier of the name."""

    called: Called
    place: KnownPlace
    present: KnownPlace
    street: str
    tier: int


def match(printed: Printed) -> Match:
    """What one line means, under the list of places as it is and was."""
    if not spellings.plain(printed.name):
        return Match(printed, NONE, reasons=(EMPTY,))
    scope = _scope(_unpacked(printed))
    if scope is None:
        return Match(printed, NONE, reasons=(NO_DISTRICT.format(printed=printed.district),), candidates=_elsewhere(printed, None))
    name = _name_alone(printed, scope)
    fits = [_fit(one, scope, name) for one in known().by_core.get(spellings.core(name), ()) if scope.holds(one.area)]
    here = [one for one in fits if one.street != "other"]
    chosen = _best(here or fits, name)
    if len(chosen) == 1:
        return _proposed(printed, scope, name, chosen[0])
    if chosen:
        return Match(printed, DOUBT, reasons=(*scope.notes, SEVERAL.format(count=len(chosen))), candidates=tuple(one.present for one in chosen[:MOST]))
    return _weakly(printed, scope, name)


# --- where to look


def _unpacked(printed: Printed) -> Printed:
    """District and street taken from the front of a name that is printed in one with them, where they are not printed by themselves."""
    name, district, street = spellings.plain(printed.name), printed.district, printed.street
    if not spellings.plain(district):
        name = name.removeprefix(places.city().name)
        found = _front(name, spellings.DISTRICTS, lambda text: bool(_called_district(text)))
        district, name = found, name[len(found):]
    if not spellings.plain(street):
        name = name.removeprefix(spellings.plain(district))
        street = _front(name, spellings.STREETS, lambda text: spellings.street(text) in known().streets)
    return replace(printed, district=district, street=street)


def _front(name: str, endings: tuple[str, ...], is_known: Callable[[str], bool]) -> str:
    """The longest beginning of a name that ends like a district (or street), is known as one, and leaves a name; empty when there is none."""
    cuts = (name[:end] for end in range(len(name) - 1, 1, -1) if name[:end].endswith(endings) and _is_name(name[end:]))
    return next((text for text in cuts if is_known(text)), "")


def _is_name(text: str) -> bool:
    return len(spellings.core(text)) >= SHORTEST and spellings.core(text) not in NO_NAMES


def _scope(printed: Printed) -> Scope | None:
    """The district and the streets that are meant; None when there is no such district."""
    districts, street, notes = _districts(printed)
    if districts is None:
        return None
    ranges = tuple((one.lo, one.hi) for one in districts)
    name = words(districts[0].name, districts[0].name) if printed.district else WHOLE
    found = Scope(ranges, name, street, notes=notes)
    return replace(found, streets=frozenset(_streets(street, found))) if street else found


def _districts(printed: Printed) -> tuple[list[KnownPlace] | None, str, tuple[Words, ...]]:
    text, street = spellings.plain(printed.district), spellings.plain(printed.street)
    whole = places.city()
    for own in (whole.name, whole.short_name):
        if text.startswith(own) and len(text) > len(own):
            text = text[len(own):]
    if not text:
        return [whole], street, ()
    if found := _called_district(text):
        return found, street, ()
    for end in range(len(text) - 1, 1, -1):
        if found := _called_district(text[:end]):
            return found, street or text[end:], ()
    stem = spellings.district(text)
    begins = {area for name, areas in known().districts.items() if name.startswith(stem) for area in areas}
    towns = {one.parent for area in known().streets.get(spellings.street(text), ()) if (one := places.place_by_area(area)).parent is not None}
    close = begins if len(begins) == 1 else {area for area in towns if area is not None}
    if len(close) != 1:
        return None, street, ()
    district = places.place_by_area(close.pop())
    return [district], street or ("" if len(begins) == 1 else text), (DISTRICT_READ.format(printed=printed.district, district=district.name),)


def _called_district(text: str) -> list[KnownPlace]:
    return [places.place_by_area(area) for area in known().districts.get(spellings.district(text), ())]


def _streets(text: str, scope: Scope) -> Iterable[int]:
    """The streets of the scope that a printed street may be, and what they have become."""
    stem = spellings.street(text)
    areas = [area for area in known().streets.get(stem, ()) if scope.holds(area)]
    if not areas and len(stem) >= SHORTEST:
        areas = [area for name, held in known().streets.items() if name.endswith(stem) for area in held if scope.holds(area)]
        areas = areas if len(areas) == 1 else []
    for area in areas:
        yield area
        yield heir(places.place_by_area(area)).area


def _name_alone(printed: Printed, scope: Scope) -> str:
    """The name without the district and the street in front of it, where a line prints all in one."""
    name, stem = spellings.plain(printed.name), spellings.street(scope.street)
    streets = [*(places.place_by_area(area).name for area in sorted(scope.streets)), *(f"{stem}{word}" for word in spellings.STREETS if stem)]
    for above in (places.city().name, scope.name.zh, spellings.plain(printed.district), *sorted(streets, key=len, reverse=True)):
        rest = name.removeprefix(above) if above else name
        if rest != name and _is_name(rest):
            name = rest
    return name


# --- what fits


def _fit(called: Called, scope: Scope, name: str) -> Fit:
    place = places.place_by_area(called.area)
    street = street_of(place)
    tier = 0 if spellings.plain(called.name) == name else 1 if called.body == spellings.body(name) else 2
    return Fit(called, place, heir(place), _street_fit(place, street, scope), tier + (4 if called.is_former else 0))


def _street_fit(place: KnownPlace, street: KnownPlace | None, scope: Scope) -> str:
    if not scope.street:
        return "unsaid"
    if street is None or street.area not in scope.streets:
        return "other"
    now = street_of(heir(place))
    if now is not None and now.area != street.area:
        return "moved"
    stems = {spellings.street(name) for name in (street.name, *street.names)}
    return "same" if spellings.street(scope.street) in stems else "long"


def _best(fits: Sequence[Fit], name: str) -> list[Fit]:
    """Those that fit best, one of each place and what it has become: the closest name first, then the printed kind."""
    by_present: dict[int, Fit] = {}
    for one in sorted(fits, key=lambda one: (one.tier, one.place.area != one.present.area)):
        by_present.setdefault(one.present.area, one)
    found = list(by_present.values())
    if len(found) < SHORTEST:
        return found
    kind = spellings.kind_of(name)
    agreeing = [one for one in found if kind and kind == _kind(one.present)]
    found = agreeing or found
    standing = [one for one in found if one.present.stands()]
    found = standing or found
    closest = min(one.tier for one in found)
    if not kind and closest and len({_kind(one.present) for one in found}) > 1:
        return found
    return [one for one in found if one.tier == closest] if closest < SHORTEST else found


def _kind(place: KnownPlace) -> str:
    return "village" if "村" in place.kind else "community"


def _proposed(printed: Printed, scope: Scope, name: str, fit: Fit) -> Match:
    """One place, with every difference told; without a difference it is certain."""
    then = _on(fit.place, fit.present, printed.day)
    differences = [*scope.notes, *_differences(printed, name, fit)]
    if printed.day is not None and then is None:
        differences.append(_when(fit, printed.day))
    if not fit.present.stands() and fit.present.valid_to:
        differences.append(ENDED.format(day=fit.present.valid_to.isoformat()))
    if differences:
        return Match(printed, LIKELY, fit.present, then, tuple(dict.fromkeys(differences)))
    return Match(printed, SURE, fit.present, then, (AGREES if scope.street else ONLY_ONE.format(name=fit.called.body),))


def _differences(printed: Printed, name: str, fit: Fit) -> Iterable[Words]:
    if fit.called.is_former:
        yield FORMERLY.format(name=fit.called.name)
    if fit.street == "other":
        street = street_of(fit.present)
        yield OTHER_STREET.format(printed=printed.street or printed.district, street=street.name if street else "—")
    if fit.street == "moved":
        yield MOVED.format(printed=printed.street or printed.district)
    if fit.street == "long" and (street := street_of(fit.place)):
        yield LONG_STREET.format(street=street.name)
    if fit.place.name != fit.present.name:
        yield BECAME.format(then=fit.place.name, now=fit.present.name)
    kind = spellings.kind_of(name)
    if kind and kind != _kind(fit.place):
        yield OTHER_KIND.format(printed=printed.name, name=fit.present.name)


def _on(place: KnownPlace, present: KnownPlace, day: date | None) -> KnownPlace | None:
    """Which of the two stood on the day."""
    return next((one for one in (place, present) if one.stands(day)), None)


def _when(fit: Fit, day: date) -> Words:
    begins, ends = fit.place.valid_from, fit.place.valid_to
    if begins is not None and begins > day:
        return NOT_YET.format(day=begins.isoformat())
    return ENDED.format(day=ends.isoformat() if ends else "—")


# --- when the name itself is not there


def _weakly(printed: Printed, scope: Scope, name: str) -> Match:
    """A name that is cut off, spelled by parts, or without the word for the estate: only where the printed street is sure and nothing else fits."""
    inside = [one for area in sorted(scope.streets) for one in known().below.get(area, ())]
    for test, sentence in ((_is_spelled, RARE), (_is_bare, LEFT_OUT), (_is_cut, CUT_OFF)):
        found = _best([_fit(one, scope, name) for one in inside if test(one, name)], name)
        if len(found) == 1:
            made = _proposed(printed, scope, name, found[0])
            said = sentence.format(name=printed.name if sentence is CUT_OFF else found[0].present.name)
            return replace(made, certainty=LIKELY, reasons=(said, *(one for one in made.reasons if one != AGREES)))
        if found:
            return Match(printed, DOUBT, reasons=(*scope.notes, SEVERAL.format(count=len(found))), candidates=tuple(one.present for one in found[:MOST]))
    near = _present(one for one in _all_of(inside, scope) if spellings.is_near(spellings.core(one.name), spellings.core(name)))
    elsewhere = _elsewhere(printed, scope)
    why = [NOTHING.format(district=scope.name), *((NEAR,) if near else ()), *((ELSEWHERE,) if elsewhere else ())]
    return Match(printed, NONE, reasons=(*scope.notes, *why), candidates=(*near, *(one for one in elsewhere if one not in near))[:MOST])


def _is_spelled(one: Called, name: str) -> bool:
    for spelled, other in ((spellings.core(one.name), spellings.core(name)), (spellings.core(name), spellings.core(one.name))):
        wanted = spellings.pattern(spelled)
        found = wanted.fullmatch(other) if wanted is not None else None
        if found is not None and all(len(part) > 1 or spellings.is_rare(part) for part in found.groups()):
            return True
    return False


def _is_bare(one: Called, name: str) -> bool:
    bare = spellings.bare(name)
    return (len(bare) >= SHORTEST and bare == spellings.bare(one.name) and spellings.core(name) in (bare, spellings.core(one.name))) or bare == spellings.core(one.name)


def _is_cut(one: Called, name: str) -> bool:
    return not spellings.has_ending(name) and len(name) >= SHORTEST and one.body.startswith(name) and not one.is_former


def _all_of(inside: Sequence[Called], scope: Scope) -> Iterable[Called]:
    """The names in the street; in the whole district where the printed street is none of it."""
    if inside:
        return inside
    return (one for held in known().below.values() for one in held if scope.holds(one.area))


def _elsewhere(printed: Printed, scope: Scope | None) -> tuple[KnownPlace, ...]:
    named = known().by_core.get(spellings.core(printed.name), ())
    return _present(one for one in named if scope is None or not scope.holds(one.area))


def _present(found: Iterable[Called]) -> tuple[KnownPlace, ...]:
    return tuple(dict.fromkeys(heir(places.place_by_area(one.area)) for one in found))[:MOST]
