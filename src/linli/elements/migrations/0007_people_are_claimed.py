# SPDX-License-Identifier: MulanPSL-2.0
"""Who keeps a person in the whole city, and requests to hand him over."""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):

    dependencies: ClassVar = [
        ("elements", "0006_records_are_kept_up"),
    ]

    operations: ClassVar = []
