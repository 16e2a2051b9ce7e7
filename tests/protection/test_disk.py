# SPDX-License-Identifier: MulanPSL-2.0
"""No readable number anywhere: a real dump, the whole home and data folder byte by byte, and every log, after every way in was walked at a served site."""

import gzip
import json
import subprocess
import time
import zipfile
import zlib
from base64 import b64encode
from pathlib import Path

import psycopg
import pytest

from bench.fires.sites import Site
from linli.core.protection import masked
from tests.protection.filling import Visitor, fill
from tests.protection.marks import CONTROL, NUMBER, PHONE, Marks, contents, found_in, unpacked, writings
from tests.protection.reaching import database_of

slow = pytest.mark.slow
KEYS = ("secrets.json",)
"""What opens the values lies in the home and is no value."""
READY_SECONDS = 90


@pytest.fixture(scope="module")
def filled(site: Site) -> Marks:
    """The site after every way in was walked, after statements that failed, and after what the worker made of it all."""
    marks = Marks()
    fill(site, marks)
    _fail(site, marks)
    chief = Visitor(site, "director")
    until = time.monotonic() + READY_SECONDS
    while "排队中" in (page := chief.ask("GET", "/desk/exports/")[1].decode()) or "正在写" in page:
        assert time.monotonic() < until
        time.sleep(0.5)
    return marks


def _fail(site: Site, marks: Marks) -> None:
    """Statements of the application that the server refuses: with the value in the text, as a parameter, in a row that breaks a rule, and one that waits too long."""
    with database_of(site) as database, psycopg.connect(database.app.url(), autocommit=True) as link:
        for sql in ("select %s::bigint / 0", "select %s::text::int", "select f.x from nowhere f where f.x = %s"):
            with pytest.raises(psycopg.Error):
                link.execute(sql, [marks.phone("参数")])  # type: ignore[call-overload]
        for sql in ("select '{}'::int", "select count(*) from (select '{}' as x, pg_sleep(9)) y", "insert into elements_place (name) values ('{}')"):
            link.execute("set statement_timeout = 200")
            with pytest.raises(psycopg.Error):
                link.execute(sql.format(marks.number("语句")))  # type: ignore[call-overload]


def dumped(site: Site) -> bytes:
    """What pg_dump writes of the whole database, as text."""
    with database_of(site) as database:
        variables = database.need_owner().variables()
        return subprocess.run([str(database.program("pg_dump")), "--format=plain"], env=variables, capture_output=True, check=True).stdout


def folders(site: Site) -> list[Path]:
    """The home, and where the cluster lies."""
    return [site.home, Path(json.loads((site.home / "database.json").read_text("utf-8"))["data"])]


@slow
def test_a_dump_holds_no_readable_number(site: Site, filled: Marks) -> None:
    content = dumped(site)

    assert sorted({filled.way_of(one) for one in found_in(content)}) == []
    assert found_in(content, [CONTROL]), "the look itself is blind: words of residents are kept as they are"


@slow
def test_no_file_of_the_home_of_the_database_and_of_the_logs_holds_a_readable_number(site: Site, filled: Marks) -> None:
    with database_of(site) as database, psycopg.connect(database.need_owner().url(), autocommit=True) as link:
        link.execute("checkpoint") if link.execute("select pg_has_role(current_user, 'pg_checkpoint', 'usage')").fetchone() == (True,) else None
    found, seen, control = [], set(), 0
    for folder in folders(site):
        for name, content in contents(folder):
            seen.add(name.split("/")[0])
            control += bool(found_in(content, [CONTROL]))
            found += [(name, filled.way_of(one)) for one in found_in(content) if name not in KEYS]

    assert sorted(set(found)) == []
    assert control, "the look itself is blind"
    assert {"exports", "logs"} & seen
    assert any(name in seen for name in ("pg_wal", "data", "base"))


@slow
def test_the_server_really_refused_and_its_log_was_read(site: Site, filled: Marks) -> None:
    logs = [path for folder in folders(site) for path in folder.rglob("postgresql-*.log")]

    assert logs
    assert len(filled.ways) > 60
    assert not any(b"division by zero" in path.read_bytes() for path in logs)


@pytest.mark.parametrize("beginning", [PHONE, NUMBER])
@pytest.mark.parametrize("place", range(6))
def test_the_look_sees_through_every_writing(beginning: str, place: int) -> None:
    value, gap = beginning + "12345", b"x" * place
    for written in (value.encode(), value.encode("utf-16-le"), value.encode("utf-16-be"), value.encode("gb18030"), value.encode().hex().encode(),
                    b64encode(gap + value.encode() + b"yz"), b64encode(gap + value.encode("utf-16-le")), value.encode().hex().upper().encode()):
        assert found_in(gap + written + gap), written
    assert not found_in(masked(value).encode())
    assert len(set(writings(beginning))) > 10


def test_the_look_goes_into_archives(tmp_path: Path) -> None:
    value = f"{PHONE}0001".encode()
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("sheet.xml", b"<c>" * 500 + value)
    (tmp_path / "b").write_bytes(gzip.compress(value * 30))

    assert [name for name, content in contents(tmp_path) if found_in(content)] == ["a.xlsx!sheet.xml", "b!gz"]
    assert [bool(found_in(inside)) for _, inside in unpacked("c", zlib.compress(value * 30))] == [True]
