# SPDX-License-Identifier: MulanPSL-2.0
"""Decisions carried out: the intake's own plan, narrowed to the fields and records that somebody decided, written and undone as every intake."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import polars as pl

from linli.elements.intakes import changes, origins, parts, planning, staging, taking, undoing
from linli.elements.intakes.planning import ADD, ASK, Plan
from linli.elements.intakes.reading import LINE
from linli.elements.intakes.structure import NUMBER_INDEX, PERSON, PHONE_INDEX, RELATION, STANDING
from linli.elements.models import Intake, IntakeBatch, ReconciledItem, Reconciliation
from linli.elements.reconciling import sides
from linli.elements.reconciling.comparing import known_rows, main_of
from linli.elements.reconciling.sides import THEIRS, TIES

MIRRORED: Mapping[str, str] = {NUMBER_INDEX: "person.id_number", PHONE_INDEX: "person.phone"}
"""Columns of the frame that hold the index of another."""
Chosen = Mapping[tuple[str, str], set[int]]
"""(register, name) to the records for which theirs is right."""


def write_stretch(one: Reconciliation, round_now: int, number: int, at: datetime) -> dict[str, Any]:
    """Carry out what is decided about the lines of one stretch, in the running transaction; answers what the journal keeps of it."""
    intake: Intake = one.intake
    rows = parts.opened(intake.pk, parts.CLEAN, number)
    items = _decided(one, rows[LINE].to_list())
    fresh, stale = _still(items)
    outcomes: dict[tuple[str, str], list[int]] = defaultdict(list)
    outcomes["stale", ""] += [item.pk for item in stale]
    told: dict[str, Any] = {"counts": {}}
    made: dict[str, Any] = {}
    before = None
    if fresh:
        plan = _narrowed(intake, rows, fresh, outcomes)
        staged, was = taking.carry_out(plan)
        changed = {name: staging.ranges([row[0] for row in found]) for name, found in was.items()}
        made = staged.made | {origins.changed_key(name): spans for name, spans in changed.items()}
        before = undoing.seal_before(was, intake=intake.pk, round=round_now, number=number) if was else None
        told = {"counts": {"items": len(outcomes["done", ""])}, "added": staged.made, "changed": changed, "digest": staged.digest()}
    IntakeBatch.objects.create(area=one.area, intake=intake, round=round_now, number=number, made=made, before=before, taken_at=at,
                               counts={f"new.{name}": sum(last - first + 1 for first, last in spans) for name, spans in made.items() if "." not in name})
    for (outcome, why), numbers in outcomes.items():
        ReconciledItem.objects.filter(pk__in=numbers).update(outcome=outcome, why=why)
    Intake.objects.filter(pk=intake.pk).update(state="taken", taken_at=at)
    Reconciliation.objects.filter(pk=one.pk).update(applied_at=at)
    return told


def _decided(one: Reconciliation, lines: Sequence[int]) -> list[ReconciledItem]:
    """The items of these lines that are to be written."""
    wanted = ReconciledItem.objects.filter(reconciliation=one, outcome="", decision__in=("theirs", "take"), line__isnull=False)
    there = set(lines)
    return [item for item in wanted.only("id", "side", "register", "record", "line", "name", "stood") if item.line in there]


def _still(items: Iterable[ReconciledItem]) -> tuple[list[ReconciledItem], list[ReconciledItem]]:
    """Those of which ours is still what it was when it was compared, and those of which it is not."""
    differing: dict[str, list[ReconciledItem]] = defaultdict(list)
    fresh: list[ReconciledItem] = []
    stale: list[ReconciledItem] = []
    for item in items:
        if item.stood is None:
            fresh.append(item)
        else:
            differing[item.register].append(item)
    for register, some in differing.items():
        pairs = pl.DataFrame([(item.record, item.name) for item in some], schema={"record": pl.Int64, "name": pl.String}, orient="row")
        now = sides.was_digests((register, record, name, was) for record, name, was in sides.ours_of(register, pairs).iter_rows())
        for item, digest in zip(some, now, strict=True):
            (fresh if bytes(item.stood or b"") == digest else stale).append(item)
    return fresh, stale


def _narrowed(intake: Intake, rows: pl.DataFrame, items: Sequence[ReconciledItem], outcomes: Any) -> Plan:
    """The intake's plan for the lines of the items, without anything that nobody decided."""
    main = main_of(intake.sheet)
    rows = _lines_of(rows, items, main)
    plan = planning.plan(intake.sheet, rows, [one for one in intake.mapping.values() if one])
    taken = [item.line for item in items if item.side == THEIRS]
    new = set(plan.rows.filter(pl.col(LINE).is_in(taken) & (pl.col(main) < 0) & ~pl.col("is_out"))[main].to_list())
    known, _ = known_rows(plan, rows, main)
    chosen: Chosen = defaultdict(set)
    for item in items:
        if item.record is not None:
            chosen[item.register, item.name].add(item.record)
    _judge(plan, known, items, outcomes, main)
    brought = [one for one in intake.mapping.values() if one]
    if main == "person":
        _narrow_people(plan, known, chosen, new, brought)
    else:
        _narrow_land(plan, chosen, new, brought)
    return plan


