# SPDX-License-Identifier: MulanPSL-2.0
"""What happens by itself: old sessions go every night; grids and doorways without anybody, terms and equipment that end ring; reach is reckoned anew."""

from collections.abc import Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q

from linli.core import clock
from linli.core.actions import run
from linli.core.alarms import ring
from linli.core.due import after_action, leave
from linli.core.faults import Fault
from linli.core.jobs import regularly
from linli.core.models import Due
from linli.core.sight import AREA_END, looking, of_all
from linli.core.system_actors import system_actor
from linli.core.words import words
from linli.elements import alarms, carrying, heirs, places, reaches, sessions, watching
from linli.elements.models import Absence, GridAssignment, Redrawing, Reorganisation, Replacement, Responsibility, StandIn, Thing
from linli.elements.registers.declaring import Register, on_declaring
from linli.elements.reorganising import actions as reorganising
from linli.elements.reorganising.plans import Plan
from linli.elements.searching.finders import asked


@regularly("elements.forget_sessions", "31 19 * * *")
def forget_sessions() -> object:
    """At 03:31 in China (the schedule is in UTC)."""
    return sessions.forget_expired()


@after_action("elements.watch_grids", "grid.assign", "grid.end_assignment", "grid.stand_in", "grid.end_absence", "post.hand_over", "post.take_back", "boundary.redraw")
def watch_grids(rows: Sequence[Due]) -> None:
    """Look at once at the communities in which somebody was given a grid, lost one, left or came back."""
    alarms.watch(watching.communities({row.area for row in rows}))


@after_action("elements.watch_posts", "post.end", "post.give")
def watch_posts(rows: Sequence[Due]) -> None:
    """Look at the communities in which a post that has ended (or holds again) has grids or stands in."""
    posts = [row.subject for row in rows]
    held = GridAssignment.objects.filter(post__in=posts).values_list("area", flat=True)
    standing = Absence.objects.filter(stand_in__in=posts).values_list("area", flat=True)
    alarms.watch(watching.communities({*held, *standing}))


@after_action("elements.watch_accounts", "account.close")
def watch_accounts(rows: Sequence[Due]) -> None:
    """Look at the communities in which a closed account had grids or stood in."""
    accounts = [row.subject for row in rows]
    held = GridAssignment.objects.filter(post__account__in=accounts).values_list("area", flat=True)
    standing = Absence.objects.filter(Q(stand_in__account__in=accounts)).values_list("area", flat=True)
    alarms.watch(watching.communities({*held, *standing}))


@after_action("elements.watch_places", "boundary.load", "place.load", "place.add", "place.end")
def watch_places(rows: Sequence[Due]) -> None:
    """Grids may have come or gone anywhere: look at all of them."""
    alarms.watch([(0, AREA_END)])


@regularly("elements.watch_grids", "7 * * * *")
def watch_hourly() -> object:
    """Days pass too: every hour, because the city's midnight is any hour of the schedule."""
    with looking(of_all()):
        return alarms.watch([(0, AREA_END)])


@after_action("elements.watch_parts", "part.add", "part.change", "part.remove", "part.check", "part.propose")
def watch_parts(rows: Sequence[Due]) -> None:
    """Look at the communities in which a facility's list was changed."""
    watching.watch_parts(watching.communities({row.area for row in rows}))


@after_action("elements.watch_terms", "term.begin", "term.end", "organisation.end", "organisation.restore")
def watch_terms(rows: Sequence[Due]) -> None:
    """Look at the terms: a new one ends what rings about the old."""
    watching.watch_terms()


@after_action("elements.watch_doorways", "responsibility.give", "responsibility.end", "responsibility.stand_in", "responsibility.back",
              "building.add", "building.change", "building.end", "building.restore", "dwelling.add", "dwelling.change", "dwelling.end", "dwelling.restore")
def watch_doorways(rows: Sequence[Due]) -> None:
    """Look at the communities in which somebody became responsible, left, came back, or a doorway came or went."""
    watching.watch_doorways(watching.communities({row.area for row in rows}))


@after_action("elements.watch_doorways_of_posts", "post.end", "post.give")
def watch_doorways_of_posts(rows: Sequence[Due]) -> None:
    """Look at the communities in which a post that has ended (or holds again) has buildings or stands in."""
    posts = [row.subject for row in rows]
    _watch_doorways_of(Q(post__in=posts), Q(stand_in__in=posts))


@after_action("elements.watch_doorways_of_accounts", "account.close")
def watch_doorways_of_accounts(rows: Sequence[Due]) -> None:
    """Look at the communities in which a closed account had buildings or stood in."""
    accounts = [row.subject for row in rows]
    _watch_doorways_of(Q(post__account__in=accounts), Q(stand_in__account__in=accounts))


def _watch_doorways_of(holding: Q, standing: Q) -> None:
    areas = {*Responsibility.objects.filter(holding).values_list("area", flat=True), *StandIn.objects.filter(standing).values_list("area", flat=True)}
    watching.watch_doorways(watching.communities(areas))


@regularly("elements.watch_things", "17 * * * *")
def watch_things_hourly() -> object:
    """Days pass too: every hour, because the city's midnight is any hour of the schedule."""
    with looking(of_all()):
        whole = [(0, AREA_END)]
        return watching.watch_parts(whole) + watching.watch_terms() + watching.watch_doorways(whole)


