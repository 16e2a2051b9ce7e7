# SPDX-License-Identifier: MulanPSL-2.0
"""Versions of routing rules, their trials, and what they propose for matters; categories say whether residents' reports are checked first."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("matters", "0003_clocks_run_in_full"),
    ]

    operations = [
        migrations.AddField(
            model_name='category',
            name='is_checked_first',
            field=models.BooleanField(db_default=True, default=True, help_text="a resident's report is looked at on site before it is filed"),
        ),
        migrations.CreateModel(
            name='Proposal',
            fields=[
                ('area', models.BigIntegerField()),
                ('matter', models.OneToOneField(on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='proposal', serialize=False, to='matters.matter')),
                ('route', models.BigIntegerField(null=True)),
                ('rule', models.BigIntegerField(null=True)),
                ('unit', models.BigIntegerField(null=True)),
                ('fault', models.CharField(default='', max_length=20)),
                ('is_failing', models.BooleanField(default=False, help_text='it waits and a rule failed: the alarm of its street rings')),
                ('sentence', models.JSONField(default=dict)),
                ('at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('is_failing', True)), fields=['area'], name='failing_by_area')],
            },
        ),
        migrations.CreateModel(
            name='RouteVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField(db_column='place_area', help_text='the place whose range it owns')),
                ('number', models.IntegerField()),
                ('state', models.CharField(default='draft', max_length=12)),
                ('valid_from', models.DateTimeField(null=True)),
                ('digest', models.CharField(default='', help_text='SHA-256 of the rules in order', max_length=64)),
                ('why', models.CharField(max_length=500)),
                ('copied_from', models.BigIntegerField(null=True)),
                ('made_by', models.BigIntegerField(null=True)),
                ('made_at', models.DateTimeField()),
                ('published_by', models.BigIntegerField(null=True)),
                ('published_at', models.DateTimeField(null=True)),
                ('has_accepted_holes', models.BooleanField(default=False, help_text='published in the knowledge that not everything has an owner')),
                ('findings', models.JSONField(default=dict, help_text='counts of the finder at publication')),
                ('edit', models.IntegerField(default=0, help_text='the number of the last edit')),
                ('edits', models.JSONField(default=list, help_text='the edits that still hold, for undoing them one by one')),
                ('version', models.IntegerField(default=1)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('area', 'number'), name='route_version_once')],
            },
        ),
        migrations.CreateModel(
            name='RouteTrial',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('digest', models.CharField(help_text='of the rules that were tried', max_length=64)),
                ('days', models.IntegerField()),
                ('state', models.CharField(default='waiting', help_text='waiting, running, done', max_length=10)),
                ('asked_by', models.BigIntegerField(null=True)),
                ('asked_at', models.DateTimeField()),
                ('since', models.DateTimeField()),
                ('finished_at', models.DateTimeField(null=True)),
                ('cursor', models.BigIntegerField(default=0)),
                ('last', models.BigIntegerField(default=0)),
                ('total', models.BigIntegerField(default=0)),
                ('looked', models.BigIntegerField(default=0)),
                ('same', models.BigIntegerField(default=0)),
                ('elsewhere', models.BigIntegerField(default=0)),
                ('unresolved', models.BigIntegerField(default=0)),
                ('unsent', models.BigIntegerField(default=0, help_text='never dispatched: nothing to compare with')),
                ('rows', models.JSONField(default=list, help_text='[rule, from unit, to unit, fault, count, sample of matters]')),
                ('route', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='trials', to='matters.routeversion')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='RouteRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(help_text='all, scheme:…, group:…:…, category:…:…:…', max_length=80)),
                ('area', models.BigIntegerField(db_column='place_area')),
                ('time', models.CharField(help_text='always, office, outside, or a window such as 12345 08:00-20:00', max_length=60)),
                ('target', models.CharField(help_text='unit:…, duty:…, nearest:…, above', max_length=140)),
                ('is_automatic', models.BooleanField(default=False)),
                ('files', models.CharField(default='hand', help_text='hand, patrol, all', max_length=10)),
                ('note', models.CharField(default='', max_length=200)),
                ('edit_from', models.IntegerField()),
                ('edit_to', models.IntegerField(null=True)),
                ('route', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rules', to='matters.routeversion')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('edit_to', None)), fields=['route'], name='route_rules_now')],
            },
        ),
    ]
