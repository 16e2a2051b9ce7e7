# SPDX-License-Identifier: MulanPSL-2.0
"""The small demonstration: one district, a year of matters, every one of them made through the actions."""

import os
import time
from collections.abc import Mapping, Sequence
from datetime import date

from linli.config.demonstration import cast, creation, funds, furnishings, inspections, opinions, patrols, residents, rules, seasons
from linli.config.demonstration.orders import Order, Say, drain, finish, prepare, refuse_unless_empty
from linli.config.demonstration.plans import Community, Kind, Planner
from linli.config.demonstration.playing import Company, play
from linli.core.sight import Actor
from linli.elements.actors import actor_of_post, system_actor
from linli.elements.models import Place, Post
from linli.matters.aid import measuring
from linli.matters.categories import in_force
from linli.matters.kinds import kind_of

MOST_PROCESSES = 4


def make(order: Order, say: Say) -> None:
    """Fill an empty database; RuntimeError with a sentence when it is not empty."""
    refuse_unless_empty()
    began = time.monotonic()
    prepare("small", order, say)
    district = Place.objects.get(area=cast.SHOWN_DISTRICT)
    posts = list(Post.objects.filter(account__is_demonstration=True).select_related("place", "organisation").order_by("id"))
    planner = Planner(order.seed, order.first, order.last, communities(district, posts), kinds_of(order.last))
    stories = planner.stories(order.matters)
    processes = order.processes or min(MOST_PROCESSES, max(2, len(os.sched_getaffinity(0)) + 1))
    say(f"{len(stories):,} matters, {sum(len(one.steps) for one in stories):,} actions, {processes} processes …")
    everybody = company(posts)
    steps = play(stories, everybody, processes, say)
    say(f"{patrols.walk(communities(district, posts), everybody, order.last, order.seed):,} rounds walked.")
    say(f"{furnishings.furnish(communities(district, posts), everybody.of_community, order.last):,} actions for facilities, committees and responsibility.")
    officer = next(found for one in posts if one.role == "district" and (found := actor_of_post(one)) is not None)
    say(f"{funds.fund(officer, communities(district, posts), everybody.of_community, order.last):,} vouchers of the money of creation.")
    say(f"{inspections.inspect(communities(district, posts), order.last)} inspections on site opened, most of them settled.")
    say(f"{creation.begin(communities(district, posts), everybody, order.last):,} actions for a batch of creation under way.")
    shown = [one for one in communities(district, posts) if one.is_made_up][-1]
    checked = residents.check_fields(shown.area, *(everybody.of_community[(shown.area, role)] for role in ("director", "gridworker")))
    say(f"{checked} drawn fields of residents checked.")
    _survey(district, communities(district, posts), everybody, order, say)
    drain(say)
    say(f"{creation.begin(communities(district, posts), everybody, order.last):,} actions for a batch of creation under way.")
    rules.publish(say)
    lesson = measuring.study()
    say(f"The category aid learnt {lesson.terms:,} terms from {lesson.matters:,} matters.")
    finish(order, say)
    spent = time.monotonic() - began
    say(f"Made {len(stories):,} matters by {steps:,} actions in {spent:.0f} s. 演示数据")


def _survey(district: Place, shown: Sequence[Community], everybody: Company, order: Order, say: Say) -> None:
    """Surveys of residents, held by the district and entered by the street of the first made-up community."""
    post = Post.objects.filter(role="district", place=district, account__is_demonstration=True).order_by("id").first()
    officer, made_up = actor_of_post(post) if post else None, [one for one in shown if one.is_made_up]
    interviewer = everybody.of_street.get((made_up[0].area // 1_000_000 * 1_000_000, "dispatcher")) if made_up else None
    if officer is not None and interviewer is not None:
        say(f"{opinions.ask(made_up, officer, interviewer, order.last, order.seed)} households answered a survey.")


def kinds_of(day: date) -> list[Kind]:
    """The categories in force that the demonstration uses, each with the unit that takes it."""
    found = []
    for one in in_force(day):
        is_six = one.kind == "six_problems"
        entry = (seasons.SIX if is_six else seasons.GRID if one.part == "event" else {}).get(one.code)
        if entry is not None:
            unit = seasons.UNIT_OF_CODE.get(one.code) or seasons.UNIT_OF_GROUP[one.group_code]
            found.append(Kind(one.pk, f"six:{one.code}" if is_six else one.code, one.name_zh, unit, entry, kind_of(one.kind).photos > 0))
    return found


def communities(district: Place, posts: Sequence[Post]) -> list[Community]:
    """The communities of a district that have a grid worker, with their grids and the units of their street."""
    grids: dict[int, list[tuple[int, int, int]]] = {}
    for grid in Place.objects.filter(level="grid", area__gte=district.lo, area__lt=district.hi).order_by("area"):
        grids.setdefault(grid.parent_id or 0, []).append((grid.area, grid.lon_e6 or 0, grid.lat_e6 or 0))
    units: dict[int, dict[str, int]] = {}
    for post in posts:
        if post.role == "handler" and post.organisation is not None:
            units.setdefault(post.place_id, {})[post.organisation.kind] = post.organisation.pk
    found = []
    for post in posts:
        if post.role == "gridworker" and post.place.parent_id is not None:
            place = post.place
            found.append(Community(place.area, place.area // 1_000_000 * 1_000_000, place.short_name.removesuffix("（演示）"), tuple(grids[place.pk]),
                                   place.is_demonstration, units[place.parent_id]))  # type: ignore[index]
    return sorted(found, key=lambda one: one.area)


def company(posts: Sequence[Post]) -> Company:
    """Everybody who acts, found once."""
    of_community: dict[tuple[int, str], Actor] = {}
    of_street: dict[tuple[int, str], Actor] = {}
    of_unit: dict[int, Actor] = {}
    for post in posts:
        actor = actor_of_post(post)
        if actor is None:
            continue
        if post.role == "handler":
            of_unit[post.organisation_id or 0] = actor
        else:
            where: Mapping[str, dict[tuple[int, str], Actor]] = {"community": of_community, "street": of_street}
            where.get(post.place.level, {})[(post.place.area, post.role)] = actor
    return Company(of_community, of_street, of_unit, system_actor("worker"))



