# SPDX-License-Identifier: MulanPSL-2.0
"""How times, shares and words are said in templates, in both languages."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from django.template import Context, Template
from django.utils import translation

from linli.core import clock
from linli.ui import saying

MOMENT = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


def show(text: str, language: str = "zh-hans", **values: object) -> str:
    with translation.override(language):
        return Template("{% load linli %}" + text).render(Context(values))


@pytest.mark.parametrize(("language", "expected"), [("zh-hans", "2026年11月23日 09:30"), ("en", "23 Nov 2026, 09:30")])
def test_a_moment_is_said_on_the_citys_clock(language: str, expected: str) -> None:
    assert show("{{ at|moment }}", language, at=MOMENT) == expected


def test_a_moment_late_in_the_utc_day_belongs_to_the_next_day_of_the_city() -> None:
    assert saying.day(datetime(2026, 11, 23, 16, 0, tzinfo=UTC)).zh == "2026年11月24日"


def test_a_day_without_an_hour_stays_that_day() -> None:
    assert show("{{ at|day }}", "en", at=date(2026, 1, 2)) == "2 Jan 2026"


@pytest.mark.parametrize(("language", "name", "expected"), [
    ("en", "井盖", '<span lang="zh-Hans">井盖</span>'), ("en", "Manhole", "Manhole"), ("zh-hans", "井盖", "井盖"), ("en", "<b>井", "&lt;b&gt;井")])
def test_a_name_without_english_is_marked_as_chinese_on_an_english_page(language: str, name: str, expected: str) -> None:
    assert show("{{ name|spoken }}", language, name=name) == expected


def test_a_time_element_carries_the_moment_for_machines() -> None:
    assert show("{% time_of at %}", at=MOMENT) == '<time datetime="2026-11-23T01:30:00+00:00">2026年11月23日 09:30</time>'


@pytest.mark.parametrize(("span", "zh", "en"), [
    (timedelta(days=3, hours=4, minutes=50), "3天4小时", "3 d 4 h"),
    (timedelta(days=3, minutes=50), "3天", "3 d"),
    (timedelta(hours=4, minutes=50), "4小时50分钟", "4 h 50 min"),
    (59, "不到1分钟", "under a minute"),
    (60, "1分钟", "1 min"),
])
def test_a_span_is_said_in_its_two_largest_units(span: timedelta | int, zh: str, en: str) -> None:
    said = saying.duration(span)

    assert (said.zh, said.en) == (zh, en)


def test_a_limit_says_what_is_left_and_what_is_overdue() -> None:
    with clock.standing_at(MOMENT):
        ahead, passed = saying.due_in(MOMENT + timedelta(hours=2)), saying.due_in(MOMENT - timedelta(days=1))

    assert (ahead.zh, passed.en) == ("还剩 2小时", "1 d overdue")


@pytest.mark.parametrize(("share", "expected"), [
    (Fraction(1, 3), "33.3%"), (Fraction(1, 2000), "0.1%"), (Fraction(1, 2001), "0.0%"), (Fraction(1), "100.0%"), (None, "—"),
])
def test_a_share_is_rounded_from_the_exact_fraction_and_none_is_a_dash(share: Fraction | None, expected: str) -> None:
    assert show("{{ share|percent }}", share=share) == expected


def test_words_take_values_and_escape_them() -> None:
    shown = show('{% w "共 {n} 件 & 更多" "{n} matters & more" n=value %}', "en", value="<b>7</b>")

    assert shown == "&lt;b&gt;7&lt;/b&gt; matters &amp; more"


def test_words_without_values_escape_too_and_can_be_kept_under_a_name() -> None:
    assert show('{% w "甲<b>" "A<b>" as label %}{{ label }}') == "甲&lt;b&gt;"


def test_a_stored_word_is_shown_by_its_mapping_and_an_unknown_one_as_it_is() -> None:
    shown = show("{{ one|words_of:known }} {{ other|words_of:known }}", one="filed", other="strange", known={"filed": "已受理"})

    assert shown == "已受理 strange"
