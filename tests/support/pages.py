"""How tests come into the pages: the password of everybody, the token of a form, signing in, posting."""

import re
from collections.abc import Callable

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

PASSWORD = "correct horse battery"
Client = Callable[[str], FlaskClient]
"""A client signed in by name."""


def token(client: FlaskClient, page: str = "/sign-in") -> str:
    """The token that a form on `page` carries."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(page).text)
    assert found is not None
    return found.group(1)


def come_in(
    client: FlaskClient, name: str, password: str = PASSWORD, address: str = "127.0.0.1", to: str = "/sign-in"
) -> TestResponse:
    """Signs in through the form at `to`, from `address`."""
    data = {"name": name, "password": password, "csrf_token": token(client)}
    return client.post(to, data=data, environ_base={"REMOTE_ADDR": address})


def post(client: FlaskClient, path: str, page: str = "/now", **data: str) -> TestResponse:
    """Posts to `path` with the token that `page` gave."""
    return client.post(path, data={**data, "csrf_token": token(client, page)})


def listen(client: FlaskClient, call_id: str, **data: str) -> str:
    """Gives a reason on the page of a call; the address of the sound that the page has then."""
    answer = post(client, f"/calls/{call_id}/listen", **{"reason": "quality", **data})
    assert answer.status_code == 303, answer.text
    if data.get("what") == "download":
        return answer.location
    found = re.search(r'<audio id="sound"[^>]* src="([^"]+)"', client.get(answer.location.partition("#")[0]).text)
    assert found is not None
    return found.group(1)
