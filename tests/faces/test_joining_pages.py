# SPDX-License-Identifier: MulanPSL-2.0
"""Joining through HTTP: what a resident sees near by and joins, what a dispatcher merges, splits and keeps apart, and what machines read."""

import re
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from linli.core import due
from linli.core.models import Evidence
from linli.core.sight import looking, of_all
from linli.matters import numbers
from linli.matters.models import Contact, Joining, Likeness, Matter
from tests.cast import COMMUNITY, COMMUNITY2, HOSTILE, Cast
from tests.faces.browsers import Enter, drain, page
from tests.faces.test_desk import town  # noqa: F401  the fixture
from tests.faces.test_website import photo

pytestmark = pytest.mark.django_db
ADDRESS = "槐安路 9 号"


@pytest.fixture(autouse=True)
def _no_limit(settings: Any) -> None:
    settings.REPORT_LIMIT = 0


@pytest.fixture
def resident() -> Client:
    return Client(headers={"accept-language": "zh-CN"})


def words_page(client: Client, cast: Cast, **more: Any) -> Any:
    return client.post("/report/", {"idempotency": "k", "category": cast.category, "area": COMMUNITY, "address": ADDRESS, "summary": "井盖破损"} | more)


def lead_of(cast: Cast, **more: Any) -> str:
    number: str = cast.report(**({"summary": f"别人的话 {HOSTILE}", "address": ADDRESS} | more))["number"]
    return number


def newest() -> Matter:
    with looking(of_all(), read_only=True):
        found = Matter.objects.order_by("-id").first()
    assert found is not None
    return found


def test_a_resident_sees_what_is_near_by_without_a_word_of_others(town: Cast, resident: Client) -> None:  # noqa: F811
    number = lead_of(town)
    town.walk(number, "handling")
    hidden = lead_of(town, area=COMMUNITY2)

    shown = page(resident, f"/report/?category={town.category}&area={COMMUNITY}")

    assert "附近正在办的同类问题" in shown
    assert f'name="same" value="{number}"' in shown
    assert "处置中" in shown
    assert "别人的话" not in shown
    assert ADDRESS not in shown
    assert hidden not in shown


def test_where_nothing_is_near_by_the_page_says_nothing_of_it(town: Cast, resident: Client) -> None:  # noqa: F811
    assert "附近正在办" not in page(resident, f"/report/?category={town.category}&area={COMMUNITY}")


def test_a_resident_joins_with_a_photo_and_a_contact_and_gets_his_own_code(town: Cast, resident: Client) -> None:  # noqa: F811
    number = lead_of(town)
    asked = words_page(resident, town, same=number, evidence__files=[photo()], contact_phone="13800000003")
    shown = asked.content.decode()
    kept = re.search(r'name="evidence" value="(\d+)"', shown)
    voucher = re.search(r'name="evidence__pass" value="([^"]+)"', shown)
    assert asked.status_code == 200
    assert kept is not None
    assert voucher is not None
    assert "13800000003" in shown
    assert "别人的话" not in shown

    answer = words_page(resident, town, same=number, join="1", evidence=[kept[1]], evidence__pass=[unescape(voucher[1])], contact_phone="13800000003")

    assert answer.status_code == 303
    slip = page(resident, answer.headers["Location"])
    own = newest()
    assert numbers.query_code(own.pk) in slip
    assert (own.phase, own.merged_into, own.summary, own.address) == ("merged", numbers.matter_of(number), "井盖破损", ADDRESS)
    with looking(of_all(), read_only=True):
        assert Evidence.objects.get(pk=kept[1]).subject == own.pk
        assert Contact.objects.filter(matter=own.pk).exists()
        assert Joining.objects.get(matter=own.pk).is_by_reporter


def test_a_report_of_something_alike_is_asked_about_once_and_sent_when_it_is_another(town: Cast, resident: Client) -> None:  # noqa: F811
    number = lead_of(town)

    asked = words_page(resident, town, send="1", evidence__files=[photo()])
    shown = asked.content.decode()

    assert asked.status_code == 200
    assert "是不是这一件" in shown
    assert f'name="same" value="{number}"' in shown
    assert f'name="seen" value="{number}"' in shown
    assert "井盖破损" in shown
    kept, voucher = re.search(r'name="evidence" value="(\d+)"', shown), re.search(r'name="evidence__pass" value="([^"]+)"', shown)
    assert kept is not None
    assert voucher is not None
    with looking(of_all(), read_only=True):
        assert Matter.objects.count() == 1
    answer = words_page(resident, town, send="1", seen=[number], evidence=[kept[1]], evidence__pass=[unescape(voucher[1])])
    assert answer.status_code == 303
    assert newest().phase == "captured"


