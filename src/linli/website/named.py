# SPDX-License-Identifier: MulanPSL-2.0
"""The public register: which communities bear a title, which had it revoked, by batch and day; the counter over the years. Nothing of re-inspections."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from linli.core.faults import NotVisible
from linli.doors.counters import counter
from linli.elements import places
from linli.titles import kinds
from linli.titles.after import history

SHOWN = ("now", "revoked")


@require_GET
def named(request: HttpRequest) -> HttpResponse:
    """The named and the revoked of the city or of one district, by area code."""
    known = {one.name: one for one in kinds.kinds()}
    kind = known.get(request.GET.get("kind", "")) if request.GET.get("kind") else next(iter(known.values()), None)
    after, area, state = _number(request, "after"), _number(request, "area"), request.GET.get("state", "now")
    place = places.find_place(area) if area else None
    if kind is None or (area and (place is None or place.level == "grid")):
        raise NotVisible
    state = state if state in SHOWN else "now"
    rows, following = history.public_titles(kind, after=after, state=state, area=area or None)
    asked = {"state": state} | ({"area": str(area)} if area else {})
    years = history.years(kind)
    return render(request, "website/named.html", {
        "kind": kind, "rows": rows, "tally": history.tally(kind), "years": years, "counter": counter([(str(one.year), one.ever) for one in years]), "state": state,
        "place": place, "districts": sorted((one for one in places.children(places.city().area) if one.level == "district"), key=lambda one: one.area),
        "older": f"?{urlencode(asked | {'after': str(following)})}" if following else "", "newer": f"?{urlencode(asked)}" if after else ""})


def _number(request: HttpRequest, name: str) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 17 else 0
