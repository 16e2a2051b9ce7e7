# SPDX-License-Identifier: MulanPSL-2.0
"""The public site through HTTP: reporting step by step, following by code, rating, and the pages of places."""

import io
import re
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from linli.core import calendar_store, editions, evidence
from linli.core.models import Evidence
from linli.core.sight import looking, of_all
from linli.elements.boundaries import OPEN_DAY, day_number
from linli.elements.models import Boundary, Place
from linli.matters.models import Matter
from linli.measures import seeding
from tests.cast import CITY, COMMUNITY, COMMUNITY2, DISTRICT, FAR_COMMUNITY, GRID, HOSTILE, SINCE, STREET, Cast

pytestmark = pytest.mark.django_db

WORDS = "楼道里堆满了纸箱"


@pytest.fixture
def town(cast: Cast, settings: Any, tmp_path: Any) -> Cast:
    """The cast with a calendar and the shipped standard, and no limit on tries."""
    calendar_store.seed()
    seeding.seed()
    settings.REPORT_LIMIT = 0
    settings.EVIDENCE_ROOT = tmp_path / "evidence"
    editions.forget_all()
    return cast


@pytest.fixture
def client() -> Client:
    return Client(headers={"accept-language": "zh-CN"})


def page(client: Client, address: str, **query: object) -> str:
    answer = client.get(f"{address}?{urlencode(query)}" if query else address)
    assert answer.status_code == 200, answer.content.decode()[:500]
    return answer.content.decode()


def draw(area: int = GRID) -> None:
    ring = [[117.19, 39.11], [117.194, 39.11], [117.194, 39.114], [117.19, 39.114], [117.19, 39.11]]
    Boundary.objects.create(place=Place.objects.get(area=area), from_day=day_number(SINCE), to_day=OPEN_DAY, shape={"type": "Polygon", "coordinates": [ring]})
    editions.forget_all()


def photo(name: str = "a.jpg") -> SimpleUploadedFile:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(made, "JPEG")
    return SimpleUploadedFile(name, made.getvalue(), "image/jpeg")


def send(client: Client, cast: Cast, **more: Any) -> Any:
    return client.post("/report/", {"send": "1", "idempotency": "k1", "category": cast.category, "area": COMMUNITY, "summary": WORDS} | more)


def only_matter() -> Matter:
    with looking(of_all(), read_only=True):
        return Matter.objects.get()


def test_the_first_page_offers_three_ways(town: Cast, client: Client) -> None:
    shown = page(client, "/")

    assert all(f'href="{address}"' in shown for address in ("/report/", "/follow/", "/c/"))


def test_the_six_problems_come_first_and_a_search_finds_the_rest(town: Cast, client: Client) -> None:
    shown = page(client, "/report/")

    assert shown.index("私搭乱建") < shown.index("市政公用设施")
    found = page(client, "/report/", step="category", q="井盖")
    assert "供水井盖异常" in found
    assert "私搭乱建" not in found


def test_the_place_is_found_by_name_or_step_by_step(town: Cast, client: Client) -> None:
    category = town.category

    assert f'value="{COMMUNITY}"' in page(client, "/report/", category=category, place_q="槐安", step="place")
    assert f'name="within" value="{STREET}"' in page(client, "/report/", category=category, place_q="槐荫", step="place")
    assert "海棠区" in page(client, "/report/", category=category)
    assert "槐荫街道" in page(client, "/report/", category=category, within=DISTRICT)
    assert f'name="area" value="{COMMUNITY}"' in page(client, "/report/", category=category, within=STREET)


def test_a_position_names_the_community_where_boundaries_exist(town: Cast, client: Client) -> None:
    draw()

    shown = page(client, "/report/", category=town.category, position__lon="117.192", position__lat="39.112")

    assert "说说情况" in shown
    assert "槐安社区" in shown


def test_without_boundaries_a_position_is_kept_and_the_community_asked(town: Cast, client: Client) -> None:
    shown = page(client, "/report/", category=town.category, position__lon="117.192", position__lat="39.112")

    assert "已记下您的位置" in shown
    assert 'name="position__lon" value="117.192"' in shown


def test_a_position_outside_the_city_says_so(town: Cast, client: Client) -> None:
    assert "不在本市范围内" in page(client, "/report/", category=town.category, position__lon="2.35", position__lat="48.85")


def test_a_report_leads_to_its_slip_which_nobody_else_can_open(town: Cast, client: Client) -> None:
    answer = send(client, town)

    assert answer.status_code == 303
    slip = page(client, answer.headers["Location"])
    assert re.search(r"\d+-[0-9A-Z]{5}-[0-9A-Z]{5}", slip)
    assert Client().get(answer.headers["Location"]).status_code == 404


