# SPDX-License-Identifier: MulanPSL-2.0
"""填表 on the desk: brought, matched, filled, fetched; nobody else's forms, nothing typed is lost."""

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from linli.core import clock
from linli.core.sight import looking, of_all
from linli.elements.filling import working
from linli.elements.models import Filling, Template
from tests.cast import COMMUNITY, COMMUNITY2, GRID, STREET, Cast
from tests.elements.filling.forms import bring, content_of, elders, fill, match, newest, summary
from tests.faces.browsers import signed_in
from tests.residents import house, number_of, plant

pytestmark = pytest.mark.django_db
FILE = "老人表.xlsx"


def resident(serial: int = 1) -> None:
    house(plant(GRID, "张桂兰", serial, born_on=date(1940, 5, 6)))


def send(client: Client, content: bytes, name: str = "老年人花名册") -> Any:
    return client.post(reverse("desk:templates"), {"name": name, "file": SimpleUploadedFile(FILE, content)})


def chosen(template: int, **more: Any) -> dict[str, Any]:
    issue = newest(template)
    return {"issue": issue.number, "name": issue.template.name, "source": issue.source} | {f"takes.{place}": one["takes"] for place, one in enumerate(issue.columns)} | more


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_form_goes_from_upload_through_matching_and_filling_to_the_file(cast: Cast) -> None:
    resident()
    client = signed_in("director")

    answer = send(client, content_of(elders()))
    template = Template.objects.get().pk
    assert (answer.status_code, answer.url) == (303, reverse("desk:template_columns", args=[template]))
    page = text(client.get(answer.url))
    assert "表头在第 3 行到第 3 行" in page
    assert "张桂兰" in page
    assert number_of(1) not in page
    assert "平台不登记这类内容" in page
    assert client.post(answer.url, chosen(template, from_age="60")).status_code == 303
    asked = client.post(reverse("desk:template", args=[template]), {"area": str(COMMUNITY), "day": clock.today().isoformat()})
    assert asked.status_code == 303
    with looking(of_all(), read_only=True):
        filling = Filling.objects.get().pk
    assert "正在填" in text(client.get(asked.url)) or "排队中" in text(client.get(asked.url))
    working.work(filling)

    result = text(client.get(asked.url))
    assert "已填好" in result
    assert "是否领取高龄津贴" in result
    assert "按掩码填" in result
    file = client.post(reverse("desk:filling_fetch", args=[filling]))
    sheet = openpyxl.load_workbook(io.BytesIO(file.content)).active
    assert (sheet["B4"].value, sheet["A1"].value) == ("张桂兰", "60岁以上老年人花名册")
    assert "private, no-store" in file.headers["Cache-Control"]
    assert "是否领取高龄津贴" in text(client.get(reverse("desk:template_lacks")))
    assert FILE not in text(client.get(reverse("desk:templates")))


@pytest.mark.parametrize(("content", "said"), [(b"\xd0\xcf\x11\xe0", "另存为 .xlsx"), (b"PK\x03\x04broken", "损坏"), (b"a,b\n1,2", "另存为 .xlsx")])
def test_what_cannot_be_a_form_is_refused_in_the_form_and_the_name_stays(cast: Cast, content: bytes, said: str) -> None:
    answer = send(signed_in("director"), content, "我的表名")

    assert answer.status_code == 422
    assert said in text(answer)
    assert "我的表名" in text(answer)
    assert not Template.objects.exists()


def test_another_choice_of_rows_proposes_anew_and_saves_nothing(cast: Cast) -> None:
    template = bring(cast, elders())
    page = text(signed_in("director").post(reverse("desk:template_columns", args=[template]), chosen(template, source="household", again="1")))

    assert '<option value="household" selected>' in page
    assert '<option value="dwelling.address" selected>' in page
    assert Template.objects.get(pk=template).current is None


def test_a_wrong_matching_keeps_what_was_chosen(cast: Cast) -> None:
    template = bring(cast, elders())
    answer = signed_in("director").post(reverse("desk:template_columns", args=[template]),
                                        chosen(template, **{"takes.8": "fixed", "fixed.8": "都没有", "from_age": "90", "to_age": "60"}))

    assert answer.status_code == 422
    assert "年龄上限不能小于下限" in text(answer)
    assert 'value="都没有"' in text(answer)


