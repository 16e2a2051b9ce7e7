# SPDX-License-Identifier: MulanPSL-2.0
"""The category aid on the desk: beside a report that waits, how well it does with the records behind each figure, and its synonyms."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import urlencode

from linli.core import clock
from linli.core.actions import find_action
from linli.core.faults import NotVisible
from linli.core.fields import Field
from linli.core.sight import Actor, looking, of_post
from linli.core.words import Words, words
from linli.desk import moves
from linli.desk.asides import beside
from linli.desk.rows import rows_of
from linli.doors import generated
from linli.doors.generated import Form
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.matters import categories
from linli.matters.actions.categorising import ACTION
from linli.matters.aid import learning, measuring, proposing, synonyms
from linli.matters.aid.measuring import Accuracy
from linli.matters.kinds import Kind
from linli.matters.models import Matter
from linli.matters.stories import Story

MOST = 50
SHOWN = 15
SILENT = words("没有建议", "no proposal")
GONE = words("已不存在的类别", "a category that is gone")
CHOSEN = words("类别已改；上报人看到的类别也随之更新。", "The category is changed; the reporter sees it too.")
PUBLISHED = words("已发布第 {number} 版，稍后按新词重新学习。", "Version {number} is published; the aid learns anew with it shortly.")


def _choices(one: Field, kind: Kind, matter: Matter) -> Field:
    """The categories in force of the same kind, in their groups' order."""
    found = [row for row in categories.in_force(clock.today()) if row.kind == kind.name and row.pk != matter.category_id]
    return replace(one, kind="choice", choices=[(str(row.pk), _grouped(row.group_zh, row.group_en) + categories.words_of(row)) for row in found])


def _grouped(zh: str, en: str) -> Words:
    return words(f"{zh} · ", f"{en or zh} · ") if zh else words(" ", " ")


moves.offer(ACTION, done=CHOSEN, icon="edit", fitted={"category": _choices})


@beside(20, "desk/asides/proposals.html")
def proposals(request: HttpRequest, actor: Actor, story: Story) -> Mapping[str, Any] | None:
    """What the aid makes of the reporter's words, as long as somebody has to file it."""
    matter = story.matter
    if matter.phase != "captured" or not actor.may("matter.file"):
        return None
    found = proposing.propose(matter.summary, public_only=False)
    rows = [{"label": one.words, "reason": one.reason, "is_chosen": one.category.pk == matter.category_id, "is_other_kind": one.category.kind != matter.kind}
            for one in found]
    return {"rows": rows, "move": f"#move-{ACTION}"}


@able("aid.see")
def accuracy(request: HttpRequest) -> HttpResponse:
    """How often the aid was right on matters that were confirmed after it had learnt: by month, by category, and what it mixes up."""
    months = measuring.by_month()
    whole, since = measuring.whole(months), months[0][0] if months else clock.today()
    names = _Names()
    actor = actor_of(request)
    by_category = measuring.by_category(since)
    return render(request, "desk/categories.html", {
        "lesson": learning.present(), "list": synonyms.present(), "whole": _shares(whole), "months": [{"month": f"{month:%Y-%m}", **_shares(one)} for month, one in months],
        "trend": _trend(months), "rows": [{"label": names.of(category), "href": _records(category), **_shares(one)} for category, one in by_category[:SHOWN]],
        "more": max(len(by_category) - SHOWN, 0), "worst": [{
            "confirmed": names.of(one.confirmed), "first": names.of(one.first) if one.first else SILENT, "matters": one.matters,
            "href": _records(one.confirmed, one.first or 0)} for one in measuring.worst(since)],
        "may_manage": actor.may("category.manage"), "may_open": actor.may("matter.see"), "days": settings.AID_DAYS, "least": settings.AID_LEAST_MATTERS,
        "places": settings.AID_LEAST_PLACES})


class _Names:
    """Names of categories of every version, from memory."""

    def of(self, number: int) -> Words:
        """The name; a sentence where the category is gone."""
        found = categories.loaded(number)
        return categories.words_of(found) if found else GONE


def _records(confirmed: int, first: int | None = None) -> str:
    address = reverse("desk:category_records", args=[confirmed])
    return f"{address}?{urlencode({'first': first})}" if first is not None else address


def _shares(one: Accuracy) -> dict[str, Any]:
    """Shares as exact fractions; None where nothing was measured."""
    def share(part: int) -> Fraction | None:
        return Fraction(part, one.matters) if one.matters else None

    return {"matters": one.matters, "top1": share(one.top1), "top3": share(one.top3), "floor": share(one.floor), "silent": share(one.silent),
            "hits": one.top3, "firsts": one.top1, "floors": one.floor, "silents": one.silent}


def _trend(months: Sequence[tuple[date, Accuracy]]) -> dict[str, Any] | None:
    """The line of hits among three by month in units of the picture; None below two months."""
    known = [(month, Fraction(one.top3, one.matters)) for month, one in months if one.matters]
    if len(known) < 2:
        return None
    step = 152 / (len(known) - 1)
    points = [(f"{4 + number * step:.1f}", f"{4 + 36 * (1 - float(share)):.1f}") for number, (_, share) in enumerate(known)]
    said = "，".join(f"{month:%Y-%m} {100 * share.numerator // share.denominator}%" for month, share in known)
    return {"paths": ["M" + " L".join(",".join(one) for one in points)], "dots": [points[-1]], "text": words(f"前三命中：{said}", f"Among three: {said}"),
            "width": 160, "height": 44}


@able("aid.see")
def records(request: HttpRequest, confirmed: int) -> HttpResponse:
    """The matters behind a figure, within the range of the post. NotVisible for a category that does not exist."""
    actor, asked = actor_of(request), request.GET.get("first", "")
    found = categories.loaded(confirmed)
    if found is None or not actor.may("matter.see"):
        raise NotVisible
    first = int(asked) if asked.isdecimal() and len(asked) < 18 else None
    names = _Names()
    with looking(of_post(actor), read_only=True):
        trials = measuring.records(actor, confirmed, first, MOST)
        rows = [{"matter": row, "place": one.place, "proposed": [names.of(each) for each in one.proposed]}
                for row, one in zip(rows_of([one.matter for one in trials]), trials, strict=True)]
        return render(request, "desk/category_records.html", {
            "label": categories.words_of(found), "rows": rows, "is_full": len(rows) == MOST, "most": MOST,
            "first": None if first is None else names.of(first) if first else SILENT})


@able("category.manage")
def synonym_list(request: HttpRequest) -> HttpResponse:
    """The synonyms as one text, published as the next version."""
    held, action = synonyms.present(), find_action("category.publish_synonyms")
    form = Form(action.name, None, {}, {"text": held.text if held else ""}, submit=action.words, to=reverse("desk:synonyms"),
                done=PUBLISHED.format(number=held.number + 1 if held else 1), draft="desk.synonyms")
    sent = generated.submit(request, form)
    if sent.response is not None:
        return sent.response
    asked = request.GET.get("number", "")
    old = synonyms.numbered(int(asked)) if asked.isdecimal() and len(asked) < 9 else None
    return render(request, "desk/synonyms.html", {"form": sent.form, "list": held, "versions": synonyms.versions(), "example": synonyms.EXAMPLE, "old": old},
                  status=sent.status)


ADDRESSES = (
    path("categories/", accuracy, name="categories"),
    path("categories/<int:confirmed>/", records, name="category_records"),
    path("categories/synonyms", synonym_list, name="synonyms"),
)
