# SPDX-License-Identifier: MulanPSL-2.0
"""Candidates for merging, what is no duplicate, and mergings that can be undone."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("matters", "0004_routes_are_versioned"),
    ]

    operations: list[object] = []
