# SPDX-License-Identifier: MulanPSL-2.0
"""组织: departments and the roles that they fill from when to when, street offices, residents' committees."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db.models import Q

from linli.core import clock, registry
from linli.core.actions import Call, Done, action, run
from linli.core.faults import Invalid
from linli.core.fields import Field
from linli.core.system_actors import system_actor
from linli.core.words import Words, words
from linli.elements import places
from linli.elements.accounts import of_city
from linli.elements.division_files import rows_of
from linli.elements.models import Duty, Organisation
from linli.elements.pinyin import pinyin_key
from linli.elements.place_loading import LARGEST
from linli.elements.places import KnownPlace

SEEDS = Path(__file__).parent / "seeds"
NEEDED = ("role", "organisation", "valid_from", "valid_to", "successor", "certainty")
CERTAINTIES = frozenset({"seen", "memory_sure", "memory_unsure"})
BAD_DAY = words("第 {row} 行：日期“{text}”不对，应写成 2019-01-01。", "Line {row}: “{text}” is not a date such as 2019-01-01.")
BAD_CERTAINTY = words("第 {row} 行：可靠程度“{text}”不认识。", "Line {row}: the certainty “{text}” is unknown.")

COMMITTEE, VILLAGE, OFFICE, TOWN, DEPARTMENT = "residents_committee", "village_committee", "street_office", "town_government", "department"
KINDS: Mapping[str, Words] = {
    COMMITTEE: words("居民委员会", "Residents' committee"),
    VILLAGE: words("村民委员会", "Villagers' committee"),
    OFFICE: words("街道办事处", "Street office"),
    TOWN: words("乡镇人民政府", "Town government"),
    DEPARTMENT: words("部门", "Department"),
}
"""Kinds of organisation that the ground knows; practice may use further ones."""


def committee_of(place: KnownPlace) -> tuple[str, str]:
    """Kind and name of the committee of a community or village."""
    if place.kind == "村委会":
        return VILLAGE, f"{place.short_name}村村民委员会" if not place.short_name.endswith("村") else f"{place.short_name}民委员会"
    return COMMITTEE, f"{place.short_name}社区居民委员会"


def office_of(place: KnownPlace) -> tuple[str, str] | None:
    """Kind and name of the office of a street or town; None for development zones and farms, whose offices vary."""
    if place.name.endswith("街道"):
        return OFFICE, f"{place.name}办事处"
    if place.name.endswith(("镇", "乡")):
        return TOWN, f"{place.name}人民政府"
    return None


def _wanted() -> Iterable[tuple[int, str, str]]:
    whole = places.city()
    for street in places.places_within(whole.lo, whole.hi, level="street"):
        found = office_of(street)
        if found:
            yield street.area, *found
    for community in places.communities():
        yield community.area, *committee_of(community)


def _add_offices() -> int:
    """Offices and committees that are missing; a renamed place keeps its unit, whose name follows."""
    held = {(one.area, one.kind): one for one in Organisation.objects.filter(kind__in=[COMMITTEE, VILLAGE, OFFICE, TOWN])}
    fresh, renamed = [], []
    for area, kind, name in _wanted():
        found = held.get((area, kind))
        if found is None:
            fresh.append(Organisation(area=area, kind=kind, name=name, pinyin=pinyin_key(name)))
        elif found.name != name and not found.is_demonstration:
            found.name, found.pinyin = name, pinyin_key(name)
            renamed.append(found)
    Organisation.objects.bulk_create(fresh, batch_size=2000)
    Organisation.objects.bulk_update(renamed, ["name", "pinyin"], batch_size=500)
    return len(fresh) + len(renamed)


def _day(row: int, text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Invalid({"departments": BAD_DAY.format(row=row, text=text[:20])}) from error


def _add_departments(text: str, area: int) -> int:
    """Departments and duties that are missing, with their successors; answers how many rows were written."""
    rows = rows_of(text, NEEDED, "departments")
    units = {one.name: one for one in Organisation.objects.filter(kind=DEPARTMENT, area=area)}
    duties = {(one.role, one.organisation_id): one for one in Duty.objects.filter(area=area)}
    written = 0
    for number, row in enumerate(rows, start=2):
        since, until = _day(number, row["valid_from"]), _day(number, row["valid_to"])
        if row["certainty"] not in CERTAINTIES:
            raise Invalid({"departments": BAD_CERTAINTY.format(row=number, text=row["certainty"][:20])})
        unit = units.get(row["organisation"])
        if unit is None:
            unit = Organisation.objects.create(area=area, kind=DEPARTMENT, name=row["organisation"], pinyin=pinyin_key(row["organisation"]),
                                               valid_from=since, valid_to=until)
            units[unit.name] = unit
            written += 1
        if (row["role"], unit.pk) not in duties:
            duties[row["role"], unit.pk] = Duty.objects.create(role=row["role"], area=area, organisation=unit, valid_from=since,
                                                               valid_to=until, certainty=row["certainty"])
            written += 1
    for row in rows:
        unit, successor = units[row["organisation"]], units.get(row["successor"])
        if successor is not None and unit.successor_id != successor.pk:
            unit.successor = successor
            unit.save(update_fields=["successor"])
            written += 1
    return written


@action(
    "organisation.load", words("载入组织", "Load organisations"), ability="organisation.load", subject="organisation", sight="this_record",
    opens=of_city, fields=(Field("departments", words("部门名单（CSV）", "Departments (CSV)"), "file_text", limit=LARGEST),),
)
def load_organisations(call: Call) -> Done:
    """The offices of all streets, the committees of all communities, and the departments of the file; a second load adds nothing."""
    text = call.given["departments"] or ""
    done = {"offices and committees": _add_offices()}
    if text:
        done["departments and duties"] = _add_departments(text, places.city().area)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Done(settings.CITY_AREA, 0, {"done": done}, {"digest": digest, "done": done})


def on_duty(role: str, area: int, day: date | None = None) -> list[Organisation]:
    """The organisations that fill a department role (MZ, GA, ...) for a place on the day (today), by the lowest place that
    names one; two where a reform split the role. Empty when nobody does."""
    day = day or clock.today()
    for place in reversed(places.path_of(area)):
        held = Duty.objects.filter(role=role, area=place.area).filter(Q(valid_from=None) | Q(valid_from__lte=day))
        held = held.filter(Q(valid_to=None) | Q(valid_to__gt=day)).select_related("organisation").order_by("id")
        if held:
            return [one.organisation for one in held]
    return []


def seed_places() -> str:
    """The shipped divisions of Tianjin, unless another city is set or places are there already; one sentence."""
    if settings.CITY != "12":
        return "Places: another city is set (LINLI_CITY); load its divisions with load_divisions."
    if places.find_place(settings.CITY_AREA) is not None:
        return "Places: nothing to do."
    names = {"divisions": "tianjin_divisions.csv", "changes": "tianjin_division_changes.csv", "crosswalk": "tianjin_street_code_crosswalk.csv"}
    given: dict[str, object] = {field: (SEEDS / name).read_text("utf-8-sig") for field, name in names.items()}
    answer = run("place.load", system_actor("installer"), given | {"state": date(2023, 6, 30)})
    return f"Places: {answer['units']} units of {answer['city']}."


def seed_organisations() -> str:
    """Offices, committees and departments of the city, unless nothing is missing; one sentence."""
    if places.find_place(settings.CITY_AREA) is None:
        return "Organisations: no places yet."
    if Duty.objects.filter(area=settings.CITY_AREA).exists() and Organisation.objects.filter(kind=COMMITTEE).exists():
        return "Organisations: nothing to do."
    answer = run("organisation.load", system_actor("installer"), {"departments": (SEEDS / "departments.csv").read_text("utf-8")})
    return f"Organisations: {sum(answer['done'].values())} rows."


registry.add("seed", "10 places", seed_places)
registry.add("seed", "20 organisations", seed_organisations)
