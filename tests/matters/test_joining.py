# SPDX-License-Identifier: MulanPSL-2.0
"""Merging: what is the same goes on as one, every reporter follows it, and undoing it brings everything back as it stood."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from linli.core import clock, due, editions
from linli.core.calendar_store import calendar
from linli.core.faults import Conflict, Fault, Invalid, NotAble, NotVisible
from linli.core.models import Alarm, Evidence, Letter
from linli.core.sight import looking, of_all, of_record
from linli.core.working_time import TimeUnit
from linli.matters import following, moving, numbers, stories
from linli.matters.alarms import STEP
from linli.matters.clocks import clock_of
from linli.matters.models import CallBack, Contact, Interval, Joining, Limit, Matter, Move, Proposal, Rating, Request
from linli.matters.reactions.watching import watch_limits
from tests.cast import COMMUNITY, COMMUNITY2, COMMUNITY3, HOSTILE, STEPS, Cast
from tests.matters.test_routing_work import to_cleaners

pytestmark = pytest.mark.django_db
REACHED = ("captured", *(name for name, *_ in STEPS if name != "closed"))
MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""Nine o'clock on a working day in the city."""


def id_of(made: dict[str, Any]) -> int:
    return numbers.matter_of(made["number"]) or 0


def row(number: str) -> Matter:
    with looking(of_all(), read_only=True):
        return Matter.objects.select_related("category").get(pk=numbers.matter_of(number))


def state(number: str) -> dict[str, Any]:
    """Everything of a matter that is not its history: the row without its version, limits, clocks."""
    matter = numbers.matter_of(number)
    with looking(of_all(), read_only=True):
        own = Matter.objects.filter(pk=matter).values().get()
        limits = list(Limit.objects.filter(matter=matter).order_by("id").values())
        clocks = list(Interval.objects.filter(matter=matter).order_by("id").values())
    del own["version"]
    return {"row": own, "limits": limits, "clocks": clocks}


def merge(cast: Cast, number: str, into: str, by: str = "dispatcher", **more: Any) -> dict[str, Any]:
    return cast.do("matter.merge", by, **({"number": number, "version": cast.version(number), "into": into, "reason": "same"} | more))


def unmerge(cast: Cast, number: str, by: str = "dispatcher") -> dict[str, Any]:
    return cast.do("matter.unmerge", by, number=number, version=cast.version(number), note="不是同一件")


def two(cast: Cast, reached: str = "captured") -> tuple[dict[str, Any], dict[str, Any]]:
    """The one that leads and a later one that stands where it was taken."""
    lead, other = cast.report(), cast.report(contact_phone="13800000001")
    if reached != "captured":
        cast.walk(other["number"], reached)
    return lead, other


@pytest.mark.parametrize("reached", REACHED)
def test_undoing_at_once_restores_everything_but_the_history(cast: Cast, reached: str) -> None:
    with clock.standing_at(MONDAY):
        lead, other = two(cast, reached)
        before = state(other["number"])

        merge(cast, other["number"], lead["number"])
        assert row(other["number"]).phase == "merged"
        unmerge(cast, other["number"])

    assert state(other["number"]) == before
    with looking(of_all(), read_only=True):
        moves = list(Move.objects.filter(matter=id_of(other)).order_by("step"))
        assert stories.replay(moves)["phase"] == before["row"]["phase"]
        assert [one.action for one in moves][-2:] == ["matter.merge", "matter.unmerge"]


@pytest.mark.parametrize("reached", REACHED)
@pytest.mark.parametrize("hours", [3, 30, 24 * 9])
def test_a_merged_matter_gets_the_working_time_back_that_was_left(cast: Cast, reached: str, hours: int) -> None:
    with clock.standing_at(MONDAY):
        lead, other = two(cast, reached)
    begun, ended = MONDAY + timedelta(hours=1), MONDAY + timedelta(hours=1 + hours)
    before, left = state(other["number"]), lefts(other["number"], begun)
    with clock.standing_at(begun):
        merge(cast, other["number"], lead["number"])
        stopped = state(other["number"])
    with clock.standing_at(ended):
        unmerge(cast, other["number"])
    after = state(other["number"])

    assert all(one["met_at"] for one in stopped["limits"])
    assert all(one["ended_at"] for one in stopped["clocks"])
    for old, new in zip(before["limits"], after["limits"], strict=True):
        unit = TimeUnit(old["unit"])
        assert old["met_at"] == new["met_at"]
        if old["met_at"] is None:
            assert calendar().business_seconds(begun, old["due_at"], unit) == calendar().business_seconds(ended, new["due_at"], unit)
    assert lefts(other["number"], ended) == left
    changed = {name for name, value in before["row"].items() if after["row"][name] != value}
    assert changed <= {"due_at", "close_due_at", "first_reply_due_at", "is_provisional"}
    dues = {one["name"]: one["due_at"] for one in after["limits"]}
    assert after["row"]["close_due_at"] == dues["whole"]


