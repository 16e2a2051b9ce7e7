# SPDX-License-Identifier: MulanPSL-2.0
"""The search box: what a post waits for, by kind of question and by scope, over a crowd that is made first."""

import random
import time
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from django.conf import settings
from django.db import connection

from bench import crowds, machine, results, serverlog
from linli.core import sight
from linli.core.actions import run as act
from linli.core.sight import Actor, looking, of_all, of_post
from linli.elements import places
from linli.elements.models import Dwelling, Organisation, Person, PlaceName
from linli.elements.registers import sealing
from linli.elements.registers.checks.person_numbers import check_sign
from linli.elements.searching.finders import FEW, finders
from linli.elements.searching.persons import address_of
from linli.elements.searching.questions import read_question
from linli.matters.models import Matter
from linli.matters.numbers import number_of

ABILITIES = frozenset({"resident.see", "record.see", "matter.see"})
WIDTHS = {"community": 1_000, "street": 1_000_000, "district": 1_000_000_000}
GOAL_MS = 100
TIMES = 3
Question = tuple[str, str]


def run(options: Namespace) -> None:
    """Make the crowd where there is none, ask every kind of question in every scope, print p50, p95 and the worst."""
    settings.SEEK_LIMIT = 0
    if not settings.AS_OWNER:
        raise SystemExit("The crowd is made by the owner of the tables: LINLI_AS_OWNER=1 bench/run search ...")
    with _as_owner():
        held = Person.objects.count()
        if not held:
            took = crowds.make(options.rows)
            results.show(f"a crowd of {options.rows:,} people", [{"part": name, "seconds": seconds} for name, seconds in took.items()], options.out)
        elif not Organisation.objects.filter(kind="bench").exists():
            raise SystemExit("This database holds people whom no bench made. Use a home of its own: LINLI_HOME=~/linli-bench ./linli manage migrate")
        held = Person.objects.count()
        sizes = _sizes()
        drawn = random.Random(crowds.SEED)
        asked = [(scope, actor, list(_questions(actor, drawn, options.rounds))) for scope, actor in _actors(drawn)]
    trees = {"postgres": serverlog.ServerLog(Path(options.data)).postmaster()}
    with machine.watched(trees) as used:
        rows = [row for scope, actor, questions in asked for row in _measured(scope, actor, questions, trees["postgres"])]
    results.show(f"search over {held:,} people: goal p95 under {GOAL_MS} ms; others kept {used.others} cores busy", rows, options.out)
    results.show("tables and indexes of it, MB", sizes, options.out)


@contextmanager
def _as_owner() -> Iterator[None]:
    """A stretch outside every fence: for planting and for drawing what to ask."""
    token = sight._current.set(of_all())
    try:
        yield
    finally:
        sight._current.reset(token)


def _actors(drawn: random.Random) -> Iterator[tuple[str, Actor]]:
    """One post a scope, around the home of somebody of the crowd."""
    area = int(_some(Person.objects.all(), drawn, 1)[0].area)
    for scope, width in WIDTHS.items():
        lo = area // width * width
        yield scope, Actor("bench", "bench", ABILITIES, lo, lo + width, account=1, post=1)
    whole = places.city()
    yield "city", Actor("bench", "bench", ABILITIES, whole.lo, whole.hi, account=1, post=1)


def _questions(actor: Actor, drawn: random.Random, rounds: int) -> Iterator[Question]:
    """Kind and text of what is asked: drawn from what the scope holds, so that most questions have an answer."""
    inside = {"area__gte": actor.lo, "area__lt": actor.hi}
    for person in _some(Person.objects.filter(**inside), drawn, rounds):
        spelled, initials = person.pinyin.split("|")
        letters = spelled.replace(" ", "")
        yield from (("name, whole", person.name), ("name, given part", person.name[1:]), ("name, beginning", person.name[:2]), ("surname alone", person.name[0]),
                    ("pinyin, whole", letters), ("pinyin, beginning", letters[:5]), ("initials", initials), ("two letters", initials[:2]),
                    ("nobody's name", f"{person.name[0]}無此人"))
    for home in _some(Dwelling.objects.filter(**inside).select_related("building"), drawn, rounds):
        above = "".join(one.name for one in places.path_of(home.area) if one.level in ("district", "street"))
        yield from (("address", address_of(home.building, home)), ("address with places", above + address_of(home.building, home)),
                    ("address, short", f"{home.building.quarter}{home.building.number}-{home.doorway}-{home.room}"), ("estate", home.building.quarter),
                    ("part of an estate", home.building.quarter[-3:]))
    for unit in _some(Organisation.objects.filter(**inside, kind="bench"), drawn, rounds):
        yield from (("organisation", unit.name), ("part of an organisation", unit.name[1:4]))
    for matter in _some(Matter.objects.filter(**inside), drawn, rounds):
        yield from (("matter, number", number_of(matter.pk)), ("matter, two characters", matter.summary[3:5]), ("matter, four characters", matter.summary[3:7]),
                    ("matter, two words", f"{matter.summary[:2]} {matter.summary[-3:]}"))
    for place in _some(PlaceName.objects.all(), drawn, rounds):
        yield "place, old name", place.name
    for number in _numbers(actor, drawn, rounds):
        yield from (("identity number", number), ("phone", f"139{number[-9:-1]}"))


