# SPDX-License-Identifier: MulanPSL-2.0
"""Nothing yet."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [('titles', '0001_titles_stand')]

    operations = []
