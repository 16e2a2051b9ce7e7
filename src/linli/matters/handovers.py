# SPDX-License-Identifier: MulanPSL-2.0
"""移交: what open work a post has, what of it another post can take, and what cannot be handed over and why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery

from linli.core import clock
from linli.core.sight import Actor
from linli.core.words import Words, words
from linli.elements import places
from linli.elements.assignments import WALKS
from linli.elements.models import Absence, GridAssignment, Post
from linli.elements.posts import role_named
from linli.matters import numbers
from linli.matters.models import Handling, Handover, HandoverItem, Matter, Question
from linli.matters.phases import OWNERS

HANDS_OVER = "post.hand_over"

NOT_A_WORKER = words("接手人不是这个地方的网格员，网格要另行安排。", "The receiver is no grid worker of this place; the grid has to be given to somebody else.")
OTHER_UNIT = words("这件事派给了另一个单位，接手人不在那个单位。", "The matter was dispatched to a unit to which the receiver does not belong.")
NOT_ABLE = words("接手人的岗位不能办这一步。", "The receiver's post may not take this step.")
HIS_OWN = words("接手人就是离岗的本人，不能顶自己的岗。", "The receiver is the one who is away and cannot stand in for himself.")
HANDLED = words("接手人或其单位参与过处置，不能核查；请另请核查员。", "The receiver or his unit took part in handling; somebody else has to verify.")


@dataclass(frozen=True)
class Left:
    """What cannot be handed over: the kind, its name for a reader, and why."""

    kind: str
    name: str
    why: Words

    def as_dict(self) -> dict[str, Any]:
        """As it is kept with the handover."""
        return {"kind": self.kind, "name": self.name, "why": self.why.as_dict()}


@dataclass
class Load:
    """The open work of a post: what goes along and what stays."""

    grids: list[GridAssignment] = field(default_factory=list)
    stand_ins: list[Absence] = field(default_factory=list)
    matters: list[Matter] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)

    @property
    def size(self) -> int:
        """How many things go along."""
        return len(self.grids) + len(self.stand_ins) + len(self.matters) + len(self.questions)


def post_within(actor: Actor, number: int, *, present: bool) -> Post | None:
    """The post of a number whose place lies in the actor's range; None when there is none, or with `present` when it is not valid today."""
    found = Post.objects.filter(pk=number, place__lo__gte=actor.lo, place__hi__lte=actor.hi).select_related("account", "place", "organisation")
    if present:
        today = clock.today()
        found = found.filter(Q(valid_to=None) | Q(valid_to__gt=today), valid_from__lte=today, account__is_active=True)
    return found.first()


def open_work(post: Post, day: date) -> Load:
    """Everything that is still open under a post from a day on, inside the sight in force; four queries, whatever its size."""
    current = Q(valid_to=None) | Q(valid_to__gt=day)
    inside = {"area__gte": post.place.lo, "area__lt": post.place.hi}
    grids = GridAssignment.objects.filter(current, post=post).select_related("place").order_by("area", "valid_from")
    standing = Absence.objects.filter(stand_in=post, valid_to__gt=day).select_related("assignment__post__account").order_by("area", "valid_from")
    given = Matter.objects.filter(worker=post.account_id, is_open=True, **inside)
    given = given.filter(Q(unit=None) | Q(unit=post.organisation_id)) if post.organisation_id else given
    return Load(list(grids), list(standing), list(given.order_by("id")), list(_questions(post, inside)))


def _questions(post: Post, inside: dict[str, int]) -> Iterable[Question]:
    """The questions of open matters that he asked, or that were handed to him last."""
    handed = HandoverItem.objects.filter(kind="question", record=OuterRef("pk"), handover__taken_back_at=None).order_by("-id")
    asked = Question.objects.filter(matter__is_open=True, **inside).annotate(keeper=Subquery(handed.values("handover__to_post")[:1]))
    found: Iterable[Question] = asked.filter(Q(keeper=post.pk) | Q(keeper=None, asked_by=post.account_id)).order_by("id")
    return found


