# SPDX-License-Identifier: MulanPSL-2.0
"""The tables of surveys, and the one function by which a slip's code opens its line of the roll."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('measures', '0004_inspections')]

    operations = [
        migrations.CreateModel(
            name='Survey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('questionnaire', models.CharField(max_length=40)),
                ('version', models.SmallIntegerField()),
                ('state', models.CharField(default='open', max_length=10)),
                ('opened_by', models.BigIntegerField(help_text='account')),
                ('opened_at', models.DateTimeField()),
                ('drawn_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('settled_at', models.DateTimeField(null=True)),
                ('digest', models.CharField(help_text='SHA-256 of the seed, known before the draw', max_length=64)),
                ('sealed', models.BinaryField(help_text='the seed, until it is shown')),
                ('seed', models.CharField(blank=True, default='', help_text='the seed in hex, after closing', max_length=64)),
                ('frame', models.JSONField(default=list, help_text='numbers of the households out of which was drawn')),
                ('frame_digest', models.CharField(blank=True, default='', max_length=64)),
                ('strata', models.JSONField(default=dict, help_text='serial of the grid to the number of its households')),
                ('needed', models.IntegerField(default=0, help_text='valid answers that are needed')),
                ('staff_networks', models.JSONField(default=list, help_text='keyed digests of addresses from which staff worked at this survey; emptied on closing')),
                ('result', models.JSONField(default=dict)),
            ],
            options={
                'indexes': [models.Index(fields=['area', '-id'], name='survey_by_area')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['open', 'running', 'closed', 'settled'])), name='survey_states'), models.UniqueConstraint(condition=models.Q(('state__in', ['open', 'running', 'closed'])), fields=('area', 'questionnaire'), name='survey_once')],
            },
        ),
        migrations.CreateModel(
            name='SurveyDoubt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('kind', models.CharField(max_length=16)),
                ('count', models.IntegerField()),
                ('decision', models.CharField(blank=True, default='', max_length=10)),
                ('reason', models.CharField(blank=True, default='', max_length=300)),
                ('judged_by', models.BigIntegerField(help_text='account', null=True)),
                ('confirmed_by', models.BigIntegerField(help_text='account', null=True)),
                ('version', models.IntegerField(default=1)),
                ('survey', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='doubts', to='measures.survey')),
            ],
        ),
        migrations.CreateModel(
            name='SurveyAnswer',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('area', models.BigIntegerField()),
                ('sealed', models.BinaryField(null=True)),
                ('stratum', models.SmallIntegerField(null=True)),
                ('values', models.JSONField(null=True)),
                ('survey', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='measures.survey')),
                ('doubt', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='measures.surveydoubt')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='SurveyLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('household', models.BigIntegerField()),
                ('position', models.IntegerField()),
                ('stratum', models.SmallIntegerField(help_text='serial of the grid on the day of the draw')),
                ('state', models.CharField(default='reserve', max_length=12)),
                ('means', models.CharField(blank=True, default='', max_length=6)),
                ('contacts', models.SmallIntegerField(default=0)),
                ('code_digest', models.UUIDField(null=True, unique=True)),
                ('version', models.IntegerField(default=1)),
                ('survey', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='measures.survey')),
            ],
        ),
        migrations.CreateModel(
            name='SurveyShare',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('name', models.CharField(max_length=40)),
                ('part', models.BigIntegerField()),
                ('whole', models.BigIntegerField()),
                ('closed_at', models.DateTimeField()),
                ('survey', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shares', to='measures.survey')),
            ],
        ),
        migrations.AddConstraint(
            model_name='surveydoubt',
            constraint=models.CheckConstraint(condition=models.Q(('decision__in', ['', 'keep', 'leave_out'])), name='survey_doubt_decisions'),
        ),
        migrations.AddConstraint(
            model_name='surveydoubt',
            constraint=models.CheckConstraint(condition=models.Q(('confirmed_by', None), models.Q(('confirmed_by', models.F('judged_by')), _negated=True), _connector='OR'), name='survey_doubt_by_two'),
        ),
        migrations.AddConstraint(
            model_name='surveyline',
            constraint=models.UniqueConstraint(fields=('survey', 'position'), name='survey_position_once'),
        ),
        migrations.AddConstraint(
            model_name='surveyline',
            constraint=models.UniqueConstraint(fields=('survey', 'household'), name='survey_household_once'),
        ),
        migrations.AddConstraint(
            model_name='surveyline',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['reserve', 'drawn', 'answered', 'refused', 'not_reached', 'moved'])), name='survey_line_states'),
        ),
        migrations.AddConstraint(
            model_name='surveyline',
            constraint=models.CheckConstraint(condition=models.Q(('means__in', ['', 'web', 'paper', 'phone'])), name='survey_line_means'),
        ),
        migrations.AddIndex(
            model_name='surveyshare',
            index=models.Index(fields=['area', '-id'], name='survey_share_by_area'),
        ),
        migrations.AddConstraint(
            model_name='surveyshare',
            constraint=models.UniqueConstraint(fields=('survey', 'name'), name='survey_share_once'),
        ),
        migrations.AddConstraint(
            model_name='surveyshare',
            constraint=models.CheckConstraint(condition=models.Q(('part__gte', 0), ('part__lte', models.F('whole')), ('whole__gt', 0)), name='survey_share_within'),
        ),
        # kept by hand: what the models cannot say
        migrations.RunSQL(
            sql="""create function survey_line_of_code(given uuid) returns table (line bigint, place bigint)
                language sql stable security definer set search_path = public as $$
                select l.id, l.area from measures_surveyline l where l.code_digest = given $$""",
            reverse_sql="drop function survey_line_of_code(uuid)",
        ),
    ]
