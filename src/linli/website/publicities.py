# SPDX-License-Identifier: MulanPSL-2.0
"""命名公示 on the public site: lists in publicity with each community's own results, objections by anybody, and the communities of a named batch."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_GET

from linli.core.faults import NotVisible
from linli.core.words import words
from linli.doors.generated import Form, form_page
from linli.doors.requests import actor_of
from linli.titles.creation import objecting, publics
from linli.ui.navigation import Entry, declare

DONE = words("已收到，编号 {title_objection}，将在 {due_on} 前办理并按您留的联系方式答复。",
             "Received as number {title_objection}; it is answered by {due_on} by the contact you left.")

declare(Entry("publicity", words("命名公示", "Naming"), "website:publicities", "star", 45, face="public"))


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """All lists that are or were public, and the named batches."""
    held = [{"list": one, "words": publics.batch_words(one.batch), "is_open": publics.is_open(one)} for one in publics.lists()]
    return render(request, "website/publicities.html", {"lists": held})


@require_GET
def one(request: HttpRequest, publicity: int) -> HttpResponse:
    """One list: what was published of each community, how to object, and until when."""
    held = publics.list_of(publicity)
    return render(request, "website/publicity.html", {
        "held": held, "title": publics.batch_words(held.batch), "communities": publics.communities(held), "is_open": publics.is_open(held), "digest": held.publication.digest,
        "standard": held.publication.content.get("standard", {})})


def objection(request: HttpRequest, publicity: int, area: int) -> HttpResponse:
    """The form for an objection to one community of the list. NotVisible when it is not on it, or the publicity is over."""
    held = publics.list_of(publicity)
    listed = next((each for each in publics.communities(held) if each.area == area and each.is_on_list), None)
    if listed is None or not publics.is_open(held):
        raise NotVisible
    known = actor_of(request).is_signed_in
    fields = [each if each.name != "contact" or known else replace(each, required=True) for each in objecting.OBJECTING if each.name not in ("publicity", "area")]
    form = Form("title.object", fields, {"publicity": publicity, "area": area}, submit=words("提交异议", "Object"), done=DONE, draft=f"website.object.{publicity}.{area}",
                to=reverse("website:publicity", args=[publicity]))
    return form_page(request, form, template="website/object.html", context={"held": held, "listed": listed, "title": publics.batch_words(held.batch)})


@require_GET
def named(request: HttpRequest, title_batch: int) -> HttpResponse:
    """The communities that a batch named."""
    batch, held = publics.named(title_batch)
    return render(request, "website/named_batch.html", {"batch": batch, "title": publics.batch_words(batch), "named": held})


ADDRESSES = [
    path("publicity/", overview, name="publicities"),
    path("publicity/<int:publicity>/", one, name="publicity"),
    path("publicity/<int:publicity>/object/<int:area>", objection, name="object"),
    path("publicity/named/<int:title_batch>/", named, name="named_batch"),
]
