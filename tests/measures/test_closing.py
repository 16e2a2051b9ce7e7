# SPDX-License-Identifier: MulanPSL-2.0
"""Closed periods: what was published stays whatever happens afterwards, and a restatement lists what differs; overrides need two people and a file."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.core import clock, editions
from linli.core.actions import run
from linli.core.faults import Conflict, Fault, Invalid, NotAble, NotVisible
from linli.core.models import Evidence, JournalLine
from linli.core.sight import Actor, looking, of_all, of_post
from linli.matters.models import Matter
from linli.measures.closing import comparing, freezing, packing, reading
from linli.measures.closing import editions as closings
from linli.measures.closing.packing import Row
from linli.measures.models import Closing, Difference, Frozen, FrozenMembers, Override, Value
from linli.measures.opened import results_by_dimension
from linli.measures.rebuilding import rebuild
from linli.measures.results import Figure, all_members, children_results, members, receipt_of, results
from tests.measures.test_figures import WHOLE, plant, plant_many
from tests.measures.town import CITY, COMMUNITIES, DISTRICT, NOW, STREET, Town, matter, officer

HOME = COMMUNITIES[0]
MONTH = "2026-10"
IN_MONTH = datetime.fromisoformat("2026-10-08T02:00:00+00:00")
ABILITIES = frozenset({"results.see", "period.close", "period.confirm", "value.override", "value.confirm_override"})
ONE, OTHER = (Actor(f"city{number}", "city", ABILITIES, *WHOLE, account=number, post=number) for number in (11, 12))
LOOKER = officer(*WHOLE)


def act(name: str, actor: Actor, **given: Any) -> dict[str, Any]:
    with clock.standing_at(NOW):
        return run(name, actor, given)


def close(period: str, *, reason: str = "") -> Closing:
    """Asked for by one, confirmed by the other, frozen by the worker."""
    asked = act("period.restate", ONE, period=period, reason=reason) if reason else act("period.close", ONE, period=period)
    act("period.confirm", OTHER, closing=asked["closing"])
    with clock.standing_at(NOW):
        freezing.freeze(asked["closing"])
    editions.forget_all()
    return Closing.objects.get(pk=asked["closing"])


def figure(code: str, area: int = HOME, period: str = MONTH) -> Figure:
    with clock.standing_at(NOW), looking(of_post(LOOKER)):
        return receipt_of(LOOKER, code, area, period)[1]


def closed_on_time(town: Town, area: int = HOME + 1, **given: Any) -> Matter:
    return matter(town, area, **({"reported_at": IN_MONTH, "closed_at": IN_MONTH + timedelta(days=2), "close_due_at": IN_MONTH + timedelta(days=5)} | given))


@pytest.fixture
def month(town: Town, sheet: str) -> Town:
    """Ten matters of October, nine of them on time, counted."""
    plant(*(closed_on_time(town) for _ in range(9)), closed_on_time(town, closed_at=IN_MONTH + timedelta(days=9)))
    with clock.standing_at(NOW), looking(of_all()):
        rebuild("2026")
    return town


def test_a_closed_period_keeps_figure_receipt_and_records_whatever_is_corrected_later(month: Town) -> None:
    before = figure("D3-11")
    close(MONTH)

    with looking(of_all()):
        Matter.objects.filter(area=HOME + 1).update(closed_at=IN_MONTH + timedelta(days=9))
    with clock.standing_at(NOW), looking(of_all()):
        rebuild("2026")

    assert figure("D3-11") == before
    with clock.standing_at(NOW), looking(of_post(LOOKER)):
        shown = members(LOOKER, "D3-11", HOME, MONTH)
        assert receipt_of(LOOKER, "D3-11", HOME, MONTH)[2].edition == 1
        assert list(all_members(LOOKER, "D3-11", HOME, MONTH)) == list(shown.rows)
    assert (sum(one.is_in_numerator for one in shown.rows), len(shown.rows)) == (before.numerator, before.denominator)
    assert shown.edition == 1


def test_a_restatement_lists_the_figures_and_the_records_that_differ_and_both_editions_stay(month: Town) -> None:
    first = close(MONTH)
    with looking(of_all()):
        late, gone = Matter.objects.filter(area=HOME + 1).order_by("id")[:2]
        Matter.objects.filter(pk=late.pk).update(closed_at=IN_MONTH + timedelta(days=9))
        Matter.objects.filter(pk=gone.pk).update(reported_at=IN_MONTH - timedelta(days=40), closed_at=IN_MONTH - timedelta(days=30))
    plant(closed_on_time(month))
    added = Matter.objects.within(*WHOLE).order_by("-id")
    with looking(of_all()):
        joined = added[0].pk

    second = close(MONTH, reason="两件的办结时间录错")

    with looking(of_all()):
        found = Difference.objects.get(closing=second, area=HOME, name="D3-11.1", level="community")
        sums = {(one.level, one.numerator_before, one.denominator_before, one.numerator_after, one.denominator_after)
                for one in Difference.objects.filter(closing=second, name="D3-11.1")}
        then = closings.figures([HOME], [MONTH], upto=first.pk)[HOME, MONTH, "D3-11", 1]
        kept = reading.records_of(HOME, MONTH, "D3-11.1", upto=first.pk)
    assert (found.joined, found.gone, found.moved) == ([joined], [gone.pk], [late.pk])
    assert sums == {(level, 9, 10, 8, 10) for level in ("community", "street", "district", "city")}
    assert figure("D3-11") == Figure(8, 10)
    assert then.counted == (9, 10)
    assert kept is not None
    assert sorted(one.record for one in kept.rows)[0] <= gone.pk
    assert (second.number, second.reason) == (2, "两件的办结时间录错")
    assert second.records_differ >= 3


def test_a_restatement_that_finds_nothing_writes_nothing(month: Town) -> None:
    close(MONTH)

    second = close(MONTH, reason="核对一遍")

    with looking(of_all()):
        assert (second.figures_differ, second.records_differ) == (0, 0)
        assert not Frozen.objects.filter(closing=second).exists()
        assert not FrozenMembers.objects.filter(closing=second).exists()
    assert figure("D3-11") == Figure(9, 10)


def test_a_year_closes_its_months_and_its_sums(town: Town, sheet: str) -> None:
    plant_many(town, 5, 200)
    close("2025")

    with looking(of_all()):
        rows = closings.rows([CITY, DISTRICT, STREET, *COMMUNITIES], closings.covered("2025"))
        city, inside = comparing.counted(rows.get((CITY, "2025"))), [comparing.counted(rows.get((area, "2025"))) for area in COMMUNITIES]
    assert any(city.values())
    assert {period for _, period in rows} > {"2025"}
    for name, pair in comparing.counted(rows.get((STREET, "2025"))).items():
        total = [sum(one.get(name, (0, 0))[side] for one in inside) for side in (0, 1)]
        assert pair[1] >= total[1]


def test_a_frozen_figure_equals_its_frozen_records_for_every_measure(town: Town, sheet: str) -> None:
    plant_many(town, 8, 300)
    close(MONTH)

    with looking(of_all()):
        rows = {one.area: one for one in Frozen.objects.filter(period=MONTH, level="community")}
        kept = [one for one in FrozenMembers.objects.filter(period=MONTH) if one.is_kept]
    assert kept
    for one in kept:
        held = packing.unpack(bytes(one.packed))
        assert (sum(row.part for row in held), sum(row.whole for row in held)) == comparing.counted(rows[one.area]).get(one.name, (0, 0)), (one.area, one.name)


def test_one_person_alone_closes_nothing(month: Town) -> None:
    asked = act("period.close", ONE, period=MONTH)

    with pytest.raises(NotAble):
        act("period.confirm", ONE, closing=asked["closing"])
    with pytest.raises(IntegrityError), transaction.atomic():
        Closing.objects.filter(pk=asked["closing"]).update(state="confirmed", decided_by=ONE.account)
    with pytest.raises(IntegrityError), transaction.atomic():
        Closing.objects.filter(pk=asked["closing"]).update(state="frozen")
    with clock.standing_at(NOW):
        freezing.freeze(asked["closing"])
    assert Closing.objects.get(pk=asked["closing"]).state == "asked"


def test_what_cannot_be_closed_says_why(month: Town) -> None:
    with pytest.raises(Invalid):
        act("period.close", ONE, period="2026")
    with pytest.raises(Invalid):
        act("period.close", ONE, period="x")
    with pytest.raises(Invalid):
        act("period.restate", ONE, period=MONTH, reason="x")
    close(MONTH)
    with pytest.raises(Conflict):
        act("period.close", ONE, period=MONTH)
    act("period.restate", ONE, period=MONTH, reason="x")
    with pytest.raises(Conflict):
        act("period.restate", OTHER, period=MONTH, reason="y")


def test_without_the_ability_nobody_closes_or_overrides(month: Town) -> None:
    for name, body in (("period.close", {"period": MONTH}), ("value.override", {}), ("period.restate", {"period": MONTH, "reason": "x"})):
        with pytest.raises(NotAble):
            act(name, LOOKER, **body)


def test_a_closing_that_was_taken_back_leaves_the_way_free(month: Town) -> None:
    asked = act("period.close", ONE, period=MONTH)
    act("period.withdraw", ONE, closing=asked["closing"])

    with pytest.raises(Conflict):
        act("period.confirm", OTHER, closing=asked["closing"])
    assert close(MONTH).number == 1


def test_what_was_frozen_is_not_changed_even_by_the_owner(month: Town) -> None:
    closing = close(MONTH)

    for sql in ("update measures_frozen set watermark = 0", "delete from measures_frozenmembers", "update measures_closing set reason = 'x'"):
        with pytest.raises(DatabaseError), transaction.atomic(), looking(of_all()), connection.cursor() as cursor:
            cursor.execute(f"set local role none; {sql}")
    assert closing.frozen_at is not None


def test_a_broken_off_closing_goes_on_where_it_was(month: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(freezing, "AT_ONCE", 1)
    asked = act("period.close", ONE, period=MONTH)
    act("period.confirm", OTHER, closing=asked["closing"])
    held, turns = Closing.objects.get(pk=asked["closing"]), count()
    original = freezing._records

    def breaks(closing: Closing) -> None:
        if next(turns):
            raise RuntimeError("power")
        original(closing)

    with clock.standing_at(NOW):
        monkeypatch.setattr(freezing, "_records", breaks)
        with pytest.raises(RuntimeError):
            freezing.freeze(held.pk)
        monkeypatch.setattr(freezing, "_records", original)
        freezing.freeze(held.pk)

    assert Closing.objects.get(pk=held.pk).state == "frozen"
    assert JournalLine.objects.filter(action="period.finish").count() == 1


def proof(area: int, actor: Actor = ONE) -> int:
    with looking(of_all()):
        made = Evidence.objects.create(area=area, name="a.jpg", media_type="image/jpeg", size=1, digest=b"1" * 32, added_by=actor.account, added_at=NOW)
    return int(made.pk)


def propose(numerator: int, denominator: int, area: int = HOME, period: str = MONTH, measure: str = "D3-11") -> int:
    given = {"area": area, "measure": measure, "period": period, "numerator": numerator, "denominator": denominator, "reason": "平台故障两小时", "evidence": [proof(area)]}
    return int(act("value.override", ONE, **given)["override"])


def test_an_override_shows_both_figures_and_leaves_the_sums_above_alone(month: Town) -> None:
    number = propose(10, 10)
    assert figure("D3-11") == Figure(9, 10)
    act("value.confirm_override", OTHER, override=number)

    assert figure("D3-11") == Figure(10, 10, Figure(9, 10))
    assert figure("D3-11").state == "overridden"
    assert figure("D3-11", STREET) == Figure(9, 10)
    with clock.standing_at(NOW), looking(of_post(LOOKER)):
        found = results(LOOKER, HOME, MONTH).of("D3-11")
        below = children_results(LOOKER, STREET, MONTH)
    assert found.reached == found.indicator.points
    assert next(one for one in below if one.place.area == HOME).of("D3-11").figure.numerator == 10

    act("value.withdraw_override", ONE, override=number, why="查明无误")
    assert figure("D3-11") == Figure(9, 10)


def test_an_overridden_figure_goes_on_being_counted_beside(month: Town) -> None:
    act("value.confirm_override", OTHER, override=propose(10, 10))
    plant(closed_on_time(month))
    with clock.standing_at(NOW), looking(of_all()):
        rebuild("2026")

    assert figure("D3-11") == Figure(10, 10, Figure(10, 11))
    with looking(of_all()):
        assert Value.objects.get(area=HOME, measure="D3-11", period=MONTH, level="community").state == "overridden"


def test_one_person_alone_overrides_nothing_not_even_in_the_database(month: Town) -> None:
    number = propose(10, 10)

    with pytest.raises(NotAble):
        act("value.confirm_override", ONE, override=number)
    for change in ({"state": "in_force"}, {"state": "in_force", "decided_by": ONE.account}, {"evidence": []}, {"numerator": 99}):
        with pytest.raises(DatabaseError), transaction.atomic(), looking(of_all()):
            Override.objects.filter(pk=number).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic(), looking(of_all()):
        Value.objects.filter(area=HOME, measure="D3-11", period=MONTH).update(override=number)
    assert figure("D3-11") == Figure(9, 10)


@pytest.mark.parametrize(("change", "fault"), [
    ({"evidence": []}, Invalid), ({"numerator": 11}, Invalid), ({"denominator": 0}, Invalid), ({"measure": "X-99"}, Invalid), ({"area": STREET}, Invalid),
    ({"reason": ""}, Invalid), ({"period": "26"}, Invalid), ({"area": 7}, Fault), ({"evidence": [987_654]}, Invalid)])
def test_an_override_that_lacks_something_is_refused(month: Town, change: dict[str, Any], fault: type[Fault]) -> None:
    given = {"area": HOME, "measure": "D3-11", "period": MONTH, "numerator": 9, "denominator": 10, "reason": "x", "evidence": [proof(HOME)]}

    with pytest.raises(fault):
        act("value.override", ONE, **(given | change))


def test_a_post_elsewhere_neither_sees_nor_overrides(month: Town) -> None:
    number = propose(10, 10)
    neighbour = Actor("n", "district", ABILITIES, COMMUNITIES[1], COMMUNITIES[1] + 1000, account=21, post=21)

    for name in ("value.confirm_override", "value.refuse_override", "value.withdraw_override"):
        with pytest.raises(NotVisible):
            act(name, neighbour, override=number, **({} if name.startswith("value.confirm") else {"why": "x"}))
    with pytest.raises(Fault):
        act("value.override", neighbour, area=HOME, measure="D3-11", period=MONTH, numerator=1, denominator=1, reason="x", evidence=[proof(HOME, neighbour)])


def test_an_override_of_a_closed_period_shows_with_the_next_edition(month: Town) -> None:
    close(MONTH)
    act("value.confirm_override", OTHER, override=propose(10, 10))
    assert figure("D3-11") == Figure(9, 10)

    close(MONTH, reason="核定后重新公布")

    assert figure("D3-11") == Figure(10, 10, Figure(9, 10))
    assert figure("D3-11", STREET) == Figure(9, 10)


STEPS = st.lists(st.tuples(st.sampled_from(["late", "add", "override", "withdraw", "restate", "count"]), st.integers(0, 8)), min_size=2, max_size=7)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=STEPS)
@pytest.mark.slow
def test_in_any_order_the_published_stays_and_the_sums_are_right(month: Town, steps: list[tuple[str, int]]) -> None:
    with transaction.atomic():
        first = close(MONTH)
        with looking(of_all()):
            published = closings.figures([CITY, DISTRICT, STREET, HOME], [MONTH])
        for what, number in steps:
            STEP[what](month, number)
            with looking(of_all()):
                assert closings.figures([CITY, DISTRICT, STREET, HOME], [MONTH], upto=first.pk) == published
                live = {(one.level, one.measure): (one.numerator, one.denominator) for one in Value.objects.filter(period=MONTH, measure="D3-11")}
            assert len(set(live.values())) == 1
            assert figure("D3-11", CITY).computed is None
        transaction.set_rollback(True)
    editions.forget_all()


def _late(town: Town, number: int) -> None:
    with looking(of_all()):
        chosen = Matter.objects.filter(area=HOME + 1).order_by("id")[number].pk
        Matter.objects.filter(pk=chosen).update(closed_at=IN_MONTH + timedelta(days=9))


def _override(town: Town, number: int) -> None:
    with looking(of_all()):
        is_free = not Override.objects.filter(state__in=["proposed", "in_force"]).exists()
    if is_free:
        act("value.confirm_override", OTHER, override=propose(number, 10))


def _withdraw(town: Town, number: int) -> None:
    with looking(of_all()):
        held = list(Override.objects.filter(state="in_force"))
    for one in held:
        act("value.withdraw_override", ONE, override=one.pk, why="x")


def _count(town: Town, number: int) -> None:
    with clock.standing_at(NOW), looking(of_all()):
        rebuild("2026")


STEP: dict[str, Any] = {"late": _late, "add": lambda town, number: plant(closed_on_time(town)), "override": _override, "withdraw": _withdraw,
                        "restate": lambda town, number: close(MONTH, reason=f"第 {number} 处"), "count": _count}

ROWS = st.lists(st.builds(Row, id=st.integers(-5, 2**62), record=st.integers(0, 2**62), offset=st.integers(0, 999), is_inside=st.booleans(),
                          part=st.integers(0, 9), whole=st.integers(0, 9), what=st.sampled_from(["", "居务监督", "a"])), max_size=30)


@settings(max_examples=80, deadline=None)
@given(rows=ROWS)
def test_packed_records_come_out_as_they_went_in(rows: list[Row]) -> None:
    assert packing.unpack(packing.pack(rows)) == sorted(rows)


def test_ten_thousand_records_take_less_than_two_bytes_each() -> None:
    rows = [Row(one * 3 + one % 2, one * 3 + one % 2, one % 9, one % 7 > 0, int(one % 7 > 0), 1) for one in range(10_000)]

    assert len(packing.pack(rows)) < 20_000


def test_open_data_of_a_closed_year_stand_in_order_of_area_without_totals(town: Town, sheet: str) -> None:
    plant_many(town, 3, 200)
    close("2025")

    with clock.standing_at(NOW):
        found = list(results_by_dimension("2025"))

    assert [one.place.area for one in found] == sorted(one.place.area for one in found)
    assert {one.edition for one in found} <= {1}
    assert list(results_by_dimension("2024")) == []
