"""Programs that read the API by the names of a version before go on working."""

import json

from tests.support.pages import Client
from web.api.old_names import with_old_names


def test_an_old_name_stands_beside_its_new_one_however_deep() -> None:
    document = {"call": {"call_id": "1.7", "agent": None}, "promises": [{"asked_call_id": None}]}
    assert with_old_names(document) == {
        "call": {"call_id": "1.7", "linkedid": "1.7", "agent": None},
        "promises": [{"asked_call_id": None, "asked_linkedid": None}],
    }


def test_the_api_tells_a_call_by_both_names(signed: Client) -> None:
    found = json.loads(signed("admin").get("/api/calls").data)["calls"]
    assert found and all(call["linkedid"] == call["call_id"] for call in found)
    call_id = found[0]["call_id"]
    assert json.loads(signed("admin").get(f"/api/calls/{call_id}").data)["call"]["linkedid"] == call_id
