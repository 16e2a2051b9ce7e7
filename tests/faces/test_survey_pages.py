# SPDX-License-Identifier: MulanPSL-2.0
"""Pages of surveys: opened and drawn by the district, worked on the roll, answered by a slip, closed, read; and who is told nothing."""

from typing import Any

import pytest
from django.test import Client

from linli.core import due
from linli.core.sight import looking, of_all
from linli.measures import seeding
from linli.measures.models import Survey, SurveyAnswer, SurveyDoubt, SurveyLine
from tests.cast import COMMUNITY, HOSTILE, Cast
from tests.faces.browsers import signed_in
from tests.measures.surveys import LEVEL_QUESTIONS, answered, lines, plant_households, running, survey_row
from tests.measures.test_surveys import slips, varied

pytestmark = pytest.mark.django_db
ANSWERS = dict.fromkeys(LEVEL_QUESTIONS, "2") | {"covenant": "yes"}


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_district_opens_draws_and_closes_on_screen(cast: Cast) -> None:
    plant_households()
    client = signed_in("district")

    opened = client.post("/desk/surveys/", {"area": COMMUNITY, "questionnaire": "satisfaction", "idempotency": "a"})
    address = opened.headers["Location"]
    before = text(client.get(address))
    client.post(f"{address}do/draw", {"idempotency": "b"})
    running_page = text(client.get(address))
    refused = client.post(f"{address}do/close", {"idempotency": "c", "sure": "false"})
    client.post(f"{address}do/close", {"idempotency": "d", "sure": "true"})
    after = text(client.get(address))

    assert "下一步：抽样" in before
    assert "结束后公布" in running_page
    assert refused.status_code == 409
    assert "样本不足" in after
    assert "与名册一致" in after
    assert "槐安社区" in text(client.get("/desk/surveys/"))


def test_the_roll_takes_notes_and_answers_and_never_shows_one(cast: Cast) -> None:
    number = running(cast)
    first, second = lines(number)[:2]
    client = signed_in("dispatcher")

    page = text(client.get(f"/desk/surveys/{number}/roll"))
    entered = client.post(f"/desk/surveys/roll/{first.pk}/enter", ANSWERS | {"means": "phone"})
    client.post(f"/desk/surveys/roll/{second.pk}/note", {"outcome": "refused"})
    again = client.post(f"/desk/surveys/roll/{first.pk}/enter", ANSWERS | {"means": "phone"})
    wrong = client.post(f"/desk/surveys/roll/{lines(number)[3].pk}/enter", {"means": "paper", "law": HOSTILE})
    after = text(client.get(f"/desk/surveys/{number}/roll"))

    assert "槐安里9号楼1门" in page
    assert entered.status_code == 303
    assert again.status_code == 409
    assert wrong.status_code == 422
    assert "<script>alert" not in text(wrong)
    assert "槐安里9号楼1门" in text(client.get(f"/desk/surveys/{number}/roll?only=drawn"))
    assert "谢绝" in after
    assert "电话" in after
    assert "满意</" not in after.replace("满意度", "")


def test_slips_are_shown_once_and_a_household_answers_without_an_account(cast: Cast) -> None:
    number = running(cast)
    officer, resident = signed_in("district"), Client()

    shown = officer.post(f"/desk/surveys/{number}/slips", {"idempotency": "x"})
    again = officer.post(f"/desk/surveys/{number}/slips", {"idempotency": "x"})
    code = text(shown).split('<strong class="big-code">')[1].split("<")[0]
    asked = resident.post("/survey/", {"code": code.lower()})
    sent = resident.post("/survey/answer", {"code": code, **ANSWERS})
    second = resident.post("/survey/answer", {"code": code, **ANSWERS})

    assert shown.headers["Cache-Control"] == "no-store"
    assert code not in text(again)
    assert "您满意吗" in text(asked)
    assert code not in asked.request["PATH_INFO"]
    assert sent.headers["Location"] == "/survey/done"
    assert second.headers["Location"] == "/survey/"
    assert text(resident.get("/survey/done")).count("答卷已收到") == 1
    with looking(of_all()):
        assert SurveyAnswer.objects.filter(survey=number).count() == 1
        assert SurveyLine.objects.filter(survey=number, means="web").count() == 1


