# SPDX-License-Identifier: MulanPSL-2.0
"""The year of creation: who may take which step when, and what nobody may."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from linli.core import draws
from linli.core.calendars import Calendar
from linli.core.faults import Conflict, Fault, Invalid, NotAble, NotVisible
from linli.core.models import JournalLine
from linli.core.sight import looking, of_all
from linli.elements.actors import actor_of_post
from linli.elements.models import Place, Post
from linli.measures.models import Inspection
from linli.titles import lateness
from linli.titles.creation import patrols, publicising
from linli.titles.creation.planning import PREFIX, proposed
from linli.titles.models import Assessed, Batch, Objection, PatrolDraw, Publicity, Review, Share, StrikeOut, Title
from tests.cast import COMMUNITY, DISTRICT, DISTRICT2, STREET, Cast
from tests.titles.years import DATES, LATER, MARCH, Year, on

pytestmark = pytest.mark.django_db
OVER = date(2026, 4, 16)


@given(st.integers(0, 5000), st.dictionaries(st.integers(1, 16), st.integers(0, 900), min_size=1))
def test_a_proposed_split_adds_up_exactly_and_lies_within_one_of_its_share(target: int, left: dict[int, int]) -> None:
    split, whole = proposed(target, left), sum(left.values())

    assert sum(split.values()) == (target if whole else 0)
    assert all(abs(split[one] * whole - target * left[one]) < whole for one in left) or not whole


def test_a_target_is_split_by_hand_only_so_that_it_adds_up(year: Year) -> None:
    year.plan(100)
    with looking(of_all()):
        assert sum(Share.objects.values_list("number", flat=True)) == 100

    with pytest.raises(Invalid) as refused:
        year.do("split_target", "city", title_batch=year.batch, target=100, **{f"{PREFIX}{DISTRICT}": 50, f"{PREFIX}{DISTRICT2}": 49})
    year.do("split_target", "city", title_batch=year.batch, target=120, **{f"{PREFIX}{DISTRICT}": 70, f"{PREFIX}{DISTRICT2}": 50})

    assert "差 1" in str(refused.value.fields["target"].zh)
    with looking(of_all()):
        assert dict(Share.objects.values_list("area", "number")) == {DISTRICT: 70, DISTRICT2: 50}
    with pytest.raises(NotAble):
        year.do("split_target", "district", title_batch=year.batch, target=120, **{f"{PREFIX}{DISTRICT}": 70, f"{PREFIX}{DISTRICT2}": 50})


def test_the_ordinal_of_a_batch_continues_history_and_a_year_has_one(year: Year) -> None:
    Batch.objects.create(kind="beautiful_community", ordinal=6, year=2018, state="history")

    year.plan()

    assert Batch.objects.get(pk=year.batch).ordinal == 7
    with pytest.raises(Conflict):
        year.plan()
    with pytest.raises(NotVisible):
        year.do("open_call", "city", title_batch=Batch.objects.get(ordinal=6).pk, standard="1", **DATES)


def test_a_call_wants_its_days_in_order_and_freezes_the_standard(year: Year) -> None:
    year.opened()

    assert Batch.objects.get(pk=year.batch).standard is not None
    with on(MARCH), pytest.raises(Conflict):
        year.do("open_call", "city", title_batch=year.batch, standard=str(Batch.objects.get(pk=year.batch).standard_id), **DATES)
    Batch.objects.filter(pk=year.batch).update(state="planned")
    with on(MARCH), pytest.raises(Invalid) as refused:
        year.do("open_call", "city", title_batch=year.batch, standard=str(Batch.objects.get(pk=year.batch).standard_id), **(DATES | {"street_until": "2026-04-01"}))
    assert set(refused.value.fields) == {"street_until"}


def test_an_application_is_filled_from_what_is_known(year: Year) -> None:
    year.opened()

    number = year.applied()

    content = year.application(number).content
    assert (content["name"], content["households"], len(content["dimensions"])) == ("槐安社区", 0, 5)
    assert {one["code"] for one in content["conditions"]} >= {"V1", "V2", "V3"}


def test_nobody_applies_after_the_day_nor_twice_nor_without_a_self_check(year: Year) -> None:
    year.opened()
    with on(MARCH):
        number = year.do("begin_application", "director", title_batch=year.batch)["application"]
        with pytest.raises(Invalid):
            year.do("submit_application", "director", application=number)
        with pytest.raises(Conflict):
            year.do("begin_application", "director", title_batch=year.batch)
    with on(date(2026, 5, 1)), pytest.raises(Conflict):
        year.do("submit_application", "director", application=number, self_check="好")
    with on(date(2026, 5, 1)), pytest.raises(Conflict):
        year.do("begin_application", "director2", title_batch=year.batch)


def test_a_withdrawn_application_can_be_taken_up_again(year: Year) -> None:
    year.opened()
    number = year.applied()
    with on(MARCH):
        year.do("withdraw_application", "director", application=number, reason="材料有误")
        assert year.application(number).state == "withdrawn"

        again = year.do("begin_application", "director", title_batch=year.batch)["application"]

    assert (again, year.application(number).state) == (number, "draft")


def test_a_strike_out_ends_with_a_withdrawal_and_stops_a_conclusion(year: Year) -> None:
    year.opened()
    number = year.candidate()
    struck(year, number)
    with on(LATER):
        with pytest.raises(Conflict) as refused:
            year.do("begin_assessment", "city", application=number, assessors=year.assessors())
        year.do("withdraw_application", "director", application=number, reason="明年再报")

    with looking(of_all()):
        assert StrikeOut.objects.get().state == "dropped"
    assert refused.value.code == "strike_open"


def test_a_visit_before_mid_term_does_not_serve_for_an_assessment_after_it(year: Year) -> None:
    year.opened()
    number = year.candidate()
    year.visited(number)
    after = date(2026, 9, 1)

    with on(after), pytest.raises(Conflict) as refused:
        year.do("begin_assessment", "city", application=number, assessors=year.assessors())
    year.visited(number, day=after)

    with on(after):
        assert year.do("begin_assessment", "city", application=number, assessors=year.assessors())["application"] == number
    assert refused.value.code == "not_visited"


def test_four_recorded_steps_make_a_candidate(year: Year) -> None:
    year.opened()

    number = year.candidate()

    assert year.application(number).state == "candidate"
    with looking(of_all()):
        stages = list(Review.objects.filter(application=number).order_by("id").values_list("stage", flat=True))
    assert stages == ["street", "screening", "inspection", "appraisal", "first_review"]


def test_a_return_goes_to_whom_it_concerns_and_can_be_sent_again(year: Year) -> None:
    year.opened()
    number = year.applied()
    with on(LATER):
        year.do("review_at_street", "head", application=number, outcome="return", reason="缺照片")
        year.do("submit_application", "director", application=number, self_check="补了照片")
        year.do("review_at_street", "head", application=number, outcome="pass", reason="可以")
        year.do("review_at_district", "district", application=number, outcome="pass", reason="可以")
        year.do("review_at_district", "district", application=number, outcome="return_street", reason="街道没看现场")

        assert (year.application(number).state, year.application(number).step) == ("submitted", 0)
        with pytest.raises(Conflict):
            year.do("submit_application", "director", application=number, self_check="再报")
        year.do("review_at_street", "head", application=number, outcome="pass", reason="看过")
        year.do("review_at_district", "district", application=number, outcome="return", reason="补台账")

    assert year.application(number).state == "returned"


@pytest.mark.parametrize(("action", "who"), [
    ("review_at_street", "director"), ("review_at_street", "district"), ("review_at_district", "head"), ("begin_assessment", "district"), ("shortlist", "head")])
def test_a_step_of_another_level_is_refused(year: Year, action: str, who: str) -> None:
    year.opened()
    number = year.applied()

    with on(MARCH), pytest.raises(NotAble):
        year.do(action, who, application=number, **({"outcome": "pass", "reason": "x"} if "review" in action else {}))
    with on(MARCH), pytest.raises(NotVisible):
        year.do("review_at_street", "head2", application=number, outcome="pass", reason="x")


def test_a_head_of_a_district_does_not_review_for_the_street(year: Year, cast: Cast) -> None:
    year.opened()
    number = year.applied()
    post = Post.objects.get(pk=cast.posts["head"])
    above = Post.objects.create(account=post.account, role="head", organisation_id=cast.units["bureau"], place=Place.objects.get(area=DISTRICT), valid_from=date(2020, 1, 1))
    cast.posts["head_above"] = above.pk

    with on(MARCH), pytest.raises(NotAble) as refused:
        year.do("review_at_street", "head_above", application=number, outcome="pass", reason="x")

    assert refused.value.code == "other_level"


def test_nobody_reviews_what_he_filed_whatever_post_he_holds_now(year: Year, cast: Cast) -> None:
    year.opened()
    number = year.applied()
    filer = Post.objects.get(pk=cast.posts["director"])
    other = Post.objects.create(account=filer.account, role="head", organisation_id=cast.units["office"], place=Place.objects.get(area=STREET), valid_from=date(2020, 1, 1))
    cast.posts["filer_as_head"] = other.pk
    assert actor_of_post(other.pk) is not None

    with on(MARCH), pytest.raises(NotAble) as refused:
        year.do("review_at_street", "filer_as_head", application=number, outcome="pass", reason="自己看自己")

    assert refused.value.code == "own_filing"


def as_app(sql: str, *values: Any) -> int:
    """Run SQL as the application's role with the whole city in sight."""
    with transaction.atomic(), looking(of_all()), connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.rowcount


