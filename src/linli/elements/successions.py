# SPDX-License-Identifier: MulanPSL-2.0
"""Putting redrawn grids into force: old ones end, new ones begin, posts and assignments follow, and who replaced whom is kept."""

import json
from datetime import date
from typing import Any

from django.db.models import Model, Q
from shapely.geometry import mapping

from linli.core import clock
from linli.core.actions import Call, Done, action
from linli.core.editions import bump
from linli.core.faults import Conflict, Invalid
from linli.core.fields import Field
from linli.core.words import words
from linli.elements import places, redrawings
from linli.elements.assignments import end_on
from linli.elements.boundaries import EDITION, MOST_SERIALS, NO_SERIAL, OPEN_DAY, day_number
from linli.elements.models import Absence, Boundary, GridAssignment, Place, PlaceCode, Post, Redrawing, Replacement, Responsibility, Seat, StandIn
from linli.elements.pinyin import pinyin_key
from linli.elements.place_loading import EDITION as PLACES
from linli.elements.places import KnownPlace
from linli.elements.redrawings import DONE_ALREADY, DONE_REMEDY, TOO_EARLY, Drawing, Shared, find_redrawing


@action(
    "boundary.redraw", words("重划网格", "Put redrawn grids into force"), ability="boundary.redraw", subject="redrawing", finds=find_redrawing,
    fields=(Field("redrawing", words("网格重划", "Redrawing"), "integer", required=True, low=1),
            Field("version", words("版本", "Version"), "integer", low=1)),
)
def redraw(call: Call) -> Done:
    """From its day on the drawing's grids stand. Matters follow by due work when the day has come; nothing is undone but by another drawing."""
    held: Redrawing = call.record
    Place.objects.select_for_update().get(area=held.area)
    held.refresh_from_db()
    if held.done_at is not None:
        raise Conflict(DONE_ALREADY, DONE_REMEDY, code="redrawn_already")
    if held.since < clock.today():
        raise Invalid({"redrawing": TOO_EARLY})
    community = places.place_by_area(held.area)
    drawing = Drawing.of(held)
    redrawings.check(community, held.since, drawing)
    olds = redrawings.standing(community.area, held.since)
    pairs = redrawings.shared(drawing, olds)
    made = _begin(community, held, drawing)
    ended = _end(community, held, drawing, pairs, made)
    follow = Follow(held.since, ended)
    follow.run(pairs, made)
    held.done_at, held.version = call.recorded_at, held.version + 1
    held.save(update_fields=["done_at", "version"])
    bump(EDITION)
    bump(PLACES)
    return Done(community.area, held.pk, {"redrawing": held.pk, "since": held.since.isoformat(), "ended": len(ended), "begun": len(made), "posts": len(follow.posts),
                                          "assignments": follow.carried})


def _begin(community: KnownPlace, held: Redrawing, drawing: Drawing) -> dict[int, Place]:
    """The new grids, by their place in the drawing, with the next free serials and their boundaries."""
    used = {one.area for one in places.every_grid_of(community.area)}
    free = (community.area + serial for serial in range(1, MOST_SERIALS + 1) if community.area + serial not in used)
    made: dict[int, Place] = {}
    for at, (name, kept, outline) in enumerate(zip(drawing.names, drawing.kept, drawing.shapes, strict=True)):
        if kept is not None:
            continue
        area, inner = next(free, None), outline.representative_point()
        if area is None:
            raise Invalid({"redrawing": NO_SERIAL.format(name=community.name)})
        made[at] = Place.objects.create(
            area=area, lo=area, hi=area + 1, level="grid", name=name, short_name=name.removeprefix(community.short_name) or name, pinyin=pinyin_key(name),
            kind="网格", parent_id=community.id, valid_from=held.since, is_demonstration=community.is_demonstration,
            lon_e6=round(inner.x * 1_000_000), lat_e6=round(inner.y * 1_000_000))
        Boundary.objects.create(place=made[at], from_day=day_number(held.since), to_day=OPEN_DAY, shape=json.loads(json.dumps(mapping(outline))),
                                given_datum=held.given_datum, source=held.source)
    return made


def _end(community: KnownPlace, held: Redrawing, drawing: Drawing, pairs: list[Shared], made: dict[int, Place]) -> dict[int, Place]:
    """The grids that stand no more, by area, each with the new one that holds the most of it as successor; and who replaced whom."""
    largest: dict[int, Place] = {}
    for one in pairs:
        largest.setdefault(one.old.area, made[one.new])
    wanted = [one.area for one in places.children(community.area, day=held.since) if one.area not in drawing.kept]
    ended = {one.area: one for one in Place.objects.filter(area__in=wanted)}
    for area, place in ended.items():
        place.valid_to, place.successor = held.since, largest.get(area)
        place.save(update_fields=["valid_to", "successor"])
    Boundary.objects.filter(place__in=ended.values(), to_day__gt=day_number(held.since)).update(to_day=day_number(held.since))
    PlaceCode.objects.filter(place__in=ended.values(), valid_to=None).update(valid_to=held.since)
    Replacement.objects.bulk_create([Replacement(redrawing=held, old=ended[one.old.area], new=made[one.new], metres=one.metres) for one in pairs])
    return ended


