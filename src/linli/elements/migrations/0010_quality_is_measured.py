# SPDX-License-Identifier: MulanPSL-2.0
"""Measured quality of base data."""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):

    dependencies: ClassVar = [
        ("elements", "0009_records_are_found"),
    ]

    operations: ClassVar = []
