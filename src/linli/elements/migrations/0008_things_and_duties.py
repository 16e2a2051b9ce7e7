# SPDX-License-Identifier: MulanPSL-2.0
"""What facilities, terms and areas of responsibility need."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies: ClassVar = [
        ("elements", "0007_people_are_claimed"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name='Reckoning',
            fields=[
                ('service', models.CharField(max_length=80, primary_key=True, serialize=False)),
                ('metres', models.IntegerField()),
                ('detour_percent', models.IntegerField()),
                ('facilities', models.IntegerField(help_text='with a position, in the whole city')),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Responsibility',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('doorway', models.CharField(default='', help_text='empty: every doorway that has nobody of its own', max_length=10)),
                ('since', models.DateField()),
                ('until', models.DateField(help_text='exclusive', null=True)),
                ('version', models.IntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name='StandIn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('since', models.DateField()),
                ('until', models.DateField(help_text='exclusive')),
                ('reason', models.CharField(max_length=20)),
                ('version', models.IntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name='Unreached',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('service', models.CharField(help_text='a kind of facility, or kind.option', max_length=80)),
                ('metres', models.IntegerField(help_text='estimated walk to the nearest one; null when none lies within twice the reach', null=True)),
                ('dwellings', models.IntegerField(default=0)),
            ],
        ),
        migrations.AddIndex(
            model_name='building',
            index=models.Index(condition=models.Q(('cell', None), _negated=True), fields=['area', 'cell'], name='building_by_cell'),
        ),
        migrations.AddField(
            model_name='responsibility',
            name='building',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='responsibilities', to='elements.building'),
        ),
        migrations.AddField(
            model_name='responsibility',
            name='post',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='responsibilities', to='elements.post'),
        ),
        migrations.AddField(
            model_name='standin',
            name='post',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='away', to='elements.post'),
        ),
        migrations.AddField(
            model_name='standin',
            name='stand_in',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='standing_in', to='elements.post'),
        ),
        migrations.AddField(
            model_name='unreached',
            name='building',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='unreached', to='elements.building'),
        ),
        migrations.AddIndex(
            model_name='responsibility',
            index=models.Index(fields=['building', 'doorway'], name='responsibility_by_building'),
        ),
        migrations.AddIndex(
            model_name='responsibility',
            index=models.Index(fields=['area', 'since'], name='responsibility_by_area'),
        ),
        migrations.AddConstraint(
            model_name='responsibility',
            constraint=models.UniqueConstraint(condition=models.Q(('until', None)), fields=('building', 'doorway'), name='responsibility_once'),
        ),
        migrations.AddConstraint(
            model_name='responsibility',
            constraint=models.CheckConstraint(condition=models.Q(('until', None), ('until__gte', models.F('since')), _connector='OR'), name='responsibility_days_in_order'),
        ),
        migrations.AddIndex(
            model_name='standin',
            index=models.Index(fields=['area', 'since'], name='stand_in_by_area'),
        ),
        migrations.AddConstraint(
            model_name='standin',
            constraint=models.CheckConstraint(condition=models.Q(('until__gte', models.F('since'))), name='stand_in_days_in_order'),
        ),
        migrations.AddIndex(
            model_name='unreached',
            index=models.Index(fields=['area', 'service', 'building'], name='unreached_by_area'),
        ),
        migrations.AddConstraint(
            model_name='unreached',
            constraint=models.UniqueConstraint(fields=('building', 'service'), name='unreached_once'),
        ),
    ]
