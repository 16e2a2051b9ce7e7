# SPDX-License-Identifier: MulanPSL-2.0
"""Lists that are read together are what each would be alone; the sight in force limits them as it does any other."""

from typing import Any

import pytest
from django.db.models import QuerySet

from linli.core import evidence, letters, together
from linli.core.models import JournalLine
from linli.core.sight import looking, of_all, of_post
from linli.matters import numbers
from linli.matters.models import CallBack, Interval, Limit, Matter, Move, Question, Rating
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def asked_of(matter: int) -> list[QuerySet[Any]]:
    tables = [Move.objects.order_by("step"), Limit.objects.order_by("-name"), Interval.objects.order_by("id"), Question.objects.order_by("id"),
              Rating.objects.order_by("-round")[:1], CallBack.objects.order_by("id"), Matter.objects.filter(pk=matter)]
    return [*tables, evidence.rows_of("matter", matter), letters.rows_of("matter", matter)]


def shape(found: list[Any]) -> list[dict[str, Any]]:
    return [{field.attname: getattr(one, field.attname) for field in one._meta.concrete_fields} for one in found]


@pytest.fixture
def told(cast: Cast) -> int:
    """A matter with a question, an answer, a contact and a bad rating."""
    made = cast.report(contact_name="某居民", contact_phone="13800000000", wants_letters=True)
    cast.do("matter.ask", "dispatcher", number=made["number"], text="几号楼？“引号”\\ 与换行\n")
    cast.do("matter.answer", query_code=made["query_code"], text="3 号楼")
    cast.walk(made["number"])
    cast.do("matter.rate", query_code=made["query_code"], score=5, text="没解决")
    return numbers.matter_of(made["number"]) or 0


def test_rows_read_together_equal_those_read_alone(told: int) -> None:
    with looking(of_all(), read_only=True):
        apart = [shape([bytes_as_bytes(one) for one in found]) for found in asked_of(told)]

        found = [shape(one) for one in together.read(*asked_of(told))]

    assert found == apart
    assert [bool(one) for one in found[:5]] == [True] * 5


def bytes_as_bytes(row: Any) -> Any:
    for field in row._meta.concrete_fields:
        if isinstance(value := getattr(row, field.attname), memoryview):
            setattr(row, field.attname, bytes(value))
    return row


def test_they_take_one_query(told: int, django_assert_num_queries: Any) -> None:
    with looking(of_all(), read_only=True), django_assert_num_queries(1):
        together.read(*asked_of(told))


def test_the_sight_in_force_limits_them(told: int, cast: Cast) -> None:
    with looking(of_post(cast.dispatcher2), read_only=True):
        found = together.read(*asked_of(told))

    assert not any(found)


def test_nothing_asked_is_nothing_answered(db: None, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert together.read() == []


def test_a_field_that_json_cannot_carry_is_refused_by_name(told: int) -> None:
    with looking(of_all(), read_only=True), pytest.raises(TypeError, match=r"JournalLine\.xid"):
        together.read(JournalLine.objects.all())
