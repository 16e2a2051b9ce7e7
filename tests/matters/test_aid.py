# SPDX-License-Identifier: MulanPSL-2.0
"""The category aid: it starts from published words, learns what people confirmed, forgets what is erased, is measured on later matters, keeps silent."""

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.core import clock, editions
from linli.core.actions import run
from linli.core.faults import Conflict, Fault, Invalid
from linli.core.sight import looking, of_all
from linli.matters import categories, numbers
from linli.matters.aid import learning, measuring, proposing, synonyms
from linli.matters.models import AidMonth, AidTrial, Category, Lesson, LessonCategory, LessonTerm, Matter, Move, Scheme
from tests.cast import COMMUNITY, COMMUNITY2, COMMUNITY3, Cast

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 16, 4, 0, tzinfo=UTC)
PLACES = (COMMUNITY, COMMUNITY2, COMMUNITY3)
PLAIN = {
    "路灯坏了好几天": "01037", "楼前的井盖没了，太危险": "01023", "下水道堵了，污水冒出来一地": "01002", "垃圾堆了好几天没人收，臭得不行": "06010",
    "电梯又坏了，老人下不了楼": "01076", "马路上有个大坑，骑车差点摔倒": "06013", "有人在楼顶盖房子，天天施工": "06001",
    "健身器材断了，孩子玩容易受伤": "01046", "红绿灯不亮了，路口很乱": "02014", "公共厕所太脏了，没水冲": "03001",
    "树枝快压到电线了，该修剪了": "04002", "煤气味很大，怀疑漏气": "01057", "装修垃圾堆在楼下好久了": "06011", "有人在小区里烧树叶，到处是烟": "06020",
    "广场舞音响太大，吵得睡不着": "06028", "饭馆的油烟往我家窗户里灌": "06027", "消防通道被汽车堵住了": "09012", "单元门口的灯不亮，黑漆漆的": "01037"}
HARDER = {"小区门口的路灯一闪一闪的，晚上看不清路": "01037", "从楼上拉电线下来给电动车充电": "06008"}
"""Right among the three, not first: two things are named, and published words know nothing of how often each is meant."""
LIDS = ("供水井盖翘起来了，车一压咣咣响", "井盖松动，压上去响", "楼前井盖缺了一角")
DIRT = ("垃圾堆在地上没人收", "好几袋垃圾味道很大", "垃圾被风刮得到处都是")


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with clock.standing_at(NOON):
        yield


def category(code: str) -> Category:
    return Category.objects.select_related("scheme").get(code=code, part="event", scheme__code="gbt47678_5")


def learn() -> Lesson:
    with clock.standing_at(NOON + timedelta(minutes=1)), looking(of_all()):
        return learning.learn()


def names(text: str, **more: Any) -> list[str]:
    return [one.category.code for one in proposing.propose(text, **({"public_only": True} | more))]


