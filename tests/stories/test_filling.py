# SPDX-License-Identifier: MulanPSL-2.0
"""An office sends its form once more: the director brings it, matches it, has it filled, and fetches the same workbook with the rows in it."""

import io
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from linli.core.sight import looking, of_all
from linli.elements.filling import working
from linli.elements.models import Filling
from tests.cast import GRID
from tests.elements.filling.forms import content_of, elders
from tests.residents import house, number_of, plant
from tests.stories.conftest import DESK, Stage

pytestmark = [pytest.mark.story, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_form_that_came_by_mail_fills_itself(stage: Stage, tmp_path: Path, scripts: bool) -> None:
    house(plant(GRID, "张桂兰", born_on=date(1940, 5, 6)))
    form = tmp_path / "老人表.xlsx"
    form.write_bytes(content_of(elders()))
    page = stage.page("director", viewport=DESK, java_script_enabled=scripts)

    page.goto(f"{stage.url}/desk/templates/")
    page.get_by_label("表样名称").fill("老年人花名册")
    page.get_by_label("表样文件").set_input_files(form)
    page.get_by_role("button", name="上传并识别表头").click()
    page.get_by_text("照现在的对应").wait_for()
    assert page.get_by_text(number_of(1)).count() == 0
    stage.picture(page, "filling-01-columns")
    page.get_by_label("只要多少周岁以上").fill("60")
    page.get_by_role("button", name="保存，以后就按这个填").click()
    page.get_by_role("heading", name="填这张表").wait_for()
    page.get_by_label("用途").select_option(label="为本人办理事项、提供服务")
    page.get_by_label("为什么要").fill("高龄津贴发放核对")
    page.get_by_role("button", name="填表", exact=True).click()
    page.get_by_role("heading", name="填表：老年人花名册").wait_for()
    with looking(of_all(), read_only=True):
        filling = Filling.objects.latest("pk").pk
    working.work(filling)
    page.reload()
    page.get_by_text("已填好").wait_for()
    stage.picture(page, "filling-02-filled")
    with page.expect_download() as fetched:
        page.get_by_role("button", name="下载填好的表").click()

    sheet = openpyxl.load_workbook(io.BytesIO(Path(fetched.value.path()).read_bytes())).active
    assert (sheet["A1"].value, sheet["B4"].value, sheet["E4"].value) == ("60岁以上老年人花名册", "张桂兰", number_of(1))
    page.goto(f"{stage.url}/desk/templates/lacks/")
    assert page.get_by_text("是否领取高龄津贴").is_visible()
