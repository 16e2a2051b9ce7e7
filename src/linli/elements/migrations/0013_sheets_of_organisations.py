# SPDX-License-Identifier: MulanPSL-2.0
"""Organisations and facilities come in from files."""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):

    dependencies: ClassVar = [
        ("elements", "0012_places_are_reorganised"),
    ]

    operations: ClassVar = []
