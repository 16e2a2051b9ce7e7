# SPDX-License-Identifier: MulanPSL-2.0
"""A file beside the registers, stretch by stretch: who is in both and agrees, what differs, who is only there, only here, or cannot be compared."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import polars as pl
from django.db import connection

from linli.core.protection import masked
from linli.elements.intakes import changes, columns, parts, planning, structure
from linli.elements.intakes.planning import ASK, BAD, RESIDENTS, Plan
from linli.elements.intakes.reading import LINE
from linli.elements.intakes.sites import AREA
from linli.elements.intakes.structure import NUMBER_INDEX, RELATION, STANDING
from linli.elements.models import Intake, IntakeRow, Reconciliation
from linli.elements.reconciling import sides
from linli.elements.reconciling.sides import ADDRESS, DIFFERS, ITEM, THEIRS, TIES, UNCLEAR
from linli.elements.registers import people

SOFT = frozenset({"two_homes", "two_households"})
"""What keeps a line from being taken in, yet tells who is meant: such a person is compared, and the address is what differs."""
SHOWN = ("person.name", "person.born_on", "person.id_number", "person.phone")
SECRET = ("person.id_number", "person.phone")
SITE = ("building.quarter", "building.number", "dwelling.doorway", "dwelling.room")
COVERED = {"living": ("together", "living"), "registered": ("together", "registered"), "all": ("together", "living", "registered")}
"""Which of our people a file that claims to hold everybody must have, by what it claims; `part` claims nothing."""
ONLY_OURS = """select p.id, p.area from elements_person p left join unnest(%s::bigint[]) s(id) on s.id = p.id
where p.area >= %s and p.area < %s and s.id is null and p.standing = any(%s) and (%s or exists (
  select from elements_residence r join elements_dwelling d on d.id = r.dwelling_id where r.person_id = p.id and r.until is null and d.building_id = any(%s)))
