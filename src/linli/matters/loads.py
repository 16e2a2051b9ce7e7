# SPDX-License-Identifier: MulanPSL-2.0
"""Who in a unit could take a matter: its own people with what each has open now, ordered by fit and load, each with a sentence why.

Nothing is kept, nobody is rated: the facts are read when the form is shown, and the person who assigns decides (boundaries.md, Workers).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Case, Count, IntegerField, Q, Sum, Value, When

from linli.core import clock
from linli.core.sight import Actor
from linli.core.words import Words, words
from linli.elements.models import Post
from linli.elements.posts import all_roles
from linli.matters.models import Matter

HANDLES = "matter.handle"
NEAR, SOON = timedelta(hours=8), timedelta(days=3)
WEIGHTS = (4, 2, 1)
"""An open matter counts 4 when its limit is passed or within eight hours, 2 within three days, otherwise 1 (proposed; our choice)."""
FIT = 2
"""Having handled the same group of categories lately counts as much as two matters less in hand (proposed; our choice)."""
LATELY = 500
"""Matters of the street that are looked back upon (our choice: a few weeks, read in the order of an index)."""
EXPLAINED = words("手上 {count} 件在办，其中 {near} 件已到期或快到期", "{count} open, {near} of them due or nearly")
FREE = words("手上没有在办的事", "nothing open")
KNOWS = words("；近期办过这一类", "; has handled this group lately")
YOURSELF = words("（本人）", " (yourself)")


@dataclass(frozen=True)
class Candidate:
    """One of the unit's people."""

    account: int
    name: str
    count: int
    near: int
    weight: int
    is_fit: bool
    is_self: bool

    @property
    def why(self) -> Words:
        """The facts behind the order, in a sentence."""
        text = EXPLAINED.format(count=self.count, near=self.near) if self.count else FREE
        return text + KNOWS if self.is_fit else text

    @property
    def label(self) -> Words:
        """As the form shows him."""
        name = words(self.name, self.name) + YOURSELF if self.is_self else words(self.name, self.name)
        return words("{name}：{why}", "{name}: {why}").format(name=name, why=self.why)

    @property
    def order(self) -> tuple[int, int, int]:
        """Less in hand first; fit counts for a little."""
        return self.weight - FIT * self.is_fit, self.count, self.account


def people_of(unit: int) -> dict[int, str]:
    """Accounts of a unit that may handle today, with their names; one query."""
    today = clock.today()
    roles = [role.name for role in all_roles() if HANDLES in role.abilities]
    held = Post.objects.filter(Q(valid_to=None) | Q(valid_to__gt=today), organisation=unit, role__in=roles, valid_from__lte=today, account__is_active=True)
    return dict(held.order_by("account").values_list("account", "account__name"))


def candidates(actor: Actor, matter: Matter) -> Sequence[Candidate]:
    """The people of the matter's unit, the one proposed first; two queries, whatever is open."""
    people = people_of(matter.unit or 0)
    now = clock.now()
    weight = Case(When(due_at__lt=now + NEAR, then=Value(WEIGHTS[0])), When(due_at__lt=now + SOON, then=Value(WEIGHTS[1])), default=Value(WEIGHTS[2]),
                  output_field=IntegerField())
    open_now = Matter.objects.visible_to(actor).filter(is_open=True, worker__in=people).exclude(pk=matter.pk)
    in_hand = open_now.order_by().values("worker").annotate(
        count=Count("id"), near=Count("id", filter=Q(due_at__lt=now + NEAR)), weight=Sum(weight)).values_list("worker", "count", "near", "weight")
    lately = Matter.objects.visible_to(actor).filter(street=matter.area // 1_000_000).order_by("-id").values("pk")[:LATELY]
    knowing = Matter.objects.visible_to(actor).filter(
        pk__in=lately, handler__in=people, category__scheme=matter.category.scheme_id, category__group_code=matter.category.group_code).order_by()
    marked = knowing.values("handler").annotate(count=Value(0), near=Value(0), weight=Value(0)).values_list("handler", "count", "near", "weight").distinct()
    rows = list(in_hand.union(marked, all=True))
    loads, fit = {row[0]: row[1:] for row in rows if row[1]}, {row[0] for row in rows if not row[1]}
    found = [_candidate(account, name, loads.get(account, (0, 0, 0)), fit, actor) for account, name in people.items()]
    return sorted(found, key=lambda one: one.order)


def _candidate(account: int, name: str, load: tuple[int, ...], fit: set[int], actor: Actor) -> Candidate:
    count, near, weight = load
    return Candidate(account, name, count, near, weight, account in fit, account == actor.account)
