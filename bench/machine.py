# SPDX-License-Identifier: MulanPSL-2.0
"""The machine while we measure: processor seconds of process trees, and how busy others kept it. Linux /proc only."""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


@dataclass
class Used:
    """Processor seconds of each named tree, of the whole machine, and the time on the wall."""

    cpu: dict[str, float] = field(default_factory=dict)
    wall: float = 0.0
    busy: float = 0.0
    others: float = 0.0
    load_before: float = 0.0


def _table() -> dict[int, tuple[int, float]]:
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                text = (entry / "stat").read_text()
            except OSError:
                continue
            rest = text[text.rindex(")") + 2:].split()
            found[int(entry.name)] = (int(rest[1]), sum(map(int, rest[11:15])) / TICK)
    return found


def cpu_of(root: int, table: Mapping[int, tuple[int, float]] | None = None) -> float:
    """Processor seconds of a process and everything below it, children that have ended included."""
    table = _table() if table is None else table
    below: dict[int, list[int]] = {}
    for number, (parent, _) in table.items():
        below.setdefault(parent, []).append(number)
    todo, spent = [root], 0.0
    while todo:
        number = todo.pop()
        spent += table[number][1] if number in table else 0.0
        todo += below.get(number, [])
    return spent


def memory_of(root: int) -> int:
    """Memory of a process and everything below it, in MB: proportional set size, so that shared pages count once."""
    table = _table()
    below: dict[int, list[int]] = {}
    for number, (parent, _) in table.items():
        below.setdefault(parent, []).append(number)
    todo, kilobytes = [root], 0
    while todo:
        number = todo.pop()
        todo += below.get(number, [])
        try:
            lines = Path(f"/proc/{number}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        kilobytes += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return kilobytes // 1024


def _machine() -> float:
    values = list(map(int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]))
    return (sum(values) - values[3] - values[4]) / TICK


@contextmanager
def watched(trees: Mapping[str, int]) -> Iterator[Used]:
    """Fill in what the named process trees used in the block; our own process and its children count as `load`."""
    used = Used(load_before=os.getloadavg()[0])
    every = dict(trees) | {"load": os.getpid()}
    table, machine, began = _table(), _machine(), time.monotonic()
    before = {name: cpu_of(root, table) for name, root in every.items()}
    yield used
    table, used.wall = _table(), time.monotonic() - began
    used.cpu = {name: round(cpu_of(root, table) - before[name], 2) for name, root in every.items()}
    nested = {name for name, root in trees.items() if _is_below(root, os.getpid(), table)}
    own = used.cpu["load"] - sum(used.cpu[name] for name in nested)
    used.cpu["load"] = round(max(own, 0.0), 2)
    whole = _machine() - machine
    used.busy = round(whole / used.wall, 2)
    used.others = round((whole - sum(used.cpu.values())) / used.wall, 2)


def _is_below(number: int, root: int, table: Mapping[int, tuple[int, float]]) -> bool:
    while number in table:
        if number == root:
            return True
        number = table[number][0]
    return False


def facts() -> dict[str, object]:
    """What kind of machine this is."""
    model = next((line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), "")
    memory = int(Path("/proc/meminfo").read_text().split()[1]) // 1024
    return {"cores": len(os.sched_getaffinity(0)), "model": model, "memory_mb": memory, "load": os.getloadavg()}
