# SPDX-License-Identifier: MulanPSL-2.0
"""What facilities, terms and areas of responsibility need."""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):

    dependencies: ClassVar = [
        ("elements", "0007_people_are_claimed"),
    ]

    operations: ClassVar = []
