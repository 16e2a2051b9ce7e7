# SPDX-License-Identifier: MulanPSL-2.0
"""演示数据: a batch of creation under way, with applications of made-up communities alone at different steps; nobody is struck out or left out."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from linli.config.demonstration.plans import Community
from linli.config.demonstration.playing import Company
from linli.core import clock
from linli.core.actions import run
from linli.core.sight import Actor
from linli.elements.actors import actor_of_post
from linli.elements.models import Place, Post
from linli.measures.models import StandardVersion
from linli.titles.creation import patrols
from linli.titles.creation.states import STEPS
from linli.titles.kinds import kinds

BEGUN_BEFORE = 60
AFTER = {"apply_until": 10, "street_until": 16, "district_until": 22, "midterm_until": 26, "assess_until": 32, "publicity_by": 40, "naming_by": 55}
"""Days from today until each day of the call (our choice: everything can still be tried by a newcomer)."""
REACHED = (0, 1, 1 + len(STEPS) // 2, 1 + len(STEPS))
"""How many reviews each application has behind it: submitted, at the district, in the middle of its four steps, a candidate."""
SELF_CHECK = "对照标准逐项自查：必备条件、五个维度都已核对，不足之处列入今年的改进安排。（演示）"


def begin(communities: Sequence[Community], everybody: Company, today: date) -> int:
    """Plan and open a batch and walk some applications on; answers how many actions were taken. Nothing without a city and a published standard."""
    city, district = _officer("city"), _officer("district")
    kind = next(iter(kinds()), None)
    standard = StandardVersion.objects.filter(state="published", standard__code=kind.standard).order_by("-valid_from", "-id").first() if kind else None
    if city is None or district is None or kind is None or standard is None:
        return 0
    days = {name: (today + timedelta(days=number)).isoformat() for name, number in AFTER.items()}
    with _on(today - timedelta(days=BEGUN_BEFORE)):
        batch = run("title.plan_batch", city, {"kind": kind.name, "year": today.year, "target": 120})["title_batch"]
        run("title.open_call", city, {"title_batch": batch, "standard": str(standard.pk), **days})
    for back in (BEGUN_BEFORE, BEGUN_BEFORE // 2, 0):
        with _on(today - timedelta(days=back)):
            patrols.keep_seeds()
    done = 2
    made_up = [one for one in communities if one.is_made_up]
    for turn, one in enumerate(reversed(made_up[:-1])):
        done += _walk(one, everybody, district, batch, today, REACHED[1:][turn % 3] if turn else REACHED[0])
    return done


def _walk(one: Community, everybody: Company, district: Actor, batch: int, today: date, reviews: int) -> int:
    """One application, submitted and so many reviews on."""
    director, head = everybody.of_community.get((one.area, "director")), everybody.of_street.get((one.street, "head"))
    if director is None or head is None:
        return 0
    with _on(today - timedelta(days=20)):
        number = run("title.begin_application", director, {"title_batch": batch})["application"]
        run("title.submit_application", director, {"application": number, "self_check": SELF_CHECK})
    for turn in range(reviews):
        given: dict[str, Any] = {"application": number, "outcome": "pass", "reason": "材料齐全，与系统记录一致。（演示）"}
        with _on(today - timedelta(days=18 - 2 * turn)):
            run("title.review_at_street" if turn == 0 else "title.review_at_district", head if turn == 0 else district, given)
    return 2 + reviews


def _officer(role: str) -> Actor | None:
    place = Place.objects.filter(level=role).order_by("area")
    post = Post.objects.filter(role=role, account__is_demonstration=True, place__in=place).select_related("place", "organisation").order_by("id").first()
    return actor_of_post(post) if post is not None else None


def _on(day: date) -> Any:
    return clock.standing_at(datetime(day.year, day.month, day.day, 2, tzinfo=UTC))
