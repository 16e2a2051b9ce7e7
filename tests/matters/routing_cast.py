# SPDX-License-Identifier: MulanPSL-2.0
"""What the tests of routing share: a Monday morning, short ways to file and look, a second unit."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from linli.core import clock, due
from linli.core.models import Alarm
from linli.core.sight import looking, of_all
from linli.elements.models import Organisation, Post
from linli.matters import numbers
from linli.matters.models import Matter, Move, Proposal
from tests.cast import STREET, Cast


@pytest.fixture(autouse=True)
def weekday() -> Iterator[None]:
    """A Monday morning in office hours."""
    with clock.standing_at(datetime(2026, 11, 16, 2, 0, tzinfo=UTC)):
        yield


def drain() -> None:
    while due.drain():
        pass


def row(number: str) -> Matter:
    with looking(of_all(), read_only=True):
        return Matter.objects.get(id=numbers.matter_of(number))


def last_move(number: str) -> Move:
    with looking(of_all(), read_only=True):
        return Move.objects.filter(matter=numbers.matter_of(number)).order_by("-step")[0]


def proposal(number: str) -> Proposal | None:
    with looking(of_all(), read_only=True):
        return Proposal.objects.filter(matter=numbers.matter_of(number)).first()


def ringing(name: str) -> list[Alarm]:
    with looking(of_all(), read_only=True):
        return list(Alarm.objects.filter(name=name, ended_at=None))


def to_cleaners(cast: Cast, what: str = "all", area: int = STREET, time: str = "always") -> tuple[str, int, str, str]:
    return what, area, time, f"unit:{cast.units['cleaners']}"


def filed(cast: Cast, **more: Any) -> str:
    number = str(cast.report(**more)["number"])
    cast.do("matter.file", "dispatcher", number=number, version=1)
    drain()
    return number


def second_unit(cast: Cast, kind: str = "department") -> int:
    """A further unit of the street with somebody who receives."""
    unit = Organisation.objects.create(area=STREET, kind=kind, name="环卫三队", pinyin="hw3")
    template = Post.objects.get(pk=cast.posts["handler"])
    Post.objects.create(account=template.account, role="handler", organisation=unit, place=template.place, valid_from=template.valid_from)
    return unit.pk