def _some(found: Any, drawn: random.Random, many: int) -> list[Any]:
    """So many rows from places of the table that look drawn."""
    first, last = found.order_by("pk").values_list("pk", flat=True).first(), found.order_by("-pk").values_list("pk", flat=True).first()
    if first is None:
        return []
    picked = (found.filter(pk__gte=drawn.randint(first, last)).order_by("pk").first() for _ in range(many))
    return [one for one in picked if one is not None]


def _numbers(actor: Actor, drawn: random.Random, many: int) -> list[str]:
    """Numbers that can be nobody's, given to as many people of the scope."""
    made = []
    for place, person in enumerate(_some(Person.objects.filter(area__gte=actor.lo, area__lt=actor.hi), drawn, many)):
        body = f"990101198001{place % 28 + 1:02d}{place % 1000:03d}"
        number = body + check_sign(body)
        Person.objects.filter(pk=person.pk).update(id_index=sealing.index_of("person", "id_number", number), phone_index=sealing.index_of("person", "phone", f"139{number[-9:-1]}"))
        made.append(number)
    return made


def _answer(actor: Actor, text: str) -> int:
    """What the page does for a text, without drawing it; answers how many rows."""
    question = read_question(text)
    if question.what is not None:
        return len(act("person.seek", actor, {"number": question.number})["people"])
    with looking(of_post(actor), read_only=True):
        return sum(len(one.find(actor, question, (), FEW).rows) for one in finders(actor))


def _measured(scope: str, actor: Actor, asked: Sequence[Question], root: int = 0) -> list[results.Row]:
    """Milliseconds by kind of question. Each text is asked three times: all of them, the least of each three (others do not count in that), and processor time."""
    rows = []
    for kind in dict.fromkeys(kind for kind, _ in asked):
        texts = [text for one, text in asked if one == kind]
        _answer(actor, texts[0])
        every, least, answered = [], [], 0
        own, server = time.process_time(), machine.cpu_of(root) if root else 0.0
        for text in texts:
            took = []
            for _ in range(TIMES):
                began = time.perf_counter()
                found = _answer(actor, text)
                took.append((time.perf_counter() - began) * 1000)
            every += took
            least.append(min(took))
            answered += found > 0
        asks = len(texts) * TIMES
        rows.append({"scope": scope, "kind": kind, "asked": len(texts), "answered": answered, "p50_ms": round(median(every), 1), "p95_ms": round(_at(every, 0.95), 1),
                     "p95_least_ms": round(_at(least, 0.95), 1), "python_cpu_ms": round((time.process_time() - own) * 1000 / asks, 1),
                     "postgres_cpu_ms": round((machine.cpu_of(root) - server) * 1000 / asks, 1) if root else "", "good": _at(every, 0.95) < GOAL_MS})
    return rows


def _at(each: Sequence[float], share: float) -> float:
    return sorted(each)[min(len(each) - 1, int(len(each) * share))]


def _sizes() -> list[results.Row]:
    with connection.cursor() as cursor:
        cursor.execute("""select c.relname, c.reltuples::bigint, pg_table_size(c.oid) / 1048576, i.indexrelid::regclass::text, pg_relation_size(i.indexrelid) / 1048576
            from pg_class c join pg_index i on i.indrelid = c.oid where c.relname in ('elements_person', 'elements_knownname', 'elements_building', 'matters_matter')
            and pg_relation_size(i.indexrelid) > 1048576 order by 1, 5 desc""")
        return [dict(zip(("table", "rows", "table_mb", "index", "index_mb"), row, strict=True)) for row in cursor.fetchall()]
