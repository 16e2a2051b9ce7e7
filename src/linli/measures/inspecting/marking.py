# SPDX-License-Identifier: MulanPSL-2.0
"""What an assessor does on site: declare himself free, enter item by item, note what is wrong, hand in once.

Nobody sees another's marks before the inspection is settled: nothing here answers or journals a mark in plain, and every reading of
marks goes through reading.py.
"""

from collections.abc import Mapping
from typing import Any

from linli.core import clock, evidence
from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, Invalid, NotAble, NotVisible
from linli.core.fields import Field
from linli.core.protection import Protection
from linli.core.sight import Actor
from linli.core.words import words
from linli.measures.inspecting import conflicts, settling
from linli.measures.inspecting.conflicts import ASSESS
from linli.measures.inspecting.ordering import INSPECTION, find_inspection, quiet_area, settled_area, whole
from linli.measures.inspecting.sheets import COUNT, MOST_WHOLE, POINTS, Item, items_of
from linli.measures.models import Assessment, Finding, Mark

MARK, FINDING = "mark", "finding"
"""What photos are attached to."""
MOST_FINDINGS = 50

NOT_NOW = words("这次检查现在不能填写。", "Nothing can be entered in this inspection now.")
NOT_NOW_REMEDY = words("已经提交或已经结束的，不能再改；没到检查日期的，请当天再填。",
                       "What was handed in or has ended stays as it is; before the day of the visit, come back on that day.")
DECLARE_FIRST = words("请先声明与这个社区有没有利害关系。", "First declare whether you are connected with this community.")
DECLARE_REMEDY = words("在检查表最上面声明，然后再填写。", "Declare it at the top of the sheet, then go on.")
SAY_WHICH = words("请写明是什么关系。", "Say what the connection is.")
UNKNOWN_ITEM = words("检查表里没有这一项。", "The sheet has no such item.")
UNKNOWN_CONDITION = words("标准里没有这一条必备条件。", "The standard has no such necessary condition.")
NEEDED = words("请填写这一项。", "Please fill this in.")
OUTSIDE = words("应在 0 到 {most} 之间。", "It must lie between 0 and {most}.")
MORE_THAN_SEEN = words("合格的不能比看过的多。", "No more can be right than were looked at.")
TOO_FEW = words("至少要看 {least} 个；社区里不够的，请在说明里写明。", "Look at {least} at least; if the community has fewer, say so in the note.")
NOTHING_LEFT_OUT = words("这一项不能填“没有”。", "This item cannot be answered with nothing of the kind.")
INCOMPLETE = words("还不能提交：{items}。", "Cannot be handed in yet: {items}.")
LACKS_MARK = words("“{name}”没有填", "{name} is not filled in")
LACKS_PHOTOS = words("“{name}”还差 {count} 张照片", "{name} lacks {count} photos")
MANY = words("问题最多 {most} 条。", "At most {most} findings.")


def find_share(actor: Actor, given: Mapping[str, Any]) -> Assessment:
    """The actor's own share in an inspection, with it; NotVisible when he has none or was taken off, NotAble for who is no assessor."""
    if not actor.may(ASSESS):
        find_inspection(actor, given)
        raise NotAble
    found: Assessment | None = Assessment.objects.visible_to(actor).select_related("inspection__standard").filter(
        inspection=whole(given, "inspection"), account=actor.account or 0, withdrawn_at=None).exclude(inspection__state=settling.VOID).first()
    if found is None:
        raise NotVisible
    return found


def asked(one: Assessment) -> tuple[Item, ...]:
    """The items that an assessor is asked: all of the inspection, or those in which the others differ."""
    inspection = one.inspection
    return items_of(inspection.standard.content, inspection.disputed if one.is_third else inspection.codes)


def is_open(one: Assessment) -> bool:
    """True while he may enter: not handed in, his turn, and the day has come."""
    turn = settling.THIRD if one.is_third else settling.OPEN
    return one.handed_in_at is None and one.withdrawn_at is None and one.inspection.state == turn and one.inspection.day <= clock.today()


def _refuse(one: Assessment) -> None:
    if one.declared_at is None:
        raise Conflict(DECLARE_FIRST, DECLARE_REMEDY, code="undeclared")
    if not is_open(one):
        raise Conflict(NOT_NOW, NOT_NOW_REMEDY, code="not_open")


