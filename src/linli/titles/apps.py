# SPDX-License-Identifier: MulanPSL-2.0
"""The Django application of this room."""

from django.apps import AppConfig


class TitlesConfig(AppConfig):
    """Names the room for Django."""

    name = "linli.titles"
    default_auto_field = "django.db.models.BigAutoField"
