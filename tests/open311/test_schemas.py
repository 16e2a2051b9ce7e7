# SPDX-License-Identifier: MulanPSL-2.0
"""Every JSON answer against the schemas of the specification, in every step of the loop."""

import json

import pytest
from jsonschema import Draft202012Validator

from linli.core import due
from tests.open311 import schemas
from tests.open311.conftest import Line

pytestmark = pytest.mark.django_db


def check(schema: dict[str, object], found: object) -> None:
    faults = [f"{one.json_path}: {one.message}" for one in Draft202012Validator(schema).iter_errors(found)]
    assert faults == []


def test_services_definitions_and_discovery_fit_their_schemas(line: Line) -> None:
    services = line.json("services.json")

    check(schemas.SERVICES, services)
    for one in services:
        check(schemas.DEFINITION, line.json(f"services/{one['service_code']}.json"))
    check(schemas.DISCOVERY, line.json("discovery.json"))


@pytest.mark.parametrize("extensions", ["", "true"])
def test_requests_fit_their_schema_in_every_step(line: Line, extensions: str) -> None:
    for reached in ("filed", "dispatched", "handling", "verifying", "closed"):
        line.cast.walk(line.opened(), to=reached)
    refused = line.opened(lat=None, long=None, address_id="120101001001")
    line.cast.do("matter.refuse", "dispatcher", number=refused, version=1, reason="not_found")
    reviewed = line.opened()
    line.cast.do("matter.publish_words", "dispatcher", number=reviewed, is_public=True, text="井盖破损")
    due.drain()

    found = line.json("requests.json", extensions=extensions)

    assert len(found) == 7
    check(schemas.REQUESTS, found)
    check(schemas.REQUESTS, line.json(f"requests/{reviewed}.json"))


def test_answers_to_reports_tokens_updates_and_refusals_fit_their_schemas(line: Line) -> None:
    number = line.opened()

    check(schemas.POSTED, json.loads(line.post().content))
    check(schemas.TOKEN, line.json(f"tokens/{number}.json"))
    check(schemas.UPDATES, line.json("servicerequestupdates.json", api_key=line.key))
    for refused in (line.post(api_key="x"), line.post(service_code="x"), line.post(lat="x"), line.get("nothing.json"), line.get("requests.json", page="x")):
        check(schemas.ERRORS, json.loads(refused.content))
