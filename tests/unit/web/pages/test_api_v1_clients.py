"""Programs as others write them, at the real front: the examples of docs/api.md, and a client of generated classes."""

import http.client
import importlib.util
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlencode

import pytest
from datamodel_code_generator import DataModelType, InputFileType, generate
from datamodel_code_generator.format import Formatter, PythonVersion
from sqlalchemy import select

from tests.support.api import key_for
from tests.support.calls import EVIL_NAME, TICKET, WHOLE, Store, open_copy
from tests.support.front import RunningFront
from tests.support.pages import app_of
from tickets.models import TicketEntry
from web.policy import SCOPES

ROOT = Path(__file__).parents[4]
EXAMPLES = re.findall(r"^    (curl .+)$", (ROOT / "docs" / "api.md").read_text(encoding="utf-8"), re.MULTILINE)
V1 = [line for line in EXAMPLES if "/api/v1/" in line]


@pytest.fixture(scope="module")
def served(evening: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, RunningFront, str]]:
    """An evening's calls behind the front, and a key for everything."""
    store = open_copy(evening, tmp_path_factory.mktemp("clients") / "data")
    always = store.settings.callbacks.model_copy(update={"hours": "00:00-24:00"})
    front = RunningFront(app_of(store, callbacks=always))
    yield store, front, key_for(store, SCOPES)["Authorization"]
    front.end()
    store.sessions.kw["bind"].dispose()


def test_there_are_examples_of_every_kind() -> None:
    assert len(V1) == len(EXAMPLES) >= 10
    assert {found[1] for line in V1 if (found := re.search(r"-X (\w+)", line))} == {"POST", "PATCH"}


@pytest.mark.parametrize("line", V1, ids=lambda line: line.rpartition("/api/v1/")[2].strip('"'))
def test_an_example_does_what_it_says(served: tuple[Store, RunningFront, str], tmp_path: Path, line: str) -> None:
    _, front, key = served
    here = line.replace("https://calls.example.com", f"http://127.0.0.1:{front.port}")
    command = f"{here} -s -o {tmp_path / 'body'} -w '%{{http_code}}'"
    environment = {**os.environ, "KEY": key.removeprefix("Bearer ")}
    done = subprocess.run(
        ["bash", "-c", command], check=False, env=environment, capture_output=True, text=True, timeout=20
    )
    body = (tmp_path / "body").read_text(encoding="utf-8")
    assert done.stdout in ("200", "201", "202"), body
    if line.endswith("/events"):
        assert body.startswith("retry: ")
    else:
        assert isinstance(json.loads(body), dict)


class GeneratedClient:
    """What asks and reads by the document alone; its classes are generated."""

    def __init__(self, port: int, key: str, folder: Path) -> None:
        self._port, self._headers = port, {"Authorization": key}
        self._document = self._ask("GET", "/openapi.json")[1]
        self.shapes = _generated(self._document, folder)
        self._operations = {
            told["operationId"]: (method, path, told)
            for path, methods in self._document["paths"].items()
            for method, told in methods.items()
        }

    def call(self, name: str, body: Any = None, **arguments: Any) -> Any:
        """What an operation answers, as the class that the document names."""
        method, path, told = self._operations[name]
        query = {}
        for each in told["parameters"]:
            if each["name"] not in arguments:
                continue
            if each["in"] == "path":
                path = path.replace(f"{{{each['name']}}}", str(arguments[each["name"]]))
            else:
                query[each["name"]] = arguments[each["name"]]
        sent = None if body is None else body.model_dump_json(exclude_unset=True)
        status, answer = self._ask(method.upper(), f"{path}?{urlencode(query)}" if query else path, sent)
        shape = told["responses"][str(status)]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        return getattr(self.shapes, shape).model_validate(answer)

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        connection.request(method, f"/api/v1{path}", body, {**self._headers, "Content-Type": "application/json"})
        answer = connection.getresponse()
        status, said = answer.status, json.loads(answer.read())
        connection.close()
        assert status < 300, said
        return status, said


def _generated(document: dict[str, Any], folder: Path) -> ModuleType:
    where = folder / "shapes.py"
    generate(
        json.dumps(document),
        input_file_type=InputFileType.OpenAPI,
        output=where,
        output_model_type=DataModelType.PydanticV2BaseModel,
        target_python_version=PythonVersion.PY_311,
        formatters=[Formatter.BUILTIN],
    )
    spec = importlib.util.spec_from_file_location("generated_shapes", where)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where pydantic looks for what a class is made of
    spec.loader.exec_module(module)
    return module


def test_a_client_of_generated_classes_works_with_the_real_server(
    served: tuple[Store, RunningFront, str], tmp_path: Path
) -> None:
    _, front, key = served
    client = GeneratedClient(front.port, key, tmp_path)
    listed = client.call("list_calls", limit=2)
    rest = client.call("list_calls", limit=200, cursor=listed.next)
    ids = [each.id for page in (listed, rest) for each in page.items]
    assert len(listed.items) == 2 and WHOLE in ids and len(set(ids)) == len(ids) == 5
    assert client.call("read_call", call_id=WHOLE).contact.number == "+14155550123"
    assert {each.name for each in client.call("list_queues").items} == {"support", "billing"}
    changed = client.call("change_ticket", client.shapes.TicketChange(priority="urgent"), number=TICKET)
    assert changed.priority.value == "urgent" and changed.entries[-1].author == "key:program"
    made = client.call("make_contact", client.shapes.NewContact(name=f"Ada {EVIL_NAME}"))
    assert client.call("read_contact", contact_id=made.id) == made
    promised = client.call("promise_callback", client.shapes.NewCallback(number="+1 415 555 0188"))
    cancelled = client.call("cancel_callback", client.shapes.Cancelled(reason="by hand"), callback_id=promised.id)
    assert (promised.state.value, cancelled.state.value) == ("requested", "cancelled")
    assert client.call("read_results").offered >= 1


def test_the_same_request_at_the_same_moment_is_done_once(served: tuple[Store, RunningFront, str]) -> None:
    store, front, key = served

    def send(_: int) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", front.port, timeout=10)
        headers = {"Authorization": key, "Content-Type": "application/json", "Idempotency-Key": "at-once"}
        connection.request("POST", f"/api/v1/tickets/{TICKET}/notes", json.dumps({"text": "Only once"}), headers)
        status = connection.getresponse().status
        connection.close()
        return status

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(send, range(16)))
    assert set(statuses) <= {201, 409} and 201 in statuses
    with store.sessions() as session:
        notes = session.scalars(select(TicketEntry).where(TicketEntry.text == "Only once")).all()
    assert len(notes) == 1
