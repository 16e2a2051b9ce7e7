# SPDX-License-Identifier: MulanPSL-2.0
"""What officers do with inspections: open them for a set of communities, name and replace assessors, name the third, declare one void.

Their journal lines lie in the district (or the city), never in the community or its street: who is about to be looked at unannounced reads
the journal there.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from linli.core import clock
from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, Invalid, NotVisible
from linli.core.fields import Field
from linli.core.sight import Actor
from linli.core.words import words
from linli.elements import places
from linli.measures.inspecting import conflicts, settling
from linli.measures.inspecting.conflicts import ASSESS
from linli.measures.inspecting.opening import begin, refuse_connected
from linli.measures.inspecting.sheets import items_of, rules_of
from linli.measures.models import Assessment, Inspection, StandardVersion
from linli.measures.standards import sheet_on

OPENS = "inspection.open"
ROUTINE = "routine"
MOST = 50
"""Communities of one opening (our choice: more cannot be read through before it is sent)."""
LONGEST = 600
NUMBERS = re.compile(r"[0-9]{1,18}")

NO_COMMUNITY = words("请至少选择一个社区，最多 {most} 个，且都在您的范围内。", "Choose one community at least and {most} at most, all within your area.")
NO_ITEM = words("请至少选择一个检查项目，且都在现行标准的检查表里。", "Choose one item at least, out of the sheet of the standard in force.")
NO_SHEET = words("这一天没有生效的标准，或标准里没有需要到现场看的项目。请换一天，或先发布标准。",
                 "On this day no standard is in force that has items to be looked at. Choose another day, or publish a standard first.")
NO_ASSESSOR = words("请选择测评员：在这一天要担任测评员岗位，且岗位范围包含所选社区。", "Choose assessors who on that day hold an assessor's post that covers these communities.")
PAST_DAY = words("检查日期不能早于今天。", "The day of the visit cannot lie before today.")
NO_VACANCY = words("这次检查现在不缺测评员。", "This inspection lacks no assessor now.")
NO_VACANCY_REMEDY = words("要换人，请先撤下还没有提交的测评员。", "To replace one, first take off an assessor who has not handed in.")
WAS_THERE = words("这名测评员已经参加过这次检查，请换人。", "This assessor has been on this inspection already. Name somebody else.")
ENDED = words("这次检查已经结束，不能再改。", "This inspection has ended and can no longer be changed.")
ENDED_REMEDY = words("需要重新看的，请另开一次检查。", "To have it looked at again, open another inspection.")
HANDED_IN = words("这名测评员已经提交，不能撤下。", "This assessor has handed in and cannot be taken off.")


def whole(given: Mapping[str, Any], name: str) -> int:
    """A number in what was given; NotVisible when it is none."""
    text = str(given.get(name, ""))
    if not NUMBERS.fullmatch(text):
        raise NotVisible
    return int(text)


def quiet_area(actor: Actor, area: int) -> int:
    """Where a line about an inspection lies: the district, which the community's own people do not see; the post's own place where it is wider."""
    district = next((one.area for one in places.path_of(area) if one.level == "district"), None)
    return district if district is not None and actor.lo <= district < actor.hi else actor.lo


def find_inspection(actor: Actor, given: Mapping[str, Any]) -> Inspection:
    """An inspection within the sight. NotVisible otherwise."""
    found: Inspection | None = Inspection.objects.visible_to(actor).select_related("standard").filter(pk=whole(given, "inspection")).first()
    if found is None:
        raise NotVisible
    return found


def numbers(text: str) -> list[int]:
    """The numbers in a text, each once, in order."""
    return sorted({int(one) for one in NUMBERS.findall(text)})


@action(OPENS, words("布置现场检查", "Open inspections"), ability=OPENS, subject="inspection", fields=(
    Field("communities", words("社区", "Communities"), "text", required=True, limit=LONGEST * 2,
          help=words("社区编号，用逗号隔开。", "Numbers of communities with commas between.")),
    Field("codes", words("检查项目", "Items"), "text", limit=LONGEST,
          help=words("指标代码，用逗号隔开；不填就是全部项目。", "Codes with commas between; all items when left out.")),
    Field("assessors", words("测评员", "Assessors"), "text", required=True, limit=LONGEST,
          help=words("账号编号，用逗号隔开，至少两名。", "Numbers of accounts with commas between, two at least.")),
    Field("day", words("检查日期", "Day of the visit"), "day", required=True),
    Field("is_announced", words("事先通知社区", "Announced beforehand"), "truth")))
def open_inspections(call: Call) -> Done:
    """One inspection for each community, of the same items on the same day by the same assessors; unannounced unless said."""
    actor, given = call.actor, call.given
    if given["day"] < clock.today():
        raise Invalid({"day": PAST_DAY})
    standard, codes = _sheet(given)
    areas, named = _communities(actor, given["communities"]), numbers(given["assessors"])
    for area in areas:
        refuse_unable(area, named, given["day"])
    made = [begin(call, area=area, occasion=ROUTINE, standard=standard, codes=codes, assessors=named, day=given["day"],
                  is_announced=bool(given["is_announced"])) for area in areas]
    told = {"inspections": [one.pk for one in made], "count": len(made)}
    return Done(actor.lo, made[0].pk, told, told, is_new=True)


def _communities(actor: Actor, text: str) -> list[int]:
    wanted = numbers(text)
    known = {one.area for one in places.communities(actor.lo, actor.hi)}
    if not wanted or len(wanted) > MOST or not set(wanted) <= known:
        raise Invalid({"communities": NO_COMMUNITY.format(most=MOST)})
    return wanted


def _sheet(given: Mapping[str, Any]) -> tuple[StandardVersion, list[str]]:
    sheet = sheet_on(given["day"])
    standard = StandardVersion.objects.get(pk=sheet.id) if sheet else None
    known = [one.code for one in items_of(standard.content)] if standard else []
    if standard is None or not known:
        raise Invalid({"day": NO_SHEET})
    wanted = {one.strip() for one in (given["codes"] or "").split(",") if one.strip()} or set(known)
    if not wanted <= set(known):
        raise Invalid({"codes": NO_ITEM})
    return standard, [one for one in known if one in wanted]


def refuse_unable(area: int, accounts: Sequence[int], day: Any) -> None:
    """Invalid, for the field `assessors`, when one of them is no assessor for the community on the day."""
    lo, hi = places.range_of(area)
    if len(conflicts.assessors(lo, hi, day, accounts)) != len(set(accounts)):
        raise Invalid({"assessors": NO_ASSESSOR})


INSPECTION = Field("inspection", words("检查", "Inspection"), "integer", required=True, low=1)


@action("inspection.assign", words("指定测评员", "Name an assessor"), ability=OPENS, subject="inspection", finds=find_inspection, fields=(
    INSPECTION, Field("assessors", words("测评员", "Assessor"), "integer", required=True, low=1)))
def assign(call: Call) -> Done:
    """Fill what the inspection lacks: an assessor in the place of one who withdrew, or the third where two differ."""
    one, account = settling.locked(call.record.pk), call.given["assessors"]
    lacking = settling.vacancy(one)
    if not lacking:
        raise Conflict(NO_VACANCY, NO_VACANCY_REMEDY, code="no_vacancy")
    if Assessment.objects.filter(inspection=one, account=account).exists():
        raise Invalid({"assessors": WAS_THERE})
    refuse_unable(one.area, [account], clock.today())
    refuse_connected([account], one.area, one.day, rules_of(one.standard.content).years)
    made = Assessment.objects.create(area=one.area, inspection=one, account=account, is_third=lacking == settling.THIRD)
    told = {"inspection": one.pk, "is_third": made.is_third}
    return Done(quiet_area(call.actor, one.area), one.pk, told, told)


@action("inspection.release", words("撤下测评员", "Take an assessor off"), ability=OPENS, subject="inspection", finds=find_inspection, fields=(
    INSPECTION, Field("assessors", words("测评员", "Assessor"), "integer", required=True, low=1),
    Field("reason", words("理由", "Reason"), "long_text", required=True, limit=500)))
def release(call: Call) -> Done:
    """Take off an assessor who has not handed in; what he entered decides nothing. Somebody else has to be named."""
    inspection = settling.locked(call.record.pk)
    refuse_ended(inspection)
    one = Assessment.objects.filter(inspection=inspection, account=call.given["assessors"], withdrawn_at=None).first()
    if one is None:
        raise Invalid({"assessors": NO_ASSESSOR})
    if one.handed_in_at is not None:
        raise Conflict(HANDED_IN, ENDED_REMEDY, code="handed_in")
    one.withdrawn_at = call.recorded_at
    one.save(update_fields=["withdrawn_at"])
    state = settling.advance(inspection, call.recorded_at)
    return Done(settled_area(call.actor, inspection), inspection.pk, {"inspection": inspection.pk, "state": state})


@action("inspection.void", words("宣布检查无效", "Declare an inspection void"), ability=OPENS, subject="inspection", finds=find_inspection, fields=(
    INSPECTION, Field("reason", words("理由", "Reason"), "long_text", required=True, limit=500)))
def void(call: Call) -> Done:
    """End an inspection that did not take place as it should; nothing of it counts. A settled one stands."""
    inspection = settling.locked(call.record.pk)
    refuse_ended(inspection)
    inspection.state, inspection.void_reason = settling.VOID, call.given["reason"]
    inspection.save(update_fields=["state", "void_reason"])
    return Done(quiet_area(call.actor, inspection.area), inspection.pk, {"inspection": inspection.pk})


def refuse_ended(inspection: Inspection) -> None:
    """Conflict for an inspection that is settled or void."""
    if inspection.state not in settling.RUNNING:
        raise Conflict(ENDED, ENDED_REMEDY, code="ended")


def settled_area(actor: Actor, inspection: Inspection) -> int:
    """Where the line lies: in the community once it is settled, since its figures then follow; quietly before."""
    return inspection.area if inspection.state == settling.SETTLED else quiet_area(actor, inspection.area)


__all__ = ["ASSESS", "INSPECTION", "OPENS", "ROUTINE", "find_inspection", "quiet_area", "refuse_ended", "settled_area", "whole"]
