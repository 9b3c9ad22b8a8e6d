"""What the API can do, for the people who write programs: the document of /api/v1 as a page.

Owns how the document is shown, and nothing that it says (`web/api/v1/document.py`). It is in English, as the API is.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from web.admin import blueprint
from web.api.v1.document import document
from web.problem_details import UNDER

Schema = dict[str, Any]
METHODS = ("get", "post", "patch")
SAMPLES: dict[str, Any] = {"integer": 1, "number": 1.5, "boolean": True, "string": "text"}
NUMBER, DAY, TIME = "+14155550123", "2026-11-30", "2026-11-30T17:00:00Z"
BY_FORMAT = {"date": DAY, "date-time": TIME, "uuid": "01a22d6b-9041-718d-8323-4a539dbbda67"}


@dataclass(frozen=True)
class ShownField:
    """One argument, or one field of a shape."""

    name: str
    kind: str
    """What it is, in a few words."""
    shape: str
    """The shape that it is made of, which stands further down; empty: none."""
    words: str
    needed: bool


@dataclass(frozen=True)
class ShownOperation:
    """One method of one address."""

    id: str
    method: str
    path: str
    summary: str
    words: str
    arguments: list[ShownField]
    body: str
    """The shape that is sent; empty: nothing is."""
    answers: list[tuple[str, str, str]]
    """Status, what it means, the shape that comes with it or nothing."""
    example: str
    """As one types it in a shell."""


@dataclass(frozen=True)
class ApiReferencePage:
    """Everything that admin/api_reference.html shows."""

    introduction: list[str]
    groups: list[tuple[str, list[ShownOperation]]]
    shapes: list[tuple[str, str, list[ShownField]]]
    """Name, what it is, its fields."""


@blueprint.get("/api-reference")
def api_reference() -> ResponseReturnValue:
    return render_template("admin/api_reference.html", **vars(reference_page(request.host_url.rstrip("/"))))


def reference_page(host: str) -> ApiReferencePage:
    """The page, with examples for the pages at `host`."""
    whole = document()
    shapes: dict[str, Schema] = whole["components"]["schemas"]
    groups = [(tag["name"], list(_operations(whole, tag["name"], host))) for tag in whole["tags"]]
    return ApiReferencePage(
        introduction=whole["info"]["description"].split("\n\n"),
        groups=groups,
        shapes=[(name, shape.get("description", ""), list(_fields(shape))) for name, shape in sorted(shapes.items())],
    )


def _operations(whole: Schema, tag: str, host: str) -> Iterator[ShownOperation]:
    for path, methods in whole["paths"].items():
        for method in METHODS:
            told = methods.get(method)
            if told is None or tag not in told["tags"]:
                continue
            sent = told.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
            yield ShownOperation(
                id=told["operationId"],
                method=method.upper(),
                path=UNDER + path,
                summary=told["summary"],
                words=told["description"],
                arguments=[_argument(each) for each in told["parameters"]],
                body=_shape_of(sent or {}),
                answers=list(_answers(whole, told)),
                example=_example(whole, method, path, told, sent, host),
            )


def _argument(told: Schema) -> ShownField:
    kind = f"{_kind(told['schema'])}, {told['in']}"
    return ShownField(told["name"], kind, "", told.get("description", ""), bool(told["required"]))


def _fields(shape: Schema) -> Iterator[ShownField]:
    needed = shape.get("required", ())
    for name, schema in shape.get("properties", {}).items():
        yield ShownField(name, _kind(schema), _shape_of(schema), schema.get("description", ""), name in needed)


def _answers(whole: Schema, told: Schema) -> Iterator[tuple[str, str, str]]:
    for status, answer in told["responses"].items():
        if "$ref" in answer:
            answer = whole["components"]["responses"][answer["$ref"].rpartition("/")[2]]
        schema: Schema = next((each["schema"] for each in answer.get("content", {}).values()), {})
        yield status, answer["description"], _shape_of(schema)


def _shape_of(schema: Schema) -> str:
    """The shape that a schema is, or has several of."""
    for each in [schema, schema.get("items", {}), *schema.get("anyOf", [])]:
        if "$ref" in each:
            return str(each["$ref"].rpartition("/")[2])
    return ""


def _kind(schema: Schema) -> str:
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_kind(each) for each in schema["anyOf"]))
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "enum" in schema:
        return "one of " + ", ".join(map(str, schema["enum"]))
    if "const" in schema:
        return json.dumps(schema["const"])
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type") or "anything")


def _example(whole: Schema, method: str, path: str, told: Schema, sent: Schema | None, host: str) -> str:
    for each in told["parameters"]:
        if each["in"] == "path":
            value = each.get("example", _sample(whole, each["schema"]))
            path = path.replace(f"{{{each['name']}}}", str(value))
    lines = [f'curl -H "Authorization: Bearer $KEY" {host}{UNDER}{path}']
    if method != "get":
        lines[0] = lines[0].replace("curl ", f"curl -X {method.upper()} ", 1)
    if sent is not None:
        lines.append(f"-H 'Content-Type: application/json' -d '{json.dumps(_sample(whole, sent))}'")
    return " \\\n  ".join(lines)


def _sample(whole: Schema, schema: Schema) -> Any:
    """A value that the schema allows, as far as people want to see one: optional fields are left out."""
    if "$ref" in schema:
        return _sample(whole, whole["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    if "anyOf" in schema:
        return _sample(whole, _first(schema["anyOf"]))
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "object":
        fields = schema.get("properties", {})
        needed = schema.get("required") or list(fields)[:1]
        return {name: NUMBER if name == "number" else _sample(whole, fields[name]) for name in needed}
    if schema.get("format") in BY_FORMAT:
        return BY_FORMAT[schema["format"]]
    return SAMPLES.get(schema.get("type", ""))


def _first(kinds: Iterable[Schema]) -> Schema:
    return next(kind for kind in kinds if kind.get("type") != "null")
