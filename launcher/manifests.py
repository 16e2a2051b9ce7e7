# SPDX-License-Identifier: MulanPSL-2.0
"""The list inside a backup: which files belong to it, their digests, and the root of the journal that they hold."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from launcher.troubles import Trouble

NAME = "manifest.json"
FORM = "linli-backup-1"


def file_digest(path: Path) -> str:
    """SHA-256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_manifest(folder: Path, *, root: str, names: list[str]) -> None:
    """The list is written last: a folder without it is not a backup."""
    files = {name: {"sha256": file_digest(folder / name), "bytes": (folder / name).stat().st_size} for name in names}
    content = {"form": FORM, "made_at": datetime.now(UTC).isoformat(timespec="seconds"), "root": root, "files": files}
    (folder / NAME).write_text(json.dumps(content, indent=2) + "\n", "utf-8")


def read_manifest(folder: Path) -> dict[str, Any]:
    """The list, after each file was found whole. Error: a sentence that names what is missing or changed."""
    try:
        content: dict[str, Any] = json.loads((folder / NAME).read_text("utf-8"))
    except (OSError, ValueError):
        raise Trouble(
            f"{folder} 里没有完整的备份。", f"{folder} does not hold a whole backup ({NAME} is missing).", remedy="ls -l " + str(folder)
        ) from None
    if content.get("form") != FORM or "database.dump" not in content["files"]:
        raise Trouble("这个备份的格式不认识。", f"The form of this backup is not {FORM}.", remedy="Use the version that made it")
    for name, facts in content["files"].items():
        path = folder / Path(name).name
        if not path.is_file() or file_digest(path) != facts["sha256"]:
            raise Trouble(
                f"备份文件 {name} 缺失或已被改动，没有恢复任何内容。",
                f"The backup's file {name} is missing or changed; nothing was restored.",
                remedy="Take another copy of this backup",
            )
    return content
