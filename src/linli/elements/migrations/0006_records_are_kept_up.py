# SPDX-License-Identifier: MulanPSL-2.0
"""What keeping up needs besides its tables."""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):

    dependencies: ClassVar = [
        ("elements", "0005_intakes_run"),
    ]

    operations: ClassVar = []