def lefts(number: str, at: datetime) -> dict[str, int]:
    """The working seconds left of each limit that runs, by its own clock."""
    matter = numbers.matter_of(number)
    with looking(of_all(), read_only=True):
        clocks = list(Interval.objects.filter(matter=matter))
        return {one.name: clock_of(one, clocks).left(calendar(), at) for one in Limit.objects.filter(matter=matter, met_at=None)}


@pytest.mark.parametrize("days", [0, 2, 9])
def test_a_clock_that_stood_still_stands_still_again_and_runs_on_when_its_day_has_come(cast: Cast, days: int) -> None:
    with clock.standing_at(MONDAY):
        lead, other = two(cast, "handling")
        ask(cast, "matter.ask_pause", "handler", other["number"], reason="force_majeure", text="暴雨", look_again="2026-11-30")
        ask(cast, "matter.decide_request", "dispatcher", other["number"], granted=True)
    before, left = row(other["number"]), lefts(other["number"], MONDAY + timedelta(hours=2))
    with clock.standing_at(MONDAY + timedelta(hours=2)):
        merge(cast, other["number"], lead["number"])
        assert not row(other["number"]).is_paused
    with clock.standing_at(MONDAY + timedelta(hours=2, days=days)):
        unmerge(cast, other["number"])
        assert (row(other["number"]).is_paused, row(other["number"]).due_at) == (True, before.due_at)
        assert lefts(other["number"], clock.now()) == left
    moment = max(MONDAY + timedelta(hours=2, days=days), datetime(2026, 11, 30, 0, 0, tzinfo=UTC)) + timedelta(minutes=1)
    with clock.standing_at(moment):
        while due.drain():
            pass

        assert not row(other["number"]).is_paused


def ask(cast: Cast, action: str, by: str, number: str, **more: Any) -> dict[str, Any]:
    return cast.do(action, by, number=number, version=cast.version(number), **more)


def test_a_request_that_waits_lapses_with_the_merging_and_waits_again_after_it(cast: Cast) -> None:
    with clock.standing_at(MONDAY):
        lead, other = two(cast, "handling")
        ask(cast, "matter.ask_extension", "handler", other["number"], limit="handling", amount=2, text="等材料")
    before = state(other["number"])
    with clock.standing_at(MONDAY + timedelta(minutes=30)):
        merge(cast, other["number"], lead["number"])
        assert row(other["number"]).asked == ""
        with pytest.raises(Conflict):
            ask(cast, "matter.decide_request", "dispatcher", other["number"], granted=True)
        unmerge(cast, other["number"])

    assert state(other["number"]) == before
    ask(cast, "matter.decide_request", "dispatcher", other["number"], granted=True)
    with looking(of_all(), read_only=True):
        assert list(Request.objects.filter(matter=id_of(other)).values_list("outcome", flat=True)) == ["granted"]


def test_what_is_supervised_is_answered_before_it_is_merged(cast: Cast) -> None:
    lead, other = two(cast, "handling")
    ask(cast, "matter.supervise", "head", other["number"], text="请说明")

    with pytest.raises(Conflict) as caught:
        merge(cast, other["number"], lead["number"])

    assert caught.value.code == "supervised"
    merge(cast, lead["number"], other["number"])
    assert row(lead["number"]).merged_into == id_of(other)


