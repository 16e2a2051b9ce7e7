# SPDX-License-Identifier: MulanPSL-2.0
"""The door to Django's management commands: `python -m linli.config.manage COMMAND`."""

import os
import sys

AS_OWNER = frozenset({"migrate", "makemigrations", "sqlmigrate", "flush", "dbshell", "fences"})

UNDEFINED_TABLE = "42P01"
"""PostgreSQL's code for a table that is not there."""


def main() -> None:
    """Run one management command; the schema's own commands connect as the owner."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.config.settings")
    if len(sys.argv) > 1 and sys.argv[1] in AS_OWNER:
        os.environ["LINLI_AS_OWNER"] = "1"
    from django.core.management import execute_from_command_line
    from django.db import ProgrammingError

    try:
        execute_from_command_line(sys.argv)
    except ProgrammingError as error:
        if getattr(error.__cause__, "sqlstate", "") != UNDEFINED_TABLE:
            raise
        sys.exit("数据库里还没有表，没有做任何事。请先运行 ./linli up。\nThe database holds no tables yet; nothing was done. Run ./linli up first.")


if __name__ == "__main__":
    main()
