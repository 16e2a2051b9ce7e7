# SPDX-License-Identifier: MulanPSL-2.0
"""The table of scanned papers that stand beside the figures."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('measures', '0007_proof'),
    ]

    operations = [
        migrations.CreateModel(
            name='Proof',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('code', models.CharField(help_text='code of the indicator', max_length=20)),
                ('year', models.SmallIntegerField()),
                ('title', models.CharField(max_length=120)),
                ('day', models.DateField(help_text='of the paper')),
                ('note', models.CharField(blank=True, default='', max_length=300)),
                ('added_by', models.BigIntegerField(null=True)),
                ('added_at', models.DateTimeField()),
                ('taken_out_at', models.DateTimeField(null=True)),
                ('taken_out_by', models.BigIntegerField(null=True)),
                ('reason', models.CharField(blank=True, default='', help_text='why it was taken out', max_length=200)),
            ],
            options={
                'indexes': [models.Index(fields=['area', 'year', 'code'], name='proof_by_area')],
            },
        ),
    ]