def test_the_database_itself_refuses_a_review_by_who_filed_and_a_changed_decision(year: Year, cast: Cast) -> None:
    year.opened()
    number = year.candidate()
    add = "insert into titles_review (area, application_id, stage, outcome, reason, account, reviewed_at) values (%s, %s, 'street', 'pass', 'x', %s, now())"

    with pytest.raises(DatabaseError, match="Nobody reviews what he filed"):
        as_app(add, COMMUNITY, number, cast.director.account)
    with pytest.raises(DatabaseError, match="are decisions"):
        as_app("update titles_review set outcome = 'return' where application_id = %s", number)
    with pytest.raises(DatabaseError):
        as_app("delete from titles_filing where application_id = %s", number)

    assert as_app(add, COMMUNITY, number, cast.head.account) == 1


def test_a_seed_is_fixed_before_its_month_and_shown_after_it(year: Year) -> None:
    year.opened()
    number = year.candidate()
    with on(MARCH), pytest.raises(Invalid):
        year.do("draw_patrols", "city", title_batch=year.batch, size=5, assessors=year.assessors().split(",")[0])
    draw = PatrolDraw.objects.get(batch=year.batch, month="2026-03")
    assert (draw.seed, draw.drawn) == ("", [])
    with looking(of_all()):
        line = JournalLine.objects.filter(action=patrols.FIXES).latest("pk")
    assert line.recorded_at < draw.fixed_at + timedelta(seconds=1)

    with on(MARCH):
        year.do("draw_patrols", "city", title_batch=year.batch, size=5, assessors=year.assessors())
        with pytest.raises(Conflict):
            year.do("draw_patrols", "city", title_batch=year.batch, size=5, assessors=year.assessors())
    with on(LATER):
        patrols.keep_seeds()

    draw.refresh_from_db()
    assert draws.digest(bytes.fromhex(draw.seed)) == draw.digest
    assert draw.drawn == [number] == patrols.chosen(bytes.fromhex(draw.seed), *draw.frame, 5)
    with looking(of_all()):
        assert [(one.reference, one.is_announced, one.assessments.count()) for one in Inspection.objects.filter(occasion="patrol")] == [(number, False, 2)]


