# SPDX-License-Identifier: MulanPSL-2.0
"""Lists taken out: every row once, nothing of a neighbour, nothing that a spreadsheet would run, and a manifest that tells the truth."""

import csv
import hashlib
import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.conf import settings
from django.test import Client

from linli.core import clock, registry
from linli.core.actions import run
from linli.core.faults import Conflict, Fault, Invalid, NotAble
from linli.core.models import Export
from linli.core.sight import looking, of_all
from linli.doors import cookies, exports
from linli.elements import sessions
from linli.elements.models import Account
from tests.cast import COMMUNITY, COMMUNITY3, HOSTILE, STREET, STREET2, Cast

FORMULAS = ("=cmd|' /C calc'!A0", "+1+1", "-2", "@SUM(A1)", "\t=1")


@pytest.fixture(autouse=True)
def place_of_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "EXPORT_ROOT", tmp_path / "exports")
    return tmp_path


def taken_out(cast: Cast, who: str, listing: str = "matters", form: str = "csv", **given: str) -> Export:
    """Ask for an export and write it, as the worker would."""
    asked = run("export.make", getattr(cast, who), {"listing": listing, "form": form, "given": json.dumps(given)})
    exports.write(asked["export"])
    with looking(of_all(), read_only=True):
        return Export.objects.get(pk=asked["export"])


def opened(export: Export) -> tuple[list[list[str]], dict[str, Any]]:
    """The rows with their head, and the manifest, of a CSV export."""
    with zipfile.ZipFile(exports.path_of(export)) as archive:
        content = archive.read("list.csv")
        manifest = json.loads(archive.read("manifest.json"))
    assert manifest["sha256_of_list_csv"] == hashlib.sha256(content).hexdigest()
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")))), manifest


def test_every_matter_within_the_post_comes_out_once_and_none_of_a_neighbour(cast: Cast) -> None:
    mine = [cast.report()["number"] for _ in range(5)]
    cast.report(area=COMMUNITY3)

    rows, manifest = opened(taken_out(cast, "dispatcher"))

    assert [row[0] for row in rows[1:]] == mine[::-1]
    assert manifest["rows"] == 5
    assert manifest["range"] == [STREET, STREET + 1_000_000]
    assert {"name": "summary", "title": "问题描述"} in manifest["columns"]
    assert len(rows[0]) == len(manifest["columns"]) == len(rows[1])
    assert HOSTILE in rows[1]


def test_a_text_that_a_spreadsheet_would_run_is_made_harmless_in_both_forms(cast: Cast) -> None:
    for text in FORMULAS:
        cast.report(summary=f"{text} x", address=text.strip())

    rows, _ = opened(taken_out(cast, "dispatcher"))
    book = openpyxl.load_workbook(exports.path_of(taken_out(cast, "dispatcher", form="xlsx")), read_only=True)

    assert not [cell for row in rows for cell in row if cell.startswith(exports.FORMULA)]
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert "=cmd|' /C calc'!A0" in {cell.value for cell in cells}


def test_the_workbook_carries_its_manifest_on_the_second_sheet(cast: Cast) -> None:
    cast.report()
    book = openpyxl.load_workbook(exports.path_of(taken_out(cast, "dispatcher", form="xlsx")))

    told = {row[0]: row[1] for row in book.worksheets[1].iter_rows(values_only=True)}

    assert book.worksheets[0].max_row == 2
    assert told["rows"] == "1"
    assert told["list"] == "事项"


def test_the_filter_of_the_list_is_the_filter_of_the_file(cast: Cast) -> None:
    cast.walk(cast.report()["number"], "filed")
    open_one = cast.report()["number"]

    rows, manifest = opened(taken_out(cast, "dispatcher", phase="captured"))

    assert [row[0] for row in rows[1:]] == [open_one]
    assert manifest["filter"] == {"phase": "captured"}


def test_a_filter_that_does_not_exist_is_refused_and_nothing_waits(cast: Cast) -> None:
    for given in ('{"phase": "nowhere"}', '{"area": "120102000000000"}', "[1]", "not json"):
        with pytest.raises(Invalid):
            run("export.make", cast.dispatcher, {"listing": "matters", "form": "csv", "given": given})
    with pytest.raises(Fault):
        run("export.make", cast.dispatcher, {"listing": "accounts", "form": "csv"})
    with looking(of_all(), read_only=True):
        assert not Export.objects.exists()


@pytest.mark.parametrize("who", ["gridworker", "handler", "verifier", "sysadmin"])
def test_a_post_that_may_not_take_lists_out_is_refused(cast: Cast, who: str) -> None:
    with pytest.raises(NotAble):
        run("export.make", getattr(cast, who), {"listing": "matters", "form": "csv"})


