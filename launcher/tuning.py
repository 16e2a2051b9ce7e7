# SPDX-License-Identifier: MulanPSL-2.0
"""The settings of the embedded PostgreSQL, by the size of the machine."""

from __future__ import annotations

import os
from pathlib import Path

MEGABYTE = 1024 * 1024
MEMINFO = Path("/proc/meminfo")
CGROUP_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))

QUIET = {"log_min_error_statement": "panic", "log_parameter_max_length": "0", "log_parameter_max_length_on_error": "0", "log_error_verbosity": "terse"}
"""The server's log repeats no statement, no parameter and no row: a typed number would stand in them (decision 0040)."""


def machine_memory() -> int:
    """Bytes that this machine, or the container around us, lets us use."""
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    for file in CGROUP_LIMITS:
        try:
            total = min(total, int(file.read_text()))
        except (OSError, ValueError):
            continue
    return total


def shared_memory_room(folder: Path = Path("/dev/shm")) -> int:
    """Bytes that POSIX shared memory can hold; 0 when there is none."""
    try:
        facts = os.statvfs(folder)
    except OSError:
        return 0
    return facts.f_bavail * facts.f_frsize


def settings(*, memory: int, shared_room: int, socket_folder: Path, name: str) -> dict[str, str]:
    """Setting by name. Unit: memory and shared_room in bytes. Source: technology.md part 1; our choice where not there."""
    megabytes = memory // MEGABYTE
    return {
        "listen_addresses": "''",
        "unix_socket_directories": f"'{socket_folder}'",
        "unix_socket_permissions": "0700",
        "cluster_name": f"'{name}'",
        "max_connections": "100",
        "shared_buffers": f"{_between(megabytes // 4, 64, 4096)}MB",
        "effective_cache_size": f"{max(megabytes // 2, 128)}MB",
        "work_mem": f"{_between(megabytes // 512, 4, 64)}MB",
        "maintenance_work_mem": f"{_between(megabytes // 20, 32, 512)}MB",
        "dynamic_shared_memory_type": "posix" if shared_room >= 256 * MEGABYTE else "mmap",
        "max_wal_size": "2GB",
        "min_wal_size": "256MB",
        "wal_compression": "off",
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "checkpoint_completion_target": "0.9",
        "random_page_cost": "1.1",
        "jit": "off",
        "timezone": "'UTC'",
        "log_timezone": "'UTC'",
        "logging_collector": "on",
        "log_directory": "'log'",
        "log_filename": "'postgresql-%Y-%m-%d_%H%M%S.log'",
        "log_file_mode": "0600",
        "log_rotation_age": "1d",
        "log_rotation_size": "20MB",
        "log_line_prefix": "'%m [%p] %u@%d '",
        "log_lock_waits": "on",
        "log_temp_files": "64MB",
        **QUIET,
        "password_encryption": "'scram-sha-256'",
    }


def configuration(values: dict[str, str]) -> str:
    """The text of a configuration file; a line of the administrator's local.conf wins over it."""
    lines = ["# Written anew at each start. Put your own settings into local.conf in this folder."]
    lines += [f"{name} = {value}" for name, value in values.items()]
    lines += ["include_if_exists 'local.conf'", ""]
    return "\n".join(lines)


def _between(value: int, low: int, high: int) -> int:
    return max(low, min(value, high))