def test_no_month_is_drawn_without_a_seed_and_no_seed_comes_late(year: Year) -> None:
    year.plan()
    with on(MARCH), pytest.raises(NotAble):
        year.do("fix_patrol_seed", "city", title_batch=year.batch, month="2026-03")
    with on(date(2026, 2, 20)):
        patrols.keep_seeds()
        assert patrols.keep_seeds() == 0
    with on(date(2026, 5, 4)), pytest.raises(Conflict):
        year.do("draw_patrols", "city", title_batch=year.batch, size=1, assessors=year.assessors())


def struck(year: Year, number: int) -> int:
    """A proposal to strike the candidate out after two failed visits."""
    year.visited(number, part=10)
    year.visited(number, part=10)
    with on(LATER):
        return int(year.do("propose_strike", "district", application=number, reason="两次不合格")["strike"])


def test_one_failed_visit_is_no_ground_to_strike_a_candidate_out(year: Year) -> None:
    year.opened()
    number = year.candidate()
    year.visited(number, part=10)
    year.visited(number, part=95)

    with on(LATER), pytest.raises(Conflict) as refused:
        year.do("propose_strike", "district", application=number, reason="x")

    assert refused.value.code == "no_ground"


def test_a_condition_not_cured_at_the_next_visit_is_a_ground(year: Year) -> None:
    year.opened()
    number = year.candidate()
    year.visited(number, condition="V1")
    year.visited(number, condition="V1")

    with on(LATER):
        year.do("propose_strike", "district", application=number, reason="环境问题未改")

    with looking(of_all()):
        assert StrikeOut.objects.get().state == "hearing"


