# SPDX-License-Identifier: MulanPSL-2.0
"""Looking up people, posts, tokens, units and calendar years for the faces: what has no area, and so no fence, is read here."""

from collections.abc import Iterable, Sequence

from django.db.models import Q, QuerySet

from linli.core import clock
from linli.core.faults import NotAble, NotVisible
from linli.core.models import CalendarYear
from linli.core.sight import Actor
from linli.elements import places
from linli.elements.accounts import whole_number
from linli.elements.models import Account, Organisation, Post, Token
from linli.elements.places import KnownPlace

SEE = "account.see"
MOST_UNITS = 300


def _refuse_others(actor: Actor) -> None:
    if not actor.may(SEE):
        raise NotAble


def accounts_page(actor: Actor, *, wanted: str = "", after: str = "", most: int = 50) -> list[Account]:
    """Accounts by user name, those whose user name or name holds the wanted text, from one on. NotAble without `account.see`."""
    _refuse_others(actor)
    found = Account.objects.filter(username__gt=after)
    if wanted:
        found = found.filter(Q(username__icontains=wanted) | Q(name__icontains=wanted))
    return list(found.order_by("username")[:most])


def account_of(actor: Actor, number: int) -> Account:
    """The account of a number. NotVisible when there is none, NotAble without `account.see`."""
    _refuse_others(actor)
    found = Account.objects.filter(pk=number).first()
    if found is None:
        raise NotVisible
    return found


def present_posts(actor: Actor, accounts: Sequence[Account]) -> dict[int, list[Post]]:
    """The posts valid today, by account, in order of place."""
    _refuse_others(actor)
    today = clock.today()
    held: dict[int, list[Post]] = {}
    valid = Post.objects.filter(Q(valid_to=None) | Q(valid_to__gt=today), valid_from__lte=today, account__in=accounts)
    for post in valid.select_related("place").order_by("place__area"):
        held.setdefault(post.account_id, []).append(post)
    return held


def posts_of(actor: Actor, account: Account) -> list[Post]:
    """All posts of an account, past ones too, newest first."""
    _refuse_others(actor)
    return list(Post.objects.filter(account=account).select_related("place", "organisation").order_by("-valid_from", "-id"))


def tokens_of(actor: Actor, account: Account) -> list[Token]:
    """All tokens of an account, newest first."""
    _refuse_others(actor)
    return list(Token.objects.filter(post__account=account).select_related("post").order_by("-made_at"))


def own_tokens(actor: Actor) -> list[Token]:
    """The tokens of the post one acts under, newest first."""
    return list(Token.objects.filter(post=actor.post or 0).order_by("-made_at"))


def post_under(actor: Actor, account: Account, number: str) -> Post:
    """The post of a number if the account holds it; NotVisible otherwise."""
    _refuse_others(actor)
    found = Post.objects.filter(account=account, pk=whole_number(number)).first()
    if found is None:
        raise NotVisible
    return found


def token_under(actor: Actor, account: Account, number: str) -> Token:
    """The token of a number if it acts under a post of the account; NotVisible otherwise."""
    _refuse_others(actor)
    found = Token.objects.filter(post__account=account, pk=whole_number(number)).first()
    if found is None:
        raise NotVisible
    return found


def account_names(accounts: Iterable[int | None]) -> dict[int, str]:
    """Names by account; no query when nobody is asked for."""
    wanted = {one for one in accounts if one}
    return dict(Account.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}


def units_named(units: Iterable[int | None]) -> QuerySet[Organisation]:
    """The organisations of these numbers, not yet read."""
    return Organisation.objects.filter(pk__in=[one or 0 for one in units])


def unit_names(units: Iterable[int | None]) -> dict[int, str]:
    """Names by organisation; no query when none is asked for."""
    wanted = {one for one in units if one}
    return dict(Organisation.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}


def units_around(place: KnownPlace) -> list[Organisation]:
    """The units that stand today and work for the place, lie in it or above it: nearest level first, then by name."""
    above = [one.area for one in places.path_of(place.area)]
    today = clock.today()
    standing = Organisation.objects.filter(Q(valid_to=None) | Q(valid_to__gt=today))
    inside = Q(area__gte=place.lo, area__lt=place.hi) | Q(area__in=above)
    return list(standing.filter(inside).order_by("-area", "pinyin", "id")[:MOST_UNITS])


def units_at(place: KnownPlace) -> list[Organisation]:
    """The units that stand today and work for exactly this place, by name."""
    return [one for one in units_around(place) if one.area == place.area]


def published_years() -> list[CalendarYear]:
    """The years whose holiday notice is entered, newest first."""
    return list(CalendarYear.objects.order_by("-year"))
