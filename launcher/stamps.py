# SPDX-License-Identifier: MulanPSL-2.0
"""What was already done for which sources, so that a second start skips it."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path


def read_stamps(file: Path) -> dict[str, str]:
    """Digest by step; empty when the file is missing or damaged, which only costs time."""
    try:
        content = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def is_done(file: Path, step: str, *, digest: str) -> bool:
    """True when this step was done for exactly these sources."""
    return read_stamps(file).get(step) == digest


def write_stamp(file: Path, step: str, *, digest: str | None) -> None:
    """Remember that a step was done for these sources; None forgets it."""
    stamps = read_stamps(file)
    stamps.pop(step, None)
    if digest is not None:
        stamps[step] = digest
    fresh = file.with_name(f"{file.name}.{os.getpid()}")
    fresh.write_text(json.dumps(stamps, indent=1, sort_keys=True), "utf-8")
    os.replace(fresh, file)


def digest_of(paths: Iterable[Path], *, root: Path) -> str:
    """A digest over names (below the root) and contents of these files; order does not matter."""
    total = hashlib.sha256()
    for path in sorted(paths):
        name = str(path.relative_to(root))
        total.update(name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()
