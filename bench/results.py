# SPDX-License-Identifier: MulanPSL-2.0
"""Showing what was measured: a small table for people, one JSON line per row for machines."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

Row = dict[str, Any]


def table(rows: Sequence[Row]) -> str:
    """The rows as columns of text; every column of any row, in order of first appearance."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    cells = [names, *([_text(row.get(name, "")) for name in names] for row in rows)]
    widths = [max(len(line[place]) for line in cells) for place in range(len(names))]
    lines = ["  ".join(cell.rjust(width) if line is not cells[0] and place else cell.ljust(width)
                       for place, (cell, width) in enumerate(zip(line, widths, strict=True))) for line in cells]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def _text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.2f}" if abs(value) < 100 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def show(title: str, rows: Sequence[Row], file: Path | None) -> None:
    """Print the table and keep the rows as JSON lines where a file was named."""
    print(f"\n{title}\n{table(rows)}", flush=True)
    if file is not None:
        with file.open("a", encoding="utf-8") as lines:
            for row in rows:
                lines.write(json.dumps({"bench": title} | row, ensure_ascii=False, default=str) + "\n")
