# SPDX-License-Identifier: MulanPSL-2.0
"""What intake needs besides its tables."""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):

    dependencies: ClassVar = [
        ("elements", "0004_base_data_has_registers"),
    ]

    operations: ClassVar = []
