# SPDX-License-Identifier: MulanPSL-2.0
"""Stand-ins of grid workers."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("elements", "0001_places_and_posts"),
    ]

    operations: list[object] = []
