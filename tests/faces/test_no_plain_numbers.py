# SPDX-License-Identifier: MulanPSL-2.0
"""A dump of the database, the files on disk and the logs hold no readable identity number and no phone, in whatever writing."""

import base64
import logging
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from linli.core import due, seals
from linli.core.faults import Fault
from linli.core.sight import looking, of_all
from linli.doors import cookies
from linli.elements import sessions
from linli.elements.models import Account
from tests.cast import COMMUNITY, GRID, GRID2, Cast
from tests.residents import EMPLOYER, PHONE, house, number_of, plant

pytestmark = pytest.mark.django_db
REPORTER = "13800007788"
TYPED = "13600005566"
FAULTY = number_of(5)[:-1] + ("0" if number_of(5)[-1] != "0" else "1")
SECRETS = (PHONE, REPORTER, TYPED, EMPLOYER, FAULTY, *(number_of(serial) for serial in (1, 2, 5)))


def writings(secret: str) -> set[str]:
    """How a secret might still be read out of a dump: plain, in hexadecimal (bytea), in base 64 at any offset, with gaps."""
    raw = secret.encode()
    found = {secret, raw.hex(), " ".join(secret), f"{secret[:3]}-{secret[3:7]}-{secret[7:]}", f"{secret[:3]} {secret[3:7]} {secret[7:]}"}
    for shift in range(3):
        whole = base64.b64encode(b"\0" * shift + raw).decode()
        found.add(whole[4 if shift else 0:-4])
    return found


def dump() -> str:
    """Every row of every table as text, as the owner reads them."""
    parts = []
    with connection.cursor() as cursor:
        cursor.execute("select quote_ident(tablename) from pg_tables where schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f"select t::text from {table} t")
            parts += [row[0] for row in cursor.fetchall()]
    return "\n".join(parts)


def live_a_day(cast: Cast) -> None:
    """Everything that touches numbers: people kept, looked at, asked for, corrected, reported, refused."""
    person, _other = plant(GRID, serial=1), plant(GRID2, serial=2)
    house(person)
    cast.do("register.reveal", "gridworker", register="person", record=person.pk, column="id_number", purpose="visit", reason="核对证件")
    code = cast.do("person.give_code", "gridworker", person=person.pk, seen="card")["code"]
    cast.do("proposal.make", code=code, phone=TYPED)
    cast.do("own.export", code=code, proof=number_of(1)[-4:])
    cast.report(contact_name="甲", contact_phone=REPORTER)
    for given in ({"id_number": number_of(2)}, {"id_number": number_of(5)}, {"id_number": FAULTY}):
        try:
            cast.do("person.claim", "gridworker", name="钱多多", area=COMMUNITY, reason="living", **given)
        except Fault as fault:
            logging.getLogger("linli.test").warning("Refused: %s", fault)
    client = Client(raise_request_exception=False)
    client.cookies[cookies.SESSION] = sessions.open_for(Account.objects.get(username="gridworker")).cookie
    client.post("/desk/transfers/ask", {"id_number": FAULTY, "name": "钱多多", "area": str(COMMUNITY), "reason": "living"})
    client.post(f"/desk/person/{person.pk}/protection/reveal", {"reveal-column": "phone", "reveal-purpose": "visit", "reveal-reason": "x"})
    client.get(f"/desk/transfers/?before={number_of(1)}")
    Client(raise_request_exception=False).post("/own/enter", {"code": number_of(1)})
    due.drain()
    seals.seal()


def test_neither_database_nor_logs_nor_files_hold_a_readable_number(cast: Cast, caplog: pytest.LogCaptureFixture, settings: Any, tmp_path: Path) -> None:
    settings.EXPORT_ROOT = settings.EVIDENCE_ROOT = settings.LETTERS_ROOT = tmp_path
    caplog.set_level(logging.DEBUG, logger="linli")
    live_a_day(cast)

    text = dump() + "\n".join(record.getMessage() for record in caplog.records)
    text += "".join(path.read_bytes().decode("latin-1") for path in tmp_path.rglob("*") if path.is_file())

    assert [secret for secret in SECRETS if any(one in text for one in writings(secret))] == []
    assert "钱多多" in text  # the dump does hold what is plain by its class: the look itself is not blind


def test_the_look_for_numbers_would_find_one(cast: Cast) -> None:
    with looking(of_all()), connection.cursor() as cursor:
        cursor.execute("update elements_person set fields = %s where id = %s", ['{"note": "13900001234"}', plant(GRID).pk])

    assert PHONE in dump()


@pytest.mark.parametrize("shift", [0, 1, 2])
def test_base_64_is_seen_through_at_any_offset(shift: int) -> None:
    text = base64.b64encode(b"x" * shift + PHONE.encode() + b"yz").decode()

    assert any(one in text for one in writings(PHONE))
