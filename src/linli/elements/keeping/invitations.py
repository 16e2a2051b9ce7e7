# SPDX-License-Identifier: MulanPSL-2.0
"""The code by which a resident reaches the page of his own corrections: whose, until which day, and a mark that only Linli can make."""

import base64
import hmac
import re
from datetime import date, timedelta

from django.db import connection

from linli.core import clock
from linli.core.faults import NotVisible
from linli.core.keys import keyring
from linli.elements.registers.records import EPOCH, epoch_day

ADDRESS = "/propose/"
"""Where the public site takes the code."""
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, U, so that a code survives being read out loud."""
CODE = re.compile(r"^([1-9][0-9]{0,17})-([0-9]{5})-([0-9A-Z]{5})-([0-9A-Z]{5})$")
SPOKEN = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V"})


def _mark(person: int, until: int) -> str:
    """Ten characters (50 bits) that cannot be guessed without the key."""
    mac = hmac.new(keyring().index_key, f"person.proposal_code:{person}:{until}".encode(), "sha256").digest()
    return base64.b32encode(mac[:10]).decode()[:10].translate(str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", ALPHABET))


def code_for(person: int, until: date) -> str:
    """The code that opens the page for one person up to and with a day, such as 1234-20780-7KQ2M-9XR4T."""
    number = epoch_day(until)
    mark = _mark(person, number)
    return f"{person}-{number}-{mark[:5]}-{mark[5:]}"


def person_by_code(code: str) -> int | None:
    """Whose code it is; None when it is wrong or over. Compared in constant time."""
    found = CODE.match(str(code).strip().upper().replace(" ", ""))
    if not found:
        return None
    person, until, given = int(found[1]), int(found[2]), (found[3] + found[4]).translate(SPOKEN)
    is_right = hmac.compare_digest(given.encode(), _mark(person, until).encode())
    return person if is_right and clock.today() <= EPOCH + timedelta(days=until) else None


def last_day(code: str) -> date:
    """The last day of a right code."""
    found = CODE.match(str(code).strip().upper().replace(" ", ""))
    if not found:
        raise NotVisible
    return EPOCH + timedelta(days=int(found[2]))


def area_of(person: int) -> int | None:
    """Where a person is kept, by the security-definer function: the one way past the fence, number to area."""
    with connection.cursor() as cursor:
        cursor.execute("select person_area(%s)", [person])
        found = cursor.fetchone()
    return found[0] if found else None
