# SPDX-License-Identifier: MulanPSL-2.0
"""`manage admin NAME`: the first administrator, with a one-time password on the screen."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from linli.core.actions import run
from linli.core.faults import Fault
from linli.elements import places
from linli.elements.accounts import ADMINISTRATOR, administrators_besides
from linli.elements.actors import system_actor
from linli.elements.management.commands.load_divisions import sentences

NO_CITY = "还没有载入区划，不能安排岗位。请先运行 ./linli manage seed（天津）或 ./linli manage load_divisions FILE。\n" \
          "No places are loaded, so no post can be given. Run ./linli manage seed (Tianjin) or ./linli manage load_divisions FILE first."
THERE_IS_ONE = "已经有系统管理员。请由管理员在页面上新建账号；忘记密码用 ./linli manage reset_password 用户名。\n" \
               "There is an administrator already, who adds accounts on screen; a lost password: ./linli manage reset_password NAME."


class Command(BaseCommand):
    """Makes the account and its post through the actions; refuses when somebody administers already."""

    help = "Make the first system administrator; prints a one-time password."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The user name, and the person's name if it differs."""
        parser.add_argument("name")
        parser.add_argument("--person", default="", help="the person's name")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make account and post in one transaction and print the password."""
        if places.find_place(settings.CITY_AREA) is None:
            raise CommandError(NO_CITY)
        if administrators_besides(0):
            raise CommandError(THERE_IS_ONE)
        actor = system_actor("installer")
        try:
            with transaction.atomic():
                made = run("account.add", actor, {"username": options["name"], "name": options["person"] or options["name"]})
                run("post.give", actor, {"account": made["account"], "role": ADMINISTRATOR, "area": settings.CITY_AREA})
        except Fault as fault:
            raise CommandError(sentences(fault)) from fault
        self.stdout.write(f"用户名 user name: {made['username']}\n一次性密码 one-time password: {made['password']}\n"
                          "登录后请设置自己的密码。Set your own password after signing in.")
