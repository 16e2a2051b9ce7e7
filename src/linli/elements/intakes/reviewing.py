# SPDX-License-Identifier: MulanPSL-2.0
"""The queue of pairs that may be one person, organisation or thing, side by side with numbers masked, and what an undone intake left because it had changed."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from linli.core.protection import masked
from linli.core.sight import Actor
from linli.core.words import Words, words
from linli.elements.intakes import checking, columns, sheets
from linli.elements.intakes.planning import ASK
from linli.elements.models import Building, Dwelling, Household, Intake, IntakeRow, Organisation, Pairing, Person, Residence, Seat, Thing
from linli.elements.registers import kinds, sealing
from linli.elements.registers.checks import writing

MOST_COUNTED = 100
MOST_KEPT = 50
REASONS = {
    "name": words("姓名相同", "same name"), "birth": words("出生日期相同", "same birth"), "address": words("住址相同", "same address"),
    "unit_name": words("名称相同", "same name"), "near_name": words("名称相近", "similar name"), "same_place": words("地址相同", "same address"),
    "other_code": words("代码不同", "another code"), "other_address": words("地址不同", "another address")}
SHOWN = ("person.name", "person.born_on", "person.id_number", "person.phone")
WHERE = ("joining.division", "joining.address", "building.quarter", "building.number", "dwelling.doorway", "dwelling.room")
UNITS: dict[str, type[Any]] = {"organisation": Organisation, "thing": Thing}
HEADINGS = {
    "person": (words("姓名", "Name"), words("出生日期", "Birth"), words("证件号码", "Number"), words("电话", "Phone"), words("住址", "Address")),
    "unit": (words("名称", "Name"), words("种类", "Kind"), words("统一社会信用代码", "Credit code"), words("地址", "Address"))}
SECRET = ("person.id_number", "person.phone")


def pairs(actor: Actor) -> QuerySet[Pairing]:
    """The questions nobody has answered, whose row still waits and may be seen: a file of the district is answered by the district."""
    rows = IntakeRow.objects.visible_to(actor).filter(verdict=ASK, is_taken=False).exclude(sealed=None)
    found: QuerySet[Pairing] = Pairing.objects.visible_to(actor).filter(answer="", row__in=rows.values("pk"), subject_kind__in=sheets.subjects_of(actor)).order_by("id")
    return found


def waiting(actor: Actor) -> int:
    """How many questions wait, counted up to MOST_COUNTED."""
    return len(pairs(actor).values_list("pk", flat=True)[:MOST_COUNTED])


def side_by_side(actor: Actor, found: Sequence[Pairing]) -> list[dict[str, Any]]:
    """Each pair with what the file says and what the register says; at most six queries, whatever their number."""
    rows = {one.pk: one for one in IntakeRow.objects.visible_to(actor).filter(pk__in=[pair.row for pair in found]).select_related("intake")}
    people = {one.pk: one for one in Person.objects.visible_to(actor).filter(pk__in=[pair.one for pair in found if pair.subject_kind == "person"])}
    homes: dict[int, list[str]] = {}
    for tie in Residence.objects.visible_to(actor).filter(person__in=list(people), until=None).select_related("dwelling__building"):
        at = tie.dwelling
        told = homes.setdefault(tie.person_id, [])
        text = f"{at.building.quarter} {at.building.number} {at.doorway}-{at.room}".strip(" -")
        if text not in told:
            told.append(text)
    units = _units(actor, found)
    known = {("person", number): (_of_person(one, homes.get(number, [])), one) for number, one in people.items()} | {
        pair: (_of_unit(one), one) for pair, one in units.items()}
    return [_beside(pair, rows[pair.row], *known[pair.subject_kind, pair.one]) for pair in found if pair.row in rows and (pair.subject_kind, pair.one) in known]


def _beside(pair: Pairing, row: IntakeRow, known: list[str], record: Any) -> dict[str, Any]:
    is_person = pair.subject_kind == "person"
    said = _of_row(row) if is_person else _of_line(row)
    return {"pair": pair, "row": row, "reasons": [REASONS[name] for name in pair.reasons if name in REASONS], "file": said, "known": known, "record": record,
            "told": list(zip(HEADINGS["person" if is_person else "unit"], said, known, strict=True)), "is_person": is_person}


def _units(actor: Actor, found: Sequence[Pairing]) -> dict[tuple[str, int], Organisation | Thing]:
    """The organisations and things of some pairs; two queries."""
    told: dict[tuple[str, int], Organisation | Thing] = {}
    for name, model in UNITS.items():
        if numbers := [pair.one for pair in found if pair.subject_kind == name]:
            told |= {(name, one.pk): one for one in model.objects.visible_to(actor).filter(pk__in=numbers)}
    return told


def _of_line(row: IntakeRow) -> list[str]:
    """What the file says of an organisation or thing: name, kind, code, address."""
    sheet = columns.sheet_named(row.intake.sheet)
    cells = checking.opened(row)["cells"]
    said = {str(column).partition(".")[2]: writing.plain(str(cells[place] or "")) for place, heading in enumerate(row.intake.headings)
            if place < len(cells) and (column := row.intake.mapping.get(heading))}
    return [said.get("name", ""), said.get("kind", "") or str(sheet.words), said.get("credit_code", ""), said.get("address", "")]


def _of_unit(one: Organisation | Thing) -> list[str]:
    """What is recorded of it: name, kind, code, address."""
    if isinstance(one, Organisation):
        return [one.name, str(kinds.kind_words(one.kind)), one.credit_code, str(one.fields.get("address") or "")]
    kind = kinds.thing_kind(one.kind)
    return [one.name, str(kind.words) if kind else one.kind, "", one.address]


def _of_row(row: IntakeRow) -> list[str]:
    """What the file says: name, birth, numbers masked, address."""
    cells = checking.opened(row)["cells"]
    by_column = {row.intake.mapping.get(heading): cells[place] for place, heading in enumerate(row.intake.headings) if place < len(cells)}
    told = []
    for column in SHOWN:
        text = writing.plain(str(by_column.get(column) or ""))
        told.append(masked(writing.code(text)) if column in SECRET else text)
    return [*told, " ".join(str(by_column[column]) for column in WHERE if by_column.get(column))]


def _of_person(one: Person, homes: Sequence[str]) -> list[str]:
    number = sealing.open_value("person", "id_number", one.pk, bytes(one.id_sealed)) if one.id_sealed else ""
    phone = sealing.open_value("person", "phone", one.pk, bytes(one.phone_sealed)) if one.phone_sealed else ""
    return [one.name, one.born_on.isoformat() if one.born_on else "", masked(number), masked(phone), "；".join(homes)]


KINDS: dict[str, tuple[type[Any], Words]] = {
    "person": (Person, words("居民", "People")), "household": (Household, words("住户", "Households")), "dwelling": (Dwelling, words("房屋", "Dwellings")),
    "building": (Building, words("楼栋", "Buildings")),
    "organisation": (Organisation, words("组织", "Organisations")), "thing": (Thing, words("设施", "Facilities")), "seat": (Seat, words("任职", "Seats"))}


def kept(actor: Actor, intake: Intake) -> list[tuple[Words, int, list[str]]]:
    """What an undone intake left because it had changed since: kind, how many, and the first of them by name."""
    found = []
    for name, numbers in intake.options.get("kept", {}).items():
        if name in KINDS and numbers:
            model, label = KINDS[name]
            shown = model.objects.visible_to(actor).filter(pk__in=numbers).order_by("pk")[:MOST_KEPT]
            found.append((label, len(numbers), [_name(one) for one in shown]))
    return found


def _name(one: Any) -> str:
    if isinstance(one, Person | Organisation | Thing | Seat):
        return one.name
    if isinstance(one, Building):
        return f"{one.quarter} {one.number}".strip()
    return f"{one.doorway}-{one.room}".strip("-") if isinstance(one, Dwelling) else f"{one.pk}"
