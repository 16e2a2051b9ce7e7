# SPDX-License-Identifier: MulanPSL-2.0
"""The outbox of letters and short messages, with their delivery."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("core", "0002_alarms_ring"),
    ]

    operations: list[object] = []
