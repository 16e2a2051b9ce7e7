# SPDX-License-Identifier: MulanPSL-2.0
"""Row-level security: one generator writes policies and grants for every table, the second fence behind the sights."""

from collections.abc import Iterator

from django.apps import apps
from django.conf import settings
from django.db import connection, models

from linli.core.protection import TOMBSTONE
from linli.core.sight import AreaModel

LO = "nullif(current_setting('linli.lo', true), '')::bigint"
HI = "nullif(current_setting('linli.hi', true), '')::bigint"
EXTRA = "nullif(current_setting('linli.extra', true), '')::bigint[]"
INSIDE = f"(area >= {LO} and area < {HI})"
"""A stable bigint range is an index condition under a policy; a prefix test is not (technology.md part 2)."""
INSIDE_OR_EXTRA = f"({INSIDE} or area = any ({EXTRA}))"


def policies(model: type[AreaModel]) -> dict[str, str]:
    """Policy name to its SQL for one area table, one policy a command."""
    table, app, report = model._meta.db_table, settings.ROLES["app"], settings.ROLES["report"]
    inside = INSIDE_OR_EXTRA if getattr(model, "sees_extra", False) else INSIDE
    found = {
        "see": f"for select to {app} using {inside}",
        "add": f"for insert to {app} with check {inside}",
    }
    if model.may_change or model.erasable:
        found["change"] = f"for update to {app} using {inside} with check {inside}"
    if model.may_delete:
        found["remove"] = f"for delete to {app} using {inside}"
    if report != app:
        found["report"] = f"for select to {report} using (true)"
    return {f"{table}_{name}": f"create policy {table}_{name} on {table} {text}" for name, text in found.items()}


def verbs(model: type[models.Model]) -> str:
    """What the application's role may do with a table."""
    fenced = issubclass(model, AreaModel)
    found = ["select", "insert"]
    if getattr(model, "may_change", True):
        found.append("update")
    if getattr(model, "may_delete", not fenced):
        found.append("delete")
    return ", ".join(found)


APPEND_ONLY = f"""create or replace function refuse_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and tg_nargs > 0 and to_jsonb(old) - tg_argv = to_jsonb(new) - tg_argv and not exists (
    select from unnest(tg_argv) name where to_jsonb(new) ->> name not in (to_jsonb(old) ->> name, '{TOMBSTONE}')) then return new; end if;
  raise exception 'Rows of % are never changed or removed; write a new one.', tg_table_name;
end $$"""
"""The arguments of the trigger are the erasable columns: an update that does nothing but put the tombstone into them passes."""


def is_append_only(model: type[models.Model]) -> bool:
    """True if rows are neither changed nor removed, not even by the owner (a trigger says so)."""
    return not getattr(model, "may_change", True) and not getattr(model, "may_delete", not issubclass(model, AreaModel))


def statements() -> Iterator[str]:
    """Every statement that brings grants and policies of all tables to what the declarations say. Repeatable."""
    app, report = settings.ROLES["app"], settings.ROLES["report"]
    yield f"grant usage on schema public to {app}, {report}"
    yield APPEND_ONLY
    for model in apps.get_models():
        table = model._meta.db_table
        if not model._meta.managed and not table.startswith("procrastinate"):
            continue
        yield f"revoke all on {table} from {app}, {report}"
        if getattr(model, "is_hidden", False):
            continue
        yield f"grant {verbs(model)} on {table} to {app}"
        erasable = getattr(model, "erasable", ())
        if erasable:
            yield f"grant update ({', '.join(erasable)}) on {table} to {app}"
        yield f"grant select on {table} to {report}"
        if is_append_only(model):
            yield (
                f"create or replace trigger {table}_append_only before update or delete on {table} "
                f"for each row execute function refuse_change({', '.join(repr(name) for name in erasable)})"
            )
        if issubclass(model, AreaModel):
            yield f"alter table {table} enable row level security"
            for name, sql in policies(model).items():
                yield f"drop policy if exists {name} on {table}"
                yield sql
    yield f"grant usage, select on all sequences in schema public to {app}"
    yield f"grant select on django_migrations to {app}, {report}"
    yield f"grant execute on all functions in schema public to {app}"


def apply() -> int:
    """Run all statements as the owner; answers how many."""
    done = 0
    with connection.cursor() as cursor:
        for sql in statements():
            cursor.execute(sql)
            done += 1
    return done
