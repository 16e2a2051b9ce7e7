# SPDX-License-Identifier: MulanPSL-2.0
"""Funds: what money is kept apart, who bears it, and what it may be spent on. One file in practice declares one."""

from collections.abc import Mapping
from dataclasses import dataclass

from linli.core import registry
from linli.core.words import Words

SECTION = "fund"


@dataclass(frozen=True)
class Fund:
    """经费: its words, the level whose budget bears it, and the uses among which each spending names one."""

    name: str
    words: Words
    source: str
    bearer: str
    uses: Mapping[str, Words]


def declare(fund: Fund) -> Fund:
    """Keep the declaration and give it back; ValueError for a fund without uses."""
    if not fund.uses:
        raise ValueError(f"The fund {fund.name!r} names no use. Say what it may be spent on.")
    registry.add(SECTION, fund.name, fund)
    return fund


def funds() -> list[Fund]:
    """All funds by name."""
    return list(registry.everything(SECTION))


def fund_named(name: str) -> Fund | None:
    """The fund of that name; None when nobody declared it."""
    found: Fund | None = registry.get(SECTION, name)
    return found
