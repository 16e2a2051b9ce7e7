# SPDX-License-Identifier: MulanPSL-2.0
"""Routing at work: what is proposed and dispatched, failures that ring, returns and the head, workers."""

from datetime import UTC, datetime

import pytest
from django.conf import settings as configured
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.core import alarms, clock, seals
from linli.core.faults import Conflict, Invalid, NotAble, NotVisible
from linli.core.sight import looking, of_all, of_post
from linli.elements.models import Organisation, Post
from linli.matters import categories, loads, numbers
from linli.matters.models import Category, Move
from linli.matters.routing import proposing, store
from tests.cast import COMMUNITY, COMMUNITY2, DISTRICT, GRID2, STREET, Cast
from tests.matters.routing_cast import drain, filed, last_move, proposal, ringing, row, second_unit, to_cleaners, weekday

pytestmark = pytest.mark.django_db
__all__ = ["weekday"]


def test_the_rule_proposes_a_unit_and_its_version_stays_on_the_history(cast: Cast) -> None:
    route = cast.publish(to_cleaners(cast))
    number = filed(cast)

    cast.do("matter.dispatch", "dispatcher", number=number, version=2, unit=cast.units["cleaners"])

    rule, kept = store.rules_of(route)[0], last_move(number).detail
    assert (kept["rule"], kept["route"], "override" in kept) == (rule.id, route, False)
    assert "环卫一队" in kept["why"]["zh"]
    assert seals.verify().is_whole


def test_dispatching_elsewhere_needs_a_reason_that_is_kept(cast: Cast) -> None:
    other = second_unit(cast)
    cast.publish(to_cleaners(cast))
    number = filed(cast)

    with pytest.raises(Invalid) as caught:
        cast.do("matter.dispatch", "dispatcher", number=number, version=2, unit=other)
    cast.do("matter.dispatch", "dispatcher", number=number, version=2, unit=other, override="三队正好在现场")

    kept = last_move(number).detail
    assert list(caught.value.fields) == ["override"]
    assert (kept["override"], kept["proposed"], kept["unit"]) == ("三队正好在现场", cast.units["cleaners"], other)


def test_without_published_rules_everything_is_dispatched_by_hand_as_before(cast: Cast) -> None:
    cast.route(to_cleaners(cast))
    number = filed(cast)

    cast.do("matter.dispatch", "dispatcher", number=number, version=2, unit=cast.units["cleaners"])

    assert proposal(number) is None
    assert set(last_move(number).detail) == {"unit", "unit_name"}


def test_an_automatic_rule_dispatches_by_the_ordinary_action(cast: Cast) -> None:
    cast.publish(to_cleaners(cast), automatic=True)

    number = filed(cast)

    found, move = row(number), last_move(number)
    assert (found.phase, found.unit, move.action, move.role) == ("dispatched", cast.units["cleaners"], "matter.dispatch", "system:worker")
    assert move.detail["why"]["zh"].startswith("槐荫街道派遣规则第 1 版")
    drain()
    assert row(number).version == found.version


def test_who_dispatches_first_wins_over_the_worker(cast: Cast) -> None:
    cast.publish(to_cleaners(cast), automatic=True)
    number = str(cast.report()["number"])
    cast.do("matter.file", "dispatcher", number=number, version=1)
    cast.do("matter.dispatch", "dispatcher", number=number, version=2, unit=cast.units["cleaners"])

    drain()

    assert (row(number).version, last_move(number).role) == (3, "dispatcher")


def test_time_and_place_and_level_decide(cast: Cast) -> None:
    night = second_unit(cast)
    cast.publish(("all", DISTRICT, "always", f"unit:{cast.units['cleaners']}"), area=DISTRICT, by="district")
    cast.publish(("all", STREET, "outside", f"unit:{night}"), ("all", COMMUNITY2, "always", f"unit:{night}"), ("all", GRID2, "office", "above"))
    by_day, there, grid = filed(cast), filed(cast, area=COMMUNITY2), filed(cast, area=GRID2)
    with clock.standing_at(datetime(2026, 11, 16, 14, 0, tzinfo=UTC)):
        by_night = filed(cast)

    found = {one: getattr(proposal(one), "unit", None) for one in (by_day, there, grid, by_night)}

    assert found == {by_day: cast.units["cleaners"], there: night, grid: cast.units["cleaners"], by_night: night}


