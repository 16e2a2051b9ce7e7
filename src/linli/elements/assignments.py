# SPDX-License-Identifier: MulanPSL-2.0
"""网格员配备: giving grids to workers, ending that, and saying who stands in while one is away; the history stays."""

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
from linli.elements.models import Absence, GridAssignment, Place, Post
from linli.elements.places import KnownPlace
from linli.elements.posts import all_roles

WALKS = "round.walk"
"""The ability of those who can be given a grid."""
ASSIGNS = "grid.assign"

REASONS = (
    ("leave", words("请假、休假", "Leave")), ("training", words("培训学习", "Training")), ("other_work", words("借调或其他工作", "Other work")),
    ("other", words("其他", "Other")),
)
"""Typed words of the work; no field of this room says anything about health."""

NO_GRID = words("这里不是网格，请选到网格。", "This is no grid. Choose a grid.")
NO_POST = words("没有这个网格员岗位，或者它已经结束、不负责这个地方。", "There is no such post of a grid worker here, or it has ended.")
NOT_BACK = words("不能改动已经过去的日子，请从今天或以后的日期开始。", "Days that have passed are not changed. Start today or later.")
BAD_DAYS = words("结束日期要晚于开始日期。", "The last day must come after the first.")
HELD = words("“{grid}”从 {since} 起由{name}负责。", "{grid} has been held by {name} since {since}.")
HELD_REMEDY = words("换人请勾选“接替现任”；确需几个人共同负责，请都标为“共同负责”。",
                    "To change the holder choose “replace”; to hold it together mark all of them as a team.")
STARTS_LATER = words("“{grid}”已安排{name}从 {since} 起负责，请先结束那条安排。", "{name} is to hold {grid} from {since} on. End that assignment first.")
ENDED = words("这条安排已经结束。", "This assignment has ended.")
ENDED_REMEDY = words("请刷新页面，查看现在由谁负责。", "Reload the page to see who holds it now.")
NOT_IN_TIME = words("离岗日期要在负责该网格的日期之内。", "The days away must lie within the days of the assignment.")
AWAY_ALREADY = words("这段日子里已经登记了离岗（{since} 至 {last}）。", "An absence is entered for these days already ({since} to {last}).")
AWAY_REMEDY = words("请先结束那条登记，或改用同样的起止日期来指定顶岗人。", "End that one first, or give the same days to name who stands in.")
SELF = words("不能由本人顶自己的岗。", "Nobody stands in for himself.")

AREA = Field("area", words("网格", "Grid"), "area", required=True)
FROM, TO = words("从哪天起", "From"), words("到哪天止（当天不含）", "Until (that day not included)")


def grid_of(actor: Actor, area: int) -> KnownPlace:
    """The grid of a number inside the actor's range that stands today. NotVisible outside, Invalid when it is no grid."""
    found = places.find_place(area)
    if found is None or not actor.lo <= found.lo < found.hi <= actor.hi or not found.stands():
        raise NotVisible
    if found.level != "grid":
        raise Invalid({"area": NO_GRID})
    return found


def walker_of(number: int, grid: KnownPlace, day: date, name: str = "post") -> Post:
    """The post of a grid worker that is valid on the day and whose place contains the grid. Invalid otherwise."""
    found: Post | None = walkers(grid, day).filter(pk=number).first()
    if found is None:
        raise Invalid({name: NO_POST})
    return found


def walkers(grid: KnownPlace, day: date) -> Any:
    """The posts that could be given the grid on a day, by name."""
    roles = [role.name for role in all_roles() if WALKS in role.abilities]
    valid = Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gt=day))
    return (Post.objects.filter(valid, role__in=roles, account__is_active=True, place__lo__lte=grid.lo, place__hi__gte=grid.hi)
            .select_related("account", "place").order_by("account__name", "id"))


def _days(given: Any, today: date) -> tuple[date, date | None]:
    since, until = given["valid_from"] or today, given["valid_to"]
    if since < today:
        raise Invalid({"valid_from": NOT_BACK})
    if until is not None and until <= since:
        raise Invalid({"valid_to": BAD_DAYS})
    return since, until


@action(ASSIGNS, words("安排网格员", "Give a grid to a worker"), ability=ASSIGNS, subject="assignment", fields=(
    AREA, Field("post", words("网格员", "Worker"), "integer", required=True, low=1), Field("valid_from", FROM, "day"), Field("valid_to", TO, "day"),
    Field("replace", words("接替现任", "Replace the present holder"), "truth"),
    Field("team", words("与他人共同负责", "Hold it together with others"), "truth")))
def assign_grid(call: Call) -> Done:
    """A grid for a worker from a day on (today). No two hold one grid unless all are a team; `replace` ends the present holder that day."""
    grid = grid_of(call.actor, call.given["area"])
    since, until = _days(call.given, clock.today())
    post = walker_of(call.given["post"], grid, since)
    row = Place.objects.select_for_update().get(area=grid.area)
    ended = _make_room(call, grid, since, until)
    made = GridAssignment.objects.create(area=grid.area, place=row, post=post, valid_from=since, valid_to=until, is_team=bool(call.given["team"]))
    answer = {"assignment": made.pk, "area": grid.area, "post": post.pk, "valid_from": since.isoformat(), "valid_to": until.isoformat() if until else None}
    return Done(grid.area, made.pk, answer | {"ended": ended}, {"account": post.account_id}, is_new=True)


