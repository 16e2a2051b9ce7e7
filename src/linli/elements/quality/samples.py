# SPDX-License-Identifier: MulanPSL-2.0
"""字段抽查: filled fields drawn by a seed, looked at where they can be seen, and what follows for the accuracy of a register, with its interval.

Accuracy is asked of fields, not of people: nobody is told how right he is. The seed is drawn by the server and kept, so that nobody chooses the
sample and everybody can draw it again: fields are taken in the order of md5(seed:record:field).
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt
from typing import Any

from django.db import connection

from linli.core import clock
from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, Invalid, NotVisible
from linli.core.fields import Field
from linli.core.sight import Actor
from linli.core.words import words
from linli.elements import places
from linli.elements.keeping import confirming
from linli.elements.models import FieldCheck, FieldSample
from linli.elements.quality.conditions import area_column, counted_fields, measured, stands, table
from linli.elements.registers import records
from linli.elements.registers.declaring import Register, register_named

DRAWS, CHECKS = "quality.draw", "quality.check"
LEAST, MOST, USUAL = 5, 500, 60
"""Sizes of a sample (our choice; 60 right ones of 60 say that at least 94 % are right)."""
Z = Fraction(49, 25)
"""1.96: 95 % of the normal distribution."""
E6 = 1_000_000
VERDICTS = (("right", words("属实", "Right")), ("wrong", words("有误", "Wrong")), ("unseen", words("没能核实", "Could not be seen")))
MEANS = tuple(one for one in confirming.MEANS if one[0] != "proposal")
TOO_EARLY = words("完成日期不能早于今天。", "The day by which it is to be done cannot lie before today.")
NOTHING = words("这里没有可抽查的字段。", "There is no field to draw here.")
DONE_ALREADY = words("这一项已经核实过了。", "This one has been checked already.")
DONE_REMEDY = words("请刷新页面，接着核实下一项。", "Reload the page and go on with the next.")


@dataclass(frozen=True)
class Interval:
    """What a sample says: the exact counts, and the bounds between which the share lies in 95 of 100 such samples (Wilson 1927)."""

    right: int
    checked: int
    low: Fraction
    high: Fraction

    @property
    def share(self) -> Fraction:
        """Right of checked."""
        return Fraction(self.right, self.checked)


def interval(right: int, checked: int) -> Interval | None:
    """Wilson's interval at 95 %; bounds are exact to a millionth. None when nothing was checked. ValueError when more are right than were checked."""
    if not 0 <= right <= checked:
        raise ValueError(f"{right} right of {checked} checked")
    if not checked:
        return None
    square = Z * Z
    middle = right + square / 2
    under = Fraction(right * (checked - right), checked) + square / 4
    root = Fraction(isqrt(under.numerator * E6 * E6 // under.denominator), E6)
    whole = checked + square
    low, high = (middle - Z * root) / whole, (middle + Z * root) / whole
    return Interval(right, checked, Fraction(0) if right == 0 else max(Fraction(0), low), Fraction(1) if right == checked else min(Fraction(1), high))


def drawn(register: Register, lo: int, hi: int, seed: int, size: int) -> tuple[list[tuple[int, int, str]], int]:
    """Record, area and field of each drawn field, and out of how many they were drawn. The same seed draws the same from the same records."""
    values = ", ".join(f"('{one.column.name}', {one.asked} and {one.filled})" for one in counted_fields(register) if one.column.counts_in_completeness)
    area = area_column(register)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select t.id, {area}, v.name, count(*) over () from {table(register)} t cross join lateral (values {values}) v (name, is_there)
 where {stands(register)} and {area} >= %(lo)s and {area} < %(hi)s and v.is_there
 order by md5(%(seed)s || ':' || t.id || ':' || v.name), t.id, v.name limit %(size)s""",
            {"lo": lo, "hi": hi, "day": clock.today(), "seed": str(seed), "size": size})
        rows = cursor.fetchall()
    return [(row[0], row[1], row[2]) for row in rows], rows[0][3] if rows else 0


def _registers() -> list[tuple[str, Any]]:
    return [(one.name, one.words) for one in measured()]


def place_within(actor: Actor, area: int) -> places.KnownPlace:
    """The place of a number inside the actor's range. NotVisible otherwise."""
    found = places.find_place(area)
    if found is None or not actor.lo <= found.lo < found.hi <= actor.hi:
        raise NotVisible
    return found


@action(DRAWS, words("抽取字段核实", "Draw fields to be checked"), ability=DRAWS, subject="sample", fields=(
    Field("area", words("地方", "Place"), "area", required=True),
    Field("register", words("台账", "Register"), "choice", required=True, choices=_registers),
    Field("size", words("抽查多少项（拟 60）", "How many fields (60 proposed)"), "integer", low=LEAST, high=MOST),
    Field("due_on", words("核实到哪天为止", "To be checked by"), "day", required=True)))
def draw(call: Call) -> Done:
    """A sample of filled fields of one register in a place, to be looked at by a day."""
    place, today = place_within(call.actor, call.given["area"]), clock.today()
    if call.given["due_on"] < today:
        raise Invalid({"due_on": TOO_EARLY})
    register, seed, size = register_named(call.given["register"]), secrets.randbelow(2**53), call.given["size"] or USUAL
    found, population = drawn(register, place.lo, place.hi, seed, size)
    if not found:
        raise Invalid({"register": NOTHING})
    sample = FieldSample.objects.create(area=place.area, register=register.name, seed=seed, size=len(found), population=population, drawn_on=today,
                                        due_on=call.given["due_on"], drawn_by_id=call.actor.post)
    FieldCheck.objects.bulk_create([FieldCheck(area=area, sample=sample, register=register.name, record=record, name=name, due_on=sample.due_on)
                                    for record, area, name in found])
    told = {"sample": sample.pk, "size": sample.size, "population": population}
    return Done(place.area, sample.pk, told, told | {"seed": seed}, is_new=True)


def find_check(actor: Actor, given: Mapping[str, Any]) -> FieldCheck:
    """The drawn field of a number within the sight. NotVisible otherwise."""
    text = str(given.get("check", ""))
    found: FieldCheck | None = FieldCheck.objects.visible_to(actor).filter(pk=int(text)).first() if text.isdecimal() and len(text) < 19 else None
    if found is None:
        raise NotVisible
    return found


@action(CHECKS, words("记录核实结果", "Record what was seen"), ability=CHECKS, subject="fieldcheck", finds=find_check, fields=(
    Field("check", words("抽查项", "Drawn field"), "integer", required=True, low=1),
    Field("verdict", words("结果", "Result"), "choice", required=True, choices=VERDICTS),
    Field("means", words("怎样核实的", "How"), "choice", choices=MEANS),
    Field("version", words("版本", "Version"), "integer")))
def check(call: Call) -> Done:
    """What somebody saw of one drawn field. What was right counts as seen today; what was wrong is corrected in its record."""
    one, given = call.record, call.given
    if one.verdict in ("right", "wrong"):
        raise Conflict(DONE_ALREADY, DONE_REMEDY, code="checked")
    one.verdict, one.means, one.checked_on, one.checked_by_id = given["verdict"], given["means"] or "visit", clock.today(), call.actor.post
    one.version += 1
    one.save(update_fields=["verdict", "means", "checked_on", "checked_by", "version"])
    if one.verdict == "right":
        _confirm(call, one)
    told = {"check": one.pk, "version": one.version, "register": one.register, "record": one.record}
    return Done(one.area, one.pk, told, told | {"field": one.name})


def _confirm(call: Call, one: FieldCheck) -> None:
    register = register_named(one.register)
    record = records.among(register, call.actor).select_for_update().filter(pk=one.record).first()
    if record is not None:
        confirming.note(call, register, record, clock.today(), means=one.means, seen=[one.name])
        record.save(update_fields=["confirmed"])
