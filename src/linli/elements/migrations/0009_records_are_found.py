# SPDX-License-Identifier: MulanPSL-2.0
"""What the search box searches."""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):

    dependencies: ClassVar = [
        ("elements", "0008_things_and_duties"),
    ]

    operations: ClassVar = []
