# SPDX-License-Identifier: MulanPSL-2.0
"""`manage reset_password NAME`: a new one-time password for somebody who lost his, an administrator above all."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from linli.core.actions import run
from linli.core.faults import Fault
from linli.elements.actors import system_actor
from linli.elements.management.commands.load_divisions import sentences
from linli.elements.models import Account


class Command(BaseCommand):
    """Goes through the action `account.reset_password`; the journal names the installer as its actor."""

    help = "Give an account a one-time password and lift its lock."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The user name."""
        parser.add_argument("name")

    def handle(self, *args: Any, **options: Any) -> None:
        """Reset and print."""
        found = Account.objects.filter(username=options["name"]).first()
        if found is None:
            raise CommandError(f"没有用户 {options['name']}。There is no account named {options['name']}.")
        try:
            answer = run("account.reset_password", system_actor("installer"), {"account": found.pk})
        except Fault as fault:
            raise CommandError(sentences(fault)) from fault
        self.stdout.write(f"一次性密码 one-time password: {answer['password']}")
