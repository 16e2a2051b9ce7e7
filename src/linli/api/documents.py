# SPDX-License-Identifier: MulanPSL-2.0
"""The OpenAPI document: read addresses from their types, one address for each declared action from its fields."""

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from ninja import NinjaAPI

from linli.api.descriptions import of_field
from linli.api.shapes import FaultAnswer
from linli.core import registry
from linli.core.actions import Action
from linli.core.fields import Field
from linli.doors.verbs import OCCURRED_AT
from linli.matters import origins
from linli.matters.actions import reporting
from linli.matters.kinds import all_kinds

PREFIX = "/api/v1/"
FAULTS = {
    "400": "正文读不懂 / The body cannot be read", "401": "没有令牌或令牌无效 / No token, or a wrong one", "403": "看得见但无权办理 / Visible but not able",
    "404": "不存在或不在范围内 / Absent or outside the range", "409": "步骤或版本不对 / Wrong phase or version", "413": "内容太大 / Too large",
    "415": "类型不对 / Wrong type", "422": "填写有误 / A field is wrong", "429": "太频繁 / Too many tries",
}
KEY = {
    "in": "header", "name": "Idempotency-Key", "required": False, "schema": {"type": "string", "maxLength": 128},
    "description": "同一编号重复提交只办理一次，得到第一次的答复。/ A repeat under the same key is done once and gets the first answer.",
}
ANSWER = {"type": "object", "additionalProperties": True}
ANYBODY: dict[str, Any] = {"Anybody": []}
VOUCHERS = {
    "type": "array", "items": {"type": "string", "maxLength": 300},
    "description": "没有账号时，附照片要带上上传时得到的 voucher（两小时内有效）。/ Without an account: the `voucher` that each upload answered, good for two hours.",
}
EVIDENCE = {
    "type": "object", "required": ["file"], "properties": {
        "file": {"type": "string", "format": "binary", "description": "JPEG, PNG, WebP, PDF"},
        "area": {"type": "integer", "description": "社区或网格；居民必填 / Community or grid; the public must name it"}},
}


def document(api: NinjaAPI) -> dict[str, Any]:
    """The whole document, plain values only; asks no database."""
    found: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix=PREFIX.strip("/") + "/")))
    found["components"]["schemas"]["FaultAnswer"] = _fault_schema(found)
    found["components"]["responses"] = _fault_responses()
    paths = {path: _with_faults(item) for path, item in found["paths"].items()}
    paths |= {f"{PREFIX}actions/{one.name}": {"post": _of_action(one)} for one in registry.everything("action")}
    paths[f"{PREFIX}evidence"] = {"post": _upload()}
    found["components"]["securitySchemes"].pop("Anybody", None)
    found["paths"] = dict(sorted(paths.items()))
    found["servers"] = [{"url": "/"}]
    return found


def text_of(api: NinjaAPI) -> str:
    """The document as it is committed and served: two spaces of indent, Chinese readable, a closing newline."""
    return _text_of(api, (*registry.names("action"), *registry.names("kind")))


@lru_cache(maxsize=2)
def _text_of(api: NinjaAPI, declared: tuple[str, ...]) -> str:
    """Made once for what is declared."""
    return json.dumps(document(api), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _fault_schema(found: dict[str, Any]) -> dict[str, Any]:
    schema = FaultAnswer.model_json_schema(ref_template="#/components/schemas/{model}")
    found["components"]["schemas"] |= schema.pop("$defs")
    return schema


def _fault_responses() -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/FaultAnswer"}}}
    return {f"Fault{status}": {"description": said, "content": content} for status, said in FAULTS.items()}


def _faults() -> dict[str, Any]:
    return {status: {"$ref": f"#/components/responses/Fault{status}"} for status in FAULTS}


def _with_faults(item: dict[str, Any]) -> dict[str, Any]:
    """A read address with the refusals it may answer; {} in its security says that no token is needed."""
    for operation in item.values():
        wanted = ("401", "403", "404", "422")
        operation["responses"] |= {status: fault for status, fault in _faults().items() if status in wanted}
        operation["security"] = [{} if one == ANYBODY else one for one in operation["security"]]
    return item


def fields_of(one: Action) -> Sequence[tuple[Field, str]]:
    """The fields of an action with the kind each belongs to; empty for one that every call may carry."""
    own = [(field, "") for field in one.fields]
    if one.fields_of is reporting.fields_of:
        own += [(field, kind.name) for kind in all_kinds() for field in kind.fields]
        own += [(field, "") for field in origins.FIELDS]
    return own


def _body_of(one: Action) -> dict[str, Any]:
    found = fields_of(one)
    properties: dict[str, Any] = {}
    for field, kind in (*found, (OCCURRED_AT, "")):
        properties.setdefault(field.name, of_field(field) | ({"x-linli-of-kind": kind} if kind else {}))
    if one.ability is None and any(field.kind == "evidence" for field, _ in found):
        properties["vouchers"] = VOUCHERS
    required = sorted(field.name for field, kind in found if field.required and not kind)
    return {"type": "object", "properties": properties, "additionalProperties": False} | ({"required": required} if required else {})


def _of_action(one: Action) -> dict[str, Any]:
    return {
        "operationId": one.name, "tags": ["actions"], "summary": f"{one.words.zh} {one.words.en}", "description": (one.body.__doc__ or "").strip(),
        "x-linli-ability": one.ability, "x-linli-sight": one.sight, "parameters": [KEY],
        "security": [{"Bearer": []}] if one.ability else [{"Bearer": []}, {}],
        "requestBody": {"required": True, "content": {"application/json": {"schema": _body_of(one)}}},
        "responses": {"200": {"description": "办理的答复 / The answer", "content": {"application/json": {"schema": ANSWER}}}} | _faults(),
    }


def _upload() -> dict[str, Any]:
    return {
        "operationId": "upload", "tags": ["actions"], "summary": "上传照片或文件 Upload a photo or a file",
        "description": "The same as the action evidence.add, as multipart/form-data. Its `id` goes into the `evidence` of other actions, "
                       "its `voucher` (without an account) into their `vouchers`.",
        "x-linli-ability": None, "x-linli-sight": "place_named_in_input", "parameters": [KEY], "security": [{"Bearer": []}, {}],
        "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": EVIDENCE}}},
        "responses": {"200": {"description": "办理的答复 / The answer", "content": {"application/json": {"schema": ANSWER}}}} | _faults(),
    }
