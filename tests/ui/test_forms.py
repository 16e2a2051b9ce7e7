# SPDX-License-Identifier: MulanPSL-2.0
"""Forms made from declared fields: what was typed stays, nothing typed becomes markup, every input has its label."""

import re
from datetime import UTC, datetime

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string

from linli.core.fields import CLEANERS, Field
from linli.core.words import words
from linli.ui.forms import INPUTS, BoundForm, bound, typed

HOSTILE = "</textarea><script>alert('x')</script> 3号楼 \"前\" 🏮"


def field(kind: str, **more: object) -> Field:
    return Field("thing", words("某项", "Thing"), kind, help=words("请填写", "Fill in"), **more)  # type: ignore[arg-type]


def shown(one: Field, value: object = None, fault: str = "") -> str:
    errors = {"thing": words(fault, fault)} if fault else {}
    return render_to_string("ui/parts/field.html", {"field": bound([one], {"thing": value}, errors)[0]})


def test_every_kind_of_field_has_an_input() -> None:
    assert set(INPUTS) == set(CLEANERS)


@pytest.mark.parametrize("kind", sorted(CLEANERS))
def test_every_input_has_a_name_a_label_and_its_help(kind: str) -> None:
    page = shown(field(kind, choices=(("a", words("甲", "A")),) if kind in ("choice", "choices") else None), fault="不对")

    assert 'name="thing' in page
    assert 'for="field-thing"' in page or "<legend" in page
    assert "field-thing-help field-thing-fault" in page


@pytest.mark.parametrize("kind", ["text", "long_text", "phone", "integer", "moment", "day", "position"])
def test_hostile_text_comes_back_as_text(kind: str) -> None:
    page = shown(field(kind), HOSTILE)

    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_a_hostile_choice_label_is_text() -> None:
    page = shown(field("choice", choices=[("a", words("<b>甲", "<b>A"))]))

    assert "<b>" not in page


def test_a_password_never_comes_back() -> None:
    assert "geheim" not in shown(field("secret"), "geheim")


def test_few_choices_are_all_shown_and_many_become_a_list() -> None:
    few, many = ([(str(n), words(f"第{n}", f"No {n}")) for n in range(count)] for count in (5, 6))

    assert 'type="radio"' in shown(field("choice", choices=few))
    assert "<select" in shown(field("choice", choices=many))


def test_the_chosen_option_stays_chosen() -> None:
    page = shown(field("choice", choices=[("a", words("甲", "A")), ("b", words("乙", "B"))]), "b")

    assert re.search(r'value="b" checked', page)
    assert not re.search(r'value="a" checked', page)


def test_photos_already_kept_stay_with_the_form() -> None:
    page = shown(field("evidence"), ["12", "13"])

    assert re.search(r'name="thing" value="12" checked', page)
    assert 'name="thing__files"' in page


def test_a_moment_is_shown_on_the_citys_clock() -> None:
    page = shown(field("moment"), datetime(2026, 11, 23, 1, 30, tzinfo=UTC))

    assert 'value="2026-11-23T09:30"' in page


def test_what_was_typed_is_read_back_kind_by_kind() -> None:
    fields = [Field("text", words("甲", "A")), Field("where", words("乙", "B"), "position"), Field("photos", words("丙", "C"), "evidence")]
    post = QueryDict("text=%E4%B8%89&where__lon=117.1&where__lat=39.2&photos=4&photos=5&foreign=1")

    assert typed(fields, post) == {"text": "三", "where": "117.1,39.2", "photos": ["4", "5"]}


def test_half_a_position_is_kept_so_that_the_check_can_speak_of_it() -> None:
    where = Field("where", words("乙", "B"), "position")

    assert typed([where], QueryDict("where__lon=117.1&where__lat=")) == {"where": "117.1,"}


def test_a_refused_form_lists_its_faults_with_links_to_the_fields() -> None:
    fields = tuple(bound([field("text", required=True)], {"thing": HOSTILE}, {"thing": words("太长", "Too long")}))
    form = BoundForm(fields, words("提交", "Submit"), message=words("没有保存。", "Not saved."), remedy=words("请修改。", "Change it."))

    page = render_to_string("ui/parts/form.html", {"form": form})

    assert '<a href="#field-thing">某项</a>：太长' in page
    assert "<script" not in page
