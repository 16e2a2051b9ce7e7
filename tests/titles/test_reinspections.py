# SPDX-License-Identifier: MulanPSL-2.0
"""Re-inspection to appeal: each step by the right side only, limits kept, and the counter of the ever named never falls."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from linli.core import clock
from linli.core.actions import run
from linli.core.faults import Conflict, Invalid, NotAble, NotVisible
from linli.core.models import JournalLine
from linli.core.sight import looking, of_all, of_post
from linli.titles import kinds, register
from linli.titles.after import cases, history
from linli.titles.models import RectificationItem, Reinspection, ReinspectionSide, ReinspectionStep, Title
from tests.cast import COMMUNITY
from tests.titles.naming import KIND, Naming

pytestmark = pytest.mark.django_db


def test_a_clean_visit_keeps_the_title(naming: Naming) -> None:
    number = naming.order()
    naming.take("begin_reinspection", "district", number, assessors="expert_a, expert_b")
    naming.settle(number)

    naming.take("keep", "district", number, reason="没有发现问题")

    assert naming.case(number).state == "kept"
    assert naming.case(number).closed_at is not None


def test_a_broken_condition_refuses_to_keep(naming: Naming) -> None:
    number = naming.order()
    naming.take("begin_reinspection", "district", number, assessors="expert_a, expert_b")
    naming.settle(number, broken="V1")

    with pytest.raises(Conflict) as refused:
        naming.take("keep", "district", number, reason="没有发现问题")

    assert refused.value.code == "condition_broken"


def test_nothing_is_concluded_before_the_inspection_is_settled(naming: Naming) -> None:
    number = naming.order()
    naming.take("begin_reinspection", "district", number, assessors="expert_a, expert_b")

    with pytest.raises(Conflict) as refused:
        naming.take("circulate", "district", number, document_no="1", text="x", items="x")

    assert refused.value.code == "not_settled"


@pytest.mark.parametrize("who", ["expert_a", "expert_a, nobody", "expert_a, verifier"])
def test_one_assessor_an_unknown_one_or_one_of_the_street_is_refused(naming: Naming, who: str) -> None:
    number = naming.order()

    with pytest.raises(Invalid) as refused:
        naming.take("begin_reinspection", "district", number, assessors=who)

    assert "assessors" in refused.value.fields


def test_the_community_learns_nothing_before_the_circular(naming: Naming) -> None:
    number = naming.order()

    with pytest.raises(NotVisible):
        naming.take("remedy", "director", number, part=1, remedy="x")


def test_the_journal_of_the_community_tells_nothing_of_an_unannounced_visit(naming: Naming) -> None:
    number = naming.order()
    naming.take("begin_reinspection", "district", number, assessors="expert_a, expert_b")

    with looking(of_post(naming.cast.director)):
        seen = set(JournalLine.objects.visible_to(naming.cast.director).values_list("action", flat=True))
    with looking(of_post(naming.cast.district)):
        written = set(JournalLine.objects.visible_to(naming.cast.district).values_list("action", flat=True))

    assert not {one for one in seen if one.startswith("title.")}
    assert {"title.order_reinspection", "title.begin_reinspection"} <= written


def test_the_limit_is_thirty_days_and_one_extension_of_thirty_by_approval(naming: Naming) -> None:
    number, today = naming.circulated(), clock.today()
    assert naming.case(number).due_on == today + timedelta(days=30)

    naming.take("ask_extension", "director", number, reason="雨季无法施工")
    naming.take("decide_extension", "district", number, decision="granted", reason="情况属实")

    assert naming.case(number).due_on == today + timedelta(days=60)
    with pytest.raises(Conflict) as refused:
        naming.take("ask_extension", "director", number, reason="再延")
    assert refused.value.code == "extended"


def test_a_refused_extension_leaves_the_limit_and_cannot_be_asked_again(naming: Naming) -> None:
    number = naming.circulated()
    before = naming.case(number).due_on

    naming.take("ask_extension", "director", number, reason="雨季")
    naming.take("decide_extension", "district", number, decision="refused", reason="理由不足")

    assert naming.case(number).due_on == before
    with pytest.raises(Conflict):
        naming.take("ask_extension", "director", number, reason="再延")


def test_after_the_last_day_no_extension_can_be_asked(naming: Naming) -> None:
    number = naming.circulated()
    with looking(of_all()):
        Reinspection.objects.filter(pk=number).update(due_on=clock.today() - timedelta(days=1))

    with pytest.raises(Conflict) as refused:
        naming.take("ask_extension", "director", number, reason="雨季")

    assert refused.value.code == "too_late"


def test_a_recheck_waits_for_every_item_or_for_the_end_of_the_limit(naming: Naming) -> None:
    number = naming.circulated()
    with pytest.raises(Conflict) as refused:
        naming.take("begin_recheck", "district", number, assessors="expert_c, expert_d")
    assert refused.value.code == "not_ready"
    with looking(of_all()):
        Reinspection.objects.filter(pk=number).update(due_on=clock.today() - timedelta(days=1))

    naming.take("begin_recheck", "district", number, assessors="expert_c, expert_d")

    assert naming.case(number).state == "recheck"


def test_who_assessed_before_never_rechecks(naming: Naming) -> None:
    number = naming.circulated()
    naming.take("remedy", "director", number, part=naming.item(number), remedy="已清理")

    with pytest.raises(NotAble) as refused:
        naming.take("begin_recheck", "district", number, assessors="expert_a, expert_c")

    assert refused.value.code == "other_side"
    assert naming.case(number).state == "rectifying"


def test_who_rectified_never_rechecks(naming: Naming) -> None:
    number = naming.circulated()
    naming.take("remedy", "director", number, part=naming.item(number), remedy="已清理")
    held = naming.case(number)

    with looking(of_all()), pytest.raises(NotAble):
        cases.stand(held, "recheck", [naming.cast.director.account])


def test_a_third_assessor_who_led_the_case_spoils_its_outcome(naming: Naming) -> None:
    from linli.measures.models import Assessment, Inspection

    number = naming.order()
    naming.take("begin_reinspection", "district", number, assessors="expert_a, expert_b")
    with looking(of_all()):
        held = Inspection.objects.get(reference=number)
        Assessment.objects.create(area=held.area, inspection=held, account=naming.cast.district.account or 0, is_third=True)
    naming.settle(number)

    with pytest.raises(NotAble):
        naming.take("keep", "district_b", number, reason="没有问题")


def test_cured_items_keep_the_title_and_uncured_ones_do_not(naming: Naming) -> None:
    number = naming.circulated()
    naming.take("remedy", "director", number, part=naming.item(number), remedy="已清理")
    naming.take("begin_recheck", "district", number, assessors="expert_c, expert_d")
    naming.settle(number, "recheck")
    with pytest.raises(Conflict) as refused:
        naming.take("keep", "district", number, reason="好了")
    assert refused.value.code == "uncured"

    naming.take("judge_item", "district", number, part=naming.item(number), verdict="cured")
    naming.take("keep", "district", number, reason="好了")

    assert naming.case(number).state == "kept"


def test_a_revocation_is_not_proposed_without_cause(naming: Naming) -> None:
    number = naming.circulated()

    with pytest.raises(Conflict) as refused:
        naming.take("propose_revocation", "district", number, reason="x")

    assert refused.value.code == "still_time"


def test_the_committee_is_heard_before_anything_is_decided(naming: Naming) -> None:
    number = naming.proposed()

    with pytest.raises(Conflict) as refused:
        naming.take("revoke", "city", number, document_no="1", day=clock.today(), reason="x")

    assert refused.value.code == "not_heard"
    naming.take("be_heard", "director", number, statement="请再给一次机会")
    assert naming.case(number).heard_at is not None


def test_when_its_time_is_over_silence_does_not_stop_the_decision(naming: Naming) -> None:
    number = naming.proposed()
    with looking(of_all()):
        Reinspection.objects.filter(pk=number).update(due_on=clock.today() - timedelta(days=1))

    naming.take("revoke", "city", number, document_no="1", day=clock.today(), reason="x")

    assert naming.case(number).state == "revoked"


def test_who_proposed_does_not_decide(naming: Naming) -> None:
    number = naming.circulated()
    naming.take("remedy", "director", number, part=naming.item(number), remedy="已清理")
    naming.take("begin_recheck", "city", number, assessors="expert_c, expert_d")
    naming.settle(number, "recheck")
    naming.take("judge_item", "city", number, part=naming.item(number), verdict="uncured")
    naming.take("propose_revocation", "city", number, reason="x")
    naming.take("be_heard", "director", number, statement="x")

    with pytest.raises(NotAble) as refused:
        naming.take("revoke", "city", number, document_no="1", day=clock.today(), reason="x")

    assert refused.value.code == "other_side"
    with looking(of_all()):
        assert Title.objects.get(pk=naming.title.pk).revoked_on is None


def test_revoking_drops_the_named_now_by_one_and_ever_by_none(naming: Naming) -> None:
    kind = kinds.kind_named(KIND)
    before = history.tally(kind)

    naming.revoked()

    after = history.tally(kind)
    assert (after.ever, after.now) == (before.ever, before.now - 1)
    with looking(of_all()):
        title = Title.objects.get(pk=naming.title.pk)
        assert (title.revoked_by, title.revoked_on) == ("津民发〔2026〕9号", clock.today())
        assert register.barred_until(kind, COMMUNITY) == clock.today().year + 1


def test_an_appeal_is_judged_by_somebody_who_took_no_part(naming: Naming) -> None:
    number = naming.revoked()
    naming.take("appeal", "director", number, reason="照片不是本社区")

    with pytest.raises(NotAble):
        naming.take("decide_appeal", "city", number, judgement="restored", document_no="2", reason="x")
    naming.take("decide_appeal", "city_b", number, judgement="restored", document_no="津民发〔2026〕12号", reason="属实")

    kind = kinds.kind_named(KIND)
    with looking(of_all()):
        title = Title.objects.get(pk=naming.title.pk)
        assert register.barred_until(kind, COMMUNITY) is None
    assert (title.revoked_on, title.lifted_by, title.restored_by) == (None, "津民发〔2026〕9号", "津民发〔2026〕12号")
    assert history.tally(kind).now == history.tally(kind).ever == 924


def test_a_dismissed_appeal_leaves_the_revocation(naming: Naming) -> None:
    number = naming.revoked()
    naming.take("appeal", "director", number, reason="x")

    naming.take("decide_appeal", "city_b", number, judgement="upheld", reason="不成立")

    assert naming.case(number).state == "final"
    assert naming.case(number).title.revoked_on is not None


def test_after_its_limit_no_appeal_is_taken(naming: Naming) -> None:
    number = naming.revoked()
    with looking(of_all()):
        Reinspection.objects.filter(pk=number).update(due_on=clock.today() - timedelta(days=1))

    with pytest.raises(Conflict) as refused:
        naming.take("appeal", "director", number, reason="x")

    assert refused.value.code == "appeal_over"


def test_a_restoration_needs_its_document(naming: Naming) -> None:
    number = naming.revoked()
    naming.take("appeal", "director", number, reason="x")

    with pytest.raises(Invalid):
        naming.take("decide_appeal", "city_b", number, judgement="restored", reason="x")


@pytest.mark.parametrize(("action", "who"), [
    ("begin_reinspection", "director"), ("circulate", "head"), ("remedy", "district"), ("decide_extension", "director"), ("revoke", "district"),
    ("decide_appeal", "district"), ("appeal", "city"), ("be_heard", "district"), ("begin_recheck", "director"), ("keep", "director"),
    ("judge_item", "head"), ("propose_revocation", "head"), ("dismiss_revocation", "district"), ("ask_extension", "district")])
def test_whoever_is_not_able_is_refused(naming: Naming, action: str, who: str) -> None:
    number = naming.circulated()

    with pytest.raises(NotAble):
        run(f"title.{action}", naming.cast.actors[who], {"reinspection": number})


@pytest.mark.parametrize("who", ["director2", "district2"])
def test_neighbours_do_not_see_it(naming: Naming, who: str) -> None:
    number = naming.circulated()
    action = "title.remedy" if who == "director2" else "title.keep"

    with pytest.raises(NotVisible):
        naming.do(action, who, reinspection=number)


def test_an_item_of_another_case_is_not_found(naming: Naming) -> None:
    number = naming.circulated()

    with pytest.raises(NotVisible):
        naming.take("remedy", "director", number, part=naming.item(number) + 1, remedy="x")


def test_the_database_keeps_every_account_on_its_side(naming: Naming, owner: None) -> None:
    number = naming.proposed()
    case, lead = naming.case(number), naming.cast.district.account

    with pytest.raises(IntegrityError), transaction.atomic():
        ReinspectionSide.objects.create(area=COMMUNITY, case=case, account=lead or 0, side="decide")
    with pytest.raises(IntegrityError), transaction.atomic():
        ReinspectionStep.objects.create(area=COMMUNITY, case=case, account=lead, side="decide", step="revoked", at=clock.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        ReinspectionStep.objects.create(area=COMMUNITY, case=case, account=lead, side="lead", step="revoked", at=clock.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        ReinspectionStep.objects.create(area=COMMUNITY, case=case, step="revoked", at=clock.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        ReinspectionSide.objects.filter(case=case, account=lead).update(side="decide")
    with pytest.raises(IntegrityError), transaction.atomic():
        Title.objects.filter(pk=naming.title.pk).delete()


def test_a_stale_page_is_a_conflict(naming: Naming) -> None:
    number = naming.circulated()
    seen = naming.case(number).version
    naming.take("ask_extension", "director", number, reason="雨季")

    with pytest.raises(Conflict) as refused:
        naming.do("title.decide_extension", "district", reinspection=number, version=seen, decision="granted", reason="x")

    assert refused.value.code == "stale"


def test_what_was_found_stays_with_the_case(naming: Naming) -> None:
    number = naming.circulated()

    with looking(of_all()):
        steps = list(ReinspectionStep.objects.filter(case=number).order_by("id").values_list("step", flat=True))
        items = RectificationItem.objects.filter(case=number).count()

    assert (steps, items) == (["drawn", "begun", "circulated"], 1)
