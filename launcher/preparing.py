# SPDX-License-Identifier: MulanPSL-2.0
"""From a fresh checkout to one that can run or be tested: system packages, environment, libraries."""

from __future__ import annotations

from launcher import locks
from launcher.displays import Display
from launcher.environments import is_environment_ready, make_environment
from launcher.homes import Home
from launcher.libraries import are_libraries_ready, install_libraries
from launcher.packages import install_packages, require_packages

STEPS = 3


def prepare_checkout(home: Home, *, display: Display, lock: str = "base", needs: tuple[str, ...] = ("environment",)) -> None:
    """Everything that the lock names is there; three steps of the display.

    Error: a sentence with the exact command when a system package is missing and we are not root.
    """
    packages = require_packages(home, needs)
    home.prepare()
    with locks.held(home.checkout / ".linli-setup.lock"):
        with display.step("系统软件包", "System packages") as notes:
            if packages:
                install_packages(home, packages, notes=notes)
        with display.step("Python 环境", "Python environment") as notes:
            if not is_environment_ready(home, lock):
                make_environment(home, lock, notes=notes)
        with display.step("前端库", "Front-end libraries") as notes:
            if not are_libraries_ready(home, with_tools=lock == "dev"):
                install_libraries(home, with_tools=lock == "dev", notes=notes)


def is_prepared(home: Home) -> bool:
    """True when a command can run at once, without any step."""
    return is_environment_ready(home, "base")


def prepare_quietly(home: Home) -> None:
    """The environment for a single command; shows steps only when something must be made."""
    if not is_prepared(home):
        prepare_checkout(home, display=Display(total=STEPS))
