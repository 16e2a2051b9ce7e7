# SPDX-License-Identifier: MulanPSL-2.0
"""The second fence: every area table, every command, tried as the application's own role with plain SQL."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, ProgrammingError, connection, transaction

from linli.core import fences
from linli.core.sight import AreaModel, NoSight, Sight, area_tables, looking, of_place

HERE, THERE = 120101001001000, 120101001002000
MODELS: list[type[AreaModel]] = [model for model in apps.get_models() if issubclass(model, AreaModel)]
POLICIES = [(model, name) for model in MODELS for name in fences.policies(model)]
FILLERS = {"bigint": "1", "integer": "1", "smallint": "1", "character varying": "'x'", "text": "'x'", "boolean": "false", "jsonb": "'{}'",
           "bytea": "'\\x00'", "timestamp with time zone": "now()", "date": "current_date", "xid8": "pg_current_xact_id()",
           "uuid": "gen_random_uuid()", "ARRAY": "'{}'"}


def columns_to_fill(table: str) -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("""select column_name, data_type from information_schema.columns where table_name = %s and column_name <> 'area'
            and is_nullable = 'NO' and column_default is null and is_identity = 'NO' and is_generated = 'NEVER'""", [table])
        return list(cursor.fetchall())


def plant(table: str, area: int, number: int) -> None:
    """One row as the owner, whatever the table: its constraints were taken away for the length of the test."""
    filled = columns_to_fill(table)
    names = ", ".join(["area", *(f'"{name}"' for name, _ in filled)])
    values = ", ".join([str(area), *(str(number) if kind == "bigint" else FILLERS[kind] for _, kind in filled)])
    with connection.cursor() as cursor:
        cursor.execute(f"insert into {table} ({names}) values ({values})")


def loosen(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select conname from pg_constraint where conrelid = %s::regclass and contype in ('f', 'c', 'u')", [table])
        for (name,) in cursor.fetchall():
            cursor.execute(f"alter table {table} drop constraint if exists {name} cascade")
        cursor.execute("select indexrelid::regclass::text from pg_index where indrelid = %s::regclass and indisunique and not indisprimary", [table])
        for (name,) in cursor.fetchall():
            cursor.execute(f"drop index {name}")
        cursor.execute("select tgname from pg_trigger where tgrelid = %s::regclass and not tgisinternal", [table])
        for (name,) in cursor.fetchall():
            cursor.execute(f"drop trigger {name} on {table}")


def as_app(sql: str, lo: int | None = None, hi: int | None = None) -> Any:
    """Run plain SQL as the role app, with a sight or none; answers the rows, or the number of rows touched."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select set_config('linli.lo', %s, true), set_config('linli.hi', %s, true)", [str(lo or ""), str(hi or "")])
        cursor.execute(f"set local role {settings.ROLES['app']}")
        cursor.execute(sql)
        found = cursor.fetchall() if cursor.description else cursor.rowcount
        cursor.execute("set local role none")
        return found


@pytest.fixture
def planted(owner: None, request: pytest.FixtureRequest) -> Iterator[type[AreaModel]]:
    model: type[AreaModel] = request.param
    table = model._meta.db_table
    loosen(table)
    plant(table, HERE, 900001)
    plant(table, THERE, 900002)
    return model


CHANGING = [model for model in MODELS if model.may_change]
each_changing_model = pytest.mark.parametrize("planted", CHANGING, ids=lambda model: model._meta.db_table, indirect=True)
each_model = pytest.mark.parametrize("planted", MODELS, ids=lambda model: model._meta.db_table, indirect=True)


@each_model
def test_without_a_sight_no_row_is_shown(planted: type[AreaModel]) -> None:
    assert as_app(f"select count(*) from {planted._meta.db_table}") == [(0,)]


@each_model
def test_with_a_sight_nothing_outside_it_is_shown(planted: type[AreaModel]) -> None:
    found = as_app(f"select distinct area from {planted._meta.db_table}", HERE, HERE + 1000)

    assert found == [(HERE,)]


