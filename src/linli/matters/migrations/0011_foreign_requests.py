# SPDX-License-Identifier: MulanPSL-2.0
"""Requests that another system had before us, and photos that came as links."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("matters", "0010_reports_arrive"),
    ]

    operations = [
        migrations.CreateModel(
            name='ForeignImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('system', models.CharField(help_text='what we call the other system', max_length=30)),
                ('name', models.CharField(help_text='the file, or the span of time that was fetched', max_length=200)),
                ('zone', models.CharField(default='', help_text='the zone of times that come without an offset; empty: they are returned', max_length=40)),
                ('digest', models.BinaryField()),
                ('sealed', models.BinaryField(help_text='the file as it came; null once it was forgotten', null=True)),
                ('state', models.CharField(default='reading', max_length=12)),
                ('is_fetched', models.BooleanField(default=False)),
                ('account', models.BigIntegerField(help_text='who started it; null for the worker', null=True)),
                ('account_name', models.CharField(default='', max_length=60)),
                ('asked_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(null=True)),
                ('total', models.IntegerField(default=0)),
                ('looked_at', models.IntegerField(default=0, help_text='requests that this run has been through')),
                ('counts', models.JSONField(default=dict, help_text='new_open, new_history, updated, same, returned')),
                ('services', models.JSONField(default=list, help_text='[service_code, service_name, how many]')),
                ('trouble', models.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name='ForeignMatter',
            fields=[
                ('area', models.BigIntegerField()),
                ('matter', models.OneToOneField(on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='foreign', serialize=False, to='matters.matter')),
                ('brought', models.BigIntegerField(db_index=True, help_text='the import that made it')),
                ('digest', models.BinaryField(help_text='of everything that can change there')),
                ('seen', models.JSONField(default=list, help_text='short digests of the notes that stand in the history')),
                ('state', models.CharField(help_text='open or closed, there', max_length=10)),
                ('version', models.IntegerField(help_text='the version that the import left: as long as it stands nobody has done anything')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ForeignMapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('system', models.CharField(max_length=30)),
                ('code', models.CharField(max_length=80)),
                ('version', models.IntegerField()),
                ('name', models.CharField(default='', max_length=200)),
                ('made_by', models.BigIntegerField(null=True)),
                ('made_at', models.DateTimeField()),
                ('category', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='matters.category')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('system', 'code', 'version'), name='foreign_mapping_once')],
            },
        ),
        migrations.CreateModel(
            name='ForeignReturn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.IntegerField(help_text='its place in the file, from 1')),
                ('number', models.CharField(max_length=80)),
                ('code', models.CharField(max_length=80)),
                ('why', models.CharField(max_length=30)),
                ('sentence', models.JSONField()),
                ('brought', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='returns', to='matters.foreignimport')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('brought', 'place'), name='foreign_return_once')],
            },
        ),
        migrations.CreateModel(
            name='OutsidePhoto',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('url', models.CharField(max_length=1000)),
                ('state', models.CharField(default='waiting', max_length=10)),
                ('tries', models.SmallIntegerField(default=0)),
                ('next_at', models.DateTimeField(null=True)),
                ('trouble', models.CharField(default='', help_text='what went wrong last, in a word', max_length=200)),
                ('evidence', models.BigIntegerField(null=True)),
                ('matter', models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name='outside_photos', to='matters.matter')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('next_at', None), _negated=True), fields=['next_at'], name='outside_photo_by_turn')],
                'constraints': [models.UniqueConstraint(fields=('matter', 'url'), name='outside_photo_once')],
            },
        ),
    ]