def test_communities_see_the_forms_of_their_street_and_cannot_change_them(cast: Cast) -> None:
    template = bring(cast, elders(), by="dispatcher", name="街道的表")
    match(cast, template, by="dispatcher")
    client = signed_in("director")

    assert "街道的表" in text(client.get(reverse("desk:templates")))
    page = text(client.get(reverse("desk:template", args=[template])))
    assert "填这张表" in page
    assert "维护这份表样" not in page
    assert str(COMMUNITY2) not in page
    assert client.post(reverse("desk:template_do", args=[template, "end"])).status_code == 403
    assert "街道的表" not in text(signed_in("director2").get(reverse("desk:templates"))) or cast.director2.lo == COMMUNITY2
    assert signed_in("dispatcher2").get(reverse("desk:template", args=[template])).status_code == 404


def test_a_post_that_sees_no_residents_is_told_who_fills_the_form(cast: Cast) -> None:
    resident()
    template = bring(cast, elders(), by="dispatcher")
    match(cast, template, by="dispatcher")
    client = signed_in("dispatcher")

    assert "由社区填写" in text(client.get(reverse("desk:template", args=[template])))
    assert "张桂兰" not in text(client.get(reverse("desk:template_columns", args=[template])))


def test_ended_and_taken_up_again(cast: Cast) -> None:
    template = bring(cast, elders())
    match(cast, template)
    client = signed_in("director")

    client.post(reverse("desk:template_do", args=[template, "end"]))
    assert "已停用" in text(client.get(reverse("desk:template", args=[template])))
    client.post(reverse("desk:template_do", args=[template, "restore"]))
    assert "填这张表" in text(client.get(reverse("desk:template", args=[template])))
    assert client.post(reverse("desk:template_do", args=[template, "other"])).status_code == 404


def test_a_new_issue_comes_by_the_page_of_the_form(cast: Cast) -> None:
    template = bring(cast, elders())
    match(cast, template)
    client = signed_in("director")

    wrong = client.post(reverse("desk:template_renew", args=[template]), {"re-file": SimpleUploadedFile(FILE, b"%PDF")})
    answer = client.post(reverse("desk:template_renew", args=[template]), {"re-file": SimpleUploadedFile(FILE, content_of(elders(rows=8)))})

    assert (wrong.status_code, answer.status_code) == (422, 303)
    assert "新版还没有确认" in text(client.get(reverse("desk:template", args=[template])))


def test_a_colleague_above_sees_the_filling_and_fetches_nothing(cast: Cast) -> None:
    resident()
    template = bring(cast, elders())
    match(cast, template)
    filling = fill(cast, template, COMMUNITY).pk
    client = signed_in("dispatcher")

    assert "只有填表的人能下载" in text(client.get(reverse("desk:filling", args=[filling])))
    assert client.post(reverse("desk:filling_fetch", args=[filling])).status_code == 403
    assert signed_in("director2").get(reverse("desk:filling", args=[filling])).status_code == 404
    assert signed_in("director2").post(reverse("desk:filling_fetch", args=[filling])).status_code == 404


def test_the_city_reads_what_forms_ask_and_is_not_held(cast: Cast) -> None:
    match(cast, bring(cast, summary(), by="dispatcher", name="汇总"), by="dispatcher")

    page = text(signed_in("city").get(reverse("desk:template_lacks")))

    assert "党员数" in page
    assert "街道办一" in page
    assert STREET


def test_the_pages_ask_the_database_a_fixed_number_of_times(cast: Cast, django_assert_max_num_queries: Any) -> None:
    resident()
    for place in range(6):
        template = bring(cast, elders(), name=f"表{place}")
        match(cast, template)
    filling = fill(cast, template, COMMUNITY).pk
    client = signed_in("director")

    for name, args, most in (("templates", [], 12), ("template", [template], 16), ("template_columns", [template], 20), ("filling", [filling], 10), ("template_lacks", [], 10)):
        client.get(reverse(f"desk:{name}", args=args))
        with django_assert_max_num_queries(most):
            assert client.get(reverse(f"desk:{name}", args=args)).status_code == 200
