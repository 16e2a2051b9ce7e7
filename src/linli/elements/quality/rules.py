# SPDX-License-Identifier: MulanPSL-2.0
"""Rules between facts: those that need one record come from the declarations, those between records and tables are one statement each."""

import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from linli.core.protection import SealError
from linli.core.words import Words, words
from linli.elements.quality.conditions import area_column, stands, table
from linli.elements.registers import sealing
from linli.elements.registers.declaring import Column, Register, register_named, registers

log = logging.getLogger("linli.quality")
CHUNK = 2_000
"""Records that are opened and looked at together."""
ADULT = 18
"""Civil Code 17."""
COMMUNITY_OF = "{0} - {0} %% 1000"


@dataclass(frozen=True)
class SetRule:
    """A rule between records: SQL that answers (record, area) of those which break it, within %(lo)s and %(hi)s, on %(day)s."""

    name: str
    register: str
    words: Words
    remedy: Words
    sql: str
    is_need: bool = False
    """Somebody may need help: it comes first in the list of the day, whatever it raises."""


MEMBERS = "select from elements_membership m where m.household_id = t.id and m.until is null"
SET_RULES: tuple[SetRule, ...] = (
    SetRule("minor_alone", "household", words("家中只有未成年人", "Only minors in the household"),
            words("请上门看望，核实监护人是谁、住在哪里；成员登记有漏的请补上。", "Call there: who is the guardian and where does he live? Add members who are missing."), f"""
select t.id, t.area from elements_household t where t.area >= %(lo)s and t.area < %(hi)s and t.ended_on is null
   and exists ({MEMBERS}) and not exists (select from elements_membership m join elements_person p on p.id = m.person_id where m.household_id = t.id and m.until is null
         and (p.born_on is null or p.born_on <= (%(day)s::date - interval '{ADULT} years')::date))""", is_need=True),
    SetRule("nobody_reachable", "household", words("全户没有联系电话", "Nobody of the household has a phone"),
            words("请登记至少一个联系电话，急事时能找到人。", "Note at least one phone, so that somebody can be reached in need."), f"""
select t.id, t.area from elements_household t where t.area >= %(lo)s and t.area < %(hi)s and t.ended_on is null and exists ({MEMBERS})
   and exists (select from elements_residence r join elements_membership m on m.person_id = r.person_id and m.until is null
         where m.household_id = t.id and r.tie = 'living' and r.until is null)
   and not exists (select from elements_membership m join elements_person p on p.id = m.person_id where m.household_id = t.id and m.until is null
         and p.phone_index is not null)""", is_need=True),
    SetRule("household_without_head", "household", words("住户没有户主", "A household without a head"),
            words("请核实谁是户主，并改正与户主关系。", "Find out who the head is and correct the relation."), f"""
select t.id, t.area from elements_household t where t.area >= %(lo)s and t.area < %(hi)s and t.ended_on is null and t.kind = 'family'
   and exists ({MEMBERS}) and not exists ({MEMBERS} and m.relation = '0')"""),
    SetRule("household_without_people", "household", words("住户没有成员", "A household without people"),
            words("请补登成员；已经搬走的请结束这一户。", "Add its people, or end the household when they have moved."), f"""
select t.id, t.area from elements_household t where t.area >= %(lo)s and t.area < %(hi)s and t.ended_on is null and not exists ({MEMBERS})"""),
    SetRule("empty_but_lived_in", "dwelling", words("登记为空置，却有人居住", "Said to be empty, but lived in"),
            words("请上门核实使用情况，或结束居住关系。", "See how it is used, or end who lives there."), """
select t.id, t.area from elements_dwelling t where t.area >= %(lo)s and t.area < %(hi)s and t.valid_to is null and t.occupancy = 'empty'
   and exists (select from elements_residence r where r.dwelling_id = t.id and r.tie = 'living' and r.until is null)"""),
    SetRule("lives_in_no_dwelling", "person", words("登记住在本地，没有住处", "Said to live here, but in no dwelling"),
            words("请补登居住的房屋；已经搬走的请办理迁出。", "Add the dwelling, or move the person out."), """
select t.id, t.area from elements_person t where t.area >= %(lo)s and t.area < %(hi)s and t.standing in ('together', 'living') and t.left_on is null
   and t.died_on is null and not exists (select from elements_residence r where r.person_id = t.id and r.tie = 'living' and r.until is null)"""),
    SetRule("dwelling_elsewhere", "person", words("住处属于另一个社区", "The dwelling lies in another community"),
            words("请核实住在哪里；确已搬走的请办理迁出。", "Find out where the person lives; move him out if he has gone."), f"""
select t.id, t.area from elements_residence r join elements_person t on t.id = r.person_id join elements_dwelling d on d.id = r.dwelling_id
 where t.area >= %(lo)s and t.area < %(hi)s and r.tie = 'living' and r.until is null and t.left_on is null and t.died_on is null and t.standing <> 'gone'
   and {COMMUNITY_OF.format('t.area')} <> {COMMUNITY_OF.format('d.area')}"""),
    SetRule("registered_twice", "person", words("同一证件号登记了不止一次", "One document number is held more than once"),
            words("请与本人核对证件；在别处登记的，请申请转入。", "Compare with the document; when registered elsewhere, ask for the transfer."), """
select t.id, t.area from elements_person t where t.area >= %(lo)s and t.area < %(hi)s and t.id_index is not null and t.left_on is null and t.died_on is null
   and t.standing not in ('gone', 'other') and exists (select from elements_person o where o.id_index = t.id_index and o.id <> t.id and o.left_on is null
         and o.died_on is null and (o.standing = 'together' or t.standing = 'together' or o.standing = t.standing) and o.standing not in ('gone', 'other'))"""),
)
"""One who is registered here and lives there is in both registers rightly (人户分离): only two records that claim the same are wrong."""