@pytest.mark.parametrize("same", ["LL999999999", HOSTILE, "LL0", "1 or 1=1"])
def test_what_cannot_be_joined_leads_back_to_the_report_with_everything_typed(town: Cast, resident: Client, same: str) -> None:  # noqa: F811
    answer = words_page(resident, town, same=same, summary="写了很久")

    assert answer.status_code == 200
    assert "照常提交" in answer.content.decode()
    assert "写了很久" in answer.content.decode()


def test_both_reporters_read_the_answer_on_their_own_pages(town: Cast, resident: Client) -> None:  # noqa: F811
    first = town.report(summary="第一个人的话", address="第一个人的地址")
    second = town.report(summary="第二个人的话")
    town.do("matter.merge", "dispatcher", number=second["number"], version=1, into=first["number"], reason="same")
    town.walk(first["number"])
    drain()

    seen = {made["number"]: page(resident, f"/follow/{made['query_code']}/") for made in (first, second)}

    assert "第二个人的话" in seen[second["number"]]
    assert second["number"] in seen[second["number"]]
    assert not any(text in seen[second["number"]] for text in ("第一个人的话", "第一个人的地址"))
    assert "第二个人的话" not in seen[first["number"]]
    assert all("已处理完毕" in text and 'name="rating-score"' in text for text in seen.values())
    answer = resident.post(f"/follow/{second['query_code']}/rate", {"rating-score": "2"})
    assert answer.status_code == 303
    assert "您的评价：满意" in page(resident, f"/follow/{second['query_code']}/")
    assert "您的评价" not in page(resident, f"/follow/{first['query_code']}/")
    assert 'name="rating-score"' in page(resident, f"/follow/{first['query_code']}/")


def test_the_reporter_reads_how_many_parts_have_ended(town: Cast, resident: Client) -> None:  # noqa: F811
    made = town.report()
    town.walk(made["number"], "filed")
    for _ in range(3):
        town.do("matter.split", "dispatcher", number=made["number"], version=town.version(made["number"]), summary="内部的话")
    town.do("matter.refuse", "dispatcher", number=numbers.number_of(newest().pk), version=1, reason="not_ours", duty="他-99")
    drain()

    shown = page(resident, f"/follow/{made['query_code']}/")

    assert "共 3 个部分，已办结 1 个" in shown
    assert "内部的话" not in shown


def alike_pair(cast: Cast) -> tuple[str, str]:
    one, two = (cast.report(summary=f"井盖破损 {HOSTILE}", address=ADDRESS)["number"] for _ in range(2))
    drain()
    return one, two


def test_the_dispatcher_merges_by_the_card_and_undoes_it_from_the_leading_one(town: Cast, enter: Enter) -> None:  # noqa: F811
    one, two = alike_pair(town)
    client = enter("dispatcher")
    shown = page(client, f"/desk/matter/{two}/")
    assert "可能是同一件" in shown
    assert f'<a href="#alike">可能与 {one} 是同一件，先看一眼。</a>' in shown
    assert "同一地址" in shown
    assert "<script>alert" not in shown

    answer = client.post(f"/desk/matter/{two}/move/matter.merge", {"merge-into": one, "merge-reason": "same", "version": "1"})

    assert answer.status_code == 303
    lead = page(client, f"/desk/matter/{one}/")
    assert "并入的上报（1）" in lead
    assert f"/desk/matter/{two}/move/matter.unmerge" in lead
    merged = page(client, f"/desk/matter/{two}/")
    assert f"已并入</h2>\n<p><a href=\"/desk/matter/{one}/\">" in merged
    assert f"并入 {one}" in merged
    assert "已并案，停止计时" in merged
    assert client.post(f"/desk/matter/{two}/move/matter.unmerge", {"unmerge-note": "看错了", "version": "2"}).status_code == 303
    assert "并入的上报" not in page(client, f"/desk/matter/{one}/")


def test_not_the_same_is_one_press_and_remembered(town: Cast, enter: Enter) -> None:  # noqa: F811
    one, two = alike_pair(town)
    client = enter("dispatcher")

    answer = client.post(f"/desk/matter/{one}/move/matter.not_duplicate", {"not_duplicate-other": two})

    assert answer.status_code == 303
    assert "可能是同一件" not in page(client, f"/desk/matter/{two}/")
    with looking(of_all(), read_only=True):
        assert Likeness.objects.get().denied_at is not None


def test_whoever_may_not_merge_sees_the_candidates_without_buttons(town: Cast, enter: Enter) -> None:  # noqa: F811
    _, two = alike_pair(town)

    shown = page(enter("director"), f"/desk/matter/{two}/")

    assert "可能是同一件" in shown
    assert "matter.merge" not in shown


@pytest.mark.parametrize("address", ["/desk/inbox/", "/desk/"])
def test_lists_mark_what_has_candidates_with_one_query(town: Cast, enter: Enter, address: str) -> None:  # noqa: F811
    lonely = town.report(area=COMMUNITY2)["number"]
    client = enter("dispatcher")
    page(client, address)
    with CaptureQueriesContext(connection) as before:
        page(client, address)
    for _ in range(3):
        alike_pair(town)
    with CaptureQueriesContext(connection) as after:
        shown = page(client, address)

    assert shown.count("可能重复") == 6
    assert "可能重复" not in shown[shown.index(lonely):].partition("</tr>")[0]
    assert len(after) <= len(before)


