# SPDX-License-Identifier: MulanPSL-2.0
"""Other engines: the same integers as PostgreSQL on drawn and hostile records, from files that follow what changed and nothing else."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Q
from sqlglot import parse_one

from linli.core.sight import looking, of_all
from linli.elements.models import Organisation, Place, Thing, ThingPart
from linli.matters.models import Matter, Round, RoundDay, RoundReport
from linli.measures.counts import Counts, count_all
from linli.measures.declarations import FactSet, Measure, fact_of, fact_sets, measures, measures_of
from linli.measures.engines import choosing, dialects, spark, store
from linli.measures.engines.choosing import DUCKDB, SPARK, count_carried, count_whole
from linli.measures.engines.portable import all_sources, kind_of, portable
from linli.measures.rebuilding import rebuild
from tests.measures import town as place
from tests.measures.brought import plant_brought
from tests.measures.standing import SUPPLIES, plant_registers
from tests.measures.test_figures import plant, plant_many, windows
from tests.measures.town import COMMUNITIES, NOW, Town, at_now, matter

PERIODS = ("2025", "2026", "2026-01", "2026-10", "2026-11")


@pytest.fixture(autouse=True)
def parquet(tmp_path: Path, settings: Any) -> Path:
    """A folder of the test's own."""
    settings.PARQUET_ROOT = tmp_path / "parquet"
    root: Path = settings.PARQUET_ROOT
    return root


def plant_all(town: Town, seed: int) -> None:
    """Matters, registers, grids, rounds, money, inspections and surveys drawn from a seed, and some records that no form would take."""
    plant_many(town, seed, 150)
    plant_registers(seed)
    plant_brought(seed, COMMUNITIES)
    chance = random.Random(seed)
    with looking(of_all()):
        for number, grid in enumerate(Place.objects.filter(level="grid").order_by("area")):
            if number % 2:
                place.staff(grid.area, date(2026, 1 + number, 1))
                place.draw(grid.area, 20_000)
            for days in range(3):
                RoundDay.objects.create(area=grid.area, day=date(2026, 11, 1 + days), over_at=NOW - timedelta(days=20 - days),
                                        has_morning=chance.random() < 0.5, has_afternoon=chance.random() < 0.5)
    plant_hostile(town)


def plant_hostile(town: Town) -> None:
    """Bounds met to the microsecond, far days, moments of another zone, texts with everything that a file of commas could trip over."""
    year = windows("2026")[0]
    tokyo = (NOW - timedelta(days=1)).astimezone().isoformat()
    texts = ('a,"b"\nc', "\\N", "'; drop table x; --", "", " ", "\r\n", "一号\t楼", "NULL", "🏠")
    edges = (year.start, year.end, year.end - timedelta(microseconds=1), NOW, NOW - timedelta(microseconds=1))
    rows = [matter(town, COMMUNITIES[0], kind="six_problems", address=text, reported_at=NOW - timedelta(days=40 - number))
            for number, text in enumerate((*texts, *texts))]
    rows += [matter(town, COMMUNITIES[1], closed_at=at, reported_at=at - timedelta(days=3), close_due_at=at) for at in edges]
    rows += [matter(town, COMMUNITIES[1], closed_at=None, phase="handling", close_due_at=at, reported_at=NOW - timedelta(days=90)) for at in edges]
    rows += [matter(town, COMMUNITIES[2], reported_at=datetime(1900, 1, 1, tzinfo=UTC), closed_at=datetime(9999, 12, 31, tzinfo=UTC)),
             matter(town, COMMUNITIES[2], reported_at=datetime.fromisoformat(tokyo), rating=None, close_due_at=None, due_at=None)]
    plant(*rows)
    with looking(of_all()):
        for number, (since, until) in enumerate(((None, None), (date(1, 1, 1), date(9999, 12, 31)), (None, year.day), (year.day, None))):
            Organisation.objects.create(area=COMMUNITIES[2], kind="social_organisation", name=f"社{number}", stage="filed",
                                        fields={"purpose": texts[number]}, valid_from=since, valid_to=until)


def told(counts: Counts) -> tuple[Any, Any]:
    return counts.pairs, counts.next_at


