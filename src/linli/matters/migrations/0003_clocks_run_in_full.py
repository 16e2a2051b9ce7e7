# SPDX-License-Identifier: MulanPSL-2.0
"""Requests for pauses and extensions, warnings and supervision."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("matters", "0002_matters_gain_their_relations"),
    ]

    operations: list[object] = []
