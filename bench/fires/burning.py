# SPDX-License-Identifier: MulanPSL-2.0
"""A fire: some clients work, the parts are killed one after the other at seeded moments, and everything is looked over afterwards."""

import json
import os
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.fires.planting import inside
from bench.fires.players import Player
from bench.fires.reckoning import faults
from bench.fires.sites import Site, kill, wait_until_back
from launcher.databases import opened
from launcher.homes import Home

DEEDS = ("web process", "web parent", "web", "worker", "database", "sessions", "keeper")
"""One process that answers; the parent of those; all of them; the worker; PostgreSQL without a checkpoint; one of its sessions; its keeper."""
CLIENTS = 4
SETTLE_SECONDS = 0.5


@dataclass
class Fire:
    """What happened: seconds until each part was back, answers by status, and what is wrong afterwards."""

    back: list[tuple[str, float]] = field(default_factory=list)
    answers: Counter[int] = field(default_factory=Counter)
    matters: int = 0
    steps: int = 0
    refused: int = 0
    exports: int = 0
    longest: float = 0.0
    facts: dict[str, Any] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def told(self) -> str:
        """The figures in a few lines."""
        by_part: dict[str, list[float]] = {}
        for part, seconds in self.back:
            by_part.setdefault(part, []).append(seconds)
        lines = [f"  {part:<12} killed {len(found):>2} times, back after {min(found):.1f}-{max(found):.1f} s" for part, found in by_part.items()]
        answers = ", ".join(f"{count} x {status or 'line broken'}" for status, count in sorted(self.answers.items()))
        return "\n".join([
            f"{self.matters} matters, {self.steps} accepted steps, {self.refused} tries to be refused, {self.exports} exports; answers: {answers}",
            *lines, f"  longest wait of a client for its answer {self.longest:.1f} s; quiet {self.facts.get('quiet_after')} s after the last step",
            f"  wrong: {self.wrong or 'nothing'}"])


def burn(site: Site, *, seed: int, rounds: int = 1, deeds: tuple[str, ...] = DEEDS, pause: float = 2.0) -> Fire:
    """Each round kills each of the deeds once, in an order and after pauses (seconds, at most) that the seed decides."""
    stop, fire, choice = threading.Event(), Fire(), random.Random(seed)
    reference = [Player(site, "quiet", seed, stop=threading.Event(), matters=3)]
    reference[0].run()
    players = [Player(site, f"client{place}", seed, forgetful=place == CLIENTS - 1, stop=stop) for place in range(CLIENTS)]
    for player in players:
        player.start()
    try:
        for part in [one for _ in range(rounds) for one in choice.sample(deeds, len(deeds))]:
            time.sleep(SETTLE_SECONDS + choice.random() * pause)
            killed = kill(site, part)
            if not killed:
                fire.wrong.append(f"nothing of {part} was there to be killed")
            fire.back.append((part, wait_until_back(site, part, killed)))
    finally:
        stop.set()
        for player in players:
            player.join(180)
    look_over(site, fire, players, reference)
    return fire


def look_over(site: Site, fire: Fire, players: list[Player], reference: list[Player]) -> None:
    """Count, and compare what the clients were told with what stands in the database."""
    every = [*reference, *players]
    for player in every:
        fire.answers += player.answers
        fire.steps += len(player.keys)
        fire.refused += len(player.refused)
        fire.matters += len(player.walked)
        fire.exports += sum(1 for one in player.exports if one)
        fire.longest = max(fire.longest, player.longest)
    fire.wrong += [f"{player.name} never came to an end" for player in players if player.is_alive()]
    fire.facts = _facts(site)
    fire.wrong += faults(fire.facts, players, reference=reference)
    proof = site.manage("verify")
    if proof.returncode:
        fire.wrong.append(f"verify: {proof.stdout}{proof.stderr}")


def _facts(site: Site) -> dict[str, Any]:
    """What `aftermath` finds."""
    given = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("LINLI_")}
    try:
        with opened(Home(site.home)) as database:
            found: dict[str, Any] = json.loads(inside(database, "aftermath"))
    finally:
        os.environ.update(given)
    return found


def keep_logs(site: Site, folder: Path) -> None:
    """Copy what the parts said, for whoever has to find out why."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in [*(site.home / "logs").glob("*.log"), site.home / "up.log"]:
        (folder / file.name).write_bytes(file.read_bytes())
