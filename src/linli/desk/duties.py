# SPDX-License-Identifier: MulanPSL-2.0
"""The list of duties on the desk: what is whose by the list in force, how often each entry was cited, and a new version."""

from datetime import timedelta
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from linli.core import clock
from linli.core.sight import Actor, looking, of_post
from linli.core.words import words
from linli.doors import generated
from linli.doors.generated import Form
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.elements import directories, places
from linli.matters import categories, duties, numbers
from linli.matters.models import Citation
from linli.ui.forms import BoundForm

SEE = "matter.see"
YEAR = timedelta(days=365)
MOST = 100
DONE = words("已导入，从生效日期起按新清单。", "Loaded; it holds from its day on.")
TITLES = {"matter.refuse": words("不予受理", "Not accepted"), "matter.return": words("单位退回", "Returned by a unit"),
          "matter.return_order": words("退回 12345", "Back to the hotline")}


def _form() -> Form:
    return Form("duty.load", initial={"valid_from": clock.today().isoformat()}, submit=words("导入新版本", "Load a new version"), done=DONE,
                address=reverse("desk:duties_load"), to=reverse("desk:duties"), prefix="du-")


@able(SEE)
def page(request: HttpRequest) -> HttpResponse:
    """The list that holds at the post's place, with how often each entry was cited in a year."""
    return _page(request)


@able("duty.edit")
def load(request: HttpRequest) -> HttpResponse:
    """A new version is loaded."""
    if request.method != "POST":
        return _page(request)
    sent = generated.submit(request, _form())
    return sent.response if sent.response is not None else _page(request, sent.form, sent.status)


def _page(request: HttpRequest, form: BoundForm | None = None, status: int = 200) -> HttpResponse:
    actor = actor_of(request)
    place = places.find_place(actor.lo)
    with looking(of_post(actor), read_only=True):
        listed = duties.list_for(actor.lo)
        counted = {(row["list_name"], row["code"]): row["count"] for row in _cited(actor).values("list_name", "code").annotate(count=Count("id"))}
        here = [{"duty": one, "whose": duties.WHOSE[one.whose], "count": counted.pop((listed.name, one.code), 0)} for one in listed.entries]
        return render(request, "desk/duties.html", {
            "listed": listed, "entries": here, "earlier": [{"name": name, "code": code, "count": count} for (name, code), count in sorted(counted.items())],
            "versions": duties.versions_of(actor.lo), "headings": "编号,事项,依据,职责归属,责任单位",
            "form": (form or generated.unsent(request, _form())) if actor.may("duty.edit") and place and place.level in ("street", "district") else None,
        }, status=status)


def _cited(actor: Actor) -> Any:
    return Citation.objects.visible_to(actor).filter(at__gte=clock.now() - YEAR)


@able(SEE)
def cited(request: HttpRequest) -> HttpResponse:
    """The records behind a count: the matters that were refused or returned by this entry in the last year, newest first."""
    actor = actor_of(request)
    code, name = request.GET.get("code", "")[:40], request.GET.get("list", "")[:120]
    with looking(of_post(actor), read_only=True):
        found = list(_cited(actor).filter(code=code, list_name=name).select_related("matter__category").order_by("-at", "-id")[:MOST])
        units = directories.unit_names([one.unit for one in found])
        rows = [{"number": numbers.number_of(one.matter_id), "category": categories.words_of(one.matter.category), "at": one.at, "what": TITLES[one.action],
                 "unit": units.get(one.unit or 0, ""), "responsible": one.responsible} for one in found]
        return render(request, "desk/duties_cited.html", {"code": code, "text": found[0].text if found else "", "rows": rows, "most": MOST})
