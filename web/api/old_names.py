"""Names that the API had before and that programs may still read: each stands beside its new one."""

from typing import Any

OLD = {
    "call_id": "linkedid",
    "asked_call_id": "asked_linkedid",
    "connected_call_id": "connected_linkedid",
    "reason_call_id": "reason_linkedid",
    "segments": "stretches",
}
"""New name -> the one before."""


def with_old_names(document: Any) -> Any:
    """The same JSON with the old names added wherever a new one stands."""
    if isinstance(document, dict):
        there = {name: with_old_names(value) for name, value in document.items()}
        return there | {OLD[name]: value for name, value in there.items() if name in OLD and OLD[name] not in there}
    if isinstance(document, list | tuple):
        return [with_old_names(value) for value in document]
    return document
