# SPDX-License-Identifier: MulanPSL-2.0
"""Reading and writing the way to a database."""

import pytest

from launcher.connections import Connection, read_url
from launcher.troubles import Trouble


def test_a_socket_url_comes_back_as_it_was() -> None:
    url = "postgresql://linli_app:p%40ss@/linli?host=/run/linli-1"

    connection = read_url(url, variable="LINLI_DATABASE_URL")

    assert connection.host == "/run/linli-1"
    assert connection.password == "p@ss"
    assert connection.url() == url


def test_a_server_url_keeps_port_and_tls() -> None:
    url = "postgresql://app:secret@db.example:6432/city?sslmode=verify-full"

    connection = read_url(url, variable="LINLI_DATABASE_URL")

    assert connection.url() == url
    assert connection.variables()["PGSSLMODE"] == "verify-full"
    assert connection.variables()["PGPORT"] == "6432"


def test_the_password_stands_in_the_environment_of_psql_and_another_database_keeps_it() -> None:
    connection = Connection(host="db", user="app", password="secret", database="linli")

    other = connection.to("linli_incoming")

    assert other.variables()["PGPASSWORD"] == "secret"
    assert other.variables()["PGDATABASE"] == "linli_incoming"


@pytest.mark.parametrize("url", ["mysql://a:b@c/d", "postgresql://app:secret@db", "linli", ""])
def test_a_url_of_something_else_is_refused_with_the_name_of_its_variable(url: str) -> None:
    with pytest.raises(Trouble) as refusal:
        read_url(url, variable="LINLI_DATABASE_OWNER_URL")

    assert "LINLI_DATABASE_OWNER_URL" in str(refusal.value)
    assert refusal.value.remedy.startswith("export LINLI_DATABASE_OWNER_URL=")
