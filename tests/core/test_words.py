# SPDX-License-Identifier: MulanPSL-2.0
"""Words follow the reader's language, stay safe in a page, and travel as JSON."""

import json
import pickle

import django
import pytest
from django.conf import settings

if not settings.configured:
    settings.configure(USE_I18N=True, LANGUAGE_CODE="zh-hans")
    django.setup()

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.template import Context, Engine
from django.utils import translation

from linli.core.words import words

CLOSE = words("结案", "Close")
LANGUAGES = [("zh-hans", "结案"), ("en", "Close"), ("en-gb", "Close"), ("en_US", "Close"), ("fr", "结案"), (None, "结案")]


@pytest.mark.parametrize(("language", "text"), LANGUAGES)
def test_words_answer_in_a_language(language, text):
    assert CLOSE.in_language(language) == text


def test_words_follow_the_active_language_each_time_they_are_shown():
    with translation.override("en"):
        english = str(CLOSE)
    with translation.override("zh-hans"):
        chinese = f"{CLOSE}"

    assert (english, chinese) == ("Close", "结案")


def test_words_without_an_active_language_are_chinese():
    with translation.override(None):
        assert str(CLOSE) == "结案"


def test_filling_in_reaches_both_languages_and_takes_words_in_kind():
    sentence = words("不能{what}：还差{n}张照片", "Cannot {what}: {n} photos missing").format(what=CLOSE, n=2)

    assert (sentence.zh, sentence.en) == ("不能结案：还差2张照片", "Cannot Close: 2 photos missing")


def test_filled_in_words_keep_following_the_language():
    sentence = words("编号{0}", "number {0}").format(7)

    with translation.override("en"):
        assert str(sentence) == "number 7"


def test_a_script_tag_in_words_is_escaped_on_a_page():
    hostile = words("{x}", "{x}").format(x="<script>alert(1)</script>")

    page = Engine().from_string("{{ hostile }}").render(Context({"hostile": hostile}))

    assert page == hostile.__html__() == "&lt;script&gt;alert(1)&lt;/script&gt;"


def test_words_in_a_template_follow_the_language_and_take_filters():
    page = Engine().from_string("{{ close }}|{{ close|upper }}")

    with translation.override("en"):
        assert page.render(Context({"close": CLOSE})) == "Close|CLOSE"


def test_words_travel_as_json():
    with translation.override("en"):
        assert json.loads(json.dumps({"label": CLOSE}, cls=DjangoJSONEncoder)) == {"label": "Close"}


def test_words_fill_in_a_validation_error_of_django():
    error = ValidationError(words("最多%(limit)s张", "at most %(limit)s"), params={"limit": 9})

    with translation.override("en"):
        assert error.messages == ["at most 9"]


def test_words_join_with_text_and_with_words():
    joined = "【" + CLOSE + words("了", "d")

    assert (joined.zh, joined.en) == ("【结案了", "【Closed")


def test_equal_words_are_one_key_and_survive_a_process_boundary():
    again = pickle.loads(pickle.dumps(CLOSE))

    assert hash(again) == hash(CLOSE)
    assert again == CLOSE
    assert words("结案", "Closed") != CLOSE


def test_words_cannot_be_changed():
    with pytest.raises(AttributeError):
        CLOSE.zh = "改"


@pytest.mark.parametrize(("zh", "en"), [("", "Close"), ("结案", "")])
def test_words_in_one_language_only_are_refused(zh, en):
    with pytest.raises(ValueError, match="both languages"):
        words(zh, en)