def test_a_wrong_code_and_an_empty_answer_are_told_kindly_and_nothing_typed_is_lost(cast: Cast) -> None:
    number = running(cast)
    code = slips(cast, number)[0]["code"]
    resident = Client()

    wrong = resident.post("/survey/", {"code": HOSTILE})
    empty = resident.post("/survey/answer", {"code": code})
    strange = resident.post("/survey/answer", {"code": code, "law": "7", "services": "3"})

    assert wrong.status_code == 422
    assert "没有找到这个答卷码" in text(wrong)
    assert empty.status_code == 422
    assert "至少回答一题" in text(empty)
    assert strange.status_code == 422
    assert 'value="3" checked' in " ".join(text(strange).split())


def test_doubts_are_decided_by_two_on_screen(cast: Cast) -> None:
    number = running(cast)
    codes = slips(cast, number)
    for place, values in enumerate(varied(6)):
        Client().post("/survey/answer", {"code": codes[place]["code"], **values})
    cast.do("survey.close", "district", survey=number, sure=True)
    with looking(of_all()):
        doubt = SurveyDoubt.objects.get(survey=number)
    district, city = signed_in("district"), signed_in("city")

    page = text(district.get(f"/desk/surveys/{number}/"))
    district.post(f"/desk/surveys/doubts/{doubt.pk}/judge", {f"d{doubt.pk}-decision": "keep", f"d{doubt.pk}-reason": "同一楼的老人用社区平板", "idempotency": "a"})
    himself = district.post(f"/desk/surveys/doubts/{doubt.pk}/confirm", {"idempotency": "b"})
    city.post(f"/desk/surveys/doubts/{doubt.pk}/confirm", {"idempotency": "c"})

    assert "同一台设备答了多份" in page
    assert himself.status_code == 403
    assert survey_row(number).state == "settled"
    assert survey_row(number).result["valid"] == 6


def test_the_figure_opens_onto_the_aggregate_and_the_final_result_stands_on_the_page(cast: Cast) -> None:
    seeding.seed()
    number = running(cast)
    answered(cast, number, varied(50))
    cast.do("survey.close", "district", survey=number, sure=True)
    while due.drain():
        pass
    client = signed_in("district")

    members = text(client.get(f"/desk/results/{COMMUNITY}/D4-17/"))
    results = text(client.get(f"/desk/results/{COMMUNITY}/"))
    page = text(client.get(f"/desk/surveys/{number}/"))
    public = text(Client().get(f"/c/{COMMUNITY}/"))

    assert f'href="/desk/surveys/{number}/"' in members
    assert "汇总</span>" in members
    assert "最终结果" in results
    assert "居民满意度" in results
    assert "满意度指数" in page
    assert "样本不足" not in page
    assert "居民怎么说" in public


def test_too_few_answers_are_labelled_inside_and_not_shown_to_the_public(cast: Cast) -> None:
    seeding.seed()
    number = running(cast)
    answered(cast, number, varied(12))
    cast.walk(cast.report()["number"])
    cast.do("survey.close", "district", survey=number, sure=True)
    while due.drain():
        pass
    client = signed_in("district")

    assert "样本不足" in text(client.get(f"/desk/results/{COMMUNITY}/"))
    assert "样本不足" in text(client.get(f"/desk/surveys/{number}/"))
    assert "居民怎么说" not in text(Client().get(f"/c/{COMMUNITY}/"))


@pytest.mark.parametrize("name", ["director", "gridworker", "handler", "head", "sysadmin"])
def test_who_is_rated_or_has_no_part_in_it_opens_no_page(cast: Cast, name: str) -> None:
    numbers = running(cast)
    client = signed_in(name)

    assert {client.get(f"/desk/surveys/{end}").status_code for end in ("", f"{numbers}/", f"{numbers}/roll", f"{numbers}/slips")} == {403}


def test_a_neighbouring_district_finds_nothing(cast: Cast) -> None:
    number = running(cast)
    line = lines(number)[0].pk
    client = signed_in("district2")

    found = {client.get(address).status_code for address in (
        f"/desk/surveys/{number}/", f"/desk/surveys/{number}/roll", f"/desk/surveys/{number}/slips", f"/desk/surveys/{number}/paper", f"/desk/surveys/roll/{line}/enter")}

    assert found == {404}


def test_the_pages_ask_a_fixed_number_of_queries(cast: Cast, django_assert_max_num_queries: Any) -> None:
    number = running(cast, households=400)
    client = signed_in("district")
    client.get(f"/desk/surveys/{number}/roll")

    with django_assert_max_num_queries(22):
        client.get(f"/desk/surveys/{number}/roll")
    with django_assert_max_num_queries(20):
        client.get("/desk/surveys/")
    with looking(of_all()):
        assert Survey.objects.count() == 1
