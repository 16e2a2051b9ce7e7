# SPDX-License-Identifier: MulanPSL-2.0
"""Any sequence of steps by anybody: guards hold, sides never mix, ever named never falls, now = ever - revoked + restored; limits on the calendar."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.core import clock
from linli.core.faults import Fault
from linli.core.sight import looking, of_all
from linli.titles import kinds
from linli.titles.after import cases, history
from linli.titles.models import Reinspection, ReinspectionSide, ReinspectionStep
from tests.titles.naming import KIND, Naming, settle

GIVEN = {
    "begin_reinspection": {"assessors": "expert_a, expert_b"}, "keep": {"reason": "x"}, "circulate": {"document_no": "1", "text": "x", "items": "x"},
    "remedy": {"remedy": "x"}, "ask_extension": {"reason": "x"}, "decide_extension": {"decision": "granted", "reason": "x"},
    "begin_recheck": {"assessors": "expert_c, expert_d"}, "judge_item": {"verdict": "uncured"}, "propose_revocation": {"reason": "x"},
    "be_heard": {"statement": "x"}, "revoke": {"document_no": "9", "reason": "x"}, "dismiss_revocation": {"reason": "x"}, "appeal": {"reason": "x"},
    "decide_appeal": {"judgement": "restored", "document_no": "12", "reason": "x"},
}
WAY = ("begin_reinspection", "settle", "circulate", "remedy", "begin_recheck", "settle", "judge_item", "propose_revocation", "be_heard", "revoke", "appeal", "decide_appeal")
WHO = {"remedy": "director", "ask_extension": "director", "be_heard": "director", "appeal": "director", "revoke": "city", "dismiss_revocation": "city",
       "decide_appeal": "city_b"}
NEXT = {"drawn": {"inspecting"}, "inspecting": {"kept", "rectifying"}, "rectifying": {"recheck", "proposed"}, "recheck": {"kept", "proposed"},
        "proposed": {"revoked", "kept"}, "revoked": {"appealed"}, "appealed": {"restored", "final"}}
ANYBODY = ("director", "director2", "district", "district_b", "city", "city_b", "city_c", "head", "gridworker", "expert_a")
SOMETHING = st.one_of(st.just(("on", "")), st.just(("on", "")), st.just(("late", "")), st.tuples(st.sampled_from(sorted(GIVEN)), st.sampled_from(ANYBODY)))


def act(naming: Naming, number: int, what: str, who: str) -> None:
    """One thing that somebody tries; a refusal is no fault of his."""
    state = naming.case(number).state
    if what == "late":
        with looking(of_all()):
            Reinspection.objects.filter(pk=number, due_on__isnull=False).update(due_on=clock.today() - timedelta(days=1))
        return
    if what == "settle":
        settle(number, "recheck" if state == "recheck" else "reinspection")
        return
    more = dict(GIVEN[what])
    if what in ("remedy", "judge_item"):
        with looking(of_all()):
            first = naming.case(number).items.order_by("id").first()
        more["part"] = first.pk if first else 1
    if what == "revoke":
        more["day"] = clock.today()
    try:
        naming.take(what, who, number, **more)
    except Fault as fault:
        if fault.status not in (403, 404, 409, 422):
            raise


@pytest.mark.slow
@pytest.mark.django_db
@given(tries=st.lists(SOMETHING, min_size=4, max_size=24))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_anybody_tries_the_guards_hold(naming: Naming, tries: list[tuple[str, str]]) -> None:
    with transaction.atomic():
        watched(naming, tries)
        transaction.set_rollback(True)


def watched(naming: Naming, tries: list[tuple[str, str]]) -> None:
    """One run from a fresh title, looked at after every try."""
    kind, number, way = kinds.kind_named(KIND), naming.order(), iter(WAY)
    for what, who in tries:
        before = naming.case(number)
        name = next(way, "appeal") if what == "on" else what
        act(naming, number, name, who or WHO.get(name, "district"))
        after, tally = naming.case(number), history.tally(kind)
        assert after.state == before.state or after.state in NEXT.get(before.state, set())
        assert tally.ever == 924
        assert tally.now == 924 - (after.title.revoked_on is not None)
        assert (after.title.revoked_on is not None) == (after.state in ("revoked", "appealed", "final"))
        assert (after.closed_at is not None) == (after.state in ("kept", "restored", "final"))
    with looking(of_all()):
        sides = dict(ReinspectionSide.objects.filter(case=number).values_list("account", "side"))
        steps = list(ReinspectionStep.objects.filter(case=number).exclude(side=None).values_list("account", "side"))
    assert all(sides[account] == side for account, side in steps)
    assert naming.cast.gridworker.account not in sides
    assert naming.cast.director2.account not in sides


@given(start=st.dates(date(2020, 1, 1), date(2099, 1, 1)), limit=st.sampled_from([
    "rectification_days", "revocation_hearing_days", "appeal_days", "recheck_days", "reinspection_days"]))
def test_a_last_day_lies_exactly_the_declared_days_after_its_start(start: date, limit: str) -> None:
    kind = kinds.kind_named(KIND)

    last = cases.last_day(kind, limit, start)

    assert (last - start).days == kind.limit(limit, start).number
    assert not cases.is_past(Reinspection(due_on=last), last)
    assert cases.is_past(Reinspection(due_on=last), last + timedelta(days=1))


@given(start=st.dates(date(2020, 1, 1), date(2099, 1, 1)))
def test_an_extension_adds_its_own_days_once(start: date) -> None:
    kind = kinds.kind_named(KIND)

    whole = cases.last_day(kind, "rectification_days", start) + timedelta(days=kind.limit("rectification_extension_days", start).number)

    assert (whole - start).days == 60


def test_a_limit_that_is_no_number_of_days_gives_no_last_day() -> None:
    with pytest.raises(ValueError, match="not in days"):
        cases.last_day(kinds.kind_named(KIND), "coverage_years", date(2026, 1, 1))
