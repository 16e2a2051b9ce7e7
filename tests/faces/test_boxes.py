# SPDX-License-Identifier: MulanPSL-2.0
"""The file box: records and papers behind each indicator, put in and taken out, and printed with contents, spines and report."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader

from linli.core import clock, due, editions
from linli.core.actions import run
from linli.core.faults import Conflict, Fault, Invalid, NotAble, NotVisible
from linli.core.sight import looking, of_all
from linli.desk import box_rows
from linli.doors import cookies, prints
from linli.elements import sessions
from linli.elements.models import Account
from linli.measures import seeding
from linli.measures.models import Proof
from tests.cast import COMMUNITY, HOSTILE, STREET, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def full(cast: Cast) -> Cast:
    """A community with a closed matter, figures under the newest draft, and a paper."""
    seeding.seed()
    editions.forget_all()
    cast.walk(cast.report()["number"])
    due.drain()
    cast.proof()
    return cast


def client(name: str) -> Client:
    made = Client()
    made.cookies[cookies.SESSION] = sessions.open_for(Account.objects.get(username=name)).cookie
    return made


def said(cast: Cast, **more: Any) -> dict[str, Any]:
    day = clock.today()
    return {"area": COMMUNITY, "indicator": "D5-05", "year": day.year, "title": "民主评议记录（扫描）", "day": day.isoformat(), "evidence": [cast.paper("director")], **more}


def text_of(pdf: bytes) -> str:
    """What a PDF says, all pages."""
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_a_paper_is_put_in_shown_and_taken_out_with_a_reason(full: Cast) -> None:
    number = full.do("proof.add", "director", **said(full))["proof"]
    shown = client("director").get(f"/desk/boxes/{COMMUNITY}/D5-05/").content.decode()
    assert "民主评议记录（扫描）" in shown

    full.do("proof.take_out", "director", proof=number, reason="不是本社区的")
    with pytest.raises(Conflict):
        full.do("proof.take_out", "director", proof=number, reason="再撤一次")
    with looking(of_all()):
        assert Proof.objects.get(pk=number).reason == "不是本社区的"
    assert "已撤下" in client("director").get(f"/desk/boxes/{COMMUNITY}/D5-05/").content.decode()


@pytest.mark.parametrize(("field", "value"), [
    ("indicator", "D9-99"), ("indicator", HOSTILE[:20]), ("year", "2012"), ("year", "2999"), ("day", "2999-01-01"), ("title", " "), ("evidence", [])])
def test_a_wrong_paper_is_refused_with_the_field_named(full: Cast, field: str, value: Any) -> None:
    with pytest.raises(Invalid) as refused:
        full.do("proof.add", "director", **said(full) | {field: value})
    assert field in refused.value.fields


def test_who_may_not_keep_the_box_is_refused_and_a_neighbour_sees_none_of_it(full: Cast) -> None:
    with pytest.raises(NotAble):
        full.do("proof.add", "gridworker", **said(full))
    with pytest.raises(NotVisible):
        full.do("proof.add", "director2", **said(full))
    with pytest.raises(NotVisible):
        full.do("proof.take_out", "director2", proof=full.proof(), reason="别人的")
    for address in (f"/desk/boxes/{COMMUNITY}/", f"/desk/boxes/{COMMUNITY}/D3-11/", f"/desk/boxes/{COMMUNITY}/print/report", f"/desk/proofs/{full.proof()}/out"):
        assert client("director2").get(address).status_code == 404, address
    assert client("director").get(f"/desk/boxes/{STREET}/").status_code == 404
    assert client("director").get(f"/desk/boxes/{COMMUNITY}/print/secrets").status_code == 404


def test_the_box_lists_every_indicator_of_the_sheet(full: Cast) -> None:
    page = client("director").get(f"/desk/boxes/{COMMUNITY}/").content.decode()
    assert page.count(f"/desk/boxes/{COMMUNITY}/D") >= 79
    assert "<script>alert" not in page


def test_the_pages_of_the_box_ask_few_questions(full: Cast, django_assert_max_num_queries: Any) -> None:
    browser = client("director")
    browser.get(f"/desk/boxes/{COMMUNITY}/")
    with django_assert_max_num_queries(9):
        assert browser.get(f"/desk/boxes/{COMMUNITY}/").status_code == 200
    with django_assert_max_num_queries(14):
        assert browser.get(f"/desk/boxes/{COMMUNITY}/D3-11/").status_code == 200


@pytest.mark.slow
@pytest.mark.parametrize("what", ["report", "contents", "spines"])
def test_the_box_is_printed_with_chinese_typography(full: Cast, what: str) -> None:
    answer = client("director").get(f"/desk/boxes/{COMMUNITY}/print/{what}")

    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert b"NotoSerif" in answer.content
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.slow
def test_the_report_says_every_figure_with_its_receipt_and_runs_nothing_that_somebody_typed(full: Cast) -> None:
    full.do("proof.add", "director", **said(full, title="#panic() $x$ @a <b> */ \\u{41}"[:60]))
    for what, wanted in (("report", ("D3-11", "1 / 1", "演示数据", "必备条件 V3", "凭据 D3-11.1")), ("contents", ("目录", "#panic()", "D5-05", "LL"))):
        found = text_of(client("director").get(f"/desk/boxes/{COMMUNITY}/print/{what}").content)
        assert [one for one in wanted if one not in found] == []


def test_no_name_home_or_words_of_a_resident_stand_in_the_printed_rows(full: Cast) -> None:
    assert {"person", "household", "dwelling"} >= box_rows._of_people() > set()


@pytest.mark.slow
def test_a_broken_template_answers_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.typ").write_text("#panic(\"no\")")
    with pytest.raises(Fault) as refused:
        prints.pdf(tmp_path / "a.typ", {})
    assert refused.value.status == 503


def test_a_repeat_puts_one_paper_in(full: Cast) -> None:
    given = said(full)
    assert run("proof.add", full.director, given, key="p") == run("proof.add", full.director, given, key="p")
    with looking(of_all()):
        assert Proof.objects.filter(code="D5-05").count() == 1
