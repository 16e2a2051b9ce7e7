# SPDX-License-Identifier: MulanPSL-2.0
"""Declarations are checked when they are made, and the fault says the cure."""

from dataclasses import replace
from typing import Any

import pytest
from django.db.models import Exists, F, Q

from linli.core import registry
from linli.matters.models import Matter
from linli.measures.checks import check_declarations
from linli.measures.compiler import condition_sql
from linli.measures.declarations import CUT_OFF, FactSet, Measure, declare, explain, fact_of, fact_sets, find_measure, measures
from tests.measures.elsewhere import REFERENCES
from tests.measures.oracle import ORACLES, ROUNDS, SPOT_CHECKS, STATES
from tests.measures.standing import READINGS


def planted(**changes: Any) -> Measure:
    found = find_measure("D3-11")
    assert found is not None
    return replace(found, code="XX-01", **changes)


def test_twelve_measures_and_more_are_declared_and_each_has_an_oracle() -> None:
    codes = {one.code for one in measures()}

    assert len(codes) >= 12
    assert codes == set(ORACLES) | STATES | ROUNDS | SPOT_CHECKS | set(READINGS) | {"D3-10"} | set(REFERENCES)


@pytest.mark.parametrize(("condition", "said"), [
    (Q(category__is_hazard=True), "no column"),
    (Q(kind__category__code="1"), "crosses a relation"),
    (Q(kind__contains="grid"), "crosses a relation"),
    (Q(colour="red"), "no column"),
    (Q(rating="2"), "type"),
    (Q(rating__gt=None), "isnull"),
    (Q(closed_at__lt=F("colour")), "no column"),
    (Q(closed_at__lt=F("rating")), "type"),
    (Q(rating__lt=CUT_OFF), "type"),
    (Q(kind__in=[]), "at least one"),
    (Q(kind="100%"), "percent sign"),
    (Q(is_on_time__isnull="yes"), "True or False"),
    (Q(is_on_time=True) ^ Q(is_hazard=True), "either-or"),
    (Q(Exists(Matter.objects.all())), "plain comparisons"),
])
def test_a_condition_beyond_the_columns_is_refused_with_a_sentence(condition: Q, said: str) -> None:
    found = planted(numerator=condition).faults()

    assert len(found) == 1
    assert said in found[0]


@pytest.mark.parametrize("changes", [
    {"period": "limit_at"}, {"fact": "nothing"}, {"better": "big"}, {"version": 0}, {"denominator": Q(colour="red")}, {"exclusions": Q(colour="red")},
])
def test_a_faulty_measure_is_refused_when_it_is_declared(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="XX-01"):
        declare(planted(**changes))

    assert find_measure("XX-01") is None


@pytest.mark.parametrize(("sql", "said"), [
    ("select m.id, m.area, m.area as leaf from m group by 1, 2", "GROUP"),
    ("select distinct m.id, m.area, m.area as leaf from m", "DISTINCT"),
    ("select m.id, m.area, m.area as leaf from m union select 1, 2, 3", "one SELECT"),
    ("select m.id, m.area, m.area as leaf, m.kind from m", "other columns"),
    ("select m.id, m.area, m.area as leaf from m where m.kind like 'a%'", "percent sign"),
    ("select f.id, f.area, f.area as leaf from f", "alias"),
    ("select m.id, m.area, m.area as leaf from m where m.day = %(tomorrow)s", "parameter"),
    ("delete from m", "one SELECT"),
    ("select from where", "cannot be read"),
])
def test_a_fact_set_that_is_no_flat_select_is_refused(sql: str, said: str) -> None:
    planted_set = FactSet("planted", fact_of("matters").words, sql, {"id": "number", "area": "number", "leaf": "number"}, (), "matter")

    with pytest.raises(ValueError, match=said):
        declare(planted_set)


def test_the_system_check_finds_a_measure_that_became_faulty() -> None:
    registry.add("measure", "XX-01", planted(numerator=Q(colour="red"), beside="XX-02"))
    try:
        found = check_declarations(None)
    finally:
        registry.REGISTRY.remove("measure", "XX-01")

    assert sorted(one.id or "" for one in found) == ["measures.E001", "measures.E002"]
    assert check_declarations(None) == []


def test_the_same_declaration_reads_in_three_dialects() -> None:
    from linli.measures.compiler import whole_scan
    from linli.measures.declarations import measures_of

    for fact in fact_sets():
        scan = whole_scan(fact, measures_of(fact))
        assert {f"{side}{place}" for place in range(len(scan.measures)) for side in "nd"} < set(scan.tree.named_selects)
        assert "%(start)s" in scan.sql("postgres") or not fact.dates
        assert scan.sql("duckdb") != scan.sql("postgres")
        assert scan.sql("spark")


def test_the_reference_explains_every_measure_in_both_languages() -> None:
    for one in measures():
        found = explain(one)
        for part in ("name", "counted", "left_out", "error", "unit"):
            assert found[part]["zh"]
            assert found[part]["en"]
        assert found["source"]


def test_a_negated_condition_holds_where_the_column_is_empty() -> None:
    assert condition_sql(~Q(rating__lte=2), fact_of("matters")) == "NOT COALESCE(f.rating <= 2, FALSE)"


def test_a_condition_common_to_several_figures_is_computed_once_in_the_whole_scan() -> None:
    from linli.measures.compiler import whole_scan
    from linli.measures.declarations import measures_of

    fact = fact_of("matters")
    sql = whole_scan(fact, measures_of(fact)).sql()

    assert sql.count("f.phase IN ('refused', 'merged')") == 1
    assert sql.count("f.reported_at >= %(start)s AND f.reported_at < %(end)s") == 1
