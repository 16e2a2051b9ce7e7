# SPDX-License-Identifier: MulanPSL-2.0
"""People by name: whole or in part, in characters, in pinyin, or by initials."""

from collections.abc import Iterable, Sequence

from linli.core.sight import Actor
from linli.core.words import Words, words
from linli.elements import places
from linli.elements.models import Building, Dwelling, Person, Residence
from linli.elements.registers import codes
from linli.elements.registers.addresses import Parts, write_address
from linli.elements.registers.people import STANDINGS
from linli.elements.searching.finders import Finder, Found, Place, Row, asked, cut, declare, in_order
from linli.elements.searching.questions import Question

ASK = "select rank, name, area, id from find_people(%s, %s, %s, %s, %s, %s, %s)"
START: Place = (-1, "", 0, 0)
BORN = words("{year} 年生", "born {year}")
TONES = {"together": "good", "gone": "warn"}


def find(actor: Actor, question: Question, after: Place, most: int) -> Found:
    """People of this name within the sight: whole names first, then beginnings, initials and parts."""
    wanted = question.name or question.letters
    if not wanted:
        return Found()
    rows, more = cut(asked(ASK, (wanted, not question.name, most + 1, *(after or START))), most)
    people = in_order(Person.objects.visible_to(actor).filter(pk__in=[row[3] for row in rows]), [row[3] for row in rows])
    return Found(rows_of(actor, people), more)


def rows_of(actor: Actor, people: Sequence[Person]) -> list[Row]:
    """People as the search shows them; two queries for all of them."""
    lives = homes(actor, [one.pk for one in people])
    return [Row("person", one.pk, one.name, " · ".join(part for part in (*_about(one), *where(one.area), lives.get(one.pk, "")) if part), _marks(one)) for one in people]


def _about(one: Person) -> Iterable[str]:
    sex = dict(codes.table("gender")).get(one.sex)
    yield str(sex) if sex and one.sex in ("1", "2") else ""
    yield str(BORN.format(year=one.born_on.year)) if one.born_on else ""


def _marks(one: Person) -> tuple[tuple[Words, str], ...]:
    standing = dict(STANDINGS).get(one.standing)
    return ((standing, TONES.get(one.standing, "calm")),) if standing else ()


def where(area: int) -> tuple[str, ...]:
    """The short names of the community and the grid of an area."""
    return tuple(one.short_name for one in places.path_of(area) if one.level in ("community", "grid"))


def homes(actor: Actor, people: Sequence[int]) -> dict[int, str]:
    """The address where each of these people lives now, by person."""
    found = Residence.objects.visible_to(actor).filter(person__in=people, until=None, tie="living").select_related("dwelling__building")
    return {one.person_id: address_of(one.dwelling.building, one.dwelling) for one in found} if people else {}


def address_of(building: Building, dwelling: Dwelling | None = None) -> str:
    """The usual spelling of an address within its community."""
    inner = (dwelling.doorway, dwelling.floor if not dwelling.room else None, dwelling.room) if dwelling else ("", None, "")
    return write_address(Parts(quarter=building.quarter, number=building.number, doorway=inner[0], floor=inner[1], room=inner[2]))


declare(Finder("people", words("居民", "People"), 10, "resident.see", find, icon="people", hints=(
    words("姓名或其中两个字：王秀兰、秀兰", "A name or two characters of it: 王秀兰, 秀兰"), words("拼音或首字母：wangxiulan、wxl", "Pinyin or initials: wangxiulan, wxl"))))
