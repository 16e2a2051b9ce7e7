# SPDX-License-Identifier: MulanPSL-2.0
"""An index of its own for the open matters of a map."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("matters", "0010_reports_arrive"),
    ]

    operations = [
        migrations.AddIndex(
            model_name='matter',
            index=models.Index(condition=models.Q(('is_open', True)), fields=['cell'], name='open_by_cell'),
        ),
    ]
