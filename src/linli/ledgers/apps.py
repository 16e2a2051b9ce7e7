# SPDX-License-Identifier: MulanPSL-2.0
"""The Django application of this room."""

from django.apps import AppConfig


class LedgersConfig(AppConfig):
    """Names the room for Django."""

    name = "linli.ledgers"
    default_auto_field = "django.db.models.BigAutoField"
