# SPDX-License-Identifier: MulanPSL-2.0
"""What has to stand before a bench is imported: the database is named, Django knows the declarations."""

import os

import django

NEEDED = ("LINLI_DATABASE_URL", "LINLI_DATABASE_OWNER_URL")


def prepare() -> str:
    """Set Django up; answers a sentence when the database is not named, else nothing."""
    missing = [name for name in NEEDED if not os.environ.get(name)]
    if missing:
        return f"{' and '.join(missing)} not set. First: eval \"$(./linli env)\""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.config.settings")
    django.setup()
    return ""