def test_a_wrong_phone_keeps_words_and_uploaded_photos(town: Cast, client: Client) -> None:
    answer = send(client, town, contact_phone="138", evidence__files=[photo()])

    shown = answer.content.decode()
    assert answer.status_code == 422
    assert WORDS in shown
    with looking(of_all(), read_only=True):
        kept = Evidence.objects.get()
    assert re.search(rf'name="evidence" value="{kept.pk}" checked', shown)
    thumb = re.search(r'<img src="(/evidence/[^"]+)"', shown)
    assert thumb is not None
    assert Client().get(unescape(thumb[1])).status_code == 200
    stranger = send(Client(headers={"accept-language": "zh-CN"}), town, contact_phone="138", evidence=[kept.pk])
    assert "/evidence/" not in stranger.content.decode()
    voucher = re.search(r'name="evidence__pass" value="([^"]+)"', shown)
    assert voucher is not None
    again = send(client, town, contact_phone="138", evidence=[kept.pk], evidence__pass=[voucher[1]])
    assert f'<img src="/evidence/{kept.pk}/' in again.content.decode()
    assert send(client, town, evidence=[kept.pk]).status_code == 422  # the number alone is not enough, not even from the same device
    assert send(client, town, evidence=[kept.pk], evidence__pass=[voucher[1][:-1] + "x"]).status_code == 422
    assert send(client, town, evidence=[kept.pk], evidence__pass=[voucher[1]]).status_code == 303
    with looking(of_all(), read_only=True):
        assert Evidence.objects.get().subject == Matter.objects.get().pk


def test_changing_the_category_loses_nothing_typed(town: Cast, client: Client) -> None:
    answer = client.post("/report/", {"step": "category", "category": town.category, "area": COMMUNITY, "summary": WORDS, "contact_phone": "13800000000"})

    shown = answer.content.decode()
    assert f">{WORDS}</textarea>" in shown
    assert 'method="post"' in shown
    again = client.post("/report/", {"category": town.category, "area": COMMUNITY, "summary": WORDS, "contact_phone": "13800000000"})
    assert WORDS in again.content.decode()
    assert "13800000000" in again.content.decode()


def test_words_and_contacts_are_never_taken_from_an_address(town: Cast, client: Client) -> None:
    assert 'value="13811112222"' not in page(client, "/report/", category=town.category, area=COMMUNITY, contact_phone="13811112222")


def test_a_point_of_the_picture_becomes_a_position_without_scripts(town: Cast, client: Client) -> None:
    draw()

    picture = client.get(f"/c/{COMMUNITY}/scheme.svg")
    shown = client.post("/report/", {"category": town.category, "area": COMMUNITY, "summary": WORDS, "at.x": "200", "at.y": "200"}).content.decode()

    assert picture.headers["Content-Type"] == "image/svg+xml"
    found = re.search(r'name="position__lon" value="(117\.19\d+)"', shown)
    assert found
    assert WORDS in shown


def test_the_same_report_sent_twice_is_one_matter(town: Cast, client: Client) -> None:
    first, second = send(client, town), send(client, town)

    assert first.headers["Location"] == second.headers["Location"]
    assert only_matter().summary == WORDS


def test_too_many_reports_are_refused_and_keep_what_was_typed(town: Cast, client: Client, settings: Any) -> None:
    settings.REPORT_LIMIT = 1
    send(client, town)

    answer = send(client, town, idempotency="k2")

    assert answer.status_code == 429
    assert WORDS in answer.content.decode()


@pytest.mark.parametrize("given", [{"category": "999999999"}, {"area": "1"}, {"area": "abc"}, {"category": "１"}])
def test_a_choice_that_does_not_exist_is_asked_again(town: Cast, client: Client, given: dict[str, str]) -> None:
    answer = send(client, town, **given)

    assert answer.status_code == 200
    assert WORDS in answer.content.decode()
    with looking(of_all(), read_only=True):
        assert not Matter.objects.exists()


def test_control_characters_are_named_and_kept_visible(town: Cast, client: Client) -> None:
    answer = send(client, town, summary="看\x07不见")

    assert answer.status_code == 422
    assert "看不见的控制字符" in answer.content.decode()


def test_a_code_opens_the_story_in_any_case_and_a_wrong_one_is_refused(town: Cast, client: Client) -> None:
    made = town.report()

    found = client.post("/follow/", {"code": made["query_code"].lower().replace("-", " ")})
    wrong = client.post("/follow/", {"code": "1-AAAAA-BBBBB"})

    assert found.headers["Location"] == f"/follow/{made['query_code']}/"
    assert wrong.status_code == 422
    assert "没有找到这个查询码" in wrong.content.decode()
    assert client.get("/follow/1-AAAAA-BBBBB/").status_code == 404


