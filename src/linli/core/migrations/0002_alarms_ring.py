# SPDX-License-Identifier: MulanPSL-2.0
"""Alarms ring until what they tell of is over."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("core", "0001_the_ground_is_laid"),
    ]

    operations = [
        migrations.CreateModel(
            name='Alarm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('name', models.CharField(max_length=60)),
                ('subject_kind', models.CharField(max_length=40)),
                ('subject', models.BigIntegerField()),
                ('sentence', models.JSONField(help_text='what is wrong and what to do, in both languages')),
                ('ability', models.CharField(help_text='whoever has it is asked to act', max_length=60)),
                ('raised_at', models.DateTimeField()),
                ('taken_at', models.DateTimeField(null=True)),
                ('taken_by', models.BigIntegerField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('ended_at', None)), fields=['area', '-id'], name='alarm_by_area')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('name', 'subject_kind', 'subject'), name='alarm_rings_once')],
            },
        ),
    ]
