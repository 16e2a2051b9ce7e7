# SPDX-License-Identifier: MulanPSL-2.0
"""Lists of duties, orders from the hotline, and what was settled on the spot."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("matters", "0009_categories_are_learnt"),
    ]

    operations: list[object] = []
