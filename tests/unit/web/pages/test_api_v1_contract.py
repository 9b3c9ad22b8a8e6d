"""What /api/v1 says of itself is true: the document is OpenAPI 3.1, and every address keeps to it whatever is sent."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, seed, settings
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance
from schemathesis.specs.openapi.schemas import OpenApiSchema

from tests.support.api import controller, key_for
from tests.support.calls import open_copy
from tests.support.pages import app_of
from web.api.v1.document import document
from web.api.v1.operations import OPERATIONS
from web.policy import SCOPES

EXAMPLES = 2
"""Of what is allowed, and of what is not, for each address."""
OTHER_RULES = frozenset({each.name for each in OPERATIONS if each.changes} | {"read_results", "listen"})
"""What they refuse, no schema can tell: dialling rules, days before other days."""


@pytest.fixture(scope="module")
def described(evening: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenApiSchema]:
    """The document as the application serves it, with a key that may do everything."""
    store = open_copy(evening, tmp_path_factory.mktemp("contract") / "data")
    web = store.settings.web.model_copy(update={"api_requests_per_minute": 100_000})
    headers = key_for(store, SCOPES) | {"Accept-Encoding": "identity"}
    with controller(store):
        schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app_of(store, web=web), headers=headers)
        schema.app.config["SENT"] = headers
        yield schema
    store.sessions.kw["bind"].dispose()


def test_the_document_is_openapi() -> None:
    assert document()["openapi"] == "3.1.0"
    assert list(OpenAPIV31SpecValidator(document()).iter_errors()) == []


def test_every_address_of_the_application_is_in_the_document(app: Flask) -> None:
    told = {(method.upper(), path) for path, methods in document()["paths"].items() for method in methods}
    there = {(each.method, each.path) for each in OPERATIONS}
    rules = {rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/v1/")}
    assert told == there and len(rules) == len({each.rule for each in OPERATIONS}) + 1


ASKED = [(each.name, GenerationMode.POSITIVE) for each in OPERATIONS]
ASKED += [(each.name, GenerationMode.NEGATIVE) for each in OPERATIONS if each.query or each.body]


@pytest.mark.parametrize(("name", "mode"), ASKED, ids=lambda value: getattr(value, "value", value))
def test_an_address_answers_as_the_document_says(described: OpenApiSchema, name: str, mode: GenerationMode) -> None:
    operation = described.find_operation_by_id(name)
    left_out = [positive_data_acceptance] if name in OTHER_RULES else []
    asked = []

    @seed(20261130)
    @settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: schemathesis.Case) -> None:
        if case.query and mode is GenerationMode.POSITIVE:
            case.query.pop("cursor", None)  # of texts that look like one, none is
        asked.append(case.call_and_validate(headers=described.app.config["SENT"], excluded_checks=left_out).status_code)

    ask()
    assert asked and 500 not in asked
