# SPDX-License-Identifier: MulanPSL-2.0
"""The door to Django's management commands: `python -m linli.config.manage COMMAND`."""

import os
import sys

AS_OWNER = frozenset({"migrate", "makemigrations", "sqlmigrate", "flush", "roles", "dbshell", "fences"})


def main() -> None:
    """Run one management command; the schema's own commands connect as the owner."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.config.settings")
    if len(sys.argv) > 1 and sys.argv[1] in AS_OWNER:
        os.environ["LINLI_AS_OWNER"] = "1"
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
