"""The sound of a call: whole and in ranges, its waveform, and what is not served."""

import pytest
from sqlalchemy import select

from recording.models import Recording
from tests.support.calls import MISSING, OPEN, WHOLE, Store
from tests.support.pages import Client, listen


def test_sound_comes_whole_and_in_ranges(signed: Client, store: Store) -> None:
    eva = signed("eva")
    address = listen(eva, WHOLE)
    file = (store.settings.recordings / "whole.flac").read_bytes()
    with eva.get(address) as whole:
        assert (whole.status_code, whole.mimetype, whole.data) == (200, "audio/flac", file)
        assert "private" in whole.headers["Cache-Control"]
    with eva.get(address, headers={"Range": "bytes=100-199"}) as part:
        assert (part.status_code, part.data) == (206, file[100:200])
        assert part.headers["Content-Range"] == f"bytes 100-199/{len(file)}"
    with eva.get(address, headers={"Range": f"bytes={len(file)}-"}) as past:
        assert past.status_code == 416
    with eva.get(address, headers={"If-None-Match": whole.headers["ETag"]}) as again:
        assert again.status_code == 304


def test_the_waveform_has_two_lanes_of_which_one_is_told_apart(signed: Client) -> None:
    eva = signed("eva")
    answer = eva.get(f"/calls/{WHOLE}/peaks")
    assert answer.json is not None
    caller, agent, ours = answer.json["channels"]
    assert len(caller) == len(agent) == len(ours) <= 2000
    assert all(0 <= value <= 1 for value in caller + agent + ours) and max(caller) > 0.1
    assert max(agent) > 0.1 and max(ours) > 0.1, "a voice in the talk; prompts and music outside it"
    assert not any(voice and prompt for voice, prompt in zip(agent, ours, strict=True))
    assert caller[: len(caller) // 4] == [0] * (len(caller) // 4), "the caller listens first"
    assert eva.get(f"/calls/{WHOLE}/peaks", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("path", ["../secrets.yaml", "/etc/passwd", "a/../../secrets.yaml"])
def test_a_row_that_leads_out_of_the_folder_is_not_served(signed: Client, store: Store, path: str) -> None:
    with store.sessions() as session, session.begin():
        session.scalars(select(Recording).where(Recording.call_id == WHOLE)).one().path = path
    eva = signed("eva")
    assert eva.get(listen(eva, WHOLE)).status_code == 400


@pytest.mark.parametrize(
    "page",
    [f"/calls/{MISSING}/sound", f"/calls/{OPEN}/sound", "/calls/1.1/sound", "/calls/..%2f..%2fsecrets.yaml/sound"],
)
def test_sound_that_is_not_there(signed: Client, page: str) -> None:
    assert signed("eva").get(page).status_code == 404