@dataclass(frozen=True)
class Named:
    """A rule as pages speak of it."""

    name: str
    register: str
    words: Words
    remedy: Words
    is_need: bool = False


LOOK_AGAIN = words("请对照证件或当面核对后改正。", "Compare with the document or ask, then correct it.")
FORM_OF = words("“{label}”的写法不对", "“{label}” is not written rightly")
TOGETHER = words("{labels}对不上", "{labels} do not agree")


def rules_of(register: Register) -> tuple[Named, ...]:
    """All rules of a register: between records, between its columns, of single columns."""
    between = [Named(one.name, one.register, one.words, one.remedy, one.is_need) for one in SET_RULES if one.register == register.name]
    across = [Named(one.name, register.name, _together(register, one.columns), LOOK_AGAIN) for one in register.rules]
    single = [Named(f"form:{one.name}", register.name, FORM_OF.format(label=one.label), LOOK_AGAIN) for one in register.columns if one.rule]
    return (*between, *across, *single)


def _together(register: Register, names: tuple[str, ...]) -> Words:
    labels = [register.column(name).label for name in names]
    return TOGETHER.format(labels=words("、".join(one.zh for one in labels), ", ".join(one.en for one in labels)))


REPLACE = """with found (record, area) as ({sql}),
 gone as (delete from elements_qualitytrouble k where k.register = %(register)s and k.rule = %(rule)s and k.area >= %(lo)s and k.area < %(hi)s
   and not exists (select from found f where f.record = k.record))
insert into elements_qualitytrouble (register, record, rule, area, found_on) select distinct on (record) %(register)s, record, %(rule)s, area, %(day)s from found
on conflict (register, record, rule) do update set area = excluded.area where elements_qualitytrouble.area <> excluded.area"""
GIVEN = "select * from unnest(%(records)s::bigint[], %(areas)s::bigint[])"


def find_troubles(lo: int, hi: int, day: date) -> None:
    """Bring the kept troubles of a range of areas to what is so now. The caller has set the sight of the whole city."""
    with connection.cursor() as cursor:
        for one in SET_RULES:
            given: dict[str, Any] = {"lo": lo, "hi": hi, "day": day, "register": one.register, "rule": one.name}
            cursor.execute(REPLACE.format(sql=one.sql), given)
    for register in registers():
        if register.rules or any(one.rule for one in register.columns):
            _find_declared(register, lo, hi, day)


def _find_declared(register: Register, lo: int, hi: int, day: date) -> None:
    """Look at every record of the range once, in chunks, with all rules of the declaration."""
    broken: dict[str, tuple[list[int], list[int]]] = {one.name: ([], []) for one in rules_of(register) if one.name not in {s.name for s in SET_RULES}}
    for number, area, values in _read(register, lo, hi, day):
        for name in _broken_by(register, values):
            broken[name][0].append(number)
            broken[name][1].append(area)
    with connection.cursor() as cursor:
        for name, (records, areas) in broken.items():
            cursor.execute(REPLACE.format(sql=GIVEN), {"lo": lo, "hi": hi, "day": day, "register": register.name, "rule": name, "records": records, "areas": areas})


def _broken_by(register: Register, values: Mapping[str, Any]) -> Iterator[str]:
    for rule in register.rules:
        if rule.broken(values) is not None:
            yield rule.name
    for column in register.columns:
        value = values.get(column.name)
        if column.rule is not None and isinstance(value, str) and value and column.rule(value) is not None:
            yield f"form:{column.name}"


def _needed(register: Register) -> list[Column]:
    names = {name for rule in register.rules for name in rule.columns}
    stored = {one.name for one in register.model._meta.concrete_fields}
    return [one for one in register.columns if (one.name in names or one.rule is not None) and (one.kept != "column" or one.name in stored)]


def _read(register: Register, lo: int, hi: int, day: date) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """Number, area and the values that rules need, of every record that stands; sealed ones are opened here and leave this function only into the rules."""
    columns = _needed(register)
    stored = [_stored(register, one) for one in columns]
    names = list(dict.fromkeys(["t.id", area_column(register), *stored]))
    sql = (f"select {', '.join(names)} from {table(register)} t where {stands(register)} "
           f"and {area_column(register)} >= %(lo)s and {area_column(register)} < %(hi)s")
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, {"lo": lo, "hi": hi, "day": day})
        while rows := cursor.fetchmany(CHUNK):
            for row in rows:
                held = dict(zip(names, row, strict=True))
                try:
                    values = {one.name: _value(register, one, row[0], held[place]) for one, place in zip(columns, stored, strict=True)}
                except SealError:
                    log.warning("A sealed field of %s %s does not open; its rules were not looked at.", register.name, row[0])
                    continue
                yield row[0], row[1], values


def _stored(register: Register, column: Column) -> str:
    where = {"index": f"t.{register.stem(column)}_sealed", "fields": "t.fields", "sealed": "t.sealed"}
    return where.get(column.kept, f"t.{column.name}")


def _value(register: Register, column: Column, number: int, held: Any) -> Any:
    if column.kept == "index":
        return sealing.open_value(register.subject, column.name, number, held) if held else None
    if column.kept == "sealed":
        return sealing.open_bundle(register.subject, number, held).get(column.name)
    if column.kept == "fields":
        return (json.loads(held) if isinstance(held, str) else held or {}).get(column.name)
    return held


def named(register: str, rule: str) -> Named | None:
    """The rule of this name; None when nobody declares it (any more)."""
    return next((one for one in rules_of(register_named(register)) if one.name == rule), None)