@on_declaring
def reckon_after_changes(register: Register) -> None:
    """A kind of thing that is added, moved or closed changes who can reach it on foot; a building that moves is reckoned for every service."""
    if register.model is Thing:
        names = [f"{register.name}.{what}" for what in ("add", "change", "end", "restore")]
        after_action(f"elements.reckon.{register.name}", *names)(lambda rows: _reckon(rows, [register.kind_of]))


@after_action("elements.reckon_buildings", "building.add", "building.change", "building.end", "building.restore")
def reckon_buildings(rows: Sequence[Due]) -> None:
    """Look at the communities in which a building came, went or was placed."""
    reaches.reckon(watching.communities({row.area for row in rows}))


def _reckon(rows: Sequence[Due], kinds: Sequence[str]) -> None:
    reaches.reckon(watching.districts({row.area for row in rows}), kinds)


@regularly("elements.reckon_reach", "41 18 * * *")
def reckon_nightly() -> object:
    """At 02:41 in China (the schedule is in UTC): every service and building, so that facilities beyond a district's border count too."""
    with looking(of_all()):
        return reaches.reckon([(0, AREA_END)])
def _communities(areas: set[int]) -> list[tuple[int, int]]:
    """The ranges of the communities around these areas, each once."""
    found = {(home.lo, home.hi) for area in areas if (home := places.community_of(area)) is not None}
    return sorted(found)


@regularly("elements.tidy_names", "17 19 * * *")
def tidy_names() -> str:
    """Bring the names that the search knows to those that are borne: what ran side by side may have left one too many or one too few."""
    return f"{asked('select tidy_names()', ())[0][0]} names put right"


CARRY = reorganising.CARRY
COULD_NOT = words("辖区调整（编号 {number}，{day} 起）没有生效：{why} 请撤回后重新填报。",
                  "The reorganisation number {number} (from {day} on) did not take effect: {why} Take it back and file it anew.")


def midnight(day: date) -> datetime:
    """The moment with which a day begins on the city's clock."""
    return datetime.combine(day, time(), ZoneInfo(settings.TIME_ZONE))


@after_action("ground.plan_carrying", "boundary.redraw")
def plan_carrying(rows: Sequence[Due]) -> None:
    """Leave a row for the midnight with which redrawn grids begin."""
    for held in Redrawing.objects.filter(pk__in=[row.subject for row in rows]):
        leave(CARRY, area=held.area, subject_kind="place", subject=held.area, at=max(midnight(held.since), clock.now()))


@after_action(CARRY)
def carry_now(rows: Sequence[Due]) -> None:
    """One batch of living records for each place; another row until none is left, then look at who is without a worker there."""
    for area in sorted({row.area for row in rows}):
        answer = run("ground.carry", system_actor("worker"), {"area": area})
        if answer["moved"]:
            leave(CARRY, area=area, subject_kind="place", subject=area, at=clock.now())
            continue
        ended = heirs.ended_ground(area)
        looked = watching.communities({area, *heirs.targets(area, [(one, one, None, None) for one in ended]).values()})
        alarms.watch(looked)
        watching.watch_doorways(looked)
        watching.watch_parts(looked)
        for held in Reorganisation.objects.filter(state="begun").order_by("id"):
            if area in reorganising.origins(Plan.of(held)):
                run("place.finish_reorganisation", system_actor("worker"), {"reorganisation": held.pk})


@after_action("place.plan_beginning", reorganising.CONFIRMS)
def plan_beginning(rows: Sequence[Due]) -> None:
    """Leave a row for the midnight with which a confirmed reorganisation begins."""
    for held in Reorganisation.objects.filter(pk__in=[row.subject for row in rows], state="confirmed"):
        leave(BEGIN, area=held.area, subject_kind="reorganisation", subject=held.pk, at=max(midnight(held.since), clock.now()))


BEGIN = "place.begin_now"


@after_action(BEGIN)
def begin_now(_rows: Sequence[Due]) -> None:
    """Begin what is confirmed and whose day has come; what cannot begin rings, with the sentence that says why."""
    for held in Reorganisation.objects.filter(state="confirmed", since__lte=clock.today()).order_by("since", "id"):
        try:
            run("place.begin_reorganisation", system_actor("worker"), {"reorganisation": held.pk})
        except Fault as fault:
            why = next(iter(fault.fields.values()), fault.message)
            sentence = COULD_NOT.format(number=held.pk, day=held.since.isoformat(), why=why)
            Reorganisation.objects.filter(pk=held.pk).update(trouble=sentence.as_dict())
            ring(reorganising.STUCK, area=held.area, subject_kind="reorganisation", subject=held.pk, sentence=sentence)


@regularly("elements.begin_reorganisations", "3 * * * *")
def begin_hourly() -> None:
    """Every hour, because the city's midnight is any hour of the schedule: what confirmed plans a broken night left."""
    with looking(of_all()):
        begin_now.run([])


@regularly("elements.find_left_behind", "43 * * * *")
def find_left_behind() -> int:
    """Living records on ground that has ended (recorded late, or work that was broken off): they are carried. Answers how many places."""
    ended = list(Replacement.objects.filter(old__valid_to__lte=clock.today()).values_list("old__area", flat=True).distinct())
    with looking(of_all()):
        held = {home.area if (home := places.community_of(area)) is not None else area for area in carrying.left_behind(ended)} if ended else set()
        for area in sorted(held):
            leave(CARRY, area=area, subject_kind="place", subject=area, at=clock.now())
    return len(held)
