# SPDX-License-Identifier: MulanPSL-2.0
"""Somebody's day as one small document: what the phone keeps to work without a network, and what machines read."""

import hashlib
import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from linli.core.models import Evidence
from linli.core.sight import Actor, looking, of_post
from linli.doors import files, schemes
from linli.elements import maps, places
from linli.elements.covering import Duty
from linli.matters import categories, days, numbers, shifts
from linli.matters.checklists import all_checklists, checklist_of
from linli.matters.days import Day, Task, Visit
from linli.matters.models import Category, Question, TrackOrder
from linli.matters.rounds import Walk

DECIMALS = 6


def my_day(actor: Actor, *, with_pass: bool = False) -> tuple[dict[str, Any], str]:
    """The document of the actor's day and its stamp, which stays the same while nothing in it changes.

    Photos are given by address; with a pass they open for two hours without a session (machines). Opens its own read-only sight.
    """
    with looking(of_post(actor), read_only=True):
        found = days.today_of(actor)
        kept = categories.in_force(found.day)
    document = _document(found, kept)
    stamp = hashlib.sha256(json.dumps(document, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:32]
    photos = {one.pk: one for task in found.tasks for one in task.photos}
    for matter in document["matters"]:
        for photo in matter["photos"]:
            shown = files.photo_of(photos[photo["id"]], with_pass=with_pass)
            photo |= {"href": shown["href"], "thumb": shown["thumb"]}
    return document, stamp


def _document(found: Day, kept: Sequence[Category]) -> dict[str, Any]:
    actor = found.actor
    place = places.find_place(actor.lo)
    groups = list(dict.fromkeys(categories.group_names(one) for one in kept))
    home = found.duties[0].place.area if found.duties else actor.lo
    scheme = schemes.scheme_of(home) if actor.lo < actor.hi else None
    drawn = {part.name: part.path for part in scheme.parts} if scheme else {}
    used = {checklist_of(one.place.kind).name for one in found.duties}
    return {
        "day": found.day.isoformat(), "post": actor.post, "account": actor.account, "name": actor.name, "place": place.name if place else "",
        "area": actor.lo, "is_round_day": found.is_round_day, "is_proposed": True,
        "windows": [{"shift": one.shift, "words": shifts.SHIFTS[one.shift].as_dict(), "from": f"{one.opens:%H:%M}", "to": f"{one.closes:%H:%M}"}
                    for one in shifts.windows()],
        "grids": [_grid(one, drawn, found.day) for one in found.duties],
        "scheme": {"width": scheme.width, "height": scheme.height, "bounds": list(scheme.bounds), "is_schematic": scheme.is_schematic} if scheme else None,
        "checklists": {one.name: {"words": one.words.as_dict(), "items": [{"code": item.code, "words": item.words.as_dict()} for item in one.items]}
                       for one in all_checklists() if one.name in used},
        "rounds": [_walk(one) for one in found.walks], "matters": [_matter(one) for one in found.tasks],
        "questions": [_question(one) for one in found.questions], "visits": [_visit(one) for one in found.visits()],
        "categories": [[one.pk, one.code, one.name_zh, one.name_en, one.kind, groups.index(categories.group_names(one))] for one in kept],
        "groups": [list(one) for one in groups], "track": _track(found.track),
    }


def _grid(one: Duty, drawn: dict[str, str], day: date) -> dict[str, Any]:
    outline = maps.shape_of(one.place.area, day)
    polygons = getattr(outline[0], "geoms", [outline[0]]) if outline else []
    return {
        "area": one.place.area, "name": one.place.name, "short_name": one.place.short_name, "as": one.state, "for": one.instead_of,
        "until": one.until.isoformat() if one.until else None, "checklist": checklist_of(one.place.kind).name, "is_schematic": bool(outline and outline[1]),
        "outline": [[[round(lon, DECIMALS), round(lat, DECIMALS)] for lon, lat, *_ in polygon.exterior.coords] for polygon in polygons],
        "path": drawn.get(one.place.short_name, ""),
    }


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _walk(one: Walk) -> dict[str, Any]:
    return {"area": one.area, "shift": one.shift, "state": one.state, "round": one.round, "client": one.client, "began_at": _text(one.began_at),
            "ended_at": _text(one.ended_at), "until": _text(one.until)}


def _matter(one: Task) -> dict[str, Any]:
    row = one.matter
    point = None if row.lon_e6 is None or row.lat_e6 is None else [row.lon_e6 / 1_000_000, row.lat_e6 / 1_000_000]
    return {
        "number": numbers.number_of(row.pk), "version": row.version, "what": one.what, "phase": row.phase, "round": row.round, "kind": row.kind,
        "category": row.category_id, "summary": row.summary, "address": row.address, "area": row.area, "position": point,
        "reported_at": _text(row.reported_at), "due_at": _text(row.due_at), "answer": one.answer,
        "photos": [{"id": photo.pk, "name": photo.name, "when": _when(photo, row.dispatched_at)} for photo in one.photos],
    }


def _when(photo: Evidence, dispatched_at: datetime | None) -> str:
    return "after" if dispatched_at is not None and photo.added_at > dispatched_at else "before"


def _question(one: Question) -> dict[str, Any]:
    return {"number": numbers.number_of(one.matter_id), "text": one.text, "asked_at": _text(one.asked_at), "answer": one.answer,
            "answered_at": _text(one.answered_at)}


def _visit(one: Visit) -> dict[str, Any]:
    return {"what": one.what, "number": one.number or None, "area": one.area, "shift": one.shift, "due_at": _text(one.due_at), "why": one.why.as_dict()}


def _track(order: TrackOrder | None) -> dict[str, Any] | None:
    if order is None:
        return None
    return {"order": order.pk, "purpose": order.purpose, "valid_from": order.valid_from.isoformat(), "valid_to": order.valid_to.isoformat(),
            "ordered_by": order.ordered_name}