def test_an_alarm_is_still_while_merged_and_rings_again_after_it(cast: Cast) -> None:
    with clock.standing_at(MONDAY):
        lead, other = two(cast)
    late = MONDAY + timedelta(days=5)
    with clock.standing_at(late):
        watch_limits()
        assert rings(other) == 1
        merge(cast, other["number"], lead["number"])
        watch_limits()
        assert rings(other) == 0
    with clock.standing_at(late + timedelta(days=1)):
        unmerge(cast, other["number"])
        watch_limits()

        assert rings(other) == 1


def rings(made: dict[str, Any]) -> int:
    with looking(of_all(), read_only=True):
        return Alarm.objects.filter(subject_kind="matter", subject=id_of(made), ended_at=None, name=STEP).count()


def test_a_rule_that_fails_rings_no_more_for_what_was_merged_and_proposes_again_after_it(cast: Cast) -> None:
    lead, other = two(cast, "filed")
    cast.publish(to_cleaners(cast))
    while due.drain():
        pass
    with looking(of_all(), read_only=True):
        assert Proposal.objects.get(matter=id_of(other)).unit == cast.units["cleaners"]

    merge(cast, other["number"], lead["number"])
    unmerge(cast, other["number"])
    part = cast.do("matter.split", "dispatcher", number=other["number"], version=cast.version(other["number"]), summary="一部分")["part"]
    while due.drain():
        pass

    with looking(of_all(), read_only=True):
        assert Proposal.objects.get(matter=numbers.matter_of(part)).unit == cast.units["cleaners"]


def test_a_limit_that_had_run_out_is_given_no_new_time(cast: Cast) -> None:
    with clock.standing_at(MONDAY):
        lead, other = two(cast)
    with clock.standing_at(MONDAY + timedelta(days=3)):
        merge(cast, other["number"], lead["number"])
    with clock.standing_at(MONDAY + timedelta(days=4)):
        due_at = unmerge(cast, other["number"]) and row(other["number"]).due_at

    with looking(of_all(), read_only=True):
        assert due_at == Limit.objects.get(matter=id_of(other), name="captured").due_at
    assert due_at is not None
    assert due_at < MONDAY + timedelta(days=3)


def test_both_reporters_follow_to_the_end_and_see_no_word_of_each_other(cast: Cast) -> None:
    lead = cast.report(summary="第一个人的话")
    other = cast.report(summary="第二个人的话")
    merge(cast, other["number"], lead["number"])
    cast.do("matter.ask", "dispatcher", number=lead["number"], text="是几号楼？")
    cast.do("matter.answer", query_code=other["query_code"], text="第二个人的回答")
    cast.walk(lead["number"])

    seen = {name: told(made["query_code"]) for name, made in (("lead", lead), ("other", other))}

    assert "第一个人的话" in seen["lead"]
    assert "第二个人的话" in seen["other"]
    assert not {"第二个人的话", "第二个人的回答"} & set(seen["lead"])
    assert "第一个人的话" not in seen["other"]
    assert "第二个人的回答" in seen["other"]
    for words in seen.values():
        assert "是几号楼？" in words
        assert any("已处理完毕" in one for one in words)


def told(code: str) -> list[str]:
    """Every text that the reporter of a code reads."""
    mine = following.mine(code)
    with looking(moving.sight_of_code(None, {"query_code": code}), read_only=True):  # type: ignore[arg-type]
        story = stories.story_of(moving.by_code(None, {"query_code": code}))  # type: ignore[arg-type]
        return [one.text for one in stories.public_entries(story, mine)]


def test_the_reporter_is_told_of_the_merging_and_of_its_undoing_and_the_other_one_is_not(cast: Cast) -> None:
    lead, other = (cast.report(contact_phone=f"1380000000{end}", wants_letters=True) for end in (1, 2))

    merge(cast, other["number"], lead["number"])
    unmerge(cast, other["number"])
    while due.drain():
        pass

    with looking(of_all(), read_only=True):
        told_to = {name: set(Letter.objects.filter(occasion=f"matter.{name}").values_list("subject", flat=True)) for name in ("merged", "parted")}
    assert told_to == {"merged": {id_of(other)}, "parted": {id_of(other)}}


