# SPDX-License-Identifier: MulanPSL-2.0
"""The tables of matters, their moves, clocks and verifications."""

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("core", "0001_the_ground_is_laid"),
    ]

    operations = [
        migrations.CreateModel(
            name='Category',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(help_text='the kind of matter that a report in this category opens', max_length=40)),
                ('part', models.CharField(default='', max_length=12)),
                ('code', models.CharField(max_length=20)),
                ('name_zh', models.CharField(max_length=80)),
                ('name_en', models.CharField(default='', max_length=120)),
                ('group_code', models.CharField(default='', max_length=10)),
                ('group_zh', models.CharField(default='', max_length=60)),
                ('group_en', models.CharField(default='', max_length=80)),
                ('is_hazard', models.BooleanField(default=False)),
                ('is_public', models.BooleanField(default=True)),
            ],
        ),
        migrations.CreateModel(
            name='Matter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('kind', models.CharField(max_length=40)),
                ('phase', models.CharField(max_length=16)),
                ('is_open', models.GeneratedField(db_persist=True, expression=models.Q(('phase__in', ['captured', 'filed', 'dispatched', 'handling', 'replied', 'verifying'])), output_field=models.BooleanField())),
                ('version', models.IntegerField(default=1)),
                ('round', models.SmallIntegerField(default=1)),
                ('is_passed', models.BooleanField(default=False)),
                ('source', models.CharField(help_text='resident, patrol, office', max_length=20)),
                ('summary', models.CharField(max_length=2000)),
                ('address', models.CharField(default='', max_length=200)),
                ('lon_e6', models.IntegerField(null=True)),
                ('lat_e6', models.IntegerField(null=True)),
                ('cell', models.BigIntegerField(null=True)),
                ('own', models.JSONField(default=dict)),
                ('unit', models.BigIntegerField(help_text='the organisation it is dispatched to', null=True)),
                ('handler', models.BigIntegerField(help_text='the account that handled last', null=True)),
                ('reporter', models.BigIntegerField(help_text='the account that reported; null for the public', null=True)),
                ('is_contactable', models.BooleanField(default=False)),
                ('returns', models.SmallIntegerField(default=0)),
                ('failures', models.SmallIntegerField(default=0, help_text='failed verifications')),
                ('verifications', models.SmallIntegerField(default=0)),
                ('is_verified_by_other', models.BooleanField(default=False)),
                ('is_provisional', models.BooleanField(default=False, help_text='the deadline rests on an unpublished calendar')),
                ('rating', models.SmallIntegerField(null=True)),
                ('occurred_at', models.DateTimeField()),
                ('reported_at', models.DateTimeField()),
                ('filed_at', models.DateTimeField(null=True)),
                ('dispatched_at', models.DateTimeField(null=True)),
                ('first_reply_at', models.DateTimeField(null=True)),
                ('first_reply_due_at', models.DateTimeField(null=True)),
                ('replied_at', models.DateTimeField(null=True)),
                ('due_at', models.DateTimeField(help_text='the limit of the step it stands in', null=True)),
                ('close_due_at', models.DateTimeField(help_text='the limit of the whole', null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('district', models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.Cast(django.db.models.expressions.CombinedExpression(models.F('area'), '/', models.Value(1000000000)), models.BigIntegerField()), output_field=models.BigIntegerField())),
                ('street', models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.Cast(django.db.models.expressions.CombinedExpression(models.F('area'), '/', models.Value(1000000)), models.BigIntegerField()), output_field=models.BigIntegerField())),
                ('community', models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.Cast(django.db.models.expressions.CombinedExpression(models.F('area'), '/', models.Value(1000)), models.BigIntegerField()), output_field=models.BigIntegerField())),
                ('category', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='matters.category')),
            ],
        ),
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('area', models.BigIntegerField()),
                ('matter', models.OneToOneField(on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='contact', serialize=False, to='matters.matter')),
                ('sealed', models.BinaryField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Handling',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('round', models.SmallIntegerField()),
                ('person', models.BigIntegerField()),
                ('unit', models.BigIntegerField()),
                ('at', models.DateTimeField()),
                ('matter', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='handlings', to='matters.matter')),
            ],
        ),
        migrations.CreateModel(
            name='Interval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('limit', models.CharField(max_length=40)),
                ('state', models.CharField(max_length=10)),
                ('reason', models.CharField(default='', max_length=40)),
                ('started_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('matter', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='intervals', to='matters.matter')),
            ],
        ),
        migrations.CreateModel(
            name='Limit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('name', models.CharField(max_length=40)),
                ('amount', models.IntegerField()),
                ('unit', models.CharField(max_length=16)),
                ('basis', models.CharField(max_length=200)),
                ('started_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('met_at', models.DateTimeField(null=True)),
                ('is_provisional', models.BooleanField(default=False)),
                ('explanation', models.JSONField(default=list)),
                ('matter', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='limits', to='matters.matter')),
            ],
        ),
        migrations.CreateModel(
            name='Move',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('step', models.SmallIntegerField()),
                ('action', models.CharField(max_length=40)),
                ('from_phase', models.CharField(max_length=16)),
                ('to_phase', models.CharField(max_length=16)),
                ('round', models.SmallIntegerField()),
                ('actor', models.BigIntegerField(null=True)),
                ('actor_name', models.CharField(default='', max_length=60)),
                ('role', models.CharField(max_length=40)),
                ('unit', models.BigIntegerField(null=True)),
                ('occurred_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
                ('reason', models.CharField(default='', max_length=40)),
                ('note', models.CharField(default='', max_length=2000)),
                ('is_public', models.BooleanField(default=False)),
                ('detail', models.JSONField(default=dict)),
                ('matter', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='moves', to='matters.matter')),
            ],
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('text', models.CharField(max_length=1000)),
                ('asked_by', models.BigIntegerField()),
                ('asked_at', models.DateTimeField()),
                ('answer', models.CharField(default='', max_length=1000)),
                ('answered_at', models.DateTimeField(null=True)),
                ('matter', models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name='questions', to='matters.matter')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Scheme',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40)),
                ('version', models.CharField(max_length=20)),
                ('name_zh', models.CharField(max_length=80)),
                ('name_en', models.CharField(max_length=120)),
                ('source', models.CharField(max_length=300)),
                ('valid_from', models.DateField(null=True)),
                ('valid_to', models.DateField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('code', 'version'), name='scheme_once')],
            },
        ),
        migrations.AddField(
            model_name='category',
            name='scheme',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='categories', to='matters.scheme'),
        ),
        migrations.CreateModel(
            name='Verification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('round', models.SmallIntegerField()),
                ('handler', models.BigIntegerField()),
                ('handler_unit', models.BigIntegerField()),
                ('verifier', models.BigIntegerField()),
                ('verifier_unit', models.BigIntegerField()),
                ('is_passed', models.BooleanField()),
                ('at', models.DateTimeField()),
                ('matter', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='verifications_done', to='matters.matter')),
            ],
        ),
        migrations.CreateModel(
            name='Rating',
            fields=[
                ('area', models.BigIntegerField()),
                ('matter', models.OneToOneField(on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='rated', serialize=False, to='matters.matter')),
                ('score', models.SmallIntegerField()),
                ('text', models.CharField(default='', max_length=1000)),
                ('at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('score__gte', 1), ('score__lte', 5)), name='five_levels')],
            },
        ),
        migrations.AddIndex(
            model_name='matter',
            index=models.Index(fields=['district', '-id'], name='matter_by_district'),
        ),
        migrations.AddIndex(
            model_name='matter',
            index=models.Index(fields=['street', '-id'], name='matter_by_street'),
        ),
        migrations.AddIndex(
            model_name='matter',
            index=models.Index(fields=['community', '-id'], name='matter_by_community'),
        ),
        migrations.AddIndex(
            model_name='matter',
            index=models.Index(fields=['category', '-id'], name='matter_by_category'),
        ),
        migrations.AddIndex(
            model_name='matter',
            index=models.Index(fields=['area', 'reported_at'], name='matter_by_area'),
        ),
        migrations.AddIndex(
            model_name='matter',
            index=models.Index(condition=models.Q(('is_open', True)), fields=['area', 'due_at'], name='open_by_area'),
        ),
        migrations.AddIndex(
            model_name='matter',
            index=models.Index(condition=models.Q(('is_open', True)), fields=['due_at', 'id'], name='open_by_limit'),
        ),
        migrations.AddIndex(
            model_name='matter',
            index=models.Index(condition=models.Q(('is_open', True)), fields=['unit', 'due_at'], name='open_by_unit'),
        ),
        migrations.AddIndex(
            model_name='matter',
            index=models.Index(fields=['cell'], name='matter_by_cell'),
        ),
        migrations.AddConstraint(
            model_name='handling',
            constraint=models.UniqueConstraint(fields=('matter', 'round', 'person', 'unit'), name='handling_once'),
        ),
        migrations.AddIndex(
            model_name='interval',
            index=models.Index(fields=['matter', 'limit', 'started_at'], name='interval_by_matter'),
        ),
        migrations.AddConstraint(
            model_name='interval',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('matter', 'limit'), name='one_open_interval_a_limit'),
        ),
        migrations.AddConstraint(
            model_name='limit',
            constraint=models.UniqueConstraint(fields=('matter', 'name'), name='limit_once'),
        ),
        migrations.AddConstraint(
            model_name='move',
            constraint=models.UniqueConstraint(fields=('matter', 'step'), name='move_once'),
        ),
        migrations.AddConstraint(
            model_name='category',
            constraint=models.UniqueConstraint(fields=('scheme', 'part', 'code'), name='category_once'),
        ),
        migrations.AddConstraint(
            model_name='verification',
            constraint=models.UniqueConstraint(fields=('matter', 'round'), name='verified_once_a_round'),
        ),
        migrations.AddConstraint(
            model_name='verification',
            constraint=models.CheckConstraint(condition=models.Q(('verifier', models.F('handler')), _negated=True), name='verifier_is_not_the_handler'),
        ),
        migrations.AddConstraint(
            model_name='verification',
            constraint=models.CheckConstraint(condition=models.Q(('verifier_unit', models.F('handler_unit')), _negated=True), name='verifier_is_of_another_unit'),
        ),
        # kept by hand: what the models cannot say
        migrations.RunSQL(
            sql="""alter table matters_verification add constraint verification_names_the_handling
                foreign key (matter_id, round, handler, handler_unit) references matters_handling (matter_id, round, person, unit)""",
            reverse_sql="alter table matters_verification drop constraint verification_names_the_handling",
        ),
        migrations.RunSQL(
            sql="""create function refuse_own_verification() returns trigger language plpgsql security definer set search_path = public as $$
                begin
                  if exists (select from matters_handling h where h.matter_id = new.matter_id
                             and (h.person = new.verifier or h.unit = new.verifier_unit)) then
                    raise exception 'A verification is never done by who handled, nor by a handling unit (matter %)', new.matter_id
                      using errcode = 'check_violation';
                  end if;
                  return new;
                end $$;
                create trigger verification_is_independent before insert on matters_verification
                  for each row execute function refuse_own_verification()""",
            reverse_sql="drop function refuse_own_verification() cascade",
        ),
        migrations.RunSQL(
            sql="""create function matter_area(matter bigint) returns bigint language sql stable security definer
                set search_path = public as $$ select area from matters_matter where id = matter $$""",
            reverse_sql="drop function matter_area(bigint)",
        ),
        migrations.RunSQL(
            sql="""create trigger scheme_changes_edition after insert or update or delete on matters_scheme
                  for each statement execute function bump_edition('categories');
                create trigger category_changes_edition after insert or update or delete on matters_category
                  for each statement execute function bump_edition('categories')""",
            reverse_sql="""drop trigger scheme_changes_edition on matters_scheme;
                drop trigger category_changes_edition on matters_category""",
        ),
    ]
