# SPDX-License-Identifier: MulanPSL-2.0
"""What must come from the system (Debian): what is missing, and installing it as root or naming the command."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from launcher.displays import Notes, run_logged
from launcher.homes import Home
from launcher.troubles import Trouble

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHINESE_FONTS = ("/usr/share/fonts/opentype/noto", "/usr/share/fonts/noto-cjk", "/usr/share/fonts/google-noto-cjk")

LIBATOMIC = ("usr/lib/*/libatomic.so.1", "lib/*/libatomic.so.1", "usr/lib*/libatomic.so.1")


def has_venv() -> bool:
    """True when this Python can make an environment with pip in it; Debian splits that off."""
    return all(importlib.util.find_spec(name) is not None for name in ("venv", "ensurepip"))


def has_chromium() -> bool:
    """True when a browser for the stories is installed."""
    return any(shutil.which(name) for name in CHROMIUM_NAMES)


def has_chinese_fonts() -> bool:
    """True when a font with Chinese characters is installed, without which pictures show boxes."""
    return any(list(Path(folder).glob("NotoSansCJK*")) for folder in CHINESE_FONTS)


def has_libatomic() -> bool:
    """True when the library is there that the Node.js inside Playwright's wheel is linked to."""
    return any(list(Path("/").glob(pattern)) for pattern in LIBATOMIC)


NEEDS: dict[str, tuple[str, Callable[[], bool]]] = {
    "environment": ("python3-venv", has_venv),
    "browser": ("chromium", has_chromium),
    "fonts": ("fonts-noto-cjk", has_chinese_fonts),
    "driver": ("libatomic1", has_libatomic),
}


def missing_packages(home: Home, needs: tuple[str, ...]) -> list[str]:
    """Debian packages that are not there. An environment that exists needs no python3-venv any more."""
    wanted = [NEEDS[need] for need in needs if need != "environment" or not home.python.exists()]
    return [package for package, is_there in wanted if not is_there()]


def require_packages(home: Home, needs: tuple[str, ...]) -> list[str]:
    """What to install; empty when all is there.

    Error: a sentence with the exact command for whoever is not root, before anything was done.
    """
    missing = missing_packages(home, needs)
    command = f"apt-get update && apt-get install -y --no-install-recommends {' '.join(missing)}"
    if missing and not shutil.which("apt-get"):
        raise Trouble(
            f"这个系统缺少：{' '.join(missing)}。",
            f"This system lacks (Debian's names): {' '.join(missing)}.",
            remedy="Install them with this system's own package manager, then run the same command again",
        )
    if missing and os.geteuid() != 0:
        raise Trouble(
            f"缺少系统软件包：{' '.join(missing)}。需要管理员安装一次。",
            f"System packages are missing: {' '.join(missing)}. An administrator must install them once.",
            remedy=f"su -c '{command}'      (or: sudo sh -c '{command}')",
        )
    return missing


def install_packages(home: Home, packages: list[str], *, notes: Notes) -> None:
    """Install these Debian packages as root. Error: a sentence with apt's last words."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    remedy = f"apt-get update && apt-get install -y --no-install-recommends {' '.join(packages)}"
    install = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    for command in (["apt-get", "update"], install):
        run_logged(home, command, step="packages", remedy=remedy, environment=environment, notes=notes)
    importlib.invalidate_caches()
