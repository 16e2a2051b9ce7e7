# SPDX-License-Identifier: MulanPSL-2.0
"""The Django application of this room."""

from django.apps import AppConfig


class MattersConfig(AppConfig):
    """Names the room for Django."""

    name = "linli.matters"
    default_auto_field = "django.db.models.BigAutoField"
