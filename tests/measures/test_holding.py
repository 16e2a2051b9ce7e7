# SPDX-License-Identifier: MulanPSL-2.0
"""A condition judged in Python says of every row what the compiled SQL says of it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.db.models import F, Q
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.measures.declarations import CUT_OFF, END, START
from linli.measures.holding import holds
from linli.measures.predicates import expression

MOMENTS = [datetime(2026, 1, day, tzinfo=UTC) for day in (1, 2, 3)]
GIVEN: dict[str, Any] = {"start": MOMENTS[0], "end": MOMENTS[2], "cut_off": MOMENTS[1]}
CONDITIONS = st.recursive(
    st.sampled_from([
        Q(n=1), Q(n__gte=2), Q(n__in=[1, 3]), Q(n__lt=F("m")), Q(n=None), Q(n__isnull=False), Q(b=True), Q(b=False), Q(t="x"), Q(t__in=["x", "y"]),
        Q(at__gte=START, at__lt=END), Q(at__lt=CUT_OFF), Q(at__lte=F("by")), Q()]),
    lambda inner: st.one_of(st.builds(lambda a, b: a & b, inner, inner), st.builds(lambda a, b: a | b, inner, inner), st.builds(lambda a: ~a, inner)), max_leaves=6)
ROWS = st.fixed_dictionaries({
    "n": st.sampled_from([None, 1, 2, 3]), "m": st.sampled_from([None, 1, 2, 3]), "b": st.sampled_from([None, True, False]), "t": st.sampled_from([None, "x", "z"]),
    "at": st.sampled_from([None, *MOMENTS]), "by": st.sampled_from([None, *MOMENTS])})


@pytest.mark.django_db
@given(CONDITIONS, ROWS)
@settings(max_examples=300, deadline=None)
def test_python_and_postgres_agree_on_every_row(condition: Q, row: dict[str, Any]) -> None:
    text = expression(condition).sql("postgres")
    sql = f"""select coalesce({text}, false) from (select %(n)s::bigint as n, %(m)s::bigint as m, %(b)s::boolean as b, %(t)s::text as t,
              %(at)s::timestamptz as at, %(by)s::timestamptz as by) f"""

    with connection.cursor() as asked:
        asked.execute(sql, row | GIVEN)
        wanted = asked.fetchone()[0]

    assert holds(condition, row, GIVEN) is wanted
