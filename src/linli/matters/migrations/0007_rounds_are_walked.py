# SPDX-License-Identifier: MulanPSL-2.0
"""Patrol rounds of grid workers and handovers."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("matters", "0006_reporters_are_heard"),
    ]

    operations: list[object] = []