def filed(cast: Cast, code: str, texts: tuple[str, ...], times: int = 2) -> list[str]:
    """Matters of a category that people filed, in three communities."""
    made = []
    for number in range(times * len(PLACES)):
        area = PLACES[number % len(PLACES)]
        report = cast.report(category=category(code).pk, summary=texts[number // len(PLACES) % len(texts)], area=area)
        by = "dispatcher2" if area == COMMUNITY3 else "dispatcher"
        cast.do("matter.file", by, number=report["number"], version=report["version"])
        made.append(report["number"])
    return made


def terms() -> set[str]:
    return set(LessonTerm.objects.values_list("term", flat=True))


def test_it_starts_from_the_schemes_own_words_and_says_why(cast: Cast) -> None:
    learn()

    found = proposing.propose("楼下的供水井盖翘起来了", public_only=True)

    assert found[0].category.code == "01001"
    assert "供水井盖" in found[0].reason.zh
    assert len(found) <= 3


def test_plain_sentences_find_their_category_before_anything_was_learnt(shipped: None) -> None:
    found = {said: names(said) for said in PLAIN | HARDER}

    assert {said: codes[:1] for said, codes in found.items() if said in PLAIN} == {said: [code] for said, code in PLAIN.items()}
    assert {said: code in found[said] for said, code in HARDER.items()} == dict.fromkeys(HARDER, True)


def test_a_word_that_a_category_does_not_know_costs_little_however_much_it_has_learnt(cast: Cast) -> None:
    filed(cast, "01001", tuple(LIDS[0] + more for more in DIRT), times=12)
    learn()

    bases = dict(LessonCategory.objects.values_list("category", "base"))
    assert min(bases.values()) == bases[category("01001").pk] >= 1000 * math.log(learning.ORDINARY) - 1


def test_it_starts_from_the_published_synonyms_too(cast: Cast) -> None:
    line = "gbt47678_5@2026:event:06010 臭气 没人收"
    run("category.publish_synonyms", cast.sysadmin, {"text": line, "why": "试"})
    learn()

    assert names("门口臭气熏天没人收")[:1] == ["06010"]


def test_it_learns_what_people_confirmed(cast: Cast) -> None:
    learn()
    before = names("车一压咣咣响，请看看")
    filed(cast, "01001", LIDS[:1])
    learn()

    assert before == []
    assert names("车一压咣咣响，请看看")[:1] == ["01001"]


def test_what_nobody_confirmed_teaches_nothing(cast: Cast) -> None:
    for area in PLACES * 2:
        cast.report(category=category("01001").pk, summary=LIDS[0], area=area)

    learn()

    assert "咣咣" not in terms()


@pytest.mark.parametrize(("times", "places"), [(1, PLACES), (9, PLACES[:2])])
def test_words_of_few_matters_or_few_communities_are_never_kept(cast: Cast, times: int, places: tuple[int, ...]) -> None:
    for _ in range(times):
        for area in places:
            report = cast.report(category=category("01001").pk, summary="住在这里的欧阳小红说井盖响", area=area)
            cast.do("matter.file", "dispatcher2" if area == COMMUNITY3 else "dispatcher", number=report["number"], version=1)

    learn()

    assert not terms() & {"欧阳", "阳小", "小红"}


def test_numbers_phones_letters_and_numerals_are_no_terms(cast: Cast) -> None:
    filed(cast, "06010", ("垃圾在十二号楼三门，电话13800000000，加微信abc，车牌津A88888",), times=4)

    learn()

    assert terms() & {"垃圾", "车牌"} == {"垃圾", "车牌"}
    assert not [one for one in terms() if any(char in "0123456789一二三十abcA，" for char in one)]


def test_secret_and_erased_reports_teach_nothing(cast: Cast) -> None:
    made = filed(cast, "06010", ("垃圾旁边有位欧阳老师",), times=3)
    learn()
    held = "欧阳" in terms()
    first = numbers.matter_of(made[0])
    with looking(of_all()):
        Matter.objects.exclude(pk=first).update(is_secret=True)
    learn()

    assert held
    assert "欧阳" not in terms()


def test_erasure_is_honoured_by_the_next_lesson(cast: Cast) -> None:
    made = filed(cast, "06010", ("垃圾旁边有位欧阳老师",), times=2)
    learn()
    held = "欧阳" in terms()
    for number in made[:2]:
        answer = cast.do("matter.dispatch", "dispatcher", number=number, version=cast.version(number), unit=cast.units["cleaners"])
        assert answer["phase"] == "dispatched"
        with looking(of_all()):
            Matter.objects.filter(pk=numbers.matter_of(number)).update(phase="closed")
        run("journal.erase", cast.district, {"subject_kind": "matter", "subject": numbers.matter_of(number), "reason": "本人要求"})
    learn()

    assert held
    assert "欧阳" not in terms()


def test_learning_twice_gives_the_same_and_leaves_one_lesson(cast: Cast) -> None:
    filed(cast, "01001", LIDS[:1])
    filed(cast, "06010", DIRT[:1])

    first, second = learn(), learn()

    assert first.digest == second.digest
    assert (first.matters, first.terms) == (second.matters, second.terms)
    assert list(Lesson.objects.filter(is_in_use=True)) == [second]
    assert set(LessonTerm.objects.values_list("lesson", flat=True)) == {second.pk} == set(LessonCategory.objects.values_list("lesson", flat=True))


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.one_of(st.text(max_size=300), st.lists(st.sampled_from([*"井盖垃圾响，。x9\u200b🕳\n", "供水井盖", "垃圾"]), max_size=80).map("".join)))
def test_whatever_is_written_the_answer_is_the_same_twice_and_in_force(cast: Cast, text: str) -> None:
    if learning.present() is None:
        learn()
    allowed = {one.pk for one in categories.in_force(clock.today(), public_only=True)}

    first, second = proposing.propose(text, public_only=True), proposing.propose(text, public_only=True)

    assert first == second
    assert len(first) <= 3
    assert {one.category.pk for one in first} <= allowed
    assert all(one.said for one in first)


@pytest.mark.parametrize("text", [
    "井盖" * 5000, "'; drop table matters_lessonterm; -- 井盖", "井\u200b盖\u200b松动", "\x00\ud800井盖", "🕳️" * 400, "😀", "", "盖", "%(said)s %s {0}"])
def test_hostile_words_break_nothing(cast: Cast, text: str) -> None:
    learn()

    proposing.propose(text, public_only=True)

    assert LessonTerm.objects.exists()


def test_zero_width_marks_hide_no_word(cast: Cast) -> None:
    learn()

    assert names("供\u200b水\u200d井\ufeff盖坏了") == names("供水井盖坏了") != []


@pytest.mark.parametrize("text", ["", "你好", "请尽快处理，谢谢", "The lamp is broken", "123456"])
def test_where_too_little_speaks_it_keeps_silent(cast: Cast, text: str) -> None:
    learn()

    assert names(text) == []


def test_nothing_is_proposed_before_anything_was_learnt(cast: Cast) -> None:
    assert names("供水井盖坏了") == []


def test_residents_are_never_proposed_what_is_not_public(cast: Cast) -> None:
    Category.objects.filter(pk=category("01001").pk).update(is_public=False)
    editions.bump(categories.EDITION)
    learn()

    assert "01001" not in names("供水井盖坏了")
    assert "01001" in names("供水井盖坏了", public_only=False)


def test_nothing_out_of_force_is_proposed(cast: Cast) -> None:
    learn()
    Scheme.objects.filter(code="gbt47678_5").update(valid_to=clock.today())
    editions.bump(categories.EDITION)

    assert names("供水井盖坏了") == []


def test_a_proposal_takes_one_query(cast: Cast) -> None:
    filed(cast, "01001", LIDS[:1])
    learn()
    proposing.propose("供水井盖坏了", public_only=True)

    with CaptureQueriesContext(connection) as seen:
        proposing.propose("供水井盖翘起来了，车一压咣咣响，谁来看看", public_only=True)

    assert len(seen) == 1


def study(at: datetime) -> Lesson:
    with clock.standing_at(at):
        return measuring.study()


def test_each_lesson_is_measured_on_later_matters_only(cast: Cast) -> None:
    filed(cast, "01001", LIDS[:1])
    first = learn()
    with clock.standing_at(NOON + timedelta(hours=1)):
        later = filed(cast, "06010", DIRT, times=1)
    study(NOON + timedelta(hours=2))

    with looking(of_all()):
        tried = {one.matter_id: one for one in AidTrial.objects.all()}
    assert set(tried) == {numbers.matter_of(one) for one in later}
    assert {one.lesson for one in tried.values()} == {first.pk}
    assert {one.place for one in tried.values()} <= {0, 1, 2, 3}


def test_a_lesson_cannot_be_measured_on_what_it_knows(cast: Cast) -> None:
    lesson = learn()

    with looking(of_all()), pytest.raises(ValueError, match="cannot be measured"):
        measuring.measure(lesson, lesson.upto - timedelta(seconds=1), lesson.upto)


def test_the_first_study_goes_through_the_year_month_by_month(cast: Cast) -> None:
    made = filed(cast, "01001", LIDS[:1])
    with looking(of_all()):
        old = Move.objects.filter(action="matter.file", matter=numbers.matter_of(made[0]))
        assert old.exists()

    study(NOON + timedelta(days=40))

    with looking(of_all()):
        assert AidTrial.objects.count() == len(made)
    assert sum(AidMonth.objects.values_list("matters", flat=True)) == len(made)


def test_the_figures_are_the_records_behind_them(cast: Cast) -> None:
    filed(cast, "01001", LIDS[:1])
    filed(cast, "06010", ("说不清的事情", *DIRT), times=2)
    study(NOON + timedelta(hours=1))
    months = measuring.by_month()
    whole = measuring.whole(months)

    with looking(of_all()):
        tried = list(AidTrial.objects.all())
    assert whole.matters == len(tried) == 12
    assert whole.top1 == sum(one.place == 1 for one in tried)
    assert whole.top3 == sum(one.place > 0 for one in tried)
    assert whole.silent == sum(not one.proposed for one in tried)
    for one in measuring.worst(months[0][0]):
        with looking(of_all()):
            assert one.matters == sum((each.proposed or [0])[0] == (one.first or 0) and each.confirmed == one.confirmed for each in tried)


def test_studying_twice_counts_nothing_twice(cast: Cast) -> None:
    filed(cast, "01001", LIDS[:1])
    study(NOON + timedelta(hours=1))
    before = list(AidMonth.objects.order_by("pk").values_list("month", "confirmed", "first", "matters"))

    study(NOON + timedelta(hours=2))

    assert list(AidMonth.objects.order_by("pk").values_list("month", "confirmed", "first", "matters")) == before


def test_only_matters_within_the_post_stand_behind_a_figure(cast: Cast) -> None:
    filed(cast, "01001", LIDS[:1])
    study(NOON + timedelta(hours=1))
    number = category("01001").pk

    seen = {}
    for name in ("district", "district2", "sysadmin"):
        actor = cast.actors[name]
        with looking(of_all()):
            seen[name] = len(measuring.records(actor, number, None, 50))

    assert seen == {"district": 6, "district2": 0, "sysadmin": 0}


def test_the_dispatcher_changes_the_category_before_filing_and_the_aid_learns_the_right_one(cast: Cast) -> None:
    made = cast.report(category=category("06010").pk, summary=LIDS[0])
    cast.do("matter.categorise", "dispatcher", number=made["number"], version=1, category=category("01001").pk, note="是井盖")

    with looking(of_all()):
        matter = Matter.objects.get(pk=numbers.matter_of(made["number"]))
        step = Move.objects.get(matter=matter, action="matter.categorise")
    assert (matter.category_id, matter.version, matter.phase) == (category("01001").pk, 2, "captured")
    assert step.detail["from_category"] == category("06010").pk


def test_a_category_is_not_changed_after_filing_nor_to_another_kind_nor_to_itself(cast: Cast) -> None:
    made = cast.report(category=category("06010").pk)
    six = Category.objects.filter(scheme__code="six_problems").first()
    assert six is not None

    def change(to: int, by: str = "dispatcher") -> int:
        try:
            cast.do("matter.categorise", by, number=made["number"], version=cast.version(made["number"]), category=to)
        except Fault as fault:
            return fault.status
        return 200

    refused = [change(six.pk), change(category("06010").pk), change(10**9), change(category("01001").pk, "handler"), change(category("01001").pk, "dispatcher2")]
    cast.do("matter.file", "dispatcher", number=made["number"], version=1)

    assert refused == [422, 422, 422, 403, 404]
    assert change(category("01001").pk) == 409


def test_the_limit_of_the_whole_follows_the_category(cast: Cast) -> None:
    made = cast.report(category=category("06010").pk)
    number = numbers.matter_of(made["number"])
    with looking(of_all()):
        before = Matter.objects.get(pk=number).close_due_at
    cast.do("matter.categorise", "dispatcher", number=made["number"], version=1, category=category("06001").pk)

    with looking(of_all()):
        matter = Matter.objects.get(pk=number)
        limit = matter.limits.get(name="whole")
    assert matter.close_due_at == limit.due_at != before
    assert limit.started_at == matter.reported_at


@pytest.mark.parametrize("text", ["gbt47678_5@2026:event:06010", "nothing@1:event:1 词语", "gbt47678_5@2026:event:06010 a1", "gbt47678_5@2026:event:06010 垃圾\n" * 2])
def test_a_list_of_synonyms_with_a_wrong_line_is_not_published(cast: Cast, text: str) -> None:
    with pytest.raises(Invalid):
        run("category.publish_synonyms", cast.sysadmin, {"text": text, "why": "试"})

    assert synonyms.present() is None


def test_the_same_list_is_not_published_twice_and_versions_stay(cast: Cast) -> None:
    line = "gbt47678_5@2026:event:06010 臭气"
    run("category.publish_synonyms", cast.sysadmin, {"text": line, "why": "试"})
    with pytest.raises(Conflict):
        run("category.publish_synonyms", cast.sysadmin, {"text": line, "why": "试"})
    run("category.publish_synonyms", cast.sysadmin, {"text": line + " 没人收", "why": "加一个"})

    assert [one.number for one in synonyms.versions()] == [2, 1]
    assert (found := synonyms.numbered(1)) is not None
    assert found.text.strip() == line


def test_the_shipped_lists_fit_the_shipped_schemes(small_scheme: None) -> None:
    text = "\n".join(one.text() for one in synonyms.shipped())

    found = synonyms.read(text)

    assert len(found) > 90


@pytest.fixture
def shipped(small_scheme: None) -> None:
    """The aid knows what is shipped, and nothing else."""
    synonyms.seed()
    editions.forget_all()
    learn()


@pytest.fixture
def small_scheme(db: None) -> None:
    categories.seed()

