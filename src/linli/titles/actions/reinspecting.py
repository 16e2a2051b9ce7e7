# SPDX-License-Identifier: MulanPSL-2.0
"""Actions of a re-inspection up to its outcome: an unannounced inspection by a third party, then kept, or circulated inside the offices."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from linli.core import clock
from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, Invalid, NotAble, NotVisible
from linli.core.fields import Field
from linli.core.sight import Actor
from linli.core.words import words
from linli.elements import places
from linli.elements.models import Post
from linli.measures.inspecting import conflicts, opening, ordering
from linli.measures.inspecting.opening import Outcome
from linli.measures.models import Assessment, StandardVersion
from linli.measures.standards import sheet_on
from linli.titles.after import cases
from linli.titles.after.cases import CASE, LEADS, VERSION, finds, last_day, locked, stand, step
from linli.titles.creation.visits import codes_of
from linli.titles.kinds import kind_named
from linli.titles.models import RectificationItem, Reinspection, ReinspectionStep, Title

FIRST, AGAIN = "reinspection", "recheck"
"""Occasions of an inspection: the re-inspection itself, and the re-check of a rectification."""
MOST_ITEMS = 40
OWN_GROUND = words("“{name}”在这个社区或所在街镇任职，不能作为第三方测评。", "{name} holds a post in this community or its street and is no third party.")
NO_SHEET = words("还没有发布的标准，不能开展现场检查。", "No standard is published; nothing can be inspected.")
NO_SHEET_REMEDY = words("请先发布一版标准。", "Publish a standard first.")
NOT_SETTLED = words("现场检查还没有评完，不能下结论。", "The inspection is not settled; nothing can be concluded yet.")
NOT_SETTLED_REMEDY = words("请等全部测评员交卷、差异裁定以后再办。", "Wait until all assessors have handed in and differences are decided.")
BROKEN = words("检查发现必备条件没有满足（{codes}），不能直接保留称号。", "The inspection found a necessary condition unmet ({codes}); the title cannot simply be kept.")
UNCURED = words("还有 {count} 项整改没有认定为已改好，不能保留称号。", "{count} items are not judged as cured; the title cannot be kept.")
KEEP_REMEDY = words("请发通报要求整改，或者提出撤销。", "Circulate it for rectification, or propose the revocation.")
NO_ITEMS = words("请至少写一项整改事项，每行一项。", "Write at least one item, one a line.")
MANY_ITEMS = words("一次通报最多 {most} 项，现在有 {found} 项。", "A circular has at most {most} items; this one has {found}.")
LONG_ITEM = words("第 {line} 项超过 500 个字，请缩短。", "Item {line} has over 500 characters; please shorten it.")
NOT_BORNE = words("这个社区现在没有这个称号。", "The community does not bear this title now.")
RUNNING = words("这个称号已经在再巡查。", "This title is being re-inspected already.")
RUNNING_REMEDY = words("请打开正在进行的再巡查。", "Open the re-inspection that is under way.")
ASSESSORS = Field("assessors", words("测评员（至少两名）", "Assessors (two at least)"), "choices", required=True, choices=conflicts.choices, is_live=True,
                  help=words("第三方人员：岗位范围包含本社区，不在本社区和所在街镇任职，也没有参与过这次再巡查。",
                             "Third parties whose post covers the community: no post in it or its street, no earlier part in this re-inspection."))


def find_title(actor: Actor, given: Mapping[str, Any]) -> Title:
    """The title of a number within the sight. NotVisible otherwise."""
    text = str(given.get("title", ""))
    found = Title.objects.visible_to(actor).filter(pk=int(text)).select_related("batch").first() if text.isdecimal() and len(text) < 19 else None
    if not isinstance(found, Title):
        raise NotVisible
    return found


def _title_for(actor: Actor, given: Mapping[str, Any]) -> Title:
    if not actor.may(LEADS) and actor.hi > actor.lo:
        raise NotAble
    return find_title(actor, given)


@action("title.order_reinspection", words("安排一次再巡查", "Order a re-inspection"), ability=LEADS, subject="reinspection", finds=_title_for, fields=(
    Field("title", words("称号", "Title"), "integer", required=True, low=1),
    Field("why", words("为什么现在再巡查", "Why now"), "long_text", required=True, limit=500)))
def order(call: Call) -> Done:
    """Outside the yearly draw: a sign or a report asks for a look at once. Its line of the journal lies at the level that orders, not in the community."""
    title = call.record
    if title.revoked_on is not None:
        raise Conflict(NOT_BORNE, RUNNING_REMEDY, code="not_borne")
    if Reinspection.objects.filter(title=title).exclude(state__in=("kept", "restored", "final", "revoked")).exists():
        raise Conflict(RUNNING, RUNNING_REMEDY, code="running")
    today = clock.today()
    held = Reinspection.objects.create(area=title.area, title=title, kind=title.kind, year=today.year, opened_at=call.recorded_at,
                                       due_on=last_day(kind_named(title.kind), "reinspection_days", today))
    ReinspectionStep.objects.create(area=held.area, case=held, step="drawn", text=call.given["why"], at=call.recorded_at)
    return Done(call.actor.lo, held.pk, {"reinspection": held.pk}, is_new=True)


def assessors_of(held: Reinspection, named: Iterable[str], day: date) -> list[int]:
    """The accounts that are named. Invalid when one is no assessor for the community on the day, or holds a post in it or its street."""
    accounts = sorted({int(one) for one in named})
    ordering.refuse_unable(held.area, accounts, day)
    place = places.place_by_area(held.area)
    street = places.place_by_area(place.parent) if place.parent is not None else place
    today = clock.today()
    inside = Post.objects.filter(account__in=accounts, place__lo__gte=street.lo, place__hi__lte=street.hi, valid_from__lte=today).exclude(
        valid_to__lte=today).order_by("account__name").values_list("account__name", flat=True).first()
    if inside is not None:
        raise Invalid({"assessors": OWN_GROUND.format(name=inside)})
    return accounts


def inspect(call: Call, held: Reinspection, occasion: str, side: str, day: date) -> None:
    """Open an inspection of all items that need eyes on site, by assessors on their own side of the case. The re-check alone is announced: the community waits for it."""
    sheet = sheet_on(day)
    if sheet is None:
        raise Conflict(NO_SHEET, NO_SHEET_REMEDY, code="no_standard")
    standard = StandardVersion.objects.get(pk=sheet.id)
    accounts = assessors_of(held, call.given["assessors"], day)
    if len(accounts) < opening.FEWEST:
        raise Invalid({"assessors": opening.TOO_FEW.format(fewest=opening.FEWEST)})
    stand(held, side, accounts)
    opening.begin(call, area=held.area, occasion=occasion, standard=standard, codes=codes_of(standard), assessors=accounts, day=day,
                  reference=held.pk, is_announced=occasion == AGAIN)


def outcome_of(held: Reinspection, occasion: str) -> Outcome | None:
    """What the latest inspection of a case came to; None while none was opened."""
    found = opening.outcomes(occasion, [held.pk]).get(held.pk, [])
    return found[-1] if found else None


def settled(held: Reinspection, occasion: str, side: str) -> Outcome:
    """The settled outcome. Conflict while it is open; NotAble when one who assessed (a third one included) stands on another side of the case."""
    found = outcome_of(held, occasion)
    if found is None or not found.is_settled:
        raise Conflict(NOT_SETTLED, NOT_SETTLED_REMEDY, code="not_settled")
    stand(held, side, Assessment.objects.filter(inspection=found.inspection).values_list("account", flat=True))
    return found


@action("title.begin_reinspection", words("开始暗访", "Begin the unannounced visit"), ability=LEADS, subject="reinspection", finds=finds(LEADS), fields=(
    CASE, VERSION, ASSESSORS, Field("day", words("哪天去", "On which day"), "day")))
def begin(call: Call) -> Done:
    """Send a third party, unannounced: the community learns of it by what comes of it, so the line of the journal lies at the level that sends."""
    held = locked(call, "drawn")
    day = call.given["day"] or clock.today()
    step(call, held, "lead", "begun", day=day)
    inspect(call, held, FIRST, "assess", day)
    cases.move(call, held, "inspecting", held.due_on)
    return Done(call.actor.lo, held.pk, {"reinspection": held.pk, "version": held.version})


@action("title.keep", words("保留称号", "Keep the title"), ability=LEADS, subject="reinspection", finds=finds(LEADS), fields=(
    CASE, VERSION, Field("reason", words("结论", "Conclusion"), "long_text", required=True, limit=1000)))
def keep(call: Call) -> Done:
    """Nothing stands against the title: after the re-inspection, or after a re-check in which every item was cured."""
    held = locked(call, "inspecting", "recheck")
    found = settled(held, AGAIN if held.state == "recheck" else FIRST, "recheck" if held.state == "recheck" else "assess")
    if found.broken:
        raise Conflict(BROKEN.format(codes="、".join(found.broken)), KEEP_REMEDY, code="condition_broken")
    left = RectificationItem.objects.filter(case=held).exclude(is_cured=True).count()
    if left:
        raise Conflict(UNCURED.format(count=left), KEEP_REMEDY, code="uncured")
    step(call, held, "lead", "kept", text=call.given["reason"])
    cases.move(call, held, "kept")
    return Done(held.area, held.pk, {"reinspection": held.pk, "version": held.version})


@action("title.circulate", words("发通报，要求整改", "Circulate it and ask for rectification"), ability=LEADS, subject="reinspection", finds=finds(LEADS), fields=(
    CASE, VERSION,
    Field("document_no", words("通报文号", "Number of the circular"), required=True, limit=60),
    Field("text", words("通报内容（只在机关内部）", "Text of the circular (inside the offices only)"), "long_text", required=True, limit=2000),
    Field("items", words("整改事项（每行一项）", "Items to be put right (one a line)"), "long_text", required=True, limit=8000)))
def circulate(call: Call) -> Done:
    """The circular goes out inside the offices, and the limit of the rectification begins."""
    held = locked(call, "inspecting")
    settled(held, FIRST, "assess")
    items, today = items_of(call.given["items"]), clock.today()
    held.circular_no, held.circulated_on = call.given["document_no"], today
    step(call, held, "lead", "circulated", text=call.given["text"], document_no=held.circular_no, day=today)
    RectificationItem.objects.bulk_create([RectificationItem(area=held.area, case=held, text=one) for one in items])
    cases.move(call, held, "rectifying", last_day(cases.kind_of(held), "rectification_days", today))
    return Done(held.area, held.pk, {"reinspection": held.pk, "version": held.version, "due_on": held.due_on.isoformat() if held.due_on else ""}, {"items": items})


def items_of(text: str) -> Sequence[str]:
    """The items of a circular, one a line. Invalid when there is none, or one is too long."""
    found = [one.strip() for one in text.splitlines() if one.strip()]
    if not found:
        raise Invalid({"items": NO_ITEMS})
    if len(found) > MOST_ITEMS:
        raise Invalid({"items": MANY_ITEMS.format(most=MOST_ITEMS, found=len(found))})
    for line, one in enumerate(found, 1):
        if len(one) > 500:
            raise Invalid({"items": LONG_ITEM.format(line=line)})
    return found
