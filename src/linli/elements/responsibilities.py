# SPDX-License-Identifier: MulanPSL-2.0
"""分片包块 (6d): giving buildings and doorways to responsible workers, ending that, and saying who stands in while one is away; the history stays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Q

from linli.core import clock
from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, Invalid, NotVisible
from linli.core.fields import Field
from linli.core.sight import Actor
from linli.core.words import words
from linli.elements import places
from linli.elements.accounts import whole_number
from linli.elements.assignments import BAD_DAYS, ENDED, ENDED_REMEDY, FROM, NOT_BACK, REASONS, SELF, TO
from linli.elements.models import Building, Post, Responsibility, StandIn
from linli.elements.places import KnownPlace
from linli.elements.posts import all_roles
from linli.elements.registers.checks import writing
from linli.elements.registers.dwellings import building_title

SEES, ASSIGNS, HOLDS = "responsibility.see", "responsibility.assign", "responsibility.hold"
"""To see who is responsible, to say who is, and to be it."""
MOST = 2000
"""Buildings that are given at once: one community (our choice)."""
LONGEST = 19
"""Digits of a bigint."""

NO_COMMUNITY = words("请选择社区。", "Choose a community.")
NO_WORKER = words("没有这个岗位，或者它已经结束、不负责这些楼栋所在的地方。", "There is no such post here, or it has ended or does not work where these buildings stand.")
NONE_CHOSEN = words("请至少选一栋楼。", "Choose at least one building.")
ONE_ONLY = words("按门安排时只能选一栋楼。", "Choose one building only when giving a doorway.")
HELD = words("“{building}”从 {since} 起由{name}负责。", "{building} has been looked after by {name} since {since}.")
HELD_REMEDY = words("换人请勾选“接替现任”。", "Choose “replace” to change who is responsible.")
LATER = words("“{building}”已安排{name}从 {since} 起负责，请先结束那条安排。", "{name} is to look after {building} from {since} on. End that first.")
AWAY_ALREADY = words("这段日子里已经登记了离岗（{since} 至 {until} 前）。", "An absence is entered for these days already ({since} until {until}).")
AWAY_REMEDY = words("请先结束那条登记，或改用同样的起止日期来指定顶岗人。", "End that one first, or give the same days to name who stands in.")


@dataclass(frozen=True)
class Ground:
    """A community with its buildings that stand."""

    place: KnownPlace
    buildings: tuple[Building, ...]


def community_inside(actor: Actor, number: object) -> KnownPlace:
    """The community (or the grid, for a post of one grid) of an area inside the post's range. NotVisible otherwise."""
    found = places.find_place(whole_number(number))
    if found is None or not actor.lo <= found.lo < found.hi <= actor.hi or found.level not in ("community", "grid"):
        raise NotVisible
    return found


def _ground(actor: Actor, given: Mapping[str, Any]) -> Ground:
    place = community_inside(actor, given.get("area"))
    came = given.get("buildings") or ()
    texts = [str(one).strip() for one in (came if isinstance(came, list | tuple) else str(came).split(","))]
    wanted = [one for one in texts if one.isdecimal() and one.isascii() and len(one) < LONGEST][:MOST]
    found = Building.objects.visible_to(actor).within(place.lo, place.hi).filter(pk__in=wanted, valid_to=None).order_by("key")
    return Ground(place, tuple(found))


def workers(place: KnownPlace, day: date) -> Any:
    """The posts that may be responsible for buildings of a place on a day, by name: held at it, above it or (for a community) in one of its grids."""
    roles = [role.name for role in all_roles() if HOLDS in role.abilities]
    valid = Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gt=day))
    community = places.community_of(place.area) or place
    here = Q(place__lo__gte=community.lo, place__hi__lte=community.hi)
    return Post.objects.filter(valid, here, role__in=roles, account__is_active=True).select_related("account", "place").order_by("account__name", "id")


def _worker(number: int, ground: Sequence[int], place: KnownPlace, day: date, name: str = "post") -> Post:
    """The post of a number that may be responsible for buildings of these areas. Invalid otherwise."""
    found: Post | None = workers(place, day).filter(pk=number).first()
    if found is None or not all(found.place.lo <= area < found.place.hi for area in ground):
        raise Invalid({name: NO_WORKER})
    return found


