# SPDX-License-Identifier: MulanPSL-2.0
"""Browsers without a screen: signed in by their session, reading a page, with the work that is due done in between."""

from collections.abc import Callable

from django.test import Client

from linli.core import due
from linli.doors import cookies
from linli.elements import sessions
from linli.elements.models import Account

Enter = Callable[..., Client]


def signed_in(name: str, language: str = "zh-CN") -> Client:
    """A browser with the session of the account."""
    client = Client(headers={"accept-language": language})
    client.cookies[cookies.SESSION] = sessions.open_for(Account.objects.get(username=name)).cookie
    return client


def page(client: Client, address: str, status: int = 200) -> str:
    """The text of a page, which answers with this status."""
    answer = client.get(address)
    assert answer.status_code == status, (answer.status_code, answer.headers.get("Location"), answer.content.decode()[:300])
    return answer.content.decode()


def drain() -> None:
    """Do all that is due."""
    while due.drain():
        pass
