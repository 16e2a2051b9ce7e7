# SPDX-License-Identifier: MulanPSL-2.0
"""Keys are changed while everything serves: real processes, twenty thousand people, readers and writers, and a worker that is killed twice on the way."""

import json
import random
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bench.fires import sites
from bench.fires.sites import Site
from tests.protection.crowd import number_of, phone_of
from tests.protection.filling import Visitor
from tests.protection.reaching import asked, inside

pytestmark = pytest.mark.slow
PEOPLE = 20_000
KILLED_AT = (4_000, 25_000)
"""After so many values sealed anew the worker is killed; three values a person lie there."""
PATIENCE = 420.0
PAUSE = 0.05


@dataclass
class Worker(threading.Thread):
    """Somebody who looks at people and puts phones right all the while, and compares what he is told."""

    site: Site
    first: int
    stop: threading.Event
    phones: dict[int, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    looked: int = 0
    written: int = 0

    def __post_init__(self) -> None:
        super().__init__(daemon=True)
        self.choice = random.Random(self.site.port)

    __hash__ = threading.Thread.__hash__

    def run(self) -> None:
        """Look, look, write, until told to stop; what goes wrong is kept."""
        visitor = Visitor(self.site, "gridworker")
        while not self.stop.is_set():
            serial = self.choice.randrange(PEOPLE)
            person = self.first + serial
            try:
                self._look(visitor, person, serial)
                if self.looked % 3 == 0:
                    self._write(visitor, person, serial)
            except (OSError, ValueError) as error:
                self.wrong.append(repr(error))
            time.sleep(PAUSE)

    def _look(self, visitor: Visitor, person: int, serial: int) -> None:
        answer = visitor.do("register.reveal", register="person", record=person, column="phone", purpose="register", reason="核对")
        if answer["status"] != 200 or answer["value"] != self.phones.get(person, phone_of(serial)):
            self.wrong.append(f"look {person}: {answer['status']}")
        self.looked += 1

    def _write(self, visitor: Visitor, person: int, serial: int) -> None:
        fresh = f"1396{serial:07d}"
        answer = visitor.do("person.change", person=person, version=2 if person in self.phones else 1, phone=fresh)
        if answer["status"] == 200:
            self.phones[person] = fresh
            self.written += 1
        elif person not in self.phones:
            self.wrong.append(f"write {person}: {answer}")


def progress(site: Site) -> tuple[int, bool]:
    """How many values were sealed anew, and whether the change is over."""
    rows = asked(site, "select done, finished_at is not null from core_rotation where version = 2")
    return (int(rows[0][0]), bool(rows[0][1])) if rows else (0, False)


def wait_for(site: Site, least: int) -> tuple[int, bool]:
    """Until so many values are sealed anew, or the change is over."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        done, is_over = progress(site)
        if is_over or done >= least:
            return done, is_over
        time.sleep(0.3)
    raise AssertionError(f"the change of keys stands at {progress(site)}")


def test_a_change_of_keys_seals_everything_anew_while_people_read_and_write_and_the_worker_is_killed(site: Site) -> None:
    first, last = inside(site, "tests.protection.crowd", "plant", str(PEOPLE))
    assert last - first == PEOPLE - 1
    stop = threading.Event()
    worker = Worker(site, first, stop)
    worker.start()
    made = site.manage("manage", "keys", "new")
    assert made.returncode == 0, made.stderr

    killed = []
    for least in KILLED_AT:
        done, is_over = wait_for(site, least)
        assert not is_over, "the change was over before the worker could be killed"
        numbers = sites.kill(site, "worker")
        killed.append(done)
        sites.wait_until_back(site, "worker", numbers)
    wait_for(site, 10**9)
    stop.set()
    worker.join(60)

    assert worker.wrong == []
    assert (worker.looked > 100, worker.written > 20) == (True, True), (worker.looked, worker.written)
    assert asked(site, "select count(*) from elements_person where substring(id_sealed from 3 for 2) = '\\x0001' or substring(phone_sealed from 3 for 2) = '\\x0001'") == [(0,)]
    # what was written meanwhile was sealed under the new key already, and nothing was sealed anew twice
    assert PEOPLE * 3 - worker.written <= progress(site)[0] <= PEOPLE * 3 + 200
    assert killed[0] < killed[1]


def test_without_the_old_key_everything_opens_and_is_found(site: Site) -> None:
    wait_for(site, 10**9)
    file = Path(site.home / "secrets.json")
    held = json.loads(file.read_text("utf-8"))
    old = held["keys"].pop("1")
    before = asked(site, "select count(*) from elements_person where id_sealed is not null")[0][0]
    try:
        fresh = file.with_name("secrets.new")
        fresh.write_text(json.dumps(held), "utf-8")
        fresh.chmod(0o600)
        fresh.replace(file)
        opened = inside(site, "tests.protection.crowd", "check")
        found = Visitor(site, "gridworker").do("person.seek", number=number_of(7))
    finally:
        held["keys"]["1"] = old
        file.write_text(json.dumps(held), "utf-8")

    assert opened == before
    assert len(found["people"]) == 1
    assert (said := site.manage("verify")).returncode == 0, said.stdout + said.stderr