order by p.area, p.id"""
ONLY_OUR_DWELLINGS = """select d.id, d.area from elements_dwelling d left join unnest(%s::bigint[]) s(id) on s.id = d.id
where d.area >= %s and d.area < %s and s.id is null and d.valid_to is null and (%s or d.building_id = any(%s)) order by d.area, d.id"""


@dataclass
class Compared:
    """What one stretch, or the whole of a file, came to."""

    items: list[pl.DataFrame] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    figures: Counter[tuple[str, str]] = field(default_factory=Counter)
    seen: set[int] = field(default_factory=set)
    buildings: set[int] = field(default_factory=set)
    lines: set[int] = field(default_factory=set)


def of_stretch(found: Compared, intake: Intake, number: int) -> None:
    """Put into `found` what the lines of one stretch say, under the sight in force."""
    brought = [one for one in intake.mapping.values() if one]
    rows = parts.opened(intake.pk, parts.CLEAN, number)
    plan = planning.plan(intake.sheet, rows, brought)
    main = main_of(intake.sheet)
    known, soft = known_rows(plan, rows, main)
    differing = [_of_land(plan, name, brought, found) for name in ("building", "dwelling")]
    if main == "person":
        differing += [_of_people(known, brought, found), _of_households(plan, found), _of_relations(plan, known, brought, found), _of_ties(plan), _of_addresses(plan, soft)]
    differs = _concat(differing).sort(LINE, "register", "record", maintain_order=True)
    theirs, unclear = _only_theirs(plan, main), _unclear(plan, soft)
    found.items += [one for one in (differs, theirs, unclear) if not one.is_empty()]
    met = set(plan.rows.filter(pl.col(main) > 0)[main].to_list())
    apart = set(differs.filter(pl.col("register") == main)["record"].to_list())
    found.counts.update({"agree": known[main].n_unique() - len(apart & set(known[main].to_list())), "differ": len(apart), "theirs": theirs.height, "unclear": unclear.height})
    found.seen |= met | (set(plan.questions["other"].to_list()) if "other" in plan.questions.columns else set())
    found.buildings |= set(plan.rows.filter(pl.col("building") > 0)["building"].to_list())
    found.lines |= set(rows[LINE].to_list())


def main_of(sheet: str) -> str:
    """Whose records a sheet is about."""
    return "person" if sheet == RESIDENTS else "dwelling"


def known_rows(plan: Plan, rows: pl.DataFrame, main: str) -> tuple[pl.DataFrame, list[int]]:
    """The lines whose record is known and can be compared, and those of them that name another address than ours."""
    clean = set(rows.filter(~pl.col("is_bad"))[LINE].to_list())
    soft = [line for line, found in plan.faults.found.items() if line in clean and {code for code, _ in found.values()} <= SOFT]
    asked = pl.col("is_asked") if "is_asked" in plan.rows.columns else pl.lit(False)
    known = plan.rows.filter((pl.col(main) > 0) & (~pl.col("is_out") | (pl.col(LINE).is_in(soft) & ~asked)))
    return known, known.filter(pl.col(LINE).is_in(soft))[LINE].to_list()


def _concat(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat([pl.DataFrame(schema=ITEM), *(one.select(ITEM.keys()).cast(dict(ITEM)) for one in frames if not one.is_empty())])  # type: ignore[arg-type]


def _items(frame: pl.DataFrame, register: str, **given: pl.Expr) -> pl.DataFrame:
    """The frame with every column of an item; what is not given is null."""
    told = {"side": pl.lit(DIFFERS), "register": pl.lit(register), **given}
    return frame.with_columns(**told).with_columns(pl.lit(None, kind).alias(name) for name, kind in ITEM.items() if name not in {*frame.columns, *told}).select(ITEM.keys())


def _said(good: pl.DataFrame, by: str, names: Sequence[str]) -> pl.DataFrame:
    """What the file says of each record and column: record, line, area, name, theirs; empty cells say nothing."""
    there = [one for one in names if one in good.columns]
    if good.is_empty() or not there:
        return pl.DataFrame(schema={"record": pl.Int64, LINE: pl.Int64, AREA: pl.Int64, "name": pl.String, "theirs": pl.String})
    first = good.group_by(by, maintain_order=True).agg(pl.col(LINE).first(), pl.col(AREA).first(), *(pl.col(one).drop_nulls().first() for one in there))
    long = first.rename({by: "record"}).unpivot(there, index=["record", LINE, AREA], variable_name="name", value_name="theirs")
    return long.filter(pl.col("theirs").is_not_null())


def _differing(changed: pl.DataFrame, said: pl.DataFrame, register: str, found: Compared) -> pl.DataFrame:
    """The changed columns one by one with both sides, counted for the figures."""
    if said.is_empty():
        return pl.DataFrame(schema=ITEM)
    pairs = changed.select(pl.col("id").alias("record"), pl.col("changed").alias("name")).explode("name") if not changed.is_empty() else pl.DataFrame(
        schema={"record": pl.Int64, "name": pl.String})
    items = sides.ours_of(register, said.join(pairs, on=["record", "name"], how="semi", maintain_order="left"))
    whole, gaps = Counter(said["name"].to_list()), Counter(items.filter(pl.col("was").fill_null("") == "")["name"].to_list())
    apart = Counter(items["name"].to_list())
    for name, count in whole.items():
        found.figures.update({(name, "same"): count - apart[name], (name, "differs"): apart[name] - gaps[name], (name, "gaps"): gaps[name]})
    return _items(items, register)


def _of_people(known: pl.DataFrame, brought: Sequence[str], found: Compared) -> pl.DataFrame:
    wanted = {*(one for one in brought if one.startswith("person.") or one == STANDING), *(changes.DERIVED if "person.id_number" in brought else ())}
    return _differing(changes.of_people(known, list(brought)), _said(known, "person", sorted(wanted)), "person", found)


def _of_land(plan: Plan, name: str, brought: Sequence[str], found: Compared) -> pl.DataFrame:
    wanted = [one for one in brought if one.startswith(f"{name}.") and one not in changes.KEYS]
    good = plan.rows.filter(~pl.col("is_out") & (pl.col(name) > 0))
    return _differing(changes.of_land(name, good, list(brought)), _said(good, name, wanted), name, found)


def _of_households(plan: Plan, found: Compared) -> pl.DataFrame:
    """Another kind of household, and a number of the register that ours lacks."""
    changed = plan.changed["household"]
    if changed.is_empty():
        return pl.DataFrame(schema=ITEM)
    first = plan.rows.filter(~pl.col("is_out")).group_by("household", maintain_order=True).agg(pl.col(LINE).first(), pl.col(AREA).first()).rename({"household": "id"})
    rows = changed.join(first, on="id", how="inner").select(pl.col("id").alias("record"), LINE, AREA, pl.col("changed").alias("name"), "kind", "booklet").explode("name")
    theirs = pl.when(pl.col("name") == "household.kind").then(pl.col("kind")).otherwise(pl.col("booklet"))
    pairs = sides.ours_of("household", rows.with_columns(theirs.alias("theirs")).drop("kind", "booklet"))
    for name, was in pairs.select("name", "was").iter_rows():
        found.figures[(name, "differs" if was else "gaps")] += 1
    return _items(pairs, "household")


def _of_relations(plan: Plan, known: pl.DataFrame, brought: Sequence[str], found: Compared) -> pl.DataFrame:
    if RELATION not in brought:
        return pl.DataFrame(schema=ITEM)
    members = known.filter(pl.col("membership").is_not_null() & pl.col(RELATION).is_not_null()).unique("membership", keep="first", maintain_order=True)
    apart = members.filter(pl.col(RELATION).ne_missing(pl.col("was")))
    gaps = apart.filter(pl.col("was").fill_null("") == "").height
    found.figures.update({(RELATION, "same"): members.height - apart.height, (RELATION, "differs"): apart.height - gaps, (RELATION, "gaps"): gaps})
    rows = apart.select(pl.col("person").alias("record"), LINE, AREA, pl.col("was"), pl.col(RELATION).alias("theirs"))
    return _items(rows, "person", name=pl.lit(RELATION))


def _of_ties(plan: Plan) -> pl.DataFrame:
    """Known people whom the file ties to a dwelling or a household to which we do not tie them."""
    fresh = [plan.new[name].filter(pl.col("person") > 0).select("person", LINE, AREA) for name in ("residence", "membership") if not plan.new[name].is_empty()]
    if not fresh or not (whole := pl.concat(fresh).unique("person", keep="first", maintain_order=True)).height:
        return pl.DataFrame(schema=ITEM)
    return _items(whole.join(_addresses(plan), on=LINE, how="left").rename({"person": "record"}), "person", name=pl.lit(TIES))


def _of_addresses(plan: Plan, soft: Sequence[int]) -> pl.DataFrame:
    """People who are at home elsewhere here by our register."""
    rows = plan.rows.filter(pl.col(LINE).is_in(list(soft))).unique("person", keep="first", maintain_order=True).select(pl.col("person").alias("record"), LINE, AREA)
    return _items(rows.join(_addresses(plan), on=LINE, how="left"), "person", name=pl.lit(ADDRESS)) if rows.height else pl.DataFrame(schema=ITEM)


def _addresses(plan: Plan) -> pl.DataFrame:
    """Each line's address as it is shown."""
    return plan.rows.select(LINE, pl.concat_str([pl.col(one).fill_null("") for one in SITE], separator=" ").str.strip_chars().alias("theirs"))


