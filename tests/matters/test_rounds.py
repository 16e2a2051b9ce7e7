# SPDX-License-Identifier: MulanPSL-2.0
"""Rounds: begun and ended by who is on duty, late from a phone too, once each; with what was found, and with a word against the record."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from linli.core import calendar_store, clock
from linli.core.actions import run
from linli.core.faults import Conflict, Fault, Invalid, NotAble, NotVisible
from linli.core.sight import looking, of_all
from linli.core.words import words
from linli.elements.models import Account, Post
from linli.matters import numbers, rounds, shifts
from linli.matters.checklists import Checklist, Item, checklist_of, declare
from linli.matters.models import Objection, Round, RoundReport
from linli.matters.reactions.rounds import link_rounds
from tests.cast import COMMUNITY, GRID, GRID2, HOSTILE, Cast

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
"""A Monday, 09:30 on the city's clock."""
LOOKED = ["passages", "cleanliness"]
HOUR = timedelta(hours=1)


@pytest.fixture
def worker(cast: Cast) -> Cast:
    """The cast on a Monday morning, the first grid given to the grid worker."""
    calendar_store.seed()
    with clock.standing_at(MORNING - 9 * HOUR):
        cast.do("grid.assign", "director", area=GRID, post=cast.posts["gridworker"])
    return cast


def do(cast: Cast, name: str, at: datetime, *, now: datetime | None = None, by: str = "gridworker", key: str = "", **given: Any) -> dict[str, Any]:
    """Run an action that happened at a time and is recorded at another (the same)."""
    with clock.standing_at(now or at):
        return run(name, getattr(cast, by), given, key=key, occurred_at=at, device=b"device-of-the-cast")


def begin(cast: Cast, at: datetime = MORNING, **more: Any) -> dict[str, Any]:
    return do(cast, "round.begin", at, **({"area": GRID} | more))


def end(cast: Cast, at: datetime = MORNING + HOUR, **more: Any) -> dict[str, Any]:
    return do(cast, "round.end", at, **({"looked": LOOKED, "nothing_found": True} | more))


def report(cast: Cast, at: datetime, key: str = "", now: datetime | None = None, **more: Any) -> dict[str, Any]:
    given = {"category": cast.category, "summary": HOSTILE, "area": GRID, "address": "一号"} | more
    return do(cast, "matter.report", at, now=now, key=key, **given)


def row(number: int) -> Round:
    with looking(of_all(), read_only=True):
        return Round.objects.get(pk=number)


def found_on(number: int) -> list[str]:
    with looking(of_all(), read_only=True):
        return [numbers.number_of(one) for one in RoundReport.objects.filter(round=number).order_by("matter_id").values_list("matter_id", flat=True)]


def test_a_round_is_walked_and_nothing_found_is_an_answer(worker: Cast) -> None:
    begun = begin(worker, client="phone-1")
    ended = end(worker, client="phone-1")

    kept = row(begun["round"])
    assert (begun["shift"], begun["day"]) == ("morning", "2026-11-23")
    assert ended["nothing_found"] is True
    assert (kept.looked, kept.found, kept.is_nothing_found, kept.ended_at) == (LOOKED, [], True, MORNING + HOUR)


def test_nothing_found_has_to_be_said(worker: Cast) -> None:
    begun = begin(worker)

    with pytest.raises(Invalid) as refused:
        end(worker, round=begun["round"], nothing_found=None)

    assert "nothing_found" in refused.value.fields
    assert row(begun["round"]).ended_at is None


def test_what_was_found_and_nothing_found_do_not_go_together(worker: Cast) -> None:
    begun = begin(worker)

    with pytest.raises(Invalid):
        end(worker, round=begun["round"], found=["passages"])