def test_a_candidate_is_struck_out_only_after_a_hearing_by_district_and_city(year: Year) -> None:
    year.opened()
    number = year.candidate()
    strike = struck(year, number)
    decision = {"strike": strike, "outcome": "agreed", "reason": "事实清楚"}
    with on(LATER):
        with pytest.raises(Invalid):
            year.do("decide_strike", "district", **decision)
        with pytest.raises(Conflict):
            year.do("confirm_strike", "city", **decision)
        year.do("state_on_strike", "director", strike=strike, statement="当天停水")
        year.do("decide_strike", "district", **decision)
        assert year.application(number).state == "candidate"
        year.do("confirm_strike", "city", **decision)

    assert year.application(number).state == "struck_out"


def test_whoever_is_heard_too_late_is_decided_without_and_a_dropped_one_stays_a_candidate(year: Year) -> None:
    year.opened()
    number = year.candidate()
    strike = struck(year, number)

    with on(LATER + timedelta(days=6)):
        year.do("decide_strike", "district", strike=strike, outcome="dropped", reason="已改正")

    assert year.application(number).state == "candidate"


def test_a_broken_condition_beats_any_score(year: Year) -> None:
    year.opened()
    number = year.assessed(condition="V1")

    with looking(of_all()):
        held = Assessed.objects.get()
    assert (held.grade, held.content["broken"]) == ("misses", ["V1"])
    with on(LATER), pytest.raises(Conflict) as refused:
        year.do("shortlist", "city", application=number)
    assert refused.value.code == "misses"


def test_nobody_is_assessed_before_a_visit_nor_concluded_before_it_is_settled(year: Year) -> None:
    year.opened()
    number = year.candidate()
    with on(LATER):
        with pytest.raises(Conflict) as early:
            year.do("begin_assessment", "city", application=number, assessors=year.assessors())
        year.visited(number)
        year.do("begin_assessment", "city", application=number, assessors=year.assessors())
        with pytest.raises(Conflict) as unsettled:
            year.do("conclude_assessment", "city", application=number)

    assert (early.value.code, unsettled.value.code) == ("not_visited", "not_settled")


def test_below_the_least_coverage_nobody_is_shortlisted_outside_the_demonstration(year: Year) -> None:
    year.opened()
    number = year.assessed()
    with looking(of_all()):
        assert Assessed.objects.get().grade == "open"
    Batch.objects.filter(pk=year.batch).update(is_demonstration=False)

    with on(LATER), pytest.raises(Conflict) as refused:
        year.do("shortlist", "city", application=number)

    assert refused.value.code == "not_covered"
    Batch.objects.filter(pk=year.batch).update(is_demonstration=True)
    with on(LATER):
        assert year.do("shortlist", "city", application=number)["state"] == "shortlisted"