def _only_theirs(plan: Plan, main: str) -> pl.DataFrame:
    """Records that only the file has, with what tells which are meant: numbers masked before they are sealed here."""
    good = plan.rows.filter(~pl.col("is_out") & (pl.col(main) < 0)).unique(main, keep="first", maintain_order=True)
    if good.is_empty():
        return pl.DataFrame(schema=ITEM)
    shown = [one for one in (*SHOWN, *SITE) if one in good.columns]
    texts = [sides.as_json({name: masked(cell) if name in SECRET and cell else cell for name, cell in zip(shown, cells, strict=True)})
             for cells in good.select(shown).iter_rows()]
    said = good.select(LINE, AREA).with_columns(pl.Series("theirs", texts, dtype=pl.String))
    named = good[structure.PERSON].to_list() if main == "person" else texts
    return _items(said, main, side=pl.lit(THEIRS), likeness=pl.lit(pl.Series(named, dtype=pl.String)))


def _unclear(plan: Plan, soft: Sequence[int]) -> pl.DataFrame:
    rows = plan.verdicts.filter(pl.col("verdict").is_in([BAD, ASK]) & ~pl.col(LINE).is_in(list(soft))).join(plan.rows.select(LINE, AREA), on=LINE, how="inner")
    return _items(rows.select(LINE, AREA, pl.col("verdict").alias("name")), "", side=pl.lit(UNCLEAR))