def test_reports_on_patrol_are_filed_by_themselves_where_the_rules_allow_and_residents_reports_never_when_checked_first(cast: Cast) -> None:
    cast.publish(to_cleaners(cast), files="all", automatic=True)

    patrol, resident = cast.report("gridworker")["number"], cast.report()["number"]
    Category.objects.filter(pk=cast.category).update(is_checked_first=False)
    categories._memory.forget()
    unchecked = cast.report()["number"]
    drain()

    assert [row(one).phase for one in (patrol, resident, unchecked)] == ["dispatched", "captured", "dispatched"]
    with looking(of_all(), read_only=True):
        filing = Move.objects.get(matter=numbers.matter_of(patrol), action="matter.file")
    assert (filing.role, filing.detail) == ("system:worker", {"by_rule": True})


def test_a_rule_for_patrols_files_no_resident_and_a_rule_by_hand_files_nobody(cast: Cast) -> None:
    Category.objects.update(is_checked_first=False)
    cast.publish(to_cleaners(cast, area=COMMUNITY), files="patrol")
    patrol, resident = cast.report("gridworker")["number"], cast.report()["number"]
    by_hand = cast.report("gridworker2", area=COMMUNITY2)["number"]

    drain()

    assert [row(one).phase for one in (patrol, resident, by_hand)] == ["filed", "captured", "captured"]


def test_a_hole_rings_once_for_the_street_and_ends_when_it_is_dispatched(cast: Cast) -> None:
    cast.publish(to_cleaners(cast, what="scheme:six_problems"))
    first, second = filed(cast), filed(cast)

    one = ringing("matters.route_failed")
    with looking(of_post(cast.dispatcher), read_only=True):
        seen = alarms.ringing(cast.dispatcher)
    cast.do("matter.dispatch", "dispatcher", number=first, version=2, unit=cast.units["cleaners"])
    still = ringing("matters.route_failed")
    cast.do("matter.dispatch", "dispatcher", number=second, version=2, unit=cast.units["cleaners"])

    assert len(one) == len(still) == len(seen) == 1
    assert first in one[0].sentence["zh"]
    assert last_move(second).detail["rule_fault"] == "hole"
    assert ringing("matters.route_failed") == []


def test_a_unit_that_ended_rings_and_a_mended_rule_ends_it(cast: Cast) -> None:
    cast.publish(to_cleaners(cast), automatic=True)
    Organisation.objects.filter(pk=cast.units["cleaners"]).update(valid_to=clock.today())
    number = filed(cast)
    failed = proposal(number)

    cast.publish(("all", STREET, "always", f"unit:{second_unit(cast)}"))
    drain()

    mended = proposal(number)
    assert failed is not None
    assert (failed.fault, failed.unit, failed.is_failing) == ("gone", None, True)
    assert mended is not None
    assert (mended.fault, mended.is_failing, bool(mended.unit)) == ("", False, True)
    assert row(number).phase == "filed"
    assert ringing("matters.route_failed") == []


def test_nobody_to_receive_rings_until_somebody_is_there_and_then_it_goes_by_itself(cast: Cast) -> None:
    cast.publish(to_cleaners(cast), automatic=True)
    Post.objects.filter(organisation=cast.units["cleaners"]).update(valid_to=clock.today())
    number = filed(cast)
    rang = ringing("matters.route_failed")

    Post.objects.filter(organisation=cast.units["cleaners"]).update(valid_to=None)
    with looking(of_all()):
        proposing.tidy()

    assert len(rang) == 1
    assert row(number).phase == "dispatched"
    assert ringing("matters.route_failed") == []


def test_many_matters_are_proposed_with_as_many_statements_as_one(cast: Cast) -> None:
    cast.publish(to_cleaners(cast))
    made = [str(cast.report()["number"]) for _ in range(12)]
    for number in made:
        cast.do("matter.file", "dispatcher", number=number, version=1)
    ids = [numbers.matter_of(one) or 0 for one in made]
    counts = []

    for wanted in (ids[:1], ids):
        with looking(of_all()):
            proposing.propose(ids[:1], dispatches=False)
            with CaptureQueriesContext(connection, ) as queries:
                proposing.propose(wanted, dispatches=False)
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 7


def returned(cast: Cast, times: int) -> str:
    number = filed(cast)
    for _ in range(times):
        sent = cast.do("matter.dispatch", "dispatcher", number=number, version=cast.version(number), unit=cast.units["cleaners"])
        cast.do("matter.return", "handler", number=number, version=sent["version"], reason="not_competent", duty="他-99")
    drain()
    return number


def test_after_a_return_the_same_unit_is_not_proposed_again(cast: Cast) -> None:
    cast.publish(to_cleaners(cast), automatic=True)
    number = filed(cast)
    cast.do("matter.return", "handler", number=number, version=3, reason="not_competent", duty="他-99")

    drain()

    found = proposal(number)
    assert found is not None
    assert (found.unit, found.fault, found.is_failing) == (None, "returned", False)
    assert row(number).phase == "filed"


