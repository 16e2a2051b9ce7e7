# SPDX-License-Identifier: MulanPSL-2.0
"""Asking for the passphrase of a backup, and sealing or opening the keys with it."""

from __future__ import annotations

import getpass
import json
import os
import subprocess
import sys
from typing import Any

from launcher.homes import Home
from launcher.troubles import Trouble

SHORTEST = 12


def ask_passphrase(*, is_new: bool) -> str:
    """The passphrase from LINLI_PASSPHRASE or the person. Error: a sentence when nobody can be asked or it is too short."""
    given = os.environ.get("LINLI_PASSPHRASE")
    if not given:
        if not sys.stdin.isatty():
            raise Trouble(
                "需要备份口令，而这里没有人可以询问。",
                "The backup needs a passphrase and nobody can be asked here.",
                remedy="Set LINLI_PASSPHRASE for this one command",
            )
        given = getpass.getpass("备份口令 Passphrase of the backup: ")
        if is_new and getpass.getpass("再输入一次 Once more: ") != given:
            raise Trouble("两次输入不同。", "The two passphrases differ.", remedy="Run the command again")
    if is_new and len(given) < SHORTEST:
        raise Trouble(
            f"口令至少要 {SHORTEST} 个字符。",
            f"The passphrase must have at least {SHORTEST} characters; whoever has it and the backup can read everything.",
            remedy="Take four unrelated words",
        )
    return given


def seal_keys(home: Home, content: dict[str, Any], *, passphrase: str) -> dict[str, Any]:
    """The keys under the passphrase."""
    box: dict[str, Any] = _run(home, "seal", content=content, passphrase=passphrase)
    return box


def open_keys(home: Home, box: dict[str, Any], *, passphrase: str) -> dict[str, Any]:
    """The keys. Error: a sentence when the passphrase is wrong."""
    content: dict[str, Any] | None = _run(home, "unseal", content=box, passphrase=passphrase)
    if content is None:
        raise Trouble("口令不对，没有恢复任何内容。", "The passphrase is wrong; nothing was restored.", remedy="Try again")
    return content


def _run(home: Home, work: str, *, content: dict[str, Any], passphrase: str) -> Any:
    done = subprocess.run(
        [home.python, "-m", "launcher.sealing", work],
        cwd=home.checkout,
        input=json.dumps({"passphrase": passphrase, "content": content}),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Trouble("密钥没有封存或打开。", f"The keys could not be {work}ed: {done.stderr[-500:]}", remedy="./linli up, then again")
    return json.loads(done.stdout)
