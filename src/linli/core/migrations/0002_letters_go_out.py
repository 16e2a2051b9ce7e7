# SPDX-License-Identifier: MulanPSL-2.0
"""The outbox of letters and short messages, with their delivery."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("core", "0001_the_ground_is_laid"),
    ]

    operations: list[object] = []