@pytest.mark.parametrize("seed", [11, 12])
def test_duckdb_counts_every_measure_as_postgres_does(town: Town, seed: int) -> None:
    with at_now():
        plant_all(town, seed)
        ours = count_all(windows(*PERIODS), NOW)
        theirs = count_whole(windows(*PERIODS), NOW, DUCKDB)

    assert told(theirs) == told(ours)
    assert {key[2] for key in ours.pairs} >= {one.code for fact in fact_sets() for one in measures_of(fact)} - {"GV-08", "GV-09"}
    assert any(part < 0 or part > whole for key, (part, whole) in ours.pairs.items() if key[2] == "D2-11"), "money taken back in another year"


def test_nothing_recorded_is_nothing_counted_on_either(town: Town) -> None:
    with at_now():
        ours, theirs = count_all(windows("2026"), NOW), count_whole(windows("2026"), NOW, DUCKDB)

    assert told(theirs) == told(ours)


def test_only_the_slices_that_differ_are_carried_again_whoever_changed_them(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "SLICE_BITS", 2)
    with at_now():
        plant(*(matter(town, COMMUNITIES[0]) for _ in range(40)))
        shelf = Thing.objects.create(area=COMMUNITIES[0], kind="relief_store", name="物")
        parts = [ThingPart.objects.create(area=COMMUNITIES[0], thing=shelf, name=name, count=2, wanted=1) for name in SUPPLIES]
        first, again = store.carry(), store.carry()
        Matter.objects.filter(pk=Matter.objects.order_by("id")[3].pk).update(phase="merged")
        parts[2].delete()
        plant(matter(town, COMMUNITIES[1]))
        third = store.carry()
        ours, theirs = count_all(windows(*PERIODS), NOW), count_carried(windows(*PERIODS), NOW, DUCKDB)
        ThingPart.objects.all().delete()
        gone = store.carry()

    assert first.rows > 40
    assert (again.changed, again.dropped, again.rows) == (0, 0, 0)
    assert third.changed == 3
    assert third.rows <= 12
    assert told(theirs) == told(ours)
    assert (gone.changed, gone.rows) == (0, 0)
    assert gone.dropped >= 2
    assert store.manifest().files("elements_thingpart") == []


def test_old_rows_of_a_table_that_only_grows_are_looked_at_when_all_is_compared(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "SLICE_BITS", 0)
    monkeypatch.setattr(store, "TAIL", 2)
    with at_now():
        rows = [matter(town, COMMUNITIES[0]) for _ in range(6)]
        plant(*rows)
        walked = Round.objects.create(area=COMMUNITIES[0], day=NOW.date(), worker=1, post=1, shift="morning", began_at=NOW, began_recorded_at=NOW)
        RoundReport.objects.bulk_create([RoundReport(area=COMMUNITIES[0], round=walked, matter=one) for one in rows])
        store.carry()
        newest, all_of_them = store.carry(), store.carry(whole=True)

    assert all_of_them.looked_at - newest.looked_at == 4
    assert (all_of_them.changed, newest.changed) == (0, 0)


def test_an_edit_within_the_same_transaction_is_seen(town: Town) -> None:
    with at_now():
        plant(matter(town, COMMUNITIES[0]))
        store.carry()
        Matter.objects.update(phase="refused")
        theirs = count_whole(windows("2026"), NOW, DUCKDB)
        ours = count_all(windows("2026"), NOW)

    assert told(theirs) == told(ours)


