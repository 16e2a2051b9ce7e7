# SPDX-License-Identifier: MulanPSL-2.0
"""Publicity and naming on the desk: the list that goes public, its objections, the naming, and the document to print."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse

from linli.core import calendar_store, clock
from linli.core.faults import NotVisible
from linli.core.sight import looking, of_post
from linli.core.words import words
from linli.desk import applications, creating
from linli.desk.creating import answered, demonstration, status_of, tried
from linli.doors.generated import Form
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.elements import places
from linli.titles.creation import publicising, showing
from linli.titles.creation.moving import PLANS, REVIEWS_DISTRICT, SEES, find_batch, kind_of, limit
from linli.titles.creation.publics import batch_words
from linli.titles.models import Application

SHOWN = words("公示已经开始，到 {until} 结束；谁也不能提前结束。", "The publicity runs until {until}; nobody can end it early.")
NAMED = words("已命名 {named} 个社区，文号 {document_no}。", "{named} communities are named by {document_no}.")


@able(PLANS, REVIEWS_DISTRICT)
def publicity(request: HttpRequest, title_batch: int) -> HttpResponse:
    """The shortlist, its publicity and objections, and the naming when all that is over."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        held = find_batch(actor, {"title_batch": title_batch})
    here, fixed, forms = reverse("desk:creation_publicity", args=[held.pk]), {"title_batch": held.pk, "version": held.version}, dict[str, Form]()
    if actor.may(PLANS):
        with looking(of_post(actor), read_only=True):
            waiting = Application.objects.visible_to(actor).filter(batch=held, state="shortlisted").exists()
        if waiting and held.state in ("assessing", "publicity"):
            forms["show"] = Form("title.open_publicity", (), fixed, submit=words("开始公示", "Open the publicity"), done=SHOWN, to=here, address="?do=show")
        if held.state == "publicity":
            forms["name"] = Form("title.name_batch", None, fixed, submit=words("命名", "Name"), done=NAMED, to=here, address="?do=name")
    sent = tried(request, forms)
    if response := answered(sent):
        return response
    with looking(of_post(actor), read_only=True):
        lists = showing.lists_of(held)
        today, is_over = clock.today(), bool(lists) and clock.now() >= max(one.ends_at for one in lists)
        planned = publicising.span(today, limit(held, "publicity_days").number, limit(held, "publicity_working_days").number, calendar_store.calendar())
        found = showing.objections_of(actor, held)
        objections = [{"held": one, "place": places.place_by_area(one.area), "is_late": not one.outcome and one.due_on < today} for one in found]
        rows = showing.rows_of(actor, held, most=showing.MOST, states=("shortlisted", "publicity", "named"))
        return render(request, "desk/creation_publicity.html", {
            "batch": held, "title": batch_words(held), "lists": lists, "is_over": is_over, "planned": planned, "objections": objections,
            "open_objections": sum(not one.outcome for one in found), "rows": rows,
            "show": sent["show"].form if "show" in sent else None, "name": sent["name"].form if "name" in sent else None, "days": limit(held, "publicity_days"),
            "working_days": limit(held, "publicity_working_days"), "demonstration": demonstration([held])}, status=status_of(sent))


@able(SEES)
def document(request: HttpRequest, title_batch: int) -> HttpResponse:
    """The naming document with the list of plaques, to print. NotVisible before the naming."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        held = find_batch(actor, {"title_batch": title_batch})
        if held.state != "named":
            raise NotVisible
        rows = showing.rows_of(actor, held, most=showing.MOST, states=("named",))
        return render(request, "desk/creation_document.html", {"batch": held, "title": batch_words(held), "kind": kind_of(held), "rows": rows,
                                                               "demonstration": demonstration([held])})


ADDRESSES = [
    path("creation/", creating.hub, name="creation"),
    path("creation/<int:title_batch>/", creating.batch, name="creation_batch"),
    path("creation/<int:title_batch>/split", creating.split, name="creation_split"),
    path("creation/<int:title_batch>/call", creating.call, name="creation_call"),
    path("creation/<int:title_batch>/patrols", creating.patrols, name="creation_patrols"),
    path("creation/<int:title_batch>/results", creating.results, name="creation_results"),
    path("creation/<int:title_batch>/publicity", publicity, name="creation_publicity"),
    path("creation/<int:title_batch>/document", document, name="creation_document"),
    path("creation/application/<int:application>/", applications.application, name="creation_application"),
    path("creation/objection/<int:title_objection>/", applications.objection, name="creation_objection"),
]
