# SPDX-License-Identifier: MulanPSL-2.0
"""The tables of closed periods and of overrides: what was published stays, and nobody overrides a figure alone."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('measures', '0005_surveys')]

    operations = [
        migrations.AddField(
            model_name='run',
            name='corrected_at',
            field=models.DateTimeField(help_text='when the differences were put right; None while there were none', null=True),
        ),
        migrations.CreateModel(
            name='Closing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('period', models.CharField(max_length=7)),
                ('number', models.SmallIntegerField(help_text='edition: 1 as published, 2 and up restated')),
                ('state', models.CharField(default='asked', max_length=12)),
                ('reason', models.CharField(blank=True, default='', max_length=500)),
                ('asked_by', models.BigIntegerField()),
                ('asked_at', models.DateTimeField()),
                ('decided_by', models.BigIntegerField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('frozen_at', models.DateTimeField(null=True)),
                ('watermark', models.BigIntegerField(default=0)),
                ('done', models.IntegerField(default=0)),
                ('whole', models.IntegerField(default=0)),
                ('figures_differ', models.IntegerField(default=0)),
                ('records_differ', models.IntegerField(default=0)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'withdrawn'), _negated=True), fields=('period', 'number'), name='closing_once'), models.UniqueConstraint(condition=models.Q(('state__in', ['asked', 'confirmed'])), fields=('period',), name='closing_one_at_a_time'), models.CheckConstraint(condition=models.Q(('state__in', ['asked', 'confirmed', 'frozen', 'withdrawn'])), name='closing_states'), models.CheckConstraint(condition=models.Q(('state__in', ['asked', 'withdrawn']), ('decided_by__isnull', False), _connector='OR'), name='closing_is_decided'), models.CheckConstraint(condition=models.Q(('decided_by', None), models.Q(('decided_by', models.F('asked_by')), _negated=True), ('state', 'withdrawn'), _connector='OR'), name='closing_by_two'), models.CheckConstraint(condition=models.Q(('number', 1), models.Q(('reason', ''), _negated=True), _connector='OR'), name='restating_says_why')],
            },
        ),
        migrations.CreateModel(
            name='Override',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('measure', models.CharField(max_length=20)),
                ('measure_version', models.SmallIntegerField()),
                ('period', models.CharField(max_length=7)),
                ('numerator', models.BigIntegerField()),
                ('denominator', models.BigIntegerField()),
                ('reason', models.CharField(max_length=500)),
                ('evidence', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), help_text='numbers of the files', size=None)),
                ('state', models.CharField(default='proposed', max_length=12)),
                ('version', models.IntegerField(default=1)),
                ('proposed_by', models.BigIntegerField()),
                ('proposed_at', models.DateTimeField()),
                ('decided_by', models.BigIntegerField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_why', models.CharField(blank=True, default='', max_length=500)),
                ('ended_by', models.BigIntegerField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_why', models.CharField(blank=True, default='', max_length=500)),
            ],
            options={
                'indexes': [models.Index(fields=['area', '-id'], name='override_by_area')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['proposed', 'in_force'])), fields=('area', 'period', 'measure', 'measure_version'), name='override_once'), models.CheckConstraint(condition=models.Q(('state__in', ['proposed', 'in_force', 'refused', 'withdrawn'])), name='override_states'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'in_force'), _negated=True), ('decided_by__isnull', False), _connector='OR'), name='override_is_decided'), models.CheckConstraint(condition=models.Q(('decided_by', None), models.Q(('decided_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='override_by_two'), models.CheckConstraint(condition=models.Q(('evidence__len__gt', 0), models.Q(('reason', ''), _negated=True)), name='override_has_evidence'), models.CheckConstraint(condition=models.Q(('denominator__gt', 0), ('numerator__gte', 0)), name='override_counts')],
            },
        ),
        migrations.AddField(
            model_name='value',
            name='override',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='measures.override'),
        ),
        migrations.CreateModel(
            name='Difference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('period', models.CharField(max_length=7)),
                ('level', models.CharField(max_length=12)),
                ('name', models.CharField(max_length=26)),
                ('numerator_before', models.BigIntegerField()),
                ('denominator_before', models.BigIntegerField()),
                ('numerator_after', models.BigIntegerField()),
                ('denominator_after', models.BigIntegerField()),
                ('joined', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('gone', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('moved', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('is_listed', models.BooleanField(default=True)),
                ('closing', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='differences', to='measures.closing')),
            ],
            options={
                'indexes': [models.Index(fields=['closing', 'area', 'id'], name='difference_by_closing')],
                'constraints': [models.UniqueConstraint(fields=('area', 'period', 'level', 'name', 'closing'), name='difference_once')],
            },
        ),
        migrations.CreateModel(
            name='Frozen',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('period', models.CharField(max_length=7)),
                ('level', models.CharField(max_length=12)),
                ('names', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=26), size=None)),
                ('numerators', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('denominators', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('overrides', models.JSONField(default=dict)),
                ('watermark', models.BigIntegerField()),
                ('closing', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='rows', to='measures.closing')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('area', 'period', 'level', 'closing'), name='frozen_once')],
            },
        ),
        migrations.CreateModel(
            name='FrozenMembers',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('period', models.CharField(max_length=7)),
                ('name', models.CharField(max_length=26)),
                ('count', models.IntegerField()),
                ('is_kept', models.BooleanField(default=True)),
                ('packed', models.BinaryField()),
                ('closing', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='measures.closing')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('area', 'period', 'name', 'closing'), name='frozen_members_once')],
            },
        ),
        # kept by hand: what the models cannot say
        migrations.RunSQL(
            sql="""create or replace function refuse_edited_closing() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or old.state in ('frozen', 'withdrawn') then
    raise exception 'Edition % of the period % is frozen and never edited; restate it.', old.number, old.period;
  end if;
  return new;
end $$;
create trigger closing_is_never_edited before update or delete on measures_closing
  for each row execute function refuse_edited_closing();
create or replace function refuse_edited_override() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or old.state in ('refused', 'withdrawn')
      or (new.area, new.measure, new.measure_version, new.period, new.numerator, new.denominator, new.reason, new.evidence, new.proposed_by, new.proposed_at)
         is distinct from
         (old.area, old.measure, old.measure_version, old.period, old.numerator, old.denominator, old.reason, old.evidence, old.proposed_by, old.proposed_at)
      or (old.state = 'in_force' and (new.decided_by, new.decided_at) is distinct from (old.decided_by, old.decided_at)) then
    raise exception 'Override % is never edited; withdraw it and propose another.', old.id;
  end if;
  return new;
end $$;
create trigger override_is_never_edited before update or delete on measures_override
  for each row execute function refuse_edited_override();
create or replace function refuse_lone_override() returns trigger language plpgsql as $$
begin
  if not exists (select 1 from measures_override o where o.id = new.override_id and o.state = 'in_force' and o.area = new.area
      and o.measure = new.measure and o.measure_version = new.version and o.period = new.period) then
    raise exception 'The figure of % names an override that is not in force for it.', new.area;
  end if;
  return new;
end $$;
create trigger value_is_overridden_by_two before insert or update of override_id on measures_value
  for each row when (new.override_id is not null) execute function refuse_lone_override()""",
            reverse_sql="""drop trigger value_is_overridden_by_two on measures_value;
drop function refuse_lone_override();
drop trigger override_is_never_edited on measures_override;
drop function refuse_edited_override();
drop trigger closing_is_never_edited on measures_closing;
drop function refuse_edited_closing()""",
        ),
    ]