def test_a_merged_reporter_reads_of_his_own_merging_once(cast: Cast) -> None:
    lead, other = two(cast)
    merge(cast, other["number"], lead["number"])
    mine = following.mine(other["query_code"])

    with looking(moving.sight_of_code(None, {"query_code": other["query_code"]}), read_only=True):  # type: ignore[arg-type]
        story = stories.story_of(moving.by_code(None, {"query_code": other["query_code"]}))  # type: ignore[arg-type]
        titles = [one.title for one in stories.public_entries(story, mine)]

    assert titles.count(stories.MERGED) == 1
    assert stories.ALSO not in titles


def test_each_reporter_rates_once_and_the_middle_score_counts(cast: Cast) -> None:
    lead, second, third = cast.report(), cast.report(), cast.report()
    for one in (second, third):
        merge(cast, one["number"], lead["number"])
    cast.walk(lead["number"])

    ratings = []
    for made, score in ((second, 5), (lead, 1), (third, 2)):
        cast.do("matter.rate", query_code=made["query_code"], score=score)
        ratings.append(row(lead["number"]).rating)

    assert ratings == [5, 5, 2]
    with pytest.raises(Conflict):
        cast.do("matter.rate", query_code=second["query_code"], score=1)
    with looking(of_all(), read_only=True):
        assert Rating.objects.count() == 3
    with pytest.raises(Conflict) as caught:
        unmerge(cast, second["number"])
    assert caught.value.code == "already_rated"


def test_the_contacts_of_all_reporters_go_when_the_leading_one_is_archived(cast: Cast) -> None:
    lead, other = two(cast)
    merge(cast, other["number"], lead["number"])
    cast.walk(lead["number"])
    due.drain()

    with clock.standing_at(clock.now() + timedelta(days=16)):
        due.drain()

    assert row(lead["number"]).phase == "archived"
    with looking(of_all(), read_only=True):
        assert not Contact.objects.filter(matter=id_of(other)).exists()


def test_chains_are_flattened_and_unrolled_and_rings_are_refused(cast: Cast) -> None:
    one, two_, three, four = (cast.report()["number"] for _ in range(4))
    merge(cast, one, two_)
    merge(cast, two_, three)
    merge(cast, four, one)
    assert {row(number).merged_into for number in (one, two_, four)} == {numbers.matter_of(three)}

    with pytest.raises(Conflict) as caught:
        merge(cast, three, one)
    assert caught.value.code == "into_itself"
    unmerge(cast, two_)

    assert row(one).merged_into == numbers.matter_of(two_)
    assert row(two_).merged_into is None
    assert row(four).merged_into == numbers.matter_of(three)
    unmerge(cast, one)
    assert row(one).phase == "captured"


