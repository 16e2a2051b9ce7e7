# SPDX-License-Identifier: MulanPSL-2.0
"""Exports with their manifests."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("core", "0003_letters_go_out"),
    ]

    operations = [
        migrations.CreateModel(
            name='Export',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('account', models.BigIntegerField()),
                ('post', models.BigIntegerField()),
                ('listing', models.CharField(max_length=60)),
                ('given', models.JSONField(default=dict, help_text='the filter, as the address of the list had it')),
                ('form', models.CharField(help_text='csv or xlsx', max_length=8)),
                ('language', models.CharField(max_length=10)),
                ('state', models.CharField(default='waiting', help_text='waiting, running, done, failed, gone', max_length=10)),
                ('trouble', models.JSONField(default=dict)),
                ('rows', models.BigIntegerField(default=0)),
                ('is_cut', models.BooleanField(default=False, help_text='the sheet was full before the list ended')),
                ('size', models.BigIntegerField(default=0)),
                ('sha256', models.CharField(default='', max_length=64)),
                ('manifest', models.JSONField(default=dict)),
                ('asked_at', models.DateTimeField()),
                ('started_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('expires_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['account', '-id'], name='export_by_account')],
            },
        ),
    ]
