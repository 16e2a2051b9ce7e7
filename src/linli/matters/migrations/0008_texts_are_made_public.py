# SPDX-License-Identifier: MulanPSL-2.0
"""Reviewed words of reports and what machines may know."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("matters", "0007_rounds_are_walked"),
    ]

    operations: list[object] = []
