"""What /api/v1 says of itself: an OpenAPI 3.1 document, made of the operations and their shapes.

JSON Schema in it is pydantic's own, which is of the version that OpenAPI 3.1 takes as it is.
"""

from collections.abc import Iterable
from functools import cache
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from web.api.v1 import idempotency
from web.api.v1.operations import OPERATIONS, PART, Operation
from web.api.v1.shapes.base import ApiProblemShape
from web.policy import SCOPES
from web.problem_details import TYPE, UNDER
from web.sent import MOST_INTEGER

Schema = dict[str, Any]
REF = "#/components/schemas/{model}"
ALWAYS = (400, 401, 403, 429, 503)
"""What every address may answer."""
INTRODUCTION = """\
Everything that people see on Ringback's pages and may do there, for programs. A program sends its key with each
request, `Authorization: Bearer KEY`; an admin makes keys on the page API keys, each with scopes and, if wanted, an end.

Lists come in parts: `next` of an answer is `cursor` of the next question. Errors are problem details (RFC 9457), of
which `code` is for programs. A POST with `Idempotency-Key` is done once, however often it is sent within 24 hours.
Single things have an ETag: `If-None-Match` asks whether one changed, `If-Match` changes it only as it was read."""
RATE = {
    "RateLimit-Limit": "Requests a minute that the key may send.",
    "RateLimit-Remaining": "Requests that are left.",
    "RateLimit-Reset": "Seconds until all of them are back.",
}


class ApiSchemas(GenerateJsonSchema):
    """Names without the Api before them."""

    def normalize_name(self, name: str) -> str:
        return super().normalize_name(name).removeprefix("Api").removesuffix("Shape")


@cache
def document() -> dict[str, Any]:
    """The whole document, as JSON has it. The same until the program ends."""
    shapes = _shapes()
    named = {(shape, mode): schema for (shape, mode), schema in _schemas(shapes)[0].items()}
    paths: dict[str, Any] = {}
    for each in OPERATIONS:
        paths.setdefault(each.path, {})[each.method.lower()] = _operation(each, named)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Ringback",
            "version": "1",
            "description": INTRODUCTION,
            "license": {"name": "GPL-3.0-or-later", "identifier": "GPL-3.0-or-later"},
        },
        "servers": [{"url": UNDER}],
        "security": [{"key": []}],
        "tags": [{"name": name} for name in dict.fromkeys(each.tag for each in OPERATIONS)],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "key": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": f"A key with the scope that the address wants. Scopes: {', '.join(SCOPES)}.",
                }
            },
            "schemas": _schemas(shapes)[1].get("$defs", {}),
            "responses": {str(status): _problem(status) for status in _statuses()},
            "headers": {
                name: {"description": words, "schema": {"type": "integer", "minimum": 0}}
                for name, words in RATE.items()
            },
        },
    }


def _statuses() -> list[int]:
    """All that are answered as problems."""
    return sorted({status for each in OPERATIONS for status in _problems(each)})


def _shapes() -> list[tuple[type[BaseModel], Any]]:
    found: dict[tuple[type[BaseModel], str], None] = {(ApiProblemShape, "serialization"): None}
    for each in OPERATIONS:
        if each.body is not None:
            found[each.body, "validation"] = None
        if each.answers is not None:
            found[each.answers, "serialization"] = None
    return list(found)


def _schemas(shapes: Iterable[tuple[type[BaseModel], Any]]) -> tuple[dict[Any, Schema], Schema]:
    return models_json_schema(list(shapes), ref_template=REF, schema_generator=ApiSchemas)


def _operation(each: Operation, named: dict[Any, Schema]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": each.name,
        "tags": [each.tag],
        "summary": each.summary,
        "description": f"{each.description} Scope: `{each.scope}`.".strip(),
        "parameters": [*_in_path(each), *_in_query(each), *_in_headers(each)],
        "responses": _responses(each, named),
    }
    if each.body is not None:
        content = {"application/json": {"schema": named[each.body, "validation"]}}
        told["requestBody"] = {"required": True, "content": content}
    return told