def _make_room(call: Call, grid: KnownPlace, since: date, until: date | None) -> list[int]:
    """End present holders where they are to be replaced; Conflict when somebody else holds the grid and all are no team."""
    later = GridAssignment.objects.filter(Q(valid_to=None) | Q(valid_to__gt=since), area=grid.area).select_related("post__account").order_by("valid_from")
    held = [one for one in later if until is None or one.valid_from < until]
    if call.given["replace"]:
        follower = next((one for one in held if one.valid_from > since), None)
        if follower is not None:
            said = STARTS_LATER.format(grid=grid.name, name=follower.post.account.name, since=follower.valid_from.isoformat())
            raise Conflict(said, ENDED_REMEDY, code="grid_held")
        for one in held:
            end_on(one, since)
        return [one.pk for one in held]
    other = next((one for one in held if not (one.is_team and call.given["team"]) or one.post_id == call.given["post"]), None)
    if other is not None:
        raise Conflict(HELD.format(grid=grid.name, name=other.post.account.name, since=other.valid_from.isoformat()), HELD_REMEDY, code="grid_held")
    return []


def end_on(one: GridAssignment, day: date) -> None:
    """The assignment ends that day, and so do the absences in it; what would have begun later never begins."""
    day = max(day, one.valid_from)
    Absence.objects.filter(assignment=one, valid_to__gt=day, valid_from__lte=day).update(valid_to=day)
    Absence.objects.filter(assignment=one, valid_from__gt=day).update(valid_to=day, valid_from=day)
    one.valid_to = day
    one.save(update_fields=["valid_to"])


def _own(actor: Actor, number: int, day: date) -> GridAssignment:
    """A present or future assignment inside the actor's range, locked; NotVisible otherwise, Conflict when it has ended."""
    found = GridAssignment.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=number).select_related("post__account", "place").first()
    if found is None:
        raise NotVisible
    if found.valid_to is not None and found.valid_to <= day:
        raise Conflict(ENDED, ENDED_REMEDY, code="assignment_ended")
    return found  # type: ignore[no-any-return]


@action("grid.end_assignment", words("结束网格员安排", "End an assignment"), ability=ASSIGNS, subject="assignment", fields=(
    Field("assignment", words("安排", "Assignment"), "integer", required=True, low=1), Field("valid_to", TO, "day")))
def end_assignment(call: Call) -> Done:
    """The worker holds the grid no more from that day (today unless said otherwise)."""
    today = clock.today()
    one = _own(call.actor, call.given["assignment"], today)
    day = call.given["valid_to"] or today
    if day < today:
        raise Invalid({"valid_to": NOT_BACK})
    end_on(one, day)
    return Done(one.area, one.pk, {"assignment": one.pk, "valid_to": one.valid_to.isoformat()})  # type: ignore[union-attr]


@action("grid.stand_in", words("登记离岗和顶岗", "Enter an absence and who stands in"), ability=ASSIGNS, subject="absence", fields=(
    Field("assignment", words("安排", "Assignment"), "integer", required=True, low=1),
    Field("valid_from", FROM, "day", required=True), Field("valid_to", TO, "day", required=True),
    Field("reason", words("离岗原因", "Why"), "choice", required=True, choices=REASONS),
    Field("stand_in", words("顶岗网格员（不填为还没有人）", "Who stands in (empty: nobody yet)"), "integer", low=1)))
def stand_in(call: Call) -> Done:
    """The holder is away from-to, and who stands in meanwhile; the same days again name or change who stands in."""
    given, today = call.given, clock.today()
    one = _own(call.actor, given["assignment"], today)
    since, to = given["valid_from"], given["valid_to"]
    if to <= since:
        raise Invalid({"valid_to": BAD_DAYS})
    if since < one.valid_from or (one.valid_to is not None and to > one.valid_to):
        raise Invalid({"valid_from": NOT_IN_TIME})
    grid = places.place_by_area(one.area)
    who = walker_of(given["stand_in"], grid, max(since, today), "stand_in") if given["stand_in"] else None
    if who is not None and who.account_id == one.post.account_id:
        raise Invalid({"stand_in": SELF})
    held = list(Absence.objects.filter(assignment=one, valid_from__lt=to, valid_to__gt=since).order_by("valid_from"))
    if held and (held[0].valid_from, held[0].valid_to) != (since, to):
        raise Conflict(AWAY_ALREADY.format(since=held[0].valid_from.isoformat(), last=held[0].valid_to.isoformat()), AWAY_REMEDY, code="away_already")
    if not held and since < today:
        raise Invalid({"valid_from": NOT_BACK})
    kept = held[0] if held else Absence(area=one.area, assignment=one, valid_from=since, valid_to=to)
    kept.stand_in, kept.reason = who, given["reason"]
    kept.save()
    answer = {"absence": kept.pk, "area": one.area, "assignment": one.pk, "stand_in": who.pk if who else None}
    return Done(one.area, kept.pk, answer, {"account": one.post.account_id, "stand_in_account": who.account_id if who else None}, is_new=not held)


@action("grid.end_absence", words("结束离岗", "End an absence"), ability=ASSIGNS, subject="absence", fields=(
    Field("absence", words("离岗登记", "Absence"), "integer", required=True, low=1), Field("valid_to", TO, "day")))
def end_absence(call: Call) -> Done:
    """The holder is back from that day (today unless said otherwise)."""
    today = clock.today()
    one = Absence.objects.visible_to(call.actor).select_for_update().filter(pk=call.given["absence"]).first()
    if one is None:
        raise NotVisible
    if one.valid_to <= today:
        raise Conflict(ENDED, ENDED_REMEDY, code="absence_ended")
    day = max(call.given["valid_to"] or today, one.valid_from)
    if day < today:
        raise Invalid({"valid_to": NOT_BACK})
    if day > one.valid_to:
        raise Invalid({"valid_to": BAD_DAYS})
    Absence.objects.filter(pk=one.pk).update(valid_to=day)
    return Done(one.area, one.pk, {"absence": one.pk, "valid_to": day.isoformat()})
