# SPDX-License-Identifier: MulanPSL-2.0
"""佐证材料: papers from before the platform, or from beside it, scanned in for an indicator and year. They are shown and move no figure."""

from collections.abc import Mapping, Sequence
from typing import Any

from linli.core import clock, evidence
from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, Invalid, NotVisible
from linli.core.fields import Field
from linli.core.sight import Actor
from linli.core.words import words
from linli.elements import places
from linli.measures.models import Proof
from linli.measures.standards import Sheet, sheet_on

KEEPS = "proof.keep"
SUBJECT = "proof"
FIRST_YEAR = 2013
"""The first year of creation (policy.md 2.1)."""
UNKNOWN_CODE = words("现行标准里没有这项指标。", "The standard in force has no such indicator.")
WRONG_YEAR = words("年度应在 {first} 到 {last} 之间。", "The year must lie between {first} and {last}.")
TOO_LATE = words("材料日期不能晚于今天。", "The day of the paper cannot lie ahead of today.")
OUT = words("这份材料已经撤下。", "This paper was taken out already.")
OUT_REMEDY = words("请刷新页面查看。", "Reload the page.")


@action("proof.add", words("补录佐证材料", "Put in a scanned paper"), ability=KEEPS, subject=SUBJECT, fields=(
    Field("area", words("社区", "Community"), "integer", required=True, low=1), Field("indicator", words("指标", "Indicator"), required=True, limit=20),
    Field("year", words("年度", "Year"), "integer", required=True, low=FIRST_YEAR, high=2999),
    Field("title", words("材料名称", "Name of the paper"), required=True, limit=120), Field("day", words("材料日期", "Day of the paper"), "day", required=True),
    Field("note", words("说明", "Note"), limit=300),
    Field("evidence", words("扫描件（照片或 PDF）", "Scan (photos or PDF)"), "evidence", required=True)))
def add(call: Call) -> Done:
    """Keep the paper with its files. NotVisible for a place beyond the post's range."""
    given = call.given
    place = places.find_place(given["area"])
    if place is None or place.level != "community" or place.lo < call.actor.lo or place.hi > call.actor.hi:
        raise NotVisible
    sheet = sheet_on(clock.today())
    if sheet is None or given["indicator"] not in codes_of(sheet):
        raise Invalid({"indicator": UNKNOWN_CODE})
    if given["year"] > clock.today().year:
        raise Invalid({"year": WRONG_YEAR.format(first=FIRST_YEAR, last=clock.today().year)})
    if given["day"] > clock.today():
        raise Invalid({"day": TOO_LATE})
    made = Proof.objects.create(area=place.area, code=given["indicator"], year=given["year"], title=given["title"], day=given["day"], note=given["note"] or "",
                                added_by=call.actor.account, added_at=call.recorded_at)
    evidence.attach(given["evidence"], area=place.area, subject_kind=SUBJECT, subject=made.pk, actor=call.actor, claim=call.device, vouched=call.vouched)
    return Done(place.area, made.pk, {"proof": made.pk}, is_new=True)


def find_proof(actor: Actor, given: Mapping[str, Any]) -> Proof:
    """The paper of a number inside the actor's range. NotVisible otherwise."""
    text = str(given.get("proof", ""))
    found: Proof | None = None
    if text.isascii() and text.isdecimal() and len(text) < 19:
        found = Proof.objects.visible_to(actor).select_for_update().filter(pk=int(text)).first()
    if found is None:
        raise NotVisible
    return found


@action("proof.take_out", words("撤下佐证材料", "Take a scanned paper out"), ability=KEEPS, subject=SUBJECT, finds=find_proof, fields=(
    Field("proof", words("材料", "Paper"), "integer", required=True, low=1), Field("reason", words("为什么撤下", "Why it is taken out"), required=True, limit=200)))
def take_out(call: Call) -> Done:
    """The paper stays readable, marked as taken out, and stands in no box any more."""
    held = call.record
    if held.taken_out_at is not None:
        raise Conflict(OUT, OUT_REMEDY, code="taken_out")
    held.taken_out_at, held.taken_out_by, held.reason = call.recorded_at, call.actor.account, call.given["reason"]
    held.save(update_fields=["taken_out_at", "taken_out_by", "reason"])
    return Done(held.area, held.pk, {"proof": held.pk})


def codes_of(sheet: Sheet) -> dict[str, str]:
    """Every indicator of a sheet, measured or not: code and the dimension that it belongs to, in the sheet's order."""
    found: dict[str, str] = {}
    for dimension in sheet.dimensions:
        own = [*(one.code for one in dimension.indicators), *(one.code for one in dimension.pending)]
        found |= dict.fromkeys(sorted(own), dimension.code)
    return found


def kept(actor: Actor, area: int, year: int, code: str = "") -> Sequence[Proof]:
    """Papers of a community and year (of one indicator), in the box or taken out, oldest first. Inside the sight in force."""
    found = Proof.objects.visible_to(actor).filter(area=area, year=year)
    return list((found.filter(code=code) if code else found).order_by("code", "day", "id"))
