# SPDX-License-Identifier: MulanPSL-2.0
"""Files of made-up residents as a city would bring them, with planted faults and the list of these.

Each file is a table of the sheet `residents` (headings as its labels, UTF-8 CSV, at most 500,000 lines). `faults.csv` says which line of
which file has which fault in which column; every other line is right. The same seed, number and day give the same bytes.
"""

import csv
import multiprocessing
import os
import random
import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

from bench import results
from linli.config.demonstration import homes
from linli.config.demonstration.people import Crowd, Resident
from linli.core import registry
from linli.elements.registers import codes
from linli.elements.registers.people import ID_KINDS, STANDINGS, TIE

LINES = 500_000
"""Lines of a file: a workbook holds 1,048,576."""
BUILDINGS = 40
"""Buildings of a chunk: about 3,400 residents, far below what a chunk's numbers can hold."""
SHARE = 0.035
"""How many lines are wrong (our choice, about the 34,827 in a million of domain/technology.md part 6)."""
SEED, DAY = 2026, date(2026, 11, 23)
QUARTERS = ("示范里", "样例园", "虚构苑", "演练家园")
COLUMNS = (
    ("building", "quarter"), ("building", "number"), ("dwelling", "doorway"), ("dwelling", "floor"), ("dwelling", "room"), ("household", "booklet"),
    ("joining", "relation"), ("joining", "tie"), ("joining", "standing"), ("person", "name"), ("person", "sex"), ("person", "born_on"), ("person", "id_kind"),
    ("person", "id_number"), ("person", "phone"), ("person", "ethnicity"), ("person", "marital"), ("person", "education"), ("person", "employment"),
    ("person", "came_on"))
AT = {name: place for place, (_, name) in enumerate(COLUMNS)}
Line = list[str]
Planted = tuple[int, str, str]
"""Line within its chunk from 0, name of the column, name of the fault."""


def run(options: Namespace) -> None:
    """Write the files into the folder that was named, chunk by chunk on all cores."""
    folder: Path = options.files or Path("residents")
    folder.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    made = write(folder, options.rows)
    spent = time.monotonic() - began
    size = sum(one.stat().st_size for one in folder.glob("residents-*.csv"))
    results.show(f"files of residents in {folder}", [{"rows": options.rows, "planted_faults": made, "megabytes": size // 2**20, "seconds": round(spent, 1),
                                                      "rows_per_second": int(options.rows / spent)}], options.out)


def write(folder: Path, rows: int, *, seed: int = SEED, today: date = DAY, lines: int = LINES, processes: int = 0) -> int:
    """Write so many residents; answers how many faults are in them."""
    heads = headings()
    count = 0
    with (folder / "faults.csv").open("w", encoding="utf-8", newline="") as listed:
        table = csv.writer(listed)
        table.writerow(("file", "line", "column", "fault"))
        for number, part in enumerate(_parts(rows, seed, today, lines, processes)):
            name = f"residents-{number:03}.csv"
            with (folder / name).open("w", encoding="utf-8", newline="") as file:
                out = csv.writer(file)
                out.writerow(heads)
                for at, (line, faults) in enumerate(part, start=2):
                    out.writerow(line)
                    for column, fault in faults:
                        table.writerow((name, at, heads[AT[column]], fault))
                        count += 1
    return count


Told = tuple[Line, list[tuple[str, str]]]
"""A line and what is wrong with it."""


