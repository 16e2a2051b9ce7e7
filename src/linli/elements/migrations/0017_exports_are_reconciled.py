# SPDX-License-Identifier: MulanPSL-2.0
"""Another system's export beside ours: what differs and who is right."""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):

    dependencies: ClassVar = [
        ("elements", "0016_records_have_one_way"),
    ]

    operations: ClassVar = []
