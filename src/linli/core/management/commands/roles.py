# SPDX-License-Identifier: MulanPSL-2.0
"""`manage roles`: the SQL with which a database administrator prepares another server's roles and database."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

SQL = """-- Run as a superuser of the server. Replace the passwords; they belong into LINLI_DATABASE_URL and its two fellows.
create role {owner} login password 'CHANGE-ME-1';
create role {app} login password 'CHANGE-ME-2' nobypassrls;
create role {report} login password 'CHANGE-ME-3' nobypassrls;
grant {app}, {report} to {owner};
create database {name} owner {owner} encoding 'UTF8' template template0;
\\connect {name}
alter schema public owner to {owner};
revoke create on schema public from public;
grant usage on schema public to {app}, {report};
-- Then, on Linli's machine: ./linli manage migrate (it writes the grants and the row-level security of every table)."""


class Command(BaseCommand):
    """Prints; changes nothing and asks no database."""

    help = "Print the SQL that makes the three roles and the database on a server of your own."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print with the names of the settings."""
        roles = settings.ROLES
        report = roles["report"] if roles["report"] != roles["app"] else f"{roles['app']}_report"
        owner = roles["owner"] if roles["owner"] != roles["app"] else f"{roles['app']}_owner"
        self.stdout.write(SQL.format(owner=owner, app=roles["app"], report=report, name=settings.DATABASES["default"]["NAME"]))
