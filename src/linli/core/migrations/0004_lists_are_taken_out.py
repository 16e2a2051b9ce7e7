# SPDX-License-Identifier: MulanPSL-2.0
"""Exports with their manifests."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("core", "0003_letters_go_out"),
    ]

    operations: list[object] = []
