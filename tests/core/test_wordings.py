# SPDX-License-Identifier: MulanPSL-2.0
"""Wording: published in versions, placeholders checked, short messages counted."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.core import editions, letters, wordings
from linli.core.faults import Conflict, Invalid, NotAble
from linli.core.letters import Draft
from linli.core.models import Letter, Wording
from linli.core.sight import looking, of_all
from linli.core.wordings import EMAIL, SMS, Occasion, Text
from linli.core.words import words
from tests.cast import COMMUNITY, Cast

CLOSED = "matter.closed"


def publish(cast: Cast, by: str = "sysadmin", **more: Any) -> dict[str, Any]:
    return cast.do("wording.publish", by, **({"occasion": CLOSED, "channel": SMS, "text_zh": "已结案，查询码 {code}", "text_en": "Closed, code {code}"} | more))


@pytest.mark.parametrize("occasion", wordings.occasions(), ids=lambda one: one.name)
def test_shipped_texts_are_right_and_short(occasion: Occasion) -> None:
    for channel in (SMS, EMAIL):
        assert wordings.faults(occasion, channel, occasion.first(channel)) == {}
    assert wordings.parts_of(wordings.filled(occasion.sms.zh, occasion.sample("zh-hans"), SMS)) <= 2


@pytest.mark.parametrize(("text", "parts"), [("", 1), ("字" * 70, 1), ("字" * 71, 2), ("字" * 134, 2), ("字" * 135, 3), ("😀" * 35, 1), ("😀" * 36, 2)])
def test_short_messages_are_counted_as_the_network_counts(text: str, parts: int) -> None:
    assert wordings.parts_of(text) == parts


@given(value=st.text(max_size=60))
def test_a_value_is_never_read_as_a_placeholder(value: str) -> None:
    assert wordings.filled("a{x}b", {"x": value, "code": "SECRET"}, EMAIL) == f"a{value}b"


@pytest.mark.django_db
@pytest.mark.parametrize(("given_", "field"), [
    ({"text_zh": "没有码"}, "text_zh"), ({"text_en": "{code} {nobody}"}, "text_en"), ({"text_zh": "{code.__class__}{code}"}, "text_zh"),
    ({"text_zh": "{code} {"}, "text_zh"), ({"text_zh": "}{code}"}, "text_zh"), ({"text_zh": "{code!r}"}, "text_zh"), ({"text_zh": "字" * 400 + "{code}"}, "text_zh"),
    ({"channel": EMAIL}, "title_zh"), ({"channel": "pigeon"}, "channel"), ({"occasion": "nothing"}, "occasion"), ({"text_zh": ""}, "text_zh"),
])
def test_a_wrong_text_is_refused_with_a_sentence_for_its_field(cast: Cast, given_: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        publish(cast, **given_)

    assert caught.value.fields[field].zh


@pytest.mark.django_db
def test_a_published_text_is_the_next_version_and_letters_keep_theirs(cast: Cast) -> None:
    occasion = next(one for one in wordings.occasions() if one.name == CLOSED)

    def write(cause: int) -> None:
        with looking(of_all()):
            letters.write([Draft(COMMUNITY, "matter", 1, occasion, SMS, "13800001234", {"code": "C"}, cause=cause)])

    write(1)
    publish(cast)
    editions.forget_all()
    write(2)
    publish(cast, text_zh="第二版 {code}")
    editions.forget_all()
    write(3)

    with looking(of_all(), read_only=True):
        found = [(one.wording, (letters.opened(one) or {})["text"]) for one in Letter.objects.order_by("cause")]
    assert [number for number, _ in found] == [0, 1, 2]
    assert [text for _, text in found][1:] == ["已结案，查询码 C", "第二版 C"]


@pytest.mark.django_db
def test_the_same_text_is_not_published_twice_and_others_may_not_publish(cast: Cast) -> None:
    publish(cast)

    with pytest.raises(Conflict):
        publish(cast)
    with pytest.raises(NotAble):
        publish(cast, "dispatcher")


@pytest.mark.django_db
def test_seeding_publishes_every_text_once(cast: Cast) -> None:
    first, again = wordings.seed(), wordings.seed()

    assert Wording.objects.count() == len(wordings.occasions()) * 2
    assert (str(2 * len(wordings.occasions())) in first, again) == (True, "Wording: nothing to do.")


@pytest.mark.django_db
def test_a_published_text_is_never_edited(cast: Cast, owner: None) -> None:
    publish(cast)

    with pytest.raises(Exception, match=r"never changed|permission denied"):
        Wording.objects.update(text_zh="other")


def test_a_shipped_text_with_an_unknown_placeholder_is_refused_at_the_start() -> None:
    with pytest.raises(ValueError, match="no placeholder"):
        wordings.declare(Occasion("planted", words("试", "x"), {}, words("{code}", "{code}"), words("题", "t"), words("文", "t")))


def test_an_email_keeps_long_values_whole_and_a_short_message_cuts_them() -> None:
    assert len(wordings.filled("{x}", {"x": "字" * 90}, SMS)) == wordings.SHORT_VALUE
    assert len(wordings.filled("{x}", {"x": "字" * 90}, EMAIL)) == 90
    assert isinstance(Text(None, words("a", "b")), Text)
