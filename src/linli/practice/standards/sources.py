# SPDX-License-Identifier: MulanPSL-2.0
"""The norms that the draft standard and the naming of communities refer to, and its marks that are no norms, in plain words (domain/policy.md 0.2)."""

import csv
from pathlib import Path

from linli.core.words import words
from linli.measures.norms.citing import declare_marks
from linli.measures.norms.library import ship

with (Path(__file__).parent / "norms.csv").open(encoding="utf-8", newline="") as _file:
    ship(list(csv.DictReader(_file)))

declare_marks({
    "P": words("拟定，没有官方出处", "our proposal, without an official source"),
    "policy.md": words("指标草案", "draft list of indicators"),
    "memory-unsure": words("出处待核实", "source to be confirmed"),
    "cut-off": words("分界线为拟定", "the cut-off is proposed"),
    "cut-offs": words("分界线为拟定", "the cut-offs are proposed"),
})