def _parts(rows: int, seed: int, today: date, lines: int, processes: int) -> Iterator[Iterator[Told]]:
    """The lines file by file."""
    with multiprocessing.get_context("fork").Pool(processes or len(os.sched_getaffinity(0))) as pool:
        stream = _lines(pool.imap(drawn, ((number, seed, today) for number in range(1, rows // 2_000 + 2))))
        for start in range(0, rows, lines):
            yield (next(stream) for _ in range(min(lines, rows - start)))


def _lines(chunks: Iterator[list[Told]]) -> Iterator[Told]:
    for one in chunks:
        yield from one


def drawn(order: tuple[int, int, date]) -> list[Told]:
    return chunk(*order)


def chunk(number: int, seed: int, today: date) -> list[Told]:
    """The lines of one chunk with what is wrong in each."""
    crowd = Crowd(seed, number, today)
    quarter = f"{QUARTERS[number % len(QUARTERS)]}{number}区"
    lines: list[Line] = []
    for place in range(1, BUILDINGS + 1):
        made = homes.building(crowd, quarter, place)
        for dwelling in made.dwellings:
            for at, household in enumerate(dwelling.households):
                booklet = household.booklet or f"{number:04}{place:03}{dwelling.doorway}{dwelling.room}{at}"
                address = [quarter, made.number, dwelling.doorway, str(dwelling.floor), dwelling.room, booklet]
                lines += [address + _person(one) for one in household.residents]
    faults: dict[int, list[tuple[str, str]]] = {}
    chance = random.Random(f"{seed}/faults/{number}")
    for at, line in enumerate(lines):
        if chance.random() < SHARE and (found := _spoil(line, chance, today)):
            faults[at] = [found]
    return [(line, faults.get(at, [])) for at, line in enumerate(lines)]


def headings() -> tuple[str, ...]:
    """The headings of the files: labels of the declared sheet."""
    sheet = registry.REGISTRY.require("sheet", "residents")
    return tuple(sheet.column(owner, name).label.zh for owner, name in COLUMNS)


def _said(table: str, code: str) -> str:
    return WORDS[table][code] if code else ""


WORDS = {table: {code: label.zh for code, label in codes.table(table)} for table in ("gender", "ethnic", "marital", "education", "employment_status", "relation")}
STANDING_WORDS = {name: label.zh for name, label in STANDINGS}
TIE_WORDS = {name: label.zh for name, label in TIE.options()}
CARD = dict(ID_KINDS)["111"].zh


def _person(one: Resident) -> Line:
    return [
        WORDS["relation"][one.relation], TIE_WORDS["registered" if one.standing == "registered" else "living"], STANDING_WORDS[one.standing], one.name,
        _said("gender", one.sex), one.born_on.isoformat() if one.born_on else "", CARD if one.id_number else "", one.id_number, one.phone,
        _said("ethnic", one.ethnicity), _said("marital", one.marital), _said("education", one.education), _said("employment_status", one.employment),
        one.came_on.isoformat() if one.came_on else ""]


def _spoil(line: Line, chance: random.Random, today: date) -> tuple[str, str] | None:
    """Plant one fault; answers its column and name, None when the line has nothing to spoil."""
    name = chance.choice(tuple(FAULTS))
    column, needed, make = FAULTS[name]
    if needed and not line[AT[needed]]:
        return None
    line[AT[column]] = make(line[AT[column]], today)
    return column, name


def _turned(text: str, today: date) -> str:
    """Another last sign: the check does not fit any more."""
    return text[:-1] + ("0" if text[-1] != "0" else "1")


def _other_sex(text: str, today: date) -> str:
    man, woman = WORDS["gender"]["1"], WORDS["gender"]["2"]
    return woman if text == man else man


FAULTS: dict[str, tuple[str, str, Callable[[str, date], str]]] = {
    "number_check_sign": ("id_number", "id_number", _turned),
    "number_length": ("id_number", "id_number", lambda text, today: text[:-2]),
    "number_no_day": ("id_number", "id_number", lambda text, today: f"{text[:10]}1332{text[14:]}"),
    "birth_differs": ("born_on", "id_number", lambda text, today: (date.fromisoformat(text) - timedelta(days=1)).isoformat()),
    "birth_ahead": ("born_on", "born_on", lambda text, today: (today + timedelta(days=40)).isoformat()),
    "birth_no_day": ("born_on", "born_on", lambda text, today: "1987-02-30"),
    "sex_differs": ("sex", "id_number", _other_sex),
    "phone_length": ("phone", "phone", lambda text, today: text[:-1] if text[0] == "1" else text[:8]),
    "name_has_digit": ("name", "name", lambda text, today: f"{text}2"),
    "name_missing": ("name", "name", lambda text, today: ""),
    "ethnicity_unknown": ("ethnicity", "ethnicity", lambda text, today: "火星族"),
    "building_missing": ("number", "number", lambda text, today: ""),
}
"""Name of a fault to the column that it spoils, the column that must be filled for it, and how."""
