# SPDX-License-Identifier: MulanPSL-2.0
"""An import in the browser: a file is received, a service decided, started, looked at, and withdrawn."""

import json
from pathlib import Path

import pytest

from linli.matters.models import ForeignImport
from tests.matters.foreign_cast import SYSTEM, Desk, matters, opened, request
from tests.stories.conftest import DESK, Stage

pytestmark = [pytest.mark.story, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_an_administrator_imports_and_withdraws(stage: Stage, tmp_path: Path, scripts: bool) -> None:
    desk, file = Desk(stage.cast), tmp_path / "north.json"
    file.write_text(json.dumps([request(), opened(), opened("bad", lat=None)]), "utf-8")
    page = stage.page("sysadmin", viewport=DESK, java_script_enabled=scripts)
    page.goto(f"{stage.url}/desk/foreign/")
    page.locator("input[name=system]").fill(SYSTEM)
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="收下并检查").click()
    page.get_by_role("heading", name=f"导入：{SYSTEM}").wait_for()
    number = desk.worked(ForeignImport.objects.get().pk)

    page.goto(f"{stage.url}/desk/foreign/{number}/")
    page.get_by_role("link", name="确定 Pothole in Street").click()
    page.locator("select[name=category]").select_option(str(stage.cast.category))
    page.get_by_role("button", name="保存").click()
    page.get_by_role("heading", name=f"导入：{SYSTEM}").wait_for()
    desk.worked(number)
    page.goto(f"{stage.url}/desk/foreign/{number}/")
    stage.picture(page, f"foreign-ready-{scripts}")
    page.get_by_role("button", name="开始导入").click()
    page.get_by_text("正在导入").first.wait_for()
    desk.worked(number)

    page.goto(f"{stage.url}/desk/foreign/{number}/")
    assert page.get_by_text("没有经纬度，不知道在哪个社区。").first.is_visible()
    assert {one.phase for one in matters()} == {"captured", "archived"}
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="撤回这次导入").click()
    page.get_by_text("正在撤回").first.wait_for()
    desk.worked(number)
    page.goto(f"{stage.url}/desk/foreign/{number}/")
    assert page.get_by_text("已撤回").first.is_visible()
    assert {one.source for one in matters()} == {"withdrawn"}
