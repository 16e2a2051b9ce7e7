# SPDX-License-Identifier: MulanPSL-2.0
"""Staff report what they find on patrol: the residents' form inside the desk, within the range of the post."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from linli.core.sight import looking, of_post
from linli.doors import reports
from linli.doors.guards import able
from linli.doors.requests import actor_of


@able("matter.report")
def report(request: HttpRequest) -> HttpResponse:
    """The three steps of a report; leads to the new matter's page."""
    actor = actor_of(request)
    setting = reports.Setting(frame="desk/shell.html", to=lambda answer: reverse("desk:matter", args=[answer["number"]]), draft="desk.report",
                              range=(actor.lo, actor.hi))
    if request.method == "POST":
        return reports.page(request, setting)
    with looking(of_post(actor), read_only=True):
        return reports.page(request, setting)