def fitting(load: Load, to: Post) -> Load:
    """What of the work the other post can take; the rest stands in `left` with its reason."""
    found = Load(questions=load.questions)
    for grid in load.grids:
        can = _may(to, WALKS) and to.place.lo <= grid.area < to.place.hi
        found.grids.append(grid) if can else found.left.append(Left("grid", grid.place.name, NOT_A_WORKER))
    for away in load.stand_ins:
        why = HIS_OWN if away.assignment.post.account_id == to.account_id else None if _may(to, WALKS) and to.place.lo <= away.area < to.place.hi else NOT_A_WORKER
        found.left.append(Left("stand_in", _name(away.area), why)) if why else found.stand_ins.append(away)
    for matter in load.matters:
        why = OTHER_UNIT if matter.unit is not None and matter.unit != to.organisation_id else None if _may(to, OWNERS[matter.phase]) else NOT_ABLE
        found.left.append(Left("matter", numbers.number_of(matter.pk), why)) if why else found.matters.append(matter)
    found.left += [Left("verification", numbers.number_of(one), HANDLED) for one in _not_to_verify(found.grids, to)]
    return found


def _may(post: Post, ability: str) -> bool:
    role = role_named(post.role)
    return role is not None and ability in role.abilities


def _name(area: int) -> str:
    place = places.find_place(area)
    return place.name if place else str(area)


def _not_to_verify(grids: Sequence[GridAssignment], to: Post) -> list[int]:
    """Matters that wait for verification in these grids and that the receiver must not verify."""
    if not grids:
        return []
    waiting = Matter.objects.filter(area__in=[one.area for one in grids], phase="verifying", is_open=True, is_passed=False)
    touched = Handling.objects.filter(matter__in=waiting.values("pk")).filter(Q(person=to.account_id) | Q(unit=to.organisation_id or 0))
    return sorted(set(touched.values_list("matter_id", flat=True)))


@dataclass(frozen=True)
class Holder:
    """A post with open work, as the page of handing over lists it."""

    post: Post
    grids: int
    matters: int
    is_over: bool


def holders(actor: Actor, most: int = 100) -> list[Holder]:
    """The posts in the actor's range that have grids or matters of their own, those that have ended first, then by name; three queries."""
    today = clock.today()
    current = GridAssignment.objects.visible_to(actor).filter(Q(valid_to=None) | Q(valid_to__gt=today))
    counts: dict[int, int] = dict(current.values_list("post").annotate(n=Count("id")).order_by())
    taken = Matter.objects.visible_to(actor).filter(is_open=True, worker__isnull=False)
    given: dict[int, int] = dict(taken.values_list("worker").annotate(n=Count("id")).order_by())
    inside = Q(place__lo__gte=actor.lo, place__hi__lte=actor.hi)
    posts = Post.objects.filter(inside, Q(pk__in=list(counts)) | Q(account__in=list(given))).select_related("account", "place", "organisation")
    found = [Holder(one, counts.get(one.pk, 0), given.get(one.account_id, 0), not one.account.is_active or (one.valid_to is not None and one.valid_to <= today))
             for one in posts]
    return sorted(found, key=lambda one: (not one.is_over, one.post.account.name, one.post.pk))[:most]


def receivers(actor: Actor, giver: Post) -> list[Post]:
    """The present posts in the actor's range to which a post's work could go: of the same role first, then by name."""
    today = clock.today()
    valid = Q(valid_from__lte=today) & (Q(valid_to=None) | Q(valid_to__gt=today))
    found = Post.objects.filter(valid, account__is_active=True, place__lo__gte=actor.lo, place__hi__lte=actor.hi).exclude(pk=giver.pk)
    found = found.exclude(account=giver.account_id).select_related("account", "place", "organisation")
    return sorted((one for one in found if one.role == giver.role or (giver.organisation_id and one.organisation_id == giver.organisation_id)),
                  key=lambda one: (one.role != giver.role, one.account.name, one.pk))[:200]


def named(posts: Sequence[int]) -> dict[int, Post]:
    """Posts with their accounts by number, past ones too."""
    return {one.pk: one for one in Post.objects.filter(pk__in=posts).select_related("account")}


def recent(actor: Actor, most: int = 20) -> list[Handover]:
    """The last handovers inside the actor's range."""
    return list(Handover.objects.visible_to(actor).order_by("-id")[:most])
