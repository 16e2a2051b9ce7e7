# SPDX-License-Identifier: MulanPSL-2.0
"""Matter numbers and query codes: both computed from the record's id, the code with a key that only Linli holds."""

import base64
import hmac
import re

from linli.core.keys import keyring

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, U, so that a code survives being read out loud."""
NUMBER = re.compile(r"^LL0*([1-9][0-9]{0,17})$")
CODE = re.compile(r"^([1-9][0-9]{0,17})-?([0-9A-Z]{5})-?([0-9A-Z]{5})$")
SPOKEN = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V"})


def number_of(matter: int) -> str:
    """LL and at least nine digits."""
    return f"LL{matter:09d}"


def matter_of(number: str) -> int | None:
    """The id that a number means; None when it is not a number of ours."""
    found = NUMBER.match(str(number).strip().upper())
    return int(found.group(1)) if found else None


def _mark(matter: int) -> str:
    """Ten characters (50 bits) that cannot be guessed without the key."""
    mac = hmac.new(keyring().index_key, f"matter.query_code:{matter}".encode(), "sha256").digest()
    raw = base64.b32encode(mac[:10]).decode()[:10]
    return raw.translate(str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", ALPHABET))


def query_code(matter: int) -> str:
    """What the reporter keeps: id and mark, such as 1234-7KQ2M-9XR4T."""
    mark = _mark(matter)
    return f"{matter}-{mark[:5]}-{mark[5:]}"


def matter_by_code(code: str) -> int | None:
    """The id behind a query code; None when the code is wrong. Compared in constant time."""
    found = CODE.match(str(code).strip().upper().replace(" ", ""))
    if not found:
        return None
    matter, given = int(found.group(1)), (found.group(2) + found.group(3)).translate(SPOKEN)
    return matter if hmac.compare_digest(given.encode(), _mark(matter).encode()) else None
