# SPDX-License-Identifier: MulanPSL-2.0
"""已命名社区: the register with its history, one title, lists that bring history, the watch over the named, and what is late at which level."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import urlencode

from linli.core import clock
from linli.core.faults import NotVisible
from linli.core.sight import looking, of_post
from linli.core.words import words
from linli.doors import generated
from linli.doors.counters import counter
from linli.doors.generated import Form, Sent
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.elements import places
from linli.elements.naming import confirming
from linli.titles import kinds, register
from linli.titles.actions.reinspecting import find_title
from linli.titles.after import history, reading, signs
from linli.titles.after.cases import DRAWS, LEADS, LISTS, SEES, STATES
from linli.titles.kinds import TitleKind
from linli.titles.models import Title

LATE = "results.see"
"""Whoever sees the results of a level sees what is late there."""
LEVELS = {"city": words("市级", "City"), "district": words("区级", "District"), "street": words("街镇", "Street"), "community": words("社区", "Community")}
OUTCOMES = {
    history.NEW: (words("将记入", "Will be entered"), "accent"), history.THERE: (words("名册里已有", "In the register already"), "calm"),
    history.NAMED: (words("已在本平台命名", "Named here already"), "calm"), history.GONE: (words("没有对应的社区", "Means no community"), "bad"),
    history.TWICE: (words("同一社区，只记一次", "The same community, once only"), "calm"),
}
ENTERED = words("已记入 {made} 个社区。", "{made} communities are entered.")
TAKEN_BACK = words("已撤回，{gone} 个社区从名册移出。", "Taken back; {gone} communities left the register.")
ORDERED = words("已安排再巡查。", "The re-inspection is ordered.")


def kind_of(request: HttpRequest) -> TitleKind:
    """The kind of title that the address names; the first one when it names none. NotVisible for an unknown one."""
    known = {one.name: one for one in kinds.kinds()}
    found = known.get(request.GET.get("kind", "")) if request.GET.get("kind") else next(iter(known.values()), None)
    if found is None:
        raise NotVisible
    return found


def number(request: HttpRequest, name: str) -> int:
    """A whole number of the address; 0 when it is none."""
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 17 else 0


@able(SEES)
def listing(request: HttpRequest) -> HttpResponse:
    """The register within the post's range, with the counter of the whole city."""
    actor, kind = actor_of(request), kind_of(request)
    wanted = reading.Wanted(number(request, "batch") or None, request.GET.get("state", ""), request.GET.get("q", "").strip()[:40], number(request, "after"))
    with looking(of_post(actor), read_only=True):
        rows, following = reading.register_page(actor, kind, wanted)
        tally, years = history.tally(kind), history.years(kind)
        asked = {name: value for name, value in (("batch", wanted.batch), ("state", wanted.state), ("q", wanted.name)) if value}
        return render(request, "desk/named.html", {
            "kind": kind, "rows": rows, "tally": tally, "years": years, "counter": counter([(str(one.year), one.ever) for one in years]),
            "wanted": wanted, "batches": history.batches(kind), "older": f"?{urlencode(asked | {'after': following})}" if following else "",
            "newer": f"?{urlencode(asked)}" if wanted.after else "", "is_asked": bool(asked), "may_lead": actor.may(LEADS), "may_draw": actor.may(DRAWS),
            "may_list": actor.may(LISTS), "may_see_late": actor.may(LATE), "limits": reading.facts_of(kind)})