def _lines_of(rows: pl.DataFrame, items: Sequence[ReconciledItem], main: str) -> pl.DataFrame:
    """The lines of the records meant; relations are left out where nobody decided them, because they turn households."""
    lines = [item.line for item in items]
    if main != "person":
        return rows.filter(pl.col(LINE).is_in(lines))
    rows = rows.filter(pl.col(PERSON).is_in(rows.filter(pl.col(LINE).is_in(lines))[PERSON].unique().implode()))
    related = [item.line for item in items if item.side == THEIRS or item.name == RELATION]
    people = rows.filter(pl.col(LINE).is_in(related))[PERSON].unique()
    return rows.with_columns(pl.when(pl.col(PERSON).is_in(people.implode())).then(pl.col(RELATION)).otherwise(None).alias(RELATION))


def _judge(plan: Plan, known: pl.DataFrame, items: Sequence[ReconciledItem], outcomes: Any, main: str) -> None:
    """What becomes of each item: done, refused with the code of the rule, or stale when its record is no longer what the line means."""
    verdicts = dict(plan.verdicts.select(LINE, "verdict").iter_rows())
    met: dict[str, set[int]] = {name: set(known[name].to_list()) for name in ("person", "dwelling", "building", "household") if name in known.columns}
    tied = {one for name in ("residence", "membership") if name in plan.new and not plan.new[name].is_empty() for one in plan.new[name]["person"].to_list()}
    for item in items:
        verdict = verdicts.get(item.line or 0)
        is_done = verdict == ADD if item.side == THEIRS else item.record in (tied if item.name == TIES else met.get(item.register, set()))
        found = plan.faults.found.get(item.line or 0, {})
        why = "" if is_done else ASK if verdict == ASK else next((code for code, _ in found.values()), "")
        outcomes["done" if is_done else "refused" if why else "stale", why].append(item.pk)


def _only(frame: pl.DataFrame, by: str, records: set[int], names: Sequence[str], chosen: Chosen, register: str) -> pl.DataFrame:
    """The lines with every cell emptied about which nobody decided: an empty cell never changes anything."""
    frame = frame.filter(pl.col(by).is_in(list(records)))
    kept = [one for one in (*names, *MIRRORED) if one in frame.columns]
    return frame.with_columns(
        pl.when(pl.col(by).is_in(list(chosen.get((register, MIRRORED.get(one, one)), ())))).then(pl.col(one)).otherwise(None).alias(one) for one in kept)


def _narrow_people(plan: Plan, known: pl.DataFrame, chosen: Chosen, new: set[int], brought: list[str]) -> None:
    names = [one for one in known.columns if one.startswith("person.") or one == STANDING]
    people = {one for (register, name), records in chosen.items() if register == "person" and name in names for one in records}
    plan.changed = {
        "person": changes.of_people(_only(known, "person", people, names, chosen, "person"), brought),
        "membership": _relations(plan, known, chosen.get(("person", RELATION), set())),
        "household": _households(plan.changed["household"], chosen)}
    tied = new | chosen.get(("person", TIES), set())
    for name in ("residence", "membership"):
        plan.new[name] = _those(plan.new[name], "person", tied)
    plan.new["person"] = _those(plan.new["person"], "person", new)
    homes = plan.rows.filter(pl.col("person").is_in(list(new)))
    plan.new["household"] = _those(plan.new["household"], "household", _ids(plan.new["membership"], "household"))
    needed = _ids(plan.new["residence"], "dwelling") | _ids(plan.new["household"], "dwelling") | set(homes["dwelling"].to_list())
    plan.new["dwelling"] = _those(plan.new["dwelling"], "dwelling", needed)
    plan.new["building"] = _those(plan.new["building"], "building", _ids(plan.new["dwelling"], "building"))


def _narrow_land(plan: Plan, chosen: Chosen, new: set[int], brought: list[str]) -> None:
    good = plan.rows.filter(~pl.col("is_out"))
    plan.new["dwelling"] = _those(plan.new["dwelling"], "dwelling", new)
    plan.new["building"] = _those(plan.new["building"], "building", _ids(plan.new["dwelling"], "building"))
    for name in ("building", "dwelling"):
        columns = [one for one in good.columns if one.startswith(f"{name}.")]
        records = {one for (register, _), found in chosen.items() if register == name for one in found}
        plan.changed[name] = changes.of_land(name, _only(good, name, records, columns, chosen, name), brought)


def _ids(frame: pl.DataFrame, name: str) -> set[int]:
    return set(frame[name].drop_nulls().to_list()) if not frame.is_empty() else set()


def _those(frame: pl.DataFrame, name: str, wanted: set[int]) -> pl.DataFrame:
    return frame.filter(pl.col(name).is_in(list(wanted))) if not frame.is_empty() else frame


def _relations(plan: Plan, known: pl.DataFrame, people: set[int]) -> pl.DataFrame:
    members = _ids(known.filter(pl.col("person").is_in(list(people))), "membership")
    return _those(plan.changed["membership"], "id", members)


def _households(changed: pl.DataFrame, chosen: Chosen) -> pl.DataFrame:
    if changed.is_empty():
        return changed
    kinds, booklets = (list(chosen.get(("household", name), ())) for name in ("household.kind", "household.booklet"))
    frame = changed.with_columns(pl.when(pl.col("id").is_in(kinds)).then(pl.col("kind")).otherwise(None).alias("kind"),
                                 *(pl.when(pl.col("id").is_in(booklets)).then(pl.col(one)).otherwise(None).alias(one) for one in ("booklet", "booklet_index")))
    return frame.filter(pl.col("kind").is_not_null() | pl.col("booklet").is_not_null())