def test_every_list_asks_for_the_ability_of_looking_at_it(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    for one in registry.everything("listing"):
        bare = type(cast.dispatcher)(**{**vars(cast.dispatcher), "abilities": cast.dispatcher.abilities - {one.ability}})
        with pytest.raises(NotAble):
            run("export.make", bare, {"listing": one.name, "form": "csv"})


def test_a_post_that_ended_meanwhile_gets_nothing(cast: Cast) -> None:
    asked = run("export.make", cast.dispatcher, {"listing": "matters", "form": "csv"})
    run("post.end", cast.sysadmin, {"post": cast.dispatcher.post, "valid_to": clock.today().isoformat()})

    exports.write(asked["export"])

    with looking(of_all(), read_only=True):
        ended = Export.objects.get(pk=asked["export"])
    assert (ended.state, exports.path_of(ended).exists()) == ("failed", False)


def test_a_fourth_export_waits_until_one_is_done(cast: Cast) -> None:
    for _ in range(3):
        run("export.make", cast.dispatcher, {"listing": "matters", "form": "csv"})
    with pytest.raises(Conflict):
        run("export.make", cast.dispatcher, {"listing": "matters", "form": "csv"})


def test_an_export_that_was_killed_is_written_again_from_the_start(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    cast.report()
    asked = run("export.make", cast.dispatcher, {"listing": "matters", "form": "csv"})["export"]
    with looking(of_all()):
        Export.objects.filter(pk=asked).update(state="running")
    (Path(settings.EXPORT_ROOT)).mkdir()
    (Path(settings.EXPORT_ROOT) / f"{asked}.part").write_bytes(b"half")

    exports.write(asked)
    exports.write(asked)

    with looking(of_all(), read_only=True):
        ended = Export.objects.get(pk=asked)
    assert (ended.state, ended.rows) == ("done", 1)
    assert ended.sha256 == hashlib.sha256(exports.path_of(ended).read_bytes()).hexdigest()


def test_the_file_goes_to_the_account_that_asked_and_to_nobody_else(client: Client, cast: Cast) -> None:
    export = taken_out(cast, "dispatcher")
    address = f"/api/v1/exports/{export.pk}/file"

    own = client.get(address, headers=cast.headers("dispatcher"))
    content = b"".join(own.streaming_content)
    rest = client.get(address, headers=cast.headers("dispatcher") | {"Range": "bytes=10-"})

    assert content == exports.path_of(export).read_bytes()
    assert (rest.status_code, b"".join(rest.streaming_content)) == (206, content[10:])
    assert {who: client.get(address, headers=cast.headers(who)).status_code for who in ("head", "dispatcher2", "handler", "")} == {
        "head": 404, "dispatcher2": 404, "handler": 403, "": 401}


def test_a_file_is_gone_after_its_time_and_its_record_stays(client: Client, cast: Cast) -> None:
    export = taken_out(cast, "dispatcher")

    with clock.standing_at(clock.now() + timedelta(days=8)):
        exports.forget_old()

    assert not exports.path_of(export).exists()
    assert client.get(f"/api/v1/exports/{export.pk}/file", headers=cast.headers("dispatcher")).status_code == 404
    with looking(of_all(), read_only=True):
        assert Export.objects.get(pk=export.pk).state == "gone"


def test_the_journal_the_records_of_a_figure_and_the_statistics_come_out_too(cast: Cast) -> None:
    cast.walk(cast.report()["number"])
    year = str(clock.today().year)

    lines, _ = opened(taken_out(cast, "director", listing="journal"))
    behind, _ = opened(taken_out(cast, "director", listing="members", code="ES-01", area=str(COMMUNITY), period=year))
    counted, _ = opened(taken_out(cast, "director", listing="statistics", area=str(COMMUNITY), period=year))

    assert [row[3] for row in lines[1:]].count("结案") == 1
    assert [row[1] for row in behind[1:]] == ["符合"]
    assert counted[1][0] == "槐安社区"


def test_records_of_a_place_outside_are_refused(cast: Cast) -> None:
    with pytest.raises(Fault):
        run("export.make", cast.director, {"listing": "members", "form": "csv", "given": json.dumps(
            {"code": "ES-01", "area": str(STREET2), "period": "2026"})})


def test_a_full_sheet_says_that_it_was_cut(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        cast.report()
    monkeypatch.setattr(exports, "SHEET_ROWS", 2)

    export = taken_out(cast, "dispatcher", form="xlsx")

    assert (export.rows, export.is_cut) == (2, True)
    assert export.manifest["notes"]


def test_the_page_of_exports_shows_how_far_each_one_is(client: Client, cast: Cast, django_assert_max_num_queries: Any) -> None:
    taken_out(cast, "dispatcher")
    run("export.make", cast.dispatcher, {"listing": "journal", "form": "xlsx"})
    client.cookies[cookies.SESSION] = sessions.open_for(Account.objects.get(username="dispatcher")).cookie

    with django_assert_max_num_queries(12):
        page = client.get("/desk/exports/").content.decode()

    assert "可以下载" in page
    assert "排队中" in page


def test_the_button_below_a_list_takes_out_what_the_list_shows(client: Client, cast: Cast) -> None:
    cast.report()
    client.cookies[cookies.SESSION] = sessions.open_for(Account.objects.get(username="dispatcher")).cookie

    page = client.get("/desk/inbox/?phase=captured")
    sent = client.post("/desk/exports/make", page.context["takeout"] | {"form": "csv"})

    assert (sent.status_code, sent["Location"]) == (303, "/desk/exports/")
    with looking(of_all(), read_only=True):
        assert Export.objects.get().given == {"phase": "captured"}