@pytest.mark.parametrize("given", [
    {"looked": []}, {"looked": ["elsewhere"]}, {"looked": ["entrances"]}, {"found": ["people"], "nothing_found": None}, {"looked": HOSTILE},
    {"looked": [{"a": 1}]}, {"looked": 7}, {"found": ["entrances"]}, {"note": "长" * 1001}, {"nothing_found": "maybe"},
])
def test_an_end_that_makes_no_sense_is_refused_and_the_round_stays_open(worker: Cast, given: dict[str, Any]) -> None:
    begun = begin(worker)

    with pytest.raises(Invalid):
        end(worker, round=begun["round"], **given)

    assert row(begun["round"]).ended_at is None


@pytest.mark.parametrize("who", ["director", "dispatcher", "handler", "verifier", "head", "district", "city", "sysadmin"])
def test_only_a_grid_worker_walks(worker: Cast, who: str) -> None:
    with pytest.raises(NotAble):
        begin(worker, by=who)


def test_a_neighbour_walks_no_grid_of_others(worker: Cast) -> None:
    with pytest.raises(NotVisible):
        begin(worker, by="gridworker2")


def test_a_grid_that_is_not_ones_own_is_not_walked(worker: Cast) -> None:
    with pytest.raises(NotAble) as refused:
        begin(worker, area=GRID + 1)

    assert refused.value.code == "not_my_grid"


def test_the_grid_counts_on_the_day_on_which_it_was_walked(worker: Cast) -> None:
    with pytest.raises(NotAble):
        begin(worker, at=MORNING - 24 * HOUR, now=MORNING)


@pytest.mark.parametrize("area", [COMMUNITY, GRID2, 1, HOSTILE, -5])
def test_what_is_no_grid_of_the_post_is_refused(worker: Cast, area: Any) -> None:
    with pytest.raises((Invalid, NotVisible)):
        begin(worker, area=area)


def test_the_same_number_of_the_phone_begins_the_same_round_once(worker: Cast) -> None:
    first = begin(worker, client="abc", key="k1")
    again = begin(worker, client="abc", key="k1")
    other_key = begin(worker, client="abc", key="k2", at=MORNING + HOUR)

    assert first == again == other_key
    with looking(of_all(), read_only=True):
        assert Round.objects.count() == 1


def test_a_second_round_in_the_same_grid_waits_for_the_end_of_the_first(worker: Cast) -> None:
    begin(worker, client="one")

    with pytest.raises(Conflict) as refused:
        begin(worker, client="two", at=MORNING + HOUR)

    assert refused.value.code == "round_open"
    assert "09:30" in refused.value.message.zh


def test_a_round_that_was_never_ended_does_not_stop_the_next_day(worker: Cast) -> None:
    begin(worker)

    assert begin(worker, at=MORNING + 24 * HOUR)["day"] == "2026-11-24"


def test_rounds_arrive_two_days_late_with_their_own_times(worker: Cast) -> None:
    late = MORNING + 48 * HOUR
    begun = begin(worker, client="offline", now=late)
    end(worker, client="offline", now=late)

    kept = row(begun["round"])
    assert (kept.began_at, kept.ended_at, kept.began_recorded_at) == (MORNING, MORNING + HOUR, late)
    assert (kept.shift, kept.day.isoformat()) == ("morning", "2026-11-23")


@pytest.mark.parametrize(("at", "field"), [(MORNING - HOUR, "occurred_at"), (MORNING + 13 * HOUR, "occurred_at")])
def test_an_end_before_the_beginning_or_half_a_day_after_is_no_confirmation(worker: Cast, at: datetime, field: str) -> None:
    begin(worker, client="x")

    with pytest.raises(Invalid) as refused:
        end(worker, client="x", at=at, now=MORNING + 14 * HOUR)

    assert field in refused.value.fields


def test_an_end_is_told_once(worker: Cast) -> None:
    begin(worker, client="x")
    first = end(worker, client="x", key="e")

    assert end(worker, client="x", key="e") == first
    with pytest.raises(Conflict):
        end(worker, client="x", key="f")


