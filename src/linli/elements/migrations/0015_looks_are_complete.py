# SPDX-License-Identifier: MulanPSL-2.0
"""Looks, exports and keys: what protection still lacked."""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):

    dependencies: ClassVar = [
        ("elements", "0014_intake_is_quick"),
    ]

    operations: ClassVar = []
