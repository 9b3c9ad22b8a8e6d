"""The JSON Schema of `ringback.yaml`, from which editors complete names and show mistakes while they are typed.

Made of the same classes that read the file, so it names every setting and tells what its docstring tells. It is a
little stricter than the reading where a text is all digits: there an editor takes a number too.
"""

from typing import Any

from ringback.config.old_names import OLD_NAMES
from ringback.config.settings import Settings


def schema() -> dict[str, Any]:
    """Ready for JSON."""
    made = Settings.model_json_schema()
    _numbers_for_texts(made)
    for pattern, new in OLD_NAMES.items():
        *way, old = pattern.split(".")
        holder = made["$defs"]["Menu"] if way[:1] == ["menus"] else made["$defs"]["EntryPoint"] if way else made
        holder["properties"][old] = {**holder["properties"][new], "deprecated": True, "description": f"Now {new}."}
        holder["required"] = [name for name in holder.get("required", []) if name != new]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "ringback.yaml", **made}


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
