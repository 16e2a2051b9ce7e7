# SPDX-License-Identifier: MulanPSL-2.0
"""The document of the API: valid, complete, served, and equal to the committed one, as are the pages of the reference."""

import json
import re
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from jsonschema import Draft202012Validator

from linli.api import documents
from linli.api.descriptions import SCHEMAS
from linli.api.gate import api
from linli.api.references import FOLDER, pages
from linli.core import registry
from linli.core.actions import Action
from linli.core.fields import CLEANERS
from tests.cast import COMMUNITY, HOSTILE, Cast

DOCUMENT: dict[str, Any] = documents.document(api)


def every(part: object, key: str) -> Iterator[Any]:
    """All values that stand under a key, however deep."""
    if isinstance(part, dict):
        yield from (value for name, value in part.items() if name == key)
        part = list(part.values())
    if isinstance(part, list):
        for one in part:
            yield from every(one, key)


@pytest.mark.parametrize("name", ["openapi.json", "rights.md", "actions.md", "kinds.md", "measures.md", "fields.md"])
def test_the_committed_reference_is_what_the_declarations_say(name: str) -> None:
    committed = (FOLDER / name).read_text(encoding="utf-8")

    assert committed == pages()[name], f"docs/reference/{name} is stale. Run ./linli check --write and look at the diff."


def test_the_document_is_served_as_committed(client: Client) -> None:
    answer = client.get("/api/openapi.json")

    assert answer.headers["Content-Type"] == "application/json"
    assert answer.content.decode() == (FOLDER / "openapi.json").read_text(encoding="utf-8")


def test_the_document_has_the_shape_of_openapi_3_1() -> None:
    operations = [operation for item in DOCUMENT["paths"].values() for operation in item.values()]

    assert re.fullmatch(r"3\.1\.\d", DOCUMENT["openapi"])
    assert {"title", "version"} <= set(DOCUMENT["info"])
    assert all({"operationId", "responses", "summary"} <= set(one) for one in operations)
    assert len({one["operationId"] for one in operations}) == len(operations)
    assert all(re.fullmatch(r"/api/v1/[a-z_./{}-]+", path) for path in DOCUMENT["paths"])


@pytest.mark.slow
def test_every_schema_in_the_document_is_a_valid_json_schema() -> None:
    for schema in (*every(DOCUMENT["paths"], "schema"), *DOCUMENT["components"]["schemas"].values()):
        Draft202012Validator.check_schema(schema)


def test_every_reference_in_the_document_leads_somewhere() -> None:
    broken = [where for where in every(DOCUMENT, "$ref") if _there(where) is None]

    assert broken == []


def _there(where: str) -> object:
    part: Any = DOCUMENT
    for step in where.removeprefix("#/").split("/"):
        part = part.get(step) if isinstance(part, dict) else None
    return part


def test_every_action_has_its_own_address_with_its_ability_sight_and_fields() -> None:
    actions: list[Action] = registry.everything("action")

    said = {one.name: DOCUMENT["paths"][f"/api/v1/actions/{one.name}"]["post"] for one in actions}

    assert {name: (one["x-linli-ability"], one["x-linli-sight"]) for name, one in said.items()} == {one.name: (one.ability, one.sight) for one in actions}
    assert all({field.name for field in one.fields} <= set(_schema(said[one.name])["properties"]) for one in actions)


def _schema(operation: dict[str, Any]) -> dict[str, Any]:
    return operation["requestBody"]["content"]["application/json"]["schema"]


def test_every_field_says_its_protection_class_and_speaks_both_languages() -> None:
    fields = [field for one in DOCUMENT["paths"].values() for operation in one.values() if "actions" in operation["tags"] and "x-linli-ability" in operation
              and operation["operationId"] != "upload" for name, field in _schema(operation)["properties"].items() if name != "vouchers"]

    assert all(re.fullmatch(r"[0-4]b?", field["x-linli-protection"]) for field in fields)
    assert all(" / " in field["description"] for field in fields)


def test_every_kind_of_field_has_a_schema() -> None:
    assert set(SCHEMAS) == set(CLEANERS)


def test_a_body_that_the_document_allows_is_taken_and_one_it_forbids_is_refused(client: Client, cast: Cast) -> None:
    schema = Draft202012Validator(_schema(DOCUMENT["paths"]["/api/v1/actions/matter.report"]["post"]))
    good = {"category": cast.category, "summary": HOSTILE, "area": COMMUNITY, "urgency": "urgent"}
    bad = [good | {"summary": "x" * 4_001}, good | {"urgency": "never"}, good | {"unknown": 1}, {"area": COMMUNITY}, good | {"category": "x"}]

    taken = client.post("/api/v1/actions/matter.report", json.dumps(good), content_type="application/json").status_code
    refused = [client.post("/api/v1/actions/matter.report", json.dumps(one), content_type="application/json").status_code for one in bad]

    assert (schema.is_valid(good), [schema.is_valid(one) for one in bad]) == (True, [False] * 5)
    assert (taken, refused) == (200, [422] * 5)


@pytest.mark.parametrize(("address", "path"), [
    ("places", "places"), ("categories", "categories"), ("me", "me"), ("matters", "matters"), ("journal", "journal"), ("matters/{number}", "matters/{number}"),
    (f"units?area={COMMUNITY}", "units"), (f"results?area={COMMUNITY}", "results"), ("measures/D3-11/members", "measures/{code}/members"),
    ("follow?query_code={query_code}", "follow"),
])
def test_answers_are_as_the_document_promises(client: Client, cast: Cast, address: str, path: str) -> None:
    made = cast.report()
    cast.walk(made["number"])
    promised = DOCUMENT["paths"][f"/api/v1/{path}"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]

    answer = client.get(f"/api/v1/{address.format(**made)}", headers=cast.headers("dispatcher")).json()

    Draft202012Validator({"components": DOCUMENT["components"]} | promised).validate(answer)
    assert answer


def test_the_command_tells_a_stale_reference_by_its_exit_status(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linli.api.management.commands.reference.FOLDER", tmp_path)
    call_command("reference", "--write", stdout=StringIO())
    (tmp_path / "rights.md").write_text("# 全部允许\n", encoding="utf-8")
    said = StringIO()

    with pytest.raises(SystemExit) as ended:
        call_command("reference", stdout=said, stderr=StringIO())

    assert ended.value.code == 1
    assert "committed/rights.md" in said.getvalue()
    assert "-# 全部允许" in said.getvalue()


def test_the_command_is_content_with_what_it_wrote(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linli.api.management.commands.reference.FOLDER", tmp_path)
    call_command("reference", "--write", stdout=StringIO())

    call_command("reference", stdout=StringIO(), stderr=StringIO())

    assert sorted(one.name for one in tmp_path.iterdir()) == sorted(pages())