@able(SEES)
def title(request: HttpRequest, title: int) -> HttpResponse:
    """One title with its whole history; who leads orders a re-inspection from here."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        found = find_title(actor, {"title": title})
    kind = kinds.kind_named(found.kind)
    sent = Sent(generated.unsent(request, _order(title)))
    if request.method == "POST" and actor.may(LEADS):
        sent = generated.submit(request, _order(title))
        if sent.response is not None:
            return sent.response
    with looking(of_post(actor), read_only=True):
        held, entries = reading.history_of(actor, found)
        is_free = found.revoked_on is None and all(one.closed_at is not None for one in held if one.state != "revoked")
        standing = [signs.facts_of(one) for one in signs.current([found]).get(found.pk, ())] if actor.may(LEADS) or actor.may("results.see") else []
        return render(request, "desk/title.html", {
            "row": reading.row_of(found), "kind": kind, "cases": [{"held": one, "state": STATES[one.state]} for one in held], "entries": entries, "signs": standing,
            "form": sent.form if actor.may(LEADS) and is_free else None, "barred_until": register.barred_until(kind, found.area)}, status=sent.status)


def _order(title: int) -> Form:
    return Form("title.order_reinspection", None, {"title": title}, submit=words("安排再巡查", "Order a re-inspection"), done=ORDERED,
                to=lambda answer: reverse("desk:title_case", args=[answer["reinspection"]]), tone="quiet")


@able(LISTS)
def lists(request: HttpRequest) -> HttpResponse:
    """Confirmed lists of printed names, and which of them are in the register."""
    actor, kind = actor_of(request), kind_of(request)
    with looking(of_post(actor), read_only=True):
        found = confirming.confirmed(actor)
        entered = dict(Title.objects.visible_to(actor).filter(listed_in__in=[one.number for one in found]).order_by().values_list("listed_in", "batch__ordinal"))
        rows = [{"list": one, "batch": entered.get(one.number)} for one in found]
        return render(request, "desk/title_lists.html", {"kind": kind, "rows": rows, "tally": history.tally(kind)})


@able(LISTS)
def brought(request: HttpRequest, named: int) -> HttpResponse:
    """What a confirmed list would bring into the register, entering it, and taking it back."""
    actor, kind = actor_of(request), kind_of(request)
    here = reverse("desk:title_list", args=[named])
    with looking(of_post(actor), read_only=True):
        listed = confirming.confirmed_list(actor, named)
    fixed = {"kind": kind.name, "list": named}
    entering = Form("title.enter_list", None, fixed, submit=words("记入名册", "Enter into the register"), done=ENTERED, to=here, address=f"{here}?do=enter")
    undoing = Form("title.take_back_list", (), fixed, submit=words("撤回这份名单", "Take this list back"), done=TAKEN_BACK, to=here, address=f"{here}?do=undo", tone="quiet")
    sent = {name: generated.submit(request, form) if request.method == "POST" and request.GET.get("do") == name else Sent(generated.unsent(request, form))
            for name, form in (("enter", entering), ("undo", undoing))}
    for one in sent.values():
        if one.response is not None:
            return one.response
    with looking(of_post(actor), read_only=True):
        lines, held = history.plan(kind, listed), history.of_list(named)
        fresh = sum(one.outcome == history.NEW for one in lines)
        return render(request, "desk/title_list.html", {
            "kind": kind, "list": listed, "lines": [{"line": one, "outcome": OUTCOMES[one.outcome], "district": history.district_of(one.place.area) if one.place else None}
                                                    for one in lines],
            "fresh": fresh, "held": len(held), "hanging": history.hanging(held), "enter": sent["enter"].form, "undo": sent["undo"].form,
        }, status=max(one.status for one in sent.values()))


@able(SEES)
def watch(request: HttpRequest) -> HttpResponse:
    """The named against whom the daily figures speak, in a place within the range; by area code, no order of merit."""
    actor, kind, area = actor_of(request), kind_of(request), number(request, "area")
    place = places.find_place(area or actor.lo)
    if area and (place is None or not (actor.lo <= place.lo and place.hi <= actor.hi)):
        raise NotVisible
    lo, hi = (place.lo, place.hi) if place is not None else (actor.lo, actor.hi)
    with looking(of_post(actor), read_only=True):
        rows, following = reading.watch_page(actor, kind, lo, hi, number(request, "after"))
        below = reading.sign_counts(actor, kind, places.children(place.area) if place is not None and place.level in ("city", "district") else ())
        path_of = [one for one in places.path_of(place.area) if actor.lo <= one.lo and one.hi <= actor.hi] if place is not None else []
        asked = {"area": area} if area else {}
        return render(request, "desk/named_watch.html", {
            "kind": kind, "place": place, "path": path_of, "below": below, "rows": [{"row": one, "signs": [signs.facts_of(each) for each in one.signs]} for one in rows],
            "older": f"?{urlencode(asked | {'after': following})}" if following else "", "newer": f"?{urlencode(asked)}" if number(request, "after") else ""})


@able(LATE)
def late(request: HttpRequest) -> HttpResponse:
    """What is late at which level, and what soon will be, over every procedure that declares its open steps."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        found = reading.late_steps(actor)
        levels = [{"level": name, "words": label, "rows": [_late(one) for one in found[name]], "late": sum(one.is_late for one in found[name])}
                  for name, label in LEVELS.items() if found.get(name)]
        return render(request, "desk/late.html", {"levels": levels, "today": clock.today()})


def _late(one: reading.Late) -> dict[str, Any]:
    return {"row": one, "href": reverse(one.step.route, args=[one.step.argument])}


ADDRESSES = [
    path("named/", listing, name="named"),
    path("named/watch/", watch, name="named_watch"),
    path("named/lists/", lists, name="title_lists"),
    path("named/lists/<int:named>/", brought, name="title_list"),
    path("named/<int:title>/", title, name="title"),
    path("late/", late, name="late"),
]