def _held(call: Call) -> Assessment:
    """The share once more, under the lock of its inspection: what another transaction did meanwhile is seen."""
    inspection = settling.locked(call.record.inspection_id)
    found: Assessment = Assessment.objects.get(pk=call.record.pk)
    found.inspection = inspection
    return found


def _done(call: Call, one: Assessment, answer: Mapping[str, Any], *, is_new: bool = False) -> Done:
    return Done(quiet_area(call.actor, one.area), one.pk, {"inspection": one.inspection_id} | dict(answer), is_new=is_new)


@action("inspection.declare", words("声明利害关系", "Declare connections"), ability=ASSESS, subject="assessment", finds=find_share, fields=(
    INSPECTION, Field("conflict", words("与这个社区的关系", "My connection with this community"), "choice", required=True, choices=conflicts.CONNECTIONS),
    Field("text", words("具体是什么关系", "What connection"), "long_text", limit=500, protection=Protection.PERSONAL)))
def declare(call: Call) -> Done:
    """Say that nothing connects him with the community, or what does: then he is out and somebody else is named."""
    one, given = _held(call), call.given
    if one.handed_in_at is not None or one.withdrawn_at is not None or one.inspection.state not in settling.RUNNING:
        raise Conflict(NOT_NOW, NOT_NOW_REMEDY, code="not_open")
    is_free = given["conflict"] == conflicts.NONE
    if not is_free and not given["text"]:
        raise Invalid({"text": SAY_WHICH})
    one.declared_at, one.conflict, one.conflict_text = call.recorded_at, given["conflict"], "" if is_free else given["text"]
    one.withdrawn_at = None if is_free else call.recorded_at
    one.save(update_fields=["declared_at", "conflict", "conflict_text", "withdrawn_at"])
    if not is_free:
        settling.advance(one.inspection, call.recorded_at)
    done = _done(call, one, {"is_free": is_free})
    return Done(settled_area(call.actor, one.inspection), done.subject, done.answer)


def _item(one: Assessment, code: str) -> Item:
    found = next((each for each in asked(one) if each.code == code), None)
    if found is None:
        raise Invalid({"code": UNKNOWN_ITEM})
    return found


def checked(item: Item, given: Mapping[str, Any]) -> tuple[int, int, bool]:
    """Part, whole and whether there is nothing of the kind. Invalid with a sentence for what does not fit the item."""
    if given.get("is_absent"):
        if not item.has_absent:
            raise Invalid({"is_absent": NOTHING_LEFT_OUT})
        return 1, 1, True
    part, seen = given.get("part"), given.get("whole") if item.answer == COUNT else item.whole
    if part is None or seen is None:
        raise Invalid({name: NEEDED for name, value in (("part", part), ("whole", seen)) if value is None})
    if item.answer == COUNT and not 1 <= seen <= MOST_WHOLE:
        raise Invalid({"whole": OUTSIDE.format(most=MOST_WHOLE)})
    if not 0 <= part <= seen:
        raise Invalid({"part": MORE_THAN_SEEN if item.answer == COUNT else OUTSIDE.format(most=seen)})
    if item.answer == COUNT and seen < item.least and not given.get("note"):
        raise Invalid({"note": TOO_FEW.format(least=item.least)})
    return part, seen, False


@action("inspection.enter", words("填写检查项目", "Enter an item"), ability=ASSESS, subject="assessment", finds=find_share, fields=(
    INSPECTION, Field("code", words("项目", "Item"), "text", required=True, limit=20),
    Field("part", words("合格数或得分", "Right, or points"), "integer", protection=Protection.PERSONAL),
    Field("whole", words("看了多少", "Looked at"), "integer", protection=Protection.PERSONAL),
    Field("is_absent", words("社区里没有这类对象", "Nothing of the kind here"), "truth", protection=Protection.PERSONAL),
    Field("note", words("说明", "Note"), "long_text", limit=500, protection=Protection.PERSONAL),
    Field("evidence", words("照片", "Photos"), "evidence", limit=9)))
def enter(call: Call) -> Done:
    """Enter an item or change it, as long as it is not handed in. Photos are added to those that are there."""
    one, given = _held(call), call.given
    _refuse(one)
    item = _item(one, given["code"])
    part, seen, is_absent = checked(item, given)
    mark, _ = Mark.objects.update_or_create(assessment=one, code=item.code, defaults={
        "area": one.area, "part": part, "whole": seen, "is_absent": is_absent, "note": given["note"] or ""})
    evidence.attach(given["evidence"], area=one.area, subject_kind=MARK, subject=mark.pk, actor=call.actor, claim=call.device, vouched=call.vouched)
    return _done(call, one, {"code": item.code})


