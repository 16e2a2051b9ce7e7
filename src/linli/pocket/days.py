# SPDX-License-Identifier: MulanPSL-2.0
"""My day: what waits for this post on site, ordered by residents' need and by deadline."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from linli.core import clock
from linli.core.sight import Actor
from linli.core.words import Words, words
from linli.elements.assignments import WALKS
from linli.elements.keeping.events import KEEPS
from linli.matters import inbox
from linli.pocket.cards import cards
from linli.pocket.walks import walk_of

ON_SITE: dict[str, tuple[Words, tuple[str, ...]]] = {
    "receive": (words("接收", "Receive"), ("matter.receive", "matter.return")),
    "handle": (words("处置", "Handle"), ("matter.handle", "matter.reply")),
    "verify": (words("核查", "Verify"), ("matter.verify",)),
}
"""Piles whose work lies on site: what is asked, and the moves that they open."""
FAR = datetime.max.replace(tzinfo=UTC)


def day_of(actor: Actor) -> dict[str, Any]:
    """The cards of the day in order, and what else the post does at a desk; a fixed number of queries."""
    piles = inbox.waiting_for(actor)
    mine = [pile for pile in piles if pile.name in ON_SITE]
    rows = [(pile.name, one) for pile in mine for one in pile.rows]
    opened = {one.pk: ON_SITE[name][1] for name, one in rows}
    made = cards(actor, [one for _, one in rows], opened)
    for (name, _), card in zip(rows, made, strict=True):
        card["ask"] = str(ON_SITE[name][0])
        card["pile"] = name
    return {
        "cards": sorted(made, key=need), "is_more": any(pile.is_more for pile in mine), "can": can(actor),
        "at_desk": sum(len(pile.rows) for pile in piles if pile not in mine), "walk": walk_of(actor, clock.today()) if actor.may(WALKS) else None}


def need(card: dict[str, Any]) -> tuple[bool, str, bool, str]:
    """The order of the day: hazards first, then by the day of the limit, on one day those for whom a resident waits first, then by limit."""
    due = datetime.fromisoformat(card["due_at"]) if card["due_at"] else FAR
    local = max(clock.local(due).date(), clock.today()) if card["due_at"] else due.date()
    return not card["is_hazard"], local.isoformat(), not card["is_waiting"], due.isoformat()


def can(actor: Actor) -> dict[str, bool]:
    """What the post may do on the phone."""
    return {"report": actor.may("matter.report"), "walk": actor.may(WALKS), "handle": actor.may("matter.handle"), "verify": actor.may("matter.verify"),
            "keep": actor.may(KEEPS)}


def stamp_of(body: dict[str, Any]) -> str:
    """A digest that changes when what is shown changes."""
    return hashlib.sha256(json.dumps(body, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:24]
