# SPDX-License-Identifier: MulanPSL-2.0
"""Buildings and dwellings by address in any usual spelling, narrowed by the places that the address names, old names too."""

from collections.abc import Sequence
from itertools import product

from linli.core.sight import AREA_END, Actor
from linli.core.words import words
from linli.elements.models import Building, Dwelling, Membership
from linli.elements.registers.addresses import Parts, key_of, key_of_dwelling, normal_number, quarter_key
from linli.elements.registers.codes import HEAD
from linli.elements.registers.dwellings import OCCUPANCIES, USES
from linli.elements.searching import grounds
from linli.elements.searching.finders import Finder, Found, Place, Row, asked, cut, declare, in_order
from linli.elements.searching.persons import address_of, where
from linli.elements.searching.questions import Question, has_characters

ASK = "select rank, key, id from find_buildings(%s, %s, %s, %s, %s, %s, %s, %s)"
START: Place = (-1, "", 0)
Range = tuple[int, int]
EVERYWHERE: Range = (0, AREA_END)
MOST_RANGES = 4
MOST_BUILDINGS = 60
"""Buildings whose dwellings are looked through for one door number (our choice: more is too wide a question)."""
HEADED = words("户主 {name}", "head {name}")


def is_meant(question: Question) -> bool:
    """True when a text can be an address: it has characters or a number of a building, and is no number of a person."""
    return question.what is None and not question.letters and (has_characters(question.text) or bool(question.parts.number))


def readings(parts: Parts) -> list[tuple[str, list[Range]]]:
    """The estates that may be meant, each with the ranges in which it lies: as written, and without the names of places in front of it."""
    ranges = [EVERYWHERE]
    for name in (parts.district, parts.street, parts.community):
        ranges = _within(ranges, name) if name else ranges
    found = [(parts.quarter, ranges)]
    rest = parts.quarter
    while beginning := grounds.known_beginning(rest):
        ranges, rest = _within(ranges, beginning), rest[len(beginning):]
        found.append((rest, ranges))
    if parts.district and ranges == [EVERYWHERE]:
        found.append((f"{parts.district}{parts.quarter}", ranges))
    if rest and grounds.called(rest):
        found.append(("", _within(ranges, rest)))
    return found


def _within(ranges: list[Range], name: str) -> list[Range]:
    """The ranges of the places that bear a name inside the given ranges; those themselves when nobody bears it there."""
    named = [(place.lo, place.hi) for place in grounds.called(name)]
    both = {(max(lo, low), min(hi, high)) for (lo, hi), (low, high) in product(ranges, named)}
    return sorted(one for one in both if one[0] < one[1])[:MOST_RANGES] or ranges


def _ask(question: Question, after: Place, most: int) -> list[tuple[int, str, int]]:
    """Rank, key and id of the buildings that fit the first reading that finds any, in order of rank and key."""
    tail = key_of("", question.parts.number)[1:] if question.parts.number else ""
    for estate, ranges in readings(question.parts):
        found = {row for lo, hi in ranges for row in asked(ASK, (quarter_key(estate), tail, lo, hi, most, *(after or START)))}
        if found:
            return sorted(found)[:most]
    return []


def find_buildings(actor: Actor, question: Question, after: Place, most: int) -> Found:
    """Buildings at an address."""
    if not is_meant(question) or not (question.parts.quarter or question.parts.number):
        return Found()
    rows, more = cut(_ask(question, after, most + 1), most)
    found = in_order(Building.objects.visible_to(actor).filter(pk__in=[row[2] for row in rows]), [row[2] for row in rows])
    uses = dict(USES)
    return Found([Row("building", one.pk, address_of(one), " · ".join(where(one.area)), ((uses[one.use], "calm"),) if one.use in uses and one.use != "dwelling" else ())
                  for one in found], more)


def find_dwellings(actor: Actor, question: Question, after: Place, most: int) -> Found:
    """Dwellings at an address, with the head of the household that lives there; a door number without a building finds none."""
    parts = question.parts
    if not is_meant(question) or not (parts.doorway or parts.room or parts.floor is not None):
        return Found()
    buildings = [row[2] for row in _ask(question, START, MOST_BUILDINGS)]
    wanted = Dwelling.objects.visible_to(actor).filter(building__in=buildings, valid_to=None, pk__gt=int(after[0]) if after else 0)
    whole = key_of_dwelling(parts.doorway, parts.floor, parts.room)
    if parts.doorway and parts.room:
        wanted = wanted.filter(key=whole)
    elif parts.room:
        wanted = wanted.filter(key__endswith=whole)
    elif parts.doorway:
        wanted = wanted.filter(key__startswith=f"{normal_number(parts.doorway)}-")
    else:
        wanted = wanted.filter(floor=parts.floor)
    found = list(wanted.select_related("building").order_by("pk")[: most + 1]) if buildings else []
    return Found(_rows(actor, found[:most]), (found[most - 1].pk,) if len(found) > most else ())


def _rows(actor: Actor, found: Sequence[Dwelling]) -> list[Row]:
    members = Membership.objects.visible_to(actor).filter(household__dwelling__in=found, household__ended_on=None, until=None, relation=HEAD)
    heads: dict[int | None, list[str]] = {}
    for one in members.select_related("person", "household") if found else ():
        heads.setdefault(one.household.dwelling_id, []).append(one.person.name)
    occupancy = dict(OCCUPANCIES)
    return [Row("dwelling", one.pk, address_of(one.building, one),
                " · ".join((*where(one.area), *(str(HEADED.format(name=name)) for name in heads.get(one.pk, ())))),
                ((occupancy[one.occupancy], "calm"),) if one.occupancy in occupancy and one.occupancy != "unknown" else ()) for one in found]


declare(
    Finder("dwellings", words("房屋和住户", "Dwellings and households"), 20, "resident.see", find_dwellings, icon="door", hints=(
        words("门牌：三德里3号楼2门501、3-2-501", "A door: 三德里3号楼2门501, 3-2-501"),)),
    Finder("buildings", words("楼栋", "Buildings"), 30, "record.see", find_buildings, icon="home", hints=(
        words("小区或楼号：三德里、三德里3号楼", "An estate or a building: 三德里, 三德里3号楼"),)),
)
