"""The JSON Schema of `ringback.yaml`, from which editors complete names and show mistakes while they are typed.

Made of the same classes that read the file, so it names every setting and tells what its docstring tells. It is a
little stricter than the reading where a text is all digits: there an editor takes a number too.
"""

import ast
import inspect
import sys
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Any

from ringback.config.base import Model
from ringback.config.old_names import OLD_NAMES
from ringback.config.settings import Settings


def schema() -> dict[str, Any]:
    """Ready for JSON."""
    made = Settings.model_json_schema()
    for name, node in (("Settings", made), *made["$defs"].items()):
        for field, told in _field_docstrings(name).items():
            node.get("properties", {}).get(field, {}).setdefault("description", told)
    _numbers_for_texts(made)
    for pattern, new in OLD_NAMES.items():
        *way, old = pattern.split(".")
        holder = made["$defs"]["Menu"] if way[:1] == ["menus"] else made["$defs"]["EntryPoint"] if way else made
        holder["properties"][old] = {**holder["properties"][new], "deprecated": True, "description": f"Now {new}."}
        holder["required"] = [name for name in holder.get("required", []) if name != new]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "ringback.yaml", **made}


def _field_docstrings(name: str) -> dict[str, str]:
    """Of a class of settings, by field: its own and those that it inherits."""
    found: dict[str, str] = {}
    for model in _models(Model):
        if model.__name__ == name:
            for each in reversed(model.__mro__):
                found |= _docstrings_in(each.__module__).get(each.__name__, {})
    return found


def _models(base: type[Model]) -> Iterator[type[Model]]:
    for model in base.__subclasses__():
        yield model
        yield from _models(model)


@cache
def _docstrings_in(module: str) -> dict[str, dict[str, str]]:
    """By class and field what stands under each field."""
    if not module.startswith("ringback."):
        return {}
    classes = (
        node for node in ast.parse(inspect.getsource(sys.modules[module])).body if isinstance(node, ast.ClassDef)
    )
    return {each.name: dict(_under_fields(each.body)) for each in classes}


def _under_fields(body: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    for field, after in pairwise(body):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(after, ast.Expr):
            told = after.value
            if isinstance(told, ast.Constant) and isinstance(told.value, str):
                yield field.target.id, inspect.cleandoc(told.value)


def _numbers_for_texts(node: Any) -> None:
    """What YAML reads as a number is read as the digits that were written."""
    if isinstance(node, dict):
        if node.get("type") == "string" and "enum" not in node and "const" not in node:
            node["type"] = ["string", "number"]
        for each in node.values():
            _numbers_for_texts(each)
    elif isinstance(node, list):
        for each in node:
            _numbers_for_texts(each)
