"""People hear the masked sound; the original takes the right to it, a reason, and leaves a receipt that says so."""

import re
import shutil

import numpy as np
import pytest
import soundfile
from sqlalchemy import select

from recording.files import sha256_of
from recording.models import Recording
from retention.models import AccessReceipt
from tests.support.calls import WHOLE, Store
from tests.support.pages import Client, listen, post
from transcripts.models import Segment
from transcripts.redaction.models import Redaction, RedactionPlace

RATE = 8000


def set_state(store: Store, state: str, leaks: list[list[object]] | None = None) -> bytes:
    """A card number in the whole call, masked as far as `state` says; the bytes of the masked copy."""
    folder = store.settings.recordings
    soundfile.write(folder / "whole.masked.flac", np.zeros((RATE, 2), np.int16), RATE)
    shutil.copy(folder / "whole.peaks.json", folder / "whole.masked.json")
    with store.sessions() as session, session.begin():
        row = session.scalars(select(Redaction)).one()
        recording = session.scalars(select(Recording).where(Recording.call_id == WHOLE)).one()
        row.state, row.rounds, row.margin, row.leaks = state, 2, 0.5, leaks
        row.path, row.peaks_path, row.of_sha256 = "whole.masked.flac", "whole.masked.json", recording.sha256
        row.sha256 = sha256_of(folder / "whole.masked.flac", lambda: None)
        place = {"kind": "card", "speaker": "caller", "start": 27.0, "end": 33.0, "source": "text"}
        session.add(RedactionPlace(transcript_id=row.transcript_id, **place))  # type: ignore[arg-type]
        turn = session.scalars(select(Segment).where(Segment.transcript_id == row.transcript_id)).all()[0]
        turn.text, turn.words = "my card is •card•", [[1.0, 2.0, 0.9, "is"], [27.0, 33.0, 0.9, "•card•"]]
    return (folder / "whole.masked.flac").read_bytes()


def test_everybody_hears_the_masked_sound_and_sees_its_proof(signed: Client, store: Store) -> None:
    masked = set_state(store, "passed")
    for name in ("eva", "tom", "admin"):
        with signed(name).get(listen(signed(name), WHOLE)) as sound:
            assert sound.data == masked
    page = signed("eva").get(f"/calls/{WHOLE}").text
    assert "•••• card number" in page and "•card•" not in page
    assert "nothing secret was heard in it" in page and "2 attempts." in page
    assert "Listen to the unmasked recording" not in page
    assert signed("eva").get(f"/calls/{WHOLE}/peaks").status_code == 200


def test_the_original_takes_the_right_and_a_reason(signed: Client, store: Store) -> None:
    masked = set_state(store, "passed")
    admin = signed("admin")
    assert "Listen to the unmasked recording" in admin.get(f"/calls/{WHOLE}").text
    assert post(admin, f"/calls/{WHOLE}/listen", original="1").status_code == 403  # no reason
    address = listen(admin, WHOLE, original="1")
    with admin.get(address) as sound:
        assert sound.data == (store.settings.recordings / "whole.flac").read_bytes() != masked
    with store.sessions() as session:
        receipt = session.scalars(select(AccessReceipt)).one()
        assert (receipt.person, receipt.original) == ("admin", True)
    assert "You are listening to the unmasked recording." in admin.get(f"/calls/{WHOLE}?original=1").text
    for name in ("eva", "tom", "anna"):
        assert post(signed(name), f"/calls/{WHOLE}/listen", reason="quality", original="1").status_code == 403
        assert signed(name).get(f"/calls/{WHOLE}/peaks?original=1").status_code == 403


@pytest.mark.parametrize(
    ("state", "said"), [("waiting", "that is being done right now"), ("failed", "something secret was still heard")]
)
def test_until_the_proof_passed_nobody_hears_it(signed: Client, store: Store, state: str, said: str) -> None:
    set_state(store, state, [["code", "caller", 30.0, 31.0]])
    for name in ("eva", "anna"):
        page = signed(name).get(f"/calls/{WHOLE}").text
        assert said in page and "<audio" not in page and "Why are you listening?" not in page
        assert post(signed(name), f"/calls/{WHOLE}/listen", reason="quality").status_code == 403
        assert signed(name).get(f"/calls/{WHOLE}/peaks").status_code == 403
    if state == "failed":
        assert re.search(r"this was still heard: security code", signed("eva").get(f"/calls/{WHOLE}").text)
    assert "Listen to the unmasked recording" in signed("admin").get(f"/calls/{WHOLE}").text


def test_an_open_reason_ends_when_the_sound_is_kept_back(signed: Client, store: Store) -> None:
    set_state(store, "passed")
    address = listen(signed("eva"), WHOLE)
    set_state(store, "failed")
    assert signed("eva").get(address).status_code == 403