def test_a_run_that_dies_leaves_what_was_in_use(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    with at_now():
        plant(matter(town, COMMUNITIES[0]))
        store.carry()
        before, counted = store.manifest(), count_carried(windows("2026"), NOW, DUCKDB)
        plant(matter(town, COMMUNITIES[0]), matter(town, COMMUNITIES[1]))
        with monkeypatch.context() as patched:
            patched.setattr(store, "_exchange", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
            with pytest.raises(KeyboardInterrupt):
                store.carry()
        during = count_carried(windows("2026"), NOW, DUCKDB)
        store.carry()
        store.carry()
        after = count_carried(windows("2026"), NOW, DUCKDB)
        ours = count_all(windows("2026"), NOW)

    assert store.manifest() != before
    assert told(during) == told(counted) != told(ours)
    assert told(after) == told(ours)
    assert {one.name for one in store.folder().iterdir()} == store.manifest().every_file() | {"manifest.json"}
    assert store.folder().stat().st_mode & 0o077 == 0


def test_what_counts_otherwise_is_carried_anew(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    with at_now():
        plant(matter(town, COMMUNITIES[0]))
        store.carry()
        known = store.manifest()
        known.shapes["matters_matter"] = "of an earlier edition"
        store._exchange(known, known)
        again = store.carry()

    assert (again.changed, again.rows) == (1, 1)


def test_the_nightly_proof_can_take_its_count_from_duckdb(town: Town, sheet: str, settings: Any) -> None:
    settings.MEASURES_ENGINE = "duckdb"
    with at_now():
        plant_many(town, 13, 60)
        first = rebuild("2026")
        plant(matter(town, COMMUNITIES[0], kind="six_problems"))
        second = rebuild("2026")
        settings.MEASURES_ENGINE = "postgres"
        third = rebuild("2026")

    assert first.is_first
    assert second.differences > 0
    assert third.differences == 0


def test_no_field_of_class_two_and_up_leaves_the_database() -> None:
    for source in all_sources().values():
        for one in source.ordered():
            assert "sealed" not in one.sql, (source.table, one.sql)
            assert "index" not in one.sql, (source.table, one.sql)
    carried = {(source.table, one.name) for source in all_sources().values() for one in source.ordered()}
    assert not {name for table, name in carried if table == "elements_person"}
    assert not carried & {("elements_seat", "name"), ("matters_matter", "summary"), ("elements_thing", "fields"), ("elements_dwelling", "room")}


@pytest.mark.parametrize(("table", "name"), [("elements_identity", "phone_sealed"), ("elements_identity", "id_index"), ("elements_thing", "fields"),
                                             ("matters_matter", "own"), ("elements_household", "no_such_column")])
def test_a_column_that_is_sealed_or_unknown_is_refused(table: str, name: str) -> None:
    with pytest.raises(ValueError, match=r"cannot be carried|no column|is of class"):
        kind_of(table, name)


@pytest.mark.parametrize("expression", ["t.fields ->> 'nobody_declared_this'", "p.fields ->> 'nobody_declared_this'"])
def test_a_value_of_json_that_nobody_declared_is_refused(expression: str) -> None:
    table = "elements_thing t" if expression.startswith("t.") else "elements_organisation p"
    with pytest.raises(ValueError, match="nobody knows its class"):
        portable(*strange(f"select 1 as id, {expression[0]}.area, {expression[0]}.area as leaf, {expression} as word from {table}"))


def strange(sql: str) -> tuple[FactSet, tuple[Measure, ...]]:
    """A fact set that nobody declares, with a measure that reads its column `word`."""
    fact = replace(fact_of("social_organisations"), name="strange", sql=sql, columns={"id": "number", "area": "number", "leaf": "number", "word": "text"}, what="")
    return fact, (replace(measures()[0], fact="strange", numerator=Q(word="x"), denominator=Q(), period=Q(), exclusions=None, part="", whole=""),)


@pytest.mark.skipif(bool(spark.lacking()), reason=spark.lacking() or "ready")
@pytest.mark.slow
def test_spark_counts_every_measure_as_postgres_does(town: Town) -> None:
    with at_now():
        plant_all(town, 14)
        ours, theirs = count_all(windows("2026", "2026-11"), NOW), count_whole(windows("2026", "2026-11"), NOW, SPARK)

    assert told(theirs) == told(ours)


def test_the_command_carries_counts_and_compares(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    with at_now():
        plant_many(town, 15, 20)
        call_command("measures", "export")
        call_command("measures", "count")
        call_command("measures", "compare", "--period", "2026-11")

    said = capsys.readouterr().out
    assert "carried anew" in said
    assert "duckdb: " in said
    assert "All figures are equal." in said


def test_the_command_says_which_figure_differs(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    with at_now():
        plant(matter(town, COMMUNITIES[0]))
        store.carry()
        plant(matter(town, COMMUNITIES[0]))
        monkeypatch.setattr(choosing, "carry", lambda: None)
        with pytest.raises(CommandError, match=r"figures differ\. First: D3-11\.1"):
            call_command("measures", "compare")


def test_a_community_of_another_size_is_refused_with_a_sentence(town: Town) -> None:
    with at_now():
        Place.objects.filter(area=COMMUNITIES[0]).update(hi=COMMUNITIES[0] + 500)
        with pytest.raises(RuntimeError, match=str(COMMUNITIES[0])):
            store.carry()


def test_sparks_traps_are_mended() -> None:
    given = parse_one("select percentile_cont(0.5) within group (order by extract(epoch from a)) from x", read="postgres")
    said = given.transform(dialects._for_spark).sql("spark")

    assert said == "SELECT PERCENTILE(UNIX_MICROS(CAST(a AS TIMESTAMP)) / CAST(1000000.0 AS DOUBLE), 0.5) FROM x"
