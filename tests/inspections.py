# SPDX-License-Identifier: MulanPSL-2.0
"""Assessors and an officer for tests of inspections: who they are, and what they usually do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

from PIL import Image

from linli.core import clock, editions
from linli.core.actions import run
from linli.core.fields import Received
from linli.core.sight import Actor, looking, of_all
from linli.elements.actors import actor_of_post
from linli.elements.models import Account, Place, Post
from linli.measures import seeding
from linli.measures.inspecting.sheets import COUNT, POINTS, items_of
from linli.measures.models import Inspection

SINCE = date(2020, 1, 1)
ITEMS = {"D2-13": (4, 4), "D3-01": (90, 100), "D3-02": (5, 5), "D3-06": (45, 50)}
"""An item of the sheet, and a mark of it that nobody could call bad."""
NUMBER = [0]


def picture(shade: int = 120) -> bytes:
    """A small photo."""
    made = BytesIO()
    Image.new("RGB", (64, 48), (shade, 90, 60)).save(made, "JPEG")
    return made.getvalue()


def somebody(role: str, area: int, name: str = "", *, until: date | None = None, username: str = "") -> Actor:
    """A new account with a post of a role at a place."""
    NUMBER[0] += 1
    with looking(of_all()):
        account = Account.objects.create(username=username or f"{role}{NUMBER[0]}x", name=name or f"测评员{NUMBER[0]}", password="!", created_at=clock.now())
        post = Post.objects.create(account=account, role=role, place=Place.objects.get(area=area), valid_from=SINCE, valid_to=until)
    found = actor_of_post(post.pk)
    assert found is not None
    return found


@dataclass
class Team:
    """An officer of a district with his assessors, and what they do."""

    officer: Actor
    assessors: list[Actor]
    shade: int = field(default=0)

    def open(self, *communities: int, codes: Sequence[str] = (), assessors: Sequence[Actor] = (), day: date | None = None, **more: Any) -> int:
        """Open a routine inspection of some communities; answers the first."""
        named = assessors or self.assessors[:2]
        answer = run("inspection.open", self.officer, {
            "communities": ",".join(map(str, communities)), "codes": ",".join(codes), "assessors": ",".join(str(one.account) for one in named),
            "day": (day or clock.today()).isoformat()} | more)
        return int(answer["inspections"][0])

    def declare(self, who: Actor, number: int, conflict: str = "none", text: str = "") -> dict[str, Any]:
        """Say what connects an assessor with the community."""
        return run("inspection.declare", who, {"inspection": number, "conflict": conflict, "text": text})

    def photo(self, who: Actor, area: int | None = None) -> int:
        """A photo that waits to be attached."""
        self.shade = (self.shade + 1) % 250
        given = {"file": Received("现场.jpg", picture(self.shade))} | ({"area": area} if area else {})
        return int(run("evidence.add", who, given)["id"])

    def enter(self, who: Actor, number: int, code: str, part: int, whole: int | None = None, photos: int = 2, **more: Any) -> dict[str, Any]:
        """Enter an item with its photos."""
        given = {"inspection": number, "code": code, "part": part} | ({"whole": whole} if whole is not None else {})
        return run("inspection.enter", who, given | {"evidence": [self.photo(who) for _ in range(photos)]} | more)

    def fill(self, who: Actor, number: int, marks: Mapping[str, tuple[int, int]] | None = None) -> None:
        """Declare, enter everything and hand in."""
        self.declare(who, number)
        for code, (part, whole) in (marks or ITEMS).items():
            self.enter(who, number, code, part, whole if code in ("D3-02", "D3-06") else None)
        self.hand_in(who, number)

    def hand_in(self, who: Actor, number: int) -> dict[str, Any]:
        """Hand the sheet in."""
        return run("inspection.hand_in", who, {"inspection": number})

    def assign(self, number: int, who: Actor) -> dict[str, Any]:
        """Name somebody for what the inspection lacks."""
        return run("inspection.assign", self.officer, {"inspection": number, "assessors": who.account})

    def state(self, number: int) -> str:
        """The state of an inspection."""
        with looking(of_all()):
            return str(Inspection.objects.get(pk=number).state)


def team(district: int, size: int = 4) -> Team:
    """A published standard, an officer of a district and his assessors."""
    seeding.seed()
    editions.forget_all()
    return Team(somebody("district", district), [somebody("assessor", district) for _ in range(size)])


def days_before(moment: datetime, days: int) -> date:
    """A day before a moment."""
    return (moment - timedelta(days=days)).date()


def hand_in_all(inspection: int, *, broken: str = "") -> None:
    """Every assessor of an inspection does his part by the very actions of the sheet; the first one notes a finding where a condition is to be broken."""
    with looking(of_all()):
        held = Inspection.objects.select_related("standard").get(pk=inspection)
        posts = list(Post.objects.filter(account__in=held.assessments.values("account"), role="assessor").order_by("account"))
    items = items_of(held.standard.content, held.codes)
    for turn, post in enumerate(posts):
        who = actor_of_post(post.pk)
        assert who is not None
        crew = Team(who, [who], shade=turn * 100)
        crew.declare(who, inspection)
        for item in items:
            whole = item.least if item.answer == COUNT else None
            crew.enter(who, inspection, item.code, whole or (item.whole * 9 // 10 if item.answer == POINTS else 1), whole, photos=item.photos)
        if broken and not turn:
            run("inspection.find", who, {"inspection": inspection, "code": items[0].code, "condition": broken, "text": "消防通道被占", "evidence": [crew.photo(who)]})
        crew.hand_in(who, inspection)
