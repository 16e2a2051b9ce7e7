# SPDX-License-Identifier: MulanPSL-2.0
"""The first page and the page of each place: its name, its scheme, how many matters this month, and what lies below it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET

from linli.core.faults import NotVisible
from linli.core.sight import looking, of_place
from linli.core.words import Words, words
from linli.doors import flash
from linli.elements import maps, places
from linli.elements.places import KnownPlace
from linli.measures.surveying.showing import public_result
from linli.website import figures

MOST_FOUND = 40
LEVELS = {"district": words("区", "Districts"), "street": words("街道、乡镇", "Streets and towns"), "community": words("社区、村", "Communities and villages")}
PICTURE_STYLE = ('<style>.scheme-part{fill:#fffdfa;stroke:#8d8172}.scheme-name{fill:#645a50;font:15px sans-serif}</style>')


@require_GET
def front(request: HttpRequest) -> HttpResponse:
    """Three choices and a search."""
    return render(request, "website/front.html", {"city": _city()})


def _city() -> KnownPlace | None:
    try:
        return places.city()
    except NotVisible:
        return None


@require_GET
def city(request: HttpRequest) -> HttpResponse:
    """The whole city by district, or what a search found; a single hit is opened at once."""
    whole = places.city()
    wanted = request.GET.get("q", "").strip()[:40]
    if not wanted:
        return _show(request, whole)
    found = [one for one in places.find(wanted, lo=whole.lo, hi=whole.hi, most=MOST_FOUND) if one.level != "grid" and one.stands()]
    if len(found) == 1:
        return flash.SeeOther(reverse("website:place", args=[found[0].area]))
    return render(request, "website/found.html", {"q": wanted, "found": [{"place": one, "above": _above(one)} for one in found]})


@require_GET
def place(request: HttpRequest, area: int) -> HttpResponse:
    """The page of a place. NotVisible for a grid, for an abolished place and for a number that is none."""
    found = places.place_by_area(area)
    if found.level == "grid" or not found.stands():
        raise NotVisible
    return _show(request, found)


def _show(request: HttpRequest, found: KnownPlace) -> HttpResponse:
    below = [one for one in places.children(found.area) if one.level != "grid"]
    svg = maps.scheme_svg(found.area, link=_link) if found.level == "street" else ""
    drawing = figures.scheme_of(found.area) if found.level == "community" else None
    results = figures.results_of(found)
    context = {
        "place": found, "path": places.path_of(found.area)[:-1], "below": below,
        "below_words": LEVELS.get(places.level_under(found.area)), "is_community": found.level == "community",
        "scheme": mark_safe(svg),  # noqa: S308  drawn by elements.maps, which escapes every name
        "drawing": drawing, "month": figures.month_of(found), "results": results, "survey": _survey(found),
        "hidden": sum(not one.share and one.state_words is None for one in results.indicators) if results else 0,
        "nothing_known": results is not None and all(one.state_words for one in results.indicators),
        "report": f"{reverse('website:report')}?{urlencode({'area': found.area})}",
    }
    return render(request, "website/place.html", context)


def _survey(found: KnownPlace) -> dict[str, Any] | None:
    if found.level != "community":
        return None
    with looking(of_place(found.lo, found.hi), read_only=True):
        return public_result(found.area)


def _link(one: KnownPlace) -> str:
    return reverse("website:place", args=[one.area])


def _above(one: KnownPlace) -> str:
    return " · ".join(step.short_name for step in places.path_of(one.area)[:-1])


def level_words(level: str) -> Words:
    """What the places directly below a level are called."""
    return LEVELS[level]


@require_GET
def picture(request: HttpRequest, area: int) -> HttpResponse:
    """The scheme of a community as a picture file, for pages without scripts. NotVisible when there is nothing to draw."""
    scheme = figures.scheme_of(area)
    if scheme is None:
        raise NotVisible
    response = render(request, "website/picture.svg", {"scheme": scheme, "style": PICTURE_STYLE}, content_type="image/svg+xml")
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


@require_GET
def robots(request: HttpRequest) -> HttpResponse:
    """What machines may read: public pages; nobody's matter and no office page."""
    lines = ["User-agent: *", "Disallow: /desk/", "Disallow: /follow/", "Disallow: /report/done/", "Disallow: /own/",
             "Disallow: /survey/", "Disallow: /evidence/", "Disallow: /api/",
             f"Sitemap: {request.build_absolute_uri(reverse('website:sitemap'))}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_GET
def sitemap(request: HttpRequest) -> HttpResponse:
    """The addresses of the public pages down to communities."""
    whole = _city()
    held = places.places_within(whole.lo, whole.hi) if whole else ()
    addresses = [reverse("website:front"), reverse("website:report"), reverse("website:follow"), reverse("website:city")]
    addresses += [_link(one) for one in held if one.level != "grid"]
    return render(request, "website/sitemap.xml", {"addresses": [request.build_absolute_uri(one) for one in addresses]}, content_type="application/xml")