def _in_path(each: Operation) -> Iterable[Schema]:
    for found in PART.finditer(each.rule):
        schema = _part(found["kind"], found["choices"])
        example = {"example": each.examples[found["name"]]} if found["name"] in each.examples else {}
        yield {"name": found["name"], "in": "path", "required": True, "schema": schema, **example}


def _part(kind: str | None, choices: str | None) -> Schema:
    match kind:
        case "int":
            return {"type": "integer", "minimum": 0, "maximum": MOST_INTEGER}
        case "uuid":
            return {"type": "string", "format": "uuid"}
        case "any":
            return {"type": "string", "enum": [choice.strip() for choice in (choices or "").split(",")]}
    return {"type": "string", "minLength": 1, "maxLength": 200, "pattern": r"^[^\x00/]+$"}


def _in_query(each: Operation) -> Iterable[Schema]:
    if each.query is None:
        return
    schema = each.query.model_json_schema(mode="validation", schema_generator=ApiSchemas, ref_template=REF)
    for name, given in schema["properties"].items():
        shown = {key: value for key, value in given.items() if key not in ("description", "title")}
        if {"type": "null"} in shown.get("anyOf", ()):  # an argument is there or not, never null
            shown = next(kind for kind in shown["anyOf"] if kind != {"type": "null"})
        yield {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", ()),
            "description": given.get("description", ""),
            "schema": shown,
        }


def _in_headers(each: Operation) -> Iterable[Schema]:
    if each.method == "POST":
        form = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": f"^{idempotency.FORM.pattern}$"}
        words = "What the program calls this request: sent again within 24 hours, it is done once."
        yield {"name": idempotency.HEADER, "in": "header", "required": False, "description": words, "schema": form}
    if each.tagged and not each.changes:
        words = "An ETag: 304 where it still has it."
        yield {"name": "If-None-Match", "in": "header", "required": False, "description": words, "schema": _TEXT}
    if each.matched:
        words = "The ETag that was read: 412 where it has another by now."
        yield {"name": "If-Match", "in": "header", "required": False, "description": words, "schema": _TEXT}
    if each.streams:
        words = "The id of the last event that was read: what happened since comes first."
        form = {"type": "string", "pattern": "^[0-9]{1,18}$"}
        yield {"name": "Last-Event-ID", "in": "header", "required": False, "description": words, "schema": form}


_TEXT = {"type": "string"}


def _problems(each: Operation) -> list[int]:
    more = (409, 422) if each.method == "POST" else ()
    body = (413, 415, 422) if each.body is not None else ()
    matched = (412,) if each.matched else ()
    number = (405,) if "<int:" in each.rule else ()  # one that is too large names nothing, by whichever method
    return sorted({*ALWAYS, *each.problems, *more, *body, *matched, *number})


def _responses(each: Operation, named: dict[Any, Schema]) -> dict[str, Any]:
    headers: Schema = {name: {"$ref": f"#/components/headers/{name}"} for name in RATE}
    good: dict[str, Any] = {"description": each.summary, "headers": dict(headers)}
    if each.streams:
        good["content"] = {"text/event-stream": {"schema": {"type": "string"}}}
    elif each.answers is not None:
        good["content"] = {"application/json": {"schema": named[each.answers, "serialization"]}}
    if each.tagged:
        good["headers"]["ETag"] = {"schema": {"type": "string"}}
    told = {str(each.status): good}
    if each.tagged and not each.changes:
        told["304"] = {"description": "It has not changed."}
    if each.streams:
        told["204"] = {"description": "What stands before Ringback cannot hold a stream open."}
    return told | {str(status): {"$ref": f"#/components/responses/{status}"} for status in _problems(each)}


def _problem(status: int) -> dict[str, Any]:
    found: dict[str, Any] = {
        "description": HTTPStatus(status).phrase,
        "content": {TYPE: {"schema": {"$ref": REF.format(model="Problem")}}},
    }
    if status in (429, 503):
        found["headers"] = {"Retry-After": {"schema": {"type": "integer", "minimum": 1}}}
    return found
