# SPDX-License-Identifier: MulanPSL-2.0
"""What a new installation needs of this room: the published batches of each kind of title."""

from linli.core import registry
from linli.core.actions import run
from linli.core.system_actors import declare_system_actor, system_actor
from linli.titles import kinds
from linli.titles.actions.listing import SEEDS
from linli.titles.models import Batch

declare_system_actor("title_history", "keeps the published batches of history", frozenset({SEEDS}), sees_all=True)


def seed() -> str:
    """Keep the published batches that are not there yet; one sentence on what was done."""
    made = 0
    for kind in kinds.kinds():
        there = set(Batch.objects.filter(kind=kind.name).values_list("ordinal", flat=True))
        if any(one.ordinal not in there for one in kind.history):
            made += int(run(SEEDS, system_actor("title_history"), {"kind": kind.name})["made"])
    return f"Titles: kept {made} published batches." if made else "Titles: nothing to do."


registry.add("seed", "titles.history", seed)
