# SPDX-License-Identifier: MulanPSL-2.0
"""Inspections: their states under any order of steps, marks that nobody sees early, connections that exclude, and figures equal to a slow reading."""

import contextlib
import json
import random
from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from linli.core import clock, due
from linli.core.actions import run
from linli.core.faults import Conflict, Fault, Invalid, NotAble, NotVisible
from linli.core.models import Evidence, JournalLine, JournalPayload
from linli.core.sight import Actor, looking, of_all, of_post
from linli.elements import places
from linli.measures.grading import grade
from linli.measures.inspecting import conflicts, reading
from linli.measures.inspecting.agreement import class_of, weighted_kappa
from linli.measures.inspecting.deciding import Found, agree, decide, disputed
from linli.measures.inspecting.opening import begin, outcomes, settled_shares
from linli.measures.inspecting.sheets import item_faults, items_of, rules_faults, rules_of
from linli.measures.models import Assessment, InspectedItem, Inspection, Mark, StandardVersion, Value
from linli.measures.periods import parse
from linli.measures.rebuilding import rebuild
from linli.measures.results import all_members, results_of
from tests.cast import COMMUNITY, COMMUNITY2, DISTRICT, DISTRICT2, GRID, Cast
from tests.inspections import ITEMS, Team, days_before, somebody, team

pytestmark = pytest.mark.django_db
LIMIT = Fraction(1, 10)
PART_OF_A_SHARE = st.integers(1, 60).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole)))
SHARES = st.builds(lambda pair: Fraction(*pair), PART_OF_A_SHARE)