def test_the_dispatcher_splits_by_the_form_and_every_member_shows_the_tree(town: Cast, enter: Enter) -> None:  # noqa: F811
    number = town.report()["number"]
    town.walk(number, "filed")
    client = enter("dispatcher")
    form = page(client, f"/desk/matter/{number}/move/matter.split")
    assert "环卫一队" in form
    assert "槐安第一网格" in form

    answer = client.post(f"/desk/matter/{number}/move/matter.split", {
        "split-summary": f"换井盖 {HOSTILE}", "split-unit": str(town.units["cleaners"]), "version": str(town.version(number))})

    assert answer.status_code == 303
    part = numbers.number_of(newest().pk)
    for one in (number, part):
        shown = page(client, f"/desk/matter/{one}/")
        assert "1 个部分，已办结 0 个" in shown
        assert number in shown
        assert part in shown
        assert "<script>alert" not in shown
    assert "等 1 个部分" in page(client, "/desk/inbox/")


def test_a_matter_with_relatives_costs_as_many_queries_as_one_without(town: Cast, enter: Enter) -> None:  # noqa: F811
    plain, lead = town.report(area=COMMUNITY2)["number"], lead_of(town)
    for _ in range(4):
        other = lead_of(town)
        town.do("matter.merge", "dispatcher", number=other, version=1, into=lead, reason="same")
    lead_of(town)
    drain()
    client = enter("dispatcher")
    counts = []
    for number in (plain, lead):
        page(client, f"/desk/matter/{number}/")
        with CaptureQueriesContext(connection) as asked:
            page(client, f"/desk/matter/{number}/")
        counts.append(len(asked))

    assert counts[1] <= counts[0]


def api(client: Client, cast: Cast, address: str, who: str = "") -> dict[str, Any]:
    answer = client.get(f"/api/v1/{address}", headers=cast.headers(who))
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def test_machines_read_who_went_into_whom_and_what_the_parts_are(town: Cast, client: Client) -> None:  # noqa: F811
    first, second = town.report(), town.report()
    town.do("matter.merge", "dispatcher", number=second["number"], version=1, into=first["number"], reason="same")
    town.walk(first["number"], "filed")
    part = town.do("matter.split", "dispatcher", number=first["number"], version=2, summary="一部分")["part"]

    lead, merged, piece = (api(client, town, f"matters/{number}", "dispatcher") for number in (first["number"], second["number"], part))
    follow = api(client, town, f"follow?query_code={second['query_code']}")

    assert [one["number"] for one in lead["merged"]] == [second["number"]]
    assert [one["number"] for one in lead["parts"]] == [first["number"], part]
    assert (lead["parts_open"], merged["merged_into"], piece["parent"]) == (1, first["number"], first["number"])
    assert {one["action"] for one in lead["possible_actions"]} >= {"matter.split", "matter.unsplit"}
    assert (follow["number"], follow["merged_into"], follow["parts"]) == (second["number"], first["number"], {"ended": 0, "all": 1})


def test_machines_ask_what_is_near_by_and_join_it(town: Cast, client: Client) -> None:  # noqa: F811
    number = lead_of(town)

    near = api(client, town, f"nearby?category={town.category}&area={COMMUNITY}")["items"]
    answer = client.post("/api/v1/actions/matter.join", {"same_as": number, "contact_phone": "13800000004"}, content_type="application/json")

    assert [one["number"] for one in near] == [number]
    assert "别人的话" not in str(near)
    assert answer.status_code == 200
    assert answer.json()["merged_into"] == number
    assert api(client, town, f"follow?query_code={answer.json()['query_code']}")["number"] == answer.json()["number"]


@pytest.mark.parametrize("query", ["category=1&area=1", "category=x&area=1", "category=999999&area=120101001001000", "area=120101001001000", "category=1&area=-1"])
def test_nonsense_near_by_is_refused_with_a_sentence(town: Cast, client: Client, query: str) -> None:  # noqa: F811
    assert client.get(f"/api/v1/nearby?{query}").status_code in (404, 422)
    assert client.get(f"/api/v1/nearby?category={town.category}&area={COMMUNITY}&position=x").status_code == 422


def test_the_page_of_words_costs_one_look_near_by(town: Cast, resident: Client) -> None:  # noqa: F811
    address = f"/report/?category={town.category}&area={COMMUNITY}"
    page(resident, address)
    for _ in range(5):
        lead_of(town)
    due.drain()

    with CaptureQueriesContext(connection) as asked:
        page(resident, address)

    about_matters = [one["sql"] for one in asked if "matters_matter" in one["sql"]]
    assert len(about_matters) == 1
