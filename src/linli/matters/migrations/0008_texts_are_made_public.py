# SPDX-License-Identifier: MulanPSL-2.0
"""Reviewed words of reports and what machines may know."""

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("matters", "0007_rounds_are_walked"),
    ]

    operations = [
        migrations.CreateModel(
            name='PublicWords',
            fields=[
                ('area', models.BigIntegerField()),
                ('matter', models.OneToOneField(on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='public_words', serialize=False, to='matters.matter')),
                ('is_public', models.BooleanField(help_text='false: looked at and kept back')),
                ('text', models.CharField(default='', max_length=4000)),
                ('address', models.CharField(default='', max_length=200)),
                ('photos', models.JSONField(default=list, help_text='numbers of the files that anybody may see')),
                ('reviewer', models.BigIntegerField()),
                ('at', models.DateTimeField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AlterField(
            model_name='matter',
            name='summary',
            field=models.CharField(max_length=4000),
        ),
        migrations.AlterField(
            model_name='move',
            name='note',
            field=models.CharField(default='', max_length=4000),
        ),
        migrations.AddIndex(
            model_name='matter',
            index=models.Index(fields=['-reported_at', '-id'], name='matter_by_report'),
        ),
        migrations.AddIndex(
            model_name='move',
            index=django.contrib.postgres.indexes.BrinIndex(fields=['recorded_at'], name='move_by_record'),
        ),
    ]
