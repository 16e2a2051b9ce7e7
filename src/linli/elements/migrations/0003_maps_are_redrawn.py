# SPDX-License-Identifier: MulanPSL-2.0
"""Redrawn grids with what they replace."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("elements", "0002_grids_are_covered"),
    ]

    operations: list[object] = []
