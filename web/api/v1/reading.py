"""What a program sends, read into shapes: the part behind the question mark, and JSON. Wrong is said field by field."""

from collections.abc import Mapping
from typing import TypeVar

from flask import request
from pydantic import BaseModel, ValidationError

from web.problem_details import ApiProblem

S = TypeVar("S", bound=BaseModel)
MOST_ERRORS = 20


def query_as(shape: type[S]) -> S:
    """The arguments of the address. Raises ApiProblem, also where one comes twice, or is not known."""
    twice = [name for name, values in request.args.lists() if len(values) > 1]
    if twice:
        errors = [{"name": name[:100], "detail": "Give it once."} for name in twice[:MOST_ERRORS]]
        raise ApiProblem(400, "web.query_wrong", errors=errors)
    try:
        return shape.model_validate(request.args.to_dict(), strict=False)
    except ValidationError as error:
        raise ApiProblem(400, "web.query_wrong", errors=_errors(error)) from None


def body_as(shape: type[S]) -> S:
    """The JSON that was sent. Raises ApiProblem."""
    if not request.is_json:
        raise ApiProblem(415, "web.http_not_json")
    try:
        return shape.model_validate_json(request.get_data(), strict=True)
    except ValidationError as error:
        raise ApiProblem(422, "web.body_wrong", errors=_errors(error)) from None


def wrong_argument(name: str, detail: str) -> ApiProblem:
    """One argument of the address cannot be used, as is known only now."""
    return ApiProblem(400, "web.query_wrong", errors=[{"name": name, "detail": detail}])


def wrong_field(name: str, detail: str) -> ApiProblem:
    """One field of the JSON that was sent cannot be used, as is known only now."""
    return ApiProblem(422, "web.body_wrong", errors=[{"name": name, "detail": detail}])


def _errors(error: ValidationError) -> list[Mapping[str, str]]:
    found = error.errors(include_url=False, include_input=False, include_context=False)
    return [
        {"name": ".".join(str(part)[:100] for part in each["loc"][:10]) or "(all)", "detail": f"{each['msg'][:300]}."}
        for each in found[:MOST_ERRORS]
    ]
