# SPDX-License-Identifier: MulanPSL-2.0
"""Communities and streets that change hands, from a date."""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):

    dependencies: ClassVar = [
        ("elements", "0011_templates_are_filled"),
    ]

    operations: ClassVar = []
