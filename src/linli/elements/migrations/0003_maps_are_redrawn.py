# SPDX-License-Identifier: MulanPSL-2.0
"""Redrawn grids with what they replace, and how many records lie where."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("elements", "0002_grids_are_covered"),
    ]

    operations = [
        migrations.CreateModel(
            name='Density',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('layer', models.CharField(max_length=12)),
                ('level', models.SmallIntegerField()),
                ('block', models.BigIntegerField()),
                ('theme', models.BigIntegerField()),
                ('source', models.CharField(max_length=20)),
                ('week', models.IntegerField()),
                ('month', models.IntegerField()),
                ('quarter', models.IntegerField()),
                ('year', models.IntegerField()),
            ],
            options={
                'indexes': [models.Index(fields=['level', 'block'], name='density_by_block'), models.Index(fields=['level', 'area'], name='density_by_area')],
            },
        ),
        migrations.CreateModel(
            name='Redrawing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('since', models.DateField()),
                ('grids', models.JSONField(help_text='name, kept (area of a grid that stays as it is, or null) and GeoJSON shape of each, WGS84')),
                ('given_datum', models.CharField(default='WGS84', max_length=10)),
                ('source', models.CharField(default='', max_length=200)),
                ('drawn_by', models.BigIntegerField(null=True)),
                ('drawn_at', models.DateTimeField()),
                ('done_at', models.DateTimeField(help_text='when it was put into force; null while it is only a drawing', null=True)),
                ('version', models.IntegerField(default=1)),
            ],
            options={
                'indexes': [models.Index(fields=['area', '-id'], name='redrawing_by_area')],
            },
        ),
        migrations.CreateModel(
            name='Replacement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('metres', models.BigIntegerField(help_text='square metres that both have in common')),
                ('new', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='replacing', to='elements.place')),
                ('old', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='elements.place')),
                ('redrawing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='replacements', to='elements.redrawing')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('old', 'new'), name='replacement_once')],
            },
        ),
    ]
