# SPDX-License-Identifier: MulanPSL-2.0
"""Versions of routing rules, their trials and their failures."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("matters", "0003_clocks_run_in_full"),
    ]

    operations: list[object] = []