def test_nobody_ends_the_round_of_another(worker: Cast) -> None:
    begun = begin(worker)

    for given in ({"round": begun["round"]}, {"round": 2**52}, {"client": "unknown"}):
        with pytest.raises(NotVisible):
            end(worker, by="gridworker2", **given)
    with pytest.raises(Invalid):
        end(worker)


def test_reports_on_the_way_belong_to_the_round_by_time(worker: Cast) -> None:
    begun = begin(worker)
    before = report(worker, MORNING - HOUR, now=MORNING)["number"]
    inside = report(worker, MORNING + HOUR / 2)["number"]
    ended = end(worker, round=begun["round"], nothing_found=None)

    assert ended["reports"] == [inside]
    assert before not in found_on(begun["round"])


def test_a_report_of_another_grid_or_of_a_resident_belongs_to_no_round(worker: Cast) -> None:
    begun = begin(worker)
    report(worker, MORNING + HOUR / 2, area=GRID + 1)
    with clock.standing_at(MORNING + HOUR / 2):
        worker.report(area=GRID)

    assert end(worker, round=begun["round"])["reports"] == []


def test_reports_named_by_the_phone_belong_to_the_round_without_a_grid_of_their_own(worker: Cast) -> None:
    begun = begin(worker)
    number = report(worker, MORNING + HOUR / 2, key="report-7", area=COMMUNITY)["number"]

    ended = end(worker, round=begun["round"], nothing_found=None, reports="report-7, unknown, " + HOSTILE[:20])

    assert ended["reports"] == [number]


def test_a_report_of_a_colleague_is_not_claimed_by_naming_its_key(worker: Cast) -> None:
    begun = begin(worker)
    with clock.standing_at(MORNING + HOUR / 2):
        run("matter.report", worker.director, {"category": worker.category, "summary": "x", "area": GRID}, key="theirs")

    assert end(worker, round=begun["round"], reports="theirs")["reports"] == []


def test_a_report_that_arrives_after_the_end_finds_its_round(worker: Cast) -> None:
    begun = begin(worker)
    end(worker, round=begun["round"])
    late = report(worker, MORNING + HOUR / 2, now=MORNING + 3 * HOUR)["number"]

    with clock.standing_at(MORNING + 4 * HOUR):
        linked, again = link_rounds(), link_rounds()

    assert (linked, again) == (1, 0)
    assert found_on(begun["round"]) == [late]


def test_who_stands_in_walks_the_grid(worker: Cast) -> None:
    with clock.standing_at(MORNING - HOUR):
        with looking(of_all()):
            account = Account.objects.create(username="standin", name="顶岗", password="!", created_at=MORNING)
            first = Post.objects.get(pk=worker.posts["gridworker"])
            post = Post.objects.create(account=account, role="gridworker", place=first.place, organisation=first.organisation, valid_from=first.valid_from)
        worker.posts["standin"] = post.pk
        held = worker.do("grid.assign", "director", area=GRID, post=worker.posts["gridworker"], replace=True)["assignment"]
        worker.do("grid.stand_in", "director", assignment=held, valid_from="2026-11-23", valid_to="2026-11-25", reason="leave", stand_in=post.pk)

    assert begin(worker, by="standin")["area"] == GRID


@pytest.mark.parametrize(("hour", "shift"), [(8, "morning"), (11, "morning"), (12, "other"), (14, "afternoon"), (20, "other"), (2, "other")])
def test_the_shift_is_that_of_the_window_in_which_the_round_began(worker: Cast, hour: int, shift: str) -> None:
    assert shifts.shift_at(datetime(2026, 11, 23, hour, 0, tzinfo=UTC) - 8 * HOUR) == shift


