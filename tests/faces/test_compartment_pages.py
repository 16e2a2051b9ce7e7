# SPDX-License-Identifier: MulanPSL-2.0
"""Sealed compartments at the desk: for posts that may hold one and persons who are named; everybody else is told nothing."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse

from linli.core import registry
from linli.core.models import JournalLine
from linli.core.sight import looking, of_all
from linli.core.words import words
from linli.elements import compartments
from linli.elements.compartments import KEEPS, SECTION, CompartmentKind
from linli.elements.posts import role_named
from tests.cast import COMMUNITY, COMMUNITY2, Cast
from tests.faces.browsers import page, signed_in

pytestmark = pytest.mark.django_db
SECRET = "只有指定人员知道的情况"
OVERVIEW = "/desk/compartments/"
HOLDING = ("director", "gridworker")


@pytest.fixture
def held(cast: Cast) -> Iterator[int]:
    """Roles that may hold one, a kind, and one of the director with an entry."""
    before = [role_named(name) for name in HOLDING]
    for one in before:
        assert one is not None
        registry.REGISTRY.remove("role", one.name)
        registry.add("role", one.name, replace(one, abilities=one.abilities | {KEEPS}))
    compartments.declare(CompartmentKind("planted", words("帮扶", "Help")))
    cast.actors.clear()
    number = int(cast.do("compartment.open", "director", kind="planted", area=COMMUNITY)["compartment"])
    cast.do("compartment.write", "director", compartment=number, content=SECRET)
    yield number
    registry.REGISTRY.remove(SECTION, "planted")
    for one in before:
        assert one is not None
        registry.REGISTRY.remove("role", one.name)
        registry.add("role", one.name, one)


def act(client: Client, number: int, what: str, **given: object) -> tuple[int, str]:
    answer = client.post(reverse("desk:compartment_act", args=[number, what]), {f"{what}-{name}": str(value) for name, value in given.items()}, follow=True)
    return answer.status_code, answer.content.decode()


def test_a_named_person_finds_his_own_and_reads_it_only_with_a_reason(held: int) -> None:
    client = signed_in("director")

    listed, closed = page(client, OVERVIEW), page(client, reverse("desk:compartment", args=[held]))
    without, opened = act(client, held, "look", reason=" "), act(client, held, "look", reason="周访前查看")

    assert f"{OVERVIEW}{held}/" in listed
    assert not any(SECRET in text for text in (listed, closed, without[1]))
    assert without[0] == 422
    assert SECRET in opened[1]
    assert "周访前查看" in opened[1]
    assert SECRET not in page(client, reverse("desk:compartment", args=[held]))


def test_the_answer_of_a_look_is_kept_by_no_browser_and_is_one_line(held: int) -> None:
    client = signed_in("director")
    answer = client.post(reverse("desk:compartment_act", args=[held, "look"]), {"look-reason": "核对"})

    assert answer["Cache-Control"] == "no-store"
    assert "data-hide-on-leave" in answer.content.decode()
    with looking(of_all(), read_only=True):
        assert JournalLine.objects.filter(action="compartment.look", subject=held).count() == 1


@pytest.mark.parametrize("name", ["gridworker", "director2", "gridworker2"])
def test_who_is_not_named_is_told_what_he_is_told_of_one_that_there_is_not(held: int, name: str) -> None:
    client = signed_in(name)

    for what in ("", "look", "write", "name", "remove"):
        there, absent = (client.post(f"{OVERVIEW}{number}/{what}", {f"{what}-reason": "x"}) if what else client.get(f"{OVERVIEW}{number}/") for number in (held, held + 10**6))
        assert there.status_code == absent.status_code == 404
        assert not any(word in there.content.decode() for word in (SECRET, "帮扶"))
    assert f"{OVERVIEW}{held}/" not in page(client, OVERVIEW)


def test_a_post_without_the_ability_sees_neither_page_nor_entry(cast: Cast) -> None:
    client = signed_in("director")

    assert client.get(OVERVIEW).status_code == 403
    assert client.get(f"{OVERVIEW}1/").status_code == 403
    assert OVERVIEW not in page(client, "/desk/")


def test_one_is_made_written_into_handed_over_and_the_list_says_who_opened_it(held: int, cast: Cast) -> None:
    client, other = signed_in("director"), signed_in("gridworker")
    made = client.post(OVERVIEW, {"kind": "planted", "area": str(COMMUNITY)})
    number = int(made["Location"].split("/")[3])
    assert act(client, number, "write", content="第一条")[0] == 200

    assert act(client, number, "name", account=cast.gridworker.account)[0] == 200
    seen = act(other, number, "look", reason="接手")[1]
    assert "第一条" in seen
    assert act(other, number, "remove", account=cast.director.account)[0] == 200

    assert client.get(f"{OVERVIEW}{number}/").status_code == 404
    told = page(other, f"{OVERVIEW}{number}/")
    assert "接手" in told
    assert "director&lt;b&gt;" in told
    assert act(client, number, "look", reason="还想看")[0] == 404


def test_the_last_one_stays_and_nobody_from_elsewhere_is_named(held: int, cast: Cast) -> None:
    client = signed_in("director")

    last = act(client, held, "remove", account=cast.director.account)
    elsewhere = act(client, held, "name", account=cast.director2.account)
    far = client.post(OVERVIEW, {"kind": "planted", "area": str(COMMUNITY2)})

    assert last[0] == 404  # one named person is no choice to remove, so there is no such form
    assert elsewhere[0] == 422
    assert far.status_code == 422
    assert "director2" not in page(client, f"{OVERVIEW}{held}/")


def test_without_a_declared_kind_nothing_can_be_made(held: int) -> None:
    registry.REGISTRY.remove(SECTION, "planted")
    try:
        text = page(signed_in("director"), OVERVIEW)
    finally:
        compartments.declare(CompartmentKind("planted", words("帮扶", "Help")))

    assert "没有设置密件类别" in text
