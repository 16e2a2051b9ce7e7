# SPDX-License-Identifier: MulanPSL-2.0
"""The category aid on its pages: proposals while reporting, beside a report that waits, its accuracy, synonyms, schemes and cross-walks."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from linli.core import clock, editions
from linli.core.sight import looking, of_all
from linli.doors import cookies
from linli.elements import sessions
from linli.elements.models import Account
from linli.matters.aid import learning, measuring
from linli.matters.models import Category, Scheme
from tests.cast import COMMUNITY, Cast

pytestmark = pytest.mark.django_db
Enter = Callable[[str], Client]
SAID = "楼下的供水井盖翘起来了"


@pytest.fixture
def enter(cast: Cast) -> Enter:
    def make(name: str) -> Client:
        client = Client(headers={"accept-language": "zh-CN"})
        if name:
            client.cookies[cookies.SESSION] = sessions.open_for(Account.objects.get(username=name)).cookie
        return client

    return make


@pytest.fixture
def learnt(cast: Cast) -> Category:
    """The aid knows the published words; the category that it will name."""
    with looking(of_all()):
        learning.learn()
    return Category.objects.get(code="01001", part="event", scheme__code="gbt47678_5")


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.status_code
    return answer.content.decode()


def test_words_bring_proposals_with_reasons_and_nothing_is_chosen(enter: Enter, learnt: Category) -> None:
    shown = enter("").post("/report/", {"summary": SAID, "step": "category"}).content.decode()

    assert "因为您写到：“供水井盖”" in shown
    assert f'name="category" value="{learnt.pk}"' in shown
    assert SAID in shown
    assert "checked" not in shown


def test_what_was_typed_is_carried_to_the_last_step(enter: Enter, learnt: Category) -> None:
    shown = enter("").post("/report/", {"summary": SAID, "category": learnt.pk, "area": COMMUNITY}).content.decode()

    assert SAID in shown


def test_the_script_gets_the_proposals_alone(enter: Enter, learnt: Category) -> None:
    shown = enter("").post("/report/", {"summary": SAID, "step": "category", "propose": "1"}).content.decode()

    assert "供水井盖" in shown
    assert "<html" not in shown


def test_too_little_says_so_and_words_in_an_address_are_not_read(enter: Enter, learnt: Category) -> None:
    client = enter("")

    assert "还看不出是哪一类" in client.post("/report/", {"summary": "你好", "step": "category"}).content.decode()
    assert "因为您写到" not in page(client, f"/report/?summary={SAID}")


def test_the_dispatcher_sees_proposals_beside_a_waiting_report_only(enter: Enter, cast: Cast, learnt: Category) -> None:
    made = cast.report(summary=SAID)
    waiting = page(enter("dispatcher"), f"/desk/matter/{made['number']}/")
    others = page(enter("gridworker"), f"/desk/matter/{made['number']}/")
    cast.do("matter.file", "dispatcher", number=made["number"], version=1)

    assert "类别参考</h2>" in waiting
    assert "move-matter.categorise" in waiting
    assert "类别参考</h2>" not in others
    assert "类别参考</h2>" not in page(enter("dispatcher"), f"/desk/matter/{made['number']}/")


@pytest.mark.parametrize(("name", "status"), [("sysadmin", 200), ("city", 200), ("district", 200), ("dispatcher", 403), ("gridworker", 403)])
def test_the_accuracy_is_for_the_administration(enter: Enter, cast: Cast, name: str, status: int) -> None:
    assert "还没有量过" in page(enter(name), "/desk/categories/", status) or status == 403


def test_figures_lead_to_the_records_within_the_post(enter: Enter, cast: Cast, learnt: Category) -> None:
    made = cast.report(summary=SAID, category=learnt.pk)
    cast.do("matter.file", "dispatcher", number=made["number"], version=1)
    with clock.standing_at(clock.now() + timedelta(hours=1)):
        measuring.study()
    address = f"/desk/categories/{learnt.pk}/"

    assert address in page(enter("district"), "/desk/categories/")
    assert address not in page(enter("sysadmin"), "/desk/categories/")
    assert made["number"] in page(enter("district"), address)
    assert made["number"] not in page(enter("district2"), address)
    page(enter("sysadmin"), address, 404)
    page(enter("district"), "/desk/categories/999999/", 404)


def test_schemes_and_cross_walks_are_read_by_many_and_changed_by_the_administration(enter: Enter, cast: Cast) -> None:
    scheme, crosswalk = Scheme.objects.earliest("pk").pk, cast.crosswalk()

    for address in ("/desk/categories/schemes/", f"/desk/categories/schemes/{scheme}/", f"/desk/categories/crosswalks/{crosswalk}/"):
        page(enter("city"), address)
        page(enter("dispatcher"), address, 403)
    for address in ("/desk/categories/schemes/add", f"/desk/categories/schemes/{scheme}/end", f"/desk/categories/crosswalks/{crosswalk}/load", "/desk/categories/synonyms"):
        page(enter("sysadmin"), address)
        page(enter("city"), address, 403)
    page(enter("city"), f"/desk/categories/crosswalks/{crosswalk}/counts", 404)


def test_a_version_without_groups_breaks_no_page(enter: Enter, cast: Cast) -> None:
    begins = clock.today() + timedelta(days=1)
    given = {"code": "gbt47678_5", "edition": "2027", "name_zh": "没有大类的新版", "name_en": "New", "source": "试", "valid_from": begins.isoformat(),
             "file": "part,code,name_zh,kind\nevent,101,井盖问题,grid_event\n"}
    number = cast.report()["number"]
    scheme = cast.do("category.add_scheme", "sysadmin", **given)["scheme"]
    editions.forget_all()

    assert "没有大类的新版" in page(enter("sysadmin"), f"/desk/categories/schemes/{scheme}/")
    with clock.standing_at(clock.now() + timedelta(days=1)):
        assert "井盖问题" in page(enter(""), "/report/?step=category")
        assert "井盖问题" in page(enter("dispatcher"), f"/desk/matter/{number}/")
        assert "没有大类的新版" in page(enter("gridworker"), "/pocket/ground.json")


def test_the_page_of_the_accuracy_takes_few_queries(enter: Enter, cast: Cast, learnt: Category) -> None:
    client = enter("city")
    page(client, "/desk/categories/")

    with CaptureQueriesContext(connection) as seen:
        page(client, "/desk/categories/")

    assert len(seen) <= 16
