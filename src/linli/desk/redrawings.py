# SPDX-License-Identifier: MulanPSL-2.0
"""Redrawing the grids of a community: upload, look at old and new beside each other with what would change, put into force."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe

from linli.core import clock
from linli.core.actions import find_action
from linli.core.faults import NotAble, NotVisible
from linli.core.sight import Actor, looking, of_post
from linli.core.words import words
from linli.desk.asides import beside
from linli.doors import generated
from linli.doors.generated import Form
from linli.doors.guards import signed_in
from linli.doors.requests import actor_of
from linli.elements import covering, lineages, maps, places, redrawings
from linli.elements.models import Redrawing
from linli.elements.places import KnownPlace
from linli.elements.redrawings import Drawing
from linli.matters.mapping.outlooks import outlook
from linli.matters.routing import ended_grids, saying
from linli.matters.stories import Story

ABILITY = "boundary.redraw"
SHOWN = 10
"""Earlier drawings on the page (our choice: a community is redrawn once in some years)."""
PUT = words("从{day}起生效", "In force from {day}")
DONE = words("已排定：{begun} 个新网格从 {since} 起生效，{ended} 个旧网格同时结束。", "Set: {begun} new grids begin on {since}, {ended} old ones end.")


def _community(actor: Actor, area: int) -> KnownPlace:
    """The community inside the actor's range; NotVisible otherwise, NotAble for a post that may not redraw."""
    found = places.find_place(area)
    if found is None or found.level != "community" or found.lo < actor.lo or found.hi > actor.hi:
        raise NotVisible
    if not actor.may(ABILITY):
        raise NotAble
    return found


@beside(70, "desk/parts/aside_grid.html")
def moved_into_its_grid(_request: HttpRequest, _actor: Actor, story: Story) -> Mapping[str, Any] | None:
    """Where the grids were redrawn after the report: since when, and into which grid the matter went."""
    place, reported = places.find_place(story.matter.area), clock.local(story.matter.reported_at).date()
    if place is None or place.level != "grid" or place.valid_from is None or place.valid_from <= reported or not lineages.before(place.area):
        return None
    return {"grid": place.name, "day": place.valid_from}


@signed_in
def upload(request: HttpRequest, area: int) -> HttpResponse:
    """The form for a drawing, and the drawings that were made before."""
    actor = actor_of(request)
    community = _community(actor, area)
    form = Form("boundary.plan_redraw", None, {"area": community.area}, {"datum": "WGS84"}, submit=words("检查并预览", "Check and look"), done=None,
                to=lambda answer: reverse("desk:redrawing", args=[answer["redrawing"]]))
    sent = generated.submit(request, form)
    if sent.response is not None:
        return sent.response
    with looking(of_post(actor), read_only=True):
        held = list(Redrawing.objects.visible_to(actor).filter(area=community.area).order_by("-id")[:SHOWN])
        return render(request, "desk/redraw.html", {"form": sent.form, "place": community, "held": held, "back": _map(community)}, status=sent.status)


@signed_in
def preview(request: HttpRequest, redrawing: int) -> HttpResponse:
    """A drawing beside the grids that stand, with the matters, posts and workers that it touches; and the button that puts it into force."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        held = redrawings.find_redrawing(actor, {"redrawing": redrawing})
    community = _community(actor, held.area)
    form = Form(ABILITY, (), {"redrawing": held.pk, "version": held.version}, submit=PUT.format(day=held.since.isoformat()), done=DONE, to=_map(community))
    sent = generated.submit(request, form)
    if sent.response is not None:
        return sent.response
    with looking(of_post(actor), read_only=True):
        context = _outlook(actor, community, held) | {"form": sent.form, "title": find_action(ABILITY).words}
        return render(request, "desk/redrawing.html", context, status=sent.status)


def _map(community: KnownPlace) -> str:
    return f"{reverse('desk:map')}?area={community.area}"


def _outlook(actor: Actor, community: KnownPlace, held: Redrawing) -> dict[str, Any]:
    drawing = Drawing.of(held)
    before = redrawings.standing(community.area, held.since)
    parts = redrawings.shared(drawing, before)
    workers = covering.workers_on(community.lo, community.hi, held.since)
    touched = {one.old.area for one in parts}
    seen = outlook(held)
    rules = ended_grids.naming({one.area for one, _ in before if one.area not in drawing.kept})
    return {
        "rules": [{"scope": saying.place_name(issue.scope), "grids": [saying.place_name(area) for area in named]} for issue, named in rules.items()],
        "place": community, "held": held, "back": _map(community), "again": reverse("desk:redraw", args=[community.area]),
        "parts": [{"old": one.old.short_name, "new": drawing.names[one.new], "metres": one.metres, "percent": round(one.share * 100)} for one in parts],
        "kept": [name for name, area in zip(drawing.names, drawing.kept, strict=True) if area is not None],
        "matters": [{"name": name, "count": seen.moving.get(at, 0)} for at, name in enumerate(drawing.names) if drawing.kept[at] is None], "seen": seen,
        "workers": [{"grid": old.short_name, "names": workers.get(old.area, ())} for old, _ in before if old.area in touched],
        "old_picture": mark_safe(maps.drawing_svg(community.area, [(one.short_name, outline) for one, outline in before], "old")) if before else "",  # noqa: S308  as above
        "new_picture": mark_safe(maps.drawing_svg(community.area, list(zip(drawing.names, drawing.shapes, strict=True)), "new")),  # noqa: S308  names are escaped there
    }
