# SPDX-License-Identifier: MulanPSL-2.0
"""Call-backs, their limits and results."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("matters", "0005_matters_are_joined"),
    ]

    operations: list[object] = []
