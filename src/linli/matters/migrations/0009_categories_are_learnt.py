# SPDX-License-Identifier: MulanPSL-2.0
"""What the category aid has learnt, how well, and how schemes correspond."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("matters", "0008_texts_are_made_public"),
    ]

    operations: list[object] = []
