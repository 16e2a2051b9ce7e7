# SPDX-License-Identifier: MulanPSL-2.0
"""The search box on the desk: on every page, by POST, with no name and no number in an address; a token opens for its owner alone and not for long."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from linli.core import clock
from linli.core.models import JournalLine
from linli.core.sight import looking, of_all
from linli.desk import finding
from linli.elements.models import Person
from linli.elements.pinyin import pinyin_key
from linli.elements.registers import sealing
from tests.cast import COMMUNITY2, GRID, HOSTILE, Cast
from tests.elements.test_searching import NUMBER, PHONE, home, person
from tests.faces.browsers import Enter, page

pytestmark = pytest.mark.django_db
FIND = "/desk/find/"


def ask(client: Client, text: str) -> tuple[str, str]:
    """The address and the text of the page that answers."""
    sent = client.post(FIND, {"q": text})
    assert sent.status_code == 303, sent.content.decode()[:300]
    return sent["Location"], page(client, sent["Location"])


def test_the_box_stands_on_every_page_of_the_desk_and_is_reached_by_a_key(enter: Enter, cast: Cast) -> None:
    for address in ("/desk/", "/desk/inbox/", "/desk/map/"):
        shown = page(enter("director"), address)
        assert f'action="{FIND}"' in shown
        assert 'data-focus-key="/"' in shown
        assert 'accesskey="k"' in shown
    assert f'action="{FIND}"' not in page(enter("sysadmin"), "/desk/accounts/")


def test_a_name_is_found_and_stands_in_no_address(enter: Enter, cast: Cast) -> None:
    person("柳秀兰", GRID)
    client = enter("director")

    address, shown = ask(client, "柳秀兰")

    assert "柳秀兰" in shown
    assert "no-store" in client.get(address).headers["Cache-Control"]
    for part in ("柳秀兰", "%E6%9F%B3", "liuxiulan"):
        assert part not in address


@pytest.mark.parametrize("number", [NUMBER, PHONE])
def test_a_number_stands_in_no_address_and_on_no_page(enter: Enter, cast: Cast, number: str, caplog: pytest.LogCaptureFixture) -> None:
    person("柳秀兰", GRID, id_index=sealing.index_of("person", "id_number", NUMBER), phone_index=sealing.index_of("person", "phone", PHONE))

    address, shown = ask(enter("director"), number)

    assert "柳秀兰" in shown
    assert "已记入流水" in shown
    for place in (address, shown, caplog.text):
        assert number not in place


def test_reading_the_answer_again_is_no_second_search(enter: Enter, cast: Cast) -> None:
    client = enter("director")
    address, _ = ask(client, PHONE)
    page(client, address)

    with looking(of_all()):
        assert JournalLine.objects.filter(action="person.seek").count() == 1


def test_a_person_of_another_community_is_not_shown_by_any_spelling(enter: Enter, cast: Cast, owner: None) -> None:
    index = sealing.index_of("person", "id_number", NUMBER)
    Person.objects.create(area=COMMUNITY2, name="柳秀兰", pinyin=pinyin_key("柳秀兰"), id_index=index, phone_index=sealing.index_of("person", "phone", PHONE))
    client = enter("director")

    for text in ("柳秀兰", "秀兰", "柳", "liuxiulan", "lxl", PHONE):
        _, shown = ask(client, text)
        assert "没有找到" in shown
    _, shown = ask(client, NUMBER)

    assert "登记在别的社区" in shown
    assert "没有找到" not in shown
    for secret in ("柳秀兰", "槐宁", str(COMMUNITY2)):
        assert secret not in shown


def test_a_token_of_somebody_else_of_another_post_or_of_yesterday_opens_nothing(enter: Enter, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    person("柳秀兰", GRID)
    address, _ = ask(enter("director"), "柳秀兰")

    other = page(enter("gridworker"), address)
    made_up = page(enter("director"), f"{FIND}?s=AAAA")
    later = clock.now() + timedelta(seconds=finding.TOKEN_SECONDS + 1)
    monkeypatch.setattr(clock, "now", lambda: later)
    expired = page(enter("director"), address)

    for shown in (other, made_up, expired):
        assert "柳秀兰" not in shown
        assert "已经过期" in shown


def test_more_goes_on_and_comes_back(enter: Enter, cast: Cast) -> None:
    for _ in range(8):
        person("柳秀兰", GRID)
    client = enter("director")
    _, shown = ask(client, "柳秀兰")

    more = shown.split('find-group"')[1].split('<p><a class="button" href="')[1].split('"')[0]
    whole = page(client, more)

    assert shown.count("柳秀兰</") == 6
    assert whole.count("柳秀兰</") == 8
    assert "全部结果" in whole


def test_nothing_found_says_how_to_go_on(enter: Enter, cast: Cast) -> None:
    _, shown = ask(enter("director"), "查无此人")

    assert "没有找到" in shown
    assert "换一种写法再试" in shown
    assert "拼音或首字母" in shown


def test_hostile_text_is_shown_as_it_is_and_breaks_nothing(enter: Enter, cast: Cast) -> None:
    for text in (HOSTILE, "\x00\x01", "🕳️" * 90, "%%__\\", "(" * 100, "'" * 100, "1-" * 50, "柳" * 4000):
        answer = enter("director").post(FIND, {"q": text})
        assert answer.status_code == 303
        assert "<script>alert" not in page(enter("director"), answer["Location"])


def test_an_empty_box_leads_to_the_page_with_the_hints(enter: Enter, cast: Cast) -> None:
    sent = enter("director").post(FIND, {"q": "  "})

    assert (sent.status_code, sent["Location"]) == (303, FIND)
    assert "三德里3号楼2门501" in page(enter("director"), FIND)


def test_a_post_that_may_see_no_residents_finds_none_and_seeks_none(enter: Enter, cast: Cast) -> None:
    person("柳秀兰", GRID, phone_index=sealing.index_of("person", "phone", PHONE))
    client = enter("handler")

    _, shown = ask(client, "柳秀兰")
    refused = client.post(FIND, {"q": PHONE})

    assert "没有找到" in shown
    assert refused["Location"] == FIND
    assert "不能按号码查人" in page(client, FIND)


def test_too_many_searches_by_number_are_refused_on_the_page(enter: Enter, cast: Cast, settings: Any) -> None:
    settings.SEEK_LIMIT = 1
    client = enter("director")
    ask(client, PHONE)

    refused = client.post(FIND, {"q": PHONE})

    assert refused.status_code == 429
    assert PHONE not in refused.content.decode()


def test_the_sight_is_that_of_the_post_and_the_page_asks_few_queries(enter: Enter, cast: Cast, django_assert_max_num_queries: Any) -> None:
    for room in range(501, 507):
        home(GRID, room=str(room))
    client = enter("director")
    address, _ = ask(client, "三德里3号楼2门")

    with django_assert_max_num_queries(26):
        shown = page(client, address)

    assert shown.count("三德里3号楼2门") >= 6
