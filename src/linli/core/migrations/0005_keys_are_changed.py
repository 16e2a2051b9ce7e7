# SPDX-License-Identifier: MulanPSL-2.0
"""How far a change of keys is."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies: ClassVar = [
        ("core", "0004_lists_are_taken_out"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name='Rotation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.IntegerField(help_text='the key version under which values are sealed anew')),
                ('suite', models.CharField(max_length=12)),
                ('column', models.CharField(default='', help_text='the column that is being gone through; empty before the first and after the last', max_length=80)),
                ('after', models.CharField(default='', help_text='key of the last row that was looked at in it', max_length=80)),
                ('done', models.BigIntegerField(default=0, help_text='values sealed anew')),
                ('in_pass', models.BigIntegerField(default=0, help_text='of these in the present pass; a pass without any ends it')),
                ('broken', models.BigIntegerField(default=0, help_text='values of the present pass that did not open')),
                ('trouble', models.CharField(default='', help_text='table and key of the last one that did not open', max_length=200)),
                ('started_at', models.DateTimeField()),
                ('touched_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('version', 'suite'), name='rotation_once')],
            },
        ),
    ]
