# SPDX-License-Identifier: MulanPSL-2.0
"""Surveys: the draw repeats, a household answers once, nobody leads an answer back, doubts need two persons, too few answers move nothing."""

import json
import random
from fractions import Fraction
from typing import Any

import pytest
from django.db import connection

from linli.core import clock, draws, due
from linli.core.actions import run
from linli.core.faults import Conflict, Invalid, NotAble, NotVisible
from linli.core.keys import keyring
from linli.core.models import Answer, JournalPayload
from linli.core.sight import PUBLIC, looking, of_all
from linli.measures import results
from linli.measures.models import SurveyAnswer, SurveyDoubt, SurveyLine, SurveyShare
from linli.measures.surveying import answering, rolls, samples
from linli.measures.surveying.finals import final_of
from linli.measures.surveying.outcomes import satisfaction
from tests.cast import COMMUNITY, COMMUNITY2, HOSTILE, Cast
from tests.measures.surveys import LEVEL_QUESTIONS, answered, enter, lines, plant_households, random_answer, running, survey_row

pytestmark = pytest.mark.django_db
ALL_WELL = dict.fromkeys(LEVEL_QUESTIONS, "1") | {"covenant": "yes", "creation": "yes"}
YEAR = str(clock.today().year)


def slips(cast: Cast, survey: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = cast.do("survey.print_slips", "district", survey=survey)["slips"]
    return found


def on_the_web(code: str, values: dict[str, str], *, device: bytes, network: bytes) -> dict[str, Any]:
    given = {"code": code, "answers": json.dumps(values), "network": answering.voucher(network)}
    return run("survey.answer", PUBLIC, given, device=device)


def doubts(survey: int) -> list[SurveyDoubt]:
    with looking(of_all()):
        return list(SurveyDoubt.objects.filter(survey=survey).order_by("id"))


def varied(count: int) -> list[dict[str, str]]:
    """So many answers, none like another."""
    return [{code: "12345"[(number // 5 ** place) % 5] for place, code in enumerate(LEVEL_QUESTIONS)} | {"covenant": "yes", "creation": "no" if number % 4 == 0 else "yes"}
            for number in range(count)]


def test_the_draw_is_repeated_by_anybody_with_the_seed_and_the_seed_was_fixed_before(cast: Cast) -> None:
    number = running(cast)
    before = survey_row(number)
    answered(cast, number, varied(50))

    cast.do("survey.close", "district", survey=number, sure=True)
    after = survey_row(number)
    with looking(of_all()):
        roll = list(SurveyLine.objects.filter(survey=number).order_by("position").values_list("household", flat=True))
        told = str(list(JournalPayload.objects.values_list("plain", flat=True)))
        rightly = samples.is_drawn_rightly(after)

    assert before.seed == ""
    assert before.digest in told
    assert after.digest == draws.digest(bytes.fromhex(after.seed)) == before.digest
    assert draws.ordered(bytes.fromhex(after.seed), after.frame)[:150] == roll
    assert rightly is True
    assert before.needed == 50
    assert len(lines(number, "reserve")) == 100


def test_a_larger_community_needs_a_twentieth_of_its_households(cast: Cast) -> None:
    number = running(cast, households=1_021)

    assert survey_row(number).needed == 52


def test_households_that_ended_or_are_collective_are_not_in_the_frame(cast: Cast) -> None:
    numbers = plant_households(60)
    with looking(of_all()), connection.cursor() as cursor:
        cursor.execute("update elements_household set ended_on = %s where id = %s", [clock.today(), numbers[0]])
        cursor.execute("update elements_household set kind = 'collective' where id = %s", [numbers[1]])
    number = cast.do("survey.open", "district", area=COMMUNITY, questionnaire="awareness")["survey"]

    told = cast.do("survey.draw", "district", survey=number)

    assert told["households"] == 58
    assert set(survey_row(number).frame) == set(numbers[2:])


def test_a_household_answers_once_whichever_way_it_tries_again(cast: Cast) -> None:
    number = running(cast)
    slip = slips(cast, number)[0]
    line = lines(number)[0]
    on_the_web(slip["code"], ALL_WELL, device=b"a", network=b"a")

    with pytest.raises(Conflict) as again:
        on_the_web(slip["code"], ALL_WELL, device=b"b", network=b"b")
    with pytest.raises(Conflict):
        enter(cast, line.pk, ALL_WELL)

    assert again.value.code == "answered"
    with looking(of_all()):
        assert SurveyAnswer.objects.count() == 1


def test_nothing_leads_from_an_answer_to_its_household_not_even_in_the_database(cast: Cast) -> None:
    number = running(cast)
    for line, values in zip(lines(number)[:9], varied(9), strict=True):
        enter(cast, line.pk, values)
    columns = {one.column for one in SurveyAnswer._meta.concrete_fields}

    with looking(of_all()), connection.cursor() as cursor:
        cursor.execute("select current_user, count(distinct xmin::text), bool_and(sealed is not null), bool_and(stratum is null), bool_and(\"values\" is null) "
                       "from measures_surveyanswer group by 1")
        _user, transactions, is_sealed, has_no_stratum, has_no_values = cursor.fetchone()
        cursor.execute("select count(distinct length(sealed)) from measures_surveyanswer")
        lengths = cursor.fetchone()[0]

    assert columns == {"id", "area", "survey_id", "sealed", "stratum", "values", "doubt_id"}
    assert (transactions, lengths) == (1, 1)
    assert is_sealed
    assert has_no_stratum
    assert has_no_values


def test_the_order_of_the_rows_on_the_disk_is_not_the_order_in_which_they_came(cast: Cast) -> None:
    number = running(cast)
    came: list[int] = []
    for line, values in zip(lines(number)[:12], varied(12), strict=True):
        enter(cast, line.pk, values)
        with looking(of_all()):
            came += [one for one in SurveyAnswer.objects.values_list("pk", flat=True) if one not in came]

    with looking(of_all()), connection.cursor() as cursor:
        cursor.execute("select id from measures_surveyanswer order by ctid")
        lie = [row[0] for row in cursor.fetchall()]

    assert sorted(lie) == sorted(came)
    assert lie != came
    assert sorted(came) != came


def test_the_journal_and_the_kept_answers_hold_no_answer_and_no_code(cast: Cast) -> None:
    number = running(cast)
    slip = slips(cast, number)[0]
    run("survey.answer", PUBLIC, {"code": slip["code"], "answers": json.dumps(ALL_WELL)}, key="k", device=b"a")
    enter(cast, lines(number)[0].pk, ALL_WELL)

    with looking(of_all()):
        told = str(list(JournalPayload.objects.values_list("plain", flat=True))) + str(list(Answer.objects.values_list("answer", flat=True)))

    assert "organisation" not in told
    assert slip["code"] not in told
    assert "covenant" not in told


def test_opened_answers_stand_in_strata_of_five_at_least(cast: Cast) -> None:
    number = running(cast)
    second = [one for one in lines(number) if one.stratum == 2][:2]
    first = [one for one in lines(number) if one.stratum == 1][:10]
    for line, values in zip([*first, *second], varied(12), strict=True):
        enter(cast, line.pk, values)

    cast.do("survey.close", "district", survey=number, sure=True)

    with looking(of_all()):
        strata = list(SurveyAnswer.objects.values_list("stratum", flat=True))
    assert set(strata) == {0}


def test_fewer_than_five_answers_are_never_opened(cast: Cast) -> None:
    number = running(cast)
    answered(cast, number, varied(4))

    cast.do("survey.close", "district", survey=number, sure=True)

    with looking(of_all()):
        assert all(one.sealed is not None and one.values is None for one in SurveyAnswer.objects.all())
    assert survey_row(number).result["index"] is None


def test_a_reserve_stands_in_for_who_fell_out_in_the_order_of_the_draw(cast: Cast) -> None:
    number = running(cast)
    drawn, reserve = lines(number), lines(number, "reserve")

    cast.do("survey.note", "dispatcher", line=drawn[3].pk, outcome="refused")
    cast.do("survey.note", "dispatcher", line=drawn[4].pk, outcome="contacted")

    with looking(of_all()):
        assert SurveyLine.objects.get(pk=reserve[0].pk).state == "drawn"
        assert SurveyLine.objects.get(pk=reserve[1].pk).state == "reserve"
        assert SurveyLine.objects.get(pk=drawn[4].pk).contacts == 1
    with pytest.raises(Conflict):
        enter(cast, reserve[5].pk, ALL_WELL)


def test_too_few_answers_are_labelled_and_move_no_figure(cast: Cast, sheet: str) -> None:
    number = running(cast)
    answered(cast, number, varied(49))

    cast.do("survey.close", "district", survey=number, sure=True)
    while due.drain():
        pass

    with looking(of_all()):
        found = satisfaction(COMMUNITY, YEAR)
        shown = results.results(cast.district, COMMUNITY, YEAR)
        assert SurveyShare.objects.count() == 0
    assert found is not None
    assert not found.is_enough
    assert (found.valid, found.needed) == (49, 50)
    assert shown.of("D4-17").figure.denominator == 0


def test_enough_answers_make_the_figure_move_and_the_final_result_follows(cast: Cast, sheet: str) -> None:
    number = running(cast)
    answered(cast, number, varied(50))

    cast.do("survey.close", "district", survey=number, sure=True)
    while due.drain():
        pass

    with looking(of_all()):
        found = satisfaction(COMMUNITY, YEAR)
        shown = results.results(cast.district, COMMUNITY, YEAR)
        page = results.members(cast.district, "D4-17", COMMUNITY, YEAR)
        final = final_of(shown)
    figure = shown.of("D4-17").figure
    assert found is not None
    assert found.is_enough
    assert found.index is not None
    assert (figure.numerator, figure.denominator) == (37, 50)
    assert [(one.record_kind, one.record, one.part, one.whole) for one in page.rows] == [("survey", number, 37, 50)]
    assert final is not None
    assert shown.total is not None
    assert final.reached == Fraction(4, 5) * shown.total.reached + Fraction(1, 5) * found.index
    assert final.possible == Fraction(4, 5) * shown.total.possible + 20


@pytest.mark.parametrize("seed", [1, 2])
def test_shares_and_index_equal_a_slow_reading_by_hand(cast: Cast, seed: int) -> None:
    chance = random.Random(seed)
    number, given = running(cast), [random_answer(chance) for _ in range(60)]
    more = lines(number, "reserve")[:10]
    with looking(of_all()):
        SurveyLine.objects.filter(pk__in=[one.pk for one in more]).update(state="drawn")
    roll = lines(number)
    for line, values in zip(roll, given, strict=True):
        enter(cast, line.pk, values)

    cast.do("survey.close", "district", survey=number, sure=True)

    points = {"1": 100, "2": 80, "3": 60, "4": 30, "5": 0}
    homes = {1: 120, 2: 60}
    whole = part = 0
    sums: dict[int, list[Fraction]] = {1: [], 2: []}
    for line, values in zip(roll, given, strict=True):
        levels = [points[values[code]] for code in LEVEL_QUESTIONS if code in values]
        if not levels:
            continue
        sums[line.stratum].append(Fraction(sum(levels), len(levels)))
        if "covenant" in values and "creation" in values:
            whole, part = whole + 1, part + (values["covenant"] == values["creation"] == "yes")
    index = sum(Fraction(homes[one], 180) * sum(found, Fraction(0)) / len(found) for one, found in sums.items())
    result = survey_row(number).result
    assert Fraction(result["index"]["mean"]) == index
    assert result["shares"] == [{"name": "aware", "part": part, "whole": whole}]
    assert result["valid"] == sum(len(one) for one in sums.values())


def test_repeated_and_solicited_answers_are_flagged_and_left_out_only_by_two(cast: Cast) -> None:
    number = running(cast)
    codes = slips(cast, number)
    for place, values in enumerate(varied(6)):
        on_the_web(codes[place]["code"], values, device=b"one device" if place < 2 else bytes([place]), network=b"one" if place < 2 else bytes([place]))
    run("survey.answer", cast.director, {"code": codes[7]["code"], "answers": json.dumps(ALL_WELL)}, device=b"office")
    with clock.standing_at(clock.now()):
        for line in lines(number)[:3]:
            enter(cast, line.pk, ALL_WELL)

    told = cast.do("survey.close", "district", survey=number, sure=True)

    found = doubts(number)
    assert told["state"] == "closed"
    assert survey_row(number).result == {}
    assert [(one.kind, one.count) for one in found] == [("staff_device", 1), ("same_device", 2), ("same_batch", 3)]
    with pytest.raises(Conflict):
        cast.do("survey.confirm", "city", doubt=found[0].pk)
    for one in found:
        cast.do("survey.judge", "district", doubt=one.pk, decision="leave_out", reason="同一设备")
    with pytest.raises(NotAble) as himself:
        cast.do("survey.confirm", "district", doubt=found[0].pk)
    assert himself.value.code == "same_person"
    assert survey_row(number).state == "closed"
    for one in found:
        cast.do("survey.confirm", "city", doubt=one.pk)
    result = survey_row(number).result
    assert survey_row(number).state == "settled"
    assert (result["left_out"], result["valid"]) == (6, 4)


def test_kept_doubts_count_and_web_answers_from_the_offices_own_network_are_asked_about(cast: Cast) -> None:
    number = running(cast)
    codes = slips(cast, number)
    given = {"line": lines(number)[20].pk, "means": "phone", "answers": json.dumps(ALL_WELL), "network": answering.voucher(b"office")}
    run("survey.enter", cast.district, given)
    on_the_web(codes[0]["code"], ALL_WELL, device=b"x", network=b"office")
    for place in range(1, 7):
        on_the_web(codes[place]["code"], varied(9)[place], device=bytes([place]), network=b"lobby")

    cast.do("survey.close", "district", survey=number, sure=True)
    found = doubts(number)
    for one in found:
        cast.do("survey.judge", "city", doubt=one.pk, decision="keep", reason="核实为不同住户")
        cast.do("survey.confirm", "district", doubt=one.pk)

    assert [(one.kind, one.count) for one in found] == [("office_network", 1), ("same_network", 6)]
    assert survey_row(number).result["valid"] == 8


def test_the_rated_community_neither_opens_nor_draws_nor_enters(cast: Cast) -> None:
    number = running(cast)
    line = lines(number)[0].pk

    refused: list[str] = []
    for action, given in (("survey.open", {"area": COMMUNITY, "questionnaire": "awareness"}), ("survey.enter", {"line": line, "means": "paper", "answers": "{}"}),
                          ("survey.note", {"line": line, "outcome": "refused"}), ("survey.print_slips", {"survey": number}), ("survey.close", {"survey": number, "sure": True})):
        for who in ("director", "gridworker", "head"):
            with pytest.raises(NotAble):
                cast.do(action, who, **given)
            refused.append(who)

    assert len(refused) == 15


def test_who_holds_a_post_inside_the_community_does_not_rate_it_from_above(cast: Cast) -> None:
    number = running(cast)
    with connection.cursor() as cursor:
        cursor.execute("select place_id from elements_post where id = %s", [cast.posts["director"]])
        place = cursor.fetchone()[0]
        cursor.execute("insert into elements_post (account_id, role, place_id, valid_from, version) values (%s, 'director', %s, '2020-01-01', 1)",
                       [cast.dispatcher.account, place])

    with pytest.raises(NotAble) as refused:
        enter(cast, lines(number)[0].pk, ALL_WELL, by="dispatcher")

    assert refused.value.code == "rated"


def test_a_neighbour_finds_nothing(cast: Cast) -> None:
    number = running(cast)
    line = lines(number)[0].pk

    for action, given in (("survey.draw", {"survey": number}), ("survey.close", {"survey": number, "sure": True}), ("survey.print_slips", {"survey": number}),
                          ("survey.enter", {"line": line, "means": "paper", "answers": json.dumps(ALL_WELL)}), ("survey.note", {"line": line, "outcome": "moved"})):
        with pytest.raises(NotVisible):
            cast.do(action, "district2", **given)


@pytest.mark.parametrize("answers", ["", "[]", "{", "null", '{"organisation": 1}', '{"organisation": "9"}', '{"nobody": "1"}', "{}", '{"organisation": ""}',
                                     "[" * 3_000, json.dumps({"law": HOSTILE})])
def test_what_is_no_answer_is_refused_and_the_household_may_still_answer(cast: Cast, answers: str) -> None:
    number = running(cast)
    code = slips(cast, number)[0]["code"]

    with pytest.raises(Invalid):
        run("survey.answer", PUBLIC, {"code": code, "answers": answers})

    assert on_the_web(code, ALL_WELL, device=b"a", network=b"a") == {"survey": number}


@pytest.mark.parametrize("code", ["", HOSTILE[:40], "0000-0000-0000-0000", "'; drop table measures_survey; --"])
def test_a_code_that_nobody_has_opens_nothing(cast: Cast, code: str) -> None:
    running(cast)

    with pytest.raises((NotVisible, Invalid)):
        run("survey.answer", PUBLIC, {"code": code, "answers": json.dumps(ALL_WELL)})


def test_new_slips_put_the_old_ones_out_of_use_and_a_closed_survey_all_of_them(cast: Cast) -> None:
    number = running(cast)
    old, new = slips(cast, number)[0]["code"], slips(cast, number)[0]["code"]

    assert rolls.line_by_code(old) is None
    assert rolls.line_by_code(new) is not None
    cast.do("survey.close", "district", survey=number, sure=True)
    assert rolls.line_by_code(new) is None


def test_one_survey_of_a_kind_runs_at_a_time_and_only_in_communities(cast: Cast) -> None:
    running(cast)

    with pytest.raises(Conflict):
        cast.do("survey.open", "district", area=COMMUNITY, questionnaire="satisfaction")
    with pytest.raises(Invalid):
        cast.do("survey.open", "district", area=cast.district.lo, questionnaire="satisfaction")
    assert cast.do("survey.open", "district", area=COMMUNITY2, questionnaire="satisfaction")["digest"]


def test_a_community_without_households_is_not_drawn(cast: Cast) -> None:
    number = cast.do("survey.open", "district", area=COMMUNITY2, questionnaire="satisfaction")["survey"]

    with pytest.raises(Conflict) as refused:
        cast.do("survey.draw", "district", survey=number)

    assert refused.value.code == "no_households"


def test_an_envelope_opens_for_its_own_survey_only(cast: Cast) -> None:
    number = running(cast)
    enter(cast, lines(number)[0].pk, ALL_WELL)
    survey = survey_row(number)

    with looking(of_all()):
        sealed = bytes(SurveyAnswer.objects.get().sealed)

    assert json.loads(keyring().unseal(sealed, answering.envelope(survey)))["values"] == ALL_WELL


def test_a_question_with_few_dissatisfied_is_put_together_and_its_mean_says_no_tenths(cast: Cast) -> None:
    number = running(cast)
    levels = ["1"] * 30 + ["2"] * 17 + ["5"] * 3
    answered(cast, number, [values | {"law": level} for values, level in zip(varied(50), levels, strict=True)])

    cast.do("survey.close", "district", survey=number, sure=True)

    law = next(one for one in survey_row(number).result["questions"] if one["code"] == "law")
    assert law["cells"] == []
    assert law["index"]["low"] is None
    assert law["index"]["mean"].isdecimal()


def test_levels_are_put_together_as_far_as_it_takes_and_no_further(cast: Cast) -> None:
    number = running(cast)
    levels = ["1"] * 30 + ["2"] * 13 + ["3"] * 4 + ["5"] * 3
    answered(cast, number, [values | {"law": level} for values, level in zip(varied(50), levels, strict=True)])

    cast.do("survey.close", "district", survey=number, sure=True)

    result = survey_row(number).result["questions"]
    law = next(one for one in result if one["code"] == "law")
    assert law["cells"] == [{"values": ["1", "2"], "count": 43}, {"values": ["3", "4", "5"], "count": 7}]
    assert not any(0 < cell["count"] < 5 for one in result for cell in one["cells"])
