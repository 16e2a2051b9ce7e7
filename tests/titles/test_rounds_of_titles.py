# SPDX-License-Identifier: MulanPSL-2.0
"""The yearly draw: the seed is fixed before and shown after, weights are whole and explained, every named community comes within its years."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.core import clock, draws
from linli.core.faults import Conflict, Invalid, NotAble
from linli.core.sight import looking, of_all
from linli.matters.models import Matter
from linli.measures.models import Value
from linli.titles import kinds, reactions
from linli.titles.after import drawing, signs
from linli.titles.models import Reinspection, ReinspectionRound, Title, TitleSign
from tests.cast import COMMUNITY, COMMUNITY2, COMMUNITY3, FAR_COMMUNITY
from tests.titles.naming import KIND, Naming, name_it, settle

YEAR = clock.today().year


def rows(*weights: int, due: int = 0) -> list[dict[str, object]]:
    return [{"title": number, "area": number, "weight": weight, "reasons": [], "is_due": number <= due} for number, weight in enumerate(weights, 1)]


@given(seed=st.binary(min_size=32, max_size=32), weights=st.lists(st.integers(1, 12), min_size=1, max_size=30), due=st.integers(0, 5), size=st.integers(0, 40))
@settings(max_examples=100, deadline=None)
def test_a_draw_takes_all_that_are_due_and_nobody_twice(seed: bytes, weights: list[int], due: int, size: int) -> None:
    frame = rows(*weights, due=due)

    found = drawing.drawn(seed, frame, size)

    assert found == drawing.drawn(seed, frame, size)
    assert len(found) == len(set(found)) == max(min(due, len(weights)), min(size, len(weights)))
    assert {one["title"] for one in frame if one["is_due"]} <= set(found)


def test_a_tripled_weight_is_drawn_three_times_as_often() -> None:
    firsts = [drawing.drawn(draws.digest(str(turn).encode()).encode()[:32], rows(3, 1), 1)[0] for turn in range(4000)]

    assert 0.70 < firsts.count(1) / 4000 < 0.80


@given(titles=st.integers(1, 40), seeds=st.lists(st.binary(min_size=32, max_size=32), min_size=9, max_size=9), weights=st.lists(st.integers(1, 12), min_size=40, max_size=40))
@settings(max_examples=60, deadline=None)
def test_everybody_comes_within_the_years_whatever_is_drawn(titles: int, seeds: list[bytes], weights: list[int]) -> None:
    kind, last = kinds.kind_named(KIND), dict.fromkeys(range(titles), 2020)
    years = kind.limit("coverage_years", date(2026, 1, 1)).number

    for year, seed in enumerate(seeds, 2021):
        weighed = [drawing.Weighed(one, one, weights[one], (), year - last[one] >= years) for one in last]
        size = drawing.least_size(weighed, years)
        for one in drawing.drawn(seed, [each.as_kept() for each in weighed], size):
            last[one] = year
        assert all(year - since < years for since in last.values())


@pytest.mark.django_db
class TestRounds:
    def prepared(self, naming: Naming) -> None:
        for area in (COMMUNITY2, COMMUNITY3, FAR_COMMUNITY):
            name_it(area, date(YEAR - 1, 12, 1))

    def fix(self, naming: Naming, by: str = "city") -> dict[str, object]:
        return naming.do("title.fix_round", by, kind=KIND, year=YEAR)

    def draw(self, naming: Naming, **more: object) -> dict[str, object]:
        return naming.do("title.draw_round", "city", kind=KIND, year=YEAR, **more)

    def test_nothing_is_drawn_before_the_seed_is_fixed(self, naming: Naming) -> None:
        with pytest.raises(Conflict) as refused:
            self.draw(naming)

        assert refused.value.code == "no_seed"

    def test_the_seed_is_fixed_once(self, naming: Naming) -> None:
        self.fix(naming)

        with pytest.raises(Conflict):
            self.fix(naming)

    @pytest.mark.parametrize("who", ["district", "director"])
    def test_only_the_city_draws(self, naming: Naming, who: str) -> None:
        with pytest.raises(NotAble):
            self.fix(naming, who)

    def test_fewer_than_the_share_of_the_years_are_refused(self, naming: Naming) -> None:
        self.prepared(naming)
        self.fix(naming)

        with pytest.raises(Invalid):
            self.draw(naming, size=1)

    def test_the_seed_stays_hidden_until_all_visits_have_begun_and_repeats_the_draw_then(self, naming: Naming) -> None:
        self.prepared(naming)
        digest = self.fix(naming)["digest"]
        self.draw(naming)
        with pytest.raises(Conflict) as refused:
            naming.do("title.reveal_round", "city", kind=KIND, year=YEAR)
        assert refused.value.code == "not_begun"
        with looking(of_all()):
            chosen = list(Reinspection.objects.values_list("pk", flat=True))
        for one in chosen:
            naming.take("begin_reinspection", "city", one, assessors="expert_a, expert_b")

        seed = naming.do("title.reveal_round", "city", kind=KIND, year=YEAR)["seed"]

        with looking(of_all()):
            round_ = ReinspectionRound.objects.get()
            titles = list(Reinspection.objects.values_list("title", flat=True))
        assert draws.digest(bytes.fromhex(str(seed))) == digest
        assert drawing.is_repeatable(round_, titles)
        assert not drawing.is_repeatable(round_, [*titles, 0])

    def test_who_is_being_reinspected_is_not_drawn_again(self, naming: Naming) -> None:
        self.prepared(naming)
        naming.order()
        self.fix(naming)

        self.draw(naming, size=3)

        with looking(of_all()):
            assert sorted(Reinspection.objects.exclude(round=None).values_list("area", flat=True)) == sorted([COMMUNITY2, COMMUNITY3, FAR_COMMUNITY])

    def test_signs_multiply_the_weight_and_are_kept_with_the_round(self, naming: Naming) -> None:
        self.prepared(naming)
        with looking(of_all()):
            for name in ("condition", "overdue"):
                TitleSign.objects.create(area=COMMUNITY, title=naming.title, kind=KIND, name=name, said=[], since=clock.today())
            Title.objects.filter(pk=naming.title.pk).update(named_on=date(YEAR - 2, 12, 1))
        self.fix(naming)

        self.draw(naming)

        row = next(one for one in ReinspectionRound.objects.get().frame if one["title"] == naming.title.pk)
        assert (row["weight"], row["reasons"]) == (3 * 2 * 2, ["condition", "overdue", "long"])


@pytest.mark.django_db
class TestSigns:
    def overdue(self, naming: Naming, count: int) -> None:
        for turn in range(count):
            naming.cast.report("gridworker", address=f"槐安路 {turn} 号")
        with looking(of_all()):
            Matter.objects.update(due_at=clock.now() - timedelta(days=1))

    def test_heaped_matters_are_a_sign_and_end_as_one(self, naming: Naming) -> None:
        self.overdue(naming, 10)
        reactions.note_all()
        with looking(of_all()):
            found = TitleSign.objects.get(name="overdue")
            assert (found.title_id, found.until) == (naming.title.pk, None)
            Matter.objects.update(due_at=clock.now() + timedelta(days=1))

        reactions.note_all()

        with looking(of_all()):
            assert TitleSign.objects.get(name="overdue").until == clock.today()

    def test_nine_of_ten_are_no_sign_and_a_second_look_adds_none(self, naming: Naming) -> None:
        self.overdue(naming, 9)
        reactions.note_all()
        reactions.note_all()

        with looking(of_all()):
            assert TitleSign.objects.filter(name="overdue").count() == 0

    def test_a_condition_that_fails_is_a_sign(self, naming: Naming) -> None:
        with looking(of_all()):
            Value.objects.create(area=COMMUNITY, level="community", period=str(YEAR), measure="D1-01", version=1, numerator=0, denominator=1, watermark=1,
                                 computed_at=clock.now())

        found = self.speaking(naming)

        assert (naming.title.pk, "condition") in found

    def speaking(self, naming: Naming) -> dict[tuple[int, str], list[dict[str, str]]]:
        with looking(of_all()):
            return signs.speaking(kinds.kind_named(KIND), [naming.title], clock.now())


@pytest.mark.django_db
def test_settling_touches_only_its_own_case(naming: Naming) -> None:
    number = naming.order()
    naming.take("begin_reinspection", "district", number, assessors="expert_a, expert_b")

    settle(number + 1)

    with pytest.raises(Conflict):
        naming.take("keep", "district", number, reason="x")
