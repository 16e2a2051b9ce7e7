# SPDX-License-Identifier: MulanPSL-2.0
"""A survey in the browser: the district opens and draws, a household answers on its phone, the street enters paper, the district closes, and the figure moves."""

import pytest

from linli.core.sight import looking, of_all
from linli.measures.models import Survey
from tests.measures.surveys import enter, lines, plant_households
from tests.measures.test_surveys import varied
from tests.stories.conftest import DESK, Stage

pytestmark = [pytest.mark.story, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_a_survey_from_the_draw_to_the_figure(stage: Stage) -> None:
    plant_households(90)
    officer = stage.page("district", viewport=DESK)
    officer.goto(f"{stage.url}/desk/surveys/")
    officer.get_by_label("槐安社区（海棠区 槐荫街道）").check()
    officer.get_by_label("居民满意度调查").check()
    officer.get_by_role("button", name="开展", exact=True).click()
    officer.get_by_role("button", name="抽取住户").click()
    officer.get_by_text("已抽样。").wait_for()
    officer.get_by_role("link", name="答卷码").click()
    officer.get_by_role("button", name="生成并显示答卷码").click()
    code = officer.locator(".slip .big-code").first.inner_text()
    stage.picture(officer, "survey-slips")
    with looking(of_all()):
        number = Survey.objects.get().pk

    phone = stage.page(java_script_enabled=False)
    phone.goto(f"{stage.url}/survey/")
    phone.get_by_label("答卷码").fill(code)
    phone.get_by_role("button", name="开始答卷").click()
    stage.picture(phone, "survey-phone")
    for question in phone.locator("fieldset").all():
        question.locator("input").first.check()
    phone.get_by_role("button", name="交卷").click()
    phone.get_by_role("heading", name="谢谢您").wait_for()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390

    street = stage.page("dispatcher", viewport=DESK)
    street.goto(f"{stage.url}/desk/surveys/{number}/roll")
    stage.picture(street, "survey-roll")
    street.get_by_role("link", name="录入答卷").first.click()
    for question in street.locator("fieldset").all()[1:]:
        question.locator("input").nth(1).check()
    street.get_by_role("button", name="录入", exact=True).click()
    street.get_by_text("已录入。").wait_for()
    for line, values in zip(lines(number), varied(48), strict=True):
        enter(stage.cast, line.pk, values)

    officer.goto(f"{stage.url}/desk/surveys/{number}/")
    officer.get_by_text("结束后不再收答卷").wait_for(state="attached")
    officer.locator("summary", has_text="结束调查").click()
    officer.get_by_label("是", exact=True).check()
    officer.get_by_role("button", name="结束调查").click()
    officer.get_by_text("与名册一致").wait_for()
    stage.picture(officer, "survey-result")
    assert officer.get_by_text("样本不足").count() == 0
    officer.goto(f"{stage.url}/desk/results/{lines(number, 'answered')[0].area}/D4-17/")
    officer.get_by_role("link", name="居民调查（汇总）").first.wait_for()
    assert stage.complaints == []
