"""How a call began, by its rows: which prompts must be in its recording, and for how long."""

from datetime import timedelta
from pathlib import Path

from calls.models import Call, CallEvent
from recording.opening import opening_of
from ringback.config import Settings
from ringback.store.base import utcnow
from tests.support.calls import open_empty


def test_what_is_known_of_the_caller_cuts_no_prompt_and_may_change_the_language(tmp_path: Path) -> None:
    store = open_empty(tmp_path)
    settings = Settings.model_validate(
        {"data": tmp_path, "lines": [{"number": "1000", "name": "Support", "languages": ["ru"]}]}
    )
    began = utcnow()
    call = Call(
        call_id="1.1", line="1000", language="ru", caller_number="", caller_name="", state="ended", arrived_at=began
    )
    kinds = (("Arrived", 0.0), ("CallerKnown", 0.01), ("SurveyKnown", 0.02), ("Done", 3.0), ("KeyPressed", 7.0))
    with store.sessions() as session, session.begin():
        session.add(call)
        for seq, (kind, seconds) in enumerate(kinds):
            at = began + timedelta(seconds=seconds)
            session.add(CallEvent(call_id="1.1", seq=seq, kind=kind, at=at, data={"kind": kind}))
    with store.sessions() as session:
        opening = opening_of(session, settings, session.merge(call, load=False))
    assert round(opening.seconds, 3) == 7.0
    assert [file.parent.name + "/" + file.stem for file in opening.first][:1] == ["en/notice"]
    assert "ru/welcome" in {f"{file.parent.name}/{file.stem}" for file in opening.first}
    assert {file.parent.name for file in opening.others()} == {"en", "ru"}
