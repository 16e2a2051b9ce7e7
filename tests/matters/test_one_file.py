# SPDX-License-Identifier: MulanPSL-2.0
"""One new file under practice/ is a working kind: form, list, API verb, manual page, laws; nothing else is edited."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

import linli.practice
from linli.api.references import pages
from linli.core import editions, registry
from linli.matters import categories, numbers
from linli.matters.kinds import kind_of
from linli.matters.models import Category
from tests.cast import Cast

FILE = '''# SPDX-License-Identifier: MulanPSL-2.0
"""噪声扰民 (9c): planted by a test."""

from datetime import date

from linli.core.fields import Field
from linli.core.words import words
from linli.matters import categories, kinds
from linli.matters.categories import Row, SchemeFile
from linli.matters.kinds import Kind

categories.declare(SchemeFile(
    code="planted_noise", version="1", words=words("噪声类别", "Kinds of noise"), source="a test", valid_from=date(2020, 1, 1),
    rows=lambda: [Row("1", "广场舞噪声", "Dancing on the square", group_zh="噪声", group_en="Noise", kind="planted_noise")]))

kinds.declare(Kind(
    name="planted_noise", words=words("噪声扰民", "Noise"), about=words("夜间噪声", "Noise at night"), systems=("9c",), scheme="planted_noise",
    fields=(Field("decibels", words("分贝", "Decibels"), "integer", low=0, high=200, filter=True),)))
'''
pytestmark = pytest.mark.django_db


@pytest.fixture
def planted(tmp_path: Path, cast: Cast) -> Iterator[Category]:
    """The file is put where practice is looked for, found like any other, and forgotten afterwards."""
    chapter = tmp_path / "planted_chapter"
    chapter.mkdir()
    (chapter / "__init__.py").write_text('"""A chapter of a test."""\n', encoding="utf-8")
    (chapter / "noise.py").write_text(FILE, encoding="utf-8")
    linli.practice.__path__.append(str(tmp_path))
    registry.discover()
    categories.seed()
    editions.forget_all()
    yield Category.objects.get(scheme__code="planted_noise")
    linli.practice.__path__.remove(str(tmp_path))
    for name in [name for name in sys.modules if name.startswith("linli.practice.planted_chapter")]:
        del sys.modules[name]
    registry.REGISTRY.remove("kind", "planted_noise")
    registry.REGISTRY.remove("scheme", "planted_noise@1")


def test_the_planted_kind_is_reported_filed_handled_and_closed(planted: Category, cast: Cast) -> None:
    made = cast.report(category=planted.pk, decibels=85)

    assert kind_of("planted_noise").faults() == []
    assert cast.walk(made["number"])["phase"] == "closed"


def test_its_own_field_is_checked(planted: Category, cast: Cast, client: Client) -> None:
    answer = client.post("/api/v1/actions/matter.report", {"category": planted.pk, "summary": "吵", "area": 120101001001000, "decibels": 999},
                         content_type="application/json")

    assert answer.status_code == 422
    assert "decibels" in answer.json()["fault"]["fields"]


def test_the_list_filters_by_its_facet(planted: Category, cast: Cast, client: Client) -> None:
    loud = cast.report(category=planted.pk, decibels=85)["number"]
    cast.report(category=planted.pk, decibels=40)

    answer = client.get("/api/v1/matters?facet.planted_noise.decibels=85", headers=cast.headers("dispatcher"))

    assert [one["number"] for one in answer.json()["items"]] == [loud]


def test_the_public_form_shows_its_field_and_the_desk_its_matter(planted: Category, cast: Cast, client: Client) -> None:
    number = cast.report(category=planted.pk, decibels=85)["number"]

    form = client.get(f"/report/?category={planted.pk}&area=120101001001000")
    inbox = client.get("/api/v1/matters/" + number, headers=cast.headers("dispatcher"))

    assert "分贝" in form.content.decode()
    assert inbox.json()["number"] == number == numbers.number_of(numbers.matter_of(number) or 0)


def test_the_manual_gets_its_page_by_itself(planted: Category) -> None:
    manual = pages()["kinds.md"]

    assert "噪声扰民" in manual
    assert "分贝" in manual
