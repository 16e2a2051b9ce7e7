# SPDX-License-Identifier: MulanPSL-2.0
"""`manage token NAME`: a bearer token that acts under that account's post, alone on the output."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from linli.core.actions import run
from linli.core.faults import Fault
from linli.elements.actors import system_actor
from linli.elements.management.commands.load_divisions import sentences
from linli.elements.models import Account
from linli.elements.sessions import posts_of


class Command(BaseCommand):
    """Goes through the action `token.make`; who may run it on this machine may act as anybody, and the journal says so."""

    help = "Print a bearer token for an account's post (the first valid one, or --post NUMBER)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The account, its post, and how long the token holds."""
        parser.add_argument("name")
        parser.add_argument("--post", type=int, default=0)
        parser.add_argument("--days", type=int, default=30)

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the token and nothing else."""
        account = Account.objects.filter(username=options["name"], is_active=True).first()
        if account is None:
            raise CommandError(f"没有用户 {options['name']}。There is no account named {options['name']}.")
        posts = [post for post in posts_of(account.pk) if not options["post"] or post.pk == options["post"]]
        if not posts:
            raise CommandError(f"{options['name']} 现在没有岗位。{options['name']} holds no such post today.")
        try:
            answer = run("token.make", system_actor("installer"), {"post": posts[0].pk, "label": "./linli token", "days": options["days"]})
        except Fault as fault:
            raise CommandError(sentences(fault)) from fault
        self.stdout.write(answer["secret"])
