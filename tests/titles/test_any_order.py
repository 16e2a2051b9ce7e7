# SPDX-License-Identifier: MulanPSL-2.0
"""Any sequence of steps by anybody keeps the guards: only moves of the machine happen, each by its level, and nothing is named early."""

from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.core.faults import Fault
from linli.core.sight import looking, of_all
from linli.elements.models import Account, Place, Post
from linli.measures.models import Inspection
from linli.titles.creation.states import ENDED, MOVES, STATES
from linli.titles.models import Application, Filing, Objection, Publicity, Review, Title
from tests.cast import COMMUNITY, STREET, Cast
from tests.titles.years import LATER, Year, on, settle

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
WHO = ("director", "head", "district", "city", "director2", "head2", "district2", "gridworker", "filer_as_head", "")
STEPS = ("fill_application", "submit_application", "withdraw_application", "street", "street_return", "district", "district_return", "district_to_street", "propose_strike",
         "state_on_strike", "decide_strike", "confirm_strike", "begin_assessment", "conclude_assessment", "shortlist", "leave_out", "open_publicity", "object",
         "answer", "uphold", "name_batch", "visit", "settle", "wait", "begin_application")
LEADS = frozenset((before, one.after) for one in MOVES.values() for before in one.before) | {(state, state) for state in STATES}
DEEP = {"applied": Year.applied, "candidate": Year.candidate, "assessed": Year.assessed, "public": Year.public}


def test_the_machine_ends_where_it_says_and_every_state_is_reached() -> None:
    reached = {one.after for one in MOVES.values()} | {"draft"}

    assert reached == set(STATES)
    assert {state for state in STATES if not any(state in one.before for one in MOVES.values())} == ENDED


def given_for(step: str, number: int, year: Year) -> tuple[str, dict[str, Any]]:
    """The action and what it is given."""
    reason = {"reason": "理由"}
    strike = Application.objects.get(pk=number).strikes.values_list("pk", flat=True).last() or 1
    shown = Publicity.objects.values_list("pk", flat=True).last() or 1
    objection = Objection.objects.values_list("pk", flat=True).last() or 1
    known: dict[str, tuple[str, dict[str, Any]]] = {
        "street": ("review_at_street", {"outcome": "pass"} | reason), "street_return": ("review_at_street", {"outcome": "return"} | reason),
        "district": ("review_at_district", {"outcome": "pass"} | reason), "district_return": ("review_at_district", {"outcome": "return"} | reason),
        "district_to_street": ("review_at_district", {"outcome": "return_street"} | reason), "propose_strike": ("propose_strike", reason),
        "state_on_strike": ("state_on_strike", {"strike": strike, "statement": "说明"}), "decide_strike": ("decide_strike", {"strike": strike, "outcome": "agreed"} | reason),
        "confirm_strike": ("confirm_strike", {"strike": strike, "outcome": "agreed"} | reason), "begin_assessment": ("begin_assessment", {"assessors": year.assessors()}),
        "leave_out": ("leave_out", reason), "withdraw_application": ("withdraw_application", reason), "fill_application": ("fill_application", {"self_check": "又查了一遍"}),
        "submit_application": ("submit_application", {"self_check": "都做到了"}), "open_publicity": ("open_publicity", {"title_batch": year.batch}),
        "object": ("object", {"publicity": shown, "area": COMMUNITY, "text": "有异议", "contact": "13800000000"}),
        "answer": ("answer_objection", {"title_objection": objection, "outcome": "dismissed"} | reason),
        "uphold": ("answer_objection", {"title_objection": objection, "outcome": "upheld"} | reason),
        "begin_application": ("begin_application", {"title_batch": year.batch}),
        "name_batch": ("name_batch", {"title_batch": year.batch, "document_no": "津民〔2026〕1号"}),
    }
    action, more = known.get(step, (step, {}))
    return action, more if {"strike", "title_batch", "publicity", "title_objection"} & set(more) else more | {"application": number}


def took(year: Year, step: str, who: str, number: int, day: date) -> None:
    """One step, done or refused; a refusal is a sentence, never a broken page."""
    with on(day):
        if step == "visit":
            year.visited(number, day=day, part=20)
        elif step == "settle":
            with looking(of_all()):
                open_ones = list(Inspection.objects.filter(reference=number, state="open").values_list("pk", flat=True))
            for one in open_ones:
                settle(one)
        elif step != "wait":
            with looking(of_all()):
                action, more = given_for(step, number, year)
            with suppress(Fault), transaction.atomic():
                year.do(action, who, **(more | ({"named_on": day.isoformat()} if step == "name_batch" else {})))


def guards(year: Year, number: int, before: str, day: date, periods: dict[int, date]) -> str:
    """Everything that must hold after any step; the state it is in now."""
    with looking(of_all()):
        state = Application.objects.get(pk=number).state
        filers = set(Filing.objects.filter(application=number).values_list("account", flat=True))
        titles = list(Title.objects.all())
        assert (before, state) in LEADS
        assert not filers & set(Review.objects.filter(application=number).values_list("account", flat=True))
        for one in Publicity.objects.all():
            assert periods.setdefault(one.pk, one.last_day) == one.last_day
        if titles:
            assert state == "named"
            assert day > max(periods.values())
            assert not Objection.objects.filter(outcome="").exists()
    return str(state)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(DEEP)), st.lists(st.tuples(st.sampled_from(STEPS), st.sampled_from(WHO), st.integers(0, 9)), max_size=18))
def test_any_order_of_steps_by_anybody_keeps_the_guards(year: Year, cast: Cast, deep: str, steps: list[tuple[str, str, int]]) -> None:
    with transaction.atomic():
        account = Account.objects.get(username="director")
        post = Post.objects.create(account=account, role="head", organisation_id=cast.units["office"], place=Place.objects.get(area=STREET), valid_from=date(2020, 1, 1))
        cast.posts["filer_as_head"] = post.pk
        cast.actors.pop("filer_as_head", None)
        year.opened()
        DEEP[deep](year)
        number, day, periods = year.application().pk, LATER, dict[int, date]()
        state = guards(year, number, year.application().state, day, periods)
        for step, who, days in steps:
            day += timedelta(days=days)
            took(year, step, who, number, day)
            state = guards(year, number, state, day, periods)
        transaction.set_rollback(True)
