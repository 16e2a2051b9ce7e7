# SPDX-License-Identifier: MulanPSL-2.0
"""The sheet of an assessor, made for a phone on site: declare, item by item with photos, findings, hand in once. He sees his own entries and nobody else's."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse

from linli.core import clock
from linli.core.actions import run
from linli.core.faults import NotVisible
from linli.core.fields import Field
from linli.core.sight import Actor, looking, of_post
from linli.core.words import Words, words
from linli.doors import files, flash
from linli.doors.generated import Form, submit
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.elements import places
from linli.measures.inspecting import marking, reading
from linli.measures.inspecting.conflicts import ASSESS
from linli.measures.inspecting.sheets import COUNT, YES_NO, Item
from linli.measures.models import Assessment, Mark

YES, NO = words("是", "Yes"), words("否", "No")
TAKEN_BACK = words("已撤回这条问题。", "The finding is taken back.")


def _share(actor: Actor, inspection: int) -> Assessment:
    return marking.find_share(actor, {"inspection": inspection})


@able(ASSESS)
def sheet(request: HttpRequest, inspection: int) -> HttpResponse:
    """The whole sheet: what is done, what is missing, and handing in; the declaration first."""
    actor, address = actor_of(request), reverse("desk:inspection_sheet", args=[inspection])
    with looking(of_post(actor), read_only=True):
        share = _share(actor, inspection)
    needs_word = share.declared_at is None
    sent = submit(request, _form(inspection, address, needs_word))
    if sent.response:
        return sent.response
    with looking(of_post(actor), read_only=True):
        own, items, lacking = reading.own_sheet(share), marking.asked(share), marking.lacks(share)
        return render(request, "desk/inspection_sheet.html", {
            "share": share, "place": places.find_place(share.area), "form": sent.form, "needs_word": needs_word, "is_open": marking.is_open(share),
            "is_early": share.inspection.day > clock.today(), "lacking": lacking, "done": sum(1 for one in items if one.code in own.marks), "count": len(items),
            "items": [_row(one, own, inspection) for one in items], "findings": [_finding(one, items) for one in own.findings],
            "finding_href": reverse("desk:inspection_finding", args=[inspection]), "drop_href": reverse("desk:inspection_drop", args=[inspection])}, status=sent.status)


def _form(inspection: int, address: str, needs_word: bool) -> Form:
    if needs_word:
        return Form("inspection.declare", fixed={"inspection": inspection}, submit=words("声明", "Declare"),
                    to=lambda answer: address if answer["is_free"] else reverse("desk:inspections"))
    return Form("inspection.hand_in", fixed={"inspection": inspection}, submit=words("提交检查表", "Hand the sheet in"), to=address)


def _row(item: Item, own: reading.OwnSheet, inspection: int) -> dict[str, Any]:
    mark = own.marks.get(item.code)
    return {"item": item, "mark": mark, "photos": [files.photo_of(one) for one in own.photos.get(mark.pk, ())] if mark else [],
            "href": reverse("desk:inspection_item", args=[inspection, item.code])}


def _finding(one: reading.SettledFinding, items: tuple[Item, ...]) -> dict[str, Any]:
    name = next((each.words for each in items if each.code == one.finding.code), one.finding.code)
    return {"number": one.finding.pk, "text": one.finding.text, "item": name, "condition": one.finding.condition, "photos": [files.photo_of(each) for each in one.photos]}


@able(ASSESS)
def item(request: HttpRequest, inspection: int, code: str) -> HttpResponse:
    """One item to be entered or changed; leads on to the next that is missing. NotVisible for an item that he is not asked."""
    actor, address = actor_of(request), reverse("desk:inspection_sheet", args=[inspection])
    with looking(of_post(actor), read_only=True):
        share = _share(actor, inspection)
        items = {one.code: one for one in marking.asked(share)}
        own = reading.own_sheet(share)
    if code not in items:
        raise NotVisible
    if not marking.is_open(share) or share.declared_at is None:
        return redirect(address)
    mark = own.marks.get(code)
    following = next((one for one in items if one not in own.marks and one != code), None)
    sent = submit(request, Form(
        "inspection.enter", _fields(items[code]), {"inspection": inspection, "code": code}, initial=_initial(items[code], mark), submit=words("保存这一项", "Save this item"),
        draft=f"inspection-{inspection}-{code}", to=reverse("desk:inspection_item", args=[inspection, following]) if following else address,
        done=words("已保存。提交前都可以改。", "Saved. It can be changed until you hand in.")))
    if sent.response:
        return sent.response
    return render(request, "desk/inspection_item.html", {
        "item": items[code], "form": sent.form, "back": address, "place": places.find_place(share.area), "position": list(items).index(code) + 1, "count": len(items),
        "mark": mark, "photos": [files.photo_of(one) for one in own.photos.get(mark.pk, ())] if mark else []}, status=sent.status)


def _fields(item: Item) -> tuple[Field, ...]:
    is_needed = not item.has_absent
    found: list[Field] = []
    if item.answer == COUNT:
        found += [Field("whole", words("看了多少个", "How many were looked at"), "integer", required=is_needed, low=0, high=1_000_000),
                  Field("part", words("其中合格（亮着）的", "Of these right (lit)"), "integer", required=is_needed, low=0, high=1_000_000)]
    elif item.answer == YES_NO:
        found.append(Field("part", words("是否达到", "Is it so"), "choice", required=is_needed, choices=(("1", YES), ("0", NO))))
    else:
        found.append(Field("part", words("得分（满分 {whole}）", "Points (of {whole})").format(whole=item.whole), "integer", required=is_needed, low=0, high=item.whole))
    if item.has_absent:
        found.append(Field("is_absent", words("社区里没有这类对象", "Nothing of the kind in this community"), "truth"))
    return (*found, Field("note", words("说明", "Note"), "long_text", limit=500), Field("evidence", words("照片", "Photos"), "evidence", limit=9, help=_photos(item)))


def _photos(item: Item) -> Words | None:
    if item.photo_words is None:
        return None
    return words("至少 {count} 张：{what}。", "{count} at least: {what}.").format(count=item.photos, what=item.photo_words) if item.photos else item.photo_words


def _initial(item: Item, mark: Mark | None) -> dict[str, object]:
    if mark is None:
        return {}
    if mark.is_absent:
        return {"is_absent": True, "note": mark.note}
    return {"part": mark.part, "note": mark.note} | ({"whole": mark.whole} if item.answer == COUNT else {})


@able(ASSESS)
def finding(request: HttpRequest, inspection: int) -> HttpResponse:
    """Note what is wrong, with photos and the necessary condition that it breaks."""
    actor, address = actor_of(request), reverse("desk:inspection_sheet", args=[inspection])
    with looking(of_post(actor), read_only=True):
        share = _share(actor, inspection)
        items = marking.asked(share)
    if not marking.is_open(share) or share.declared_at is None:
        return redirect(address)
    conditions = [(row["code"], words(row["zh"], row["en"])) for row in share.inspection.standard.content.get("necessary", ())]
    fields = (
        Field("code", words("哪个项目", "Item"), "choice", required=True, choices=[(one.code, one.words) for one in items]),
        Field("text", words("问题", "What is wrong"), "long_text", required=True, limit=500, help=words("写事实和地点，不写人。", "Facts and the place, no persons.")),
        Field("condition", words("是否破坏必备条件", "Necessary condition that it breaks"), "choice", choices=[("", words("没有", "None")), *conditions]),
        Field("evidence", words("照片", "Photos"), "evidence", limit=9))
    sent = submit(request, Form("inspection.find", fields, {"inspection": inspection}, submit=words("记下这个问题", "Note it"), to=address, draft=f"finding-{inspection}"))
    if sent.response:
        return sent.response
    return render(request, "desk/form.html", {"form": sent.form, "title": words("发现的问题", "Finding"), "back": address}, status=sent.status)


@able(ASSESS)
def drop(request: HttpRequest, inspection: int) -> HttpResponse:
    """Take a finding back; leads to the sheet."""
    address = reverse("desk:inspection_sheet", args=[inspection])
    if request.method != "POST":
        return redirect(address)
    run("inspection.drop_finding", actor_of(request), {"inspection": inspection, "finding": request.POST.get("finding", "")}, device=request.device)  # type: ignore[attr-defined]
    return flash.redirect(request, address, TAKEN_BACK)


ADDRESSES = [
    path("inspections/<int:inspection>/sheet", sheet, name="inspection_sheet"),
    path("inspections/<int:inspection>/sheet/finding", finding, name="inspection_finding"),
    path("inspections/<int:inspection>/sheet/drop", drop, name="inspection_drop"),
    path("inspections/<int:inspection>/sheet/item/<str:code>", item, name="inspection_item"),
]
