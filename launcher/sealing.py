# SPDX-License-Identifier: MulanPSL-2.0
"""Keys under a passphrase: run by the environment's Python, which has the cryptography that the launcher lacks.

Reads {"passphrase": ..., "content": ...} on standard input and writes JSON on standard output.
Form: AES-256-GCM under scrypt (RFC 7914) with n = 2**17, r = 8, p = 1: 128 MB and about half a second a guess (our choice).
"""

from __future__ import annotations

import base64
import json
import os
import sys
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

FORM = "linli-keys-1"
COST, BLOCK, LANES = 2**17, 8, 1


def _key(passphrase: str, header: dict[str, Any]) -> bytes:
    salt = base64.b64decode(header["salt"])
    kdf = Scrypt(salt=salt, length=32, n=header["n"], r=header["r"], p=header["p"])
    return kdf.derive(passphrase.encode())


def seal(content: dict[str, Any], *, passphrase: str) -> dict[str, Any]:
    """The content under the passphrase, with all that is needed to open it but the passphrase."""
    salt, nonce = os.urandom(16), os.urandom(12)
    header = {"form": FORM, "n": COST, "r": BLOCK, "p": LANES, "salt": base64.b64encode(salt).decode()}
    bound = json.dumps(header, sort_keys=True).encode()
    sealed = AESGCM(_key(passphrase, header)).encrypt(nonce, json.dumps(content).encode(), bound)
    return {**header, "nonce": base64.b64encode(nonce).decode(), "sealed": base64.b64encode(sealed).decode()}


def unseal(box: dict[str, Any], *, passphrase: str) -> dict[str, Any] | None:
    """The content. None when the passphrase is wrong or the box was changed."""
    header = {name: box[name] for name in ("form", "n", "r", "p", "salt")}
    if header["form"] != FORM or (header["n"], header["r"], header["p"]) != (COST, BLOCK, LANES):
        return None
    bound = json.dumps(header, sort_keys=True).encode()
    nonce, sealed = base64.b64decode(box["nonce"]), base64.b64decode(box["sealed"])
    try:
        plain = AESGCM(_key(passphrase, header)).decrypt(nonce, sealed, bound)
    except InvalidTag:
        return None
    content: dict[str, Any] = json.loads(plain)
    return content


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    work = seal if sys.argv[1] == "seal" else unseal
    json.dump(work(asked["content"], passphrase=asked["passphrase"]), sys.stdout)
