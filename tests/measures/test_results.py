# SPDX-License-Identifier: MulanPSL-2.0
"""Results: receipts, points, trends, who may see them, and what the public sees."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from linli.core import registry
from linli.core.faults import Conflict, Invalid, NotAble, NotVisible
from linli.core.sight import Actor, looking, of_all, of_post
from linli.measures import seeding
from linli.measures.models import StandardVersion, Value
from linli.measures.published import count_shown, public_results, share_shown
from linli.measures.rebuilding import rebuild
from linli.measures.results import Figure, children_results, members, results
from linli.measures.standards import StandardFile
from tests.measures.test_figures import WHOLE, plant
from tests.measures.town import CITY, COMMUNITIES, DISTRICT, FAR_COMMUNITY, NOW, STREET, Town, at_now, matter, officer

HOME = COMMUNITIES[0]
DIRECTOR = officer(HOME, HOME + 1000)
CITY_OFFICER = officer(*WHOLE)


def late(**given: Any) -> dict[str, Any]:
    return {"phase": "handling", "closed_at": None, "reported_at": NOW - timedelta(days=40)} | given


def counted(town: Town, *rows: Any) -> None:
    plant(*rows)
    with at_now():
        rebuild("2026")


def test_a_result_shows_figure_points_receipt_and_twelve_months(town: Town, sheet: str) -> None:
    counted(town, *(matter(town, HOME + 1) for _ in range(9)), matter(town, HOME + 1, **late()))

    with at_now(), looking(of_post(DIRECTOR)):
        found = results(DIRECTOR, HOME, "2026").of("D3-11")

    assert found.figure == Figure(9, 10)
    assert found.figure.percent == "90.0%"
    assert found.reached == 2 * (Fraction(9, 10) - Fraction(85, 100)) / (Fraction(98, 100) - Fraction(85, 100))
    assert (found.receipt.version, found.receipt.period, found.receipt.computed_at) == (1, "2026", NOW)
    assert [one.period for one in found.trend] == [f"2026-{month:02}" for month in range(1, 13)]
    assert [one.figure for one in found.trend][10] == Figure(9, 10)
    assert [one.is_ahead for one in found.trend] == [False] * 11 + [True]
    assert found.scoring is not None
    assert "85.0%" in found.scoring.en


def test_an_empty_denominator_is_not_evaluable_and_its_points_go_to_the_rest_of_the_dimension(town: Town, sheet: str) -> None:
    counted(town, matter(town, HOME + 1))

    with at_now(), looking(of_post(DIRECTOR)):
        found = results(DIRECTOR, HOME, "2026")

    management = next(one for one in found.dimensions if one.dimension.code == "D3")
    assert found.of("D3-04").figure.state == "not_evaluable"
    assert found.of("D3-04").figure.share is None
    assert found.of("D3-04").reached is None
    assert management.possible == Fraction(23, 2)
    assert management.evaluable == 6
    assert management.reached == (found.of("D3-11").reached or 0) * Fraction(23, 12)
    assert management.coverage == Fraction(6, 22)


def test_a_dimension_with_nothing_to_evaluate_has_no_points_rather_than_none_reached(town: Town, sheet: str) -> None:
    with at_now(), looking(of_post(DIRECTOR)):
        found = results(DIRECTOR, HOME, "2026")

    assert {one.reached for one in found.dimensions} == {None}
    assert found.stamp == "none"


def test_satisfied_is_shown_with_its_answer_rate(town: Town, sheet: str) -> None:
    counted(town, matter(town, HOME, source="resident", rating=1), matter(town, HOME, source="resident"))

    with at_now(), looking(of_post(DIRECTOR)):
        found = results(DIRECTOR, HOME, "2026").of("GV-04")

    assert found.figure == Figure(1, 1)
    assert found.beside == Figure(1, 2)


def test_a_level_above_is_the_sum_of_counts_and_not_the_mean_of_shares(town: Town, sheet: str) -> None:
    counted(town, *(matter(town, HOME) for _ in range(9)), matter(town, COMMUNITIES[1], **late()), matter(town, FAR_COMMUNITY))

    with at_now(), looking(of_post(CITY_OFFICER)):
        found = {area: results(CITY_OFFICER, area, "2026").of("D3-11").figure for area in (STREET, DISTRICT, CITY)}

    assert found == {STREET: Figure(9, 10), DISTRICT: Figure(9, 10), CITY: Figure(10, 11)}


def test_children_stand_in_order_of_name_and_not_of_value(town: Town, sheet: str) -> None:
    counted(town, matter(town, HOME), matter(town, COMMUNITIES[2], **late()))

    with at_now(), looking(of_post(CITY_OFFICER)):
        found = children_results(CITY_OFFICER, STREET, "2026")

    assert [one.place.area for one in found] == [COMMUNITIES[2], COMMUNITIES[1], COMMUNITIES[0]]
    assert found[2].of("D3-11").figure == Figure(1, 1)


def test_a_matter_recorded_at_the_street_itself_counts_there_and_above(town: Town, sheet: str) -> None:
    counted(town, matter(town, STREET), matter(town, HOME))

    with at_now(), looking(of_post(CITY_OFFICER)):
        found = {area: results(CITY_OFFICER, area, "2026").of("D3-11").figure for area in (HOME, STREET, CITY)}

    assert found == {HOME: Figure(1, 1), STREET: Figure(2, 2), CITY: Figure(2, 2)}


@pytest.mark.parametrize("area", [COMMUNITIES[1], STREET, CITY, FAR_COMMUNITY, HOME + 1, 7])
def test_another_place_and_an_unknown_one_are_equally_not_visible(town: Town, area: int) -> None:
    with at_now(), looking(of_post(DIRECTOR)):
        for ask in (results, children_results, lambda actor, where, period: members(actor, "D3-11", where, period)):
            with pytest.raises(NotVisible):
                ask(DIRECTOR, area, "2026")


def test_a_post_without_the_ability_is_refused(town: Town) -> None:
    handler = Actor("handler", "handler", frozenset({"matter.see"}), HOME, HOME + 1000, account=2, post=2)

    with at_now(), looking(of_post(handler)), pytest.raises(NotAble):
        results(handler, HOME, "2026")


def test_a_period_that_is_none_is_refused_with_a_sentence(town: Town) -> None:
    with at_now(), looking(of_post(DIRECTOR)), pytest.raises(Invalid) as refused:
        results(DIRECTOR, HOME, "2026-13")

    assert "2026-11" in refused.value.fields["period"].zh


def test_the_database_shows_no_value_of_another_community(town: Town, sheet: str) -> None:
    counted(town, matter(town, HOME), matter(town, FAR_COMMUNITY))

    with looking(of_post(DIRECTOR)):
        areas = set(Value.objects.values_list("area", flat=True))

    assert areas == {HOME}


def test_results_take_two_queries_at_most(town: Town, sheet: str, django_assert_max_num_queries: Any) -> None:
    counted(town, matter(town, HOME))

    with at_now(), looking(of_post(DIRECTOR)):
        results(DIRECTOR, HOME, "2026")
        with django_assert_max_num_queries(2):
            results(DIRECTOR, HOME, "2026")


def test_the_public_sees_no_count_under_five(town: Town, sheet: str) -> None:
    counted(town, *(matter(town, HOME) for _ in range(4)), *(matter(town, COMMUNITIES[1]) for _ in range(5)))

    with at_now():
        few = {one.code: one for one in public_results(HOME, "2026").indicators}["D3-11"]
        enough = {one.code: one for one in public_results(COMMUNITIES[1], "2026").indicators}["D3-11"]

    assert (few.denominator, few.numerator, few.share, few.is_hidden) == ("<5", "<5", "", True)
    assert (enough.denominator, enough.numerator, enough.share, enough.is_hidden) == ("5", "5", "100.0%", False)


@pytest.mark.parametrize(("figure", "expected"), [
    (Figure(3, 100), "<5.0%"), (Figure(98, 100), ">95.0%"), (Figure(5, 100), "5.0%"), (Figure(0, 100), "0.0%"), (Figure(2, 5), ""), (Figure(0, 0), ""),
])
def test_a_public_share_gives_away_no_small_count(figure: Figure, expected: str) -> None:
    assert share_shown(figure) == expected


def test_a_public_count_under_five_is_hidden_nought_included() -> None:
    assert [count_shown(count) for count in (0, 4, 5)] == ["<5", "<5", "5"]


def test_seeding_twice_publishes_once(db: None) -> None:
    first, second = seeding.seed(), seeding.seed()

    assert "tianjin_draft_1, tianjin_draft_2, tianjin_draft_3, tianjin_draft_4" in first
    assert "nothing to do" in second
    assert list(StandardVersion.objects.order_by("valid_from").values_list("version", "state", "valid_to")) == [
        ("1", "superseded", date(2026, 11, 1)), ("2", "superseded", date(2026, 11, 15)),
        ("3", "superseded", date(2026, 11, 20)), ("4", "published", None)]


def test_a_changed_file_under_a_published_version_is_refused(db: None, tmp_path: Any) -> None:
    seeding.seed()
    shipped: StandardFile | None = registry.get("standard", "tianjin_draft_1")
    assert shipped is not None
    changed = tmp_path / "changed.toml"
    changed.write_text(shipped.path.read_text(encoding="utf-8").replace("lin .85→.98", "lin .80→.98"), encoding="utf-8")
    registry.REGISTRY.remove("standard", "tianjin_draft_1")
    registry.add("standard", "tianjin_draft_1", StandardFile("tianjin_draft_1", changed))
    try:
        with pytest.raises(Conflict):
            seeding.seed()
    finally:
        registry.REGISTRY.remove("standard", "tianjin_draft_1")
        registry.add("standard", "tianjin_draft_1", shipped)


@pytest.mark.parametrize("sql", [
    "update measures_standardversion set content = '{}'", "update measures_standardversion set digest = 'x'",
    "update measures_standardversion set state = 'draft'", "delete from measures_standardversion",
])
def test_not_even_the_owner_edits_a_published_standard(sheet: str, owner: None, sql: str) -> None:
    with pytest.raises(DatabaseError, match="never edited"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_a_published_standard_may_still_be_superseded(sheet: str, owner: None) -> None:
    assert StandardVersion.objects.filter(version="2").update(state="superseded", valid_to="2026-11-14") == 1


def test_every_number_of_the_shipped_standard_says_whether_it_is_proposed() -> None:
    shipped: StandardFile | None = registry.get("standard", "tianjin_draft_1")
    assert shipped is not None

    content = shipped.content()

    assert all("points_proposed" in one and one["source"] for one in content["indicator"])
    assert sum(int(one["points"]) for one in content["dimension"]) == 100
    assert all("proposed" in one for one in content["dimension"])


def test_the_whole_city_sight_is_not_needed_to_read(town: Town, sheet: str) -> None:
    counted(town, matter(town, HOME))

    with at_now(), looking(of_post(DIRECTOR), read_only=True):
        inside = results(DIRECTOR, HOME, "2026").of("D3-11").figure
    with looking(of_all()):
        kept = Value.objects.get(area=HOME, period="2026", measure="D3-11")

    assert inside == Figure(kept.numerator, kept.denominator)