REFUSED = {
    "itself": (lambda cast, one, other: merge(cast, one, one), Conflict),
    "an unknown number": (lambda cast, one, other: merge(cast, one, "LL999999999"), Invalid),
    "words for a number": (lambda cast, one, other: merge(cast, one, HOSTILE[:20]), Invalid),
    "no reason": (lambda cast, one, other: merge(cast, one, other, reason=None), Invalid),
    "an unknown reason": (lambda cast, one, other: merge(cast, one, other, reason="x"), Invalid),
    "a grid worker": (lambda cast, one, other: merge(cast, one, other, by="gridworker"), NotAble),
    "a handler": (lambda cast, one, other: merge(cast, one, other, by="handler"), NotAble),
    "a neighbour": (lambda cast, one, other: merge(cast, one, other, by="dispatcher2"), NotVisible),
    "undoing nothing": (lambda cast, one, other: unmerge(cast, one), Conflict),
    "a stale version": (lambda cast, one, other: merge(cast, one, other, version=9), Conflict),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_may_not_be_merged_is_refused_and_changes_nothing(cast: Cast, case: str) -> None:
    lead, other = two(cast)
    before = state(other["number"])
    tried, fault = REFUSED[case]

    with pytest.raises(fault):
        tried(cast, other["number"], lead["number"])

    assert state(other["number"]) == before
    with looking(of_all(), read_only=True):
        assert not Joining.objects.exists()


def test_the_foreign_number_of_another_street_reads_like_an_unknown_one(cast: Cast) -> None:
    mine, foreign = cast.report(), cast.report(area=COMMUNITY3)

    with pytest.raises(Invalid) as known:
        merge(cast, mine["number"], foreign["number"])
    with pytest.raises(Invalid) as unknown:
        merge(cast, mine["number"], "LL999999999")

    assert str(known.value.fields["into"].zh).replace(foreign["number"], "") == str(unknown.value.fields["into"].zh).replace("LL999999999", "")


def test_nothing_is_merged_into_what_has_ended(cast: Cast) -> None:
    lead, other = two(cast)
    cast.walk(lead["number"])

    with pytest.raises(Conflict) as caught:
        merge(cast, other["number"], lead["number"])

    assert caught.value.code == "lead_ended"


def test_two_communities_of_a_street_are_merged_and_both_codes_work(cast: Cast) -> None:
    lead, other = cast.report(), cast.report(area=COMMUNITY2)

    merge(cast, other["number"], lead["number"])
    cast.walk(lead["number"])
    cast.do("matter.rate", query_code=other["query_code"], score=2)

    assert row(lead["number"]).rating == 2
    assert any("已处理完毕" in one for one in told(other["query_code"]))


def test_the_database_refuses_a_merging_into_itself_and_two_at_once(cast: Cast, owner: None) -> None:
    made = id_of(cast.report())
    common = {"area": COMMUNITY, "matter_id": made, "sort": "merge", "at": clock.now()}

    with pytest.raises(IntegrityError), transaction.atomic():
        Joining.objects.create(**common, into=made)
    Joining.objects.create(**common, into=made + 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Joining.objects.create(**common, into=made + 2)


def test_a_resident_joins_what_is_near_by_and_follows_it_by_his_own_code(cast: Cast) -> None:
    lead = cast.report(summary="第一个人的话")
    cast.walk(lead["number"], "verifying")

    made = cast.do("matter.join", same_as=lead["number"], contact_phone="13800000002")

    assert made["query_code"] != lead["query_code"]
    own = row(made["number"])
    assert (own.phase, own.merged_into, own.is_open) == ("merged", id_of(lead), False)
    words = told(made["query_code"])
    assert "第一个人的话" not in words
    assert not any("已处理完毕" in one for one in words)  # an answer that was written before he came
    with looking(of_all(), read_only=True):
        assert Contact.objects.filter(matter=own.pk).exists()
        moves = list(Move.objects.filter(matter=own.pk).order_by("step"))
        assert stories.replay(moves) == {"phase": "merged", "version": 2, "round": 1, "is_passed": False, "is_paused": False}
        assert all(Limit.objects.filter(matter=own.pk).values_list("met_at", flat=True))


def test_a_wrong_joining_is_undone_and_becomes_a_report_with_all_its_time(cast: Cast) -> None:
    with clock.standing_at(MONDAY):
        lead = cast.report()
        plain = cast.report()
        made = cast.do("matter.join", same_as=lead["number"], summary="其实是另一个坑")
        unmerge(cast, made["number"])

    after, usual = state(made["number"]), state(plain["number"])
    assert [(one["name"], one["due_at"], one["met_at"]) for one in after["limits"]] == [(one["name"], one["due_at"], one["met_at"]) for one in usual["limits"]]
    same = ("phase", "due_at", "close_due_at", "first_reply_due_at", "closed_at", "is_open", "merged_into")
    assert {name: after["row"][name] for name in same} == {name: usual["row"][name] for name in same}
    cast.walk(made["number"])
    assert row(made["number"]).phase == "closed"


@pytest.mark.parametrize("why", ["closed", "secret", "not public", "a part", "merged", "nothing"])
def test_what_is_not_public_and_open_cannot_be_joined(cast: Cast, why: str, owner: None) -> None:
    lead = cast.report()
    changes: dict[str, dict[str, Any]] = {"closed": {"phase": "closed"}, "secret": {"is_secret": True}, "a part": {"parent": 1}, "merged": {"phase": "merged"}}
    if why in changes:
        Matter.objects.filter(pk=id_of(lead)).update(**changes[why])
    if why == "not public":
        category = Matter.objects.get(pk=id_of(lead)).category
        type(category).objects.filter(pk=category.pk).update(is_public=False)
        editions.forget_all()

    with pytest.raises(NotVisible):
        cast.do("matter.join", same_as="LL999999999" if why == "nothing" else lead["number"])


def test_the_photos_of_a_merged_report_stand_with_the_leading_one(cast: Cast, settings: Any, tmp_path: Any) -> None:
    lead, other = two(cast)
    merge(cast, other["number"], lead["number"])
    with looking(of_all()):
        Evidence.objects.create(area=COMMUNITY, digest=b"x" * 32, media_type="image/jpeg", size=1, name="a.jpg", claim=b"", added_at=clock.now(),
                                subject_kind="matter", subject=id_of(other))

    with looking(of_record(COMMUNITY), read_only=True):
        story = stories.story_of(Matter.objects.get(pk=id_of(lead)))

    assert [one.subject for one in story.joined_photos] == [id_of(other)]
    assert [one.number for one in story.relations.followers] == [other["number"]]
    assert story.photos == []


def test_merging_is_refused_to_whoever_was_slower(cast: Cast) -> None:
    lead, other = two(cast)
    version = cast.version(other["number"])
    merge(cast, other["number"], lead["number"])

    with pytest.raises(Fault) as caught:
        cast.do("matter.file", "dispatcher", number=other["number"], version=version)

    assert caught.value.status == 409


def test_ends_of_chains_are_found_past_the_fence_by_the_database(cast: Cast) -> None:
    lead, other = two(cast)
    merge(cast, other["number"], lead["number"])

    with connection.cursor() as cursor:
        cursor.execute("select leading_matter(%s), leading_matter(%s), leading_matter(%s)", [id_of(other), id_of(lead), 10**9])
        assert cursor.fetchone() == (id_of(lead), id_of(lead), None)


def test_a_bad_rating_by_a_merged_reporter_is_called_back_too(cast: Cast) -> None:
    lead, other = two(cast)
    merge(cast, other["number"], lead["number"])
    cast.walk(lead["number"])
    cast.do("matter.rate", query_code=other["query_code"], score=5)

    due.drain()

    with looking(of_all(), read_only=True):
        assert CallBack.objects.get(ended_at=None).matter_id == id_of(lead)


def test_a_merged_reporter_has_it_done_again_and_the_first_one_reads_no_word_of_his(cast: Cast) -> None:
    lead, other = two(cast)
    merge(cast, other["number"], lead["number"])
    cast.walk(lead["number"])

    cast.do("matter.object", query_code=other["query_code"], note="坑还在原处")

    assert (row(lead["number"]).phase, row(lead["number"]).round) == ("handling", 2)
    assert "坑还在原处" in told(other["query_code"])
    assert "坑还在原处" not in told(lead["query_code"])


def test_messages_are_chosen_for_ones_own_report(cast: Cast) -> None:
    lead, other = cast.report(contact_phone="13800000001"), cast.report(area=COMMUNITY2, contact_phone="13800000002")
    merge(cast, other["number"], lead["number"])

    cast.do("matter.choose_letters", query_code=other["query_code"], wants_letters=True)

    with looking(of_all(), read_only=True):
        assert dict(Contact.objects.values_list("matter", "wants_letters")) == {id_of(lead): False, id_of(other): True}


def test_a_whole_that_is_done_again_goes_to_a_unit_or_is_split_again(cast: Cast) -> None:
    made = cast.report()
    cast.walk(made["number"], "filed")
    part = cast.do("matter.split", "dispatcher", number=made["number"], version=2, summary="一", unit=cast.units["cleaners"])["part"]
    for action, by, more in (("matter.receive", "handler", {}), ("matter.reply", "handler", {"note": "好了", "no_photo_reason": "夜"}),
                             ("matter.verify", "verifier", {"passed": True}), ("matter.close", "dispatcher", {})):
        cast.do(action, by, number=part, version=cast.version(part), **more)
    while due.drain():
        pass
    cast.do("matter.close", "dispatcher", number=made["number"], version=cast.version(made["number"]))
    cast.do("matter.object", query_code=made["query_code"], note="还没好")
    while due.drain():
        pass
    assert (row(made["number"]).phase, row(made["number"]).unit) == ("handling", None)

    cast.do("matter.dispatch", "dispatcher", number=made["number"], version=cast.version(made["number"]), unit=cast.units["cleaners"])

    assert row(made["number"]).phase == "dispatched"
