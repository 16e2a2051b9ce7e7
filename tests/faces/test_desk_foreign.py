# SPDX-License-Identifier: MulanPSL-2.0
"""The desk pages of imports: a file from receipt to withdrawal, what is shown and what never is, and how many queries it takes."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from linli.core import editions
from linli.doors import cookies
from linli.elements import sessions
from linli.elements.models import Account
from linli.matters import numbers, published
from linli.matters.models import Category, ForeignImport
from tests.cast import PEOPLE, Cast
from tests.matters.foreign_cast import SYSTEM, Desk, draw, matter_of, matters, opened, request

pytestmark = pytest.mark.django_db
QUERIES = 14


@pytest.fixture
def desk(cast: Cast) -> Desk:
    draw()
    return Desk(cast)


def browser(name: str, language: str = "en") -> Client:
    client = Client(headers={"Accept-Language": language})
    client.cookies[cookies.SESSION] = sessions.open_for(Account.objects.get(username=name)).cookie
    return client


class TestPages:
    """From file to matters."""

    def test_an_administrator_receives_decides_starts_and_withdraws(self, desk: Desk) -> None:
        client = browser("sysadmin")
        content = json.dumps([request(), opened(), opened("=cmd()", lat=None)]).encode()

        sent = client.post("/desk/foreign/", {"system": SYSTEM, "zone": "", "file": SimpleUploadedFile("a.json", content)})
        number = ForeignImport.objects.get().pk
        desk.worked(number)
        page = client.get(sent.headers["Location"]).content.decode()
        assert "1 services are not mapped" in page
        assert "Pothole in Street" in page

        decided = client.post(f"/desk/foreign/{number}/service?code=4fd3", {"category": str(desk.cast.category)})
        desk.worked(number)
        assert decided.status_code == 303
        assert "Start the import" in client.get(f"/desk/foreign/{number}/").content.decode()

        client.post(f"/desk/foreign/{number}/start")
        desk.worked(number)
        assert {one.phase for one in matters()} == {"captured", "archived"}
        lines = client.get(f"/desk/foreign/{number}/returned.csv").content.decode("utf-8-sig").splitlines()
        assert lines[1] == "3,'=cmd(),4fd3,\"It has no latitude and longitude, so no community is known.\""

        client.post(f"/desk/foreign/{number}/withdraw")
        desk.worked(number)
        assert {one.phase for one in matters()} == {"refused"}
        assert "Withdrawn" in client.get(f"/desk/foreign/{number}/").content.decode()

    def test_what_strangers_wrote_is_shown_as_text(self, desk: Desk) -> None:
        number = desk.brought([opened(service_name="<script>alert(1)</script>", service_code="<b>")])

        for address in ("/desk/foreign/", f"/desk/foreign/{number}/", f"/desk/foreign/{number}/service?code=%3Cb%3E"):
            page = browser("sysadmin").get(address).content.decode()
            assert "<script>alert" not in page
            assert "<b>" not in page

    def test_the_pages_cost_a_fixed_number_of_queries(self, desk: Desk) -> None:
        number = desk.brought([request(f"n-{one}", service_code=f"c-{one}") for one in range(40)])
        client = browser("sysadmin")

        for address in ("/desk/foreign/", f"/desk/foreign/{number}/"):
            with CaptureQueriesContext(connection) as asked:
                assert client.get(address).status_code == 200
            assert len(asked) <= QUERIES, [one["sql"][:90] for one in asked]

    @pytest.mark.parametrize("name", sorted(set(PEOPLE) - {"sysadmin"}))
    def test_nobody_else_opens_them(self, desk: Desk, name: str) -> None:
        number = desk.brought([request()])
        client = browser(name)

        for address in ("", f"{number}/", f"{number}/pulse", f"{number}/returned.csv", f"{number}/service?code=4fd3", f"{number}/start"):
            assert client.get(f"/desk/foreign/{address}").status_code == 403

    def test_what_does_not_exist_is_not_found(self, desk: Desk) -> None:
        number = desk.brought([request()])
        client = browser("sysadmin")

        for address in ("999999/", "999999/returned.csv", "999999/service?code=a", f"{number}/service?code=none", f"{number}/other", f"{number}/start"):
            assert client.get(f"/desk/foreign/{address}").status_code == 404


class TestPublic:
    """What anybody may know of what was imported."""

    @pytest.mark.parametrize("kind", ["open", "closed"])
    def test_an_imported_matter_of_a_sensitive_category_appears_nowhere(self, desk: Desk, kind: str) -> None:
        hidden = Category.objects.filter(kind="grid_event").exclude(pk=desk.cast.category).order_by("id")[0]
        Category.objects.filter(pk=hidden.pk).update(is_public=False)
        editions.forget_all()
        desk.mapped(category=hidden.pk)
        desk.taken([opened(status=kind, description="secret words")])
        number = numbers.number_of(matter_of("14-2").pk)
        anybody = Client()

        listed = anybody.get("/open311/v2/requests.json", {"start_date": "2024-01-01T00:00:00Z", "end_date": "2024-03-01T00:00:00Z"})
        assert listed.json() == []
        for address in (f"/open311/v2/requests/{number}.json", f"/open311/v2/tokens/{number}.json"):
            assert anybody.get(address).status_code == 404
        assert anybody.get("/open311/v2/requests.json", {"service_request_id": number}).json() == []

    def test_the_words_of_strangers_are_public_after_review_only(self, desk: Desk) -> None:
        desk.mapped()
        desk.taken([opened(description="Ann 13800001111", address="Room 301", first_name="Ann", phone="13800001111",
                           notes=[{"datetime": "2024-01-09T00:00:00Z", "summary": "called Ann 13800001111"}])])
        number = numbers.number_of(matter_of("14-2").pk)

        shown = Client().get(f"/open311/v2/requests/{number}.json", {"extensions": "true"}).content.decode()

        assert number in shown
        assert not {"Ann", "13800001111", "301"} & set(shown.replace('"', " ").split())
        assert "13800001111" not in shown
        assert published.draft_of("Ann 13800001111") == "Ann ……"

    def test_a_withdrawn_one_is_gone_from_public_lists(self, desk: Desk) -> None:
        desk.mapped()
        done = desk.taken([opened()])
        number = numbers.number_of(matter_of("14-2").pk)
        assert Client().get(f"/open311/v2/requests/{number}.json").status_code == 200

        desk.withdrawn(done.pk)

        assert Client().get(f"/open311/v2/requests/{number}.json").status_code == 404

    def test_the_matter_s_page_tells_where_it_came_from_and_its_history(self, desk: Desk) -> None:
        desk.mapped()
        desk.taken([request()])
        page = browser("dispatcher").get(f"/desk/matter/{numbers.number_of(matter_of('14-1').pk)}/").content.decode()

        assert f"georeport.{SYSTEM}" in page
        assert page.index("Request opened") < page.index("Assign crew") < page.index("Request closed")
        assert "History of another system" in page


class TestCommand:
    """`manage import_requests`."""

    def test_it_imports_on_behalf_of_an_administrator_and_says_what_became_of_it(self, desk: Desk, tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
        desk.mapped()
        file = tmp_path / "a.json"
        file.write_text(json.dumps([request(), opened()]), "utf-8")

        call_command("import_requests", str(file), "--system", SYSTEM, "--as", "sysadmin")

        assert "done: 2 requests; new_history: 1, new_open: 1" in capsys.readouterr().out
        assert len(matters()) == 2

    @pytest.mark.parametrize(("account", "content"), [("dispatcher", "[]"), ("nobody", "[]"), ("sysadmin", "<!DOCTYPE a><a/>")])
    def test_it_refuses_with_a_sentence(self, desk: Desk, tmp_path: Any, account: str, content: str) -> None:
        file = tmp_path / "a.json"
        file.write_text(content, "utf-8")

        with pytest.raises(CommandError):
            call_command("import_requests", str(file), "--system", SYSTEM, "--as", account)
