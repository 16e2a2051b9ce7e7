# SPDX-License-Identifier: MulanPSL-2.0
"""The look through a file before anything goes in: every cell and rule, every line beside what is known, and the counts of the preview."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import polars as pl

from linli.core import clock
from linli.core.keys import keyring
from linli.elements.intakes import cleaning, columns, parts, seated, sheets, singles, sites, structure
from linli.elements.intakes.cleaning import Faults
from linli.elements.intakes.likenesses import SPELLED
from linli.elements.intakes.matching import LIKENESS_BYTES
from linli.elements.intakes.planning import ASK, BAD, CHANGE, RESIDENTS, VERDICTS, Plan
from linli.elements.intakes.reading import LINE
from linli.elements.intakes.staging import Staged, drawn
from linli.elements.intakes.taking import counted
from linli.elements.models import Intake, IntakeRow, Pairing
from linli.elements.registers.declaring import register_named

EXAMPLES = 12
"""Changed lines that the preview names (our choice)."""
MOST_ROWS = 5_000
BESIDE = "on conflict (intake_id, line) do update set sealed = excluded.sealed, verdict = excluded.verdict, faults = excluded.faults"
"""What becomes of a line that is kept already: a bad one may be asked about as well."""


def row_context(intake: int, line: int) -> str:
    """What the seal of one line that does not go in is bound to."""
    return f"intake_row:{intake}:{line}"


def cleaned(intake: Intake, raw: pl.DataFrame, faults: Faults) -> pl.DataFrame:
    """The lines in their written form with areas, keys, indexes and ties, `is_bad` where something is wrong with a line or between lines."""
    sheet = columns.sheet_named(intake.sheet)
    if sheet.name == seated.SEATS:
        return seated.cleaned(intake, raw, faults)
    if sheet.sole is not None:
        return singles.cleaned(intake, sheet, raw, faults)
    frame = cleaning.clean(sheet, raw, intake.mapping, intake.headings, faults)
    is_people = sheet.name == RESIDENTS
    if is_people:
        frame = cleaning.derive(frame)
    frame = sites.settle(frame, intake.area, faults)
    cleaning.require(sheet, frame.filter(pl.col(sites.BUILDING).is_not_null()), faults)
    if is_people:
        cleaning.require(sheet, frame.filter(pl.col(sites.BUILDING).is_null()).with_columns(pl.lit("-").alias(sites.NUMBER)), faults)
    cleaning.judge(sheet, frame, faults)
    frame = structure.indexed(frame)
    if is_people:
        frame = structure.tied(frame)
        structure.compare_people(frame, faults)
    else:
        structure.compare_dwellings(frame, faults)
    return frame.with_columns(pl.col(LINE).is_in(faults.lines()).alias("is_bad"))


def brought(intake: Intake) -> list[str]:
    """The columns that the file brings."""
    return [one for one in intake.mapping.values() if one]


def check(intake: Intake, within: Callable[[], Any], progress: Callable[[int, int], None]) -> dict[str, Any]:
    """Look through the whole file; keeps its clean stretches and the lines that cannot go in, answers counts and examples.

    `within` opens the sight for each step, so that nothing is held while Polars works.
    """
    faults = Faults()
    with within():
        raw = parts.raw(intake.pk)
        frame = cleaned(intake, raw, faults)
    stretches = parts.stretches(frame, order=(SPELLED,)) if SPELLED in frame.columns else parts.stretches(frame)
    with within():
        parts.keep(intake, parts.CLEAN, stretches)
        IntakeRow.objects.filter(intake=intake).delete()
    counts: Counter[str] = Counter({"rows": raw.height})
    examples: list[dict[str, Any]] = []
    asked = []
    placed = 0
    del frame
    for place in range(len(stretches)):
        progress(place, len(stretches))
        with within():
            plan = sheets.plan(intake.sheet, stretches[place], brought(intake))
        stretches[place] = pl.DataFrame()
        for line, found in plan.faults.found.items():
            for column, (code, sentence) in found.items():
                faults.add([line], column, code, sentence)
        placed += plan.verdicts.height
        counts.update(counted(plan, VERDICTS))
        changed = plan.verdicts.filter(pl.col("verdict") == CHANGE).head(EXAMPLES - len(examples))
        examples += [{"line": line, "columns": names} for line, names in changed.select(LINE, "changed").iter_rows()]
        asked.append(plan)
    counts[BAD] += raw.height - placed
    counts.update(f"why.{code}" for found in faults.found.values() for code, _ in found.values())
    with within():
        keep_bad(intake, raw, faults)
        for plan in asked:
            keep_questions(intake, raw, plan)
    return {"counts": {name: count for name, count in counts.items() if count or name in VERDICTS}, "examples": examples}


def keep_bad(intake: Intake, raw: pl.DataFrame, faults: Faults) -> None:
    """The lines that go back: cells and sentences sealed, codes open."""
    if faults.found:
        _keep_rows(intake, raw, faults.lines(), BAD, faults)


def keep_questions(intake: Intake, raw: pl.DataFrame, plan: Plan) -> None:
    """The lines that wait for an answer, and the pairs to be looked at."""
    if plan.questions.is_empty():
        return
    lines = plan.questions[LINE].unique().to_list()
    _keep_rows(intake, raw, lines, ASK, Faults())
    rows = dict(IntakeRow.objects.filter(intake=intake, line__in=lines).values_list("line", "pk"))
    now, kind = clock.now(), register_named(plan.register).subject if plan.register else "person"
    pairs = [Pairing(area=area, subject_kind=kind, one=other, row=rows[line], likeness=likeness[:LIKENESS_BYTES], reasons=reasons, made_at=now)
             for other, reasons, likeness, line, area in plan.questions.select("other", "reasons", "likeness", LINE, sites.AREA).iter_rows()]
    Pairing.objects.bulk_create(pairs, update_conflicts=True, unique_fields=["one", "likeness"], update_fields=["row", "made_at"])


def _keep_rows(intake: Intake, raw: pl.DataFrame, lines: Sequence[int], verdict: str, faults: Faults) -> None:
    for start in range(0, len(lines), MOST_ROWS):
        some = raw.filter(pl.col(LINE).is_in(list(lines[start:start + MOST_ROWS])))
        Staged().add(IntakeRow, _rows(intake, some, verdict, faults), beside=BESIDE)


def _rows(intake: Intake, some: pl.DataFrame, verdict: str, faults: Faults) -> pl.DataFrame:
    """The lines as rows of their table."""
    codes, pairs = [], []
    for line, *cells in some.iter_rows():
        found = faults.found.get(line, {})
        why = {column: sentence.as_dict() for column, (_, sentence) in found.items()}
        pairs.append((json.dumps({"cells": cells, "why": why}, ensure_ascii=False), row_context(intake.pk, line)))
        codes.append(json.dumps({column: code for column, (code, _) in found.items()}))
    sealed = ["\\x" + one.hex() for one in keyring().seal_many(pairs)]
    return pl.DataFrame({"id": drawn(IntakeRow, some.height), "line": some[LINE], "sealed": sealed, "faults": codes}).with_columns(
        pl.lit(intake.area).alias("area"), pl.lit(intake.pk).alias("intake_id"), pl.lit(verdict).alias("verdict"))


def opened(row: IntakeRow) -> dict[str, Any]:
    """The cells of a line that did not go in and the sentences about them; empty when they are destroyed."""
    if row.sealed is None:
        return {"cells": [], "why": {}}
    found: dict[str, Any] = json.loads(keyring().unseal_text(bytes(row.sealed), row_context(row.intake_id, row.line)))
    return found
