# SPDX-License-Identifier: MulanPSL-2.0
"""The last application to be ready: it lets the registry find every declaration."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Calls discovery once, after all rooms are loaded; asks no database."""

    name = "linli.config"
    label = "config"

    def ready(self) -> None:
        """Import every declaration of practice and every room's actions."""
        from linli.core import registry

        registry.discover()