def test_the_story_shows_the_reply_and_hides_staff_and_markup(town: Cast, client: Client) -> None:
    made = town.report()
    town.walk(made["number"])

    shown = page(client, f"/follow/{made['query_code']}/")

    assert "已处理完毕" in shown
    assert "handler&lt;b&gt;" not in shown
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert" in shown


def test_the_photos_of_the_reply_reach_the_reporter_with_it(town: Cast, client: Client) -> None:
    made = town.report()
    town.walk(made["number"], "handling")
    content = photo().read()
    with looking(of_all()):
        kept = evidence.keep(content, "after.jpg", area=COMMUNITY, actor=town.handler, claim=b"")
    town.do("matter.reply", "handler", number=made["number"], version=town.version(made["number"]), note="清走了", evidence=[kept.pk])

    shown = page(client, f"/follow/{made['query_code']}/")

    address = re.search(r'href="(/evidence/[^"]*pass=[^"]*)"', shown)
    assert address
    assert client.get(address[1].replace("&amp;", "&")).status_code == 200
    assert shown.index("清走了") < shown.index("after.jpg")


def test_a_refusal_says_where_to_go_instead(town: Cast, client: Client) -> None:
    made = town.report()
    town.do("matter.refuse", "dispatcher", number=made["number"], version=1, reason="not_ours", duty="他-99")

    assert "12345" in page(client, f"/follow/{made['query_code']}/")


def test_a_rating_has_no_default_and_counts_once(town: Cast, client: Client) -> None:
    made = town.report()
    town.walk(made["number"])
    address = f"/follow/{made['query_code']}/rate"

    empty = client.post(address, {"idempotency": "a"})
    rated = client.post(address, {"idempotency": "b", "rating-score": "2"})
    again = client.post(address, {"idempotency": "c", "rating-score": "5"})

    assert " checked" not in page(client, f"/follow/{made['query_code']}/")
    assert empty.status_code == 422
    assert rated.status_code == 303
    assert again.status_code == 409
    assert only_matter().rating == 2


def test_a_matter_in_progress_cannot_be_rated(town: Cast, client: Client) -> None:
    made = town.report()

    answer = client.post(f"/follow/{made['query_code']}/rate", {"idempotency": "a", "rating-score": "1"})

    assert answer.status_code == 409
    assert only_matter().rating is None


def test_counts_under_five_are_hidden_on_the_page_of_a_community(town: Cast, client: Client) -> None:
    town.report()
    few = page(client, f"/c/{COMMUNITY}/")
    for _ in range(6):
        town.report()
    many = page(client, f"/c/{COMMUNITY}/")

    assert "少于 5 件" in few
    assert re.search(r"上报</dt><dd>7</dd>", many)
    assert re.search(r"上报</dt><dd>0</dd>", page(client, f"/c/{COMMUNITY2}/"))


@pytest.mark.parametrize(("area", "status"), [(CITY, 200), (DISTRICT, 200), (STREET, 200), (FAR_COMMUNITY, 200), (GRID, 404), (99, 404)])
def test_places_down_to_communities_have_a_page(town: Cast, client: Client, area: int, status: int) -> None:
    assert client.get(f"/c/{area}/").status_code == status


def test_a_single_hit_of_a_search_is_opened(town: Cast, client: Client) -> None:
    assert client.get("/c/?q=柳岸").headers["Location"].endswith("/c/120101002001000/")
    assert "没有找到这个地方" in page(client, "/c/", q="<script>")


def test_machines_are_told_what_to_read(town: Cast, client: Client) -> None:
    assert "Disallow: /follow/" in client.get("/robots.txt").content.decode()
    assert f"/c/{COMMUNITY}/" in client.get("/sitemap.xml").content.decode()


def test_no_public_page_shows_what_a_resident_wrote(town: Cast, client: Client) -> None:
    town.report(summary=HOSTILE + "秘密")

    assert not any("秘密" in page(client, f"/c/{area}/") for area in (CITY, DISTRICT, STREET, COMMUNITY))


@pytest.mark.parametrize(("address", "most"), [("/", 3), ("/follow/", 3), (f"/c/{COMMUNITY}/", 11)])
def test_public_pages_ask_little(town: Cast, client: Client, address: str, most: int) -> None:
    page(client, address)

    with CaptureQueriesContext(connection) as asked:
        page(client, address)

    assert len([one for one in asked if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))]) <= most


def test_every_page_speaks_english(town: Cast) -> None:
    english = Client(headers={"accept-language": "en"})
    made = town.report()

    for address in ("/", "/report/", f"/report/?category={town.category}", f"/report/?category={town.category}&area={COMMUNITY}", "/follow/", f"/follow/{made['query_code']}/"):
        shown = re.sub(r"<script.*?</script>|<title>.*?</title>", "", page(english, address), flags=re.S)
        assert "社区治理平台" not in shown
        assert "查找" not in re.sub(r'lang="zh[^>]*>[^<]*', "", shown)
