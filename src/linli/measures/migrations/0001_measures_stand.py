# SPDX-License-Identifier: MulanPSL-2.0
"""The tables of standards and values; a published version of a standard is never edited."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Standard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40, unique=True)),
                ('name_zh', models.CharField(max_length=120)),
                ('name_en', models.CharField(max_length=200)),
                ('source', models.CharField(max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name='Leaf',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField(unique=True)),
                ('looked_at', models.DateTimeField()),
                ('next_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['next_at'], name='leaf_by_next')],
            },
        ),
        migrations.CreateModel(
            name='Run',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('period', models.CharField(max_length=7)),
                ('started_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField()),
                ('measures', models.JSONField(help_text='the measure versions that were computed')),
                ('watermark', models.BigIntegerField()),
                ('leaves', models.IntegerField()),
                ('is_first', models.BooleanField(default=False, help_text='nothing was kept before, so nothing could differ')),
                ('differences', models.IntegerField(default=0)),
                ('first_difference', models.CharField(default='', max_length=300)),
            ],
            options={
                'indexes': [models.Index(fields=['period', '-id'], name='run_by_period')],
            },
        ),
        migrations.CreateModel(
            name='Value',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('measure', models.CharField(max_length=20)),
                ('version', models.SmallIntegerField()),
                ('period', models.CharField(max_length=7)),
                ('level', models.CharField(max_length=12)),
                ('numerator', models.BigIntegerField()),
                ('denominator', models.BigIntegerField()),
                ('state', models.CharField(max_length=16)),
                ('watermark', models.BigIntegerField()),
                ('computed_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('area', 'period', 'measure', 'version', 'level'), name='value_once')],
            },
        ),
        migrations.CreateModel(
            name='StandardVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.CharField(max_length=20)),
                ('state', models.CharField(max_length=12)),
                ('content', models.JSONField()),
                ('digest', models.CharField(help_text='SHA-256 of the canonical JSON of the content', max_length=64)),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(null=True)),
                ('published_at', models.DateTimeField(null=True)),
                ('standard', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='measures.standard')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('standard', 'version'), name='standard_version_once'), models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'published', 'superseded'])), name='standard_version_states')],
            },
        ),
        # kept by hand: what the models cannot say
        migrations.RunSQL(
            sql="""create or replace function refuse_edited_standard() returns trigger language plpgsql as $$
begin
  if old.state <> 'draft' and (tg_op = 'DELETE' or new.state = 'draft'
      or (new.standard_id, new.version, new.content, new.digest, new.valid_from, new.published_at)
         is distinct from (old.standard_id, old.version, old.content, old.digest, old.valid_from, old.published_at)) then
    raise exception 'Version % of a standard is published and is never edited; publish a new version.', old.version;
  end if;
  if tg_op = 'DELETE' then return old; end if;
  return new;
end $$;
create trigger standard_is_never_edited before update or delete on measures_standardversion
  for each row execute function refuse_edited_standard()""",
            reverse_sql="""drop trigger standard_is_never_edited on measures_standardversion;
drop function refuse_edited_standard()""",
        ),
    ]
