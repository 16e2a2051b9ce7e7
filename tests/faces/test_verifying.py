# SPDX-License-Identifier: MulanPSL-2.0
"""Checking publications and open data through HTTP, as anybody does."""

import csv
import io
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from linli.core import editions
from linli.core.sight import looking, of_all
from linli.elements.places import find_place
from linli.measures import seeding
from linli.titles.models import Batch, Title
from tests import closings
from tests.cast import COMMUNITY, COMMUNITY2, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def digest(cast: Cast, settings: Any) -> str:
    """The digest of something that was published."""
    seeding.seed()
    settings.REPORT_LIMIT = 0
    editions.forget_all()
    return closings.publication()


def sent(client: Client, raw: bytes) -> str:
    answer = client.post("/verify/", {"file": SimpleUploadedFile("a.json", raw, "application/json")})
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_anybody_downloads_a_publication_and_has_it_checked(client: Client, digest: str) -> None:
    file = client.get(f"/publications/{digest}.json")

    assert file.status_code == 200
    assert json.loads(file.content)["digest"] == digest
    assert "对得上" in sent(client, file.content)


def test_a_changed_file_is_refused_and_the_change_is_named(client: Client, digest: str) -> None:
    file = json.loads(client.get(f"/publications/{digest}.json").content)
    file["publication"]["communities"][0]["name"] = "<script>别的社区"

    text = sent(client, json.dumps(file).encode())

    assert "对不上" in text
    assert "communities" in text
    assert "<script>别的" not in text


def test_a_digest_is_looked_up_and_an_unknown_one_is_told_so(client: Client, digest: str) -> None:
    assert "对得上" in client.get("/verify/", {"digest": digest.upper()}).content.decode()
    assert "没有发布过" in client.get("/verify/", {"digest": "0" * 64}).content.decode()
    assert client.get(f"/publications/{'0' * 64}.json").status_code == 404
    assert client.post("/verify/", {}).status_code == 422


def test_the_list_of_publications_takes_one_query(client: Client, digest: str) -> None:
    client.get("/verify/")
    with CaptureQueriesContext(connection) as asked:
        text = client.get("/verify/").content.decode()

    assert digest in text
    assert sum("measures_publication" in one["sql"] for one in asked.captured_queries) == 1


def file_of(client: Client, name: str) -> bytes:
    answer = client.get(f"/open/{name}")
    assert answer.status_code == 200, name
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def test_open_data_name_the_named_and_the_revoked_in_order_of_area(client: Client, digest: str) -> None:
    batch = Batch.objects.create(kind="beautiful_community", ordinal=9, year=2025, state="named")
    with looking(of_all()):
        for area, gone in ((COMMUNITY2, None), (COMMUNITY, None), (COMMUNITY, "2025-03-01")):
            place = find_place(area)
            assert place is not None
            Title.objects.create(area=area, place=place.id, kind="beautiful_community", batch=batch, origin="naming", document_no="=cmd()", revoked_on=gone)

    rows = [one for one in csv.DictReader(io.StringIO(file_of(client, "named.csv").decode("utf-8-sig"))) if not one["area"].startswith("# 演示数据")]
    gone_rows = json.loads(file_of(client, "revoked.json"))["rows"]

    assert [int(one["area"]) for one in rows] == [COMMUNITY, COMMUNITY2]
    assert {one["document_no"] for one in rows} == {"'=cmd()"}
    assert [(one["area"], one["revoked_on"]) for one in gone_rows] == [(COMMUNITY, "2025-03-01")]


def test_open_data_of_publicity_come_from_the_newest_publication_of_a_batch_in_publicity(client: Client, digest: str) -> None:
    assert json.loads(file_of(client, "publicity.json"))["rows"] == []
    Batch.objects.create(pk=1, kind="beautiful_community", ordinal=9, year=2025, state="publicity")

    rows = json.loads(file_of(client, "publicity.json"))["rows"]

    assert [(one["area"], one["publication"]) for one in rows] == [(COMMUNITY, digest)]


def test_open_results_exist_for_closed_years_only_and_hold_neither_total_nor_grade(client: Client, digest: str, cast: Cast) -> None:
    assert client.get(f"/open/results/{closings.PERIOD}.csv").status_code == 404
    closings.closing(cast)

    text = file_of(client, f"results/{closings.PERIOD}.csv").decode("utf-8-sig")

    assert "reached" in text.splitlines()[0]
    assert not {"grade", "total"} & set(text.splitlines()[0].split(","))
    assert client.get("/open/results/2026.csv").status_code == 404
    assert client.get("/open/named.xml").status_code == 404
    assert "dimension" in client.get("/open/dictionary.json").json()["columns"]
    assert closings.PERIOD in client.get("/open/").content.decode()
