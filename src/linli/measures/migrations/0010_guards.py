# SPDX-License-Identifier: MulanPSL-2.0
"""Nothing yet."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [('measures', '0009_norms')]

    operations = []
