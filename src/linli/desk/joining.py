# SPDX-License-Identifier: MulanPSL-2.0
"""What a matter has to do with others, as cards beside its story: what looks like it, what was merged into it, its parts; and the forms for them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from linli.core.clock import today
from linli.core.fields import Field
from linli.core.sight import Actor
from linli.core.words import Words, words
from linli.desk import asides, moves
from linli.desk.rows import place_words
from linli.doors import files
from linli.elements import directories, places
from linli.matters import alike, categories, numbers
from linli.matters.kinds import Kind, kind_of
from linli.matters.models import Matter
from linli.matters.phases import PHASES
from linli.matters.relations import Relations, Relative
from linli.matters.stories import Story

MERGE, UNMERGE, SPLIT, UNSPLIT, APART = "matter.merge", "matter.unmerge", "matter.split", "matter.unsplit", "matter.not_duplicate"
USUAL = "same"
"""The reason of a merging that is pressed beside a candidate: the same problem at the same place."""
SCORES = {1: words("非常满意", "Very satisfied"), 2: words("满意", "Satisfied"), 3: words("一般", "Neither"), 4: words("不满意", "Dissatisfied"),
          5: words("非常不满意", "Very dissatisfied")}
INTO_HELP = words("写编号，如 LL000000012。上报人会转到那一件，随时可以撤销。", "A number such as LL000000012. Its reporter follows that one; it can be undone at any time.")
LOOK_FIRST = words("可能与 {number} 是同一件，先看一眼。", "Perhaps the same as {number}; have a look first.")
LOOK_FIRST_MANY = words("可能与另外 {n} 件是同一件，先看一眼。", "Perhaps the same as {n} others; have a look first.")


def _reasons(name: str) -> Any:
    return lambda one, kind, matter: replace(one, choices=[(reason.code, reason.words) for reason in kind.reasons(name)])


def _category(one: Field, kind: Kind, matter: Matter) -> Field:
    found = [(str(row.pk), categories.words_of(row)) for row in categories.in_force(today())]
    return replace(one, kind="choice", choices=found)


def _grid(one: Field, kind: Kind, matter: Matter) -> Field:
    community = places.community_of(matter.area)
    inside = [community, *places.children(community.area)] if community else []
    return replace(one, kind="choice", choices=[(str(row.area), words(row.name, row.name)) for row in inside])


def _unit(one: Field, kind: Kind, matter: Matter) -> Field:
    return replace(one, kind="choice", choices=moves.unit_choices(matter))


moves.offer(MERGE, icon="next", done=words("已并案，上报人可以凭自己的查询码继续查看。", "Merged; its reporter follows it by his own query code."),
            fitted={"reason": _reasons(MERGE), "into": lambda one, kind, matter: replace(one, help=INTO_HELP)})
moves.offer(UNMERGE, icon="back", done=words("已撤销并案，恢复到并案前。", "The merging is undone; it stands as before."))
moves.offer(SPLIT, icon="plus", done=words("已拆出一个部分。", "A part was split off."), fitted={"category": _category, "area": _grid, "unit": _unit})
moves.offer(UNSPLIT, icon="back", is_danger=True, done=words("已撤销拆分。", "The split is undone."), fitted={"reason": _reasons(UNSPLIT)})
moves.offer(APART, done=words("已记下不是同一件，不再提示。", "Noted: not the same. It is not proposed again."), when=lambda actor, matter: False)


@asides.beside(10, "desk/asides/alike.html")
def looks_like(request: HttpRequest, actor: Actor, story: Story) -> Mapping[str, Any] | None:
    """What may be the same matter, and why; no card where nothing is."""
    found = story.relations.alike
    if not found:
        return None
    hint = LOOK_FIRST.format(number=found[0].number) if len(found) == 1 else LOOK_FIRST_MANY.format(n=len(found))
    rows = [_alike(story.matter, one) for one in found]
    return {"hint": hint, "anchor": "alike", "rows": rows, "may": actor.may(MERGE), "metres": settings.ALIKE_METRES, "points": settings.ALIKE_POINTS}


def _alike(matter: Matter, one: Relative) -> dict[str, Any]:
    """A candidate with the form that merges the later one into the earlier, and the one that keeps them apart."""
    here = numbers.number_of(matter.pk)
    later, version, earlier = (here, matter.version, one.number) if matter.pk > one.id else (one.number, one.version, here)
    stands_alone = matter.parent is None and not matter.parts_open
    return _card(one) | {
        "why": alike.explained(one), "points": one.points, "later": later, "earlier": earlier, "version": version, "is_this": later == here,
        "may_merge": later != here or stands_alone,
        "merge": reverse("desk:move", args=[later, MERGE]), "apart": reverse("desk:move", args=[here, APART]), "reason": USUAL}


@asides.beside(20, "desk/asides/joined.html")
def merged(request: HttpRequest, actor: Actor, story: Story) -> Mapping[str, Any] | None:
    """The reports that went into this one with their words and photos, or the one that this went into; no card where there is neither."""
    found, lead = story.relations.followers, story.relations.lead if story.matter.parent is None else None
    if not found and lead is None:
        return None
    ratings = {one.matter_id: SCORES[one.score] for one in story.ratings}
    reasons = {one.code: one.words for one in kind_of(story.matter.kind).merges}
    rows = [_card(one) | {
        "at": one.at, "by_reporter": one.is_by_reporter, "reason": reasons.get(one.reason), "rating": ratings.get(one.id),
        "photos": [files.photo_of(photo) for photo in story.joined_photos if photo.subject == one.id],
        "undo": reverse("desk:move", args=[one.number, UNMERGE]) if actor.may(MERGE) else ""} for one in found]
    return {"rows": rows, "lead": _card(lead) if lead else None}


@asides.beside(15, "desk/asides/tree.html")
def tree(request: HttpRequest, actor: Actor, story: Story) -> Mapping[str, Any] | None:
    """The whole tree of parts with who has which and how many have ended; no card for a matter that stands alone."""
    found = story.relations.tree
    if not found:
        return None
    names = directories.unit_names(one.unit for _, one in found)
    rows = [_card(one) | {"depth": min(depth, 4), "is_here": one.id == story.matter.pk, "unit": names.get(one.unit or 0, ""), "ended": _ended(story.relations, one)}
            for depth, one in found]
    return {"rows": rows, "whole": _ended(story.relations, found[0][1])}


def _ended(relations: Relations, one: Relative) -> tuple[int, int] | None:
    ended, count = relations.ended(one.id)
    return (ended, count) if count else None


def _card(one: Relative) -> dict[str, Any]:
    """What every card says of a matter."""
    return {"number": one.number, "href": reverse("desk:matter", args=[one.number]), "category": one.category_words, "summary": one.summary,
            "place": place_words(one.area), "phase": _phase(one), "tone": "good" if one.phase in ("closed", "archived") or one.is_passed else "calm",
            "reported_at": one.reported_at, "due_at": one.due_at if one.is_open else None}


def _phase(one: Relative) -> Words:
    return words("核查通过", "Verified") if one.phase == "verifying" and one.is_passed else PHASES[one.phase]


def marks(found: Iterable[Matter]) -> frozenset[int]:
    """Which matters of a list have a candidate to look at: one query for all of them."""
    return frozenset(alike.marked([one.pk for one in found if one.is_open]))
