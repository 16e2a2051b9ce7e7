# SPDX-License-Identifier: MulanPSL-2.0
"""Standards on the desk: read, drafted, edited with what is wrong beside the field, compared, tried, and published by somebody else."""

from dataclasses import replace

import pytest
from django.test import Client

from linli.core import editions
from linli.core.actions import run
from linli.doors import cookies
from linli.elements import sessions
from linli.elements.models import Account
from linli.measures import seeding
from linli.measures.models import Draft, StandardVersion
from linli.measures.sheets import files, trying
from tests.cast import COMMUNITY, DISTRICT, HOSTILE, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(cast: Cast) -> Cast:
    seeding.seed()
    editions.forget_all()
    return cast


def browser(name: str) -> Client:
    client = Client()
    client.cookies[cookies.SESSION] = sessions.open_for(Account.objects.get(username=name)).cookie
    return client


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address, headers={"Accept-Language": "en"})
    assert answer.status_code == status, address
    return answer.content.decode()


def test_a_draft_is_written_on_screen_linked_tried_and_published_by_another(town: Cast) -> None:
    client, four = browser("city"), StandardVersion.objects.get(version="4")
    made = client.post(f"/desk/standards/draft?standard={four.pk}", {"number": "5", "idempotency": "a"})
    held = Draft.objects.get()
    here = f"/desk/standards/drafts/{held.pk}/"
    form = {"code": "D1-05", "dimension": "D1", "basis": "measured", "measure": "D1-05", "points": "1.5", "points_mark": "proposed", "scoring": "lin .50→.60",
            "scoring_mark": "proposed", "source": "policy.md 3.4; P", "zh": "居民小组长、楼门栋长配备率", "en": "Group leaders and entrance heads filled"}

    assert made.headers["Location"] == here
    assert "Nothing is to be mended" in page(client, here)
    wrong = client.post(f"{here}indicator?row=D1-05", form | {"scoring": HOSTILE[:50], "idempotency": "b"}, headers={"Accept-Language": "en"})
    assert wrong.status_code == 422
    assert "cannot be read" in wrong.content.decode()
    assert "&lt;script&gt;" in wrong.content.decode()
    stale = client.post(f"{here}indicator?row=D1-05", form | {"version": "99", "idempotency": "c"}, headers={"Accept-Language": "en"})
    assert stale.status_code == 409
    assert "What stands there now" in stale.content.decode()
    assert client.post(f"{here}indicator?row=D1-05", form | {"idempotency": "d"}).status_code == 303
    assert "scoring: points from 80.0%" in page(client, f"{here}compared")
    assert "D1-05 same D1-05" in page(client, f"{here}links")
    text = client.get(f"{here}file.toml").content.decode()
    assert files.read(text) == Draft.objects.get().content
    asked = client.post(f"/desk/standards/try?draft={held.pk}", {"area": DISTRICT, "period": "2026", "idempotency": "e"})
    assert "Being computed" in page(client, asked.headers["Location"])
    trying.work(int(asked.headers["Location"].rstrip("/").rsplit("/", 1)[1]))
    assert "3 communities" in page(client, asked.headers["Location"])
    lines = "\n".join(f"{one['code']} same {one['code']}" for one in held.content["indicator"])
    assert client.post(f"{here}links", {"links": lines, "idempotency": "f"}).status_code == 303
    assert "another city officer publishes it" in page(client, here)
    assert client.post(f"{here}release", {"idempotency": "g"}).status_code == 403
    answer = run("standard.release", replace(town.city, account=987_654), {"draft": held.pk})
    assert "Superseded" in page(client, "/desk/standards/")
    assert "scoring: points from 80.0%" in page(client, f"/desk/standards/{answer['standard']}/compared")


def test_pages_of_standards_ask_no_query_for_each_row(town: Cast, django_assert_max_num_queries: object) -> None:
    client, four = browser("city"), StandardVersion.objects.get(version="4")
    town.do("standard.draft", "city", standard=four.pk, number="5")
    draft = Draft.objects.get().pk
    for address in ("/desk/standards/", f"/desk/standards/{four.pk}/", f"/desk/standards/drafts/{draft}/", f"/desk/standards/drafts/{draft}/compared"):
        client.get(address)
        with django_assert_max_num_queries(16):  # type: ignore[operator]
            page(client, address)


def test_who_only_reads_is_offered_and_allowed_no_change(town: Cast) -> None:
    four = StandardVersion.objects.get(version="4")
    draft = town.do("standard.draft", "city", standard=four.pk, number="5")["draft"]
    district, gridworker = browser("district"), browser("gridworker")

    assert f"/desk/standards/drafts/{draft}/indicator" not in page(district, f"/desk/standards/drafts/{draft}/")
    page(district, f"/desk/standards/drafts/{draft}/general", 403)
    page(gridworker, "/desk/standards/", 403)
    page(browser("city"), f"/desk/standards/drafts/{draft}/nonsense", 404)
    page(browser("city"), "/desk/standards/999999/", 404)


def test_a_neighbour_sees_no_what_if_of_another_district(town: Cast) -> None:
    trial = town.do("standard.try", "district", standard=StandardVersion.objects.get(version="4").pk, area=COMMUNITY, period="2026")["trial"]

    page(browser("district"), f"/desk/standards/try/{trial}/")
    page(browser("district2"), f"/desk/standards/try/{trial}/", 404)


def test_a_draft_full_of_faults_is_shown_with_every_sentence(town: Cast) -> None:
    text = 'code = "x"\nversion = 3\ndimension = 7\nnecessary = "a"\n[[indicator]]\ncode = "A-1"\npoints = 0.5\nbasis = ["x"]\nnecessary = ["y"]\nduty = 3\n'
    draft = town.do("standard.draft", "city", text=text)["draft"]

    shown = page(browser("city"), f"/desk/standards/drafts/{draft}/")

    assert "is no number in quotation marks" in shown
    assert "must be a list of tables" in shown


def test_anybody_reads_the_standard_in_force_and_takes_it_as_a_file(town: Cast) -> None:
    four, client = StandardVersion.objects.get(version="4"), Client()

    shown = page(client, "/standard/")
    kept = client.get("/standard/standard.json").json()

    assert four.digest in shown
    assert "proposed" in shown
    assert files.read(client.get("/standard/standard.toml").content.decode()) == four.content
    assert (kept["digest"], kept["content"]) == (four.digest, four.content)


def test_without_a_standard_in_force_the_public_page_is_not_there(cast: Cast) -> None:
    editions.forget_all()

    page(Client(), "/standard/", 404)
