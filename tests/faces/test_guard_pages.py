# SPDX-License-Identifier: MulanPSL-2.0
"""Notes on the data: they stand beside the figure of whoever may see it, open onto the records, are explained and judged, and name nobody."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.core import clock
from linli.core.sight import looking, of_all
from linli.elements.models import Account, Household
from linli.measures import seeding
from linli.measures.models import GuardFinding
from linli.measures.rebuilding import rebuild
from tests.cast import COMMUNITY, COMMUNITY2, FAR_COMMUNITY, HOSTILE, STREET, Cast
from tests.faces.browsers import drain, page, signed_in
from tests.guards import finding

pytestmark = pytest.mark.django_db
LISTING, ONE = 12, 14
"""Queries of the list and of one note with its records, sessions included."""


@pytest.fixture
def noted(cast: Cast) -> tuple[Cast, int]:
    """The standard in force, a household, figures, and a note on two visits there."""
    seeding.seed()
    cast.home(room="301")
    drain()
    with looking(of_all()):
        rebuild(str(clock.today().year))
        home = Household.objects.get(area__gte=COMMUNITY, area__lt=COMMUNITY + 1000)
    return cast, finding(cast, numbers=[home.pk, home.pk])


@pytest.mark.parametrize("who", ["director", "head", "district"])
def test_the_note_stands_beside_the_figure_at_every_level(noted: tuple[Cast, int], who: str) -> None:
    area = COMMUNITY if who == "director" else STREET
    found = page(signed_in(who), f"/desk/results/{area}/")

    assert "其中 2 条补录晚于 30 天（拟）" in found
    assert f"/desk/results/guards/{area}/?period=" in found
    assert "其中 2 条补录晚于 30 天（拟）" in page(signed_in(who), f"/desk/results/{area}/D4-08/")
    assert "补录晚于 30 天（拟）" not in page(signed_in(who), f"/desk/results/{area}/D3-11/")


def test_it_is_explained_by_the_committee_judged_by_the_street_and_gone(noted: tuple[Cast, int]) -> None:
    number, director, head = noted[1], signed_in("director"), signed_in("head")
    address = f"/desk/results/guards/finding/{number}/"
    assert "下结论" not in page(director, address)
    answer = director.post(address, {"explain.finding": number, "explain.version": 1, "explain.explanation": HOSTILE, "explain.idempotency": "a" * 32})
    assert answer.status_code == 303, answer.content.decode()

    shown = page(head, address)
    assert HOSTILE not in shown
    assert "写说明" not in shown
    answer = head.post(address, {"judge.finding": number, "judge.version": 2, "judge.accepted": "yes", "judge.why": "看过纸质记录", "judge.idempotency": "b" * 32})
    assert answer.status_code == 303, answer.content.decode()

    assert "其中 2 条" not in page(head, f"/desk/results/{COMMUNITY}/")
    assert "情况属实，不再提示" in page(director, f"/desk/results/guards/{COMMUNITY}/")
    with looking(of_all()):
        assert GuardFinding.objects.get().state == "accepted"


def test_what_was_typed_is_kept_when_it_is_refused(noted: tuple[Cast, int]) -> None:
    number = noted[1]
    answer = signed_in("head").post(f"/desk/results/guards/finding/{number}/", {
        "judge.finding": number, "judge.version": 1, "judge.accepted": "yes", "judge.why": "看过纸质记录", "judge.idempotency": "c" * 32})

    assert answer.status_code == 422
    assert "社区还没有写说明" in answer.content.decode()
    assert "看过纸质记录" in answer.content.decode()


def test_no_name_of_an_account_stands_on_it_and_records_open_by_their_own_rights(noted: tuple[Cast, int]) -> None:
    address = f"/desk/results/guards/finding/{noted[1]}/"
    found = page(signed_in("district"), address)

    assert "/desk/registers/household/" not in found
    assert "/desk/registers/household/" in page(signed_in("director"), address)
    names = set(Account.objects.exclude(pk=noted[0].district.account).values_list("name", flat=True))
    assert not [name for name in names if name in found]


def test_whoever_is_elsewhere_finds_nothing(noted: tuple[Cast, int]) -> None:
    for who, address in (("head2", f"/desk/results/guards/finding/{noted[1]}/"), ("head2", f"/desk/results/guards/{COMMUNITY}/"),
                         ("director", f"/desk/results/guards/{FAR_COMMUNITY}/"), ("director", f"/desk/results/guards/{COMMUNITY2}/"),
                         ("director", "/desk/results/guards/finding/987654/")):
        assert signed_in(who).get(address).status_code == 404
    assert signed_in("handler").get(f"/desk/results/guards/{COMMUNITY}/").status_code == 403


def test_the_pages_cost_a_fixed_number_of_queries(noted: tuple[Cast, int]) -> None:
    browser = signed_in("district")
    for address, most in ((f"/desk/results/guards/{STREET}/", LISTING), (f"/desk/results/guards/finding/{noted[1]}/", ONE)):
        page(browser, address)
        with CaptureQueriesContext(connection) as asked:
            page(browser, address)
        assert len(asked) <= most, [one["sql"][:90] for one in asked]
