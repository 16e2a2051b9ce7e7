# SPDX-License-Identifier: MulanPSL-2.0
"""The hotline and the list of duties on the desk: a table from upload to answer by forms, wrong rows to fetch, refusals by role."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from linli.core import clock
from linli.core.sight import looking, of_all
from linli.matters import numbers
from linli.matters.models import HotlineAnswer, HotlineBatch, HotlineOrder
from linli.matters.reactions import hotline_tables
from tests.cast import Cast
from tests.faces.browsers import signed_in as browser
from tests.matters.test_hotline import COLUMNS, row, sheet, text

pytestmark = pytest.mark.django_db


def key_in(page: Any) -> str:
    found = re.search(r'name="idempotency" value="([^"]+)"', page.content.decode())
    assert found
    return found[1]


def uploaded(client: Client, content: bytes, name: str = "工单.xlsx") -> str:
    answer = client.post("/desk/hotline/upload", {"idempotency": "u1", "up-source": "12345", "up-file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 303, answer.content.decode()
    return str(answer["Location"])


def test_a_table_goes_all_the_way_by_forms(cast: Cast) -> None:
    client = browser("dispatcher")
    address = uploaded(client, sheet(row(), row("")))
    number = int(address.rstrip("/").split("/")[-1])
    page = client.get(address)
    assert '<option selected>工单编号</option>' in page.content.decode()

    given = {f"column.{name}": heading for name, heading in COLUMNS.items()}
    client.post(address, {"idempotency": key_in(page), "category": str(cast.category), "community": "", **given})
    hotline_tables.work(number)
    checked = client.get(address)
    assert "没有工单编号" in checked.content.decode()
    wrong = client.get(f"{address}wrong.csv").content.decode("utf-8-sig")
    assert wrong.splitlines()[0].endswith("问题")
    client.post(address, {"idempotency": "t1", "what": "take_in"})
    hotline_tables.work(number)

    with looking(of_all(), read_only=True):
        order = HotlineOrder.objects.get(number="GD001")
    page = client.get(f"/desk/matter/{numbers.number_of(order.pk)}/").content.decode()
    assert "GD001" in page
    assert "退单时限" in page
    assert "GD001" in client.get("/desk/hotline/").content.decode()
    cast.walk(numbers.number_of(order.pk))
    today = clock.today().isoformat()
    client.post("/desk/hotline/answer", {"idempotency": "a1", "an-source": "12345", "an-first": today, "an-last": today})
    with looking(of_all(), read_only=True):
        table = HotlineAnswer.objects.get().pk
    assert "GD001" in client.get(f"/desk/hotline/answers/{table}.csv").content.decode("utf-8-sig")
    assert client.get(f"/desk/hotline/answers/{table}.xlsx").content.startswith(b"PK")
    assert client.get(f"/desk/hotline/answers/{table}.exe").status_code == 404


def test_a_missing_column_comes_back_with_a_sentence(cast: Cast) -> None:
    client = browser("dispatcher")
    address = uploaded(client, text(row()), "工单.csv")

    answer = client.post(address, {"idempotency": "m1", "column.number": "工单编号"})

    assert answer.status_code == 422
    assert "受理时间" in answer.content.decode()


def test_a_file_that_is_no_table_comes_back_with_a_sentence(cast: Cast) -> None:
    answer = browser("dispatcher").post("/desk/hotline/upload", {"idempotency": "u", "up-source": "12345", "up-file": SimpleUploadedFile("a.xlsx", b"PK\x03\x04x")})

    assert answer.status_code == 422
    assert "读不了这个文件" in answer.content.decode()


@pytest.mark.parametrize("name", ["handler", "gridworker", "director", "verifier", "head", "city"])
def test_others_are_told_that_they_may_not(cast: Cast, name: str) -> None:
    assert browser(name).get("/desk/hotline/").status_code == 403


def test_a_neighbour_sees_no_table_of_this_street(cast: Cast) -> None:
    address = uploaded(browser("dispatcher"), sheet(row()))

    for path in (address, f"{address}pulse", f"{address}wrong.csv"):
        assert browser("dispatcher2").get(path).status_code == 404
    with looking(of_all(), read_only=True):
        assert HotlineBatch.objects.count() == 1


def test_the_list_of_duties_leads_to_what_was_refused_by_it(cast: Cast) -> None:
    number = cast.report()["number"]
    cast.do("matter.refuse", "dispatcher", number=number, version=1, reason="not_ours", duty="他-02")

    page = browser("dispatcher").get("/desk/duties/").content.decode()
    rows = browser("dispatcher").get("/desk/duties/cited", {"code": "他-02", "list": "职责清单（拟）"}).content.decode()

    assert "供电设施抢修" in page
    assert number in rows
    assert number not in browser("dispatcher2").get("/desk/duties/cited", {"code": "他-02", "list": "职责清单（拟）"}).content.decode()
    assert browser("handler").post("/desk/duties/load", {}).status_code == 403