def finish(found: Compared, intake: Intake, one: Reconciliation, hi: int) -> None:
    """What only the whole file tells: lines of no place, and records that only we have."""
    told = IntakeRow.objects.filter(intake=intake, verdict__in=[BAD, ASK]).order_by("line").values_list("line", flat=True)
    lines = [line for line in told if line not in found.lines]
    if lines:
        frame = pl.DataFrame({LINE: lines}, schema={LINE: pl.Int64})
        found.items.append(_items(frame, "", side=pl.lit(UNCLEAR), name=pl.lit(BAD), area=pl.lit(intake.area)))
        found.counts["unclear"] += len(lines)
    main = main_of(intake.sheet)
    if main == "person":
        found.seen |= _numbered(intake, lines)
    rows = only_ours(main, found, one, intake.area, hi)
    if rows:
        frame = pl.DataFrame(rows, schema={"record": pl.Int64, "area": pl.Int64}, orient="row")
        found.items.append(_items(frame, main, side=pl.lit(sides.OURS), name=pl.lit(sides.PRESENT)))
    found.counts["ours"] = len(rows)


def only_ours(main: str, found: Compared, one: Reconciliation, lo: int, hi: int) -> list[tuple[int, int]]:
    """Records within what the file claims to hold that it has not: number and area. None where it claims nothing."""
    if one.covers == "part":
        return []
    is_whole, seen, buildings = one.within == "area", sorted(found.seen), sorted(found.buildings)
    with connection.cursor() as cursor:
        if main == "person":
            cursor.execute(ONLY_OURS, [seen, lo, hi, list(COVERED[one.covers]), is_whole, buildings])
        else:
            cursor.execute(ONLY_OUR_DWELLINGS, [seen, lo, hi, is_whole, buildings])
        return [(row[0], row[1]) for row in cursor.fetchall()]


def _numbered(intake: Intake, lines: Sequence[int]) -> set[int]:
    """Our people whom lines of no place name by a number: these are in the file, whatever else is wrong with their line."""
    place = next((place for place, heading in enumerate(intake.headings) if intake.mapping.get(heading) == columns.key("person", "id_number")), None)
    if place is None or not lines:
        return set()
    cells = parts.raw(intake.pk).filter(pl.col(LINE).is_in(list(lines)))[f"c{place}"].drop_nulls().unique().to_list()
    frame = structure.indexed(pl.DataFrame({"person.id_number": [people.written_number(cell) or None for cell in cells]}, schema={"person.id_number": pl.String}))
    indexes = [UUID(one) for one in frame[NUMBER_INDEX].drop_nulls().to_list()]
    with connection.cursor() as cursor:
        cursor.execute("select p.id from unnest(%s::uuid[]) n(i) join elements_person p on p.id_index = n.i", [indexes])
        return {row[0] for row in cursor.fetchall()}