@action("inspection.find", words("记录发现的问题", "Note a finding"), ability=ASSESS, subject="assessment", finds=find_share, fields=(
    INSPECTION, Field("code", words("项目", "Item"), "text", required=True, limit=20),
    Field("condition", words("破坏的必备条件", "Necessary condition that it breaks"), "text", limit=12),
    Field("text", words("问题", "What is wrong"), "long_text", required=True, limit=500, protection=Protection.PERSONAL),
    Field("evidence", words("照片", "Photos"), "evidence", limit=9)))
def find(call: Call) -> Done:
    """Note what is wrong at an item, with photos, and the necessary condition that it breaks, if it does."""
    one, given = _held(call), call.given
    _refuse(one)
    item, condition = _item(one, given["code"]), given["condition"] or ""
    if condition and condition not in {each["code"] for each in one.inspection.standard.content.get("necessary", ())}:
        raise Invalid({"condition": UNKNOWN_CONDITION})
    if Finding.objects.filter(assessment=one, dropped_at=None).count() >= MOST_FINDINGS:
        raise Invalid({"text": MANY.format(most=MOST_FINDINGS)})
    made = Finding.objects.create(area=one.area, inspection=one.inspection, assessment=one, code=item.code, condition=condition, text=given["text"],
                                  evidence=given["evidence"] or [], found_at=call.recorded_at)
    evidence.attach(given["evidence"], area=one.area, subject_kind=FINDING, subject=made.pk, actor=call.actor, claim=call.device, vouched=call.vouched)
    return _done(call, one, {"finding": made.pk})


@action("inspection.drop_finding", words("撤回发现的问题", "Take a finding back"), ability=ASSESS, subject="assessment", finds=find_share, fields=(
    INSPECTION, Field("finding", words("问题", "Finding"), "integer", required=True, low=1)))
def drop_finding(call: Call) -> Done:
    """Take back a finding of one's own before handing in."""
    one = _held(call)
    _refuse(one)
    if not Finding.objects.filter(assessment=one, pk=call.given["finding"], dropped_at=None).update(dropped_at=call.recorded_at):
        raise NotVisible
    return _done(call, one, {"finding": call.given["finding"]})


@action("inspection.hand_in", words("提交检查表", "Hand the sheet in"), ability=ASSESS, subject="assessment", finds=find_share, fields=(INSPECTION,))
def hand_in(call: Call) -> Done:
    """Hand in once. The last one to do so lets the inspection go on: to a third assessor where they differ, or to be settled."""
    one = _held(call)
    _refuse(one)
    if lacking := lacks(one):
        raise Invalid({"inspection": INCOMPLETE.format(items=_listed(lacking))})
    one.handed_in_at = call.recorded_at
    one.save(update_fields=["handed_in_at"])
    state = settling.advance(one.inspection, call.recorded_at)
    return Done(settled_area(call.actor, one.inspection), one.pk, {"inspection": one.inspection_id, "is_settled": state == settling.SETTLED})


def lacks(one: Assessment) -> list[Any]:
    """Sentences about what is missing before a share can be handed in; two queries."""
    marks = {each.code: each for each in Mark.objects.filter(assessment=one)}
    photos: dict[int, int] = {}
    for subject in evidence.rows_of(MARK, *(each.pk for each in marks.values())).values_list("subject", flat=True):
        photos[subject or 0] = photos.get(subject or 0, 0) + 1
    found = list[Any]()
    for item in asked(one):
        mark = marks.get(item.code)
        short = item.photos - photos.get(mark.pk, 0) if mark and not mark.is_absent else 0
        if mark is None:
            found.append(LACKS_MARK.format(name=item.words))
        elif short > 0:
            found.append(LACKS_PHOTOS.format(name=item.words, count=short))
    return found


def _listed(sentences: list[Any]) -> Any:
    whole_text = sentences[0]
    for each in sentences[1:]:
        whole_text = whole_text + words("；", "; ") + each
    return whole_text


__all__ = ["ASSESS", "COUNT", "POINTS", "asked", "find_share", "is_open", "lacks"]
