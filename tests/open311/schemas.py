# SPDX-License-Identifier: MulanPSL-2.0
"""JSON schemas of every answer, written from the tables of GeoReport v2 and of Service Discovery."""

from typing import Any

DATE = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(Z|[+-]\d{2}:\d{2})$"}
TEXT, MAYBE, TRUTH = {"type": "string", "minLength": 1}, {"type": ["string", "null"]}, {"type": "boolean"}


def record(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    """An object with these members and no others."""
    return {"type": "object", "required": sorted(required), "properties": required | (optional or {}), "additionalProperties": False}


def rows(one: dict[str, Any]) -> dict[str, Any]:
    """A list of such records."""
    return {"type": "array", "items": one, "maxItems": 1000}


SERVICES = rows(record({
    "service_code": TEXT, "service_name": TEXT, "description": MAYBE, "metadata": TRUTH, "type": {"enum": ["realtime", "batch", "blackbox"]},
    "keywords": MAYBE, "group": MAYBE}))
DEFINITION = record({"service_code": TEXT, "attributes": rows(record({
    "variable": TRUTH, "code": TEXT, "datatype": {"enum": ["string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"]}, "required": TRUTH,
    "datatype_description": MAYBE, "order": {"type": "integer", "minimum": 1}, "description": TEXT, "values": rows(record({"key": TEXT, "name": TEXT}))}))})
REQUESTS = rows(record({
    "service_request_id": TEXT, "status": {"enum": ["open", "closed"]}, "status_notes": MAYBE, "service_name": TEXT, "service_code": TEXT,
    "description": {"type": ["string", "null"], "maxLength": 4000}, "agency_responsible": MAYBE, "service_notice": MAYBE, "requested_datetime": DATE,
    "updated_datetime": DATE, "expected_datetime": {"anyOf": [DATE, {"type": "null"}]}, "address": MAYBE, "address_id": MAYBE, "zipcode": MAYBE,
    "lat": {"type": ["number", "null"], "minimum": -90, "maximum": 90}, "long": {"type": ["number", "null"], "minimum": -180, "maximum": 180},
    "media_url": {"type": ["string", "null"], "pattern": "^https?://"}}, {"extended_attributes": {"type": "object"}}))
POSTED = rows(record({"service_request_id": TEXT, "service_notice": MAYBE, "account_id": MAYBE})) | {"minItems": 1, "maxItems": 1}
TOKEN = rows(record({"service_request_id": TEXT, "token": TEXT})) | {"minItems": 1, "maxItems": 1}
UPDATES = rows(record({
    "update_id": TEXT, "service_request_id": TEXT, "status": TEXT, "description": TEXT, "updated_datetime": DATE, "media_url": MAYBE}))
ERRORS = rows(record({"code": {"type": "integer"}, "description": TEXT})) | {"minItems": 1}
DISCOVERY = record({"changeset": DATE, "contact": TEXT, "key_service": TEXT, "endpoints": rows(record({
    "specification": {"const": "http://wiki.open311.org/GeoReport_v2"}, "url": {"type": "string", "pattern": "^https?://"}, "changeset": DATE,
    "type": {"enum": ["production", "test"]}, "formats": {"type": "array", "items": {"enum": ["text/xml", "application/json"]}, "minItems": 2}})) | {"minItems": 2}})
