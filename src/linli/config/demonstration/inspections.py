# SPDX-License-Identifier: MulanPSL-2.0
"""演示数据: inspections on site in made-up communities only: some settled with good marks, one that waits for the named assessors."""

from collections.abc import Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings

from linli.config.demonstration.pictures import picture
from linli.config.demonstration.plans import Community
from linli.core import clock
from linli.core.actions import run
from linli.core.fields import Received
from linli.core.sight import Actor
from linli.elements.actors import actor_of_post
from linli.elements.models import Post
from linli.measures.inspecting.sheets import COUNT, Item, items_of
from linli.measures.models import StandardVersion
from linli.measures.standards import sheet_on

SETTLED = 2
"""Made-up communities whose inspection is settled; the next one waits (our choice)."""
SEEN, FEW = 50, 5
EVENING = time(20)


def inspect(communities: Sequence[Community], last: date) -> int:
    """Open inspections and let two assessors mark most of them; answers how many. None where the standard has no sheet, or nobody assesses."""
    posts = Post.objects.filter(account__is_demonstration=True, role__in=["assessor", "district"], account__username__in=["assessor", "assessor2", "district"])
    people = {post.account.username: actor for post in posts.select_related("account") if (actor := actor_of_post(post.pk)) is not None}
    sheet, shown = sheet_on(last), [one.area for one in communities if one.is_made_up][: SETTLED + 1]
    items = items_of(StandardVersion.objects.get(pk=sheet.id).content) if sheet else ()
    if len(people) < 3 or not items or not shown:
        return 0
    evening = datetime.combine(last, EVENING, tzinfo=ZoneInfo(settings.TIME_ZONE))
    with clock.standing_at(min(clock.now(), evening)):
        given = {"communities": ",".join(map(str, shown)), "assessors": f"{people['assessor'].account},{people['assessor2'].account}", "day": last.isoformat()}
        made = run("inspection.open", people["district"], given)["inspections"]
        for place, number in enumerate(made[:SETTLED]):
            for other, name in enumerate(("assessor", "assessor2")):
                _assess(people[name], number, items, place + other)
    return len(made)


def _assess(who: Actor, number: int, items: Sequence[Item], shift: int) -> None:
    """One sheet, entered with good marks that differ a little between two assessors."""
    run("inspection.declare", who, {"inspection": number, "conflict": "none"})
    for at, item in enumerate(items):
        seen = (SEEN if item.least > 1 else FEW) if item.answer == COUNT else item.whole
        part = seen - (seen * (2 + shift) // 50 if seen > FEW else 0)
        photos = [run("evidence.add", who, {"file": Received(f"现场{shot + 1}.jpg", picture((number + at + shot) % 24))})["id"] for shot in range(item.photos)]
        run("inspection.enter", who, {"inspection": number, "code": item.code, "part": part, "evidence": photos} | ({"whole": seen} if item.answer == COUNT else {}))
    run("inspection.hand_in", who, {"inspection": number})