@pytest.mark.parametrize("text", ["", "08:00-12:00", "08:00-12:00,11:00-13:00", "8-12,13-18", "08:00-25:00,26:00-27:00", "12:00-08:00,13:00-14:00"])
def test_windows_that_make_no_sense_are_refused_with_a_sentence(settings: Any, text: str) -> None:
    settings.ROUND_WINDOWS = text

    with pytest.raises(ImproperlyConfigured, match="LINLI_ROUND_WINDOWS"):
        shifts.windows()


def test_what_is_due_done_and_missed_on_a_day(worker: Cast) -> None:
    begun = begin(worker)
    end(worker, round=begun["round"])
    with looking(of_all(), read_only=True), clock.standing_at(MORNING):
        held = rounds.of_worker(worker.gridworker.account or 0, MORNING.date())
        at = [[(one.shift, one.state) for one in rounds.walks([GRID], MORNING.date(), held, MORNING + hours * HOUR)] for hours in (1, 5, 10)]

    assert at == [[("morning", "done"), ("afternoon", state)] for state in ("ahead", "due", "missed")]


def test_a_free_day_asks_for_no_round_and_keeps_one_that_was_walked(worker: Cast) -> None:
    saturday = MORNING + 5 * 24 * HOUR
    begun = begin(worker, at=saturday)
    with looking(of_all(), read_only=True), clock.standing_at(saturday):
        held = rounds.of_worker(worker.gridworker.account or 0, saturday.date())
        states = [(one.shift, one.state, one.round) for one in rounds.walks([GRID], saturday.date(), held, saturday)]

    assert states == [("morning", "walking", begun["round"])]


def test_no_round_keeps_a_position() -> None:
    assert not [one.name for one in Round._meta.get_fields() if "lon" in one.name or "lat" in one.name or "position" in one.name]


def test_a_worker_objects_and_the_director_answers_once(worker: Cast) -> None:
    begun = begin(worker)
    made = do(worker, "round.object", MORNING + HOUR, text=HOSTILE, round=begun["round"])

    with clock.standing_at(MORNING + 2 * HOUR):
        worker.do("round.answer_objection", "director", objection=made["objection"], answer=HOSTILE)
        with pytest.raises(Conflict):
            worker.do("round.answer_objection", "dispatcher", objection=made["objection"], answer="again")

    with looking(of_all(), read_only=True):
        kept = Objection.objects.get(pk=made["objection"])
    assert (kept.text, kept.answer, kept.area, kept.answered_by) == (HOSTILE, HOSTILE, GRID, worker.director.account)


def test_nobody_objects_to_the_round_of_another_and_no_neighbour_answers(worker: Cast) -> None:
    begun = begin(worker)
    made = do(worker, "round.object", MORNING + HOUR, text="说明")

    with pytest.raises(NotVisible):
        do(worker, "round.object", MORNING + HOUR, by="gridworker2", text="说明", round=begun["round"])
    for who, kind in (("director2", NotVisible), ("gridworker", NotAble)):
        with pytest.raises(kind):
            do(worker, "round.answer_objection", MORNING + 2 * HOUR, by=who, objection=made["objection"], answer="好")


def test_every_grid_has_a_checklist_and_a_second_general_one_is_refused() -> None:
    assert checklist_of("网格").name == checklist_of("").name == "grid"
    assert checklist_of("学校").name == "special_grid"
    for bad in (Checklist("x", words("甲", "A"), (Item("a", words("甲", "A")),)), Checklist("y", words("甲", "A"), (), frozenset({"z"})),
                Checklist("z", words("甲", "A"), (Item("a", words("甲", "A")), Item("a", words("乙", "B"))), frozenset({"z"}))):
        with pytest.raises(ValueError, match="Checklist"):
            declare(bad)


def test_faults_are_sentences_in_both_languages(worker: Cast) -> None:
    begin(worker)

    with pytest.raises(Fault) as refused:
        begin(worker, at=MORNING + HOUR)

    assert refused.value.message.zh.endswith("。")
    assert refused.value.remedy.en
