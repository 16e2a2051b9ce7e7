# SPDX-License-Identifier: MulanPSL-2.0
"""One way to write a record, one code for a resident."""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):

    dependencies: ClassVar = [
        ("elements", "0015_looks_are_complete"),
    ]

    operations: ClassVar = []
