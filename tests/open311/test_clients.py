# SPDX-License-Identifier: MulanPSL-2.0
"""Other people's clients from PyPI, unchanged, over a real connection: and the round trip from their report to our closing."""

import itertools
import os
from typing import Any

import pytest
from georeport import GeoReport

from linli.matters import published
from linli.matters.models import Category
from tests.cast import Cast
from tests.open311.conftest import ADDRESS, LAT, LONG, draw

itertools.ifilter = filter  # type: ignore[attr-defined]  # three was written for Python 2 and asks for it
from three import Three  # noqa: E402

os.environ["NO_PROXY"] = os.environ["no_proxy"] = "*"
pytestmark = pytest.mark.slow


@pytest.fixture
def endpoint(transactional_db: None, cast: Cast, live_server: Any, settings: Any) -> str:
    """The address of a live server with the cast committed."""
    settings.OPEN311_LIMIT = 0
    draw()
    return f"{live_server.url}/open311/v2"


@pytest.fixture
def code(cast: Cast) -> str:
    """The service in which is reported."""
    return published.code_of(Category.objects.select_related("scheme").get(pk=cast.category))


@pytest.mark.parametrize("jurisdiction", [None, "cn-12"])
@pytest.mark.parametrize("output", ["xml", "json"])
def test_georeport_reads_everything_unchanged(endpoint: str, cast: Cast, code: str, output: str, jurisdiction: str | None) -> None:
    first, second = cast.report()["number"], cast.report()["number"]
    city = GeoReport(endpoint, jurisdiction=jurisdiction, output_format=output)

    services = city.get_service_list()
    definition = city.get_service_definition(code)
    requests = city.get_service_requests()
    one = city.get_service_request(first)

    assert code in {service["service_code"] for service in services}
    assert definition["service_code"] == code
    assert [request["service_request_id"] for request in requests] == [second, first]
    assert (one["service_request_id"], one["status"], one["description"]) == (first, "open", None)
    assert [found["service_request_id"] for found in city.get_service_requests(service_code=code, status="open")] == [second, first]


def test_three_reads_and_reports_unchanged(endpoint: str, cast: Cast, code: str) -> None:
    city = Three(endpoint, api_key=cast.tokens["exchange"], jurisdiction="cn-12", format="json")

    made = city.post(code, address=ADDRESS, name="三 张", phone="555-5555", email="zhang@example.org", description="井盖破损")
    number = made[0]["service_request_id"]

    assert [one["type"] for one in city.discovery()["endpoints"]] == ["production", "test"]
    assert code in {one["service_code"] for one in city.services()}
    assert city.services(code)["attributes"][0]["code"] == "urgency"
    assert [one["service_request_id"] for one in city.requests(page_size=1)] == [number]
    assert [one["service_request_id"] for one in city.requests(code, between=["01-01-2026", "03-01-2026"])] == []
    assert city.request(number)[0]["service_code"] == code
    assert city.token(number) == [{"service_request_id": number, "token": number}]


def test_a_round_trip_foreign_client_creates_our_loop_closes_foreign_client_reads_closed(endpoint: str, cast: Cast, code: str) -> None:
    made = Three(endpoint, api_key=cast.tokens["exchange"]).post(code, lat=LAT, long=LONG, description="井盖破损")
    number = made[0]["service_request_id"]
    reader = GeoReport(endpoint, output_format="xml")
    before = reader.get_service_request(number)

    cast.walk(number)

    after = reader.get_service_request(number)
    assert (before["status"], before["status_notes"]) == ("open", "已上报")
    assert (after["status"], after["status_notes"], after["agency_responsible"]) == ("closed", "已结案", "环卫一队")
    assert (float(after["lat"]), float(after["long"])) == (pytest.approx(LAT), pytest.approx(LONG))
