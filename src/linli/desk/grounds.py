# SPDX-License-Identifier: MulanPSL-2.0
"""What administration stands on: the places with their units, where posts are given, and the working calendar of each year."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from linli.core import clock
from linli.core.words import Words, words
from linli.doors import generated
from linli.doors.generated import Form
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.elements import directories, places

MOST_FOUND = 50
LEVELS: dict[str, Words] = {
    "city": words("市", "City"), "district": words("区", "District"), "street": words("街道", "Street"), "community": words("社区", "Community"), "grid": words("网格", "Grid")}


@able("place.load", "place.add", "post.give")
def places_list(request: HttpRequest) -> HttpResponse:
    """Places by search or from above, with number, level and validity; with `account` each leads to giving a post there."""
    wanted, area, number = request.GET.get("q", "").strip()[:40], request.GET.get("area", ""), request.GET.get("account", "")
    known = places.find_place(int(area)) if area.isdecimal() and len(area) <= 15 else None
    here = known or places.city()
    found = places.find(wanted, most=MOST_FOUND) if wanted else places.children(here.area)
    account = directories.account_of(actor_of(request), int(number)) if number.isdecimal() and len(number) < 19 else None
    return render(request, "desk/places.html", {
        "q": wanted, "here": here, "path": places.path_of(here.area), "units": [] if wanted else directories.units_at(here), "account": account,
        "found": [{"place": one, "level": LEVELS.get(one.level, one.level), "stands": one.stands()} for one in found]})


@able("calendar.publish_year")
def calendar(request: HttpRequest) -> HttpResponse:
    """The published years, and the form that publishes another."""
    years = directories.published_years()
    following = (years[0].year if years else clock.today().year) + 1
    form = Form("calendar.publish_year", submit=words("发布", "Publish"), to=reverse("desk:calendar"), initial={"year": following}, draft="desk.calendar",
                done=words("已发布 {year} 年工作日历。", "The calendar of {year} is published."))
    sent = generated.submit(request, form)
    if sent.response is not None:
        return sent.response
    return render(request, "desk/calendar.html", {"form": sent.form, "years": years}, status=sent.status)