def test_who_is_left_out_reads_the_reason_and_the_list_is_not_public_before_all_are_decided(year: Year) -> None:
    year.opened()
    number = year.assessed()
    with on(LATER):
        with pytest.raises(Conflict) as refused:
            year.do("open_publicity", "city", title_batch=year.batch)
        year.do("leave_out", "city", application=number, reason="名额已满")

    assert (refused.value.code, year.application(number).state) == ("undecided", "left_out")


@given(st.dates(date(2026, 1, 1), date(2026, 12, 1)), st.integers(1, 20), st.integers(0, 12))
def test_a_publicity_has_its_days_and_its_working_days_and_not_one_more(starts: date, days: int, working_days: int) -> None:
    calendar = Calendar(exceptions={date(2026, 10, day): False for day in range(1, 8)}, published_years=frozenset({2026, 2027}))

    found = publicising.span(starts, days, working_days, calendar)

    inside = [found.first_day + timedelta(days=turn) for turn in range((found.last_day - found.first_day).days + 1)]
    worked = sum(map(calendar.is_workday, inside))
    assert len(inside) >= days
    assert working_days <= worked == found.working_days
    assert len(inside) == days or worked - calendar.is_workday(inside[-1]) < working_days


def test_a_publicity_over_a_holiday_is_longer(year: Year) -> None:
    year.opened()
    number = year.public(date(2026, 9, 29))

    held = Publicity.objects.get(pk=number)

    assert (held.first_day, held.last_day) == (date(2026, 9, 30), date(2026, 10, 12))
    assert held.areas == [COMMUNITY]
    assert held.publication.digest


def test_nobody_ends_a_publicity_early_not_even_by_sql(year: Year) -> None:
    year.opened()
    number = year.public()

    for sql in ("update titles_publicity set ends_at = now()", "update titles_publicity set last_day = first_day", "delete from titles_publicity"):
        with pytest.raises(DatabaseError):
            as_app(sql)
    with pytest.raises(DatabaseError, match="cannot be named"):
        as_app("update titles_batch set state = 'named', document_no = 'x', named_on = %s where id = %s", LATER, year.batch)
    with pytest.raises(DatabaseError, match="Nobody is named while"):
        as_app("insert into titles_title (area, place, kind, batch_id, origin, named_on, document_no, plaque_no, revoked_by) "
               "values (%s, 1, 'k', %s, 'naming', %s, 'x', 'y', '')", COMMUNITY, year.batch, LATER)
    with pytest.raises(Conflict) as early:
        year.name(LATER + timedelta(days=3))

    assert early.value.code == "publicity_runs"
    assert Publicity.objects.get(pk=number).last_day > LATER


def test_the_owner_of_the_tables_cannot_shorten_a_publicity_either(year: Year) -> None:
    year.opened()
    year.public()

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("reset role")
        with pytest.raises(DatabaseError, match="never changed"):
            cursor.execute("update titles_publicity set ends_at = starts_at + interval '1 second'")
        transaction.set_rollback(True)


def test_a_batch_is_named_by_document_with_plaques_after_its_publicity(year: Year) -> None:
    year.opened()
    year.public()

    answer = year.name(OVER)

    with looking(of_all()):
        title = Title.objects.get()
        assert (title.area, title.document_no, title.plaque_no, title.named_on) == (COMMUNITY, "津民〔2026〕1号", "2026-01-0001", OVER)
    assert (answer["named"], year.application().state) == (1, "named")
    with pytest.raises(Conflict):
        year.name(OVER)


def test_a_naming_wants_a_day_after_the_publicity_and_not_ahead(year: Year) -> None:
    year.opened()
    year.public()

    for wrong in (LATER, OVER + timedelta(days=1)):
        with pytest.raises(Invalid):
            year.name(OVER, named_on=wrong.isoformat())


