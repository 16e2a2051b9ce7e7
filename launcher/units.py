# SPDX-License-Identifier: MulanPSL-2.0
"""A systemd unit that starts Linli when the machine starts."""

from __future__ import annotations

import getpass
import os
import pwd
import subprocess
import sys
from pathlib import Path

from launcher.homes import Home
from launcher.troubles import Trouble
from launcher.variables import OWN

TARGET = Path("/etc/systemd/system/linli.service")
ENVIRONMENT = Path("/etc/linli.env")
NOT_FOR_SERVICE = {"LINLI_HOME", "LINLI_PASSPHRASE", "LINLI_AS_OWNER", "LINLI_TEST_HOME"}


def unit_text(home: Home, *, user: str, python: str) -> str:
    """The unit: starts after the network, is started again when it fails, and has time to write everything at its end."""
    group = [f"User={user}"] if user != "root" else []
    lines = [
        "[Unit]",
        "Description=Linli 邻里",
        "After=network-online.target",
        "Wants=network-online.target",
        "",
        "[Service]",
        "Type=simple",
        *group,
        f"WorkingDirectory={home.checkout}",
        f"Environment=LINLI_HOME={home.root} PYTHONUTF8=1",
        f"EnvironmentFile=-{ENVIRONMENT}",
        f"ExecStart={python} {home.checkout / 'linli'} up --no-input",
        "Restart=on-failure",
        "RestartSec=10",
        "KillMode=mixed",
        "TimeoutStartSec=infinity",
        "TimeoutStopSec=420",
        "UMask=0077",
        "",
        "[Install]",
        "WantedBy=multi-user.target",
        "",
    ]
    return "\n".join(lines)


def settings_text(names: dict[str, str]) -> str:
    """The variables of ours that are set now, one a line, for the unit's file of settings."""
    kept = {name: value for name, value in names.items() if name.startswith("LINLI_") and name not in NOT_FOR_SERVICE}
    return "".join(f'{name}="{value}"\n' for name, value in sorted(kept.items()))


def print_or_install(home: Home, *, is_install: bool) -> int:
    """Print the unit, or put it in place and start it as root."""
    text = unit_text(home, user=getpass.getuser(), python=sys.executable)
    if not is_install:
        print(text, end="")
        print(f"# 安装 install: sudo ./linli service --install    设置 settings: {ENVIRONMENT} ({', '.join(sorted(OWN)[:3])} …)")
        return 0
    if os.geteuid() != 0:
        raise Trouble("只有管理员能安装服务。", "Only root can install a service.", remedy="sudo ./linli service --install")
    if not Path("/run/systemd/system").exists():
        raise Trouble("这台机器没有运行 systemd。", "This machine does not run systemd.", remedy="Start ./linli up --no-input from its own init")
    owner = home.checkout.stat().st_uid
    if owner != 0:
        text = unit_text(home, user=pwd.getpwuid(owner).pw_name, python=sys.executable)
    TARGET.write_text(text, "utf-8")
    if not ENVIRONMENT.exists():
        ENVIRONMENT.touch(mode=0o600)
        ENVIRONMENT.write_text(settings_text(dict(os.environ)), "utf-8")
    for command in (["systemctl", "daemon-reload"], ["systemctl", "enable", "--now", TARGET.name]):
        subprocess.run(command, check=True)
    print(f"已安装并启动 installed and started: {TARGET.name}    systemctl status {TARGET.stem}")
    return 0