GIVE = (
    Field("area", words("社区", "Community"), "area", required=True), Field("buildings", words("楼栋", "Buildings"), "choices", required=True),
    Field("doorway", words("门（不填为整栋）", "Doorway (empty: the whole building)"), limit=10),
    Field("post", words("责任人", "Responsible worker"), "integer", required=True, low=1), Field("since", FROM, "day"),
    Field("until", TO, "day"), Field("replace", words("接替现任", "Replace the present one"), "truth"),
)


def _give_fields(record: Ground, given: Mapping[str, Any]) -> Sequence[Field]:
    known = tuple((str(one.pk), words(building_title(one), building_title(one))) for one in record.buildings)
    return [replace(one, choices=known) if one.name == "buildings" else one for one in GIVE]


@action("responsibility.give", words("安排包联责任人", "Make somebody responsible for buildings"), ability=ASSIGNS, subject="place", finds=_ground, fields=GIVE,
        fields_of=_give_fields)
def give(call: Call) -> Done:
    """Buildings, or one doorway of one, for a worker from a day on (today). Each has one responsible worker at a time; `replace` ends the present one's."""
    ground, given, today = call.record, call.given, clock.today()
    since, until = given["since"] or today, given["until"]
    if since < today:
        raise Invalid({"since": NOT_BACK})
    if until is not None and until <= since:
        raise Invalid({"until": BAD_DAYS})
    doorway = writing.plain(given["doorway"] or "")
    if not ground.buildings:
        raise Invalid({"buildings": NONE_CHOSEN})
    if doorway and len(ground.buildings) > 1:
        raise Invalid({"doorway": ONE_ONLY})
    post = _worker(given["post"], [one.area for one in ground.buildings], ground.place, since)
    ended = _make_room(call, since, until, doorway)
    made = Responsibility.objects.bulk_create([Responsibility(area=one.area, building=one, doorway=doorway, post=post, since=since, until=until)
                                               for one in ground.buildings])
    answer = {"area": ground.place.area, "post": post.pk, "given": len(made), "ended": ended, "since": since.isoformat()}
    return Done(ground.place.area, ground.place.area, answer, {"account": post.account_id, "responsibilities": [one.pk for one in made]})


def _make_room(call: Call, since: date, until: date | None, doorway: str) -> int:
    """End what is held for the same buildings and doorway where it is to be replaced; Conflict otherwise. Answers how many ended."""
    later = Q(until=None) | Q(until__gt=since)
    named = {one.pk: building_title(one) for one in call.record.buildings}
    list(Building.objects.select_for_update().filter(pk__in=named).order_by("pk").values_list("pk", flat=True))
    rows = Responsibility.objects.filter(later, building__in=named, doorway=doorway).select_related("post__account").order_by("since", "id")
    held = [one for one in rows if until is None or one.since < until]
    ahead = next((one for one in held if one.since > since), None)
    if held and (ahead is not None or not call.given["replace"]):
        one = ahead or held[0]
        said, remedy = (LATER, ENDED_REMEDY) if ahead else (HELD, HELD_REMEDY)
        raise Conflict(said.format(building=named[one.building_id] + doorway, name=one.post.account.name, since=one.since.isoformat()), remedy, code="building_held")
    return Responsibility.objects.filter(pk__in=[one.pk for one in held]).update(until=since)


def _held(actor: Actor, given: Mapping[str, Any]) -> Responsibility:
    found: Responsibility | None = Responsibility.objects.visible_to(actor).filter(pk=whole_number(given.get("responsibility"))).first()
    if found is None:
        raise NotVisible
    return found


@action("responsibility.end", words("结束包联", "End a responsibility"), ability=ASSIGNS, subject="place", finds=_held, fields=(
    Field("responsibility", words("包联", "Responsibility"), "integer", required=True, low=1), Field("until", TO, "day")))
