# SPDX-License-Identifier: MulanPSL-2.0
"""The parts of the bench that decide what a figure means."""

import http.server
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import loads, machine, recordings, results, serverlog

LOG = """2026-11-23 07:00:00.000 UTC [1] linli_app@linli web LOG:  statement: BEGIN
2026-11-23 07:00:00.001 UTC [1] linli_app@linli web LOG:  statement: insert into "matters_matter" ("summary") values ('a; b') returning "id"
2026-11-23 07:00:00.002 UTC [2] linli_app@other web LOG:  statement: select 1
2026-11-23 07:00:00.003 UTC [1] linli_app@linli web LOG:  statement: insert into "matters_move" ("matter_id") values (7);
\tinsert into core_due (subject) values (7)
2026-11-23 07:00:00.003 UTC [3] linli_app@linli worker LOG:  statement: select 2
2026-11-23 07:00:00.004 UTC [1] linli_app@linli web LOG:  statement: COMMIT
2026-11-23 07:00:00.005 UTC [1] linli_app@linli web LOG:  checkpoint starting: time
"""


@pytest.fixture
def port() -> Iterator[int]:
    """A server that answers every GET with 200 and every POST with 404."""

    class Answers(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", "0")))
            self.send_response(404)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *values: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()


def test_statements_of_one_server_in_one_database_are_counted() -> None:
    said = serverlog.Said()
    for message in serverlog.messages(LOG, "linli", "web"):
        said.trips += 1
        said.statements += serverlog.parts_of(message)

    assert (said.asked, said.control, said.trips) == (3, 2, 4)


def test_a_semicolon_inside_quotes_ends_no_statement() -> None:
    assert serverlog.parts_of("insert into a values ('x; y'); select \"b;c\" from d") == ["insert into a values ('x; y')", 'select "b;c" from d']


def test_a_recording_puts_the_next_number_everywhere() -> None:
    statements = ['insert into "matters_matter" (a) values (1) returning "id"', "insert into b values (41, 'LL000000041', 'key-1', 410)", "select 1"]

    made = recordings.recorded(statements, 41, "key-1")

    assert list(made.following(52, "other")) == ["insert into b values (52, 'LL52', 'other', 410)"]


def test_a_recording_without_a_matter_is_refused() -> None:
    with pytest.raises(ValueError, match="0 inserts"):
        recordings.recorded(["select 1"], 1, "k")


def test_a_recording_survives_its_file(tmp_path: Path) -> None:
    made = recordings.Recording("insert", ("x {matter}",))
    made.write(tmp_path / "r.json")

    assert recordings.Recording.read(tmp_path / "r.json") == made


def test_percentiles_are_nearest_ranks() -> None:
    assert [loads.percentile([float(number) for number in range(1, 101)], share) for share in (50, 95, 99)] == [50.0, 95.0, 99.0]
    assert loads.percentile([], 95) == 0.0


def test_marks_are_filled_in_anew() -> None:
    assert loads.filled("{{hex}}", 1) != loads.filled("{{hex}}", 1)
    assert loads.filled("{{seq}}-{{pick:a|a}}", 3) == "3-a"


def test_our_own_load_counts_good_answers(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loads.shutil, "which", lambda name: None)

    found = loads.run(port, loads.Request("/"), clients=2, seconds=0.3)

    assert found.by == "python"
    assert found.good > 0
    assert found.wrong == found.lost == 0


def test_refused_requests_are_not_counted_as_good(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loads.shutil, "which", lambda name: None)

    found = loads.run(port, loads.Request("/", "POST", "{}"), clients=1, seconds=0.2)

    assert found.good == 0
    assert found.wrong > 0


def test_the_machine_sees_what_we_spend() -> None:
    with machine.watched({"us": os.getpid()}) as used:
        sum(number * number for number in range(1_500_000))

    assert used.cpu["us"] > 0
    assert used.wall > 0


def test_rows_are_kept_as_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    results.show("reports", [{"what": "linli", "per_second": 123.456}, {"what": "floor", "clients": 8}], tmp_path / "out.jsonl")

    kept = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert kept[0] == {"bench": "reports", "what": "linli", "per_second": 123.456}
    assert "clients" in capsys.readouterr().out