@each_model
def test_nothing_is_written_outside_the_sight(planted: type[AreaModel]) -> None:
    table = planted._meta.db_table
    filled = columns_to_fill(table)
    names = ", ".join(["area", *(f'"{name}"' for name, _ in filled)])
    values = ", ".join([str(THERE), *("900009" if kind == "bigint" else FILLERS[kind] for _, kind in filled)])

    with pytest.raises(DatabaseError, match="row-level security"):
        as_app(f"insert into {table} ({names}) values ({values})", HERE, HERE + 1000)


@each_model
def test_what_may_change_changes_inside_the_sight_only(planted: type[AreaModel]) -> None:
    change = f"update {planted._meta.db_table} set area = area"

    if planted.may_change:
        assert as_app(change, HERE, HERE + 1000) == 1
    else:
        with pytest.raises(ProgrammingError, match="permission denied"):
            as_app(change, HERE, HERE + 1000)


@each_changing_model
def test_a_row_is_not_moved_out_of_the_sight(planted: type[AreaModel]) -> None:
    with pytest.raises(DatabaseError, match="row-level security"):
        as_app(f"update {planted._meta.db_table} set area = {THERE}", HERE, HERE + 1000)


@each_model
def test_what_may_go_goes_inside_the_sight_only(planted: type[AreaModel]) -> None:
    removal = f"delete from {planted._meta.db_table}"

    if planted.may_delete:
        assert as_app(removal, HERE, HERE + 1000) == 1
    else:
        with pytest.raises(ProgrammingError, match="permission denied"):
            as_app(removal, HERE, HERE + 1000)


@pytest.mark.parametrize(("model", "policy"), POLICIES, ids=[name for _, name in POLICIES])
def test_the_policy_stands_in_the_database(model: type[AreaModel], policy: str, db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_policies where tablename = %s and policyname = %s", [model._meta.db_table, policy])
        found = cursor.fetchone()[0]

    assert found == 1


@pytest.mark.django_db
def test_every_table_with_an_area_is_fenced() -> None:
    with connection.cursor() as cursor:
        cursor.execute("""select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid where a.attname = 'area' and c.relkind = 'r'
            and c.relnamespace = 'public'::regnamespace and not c.relrowsecurity""")
        unfenced = {name for (name,) in cursor.fetchall()}

    assert unfenced == set()


@pytest.mark.django_db
def test_application_and_report_own_nothing_and_are_no_superusers() -> None:
    roles = [settings.ROLES["app"], settings.ROLES["report"], settings.ROLES["owner"]]
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_class c join pg_roles r on r.oid = c.relowner where r.rolname = any(%s)", [roles[:2]])
        owned = cursor.fetchone()[0]
        cursor.execute("select bool_or(rolsuper or rolbypassrls) from pg_roles where rolname = any(%s)", [roles])
        strong = cursor.fetchone()[0]

    assert owned == 0
    assert strong is False


@pytest.mark.django_db
def test_inside_a_sight_the_tests_are_the_application_role() -> None:
    with looking(of_place(HERE, HERE + 1000)), connection.cursor() as cursor:
        cursor.execute("select current_user")
        inside = cursor.fetchone()[0]

    assert inside == settings.ROLES["app"]


@pytest.mark.django_db
def test_a_nested_sight_gives_the_outer_one_back() -> None:
    def told() -> str:
        with connection.cursor() as cursor:
            cursor.execute("select current_setting('linli.lo')")
            return str(cursor.fetchone()[0])

    with looking(Sight("post", 1, 2)):
        with looking(Sight("this_record", 5, 6)):
            inner = told()
        outer = told()

    assert (inner, outer) == ("5", "1")


@pytest.mark.django_db
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.db_table)
def test_a_query_without_a_sight_raises_in_tests(model: type[AreaModel]) -> None:
    with pytest.raises(NoSight):
        model.objects.first()


def test_there_are_area_tables() -> None:
    assert {"matters_matter", "core_journalline", "core_facet"} <= area_tables()