def objected(year: Year, publicity: int, **more: Any) -> int:
    """An objection by somebody without an account."""
    with on(LATER + timedelta(days=1)):
        return int(year.do("object", publicity=publicity, **({"area": COMMUNITY, "text": "楼道堆满杂物", "contact": "13800000000"} | more))["title_objection"])


def test_an_objection_is_sealed_and_stops_the_naming_until_it_is_answered(year: Year) -> None:
    year.opened()
    number = objected(year, year.public())

    with pytest.raises(Conflict) as refused:
        year.name(OVER)
    with pytest.raises(DatabaseError, match="cannot be named"):
        as_app("update titles_batch set state = 'named', document_no = 'x', named_on = %s where id = %s", OVER, year.batch)
    with on(OVER):
        told = year.do("read_objection", "district", title_objection=number)
        year.do("answer_objection", "district", title_objection=number, outcome="dismissed", reason="现场核实已清理")

    assert (refused.value.code, told["text"], told["contact"]) == ("unanswered", "楼道堆满杂物", "13800000000")
    with looking(of_all()):
        held = Objection.objects.get()
        assert "楼道" not in bytes(held.sealed_text).decode(errors="replace")
        assert held.due_on == date(2026, 4, 21)
    assert year.name(OVER)["named"] == 1


def test_an_upheld_objection_leads_back_to_the_assessment_and_a_new_publicity(year: Year) -> None:
    year.opened()
    objection = objected(year, year.public())
    with on(OVER):
        year.do("answer_objection", "district", title_objection=objection, outcome="upheld", reason="属实")
    assert year.application().state == "assessed"

    with pytest.raises(Conflict) as refused:
        year.name(OVER)
    with on(OVER):
        year.again(year.application().pk)
        year.do("shortlist", "city", application=year.application().pk)
        year.do("open_publicity", "city", title_batch=year.batch)
    with pytest.raises(Conflict) as runs:
        year.name(OVER)

    assert (refused.value.code, runs.value.code) == ("undecided", "publicity_runs")
    assert year.name(OVER + timedelta(days=12))["named"] == 1


@pytest.mark.parametrize(("more", "code"), [({"contact": ""}, "invalid"), ({"area": DISTRICT}, "not_visible")])
def test_an_objection_wants_a_contact_and_a_community_on_the_list(year: Year, more: dict[str, Any], code: str) -> None:
    year.opened()
    publicity = year.public()

    with pytest.raises(Fault) as refused:
        objected(year, publicity, **more)

    assert refused.value.code == code


def test_objections_close_when_the_publicity_is_over(year: Year) -> None:
    year.opened()
    publicity = year.public()

    with on(OVER), pytest.raises(Conflict) as refused:
        year.do("object", publicity=publicity, area=COMMUNITY, text="晚了", contact="13800000000")

    assert refused.value.code == "publicity_over"


def test_nobody_answers_an_objection_that_is_his_own(year: Year) -> None:
    year.opened()
    publicity = year.public()
    with on(LATER):
        number = year.do("object", "district", publicity=publicity, area=COMMUNITY, text="x")["title_objection"]
        with pytest.raises(NotAble) as refused:
            year.do("answer_objection", "district", title_objection=number, outcome="dismissed", reason="x")
        with pytest.raises(NotAble):
            year.do("read_objection", "city", title_objection=number)

    assert refused.value.code == "own_objection"


def test_what_waits_is_told_with_its_level_and_day(year: Year, cast: Cast) -> None:
    year.opened()
    year.applied()
    watch = next(one for one in lateness.watches() if one.name == "creation")

    with looking(of_all()):
        steps = list(watch.open_steps(cast.district, 10))
        beyond = list(watch.open_steps(cast.district2, 10))

    assert [(one.level, one.area, one.due_on) for one in steps] == [("street", COMMUNITY, date(2026, 5, 31))]
    assert beyond == []
