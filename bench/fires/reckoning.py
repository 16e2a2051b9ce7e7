# SPDX-License-Identifier: MulanPSL-2.0
"""What the clients were told, beside what stands in the database: sentences about whatever is lost, doubled, out of order or stuck."""

import json
from collections import Counter
from typing import Any

from bench.fires.players import Player


def shape(facts: dict[str, Any], number: str) -> str:
    """Everything that one matter left behind, without its moments: two that went the same way have the same shape."""
    key = facts["numbers"][number]
    parts = ("moves", "limits", "intervals", "handlings", "verifications", "photos", "letters")
    return json.dumps([facts[part].get(key) for part in parts], ensure_ascii=False)


def faults(facts: dict[str, Any], players: list[Player], *, reference: list[Player]) -> list[str]:
    """Sentences about whatever is lost, doubled, out of order or stuck; empty when all is well."""
    known = {one.variant: shape(facts, one.number) for player in reference for one in player.walked}
    everybody, wrong = [*reference, *players], []
    keys = Counter(key for player in everybody for key in player.keys)
    for player in everybody:
        wrong += player.wrong
        for one in player.walked:
            key = facts["numbers"].get(one.number)
            if key is None:
                wrong.append(f"{one.number} was accepted and is not there")
            elif facts["lines"].get(key) != one.steps:
                wrong.append(f"{one.number}: the journal has {facts['lines'].get(key)}, accepted were {one.steps}")
            elif shape(facts, one.number) != known.get(one.variant):
                wrong.append(f"{one.number} ({one.variant}) is {shape(facts, one.number)}, undisturbed {known.get(one.variant)}")
    wrong += [f"the key {key} was answered {count} times and kept {facts['answers'].get(key, 0)} times" for key, count in keys.items()
              if count != 1 or facts["answers"].get(key) != 1]
    wrong += [f"{key} was refused and is kept" for player in everybody for key in player.refused if key in facts["answers"]]
    wrong += [f"matter {key} has the steps {steps}" for key, steps in facts["steps"].items() if steps != list(range(1, len(steps) + 1))]
    strangers = len(facts["numbers"]) - sum(len(player.walked) for player in everybody)
    counts = {"matters that nobody was told of": strangers, "traces of what was refused": facts["traces"]["1"], "rows still due": facts["due"],
              "parked rows": facts["parked"], "figures that differ from a count from zero": facts["differences"], "lost files": len(facts["lost_files"]),
              "lost exports": len(facts["lost_exports"]), "jobs of nobody": len(facts["stuck"]), "failed jobs": len(facts["failed"])}
    wrong += [f"{count} {what}" for what, count in counts.items() if count]
    wrong += [f"export {key} is {state}" for key, state in facts["exports"].items() if state != "done"]
    return wrong