UNHURRIED = examples(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""A busy machine draws slowly; that says nothing of what is tested."""


@pytest.fixture
def crew(cast: Cast, settings: Any, tmp_path: Any) -> Iterator[Team]:
    """The cast's first district with an officer and four assessors."""
    settings.EVIDENCE_ROOT = tmp_path / "evidence"
    return team(DISTRICT)


# --- what marks come to -------------------------------------------------------

@UNHURRIED
@given(st.lists(PART_OF_A_SHARE, min_size=2, max_size=4), st.none() | PART_OF_A_SHARE)
def test_a_settled_item_lies_between_the_marks_and_the_third_one_decides_alone(marks: list[tuple[int, int]], third: tuple[int, int] | None) -> None:
    found = [Found(False, *one) for one in marks] + ([Found(True, *third)] if third else [])
    share = Fraction(*decide(found))

    if third:
        assert share == Fraction(*third)
    else:
        assert min(Fraction(*one) for one in marks) <= share <= max(Fraction(*one) for one in marks)
    if third is None and len({whole for _, whole in marks}) == 1:
        assert share == sum((Fraction(*one) for one in marks), Fraction(0)) / len(marks)


def test_an_item_of_which_one_finds_ten_percent_more_is_agreed_and_a_hair_more_is_disputed() -> None:
    assert agree([Found(False, 80, 100), Found(False, 90, 100)], LIMIT)
    assert disputed({"b": [Found(False, 79, 100), Found(False, 90, 100)], "a": [Found(False, 1, 1, True), Found(False, 9, 9)], "c": [Found(False, 1, 2)] * 2},
                    LIMIT) == ["a", "b"]


def slow_kappa(pairs: list[tuple[Fraction, Fraction]]) -> Fraction | None:
    """Cohen 1968, from the words: one less observed over expected disagreement, over all pairs of one's marks with the other's."""
    classes = [(min(4, int(a * 5)), min(4, int(b * 5))) for a, b in pairs]
    seen = sum((Fraction((a - b) ** 2) for a, b in classes), Fraction(0)) / len(classes)
    chance = sum((Fraction((a - b) ** 2) for a, _ in classes for _, b in classes), Fraction(0)) / len(classes) ** 2
    return 1 - seen / chance if chance else None


@UNHURRIED
@given(st.lists(st.tuples(SHARES, SHARES), min_size=1, max_size=25))
def test_weighted_kappa_equals_a_slow_reading_and_is_one_only_for_equal_classes(pairs: list[tuple[Fraction, Fraction]]) -> None:
    found = weighted_kappa(pairs)

    assert found == slow_kappa(pairs)
    assert found is None or -1 <= found <= 1
    assert (found == 1) == (found is not None and all(class_of(a) == class_of(b) for a, b in pairs))


def test_kappa_of_a_table_worked_by_hand() -> None:
    tenth = Fraction(1, 10)
    pairs = [(tenth, tenth), (tenth, 3 * tenth), (9 * tenth, 9 * tenth), (9 * tenth, 7 * tenth)]

    # classes (0,0) (0,1) (4,4) (4,3): seen 2/4; expected (0+1+16+9 + 0+1+16+9 + 16+9+0+1 + 16+9+0+1)/16 = 104/16
    assert weighted_kappa(pairs) == 1 - Fraction(2, 4) / Fraction(104, 16)
    assert weighted_kappa([]) is None
    assert weighted_kappa([(Fraction(1), Fraction(1))] * 3) is None


# --- the sheet in the standard -------------------------------------------------

def test_the_shipped_standard_has_four_items_on_its_sheet_and_its_rules_are_marked_as_proposed(crew: Team) -> None:
    content = StandardVersion.objects.get(version="4").content

    assert [one.code for one in items_of(content)] == list(ITEMS)
    assert all(one.is_proposed and one.instruction.zh and one.photos for one in items_of(content))
    assert (rules_of(content).difference, rules_of(content).is_proposed) == (LIMIT, True)


@pytest.mark.parametrize("wrong", [
    {"answer": "stars"}, {"zh": ""}, {"photo_en": ""}, {"whole": 1}, {"least": 0}, {"photos": 99}, {"photos": "2"}, {"answer": "count", "whole": 10}, {"colour": "red"}])
def test_a_faulty_inspection_block_is_named(wrong: dict[str, Any]) -> None:
    right = {"answer": "points", "zh": "看", "en": "Look", "photos": 1, "photo_zh": "图", "photo_en": "View", "proposed": True}

    assert item_faults({"code": "X"}) == item_faults({"inspection": right}) == []
    assert item_faults({"inspection": right | wrong})
    assert item_faults({"inspection": {name: value for name, value in right.items() if name != "proposed"}})


@pytest.mark.parametrize("wrong", [{"difference": "2"}, {"difference": "x"}, {"days": 0}, {"years": "3"}, {"proposed": None, "speed": 1}])
def test_faulty_rules_for_assessors_are_named(wrong: dict[str, Any]) -> None:
    assert rules_faults({}) == rules_faults({"inspecting": {"difference": "0.10", "proposed": True}}) == []
    assert rules_faults({"inspecting": {"difference": "0.10", "proposed": True} | wrong})


# --- the way of an inspection ---------------------------------------------------

def test_two_who_agree_settle_it_and_the_figure_is_what_both_found_together(crew: Team) -> None:
    number = crew.open(COMMUNITY)
    crew.fill(crew.assessors[0], number)
    assert crew.state(number) == "open"
    crew.fill(crew.assessors[1], number, ITEMS | {"D3-06": (46, 50)})

    assert crew.state(number) == "settled"
    with looking(of_all()):
        assert settled_shares([number])[number]["D3-06"] == Fraction(91, 100)
        kept = {one.code: (one.part, one.whole) for one in InspectedItem.objects.filter(inspection=number)}
        assert outcomes("routine", [0])[0][0].is_settled
    assert kept == {"D2-13": (8, 8), "D3-01": (180, 200), "D3-02": (10, 10), "D3-06": (91, 100), "V1": (1, 1)}


def test_where_two_differ_a_third_is_asked_that_item_alone_and_decides_it(crew: Team) -> None:
    number = crew.open(COMMUNITY)
    crew.fill(crew.assessors[0], number)
    crew.fill(crew.assessors[1], number, ITEMS | {"D3-01": (60, 100)})
    assert crew.state(number) == "third"
    with pytest.raises(Invalid):
        crew.assign(number, crew.assessors[0])
    third = crew.assessors[2]
    assert crew.assign(number, third)["is_third"]
    crew.declare(third, number)
    with pytest.raises(Invalid):
        crew.enter(third, number, "D3-06", 1, 50)
    crew.enter(third, number, "D3-01", 70)
    crew.hand_in(third, number)

    with looking(of_all()):
        shares = settled_shares([number])[number]
        assert (shares["D3-01"], shares["D3-06"]) == (Fraction(7, 10), Fraction(9, 10))
        row = InspectedItem.objects.get(inspection=number, code="D3-01")
    assert (row.part, row.whole) == (140, 200), "a disputed item weighs as much as another"


def test_what_is_handed_in_stays_and_before_that_it_can_be_changed(crew: Team) -> None:
    number, one = crew.open(COMMUNITY, codes=["D3-01"]), crew.assessors[0]
    with pytest.raises(Conflict):
        crew.enter(one, number, "D3-01", 80)
    crew.declare(one, number)
    crew.enter(one, number, "D3-01", 80, photos=1)
    with pytest.raises(Invalid) as lacking:
        crew.hand_in(one, number)
    assert "1" in str(lacking.value.fields["inspection"])
    crew.enter(one, number, "D3-01", 85, photos=1)
    crew.hand_in(one, number)

    for again in (lambda: crew.enter(one, number, "D3-01", 100), lambda: crew.hand_in(one, number), lambda: crew.declare(one, number, "lives", "住这里")):
        with pytest.raises(Conflict):
            again()
    with looking(of_all()):
        assert Mark.objects.get(assessment__inspection=number).part == 85


@pytest.mark.parametrize(("code", "given", "field"), [
    ("D3-01", {"part": 101}, "part"), ("D3-01", {}, "part"), ("D3-06", {"part": 5}, "whole"), ("D3-06", {"part": 51, "whole": 50}, "part"),
    ("D3-06", {"part": 5, "whole": 5}, "note"), ("D3-06", {"part": 0, "whole": 0}, "whole"), ("D3-01", {"is_absent": True}, "is_absent"),
    ("D9-99", {"part": 1}, "code"), ("D3-01", {"part": -1}, "part")])
def test_an_answer_that_does_not_fit_the_item_is_refused_with_its_field(crew: Team, code: str, given: dict[str, Any], field: str) -> None:
    number = crew.open(COMMUNITY)
    crew.declare(crew.assessors[0], number)

    with pytest.raises(Invalid) as fault:
        run("inspection.enter", crew.assessors[0], {"inspection": number, "code": code} | given)
    assert field in fault.value.fields


def test_a_community_without_old_quarters_counts_as_passing_only_when_both_say_so(crew: Team) -> None:
    number = crew.open(COMMUNITY, codes=["D3-02"])
    for one in crew.assessors[:2]:
        crew.declare(one, number)
        run("inspection.enter", one, {"inspection": number, "code": "D3-02", "is_absent": True})
        crew.hand_in(one, number)

    with looking(of_all()):
        assert settled_shares([number])[number] == {"D3-02": 1}


def test_nothing_is_entered_before_the_day_of_the_visit(crew: Team) -> None:
    number = crew.open(COMMUNITY, day=clock.today() + timedelta(days=3))
    crew.declare(crew.assessors[0], number)
    with pytest.raises(Conflict):
        crew.enter(crew.assessors[0], number, "D3-01", 80)

    with clock.standing_at(clock.now() + timedelta(days=3)):
        crew.enter(crew.assessors[0], number, "D3-01", 80)


def test_a_void_inspection_counts_nothing_and_ends_for_everybody(crew: Team) -> None:
    number = crew.open(COMMUNITY)
    crew.fill(crew.assessors[0], number)
    run("inspection.void", crew.officer, {"inspection": number, "reason": "暴雨"})

    with pytest.raises(NotVisible):
        crew.declare(crew.assessors[1], number)
    with pytest.raises(Conflict):
        run("inspection.void", crew.officer, {"inspection": number, "reason": "again"})
    with looking(of_all()):
        assert outcomes("routine", [0]) == {}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_whatever_the_order_of_steps_an_inspection_is_settled_once_and_only_by_complete_sheets(crew: Team, seed: int) -> None:
    chance, number = random.Random(seed), crew.open(COMMUNITY, codes=["D3-01"])
    seen = ["open"]
    for _ in range(60):
        who = chance.choice(crew.assessors)
        step = chance.choice(("declare", "conflict", "enter", "enter", "hand_in", "hand_in", "assign", "release", "void"))
        if step == "void" and chance.random() > 0.05:
            continue
        with contextlib.suppress(Fault):
            _take(crew, number, step, who, chance)
        seen.append(crew.state(number))
        _holds(number)

    order = [one for place, one in enumerate(seen) if place == 0 or seen[place - 1] != one]
    assert order in (["open"], ["open", "third"], ["open", "settled"], ["open", "third", "settled"], ["open", "void"], ["open", "third", "void"])


def _take(crew: Team, number: int, step: str, who: Actor, chance: random.Random) -> None:
    if step in ("declare", "conflict"):
        if step == "declare" or chance.random() < 0.2:
            crew.declare(who, number, "none" if step == "declare" else "lives", "住在这里")
    elif step == "enter":
        crew.enter(who, number, "D3-01", chance.choice((60, 65, 90, 95)))
    elif step == "hand_in":
        crew.hand_in(who, number)
    elif step == "assign":
        crew.assign(number, who)
    elif step == "release" and chance.random() < 0.3:
        run("inspection.release", crew.officer, {"inspection": number, "assessors": who.account, "reason": "生病"})
    elif step == "void":
        run("inspection.void", crew.officer, {"inspection": number, "reason": "无效"})


def _holds(number: int) -> None:
    """What is true in every state."""
    with looking(of_all()):
        one = Inspection.objects.get(pk=number)
        active = [each for each in Assessment.objects.filter(inspection=one) if each.withdrawn_at is None]
        items = list(InspectedItem.objects.filter(inspection=one))
        assert (one.state == "settled") == bool(items) == (one.settled_at is not None)
        if one.state in ("settled", "third"):
            assert len([each for each in active if not each.is_third and each.handed_in_at]) >= 2
        if one.state == "settled":
            assert all(each.handed_in_at and each.declared_at for each in active)
            assert bool(one.disputed) == any(each.is_third for each in active)


# --- blind ----------------------------------------------------------------------

def everything_read_by(actor: Actor, number: int) -> str:
    """All that the readings of an inspection hand somebody, as one text."""
    with looking(of_post(actor)):
        one = Inspection.objects.get(pk=number)
        found: list[Any] = [reading.settled_items(one), reading.settled_findings(one), reading.agreement_of(actor, one.day.year)]
        found += [str(vars(each)) for each in reading.listed(actor)] + [str(vars(each.inspection)) for each in reading.mine(actor)]
    return str(found)


def test_nobody_reads_a_mark_before_all_is_settled_not_even_by_the_journal_or_the_answers(crew: Team) -> None:
    number, (first, second, third, _) = crew.open(COMMUNITY, codes=["D3-06"]), crew.assessors
    crew.declare(first, number)
    answers = [crew.enter(first, number, "D3-06", 31_337, 54_321, note="灯全亮着777"),
               run("inspection.find", first, {"inspection": number, "code": "D3-06", "text": "灯全亮着777"}), crew.hand_in(first, number)]
    crew.declare(second, number)
    crew.enter(second, number, "D3-06", 1, 54_321)
    crew.hand_in(second, number)
    crew.assign(number, third)

    for who in (crew.officer, first, second, third, somebody("city", DISTRICT // 10**13 * 10**13)):
        told = everything_read_by(who, number)
        assert "31337" not in told.replace("31_337", "31337")
        assert "灯全亮着777" not in told
    assert "31337" not in json.dumps(answers, cls=DjangoJSONEncoder)
    assert "777" not in json.dumps(answers, cls=DjangoJSONEncoder)
    with looking(of_all()):
        lines = list(JournalLine.objects.filter(action__startswith="inspection.").values_list("pk", flat=True))
        payloads = "".join(str(one.plain) for one in JournalPayload.objects.filter(line__in=lines))
    assert lines
    assert "31337" not in payloads
    assert "灯全亮着" not in payloads


def test_photos_of_a_mark_open_for_the_one_who_took_them_and_after_settling_for_who_sees_results(crew: Team, cast: Cast) -> None:
    from linli.core import evidence

    number, (first, second, _, _) = crew.open(COMMUNITY, codes=["D3-01"]), crew.assessors
    crew.declare(first, number)
    crew.enter(first, number, "D3-01", 80)

    def openers() -> set[str]:
        with looking(of_all()):
            one = Evidence.objects.filter(subject_kind="mark").earliest("pk")
            people = {"first": first, "second": second, "officer": crew.officer, "head": cast.head, "gridworker": cast.gridworker}
            return {name for name, who in people.items() if evidence.may_open(who, one)}

    assert openers() == {"first"}
    crew.hand_in(first, number)
    crew.declare(second, number)
    crew.enter(second, number, "D3-01", 84)
    assert openers() == {"first"}
    crew.hand_in(second, number)
    assert openers() == {"first", "officer", "head", "gridworker"}


def test_an_unannounced_inspection_leaves_no_line_in_the_community_or_its_street_before_it_is_settled(crew: Team, cast: Cast) -> None:
    number = crew.open(COMMUNITY, codes=["D3-01"])
    crew.declare(crew.assessors[0], number)
    crew.enter(crew.assessors[0], number, "D3-01", 90)
    crew.hand_in(crew.assessors[0], number)

    with looking(of_all()):
        areas = set(JournalLine.objects.filter(action__startswith="inspection.").values_list("area", flat=True))
    assert areas == {DISTRICT}
    with looking(of_post(cast.director)):
        assert reading.listed(cast.director) == []
        with pytest.raises(NotVisible):
            reading.inspection_of(cast.director, number)


# --- connections and rights -------------------------------------------------------

def test_who_held_a_post_in_the_community_within_three_years_cannot_be_named(crew: Team) -> None:
    one = somebody("assessor", DISTRICT)
    with looking(of_all()):
        from linli.elements.models import Place, Post

        held = Post.objects.create(account_id=one.account, role="gridworker", place=Place.objects.get(area=GRID), valid_from=days_before(clock.now(), 2000),
                                   valid_to=days_before(clock.now(), 300))
    with pytest.raises(Invalid) as fault:
        crew.open(COMMUNITY, assessors=[one, crew.assessors[0]])
    assert "assessors" in fault.value.fields
    assert crew.open(COMMUNITY2, assessors=[one, crew.assessors[0]])

    with looking(of_all()):
        type(held).objects.filter(pk=held.pk).update(valid_to=days_before(clock.now(), 1200))
        assert conflicts.connected([one.account or 0], COMMUNITY, clock.today(), 3) == {}
    assert crew.open(COMMUNITY, assessors=[one, crew.assessors[0]])


def test_who_declares_a_connection_is_out_and_his_replacement_finishes(crew: Team) -> None:
    number, (first, second, other, _) = crew.open(COMMUNITY, codes=["D3-01"]), crew.assessors
    with pytest.raises(Invalid):
        crew.declare(first, number, "relative")
    assert not crew.declare(first, number, "relative", "表妹是网格员")["is_free"]
    with pytest.raises(NotVisible):
        crew.enter(first, number, "D3-01", 80)
    crew.fill(second, number, {"D3-01": (80, 100)})
    assert crew.state(number) == "open", "one alone settles nothing"
    crew.assign(number, other)
    crew.fill(other, number, {"D3-01": (82, 100)})

    assert crew.state(number) == "settled"
    with pytest.raises(Conflict):
        crew.assign(number, crew.assessors[3])
    with looking(of_all()):
        kept = Assessment.objects.get(inspection=number, account=first.account)
        payloads = "".join(str(one.plain) for one in JournalPayload.objects.filter(line__in=JournalLine.objects.filter(action="inspection.declare").values("pk")))
    assert (kept.conflict, kept.conflict_text) == ("relative", "表妹是网格员")
    assert "表妹" not in payloads


def test_who_may_open_assign_and_mark_and_who_may_not(crew: Team, cast: Cast) -> None:
    number = crew.open(COMMUNITY)
    outsider, foreign = somebody("assessor", DISTRICT), somebody("district", DISTRICT2)

    for who in (cast.head, cast.director, crew.assessors[0], cast.sysadmin):
        with pytest.raises((NotAble, NotVisible)):
            run("inspection.open", who, {"communities": str(COMMUNITY), "assessors": "1,2", "day": clock.today().isoformat()})
        with pytest.raises((NotAble, NotVisible)):
            run("inspection.void", who, {"inspection": number, "reason": "x"})
    for step, more in (("assign", {"assessors": 1}), ("release", {"assessors": 1, "reason": "x"}), ("void", {"reason": "x"})):
        with pytest.raises(NotVisible):
            run(f"inspection.{step}", foreign, {"inspection": number} | more)
    for who in (outsider, crew.officer, cast.head):
        with pytest.raises((NotVisible, NotAble)):
            run("inspection.enter", who, {"inspection": number, "code": "D3-01", "part": 1})
    with pytest.raises(Invalid):
        run("inspection.open", crew.officer, {"communities": str(COMMUNITY), "assessors": f"{crew.assessors[0].account},{cast.head.account}",
                                              "day": clock.today().isoformat()})
    with pytest.raises(Invalid):
        crew.open(120_102_001_001_000)
    with pytest.raises(Invalid):
        crew.open(COMMUNITY, assessors=crew.assessors[:1])


# --- figures ------------------------------------------------------------------------

def slow_figure(code: str, area: int) -> tuple[int, int]:
    """From the words: of settled inspections, what the two found together, or twice what the third found."""
    part = whole = 0
    for one in Inspection.objects.filter(area=area, state="settled"):
        pairs: dict[bool, list[tuple[int, int]]] = {True: [], False: []}
        for share in Assessment.objects.filter(inspection=one, withdrawn_at=None):
            pairs[share.is_third] += [(mark.part, mark.whole) for mark in Mark.objects.filter(assessment=share, code=code)]
        chosen = pairs[True] * len(pairs[False]) if pairs[True] else pairs[False]
        part, whole = part + sum(pair[0] for pair in chosen), whole + sum(pair[1] for pair in chosen)
    return part, whole


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_figures_equal_a_slow_reading_at_once_and_after_a_full_count_and_open_onto_their_members(crew: Team, seed: int) -> None:
    chance = random.Random(seed)
    rebuild("2026")
    for _ in range(3):
        area = chance.choice((COMMUNITY, COMMUNITY2))
        number = crew.open(area, codes=["D3-01", "D3-06"])
        for one in crew.assessors[:2]:
            crew.fill(one, number, _drawn(chance))
        if crew.state(number) == "third":
            with looking(of_all()):
                asked = Inspection.objects.get(pk=number).disputed
            crew.assign(number, crew.assessors[2])
            crew.fill(crew.assessors[2], number, {code: mark for code, mark in _drawn(chance).items() if code in asked})
    while due.drain():
        pass

    year = parse(str(clock.today().year))
    with looking(of_all()):
        for area in (COMMUNITY, COMMUNITY2):
            for code in ("D3-01", "D3-06"):
                wanted = slow_figure(code, area)
                kept = Value.objects.filter(area=area, period=year.key, measure=code).values_list("numerator", "denominator").first() or (0, 0)
                members = list(all_members(crew.officer, code, area, year.key))
                assert kept == wanted
                assert (sum(one.part for one in members), sum(one.whole for one in members)) == wanted
                assert all(one.record_kind == "inspection" for one in members)
        rebuild(year.key)
        assert all((Value.objects.filter(area=COMMUNITY, period=year.key, measure=code).values_list("numerator", "denominator").first() or (0, 0))
                   == slow_figure(code, COMMUNITY) for code in ("D3-01", "D3-06"))


def _drawn(chance: random.Random) -> dict[str, tuple[int, int]]:
    seen = chance.randrange(20, 60)
    return {"D3-01": (chance.randrange(70, 101), 100), "D3-06": (chance.randrange(seen // 2, seen + 1), seen)}


def test_a_finding_that_breaks_a_necessary_condition_leaves_it_unmet_whatever_the_marks_are(crew: Team) -> None:
    year = parse(str(clock.today().year))
    rebuild(year.key)
    number = crew.open(COMMUNITY, codes=["D3-01"])
    for one in crew.assessors[:2]:
        crew.declare(one, number)
        crew.enter(one, number, "D3-01", 99)
    dropped = run("inspection.find", crew.assessors[0], {"inspection": number, "code": "D3-01", "condition": "V2", "text": "看错了"})["finding"]
    run("inspection.drop_finding", crew.assessors[0], {"inspection": number, "finding": dropped})
    run("inspection.find", crew.assessors[1], {"inspection": number, "code": "D3-01", "condition": "V1", "text": "三号院垃圾成堆"})
    for one in crew.assessors[:2]:
        crew.hand_in(one, number)
    while due.drain():
        pass

    with looking(of_all()):
        found = results_of(places.place_by_area(COMMUNITY), year, clock.now())
        assert not InspectedItem.objects.filter(inspection=number, code="V2").exists()
    assert found.of("D3-01").holds
    assert {one.condition.code: one.state for one in found.conditions}["V1"] == "unmet"
    assert grade(found).state == "misses"


def test_points_of_what_nobody_has_looked_at_are_neither_reached_nor_possible_and_a_low_score_breaks_the_condition(crew: Team) -> None:
    year = parse(str(clock.today().year))

    def found() -> Any:
        with looking(of_all()):
            return results_of(places.place_by_area(COMMUNITY), year, clock.now())

    rebuild(year.key)
    before = found().total
    number = crew.open(COMMUNITY, codes=["D3-01"])
    for one in crew.assessors[:2]:
        crew.fill(one, number, {"D3-01": (55, 100)})
    while due.drain():
        pass
    after = found()

    points = Fraction(5, 2)
    assert after.total.possible - (before.possible if before else 0) >= points
    assert after.of("D3-01").reached == 0
    assert {one.condition.code: one.state for one in after.conditions}["V1"] == "unmet"
    assert grade(after).state == "misses"


# --- agreement -----------------------------------------------------------------------

def test_agreement_is_shown_by_pair_and_round_and_few_items_are_labelled(crew: Team) -> None:
    number = crew.open(COMMUNITY)
    crew.fill(crew.assessors[0], number)
    crew.fill(crew.assessors[1], number, ITEMS | {"D3-01": (60, 100)})
    crew.assign(number, crew.assessors[2])
    with looking(of_post(crew.officer)):
        assert reading.agreement_of(crew.officer, clock.today().year).whole.items == 0, "not before it is settled"
    crew.fill(crew.assessors[2], number, {"D3-01": (60, 100)})

    with looking(of_post(crew.officer)):
        found = reading.agreement_of(crew.officer, clock.today().year)
    assert (found.whole.items, found.whole.within, found.whole.is_few) == (4, 3, True)
    assert [(one.first, one.second) for one in found.pairs] == [tuple(sorted(one.account or 0 for one in crew.assessors[:2]))]
    assert found.rounds[0][0] == "routine"


def test_another_room_begins_an_inspection_and_reads_its_outcome(crew: Team, cast: Cast) -> None:
    from linli.core.actions import Call

    standard = StandardVersion.objects.get(version="4")
    with looking(of_all()):
        now = clock.now()
        call = Call(crew.officer, {}, now, now)
        made = begin(call, area=COMMUNITY, occasion="visit", standard=standard, codes=["D3-01"], assessors=[one.account or 0 for one in crew.assessors[:2]],
                     day=clock.today(), reference=77)
        with pytest.raises(Invalid):
            begin(call, area=COMMUNITY, occasion="visit", standard=standard, codes=["D3-01"], assessors=[cast.director.account or 0, 1], day=clock.today())
    for one in crew.assessors[:2]:
        crew.declare(one, made.pk)
        crew.enter(one, made.pk, "D3-01", 88)
        run("inspection.find", one, {"inspection": made.pk, "code": "D3-01", "condition": "V1", "text": "一个小区垃圾成堆"})
        crew.hand_in(one, made.pk)

    with looking(of_all()):
        found = outcomes("visit", [77])[77][0]
    assert (found.is_settled, dict(found.shares), found.broken) == (True, {"D3-01": Fraction(88, 100)}, ("V1",))
