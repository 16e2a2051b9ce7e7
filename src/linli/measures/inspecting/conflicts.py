# SPDX-License-Identifier: MulanPSL-2.0
"""Connections of an assessor with a community: what the staff table knows, and what he declares himself."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from linli.core import clock
from linli.core.words import Words, words
from linli.elements import places
from linli.elements.models import Account, Post
from linli.elements.posts import all_roles

ASSESS = "inspection.assess"
"""The ability of who may be named as an assessor."""
NONE = "none"
CONNECTIONS = (
    (NONE, words("没有利害关系", "No connection")),
    ("lives", words("住在这个社区", "I live in this community")),
    ("works", words("在这个社区工作或工作过", "I work or worked in this community")),
    ("relative", words("有近亲属在这个社区工作", "A close relative works in this community")),
    ("other", words("其他可能影响公正的关系", "Another connection that may influence me")),
)
"""What an assessor declares before he looks at anything."""
HELD_POST = words("{names}在近 {years} 年内担任过“{place}”的岗位，不能测评这个社区。请换人。",
                  "{names} held a post of {place} within the last {years} years and cannot assess it. Name somebody else.")
DAYS_OF_YEAR = 365
MOST_OFFERED = 200
"""Assessors that a form offers (our choice: a longer list nobody reads through)."""


def connected(accounts: Iterable[int], area: int, day: date, years: int) -> dict[int, str]:
    """Of these accounts those that held a post in the community or its grids within so many years before the day, with their names."""
    lo, hi = places.range_of(area)
    since = day - timedelta(days=DAYS_OF_YEAR * years)
    held = Post.objects.filter(Q(valid_to=None) | Q(valid_to__gt=since), account__in=list(accounts), place__area__gte=lo, place__area__lt=hi)
    return dict(held.values_list("account_id", "account__name"))


def assessors(lo: int, hi: int, day: date, among: Iterable[int] | None = None) -> dict[int, str]:
    """Accounts with their names that on the day hold a post of an assessor whose range covers this one; of `among` only, where it is given."""
    above = [one.area for one in places.path_of(lo) if one.lo <= lo and hi <= one.hi]
    held = _assessing(day).filter(place__area__in=above)
    if among is not None:
        held = held.filter(account__in=list(among))
    return dict(held.order_by("account__name", "account").values_list("account_id", "account__name"))


def choices() -> list[tuple[str, Words]]:
    """Everybody who holds a post of an assessor today, with its place, in order of name: for forms about more than one community. Who covers which is asked then."""
    rows = _assessing(clock.today()).order_by("account__name", "account").values_list("account", "account__name", "place__short_name")[:MOST_OFFERED]
    return [(str(account), words(f"{name}（{place}）", f"{name} ({place})")) for account, name, place in rows]


def _assessing(day: date) -> QuerySet[Post]:
    roles = [one.name for one in all_roles() if ASSESS in one.abilities]
    return Post.objects.filter(Q(valid_to=None) | Q(valid_to__gt=day), account__is_active=True, valid_from__lte=day, role__in=roles)


def names_of(accounts: Iterable[int]) -> dict[int, str]:
    """Names of staff by account."""
    return dict(Account.objects.filter(pk__in=set(accounts)).values_list("pk", "name"))
