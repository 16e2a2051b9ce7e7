# SPDX-License-Identifier: MulanPSL-2.0
"""PostgreSQL's programs where the server's user can run them, and that user itself."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from pathlib import Path

from launcher.cluster import SYSTEM_FOLDER, Cluster, wheel_binaries
from launcher.troubles import Trouble

PARTS = ("bin", "lib/postgresql", "share")


def server_user(cluster: Cluster) -> tuple[int, int]:
    """User and group number that the server runs under; as root the system user is made if it is missing."""
    if cluster.user is None:
        return os.geteuid(), os.getegid()
    try:
        facts = pwd.getpwnam(cluster.user)
    except KeyError:
        _make_system_user(cluster.user)
        facts = pwd.getpwnam(cluster.user)
    return facts.pw_uid, facts.pw_gid


def _make_system_user(name: str) -> None:
    command = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", str(SYSTEM_FOLDER)]
    command += ["--shell", "/usr/sbin/nologin", name]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        words = done.stderr.strip()
    except FileNotFoundError:
        words = "useradd is not installed"
    try:
        pwd.getpwnam(name)
    except KeyError:
        raise Trouble(f"不能建立系统用户 {name}。", f"The system user {name} could not be made: {words}", remedy=" ".join(command)) from None


def prepare_folders(cluster: Cluster, *, uid: int, gid: int) -> None:
    """The base folder exists and is the server user's alone; nothing outside it changes its rights."""
    if cluster.user is not None and not SYSTEM_FOLDER.exists():
        SYSTEM_FOLDER.mkdir(mode=0o711, parents=True)
        SYSTEM_FOLDER.chmod(0o711)
    if not cluster.base.exists():
        cluster.base.mkdir(mode=0o700, parents=True)
        os.chown(cluster.base, uid, gid)


def install_software(cluster: Cluster, *, uid: int, gid: int) -> Path:
    """The folder of programs that the server's user can reach: the wheel itself, or a copy of it as root."""
    source = wheel_binaries(cluster.home)
    if cluster.user is None:
        return source
    package = source.parent.parent
    version = _wheel_version(package)
    target = cluster.base / f"software-{version}"
    if not (target / "complete").exists():
        shutil.rmtree(target, ignore_errors=True)
        _copy(package, target=target, major=source.parent.name)
        _own(target, uid=uid, gid=gid)
        (target / "complete").touch()
        _remove_others(cluster.base, keep=target)
    return target / package.name / source.parent.name / "bin"


def _wheel_version(package: Path) -> str:
    found = sorted(package.parent.glob(f"{package.name}-*.dist-info"))
    return found[-1].name.split("-")[1].removesuffix(".dist") if found else "0"


def _copy(package: Path, *, target: Path, major: str) -> None:
    for part in PARTS:
        shutil.copytree(package / major / part, target / package.name / major / part, symlinks=True)
    libraries = package.parent / f"{package.name}.libs"
    shutil.copytree(libraries, target / libraries.name, symlinks=True)


def _own(folder: Path, *, uid: int, gid: int) -> None:
    for place, _, names in os.walk(folder):
        for name in (".", *names):
            os.chown(Path(place) / name, uid, gid, follow_symlinks=False)


def _remove_others(base: Path, *, keep: Path) -> None:
    for folder in base.glob("software-*"):
        if folder != keep:
            shutil.rmtree(folder, ignore_errors=True)
