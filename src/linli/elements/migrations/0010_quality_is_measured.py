# SPDX-License-Identifier: MulanPSL-2.0
"""Measured quality of base data: figures by place, records that break a rule, fields that were drawn and checked."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies: ClassVar = [
        ("elements", "0009_records_are_found"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name='FieldSample',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('register', models.CharField(max_length=40)),
                ('seed', models.BigIntegerField(help_text='kept, so that anybody can draw the same again')),
                ('size', models.IntegerField()),
                ('population', models.BigIntegerField(help_text='filled fields it was drawn from')),
                ('drawn_on', models.DateField()),
                ('due_on', models.DateField()),
                ('drawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='elements.post')),
            ],
        ),
        migrations.CreateModel(
            name='FieldCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('register', models.CharField(max_length=40)),
                ('record', models.BigIntegerField()),
                ('name', models.CharField(max_length=60)),
                ('due_on', models.DateField(help_text='that of the sample, which a community does not see when its street drew it')),
                ('verdict', models.CharField(default='', help_text='right, wrong, unseen; empty while nobody looked', max_length=10)),
                ('means', models.CharField(default='', max_length=20)),
                ('checked_on', models.DateField(null=True)),
                ('version', models.IntegerField(default=1)),
                ('checked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='elements.post')),
                ('sample', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='checks', to='elements.fieldsample')),
            ],
        ),
        migrations.CreateModel(
            name='QualityFigure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('level', models.CharField(help_text='grid, direct, community, street, district, city', max_length=10)),
                ('register', models.CharField(max_length=40)),
                ('aspect', models.CharField(help_text='completeness, freshness, consistency, accuracy', max_length=12)),
                ('name', models.CharField(help_text='the field or rule; empty: all of them together', max_length=60)),
                ('numerator', models.BigIntegerField()),
                ('denominator', models.BigIntegerField()),
                ('computed_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('area', 'level', 'register', 'aspect', 'name'), name='quality_figure_once')],
            },
        ),
        migrations.CreateModel(
            name='QualityTrouble',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('register', models.CharField(max_length=40)),
                ('record', models.BigIntegerField()),
                ('rule', models.CharField(max_length=60)),
                ('found_on', models.DateField()),
            ],
            options={
                'indexes': [models.Index(fields=['area', 'register', 'rule', 'record'], name='quality_trouble_by_area')],
                'constraints': [models.UniqueConstraint(fields=('register', 'record', 'rule'), name='quality_trouble_once')],
            },
        ),
        migrations.AddIndex(
            model_name='fieldsample',
            index=models.Index(fields=['area', '-id'], name='field_sample_by_area'),
        ),
        migrations.AddIndex(
            model_name='fieldcheck',
            index=models.Index(condition=models.Q(('verdict__in', ['', 'unseen'])), fields=['area', 'id'], name='field_check_waiting'),
        ),
        migrations.AddConstraint(
            model_name='fieldcheck',
            constraint=models.UniqueConstraint(fields=('sample', 'register', 'record', 'name'), name='field_check_once'),
        ),
    ]
