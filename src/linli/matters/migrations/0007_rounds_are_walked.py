# SPDX-License-Identifier: MulanPSL-2.0
"""Patrol rounds of grid workers with what they found, objections, ordered position tracks, and handovers."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("matters", "0006_reporters_are_heard"),
    ]

    operations = [
        migrations.CreateModel(
            name='Handover',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('from_post', models.BigIntegerField()),
                ('to_post', models.BigIntegerField()),
                ('day', models.DateField(help_text="from which day the grids are the other's")),
                ('made_by', models.BigIntegerField()),
                ('made_at', models.DateTimeField()),
                ('left', models.JSONField(default=list, help_text='what could not be handed over, with the reason')),
                ('taken_back_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='HandoverItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('kind', models.CharField(help_text='grid, stand_in, matter, question', max_length=12)),
                ('record', models.BigIntegerField(help_text='the record that was handed over')),
                ('made', models.BigIntegerField(help_text='the record that stands instead (a new assignment)', null=True)),
                ('before', models.JSONField(default=dict, help_text='what it was, to be put back')),
                ('after', models.JSONField(default=dict, help_text='what it became, to see whether it has moved since')),
            ],
        ),
        migrations.CreateModel(
            name='Objection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('account', models.BigIntegerField()),
                ('post', models.BigIntegerField()),
                ('text', models.CharField(max_length=1000)),
                ('made_at', models.DateTimeField()),
                ('answer', models.CharField(default='', max_length=1000)),
                ('answered_at', models.DateTimeField(null=True)),
                ('answered_by', models.BigIntegerField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Round',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('worker', models.BigIntegerField(help_text='the account that walked')),
                ('post', models.BigIntegerField()),
                ('client', models.CharField(default='', max_length=64)),
                ('day', models.DateField(help_text="the city's day on which it began")),
                ('shift', models.CharField(help_text='morning, afternoon, other', max_length=12)),
                ('began_at', models.DateTimeField()),
                ('began_recorded_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_recorded_at', models.DateTimeField(null=True)),
                ('looked', models.JSONField(default=list, help_text='codes of the checklist')),
                ('found', models.JSONField(default=list, help_text='those of them where something was found')),
                ('is_nothing_found', models.BooleanField(default=False)),
                ('note', models.CharField(default='', max_length=1000)),
            ],
        ),
        migrations.CreateModel(
            name='RoundDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('day', models.DateField()),
                ('over_at', models.DateTimeField(help_text="when the day's last window closed")),
                ('has_morning', models.BooleanField(default=False)),
                ('has_afternoon', models.BooleanField(default=False)),
                ('community', models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.Cast(django.db.models.expressions.CombinedExpression(models.F('area'), '/', models.Value(1000)), models.BigIntegerField()), output_field=models.BigIntegerField())),
            ],
        ),
        migrations.CreateModel(
            name='RoundReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='TrackOrder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('post', models.BigIntegerField(help_text='whose track')),
                ('account', models.BigIntegerField()),
                ('purpose', models.CharField(max_length=300)),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(help_text='exclusive')),
                ('ordered_by', models.BigIntegerField()),
                ('ordered_name', models.CharField(max_length=60)),
                ('ordered_unit', models.BigIntegerField(null=True)),
                ('ordered_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='TrackPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('sealed', models.BinaryField()),
                ('first_at', models.DateTimeField()),
                ('last_at', models.DateTimeField()),
                ('kept_at', models.DateTimeField()),
            ],
        ),
        migrations.AddIndex(
            model_name='verification',
            index=models.Index(fields=['area', 'at'], name='verified_by_area'),
        ),
        migrations.AddIndex(
            model_name='handover',
            index=models.Index(fields=['area', '-id'], name='handover_by_area'),
        ),
        migrations.AddIndex(
            model_name='handover',
            index=models.Index(fields=['to_post'], name='handover_by_receiver'),
        ),
        migrations.AddField(
            model_name='handoveritem',
            name='handover',
            field=models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name='items', to='matters.handover'),
        ),
        migrations.AddIndex(
            model_name='round',
            index=models.Index(fields=['area', 'day'], name='round_by_area'),
        ),
        migrations.AddIndex(
            model_name='round',
            index=models.Index(fields=['worker', 'day'], name='round_by_worker'),
        ),
        migrations.AddIndex(
            model_name='round',
            index=models.Index(fields=['day'], name='round_by_day'),
        ),
        migrations.AddConstraint(
            model_name='round',
            constraint=models.UniqueConstraint(condition=models.Q(('client', ''), _negated=True), fields=('worker', 'client'), name='round_arrives_once'),
        ),
        migrations.AddConstraint(
            model_name='round',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('worker', 'area', 'day'), name='one_open_round_a_grid'),
        ),
        migrations.AddConstraint(
            model_name='round',
            constraint=models.CheckConstraint(condition=models.Q(('ended_at', None), ('ended_at__gte', models.F('began_at')), _connector='OR'), name='round_ends_after_it_began'),
        ),
        migrations.AddField(
            model_name='objection',
            name='round',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='objections', to='matters.round'),
        ),
        migrations.AddIndex(
            model_name='roundday',
            index=models.Index(fields=['community', 'day'], name='round_day_by_community'),
        ),
        migrations.AddIndex(
            model_name='roundday',
            index=models.Index(fields=['day'], name='round_day_by_day'),
        ),
        migrations.AddConstraint(
            model_name='roundday',
            constraint=models.UniqueConstraint(fields=('area', 'day'), name='round_day_once'),
        ),
        migrations.AddField(
            model_name='roundreport',
            name='matter',
            field=models.OneToOneField(on_delete=django.db.models.deletion.DO_NOTHING, related_name='found_on', to='matters.matter'),
        ),
        migrations.AddField(
            model_name='roundreport',
            name='round',
            field=models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name='reports', to='matters.round'),
        ),
        migrations.AddIndex(
            model_name='trackorder',
            index=models.Index(fields=['post', 'valid_to'], name='track_order_by_post'),
        ),
        migrations.AddIndex(
            model_name='trackorder',
            index=models.Index(fields=['area', '-id'], name='track_order_by_area'),
        ),
        migrations.AddField(
            model_name='trackpart',
            name='order',
            field=models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name='parts', to='matters.trackorder'),
        ),
        migrations.AddIndex(
            model_name='handoveritem',
            index=models.Index(fields=['kind', 'record'], name='handed_by_record'),
        ),
        migrations.AddIndex(
            model_name='objection',
            index=models.Index(fields=['area', '-id'], name='objection_by_area'),
        ),
        migrations.AddIndex(
            model_name='objection',
            index=models.Index(fields=['account', '-id'], name='objection_by_account'),
        ),
        migrations.AddIndex(
            model_name='trackpart',
            index=models.Index(fields=['kept_at'], name='track_by_age'),
        ),
    ]
