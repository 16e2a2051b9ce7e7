# SPDX-License-Identifier: MulanPSL-2.0
"""Requests for pauses and extensions, warnings and supervision; limits that run already are looked at when they are due."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('matters', '0002_matters_gain_their_relations'),
    ]

    operations = [
        migrations.CreateModel(
            name='Request',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('what', models.CharField(max_length=12)),
                ('limit', models.CharField(default='handling', max_length=40)),
                ('reason', models.CharField(default='', max_length=40)),
                ('text', models.CharField(max_length=1000)),
                ('amount', models.SmallIntegerField(help_text='units of the limit; for extensions', null=True)),
                ('look_again_on', models.DateField(help_text='the day on which a pause is over by itself', null=True)),
                ('asked_by', models.BigIntegerField()),
                ('asked_unit', models.BigIntegerField(null=True)),
                ('asked_at', models.DateTimeField()),
                ('decided_by', models.BigIntegerField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('outcome', models.CharField(default='', max_length=12)),
                ('note', models.CharField(default='', max_length=1000)),
            ],
        ),
        migrations.CreateModel(
            name='Supervision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('head', models.BigIntegerField(help_text='the account of the accountable head')),
                ('is_automatic', models.BooleanField(default=False)),
                ('text', models.CharField(help_text='what the head wants to know', max_length=1000)),
                ('asked_at', models.DateTimeField()),
                ('answer', models.CharField(default='', max_length=2000)),
                ('answered_by', models.BigIntegerField(null=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('is_accepted', models.BooleanField(null=True)),
                ('note', models.CharField(default='', max_length=1000)),
            ],
        ),
        migrations.AddField(
            model_name='interval',
            name='until',
            field=models.DateTimeField(help_text='when a pause is over by itself', null=True),
        ),
        migrations.AddField(
            model_name='limit',
            name='extra',
            field=models.IntegerField(db_default=0, help_text='seconds of its own time that were granted on top'),
        ),
        migrations.AddField(
            model_name='limit',
            name='late_at',
            field=models.DateTimeField(help_text='when the watch found it overdue', null=True),
        ),
        migrations.AddField(
            model_name='limit',
            name='next_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='limit',
            name='warned_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='matter',
            name='asked',
            field=models.CharField(db_default='', help_text='what its unit asks for and nobody has decided: extension, pause, suspension', max_length=12),
        ),
        migrations.AddField(
            model_name='matter',
            name='is_answered',
            field=models.BooleanField(db_default=False, help_text='the supervision is answered; the head accepts it or asks again'),
        ),
        migrations.AlterField(
            model_name='limit',
            name='due_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name='limit',
            index=models.Index(condition=models.Q(('met_at', None), models.Q(('next_at', None), _negated=True)), fields=['next_at'], name='limit_to_watch'),
        ),
        migrations.AddIndex(
            model_name='limit',
            index=models.Index(condition=models.Q(('met_at', None)), fields=['due_at'], name='limit_that_runs'),
        ),
        migrations.AddIndex(
            model_name='matter',
            index=models.Index(condition=models.Q(('is_paused', True)), fields=['area', '-id'], name='matter_by_pause'),
        ),
        migrations.AddIndex(
            model_name='matter',
            index=models.Index(condition=models.Q(('asked', ''), _negated=True), fields=['area', 'due_at'], name='matter_by_asking'),
        ),
        migrations.AddIndex(
            model_name='matter',
            index=models.Index(condition=models.Q(('is_supervised', True)), fields=['area', 'due_at'], name='matter_by_supervision'),
        ),
        migrations.AddField(
            model_name='request',
            name='matter',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='requests', to='matters.matter'),
        ),
        migrations.AddField(
            model_name='supervision',
            name='matter',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='supervisions', to='matters.matter'),
        ),
        migrations.AddIndex(
            model_name='request',
            index=models.Index(fields=['matter', 'asked_at'], name='request_by_matter'),
        ),
        migrations.AddConstraint(
            model_name='request',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('matter',), name='one_request_waits'),
        ),
        migrations.AddConstraint(
            model_name='request',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by', None), models.Q(('decided_by', models.F('asked_by')), _negated=True), _connector='OR'), name='decided_by_another'),
        ),
        migrations.AddIndex(
            model_name='supervision',
            index=models.Index(fields=['matter', 'asked_at'], name='supervision_by_matter'),
        ),
        migrations.AddConstraint(
            model_name='supervision',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('matter',), name='one_supervision_is_open'),
        ),
        migrations.AddConstraint(
            model_name='supervision',
            constraint=models.CheckConstraint(condition=models.Q(('answered_by', None), models.Q(('answered_by', models.F('head')), _negated=True), _connector='OR'), name='answered_by_another'),
        ),
        migrations.RunSQL(
            "update matters_limit set next_at = due_at where met_at is null",
            migrations.RunSQL.noop,
        ),
    ]