class Follow:
    """Posts and assignments of ended grids go on at the new ones. `posts` holds the post that goes on, by old post and new grid."""

    def __init__(self, since: date, ended: dict[int, Place]) -> None:
        self.since, self.ended = since, ended
        self.posts: dict[tuple[int, int], Post] = {}
        self.successors: dict[int, int] = {}
        self.carried = 0

    def run(self, pairs: list[Shared], made: dict[int, Place]) -> None:
        """Whoever worked the largest part of a new grid works it from the day; what nobody worked rings as uncovered. Then the posts end."""
        best: dict[int, Shared] = {}
        for one in pairs:
            if one.new not in best or one.metres > best[one.new].metres:
                best[one.new] = one
        heirs: dict[int, list[Place]] = {}
        for new, one in best.items():
            heirs.setdefault(one.old.area, []).append(made[new])
        held = GridAssignment.objects.filter(Q(valid_to=None) | Q(valid_to__gt=self.since), area__in=self.ended)
        for assignment in held.select_related("post__place").order_by("id"):
            for grid in heirs.get(assignment.area, ()):
                self._carry(assignment, grid)
            end_on(assignment, self.since)
        self._end_posts()

    def _end_posts(self) -> None:
        """Posts at ended grids end with them and go on at the successor from the day."""
        held = Post.objects.filter(Q(valid_to=None) | Q(valid_to__gt=self.since), place__in=[one for one in self.ended.values() if one.successor_id])
        for post in held.select_related("place"):
            self.successors[post.pk] = post.place.successor_id or 0
            if (post.pk, post.place.successor_id) not in self.posts:
                self._go_on(post, post.place.successor_id)  # type: ignore[arg-type]
            post.valid_to, post.version = max(self.since, post.valid_from), post.version + 1
            post.save(update_fields=["valid_to", "version"])
        self._keep_duties()

    def _keep_duties(self) -> None:
        """Buildings that a post looked after, its times away and its seats go on under the post that goes on: what was stays in the old rows."""
        heirs: dict[int, Post] = {}
        for (old, place), post in sorted(self.posts.items(), key=lambda one: one[0]):
            if old not in heirs or place == self.successors.get(old):
                heirs[old] = post
        going = Q(until=None) | Q(until__gt=self.since)
        for duty in Responsibility.objects.filter(going, post__in=heirs):
            self._again(duty, {"post_id": heirs[duty.post_id].pk})
        for away in StandIn.objects.filter(Q(post__in=heirs) | Q(stand_in__in=heirs), until__gt=self.since).select_related("post__place"):
            post, instead = heirs.get(away.post_id, away.post), heirs.get(away.stand_in_id or 0)
            self._again(away, {"post_id": post.pk, "area": post.place.area, "stand_in_id": instead.pk if instead else away.stand_in_id})
        for old, post in heirs.items():
            Seat.objects.filter(going, post=old).update(post=post)

    def _again(self, row: Responsibility | StandIn, changes: dict[str, Any]) -> None:
        """End a row on the day and begin it anew with other columns; one that begins later is only changed."""
        before, begins = _columns(row), max(self.since, row.since)
        if row.since < self.since:
            row.until, row.version = self.since, row.version + 1
            row.save(update_fields=["until", "version"])
            type(row).objects.create(**before | changes | {"since": begins, "version": 1})
        else:
            type(row).objects.filter(pk=row.pk).update(version=row.version + 1, **changes)

    def _go_on(self, post: Post, place: int) -> Post:
        made = Post.objects.create(account_id=post.account_id, role=post.role, organisation_id=post.organisation_id, place_id=place,
                                   valid_from=max(self.since, post.valid_from), valid_to=post.valid_to)
        self.posts[post.pk, place] = made
        return made

    def _post_at(self, post: Post, grid: Place) -> Post:
        """The post under which somebody goes on at a new grid: his own where it reaches that far, else one at the grid, so that he sees what he works."""
        if post.place.area not in self.ended or (post.valid_to is not None and post.valid_to <= self.since):
            return post
        return self.posts.get((post.pk, grid.pk)) or self._go_on(post, grid.pk)

    def _carry(self, assignment: GridAssignment, grid: Place) -> None:
        """The same assignment with its coming absences at another grid, whatever further columns they have."""
        begins = max(self.since, assignment.valid_from)
        made = GridAssignment(**_columns(assignment) | {
            "area": grid.area, "place_id": grid.pk, "valid_from": begins, "post_id": self._post_at(assignment.post, grid).pk})
        made.save()
        self.carried += 1
        for away in Absence.objects.filter(assignment=assignment, valid_to__gt=begins).select_related("stand_in__place"):
            instead = self._post_at(away.stand_in, grid).pk if away.stand_in else None
            Absence.objects.create(**_columns(away) | {
                "area": grid.area, "assignment_id": made.pk, "valid_from": max(begins, away.valid_from), "stand_in_id": instead})


def _columns(row: Model) -> dict[str, Any]:
    """The values of a row but its number."""
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key and not field.generated}
