# SPDX-License-Identifier: MulanPSL-2.0
"""The installation's keyring: read from the secret file, and read again when that file was replaced, so that a new key needs no restart."""

import json
import os
import secrets
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from linli.core.protection import KEY_BYTES, Keyring

Stamp = tuple[int, int] | None


def keyring() -> Keyring:
    """The keys of this installation; ValueError with a sentence when the secret file is wrong."""
    return _read(_stamp())


def _stamp() -> Stamp:
    """What changes whenever the secret file is replaced; None while there is none (a test's settings stand alone then)."""
    try:
        found = Path(settings.SECRET_FILE).stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino


@lru_cache(maxsize=1)
def _read(stamp: Stamp) -> Keyring:
    found: Mapping[str, Any] = settings.KEYS
    if stamp is not None:
        found = json.loads(Path(settings.SECRET_FILE).read_text("utf-8"))
    return Keyring.from_secrets(found, settings.KEYS["suite"])


def add_version(*, in_use: bool = True) -> int:
    """Put a fresh key into the secret file and answer its version. With `in_use` new values are sealed under it at once.

    An installation with several machines carries the file to all of them with `in_use` False first, then calls `use`.
    """
    path = Path(settings.SECRET_FILE)
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    before = keyring().current
    version = max(int(one) for one in found["keys"]) + 1
    found["keys"] = {**found["keys"], str(version): secrets.token_hex(KEY_BYTES)}
    found["current"] = version if in_use else before
    _write(path, found)
    return version


def use(version: int) -> None:
    """Seal new values under this version from now on. LookupError when the file has no such key."""
    path = Path(settings.SECRET_FILE)
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    if str(version) not in found["keys"]:
        raise LookupError(f"The secret file has no key of version {version}; it has {sorted(found['keys'])}.")
    _write(path, found | {"current": version})


def _write(path: Path, content: Mapping[str, Any]) -> None:
    """Replace the file in one step, readable by its owner only, under the owner that it had."""
    fresh, before = path.with_name(f"{path.name}.{os.getpid()}.new"), path.stat()
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        json.dump(content, out, indent=2)
        out.flush()
        os.fsync(out.fileno())
    if os.geteuid() == 0:
        os.chown(fresh, before.st_uid, before.st_gid)
    fresh.replace(path)
