# SPDX-License-Identifier: MulanPSL-2.0
"""The tables of the ground: journal, seals, due work, facets, evidence, calendars."""

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
import linli.core.models
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='CalendarDay',
            fields=[
                ('day', models.DateField(primary_key=True, serialize=False)),
                ('is_workday', models.BooleanField()),
                ('name', models.CharField(max_length=60)),
            ],
        ),
        migrations.CreateModel(
            name='CalendarYear',
            fields=[
                ('year', models.SmallIntegerField(primary_key=True, serialize=False)),
                ('source', models.CharField(max_length=200)),
                ('entered_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Edition',
            fields=[
                ('name', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('number', models.BigIntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name='JournalLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('recorded_at', models.DateTimeField()),
                ('occurred_at', models.DateTimeField()),
                ('actor', models.BigIntegerField(null=True)),
                ('role', models.CharField(max_length=40)),
                ('post', models.BigIntegerField(null=True)),
                ('action', models.CharField(max_length=60)),
                ('subject_kind', models.CharField(max_length=40)),
                ('subject', models.BigIntegerField()),
                ('digest', models.BinaryField()),
                ('xid', linli.core.models.TransactionId(db_default=django.db.models.expressions.RawSQL('pg_current_xact_id()', ()))),
            ],
        ),
        migrations.CreateModel(
            name='Seal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('algorithm', models.CharField(max_length=16)),
                ('first', models.BigIntegerField()),
                ('last', models.BigIntegerField()),
                ('horizon', linli.core.models.TransactionId()),
                ('merkle', models.BinaryField()),
                ('root', models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name='SealedLine',
            fields=[
                ('position', models.BigIntegerField(primary_key=True, serialize=False)),
                ('line', models.BigIntegerField(unique=True)),
                ('leaf', models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name='SubjectKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('subject_kind', models.CharField(max_length=40)),
                ('subject', models.BigIntegerField()),
                ('wrapped', models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name='Try',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('door', models.CharField(max_length=40)),
                ('who', models.BinaryField()),
                ('window', models.BigIntegerField()),
                ('count', models.IntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('caller', models.CharField(max_length=64)),
                ('action', models.CharField(max_length=60)),
                ('key', models.CharField(max_length=128)),
                ('given', models.BinaryField()),
                ('answer', models.JSONField()),
                ('at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['at'], name='answer_by_age')],
                'constraints': [models.UniqueConstraint(fields=('caller', 'action', 'key'), name='answered_once')],
            },
        ),
        migrations.CreateModel(
            name='Due',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('reaction', models.CharField(max_length=80)),
                ('subject_kind', models.CharField(max_length=40)),
                ('subject', models.BigIntegerField()),
                ('line', models.BigIntegerField(null=True)),
                ('at', models.DateTimeField()),
                ('tries', models.SmallIntegerField(default=0)),
                ('trouble', models.TextField(default='')),
            ],
            options={
                'indexes': [models.Index(fields=['at', 'id'], name='due_by_time')],
            },
        ),
        migrations.CreateModel(
            name='Evidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('digest', models.BinaryField()),
                ('media_type', models.CharField(max_length=40)),
                ('size', models.IntegerField()),
                ('name', models.CharField(max_length=200)),
                ('subject_kind', models.CharField(default='', max_length=40)),
                ('subject', models.BigIntegerField(null=True)),
                ('added_by', models.BigIntegerField(null=True)),
                ('claim', models.BinaryField(default=bytes)),
                ('added_at', models.DateTimeField()),
                ('taken_at', models.DateTimeField(null=True)),
                ('lon_e6', models.IntegerField(null=True)),
                ('lat_e6', models.IntegerField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['subject_kind', 'subject'], name='evidence_by_subject'), models.Index(fields=['digest'], name='evidence_by_digest')],
            },
        ),
        migrations.CreateModel(
            name='Facet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('subject_kind', models.CharField(max_length=40)),
                ('subject', models.BigIntegerField()),
                ('key', models.CharField(max_length=60)),
                ('value', models.CharField(max_length=200)),
            ],
            options={
                'indexes': [models.Index(fields=['key', 'value', 'subject'], name='facet_by_value')],
                'constraints': [models.UniqueConstraint(fields=('subject_kind', 'subject', 'key'), name='facet_once')],
            },
        ),
        migrations.CreateModel(
            name='JournalPayload',
            fields=[
                ('area', models.BigIntegerField()),
                ('line', models.OneToOneField(on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, serialize=False, to='core.journalline')),
                ('salt', models.BinaryField()),
                ('plain', models.JSONField(default=dict)),
                ('sealed', models.BinaryField(null=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddIndex(
            model_name='journalline',
            index=models.Index(fields=['xid'], name='journal_by_xid'),
        ),
        migrations.AddIndex(
            model_name='journalline',
            index=models.Index(fields=['subject_kind', 'subject', 'id'], name='journal_by_subject'),
        ),
        migrations.AddIndex(
            model_name='journalline',
            index=models.Index(fields=['area', 'id'], name='journal_by_area'),
        ),
        migrations.AddField(
            model_name='sealedline',
            name='seal',
            field=models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, to='core.seal'),
        ),
        migrations.AddConstraint(
            model_name='subjectkey',
            constraint=models.UniqueConstraint(fields=('subject_kind', 'subject'), name='subject_has_one_key'),
        ),
        migrations.AddIndex(
            model_name='try',
            index=models.Index(fields=['window'], name='tries_by_window'),
        ),
        migrations.AddConstraint(
            model_name='try',
            constraint=models.UniqueConstraint(fields=('door', 'who', 'window'), name='tries_once'),
        ),
        # kept by hand: what the models cannot say
        migrations.RunSQL(
            sql="""create function bump_edition() returns trigger language plpgsql as $$
                begin
                  insert into core_edition (name, number) values (tg_argv[0], (extract(epoch from clock_timestamp()) * 1000000)::bigint)
                  on conflict (name) do update set number = greatest(core_edition.number + 1, excluded.number);
                  return null;
                end $$;
                create trigger day_changes_edition after insert or update or delete on core_calendarday
                  for each statement execute function bump_edition('calendar');
                create trigger year_changes_edition after insert or update or delete on core_calendaryear
                  for each statement execute function bump_edition('calendar')""",
            reverse_sql="drop function bump_edition() cascade",
        ),
    ]
