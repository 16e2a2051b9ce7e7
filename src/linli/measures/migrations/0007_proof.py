# SPDX-License-Identifier: MulanPSL-2.0
"""What a publication withholds: the counts behind its commitments."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('measures', '0006_receipts')]

    operations = [
        migrations.CreateModel(
            name='Opening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('code', models.CharField(max_length=20)),
                ('numerator', models.BigIntegerField()),
                ('denominator', models.BigIntegerField()),
                ('salt', models.CharField(max_length=64)),
                ('reached', models.CharField(default='', help_text='points as an exact fraction; empty for an indicator without points', max_length=40)),
                ('publication', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='openings', to='measures.publication')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('publication', 'area', 'code'), name='opening_once')],
            },
        ),
    ]