def test_the_third_return_goes_to_the_head_who_names_the_unit_finally(cast: Cast) -> None:
    number = returned(cast, configured.RETURNS_TO_HEAD)
    given = {"number": number, "version": cast.version(number), "unit": cast.units["cleaners"]}

    with pytest.raises(NotAble) as dispatcher:
        cast.do("matter.dispatch", "dispatcher", **given)
    with pytest.raises(NotVisible):
        cast.do("matter.decide", "head2", note="越界", **given)
    decided = cast.do("matter.decide", "head", note="由环卫一队负责到底", **given)
    with pytest.raises(NotAble) as again:
        cast.do("matter.return", "handler", number=number, version=decided["version"], reason="not_competent", duty="他-99")
    received = cast.do("matter.receive", "handler", number=number, version=decided["version"])

    assert (dispatcher.value.code, again.value.code, received["phase"]) == ("for_the_head", "decided", "handling")


def test_before_the_third_return_the_head_has_to_wait(cast: Cast) -> None:
    number = returned(cast, configured.RETURNS_TO_HEAD - 1)

    with pytest.raises(Conflict) as caught:
        cast.do("matter.decide", "head", number=number, version=cast.version(number), unit=cast.units["cleaners"], note="早了")

    assert caught.value.code == "too_soon"


def test_the_head_of_the_nearest_level_decides_not_the_one_above(cast: Cast) -> None:
    number = returned(cast, configured.RETURNS_TO_HEAD)
    template = Post.objects.get(pk=cast.posts["head"])
    district = Post.objects.create(account=template.account, role="head", organisation=template.organisation,
                                   place=Post.objects.get(pk=cast.posts["district"]).place, valid_from=template.valid_from)
    cast.posts["district_head"] = district.pk
    given = {"number": number, "version": cast.version(number), "unit": cast.units["cleaners"], "note": "由我定"}

    with pytest.raises(NotAble) as caught:
        cast.do("matter.decide", "district_head", **given)
    Post.objects.filter(pk=template.pk).update(valid_to=clock.today())
    decided = cast.do("matter.decide", "district_head", **given)

    assert (caught.value.code, decided["phase"]) == ("other_head", "dispatched")


def test_without_a_head_an_alarm_rings_until_one_is_there(cast: Cast) -> None:
    Post.objects.filter(role="head").update(valid_to=clock.today())
    number = returned(cast, configured.RETURNS_TO_HEAD)
    rang = ringing("matters.no_head")

    Post.objects.filter(role="head").update(valid_to=None)
    with looking(of_all()):
        proposing.tidy()

    assert number in rang[0].sentence["zh"]
    assert ringing("matters.no_head") == []


def handled(cast: Cast) -> str:
    number = str(cast.report()["number"])
    cast.walk(number, "handling")
    return number


def test_a_worker_of_the_unit_is_proposed_by_what_he_has_in_hand(cast: Cast) -> None:
    template = Post.objects.select_related("account").get(pk=cast.posts["handler"])
    colleague = type(template.account).objects.create(username="colleague", name="小王", password="!", created_at=clock.now())
    Post.objects.create(account=colleague, role="handler", organisation=template.organisation, place=template.place, valid_from=template.valid_from)
    first, second, third = handled(cast), handled(cast), handled(cast)
    for number in (first, second):
        cast.do("matter.assign", "handler", number=number, version=cast.version(number), worker=cast.handler.account)
    with looking(of_post(cast.handler), read_only=True):
        found = loads.candidates(cast.handler, row(third))

    assert [one.account for one in found] == [colleague.pk, cast.handler.account]
    assert (found[0].count, found[1].count, found[1].is_fit, found[1].is_self) == (0, 2, True, True)
    assert "2 件在办" in found[1].why.zh


def test_only_the_units_own_people_are_assigned_by_the_unit_itself(cast: Cast) -> None:
    number = handled(cast)
    given = {"number": number, "version": cast.version(number)}

    with pytest.raises(Invalid):
        cast.do("matter.assign", "handler", worker=cast.verifier.account, **given)
    with pytest.raises(NotAble):
        cast.do("matter.assign", "dispatcher", worker=cast.handler.account, **given)
    with pytest.raises(NotVisible):
        cast.do("matter.assign", "handler2", worker=cast.handler2.account, **given)
    cast.do("matter.assign", "handler", worker=cast.handler.account, **given)

    assert row(number).worker == cast.handler.account
    assert last_move(number).detail["worker_name"] == "handler<b>"