def end(call: Call) -> Done:
    """The worker is responsible no more from that day (today)."""
    one, today = call.record, clock.today()
    day = call.given["until"] or today
    if one.until is not None and one.until <= today:
        raise Conflict(ENDED, ENDED_REMEDY, code="responsibility_ended")
    if day < today:
        raise Invalid({"until": NOT_BACK})
    Responsibility.objects.filter(pk=one.pk).update(until=max(day, one.since), version=one.version + 1)
    home = places.community_of(one.area)
    return Done(one.area, home.area if home else one.area, {"responsibility": one.pk, "area": home.area if home else one.area, "until": day.isoformat()})


def _post(actor: Actor, given: Mapping[str, Any]) -> Post:
    """A post inside the range that may be responsible for buildings. NotVisible otherwise."""
    roles = [role.name for role in all_roles() if HOLDS in role.abilities]
    found = Post.objects.filter(pk=whole_number(given.get("post")), role__in=roles, place__lo__gte=actor.lo, place__hi__lte=actor.hi).select_related("account", "place").first()
    if found is None:
        raise NotVisible
    return found


@action("responsibility.stand_in", words("登记包联离岗和顶岗", "Enter an absence and who stands in"), ability=ASSIGNS, subject="stand_in", finds=_post, fields=(
    Field("post", words("责任人", "Responsible worker"), "integer", required=True, low=1), Field("since", FROM, "day", required=True), Field("until", TO, "day", required=True),
    Field("reason", words("离岗原因", "Why"), "choice", required=True, choices=REASONS),
    Field("stand_in", words("顶岗人（不填为还没有人）", "Who stands in (empty: nobody yet)"), "integer", low=1)))
def stand_in(call: Call) -> Done:
    """The worker is away from-to, and who looks after all his buildings meanwhile; the same days again name or change who does."""
    post, given, today = call.record, call.given, clock.today()
    since, until = given["since"], given["until"]
    if until <= since:
        raise Invalid({"until": BAD_DAYS})
    home = places.place_by_area(post.place.area)
    who = _worker(given["stand_in"], [home.area] if home.level == "grid" else [], home, max(since, today), "stand_in") if given["stand_in"] else None
    if who is not None and who.account_id == post.account_id:
        raise Invalid({"stand_in": SELF})
    Post.objects.select_for_update().get(pk=post.pk)
    held = list(StandIn.objects.filter(post=post, since__lt=until, until__gt=since).order_by("since"))
    if held and (held[0].since, held[0].until) != (since, until):
        raise Conflict(AWAY_ALREADY.format(since=held[0].since.isoformat(), until=held[0].until.isoformat()), AWAY_REMEDY, code="away_already")
    if not held and since < today:
        raise Invalid({"since": NOT_BACK})
    kept = held[0] if held else StandIn(area=home.area, post=post, since=since, until=until)
    kept.stand_in, kept.reason, kept.version = who, given["reason"], kept.version + bool(held)
    kept.save()
    return Done(home.area, kept.pk, {"away": kept.pk, "area": home.area, "stand_in": who.pk if who else None}, {"account": post.account_id}, is_new=not held)


def _away(actor: Actor, given: Mapping[str, Any]) -> StandIn:
    found: StandIn | None = StandIn.objects.visible_to(actor).filter(pk=whole_number(given.get("away"))).first()
    if found is None:
        raise NotVisible
    return found


@action("responsibility.back", words("提前回岗", "Back earlier"), ability=ASSIGNS, subject="stand_in", finds=_away, fields=(
    Field("away", words("离岗登记", "Absence"), "integer", required=True, low=1), Field("until", TO, "day")))
def back(call: Call) -> Done:
    """The worker is back from that day (today)."""
    one, today = call.record, clock.today()
    if one.until <= today:
        raise Conflict(ENDED, ENDED_REMEDY, code="absence_ended")
    day = max(call.given["until"] or today, one.since)
    if day < today:
        raise Invalid({"until": NOT_BACK})
    if day > one.until:
        raise Invalid({"until": BAD_DAYS})
    StandIn.objects.filter(pk=one.pk).update(until=day, version=one.version + 1)
    return Done(one.area, one.pk, {"away": one.pk, "area": one.area, "until": day.isoformat()})
