# SPDX-License-Identifier: MulanPSL-2.0
"""The standards that are shipped: one file each beside this one, read when they are loaded."""

from pathlib import Path

from linli.measures.standards import StandardFile, declare

for _path in sorted(Path(__file__).parent.glob("*.toml")):
    declare(StandardFile(_path.stem, _path))
