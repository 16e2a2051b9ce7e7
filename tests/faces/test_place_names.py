# SPDX-License-Identifier: MulanPSL-2.0
"""The desk's pages of places over the years and of printed lists: proposals, confirming, what is refused, and the API's answer."""

import json
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from linli.core.actions import run
from linli.core.faults import Invalid, NotAble, NotVisible
from linli.core.models import JournalLine
from linli.core.sight import looking, of_all, of_post
from linli.core.system_actors import system_actor
from linli.elements.naming import confirming
from tests.cast import COMMUNITY, COMMUNITY2, FAR_COMMUNITY, STREET, Cast
from tests.faces.browsers import Enter, page

pytestmark = pytest.mark.django_db
NAMES, THEN = "/desk/places/names/", "/desk/places/then/"
LIST = "区,街镇,名称\n海棠区,槐荫街,槐安社区居委会\n海棠,槐荫街道,槐宁\n海棠区,槐荫街道,槐字社区\n远山区,远山街,远山社区\n"


def confirm(cast: Cast, by: str, chosen: dict[int, int], text: str = LIST, label: str = "第六批") -> dict[str, Any]:
    return cast.do("place.confirm_names", by, label=label, day="2018-12-31", list=text, chosen=json.dumps(chosen))


def propose(client: Client, text: str = LIST, **more: Any) -> str:
    answer = client.post(NAMES, {"label": "第六批", "day": "2018", "list": text} | more)
    assert answer.status_code == 200, answer.content.decode()[:300]
    return unescape(answer.content.decode())


def test_what_agrees_is_chosen_and_what_is_only_alike_is_not(enter: Enter, cast: Cast) -> None:
    shown = propose(enter("district"))

    assert f'<option value="{COMMUNITY}" selected>' in shown
    assert f'<option value="{COMMUNITY2}" selected>' in shown
    assert shown.count(" selected>") == 2
    assert "有相近的名称，但不是同一个" in shown
    assert "不在您的范围内" in shown


def test_a_list_is_confirmed_from_the_page_kept_with_its_label_and_fetched_as_a_file(enter: Enter, cast: Cast) -> None:
    client = enter("district")
    propose(client)

    sent = client.post(NAMES, {"label": "第六批", "day": "2018", "list": LIST, "confirm": "1", "line-2": COMMUNITY, "line-3": COMMUNITY2, "line-4": ""})

    assert sent.status_code == 303
    with looking(of_post(cast.district), read_only=True):
        found = confirming.confirmed(cast.district, label="第六批")
    assert [(row["name"], row["area"], row["certainty"], row["by_hand"]) for row in found[0].rows] == [
        ("槐安社区居委会", COMMUNITY, "sure", False), ("槐宁", COMMUNITY2, "sure", False)]
    assert (found[0].left, found[0].day) == (2, date(2018, 12, 31))
    shown = page(client, reverse("desk:place_named", args=[found[0].number]))
    assert "槐安社区居委会" in shown
    assert "第六批" in page(client, NAMES)
    assert "槐宁社区" in client.get(reverse("desk:place_named_file", args=[found[0].number])).content.decode("utf-8-sig")


def test_a_file_and_a_paste_of_words_give_the_same_proposals(enter: Enter, cast: Cast) -> None:
    client = enter("district")
    forms = ({"file": SimpleUploadedFile("a.csv", LIST.encode("gb18030"))}, {"list": "海棠区 槐荫街 槐安社区居委会\n海棠 槐荫街道 槐宁"},
             {"list": "海棠区槐荫街道槐安社区\n海棠区槐荫街道槐宁社区"}, {"list": "1、\t海棠区\t槐荫街道\t槐安社区\n2、\t海棠区\t槐荫街道\t槐宁社区"})

    for more in forms:
        assert propose(client, more.get("list", ""), **({"file": more["file"]} if "file" in more else {})).count(" selected>") == 2, more


def test_what_cannot_be_read_says_so_and_keeps_what_was_typed(enter: Enter, cast: Cast) -> None:
    for text in ("甲,乙,丙,丁,戊\n一,二,三,四,五", "", "名称\n\n"):
        answer = enter("district").post(NAMES, {"list": text, "label": "某某批次"})
        shown = answer.content.decode()

        assert answer.status_code == 422
        assert "某某批次" in shown
        assert 'class="notice warn"' in shown


