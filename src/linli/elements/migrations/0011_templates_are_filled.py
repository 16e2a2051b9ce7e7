# SPDX-License-Identifier: MulanPSL-2.0
"""A department's own templates: uploaded once, matched, filled by a press."""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):

    dependencies: ClassVar = [
        ("elements", "0010_quality_is_measured"),
    ]

    operations: ClassVar = []
