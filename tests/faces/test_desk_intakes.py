# SPDX-License-Identifier: MulanPSL-2.0
"""Intake on the desk: brought, looked at, taken in, fetched back, undone; nobody else's files."""

import io
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from linli.core.sight import looking, of_all
from linli.elements.intakes import working
from linli.elements.models import Intake, Person
from tests.cast import COMMUNITY, Cast
from tests.elements.intakes.tables import bring, csv_of, person, take
from tests.faces.browsers import signed_in

pytestmark = pytest.mark.django_db


def latest() -> Intake:
    with looking(of_all(), read_only=True):
        found: Intake = Intake.objects.latest("pk")
        return found


def send(client: Client, file: Any) -> Any:
    return client.post(reverse("desk:intakes"), {"up-sheet": "residents", "up-area": str(COMMUNITY), "up-file": SimpleUploadedFile(file.name, file.content)})


def test_a_file_goes_from_the_form_through_the_preview_into_the_register(cast: Cast) -> None:
    client = signed_in("director")
    lines = [person("张大山", 1), person("李小花", 2, 与户主关系="妻", 联系电话="12")]

    answer = send(client, csv_of(lines))
    assert (answer.status_code, answer.url) == (303, reverse("desk:intake", args=[latest().pk]))
    working.work(latest().pk)
    page = client.get(answer.url).content.decode()
    assert "已检查，待导入" in page
    assert "手机号应是 11 位" in page
    client.post(reverse("desk:intake_do", args=[latest().pk, "take"]))
    working.work(latest().pk)

    assert "撤销这次导入" in client.get(answer.url).content.decode()
    with looking(of_all(), read_only=True):
        assert list(Person.objects.values_list("name", flat=True)) == ["张大山"]
    back = client.post(reverse("desk:intake_given_back", args=[latest().pk]))
    assert openpyxl.load_workbook(io.BytesIO(back.content)).active.max_row == 2


def test_pasted_cells_are_a_file_too(cast: Cast) -> None:
    client = signed_in("director")
    text = csv_of([person("张大山", 1)]).content.decode().replace(",", "\t")

    answer = client.post(reverse("desk:intakes") + "?pasted", {"pa-sheet": "residents", "pa-area": str(COMMUNITY), "pa-pasted": text})
    working.work(latest().pk)

    assert answer.status_code == 303
    assert (latest().form, latest().state, latest().counts["add"]) == ("paste", "checked", 1)


def test_an_unreadable_file_is_refused_in_the_form_with_what_to_do(cast: Cast) -> None:
    client = signed_in("director")
    answer = client.post(reverse("desk:intakes"), {"up-sheet": "residents", "up-area": str(COMMUNITY), "up-file": SimpleUploadedFile("a.pdf", b"%PDF-1.4")})

    assert answer.status_code == 422
    assert "读不了这个文件" in answer.content.decode()


def test_columns_are_matched_once_and_remembered(cast: Cast) -> None:
    client = signed_in("director")
    lines = [{"人名": "张大山", "幢号": "1", "房": "101"}]
    send(client, csv_of(lines, ("人名", "幢号", "房")))
    page = client.get(reverse("desk:intake", args=[latest().pk])).content.decode()
    assert "哪一列是什么" in page
    answer = client.post(reverse("desk:intake_match", args=[latest().pk]), {"column.0": "", "column.1": "building.number", "column.2": "dwelling.room"})
    assert answer.status_code == 422
    assert "姓名" in answer.content.decode()

    client.post(reverse("desk:intake_match", args=[latest().pk]), {"column.0": "person.name", "column.1": "building.number", "column.2": "dwelling.room"})
    send(client, csv_of(lines, ("人名", "幢号", "房")))

    assert latest().state == "checking"
    assert latest().mapping == {"人名": "person.name", "幢号": "building.number", "房": "dwelling.room"}


def test_the_pages_ask_the_database_a_fixed_number_of_times(cast: Cast, django_assert_max_num_queries: Any) -> None:
    found = bring(cast, csv_of([person("张大山", 1), *(person(f"甲{'一二三四五六七八九'[place]}", place + 2, 联系电话="12", 室=f"20{place}") for place in range(9))]))
    client = signed_in("director")

    with django_assert_max_num_queries(12):
        client.get(reverse("desk:intake", args=[found.pk]))
    with django_assert_max_num_queries(12):
        client.get(reverse("desk:intakes"))


def test_a_neighbour_opens_no_file_and_fetches_no_rows(cast: Cast) -> None:
    found = take(cast, bring(cast, csv_of([person("张大山", 1)])))
    client = signed_in("director2")

    answers = [client.get(reverse("desk:intake", args=[found.pk])), client.get(reverse("desk:intake_pulse", args=[found.pk])),
               client.post(reverse("desk:intake_given_back", args=[found.pk])), client.post(reverse("desk:intake_do", args=[found.pk, "undo"]))]

    assert [one.status_code for one in answers] == [404, 404, 404, 404]


def test_an_empty_workbook_of_each_sheet_can_be_fetched(cast: Cast) -> None:
    answer = signed_in("director").get(reverse("desk:intake_blank", args=["residents"]))

    headings = [cell.value for cell in openpyxl.load_workbook(io.BytesIO(answer.content)).active[1]]
    assert {"姓名", "证件号码", "楼号"} <= set(headings)