def test_nothing_is_confirmed_outside_the_post_twice_or_for_a_line_that_is_not_there(cast: Cast) -> None:
    for chosen in ({5: FAR_COMMUNITY}, {2: STREET}, {99: COMMUNITY}, {2: COMMUNITY, 3: COMMUNITY}, {}, {2: 7}):
        with pytest.raises(Invalid) as refusal:
            confirm(cast, "district", chosen)
        assert "chosen" in refusal.value.fields
    with pytest.raises(Invalid):
        cast.do("place.confirm_names", "district", label="甲", list=LIST, chosen="[1")
    with looking(of_all()):
        assert not JournalLine.objects.filter(action="place.confirm_names").exists()


def test_a_place_chosen_by_hand_is_marked_so(cast: Cast) -> None:
    confirm(cast, "district", {4: COMMUNITY2})

    with looking(of_post(cast.district), read_only=True):
        row = confirming.confirmed(cast.district)[0].rows[0]
    assert (row["certainty"], row["by_hand"], row["code"]) == ("none", True, "120101001002")


def test_a_line_without_a_proposal_is_given_its_place_by_code(enter: Enter, cast: Cast) -> None:
    client = enter("district")
    given = {"label": "第六批", "day": "2018", "list": LIST, "confirm": "1"}

    wrong = client.post(NAMES, given | {"code-4": "120101009999"})
    sent = client.post(NAMES, given | {"code-4": "120101001002"})

    assert (wrong.status_code, sent.status_code) == (422, 303)
    assert 'value="120101009999"' in wrong.content.decode()
    with looking(of_post(cast.district), read_only=True):
        assert [row["area"] for row in confirming.confirmed(cast.district)[0].rows] == [COMMUNITY2]


def test_who_may_not_confirm_is_refused_and_another_district_sees_nothing(enter: Enter, cast: Cast) -> None:
    confirm(cast, "district", {2: COMMUNITY})
    number = confirmed_number()

    with pytest.raises(NotAble):
        confirm(cast, "director", {2: COMMUNITY})
    assert enter("director").get(NAMES).status_code == 403
    assert enter("district2").get(reverse("desk:place_named", args=[number])).status_code == 404
    assert "第六批" not in page(enter("district2"), NAMES)
    with looking(of_post(cast.district2), read_only=True), pytest.raises(NotVisible):
        confirming.confirmed_list(cast.district2, number)
    assert "第六批" in page(enter("city"), NAMES)


def confirmed_number() -> int:
    with looking(of_all()):
        return JournalLine.objects.filter(action="place.confirm_names").latest("pk").pk


def test_the_page_of_the_years_answers_by_old_and_new_name_with_a_year_alone(enter: Enter, cast: Cast) -> None:
    run("place.rename", system_actor("installer"), {"area": COMMUNITY, "name": "新槐社区", "since": date(2020, 5, 1)})

    for text in ("槐安社区", "新槐", "xinhuai"):
        shown = page(enter("gridworker"), f"{THEN}?q={text}&on=2018")
        assert "当时叫“槐安社区”" in unescape(shown)
        assert "更名为“新槐社区”" in unescape(shown)
    assert "日期认不出来" in page(enter("gridworker"), f"{THEN}?q=新槐&on=二零")
    assert "名录里没有查到" in page(enter("gridworker"), f"{THEN}?q=没有这里")
    assert Client().get(THEN).status_code in (302, 303)


def test_the_api_answers_what_a_place_was(client: Client, cast: Cast) -> None:
    run("place.rename", system_actor("installer"), {"area": COMMUNITY, "name": "新槐社区", "since": date(2020, 5, 1)})

    found = client.get("/api/v1/places/history", {"q": "新槐社区", "at": "2018-12-31"}).json()
    by_number = client.get("/api/v1/places/history", {"area": COMMUNITY, "at": "2018-12-31"}).json()

    assert [(one["then"]["name"], one["now"]["name"], one["then"]["above"]) for one in found["items"]] == [("槐安社区", "新槐社区", ["演示市", "海棠区", "槐荫街道"])]
    assert by_number == found
    assert client.get("/api/v1/places/history", {"q": "新槐社区", "at": "二零"}).status_code == 422
    assert client.get("/api/v1/places/history", {"area": 1, "at": "2018-12-31"}).status_code == 404


def test_the_list_of_names_is_read_with_few_queries_however_long(enter: Enter, cast: Cast) -> None:
    client = enter("district")
    propose(client)
    with CaptureQueriesContext(connection) as short:
        propose(client)
    with CaptureQueriesContext(connection) as long:
        propose(client, LIST + "海棠区,槐荫街,槐安社区\n" * 200)

    assert len(long) == len(short)
