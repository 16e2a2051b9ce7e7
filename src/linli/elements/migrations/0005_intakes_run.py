# SPDX-License-Identifier: MulanPSL-2.0
"""What intake needs besides its tables: the rows on their way, the stretches that went in, and the function that takes one back."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

IDS = """create function intake_ids(made jsonb, what text) returns bigint[] language sql immutable as $$
  select coalesce(array_agg(i), '{}') from jsonb_array_elements(coalesce(made -> what, '[]')) r cross join lateral generate_series((r ->> 0)::bigint, (r ->> 1)::bigint) i $$"""
REFERRED = """create function intake_referred(target regclass, ids bigint[], besides text[]) returns setof bigint language plpgsql stable set search_path = public as $$
declare one record;
begin
  for one in select c.conrelid::regclass::text as tbl, a.attname from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
             where c.contype = 'f' and c.confrelid = target and not c.conrelid::regclass::text = any(besides) loop
    return query execute format('select distinct %1$I::bigint from %2$s where %1$I = any($1)', one.attname, one.tbl) using ids;
  end loop;
  return query select c.record from elements_confirmation c where c.register = replace(target::text, 'elements_', '') and c.record = any(ids);
end $$"""
REMOVE = """create function intake_remove(batch bigint) returns jsonb language plpgsql security definer set search_path = public as $$
declare
  lo bigint := nullif(current_setting('linli.lo', true), '')::bigint; hi bigint := nullif(current_setting('linli.hi', true), '')::bigint;
  b record; people bigint[]; members bigint[]; ties bigint[]; stay bigint[]; houses bigint[]; gone bigint[]; kept jsonb := '{}'; removed jsonb := '{}'; step record; n bigint;
begin
  select t.* into b from elements_intakebatch t join elements_intake i on i.id = t.intake_id
    where t.id = batch and t.area >= lo and t.area < hi and t.undone_at is null and i.state = 'undoing';
  if not found then raise exception 'No stretch % that is being undone lies within the sight.', batch; end if;
  people := intake_ids(b.made, 'person'); members := intake_ids(b.made, 'membership'); ties := intake_ids(b.made, 'residence');
  select coalesce(array_agg(p.id), '{}') into stay from elements_person p where p.id = any(people) and (
    p.version <> 1 or p.area < lo or p.area >= hi or p.id in (select intake_referred('elements_person', people, array['elements_membership', 'elements_residence']))
    or exists (select from elements_membership m where m.person_id = p.id and (m.until is not null or not m.id = any(members)))
    or exists (select from elements_residence r where r.person_id = p.id and (r.until is not null or not r.id = any(ties))));
  delete from elements_membership m where m.id = any(members) and m.until is null and not m.person_id = any(stay) and m.area >= lo and m.area < hi;
  delete from elements_residence r where r.id = any(ties) and r.until is null and not r.person_id = any(stay) and r.area >= lo and r.area < hi;
  delete from elements_pairing q where q.one = any(people) and not q.one = any(stay);
  delete from elements_person p where p.id = any(people) and not p.id = any(stay);
  get diagnostics n = row_count;
  kept := jsonb_build_object('person', to_jsonb(stay)); removed := jsonb_build_object('person', n);
  for step in select * from (values ('household', 'ended_on'), ('dwelling', 'valid_to'), ('building', 'valid_to')) v(name, ended) loop
    houses := intake_ids(b.made, step.name);
    execute format('delete from elements_%1$s h where h.id = any($1) and h.version = 1 and h.%2$I is null and h.area >= $2 and h.area < $3
      and not h.id in (select intake_referred(%3$L, $1, array[]::text[]))', step.name, step.ended, 'elements_' || step.name) using houses, lo, hi;
    get diagnostics n = row_count;
    execute format('select coalesce(array_agg(h.id), ''{}'') from elements_%1$s h where h.id = any($1) and (h.version <> 1 or h.%2$I is not null)', step.name, step.ended)
      into gone using houses;
    kept := kept || jsonb_build_object(step.name, to_jsonb(gone)); removed := removed || jsonb_build_object(step.name, n);
  end loop;
  return jsonb_build_object('kept', kept, 'removed', removed);
end $$"""


class Migration(migrations.Migration):

    dependencies: ClassVar = [
        ("elements", "0004_base_data_has_registers"),
    ]

    operations: ClassVar = [
        migrations.AlterField("intake", "state", models.CharField(default="mapping", max_length=10)),
        migrations.CreateModel(
            name="IntakePart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("area", models.BigIntegerField()),
                ("part", models.CharField(help_text="raw, clean", max_length=8)),
                ("number", models.IntegerField()),
                ("rows", models.IntegerField()),
                ("sealed", models.BinaryField()),
                ("intake", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="parts", to="elements.intake")),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("intake", "part", "number"), name="intake_part_once")]},
        ),
        migrations.CreateModel(
            name="IntakeBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("area", models.BigIntegerField()),
                ("round", models.IntegerField(default=1, help_text="an intake that had questions is taken again when they are answered")),
                ("number", models.IntegerField(help_text="the stretch")),
                ("made", models.JSONField(default=dict, help_text="table to ranges [first, last] of the records it added; changed.<table> to those it changed")),
                ("counts", models.JSONField(default=dict)),
                ("before", models.BinaryField(help_text="changed records as they were, sealed; null once they cannot be undone any more", null=True)),
                ("taken_at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(null=True)),
                ("intake", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="batches", to="elements.intake")),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("intake", "round", "number"), name="intake_batch_once")]},
        ),
        migrations.RunSQL(IDS, "drop function intake_ids(jsonb, text)"),
        migrations.RunSQL(REFERRED, "drop function intake_referred(regclass, bigint[], text[])"),
        migrations.RunSQL(REMOVE, "drop function intake_remove(bigint)"),
    ]
