# SPDX-License-Identifier: MulanPSL-2.0
"""Organisations and facilities come in from files: what a stretch changed is kept by record, pairs say of which table, and a stretch of them is taken back."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

REMOVE = """create function intake_remove_records(batch bigint, what text) returns jsonb language plpgsql security definer set search_path = public as $$
declare
  lo bigint := nullif(current_setting('linli.lo', true), '')::bigint; hi bigint := nullif(current_setting('linli.hi', true), '')::bigint;
  b record; ids bigint[]; stay bigint[]; n bigint; place text := case what when 'organisation' then 'place_area' when 'thing' then 'area' when 'seat' then 'area' end;
  ended text := case what when 'seat' then 'false' else 'r.valid_to is not null' end; kind text := case what when 'seat' then '''seat''' else 'r.kind' end;
begin
  if place is null then raise exception 'Records of % are not taken back here.', what; end if;
  select t.* into b from elements_intakebatch t join elements_intake i on i.id = t.intake_id
    where t.id = batch and t.area >= lo and t.area < hi and t.undone_at is null and i.state = 'undoing';
  if not found then raise exception 'No stretch % that is being undone lies within the sight.', batch; end if;
  ids := intake_ids(b.made, what);
  execute format('select coalesce(array_agg(r.id), ''{}'') from elements_%1$s r where r.id = any($1) and (
    r.version <> 1 or %4$s or r.%2$I < $2 or r.%2$I >= $3 or r.id in (select intake_referred(%3$L, $1, array[]::text[]))
    or exists (select from elements_confirmation c where c.record = r.id and c.register in (%1$L, %5$s)))', what, place, 'elements_' || what, ended, kind)
    into stay using ids, lo, hi;
  delete from elements_pairing q where q.subject_kind = what and q.one = any(ids) and not q.one = any(stay);
  delete from core_facet f where f.subject_kind = what and f.subject = any(ids) and not f.subject = any(stay);
  execute format('delete from elements_%s r where r.id = any($1) and not r.id = any($2)', what) using ids, stay;
  get diagnostics n = row_count;
  return jsonb_build_object('kept', jsonb_build_object(what, to_jsonb(stay)), 'removed', jsonb_build_object(what, n));
end $$"""
PEOPLE_ONLY = """do $$ begin
  execute replace(pg_get_functiondef('intake_remove(bigint)'::regprocedure), 'where q.one = any(people)', 'where q.subject_kind = ''person'' and q.one = any(people)');
end $$"""
PEOPLE_ALONE = """do $$ begin
  execute replace(pg_get_functiondef('intake_remove(bigint)'::regprocedure), 'q.subject_kind = ''person'' and ', '');
end $$"""
"""A stretch of people takes back the pairs of people, not those of an organisation that bears the same number."""
ORIGINS = """create function record_origins(what text, wanted bigint, low bigint, high bigint) returns table (batch bigint, intake bigint, file_name text, account bigint, taken_at timestamptz,
  undone_at timestamptz, how text) language plpgsql stable security definer set search_path = public as $$
declare
  lo bigint := nullif(current_setting('linli.lo', true), '')::bigint; hi bigint := nullif(current_setting('linli.hi', true), '')::bigint; place bigint;
begin
  if not what in ('person', 'household', 'dwelling', 'building', 'thing', 'organisation') then return; end if;
  execute format('select %s from elements_%s where id = $1', case what when 'organisation' then 'place_area' else 'area' end, what) into place using wanted;
  if place is null or lo is null or hi is null or place < greatest(lo, low) or place >= least(hi, high) then return; end if;
  return query select b.id, b.intake_id, i.file_name::text, i.account, b.taken_at, b.undone_at, k.how from elements_intakebatch b
    join elements_intake i on i.id = b.intake_id cross join (values ('added', what), ('changed', 'changed.' || what)) k(how, name)
    where exists (select from jsonb_array_elements(coalesce(b.made -> k.name, '[]')) r where wanted between (r ->> 0)::bigint and (r ->> 1)::bigint)
    order by b.taken_at, b.id;
end $$"""


class Migration(migrations.Migration):

    dependencies: ClassVar = [
        ("elements", "0012_places_are_reorganised"),
    ]

    operations: ClassVar = [
        migrations.AddField("pairing", "subject_kind", models.CharField(default="person", help_text="the table of the record", max_length=40)),
        migrations.AlterField("pairing", "one", models.BigIntegerField(help_text="the record")),
        migrations.CreateModel(
            name="IntakeChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("area", models.BigIntegerField()),
                ("subject_kind", models.CharField(help_text="the table, as the journal names it", max_length=40)),
                ("subject", models.BigIntegerField()),
                ("changes", models.JSONField(default=dict, help_text="field to [was, now], classes 0 to 1b")),
                ("sealed", models.BinaryField(help_text="the same of fields of class 2 and up", null=True)),
                ("batch", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="changes", to="elements.intakebatch")),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("subject_kind", "subject", "batch"), name="intake_change_once")]},
        ),
        migrations.RunSQL(PEOPLE_ONLY, PEOPLE_ALONE),
        migrations.RunSQL(REMOVE, "drop function intake_remove_records(bigint, text)"),
        migrations.RunSQL(ORIGINS, "drop function record_origins(text, bigint, bigint, bigint)"),
    ]
