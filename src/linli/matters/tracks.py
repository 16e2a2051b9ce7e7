# SPDX-License-Identifier: MulanPSL-2.0
"""Position tracks: whether an order is in force, what came in under it, who looked, and when it is deleted. Nothing here is ever counted."""

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db.models import Q

from linli.core import clock
from linli.core.keys import keyring
from linli.core.models import JournalLine, JournalPayload
from linli.core.sight import Actor
from linli.elements.models import Post
from linli.elements.posts import all_roles
from linli.matters.models import TrackOrder, TrackPart

LIFE = timedelta(days=90)
"""How long a part of a track is kept (boundaries.md, Workers)."""
LONGEST_ORDER = timedelta(days=30)
"""How long one order may last; then it has to be given again with its purpose (our proposal, 拟)."""
LOOK = "track.look"


def in_force(post: int, day: date) -> TrackOrder | None:
    """The order under which positions of a post are taken on a day; None, which is the rule, when there is none."""
    found: TrackOrder | None = TrackOrder.objects.filter(post=post, ended_at=None, valid_from__lte=day, valid_to__gt=day).order_by("-id").first()
    return found


def orders(actor: Actor, most: int = 100) -> list[TrackOrder]:
    """The orders inside the actor's range, newest first."""
    return list(TrackOrder.objects.visible_to(actor).order_by("-id")[:most])


def holders(actor: Actor, ability: str, most: int = 300) -> list[Post]:
    """The present posts in the actor's range that carry an ability, by name."""
    today = clock.today()
    roles = [role.name for role in all_roles() if ability in role.abilities]
    valid = Q(valid_from__lte=today) & (Q(valid_to=None) | Q(valid_to__gt=today))
    found = Post.objects.filter(valid, role__in=roles, account__is_active=True, place__lo__gte=actor.lo, place__hi__lte=actor.hi)
    return list(found.select_related("account", "place").order_by("account__name", "id")[:most])


def seal(order: int, points: Sequence[tuple[int, int, datetime]]) -> bytes:
    """Points (longitude, latitude in millionths of a degree, time) under the installation's key, bound to their order."""
    return keyring().seal(json.dumps([[lon, lat, at.isoformat()] for lon, lat, at in points]), f"track:{order}")


def opened(part: TrackPart) -> list[tuple[int, int, datetime]]:
    """The points of a part; the caller has journalled the look."""
    found = json.loads(keyring().unseal_text(bytes(part.sealed), f"track:{part.order_id}"))
    return [(lon, lat, datetime.fromisoformat(at)) for lon, lat, at in found]


def forget_old() -> int:
    """Delete what is older than 90 days; answers how many parts went. The orders stay, they hold no position."""
    return int(TrackPart.objects.filter(kept_at__lt=clock.now() - LIFE).delete()[0])


def has_old() -> bool:
    """Whether something has outlived its 90 days."""
    return TrackPart.objects.filter(kept_at__lt=clock.now() - LIFE).exists()


def looks(order: int) -> list[tuple[datetime, str, str]]:
    """When somebody looked at the track, in which role, and with which reason; newest first. The person himself is shown this."""
    lines = list(JournalLine.objects.filter(subject_kind="track_order", subject=order, action=LOOK).order_by("-id")[:100])
    said = dict(JournalPayload.objects.filter(Q(line__in=[one.pk for one in lines])).values_list("line_id", "plain"))
    return [(one.recorded_at, one.role, str(said.get(one.pk, {}).get("reason", ""))) for one in lines]
