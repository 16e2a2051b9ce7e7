# SPDX-License-Identifier: MulanPSL-2.0
"""When a worker's grid is redrawn his post gets a new number: he signs in anew, and what the old post left on the phone is his to send."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from linli.core import clock, due
from linli.core.sight import looking, of_all
from linli.doors import cookies
from linli.elements import sessions
from linli.elements.actors import secret_digest
from linli.elements.models import Account, GridAssignment, Place, Post, Token
from linli.matters import numbers
from linli.matters.models import Matter
from tests.cast import COMMUNITY, GRID, Cast
from tests.matters import grounds
from tests.matters.grounds import cuts, redraw

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ASKS_JSON = {"Accept": "application/json"}
WHO = "gridworker"


@pytest.fixture
def old(cast: Cast) -> Post:
    """A post at a grid itself, the only one of its account, with the token of a machine; the grid is redrawn while the phone has steps waiting."""
    grounds.draw_old()
    since = clock.today() - timedelta(days=7)
    Post.objects.filter(account__username=WHO).update(valid_to=clock.today())
    made = Post.objects.create(account=Account.objects.get(username=WHO), role="gridworker", place=Place.objects.get(area=GRID), valid_from=since)
    Token.objects.create(digest=secret_digest("linli_of_the_grid"), post=made, label="phone", made_at=clock.now())
    with looking(of_all()):
        GridAssignment.objects.create(area=GRID, place_id=made.place_id, post=made, valid_from=since)
    return made


def signed_in() -> Client:
    client = Client()
    client.cookies[cookies.SESSION] = sessions.open_for(Account.objects.get(username=WHO)).cookie
    return client


def send(client: Client, cast: Cast, post: int, key: str, **more: Any) -> Any:
    given = {"category": cast.category, "summary": "楼道堆物", "area": str(GRID)} | more
    return client.post("/pocket/send/matter.report", given, content_type="application/json",
                       headers={**ASKS_JSON, "X-Linli-Post": str(post), "Idempotency-Key": key})


def test_the_phone_signs_in_anew_and_what_the_old_post_left_is_sent_by_the_new_one(cast: Cast, old: Post) -> None:
    before = signed_in()
    first = send(before, cast, old.pk, "pocket-1")
    redraw(cast, cuts(0.5, 0.75), clock.today())
    while due.drain():
        pass
    new = Post.objects.get(account=old.account, place__area=COMMUNITY + 3)

    assert before.get("/pocket/standing.json", headers=ASKS_JSON).status_code == 403
    assert send(before, cast, old.pk, "pocket-2").status_code == 403
    assert Client().get("/api/v1/my-day", headers={"Authorization": "Bearer linli_of_the_grid"}).status_code == 401

    after = signed_in()
    standing = after.get("/pocket/standing.json", headers=ASKS_JSON).json()
    assert (standing["owner"], standing["before"]) == (f"{old.account_id}:{new.pk}", [f"{old.account_id}:{old.pk}"])
    assert send(after, cast, old.pk, "pocket-2").json()["fault"]["code"] == "other_post"
    again, late = (send(after, cast, new.pk, key) for key in ("pocket-1", "pocket-2"))

    assert again.json()["number"] == first.json()["number"]
    assert late.status_code == 200
    with looking(of_all(), read_only=True):
        assert Matter.objects.filter(summary="楼道堆物").count() == 2
        assert Matter.objects.get(pk=numbers.matter_of(late.json()["number"])).area == COMMUNITY + 3


def test_nobody_is_given_what_another_person_or_an_ended_post_left(cast: Cast, old: Post) -> None:
    redraw(cast, cuts(0.5, 0.75), clock.today())
    for name in (WHO, "gridworker2"):
        client = Client()
        client.cookies[cookies.SESSION] = sessions.open_for(Account.objects.get(username=name)).cookie
        found = client.get("/pocket/standing.json", headers=ASKS_JSON).json()["before"]
        assert found == ([f"{old.account_id}:{old.pk}"] if name == WHO else [])
