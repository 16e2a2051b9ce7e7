# SPDX-License-Identifier: MulanPSL-2.0
"""The stage of Open311: the cast, boundaries of two grids, a key, and short ways to ask."""

import json
import re
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import pytest
from django.http import HttpResponse
from django.test import Client

from linli.core import editions
from linli.core.sight import looking, of_all
from linli.elements.boundaries import OPEN_DAY, day_number
from linli.elements.models import Boundary, Place
from linli.matters import numbers, published
from linli.matters.models import Category, Matter
from tests.cast import COMMUNITY, SINCE, Cast

WEST, SOUTH, SIDE = 117.1900, 39.1100, 0.004
LAT, LONG = SOUTH + SIDE / 2, WEST + SIDE / 2
ADDRESS = "槐安路 1 号，槐安社区，槐荫街道，海棠区"
W3C = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$")
FIELDS = ["service_request_id", "status", "status_notes", "service_name", "service_code", "description", "agency_responsible", "service_notice",
          "requested_datetime", "updated_datetime", "expected_datetime", "address", "address_id", "zipcode", "lat", "long", "media_url"]
READS = ("services", "requests", "services/{service}", "requests/{number}", "tokens/{number}", "discovery")


def matter_of(number: str) -> Matter:
    with looking(of_all(), read_only=True):
        return Matter.objects.get(pk=numbers.matter_of(number))


def errors(answer: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(answer.content)
    return found


def draw(area: int = COMMUNITY + 1) -> None:
    """A square boundary for one grid."""
    ring = [[WEST, SOUTH], [WEST + SIDE, SOUTH], [WEST + SIDE, SOUTH + SIDE], [WEST, SOUTH + SIDE], [WEST, SOUTH]]
    Boundary.objects.create(place=Place.objects.get(area=area), from_day=day_number(SINCE), to_day=OPEN_DAY, is_schematic=True,
                            shape={"type": "Polygon", "coordinates": [ring]})
    editions.forget_all()


@dataclass
class Line:
    """A line to the server: asks, posts, and reads what comes."""

    client: Client
    cast: Cast
    service: str

    @property
    def key(self) -> str:
        """The api_key of the exchange."""
        return self.cast.tokens["exchange"]

    def get(self, path: str, **params: Any) -> HttpResponse:
        """GET below the endpoint of production."""
        return self.client.get(f"/open311/v2/{path}", params, headers={"Accept-Language": "en"})

    def json(self, path: str, **params: Any) -> Any:
        """What a JSON address answers."""
        answer = self.get(path, **params)
        assert answer.status_code == 200, answer.content.decode()
        return json.loads(answer.content)

    def xml(self, path: str, **params: Any) -> ElementTree.Element:
        """The root of what an XML address answers."""
        return ElementTree.fromstring(self.get(path, **params).content)

    def post(self, path: str = "requests.json", **given: Any) -> HttpResponse:
        """POST as a form, with the key unless told otherwise."""
        sent = {"api_key": self.key, "service_code": self.service, "lat": LAT, "long": LONG, "description": "井盖破损"} | given
        return self.client.post(f"/open311/v2/{path}", {name: value for name, value in sent.items() if value is not None})

    def opened(self, **given: Any) -> str:
        """The number of a new report."""
        answer = self.post(**given)
        assert answer.status_code == 200, answer.content.decode()
        return str(json.loads(answer.content)[0]["service_request_id"])


@pytest.fixture
def line(client: Client, cast: Cast, settings: Any) -> Line:
    """A line to a city in which one grid has a boundary."""
    settings.OPEN311_LIMIT = 0
    draw()
    return Line(client, cast, published.code_of(Category.objects.select_related("scheme").get(pk=cast.category)))


@pytest.fixture
def sensitive(cast: Cast) -> Category:
    """A category that the public may not know of."""
    found = Category.objects.select_related("scheme").filter(kind="grid_event").exclude(pk=cast.category).order_by("id")[0]
    Category.objects.filter(pk=found.pk).update(is_public=False)
    editions.forget_all()
    return found
