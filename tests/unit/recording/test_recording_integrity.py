"""What is said of a recording besides its length: levels, silent sides, pauses, the format it is kept in."""

import json
import math
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from calls.models import CallSegment
from recording import encoding, files, service
from recording.levels import Measured, Meter
from recording.models import Recording
from recording.notes import note, say
from recording.policy import GAP_MARGIN, gaps, judge, remarks
from ringback.config import Settings
from ringback.config.recordings import Recordings
from ringback.store.base import utcnow
from ringback.store.bus import Alarm
from tests.support.recordings import ARRIVED, CALL_ID, RATE, Sessions, add_call, noise, put_raw, row_of


def tone(seconds: float, loud: float = 8000.0, hertz: float = 440.0) -> NDArray[np.int16]:
    """One side."""
    at = np.arange(round(seconds * RATE)) / RATE
    return np.asarray(loud * np.sin(2 * math.pi * hertz * at), np.int16)


def stereo(caller: NDArray[np.int16], agent: NDArray[np.int16]) -> NDArray[np.int16]:
    return np.stack([caller, agent], axis=1)


def measured(sound: NDArray[np.int16], piece: int = 12_345) -> Measured:
    meter = Meter(RATE)
    for begin in range(0, len(sound), piece):
        meter.add(sound[begin : begin + piece])
    return meter.result()


def codes(row: Recording) -> list[str]:
    return [code for code, _ in row.notes or []]


def pause(store: Sessions, begin: float, end: float | None, kind: str = "unrecorded", seq: int = 0) -> None:
    with store() as session, session.begin():
        session.add(
            CallSegment(
                call_id=CALL_ID, seq=seq, kind=kind, agent="anna", started_at=ARRIVED + timedelta(seconds=begin),
                ended_at=None if end is None else ARRIVED + timedelta(seconds=end),
            )
        )  # fmt: skip


def finished(store: Sessions, settings: Settings, sound: NDArray[np.int16], **facts: Any) -> Recording:
    put_raw(settings, sound.tobytes())
    add_call(store, len(sound) / RATE, **facts)
    assert service.finish(store, settings, CALL_ID) == "stored"
    return row_of(store)


@pytest.mark.parametrize("piece", [1, 799, 8000, 12_345, 1 << 20])
def test_levels_do_not_depend_on_how_the_sound_comes(piece: int) -> None:
    sound = stereo(tone(2.6), np.concatenate([np.zeros(8000, np.int16), tone(1.6, 100.0)]))[
        : 800 if piece == 1 else None
    ]
    whole, pieces = measured(sound, len(sound)), measured(sound, piece)
    assert whole.levels == pieces.levels
    for side in range(2):
        assert np.array_equal(whole.seconds[side], pieces.seconds[side])


def test_levels_are_what_a_meter_shows() -> None:
    caller, agent = measured(stereo(tone(4), np.concatenate([np.zeros(24_000, np.int16), tone(1, 32767.0)]))).levels
    assert caller.dbfs == pytest.approx(20 * math.log10(8000 / 32768 / math.sqrt(2)), abs=0.1)
    assert (caller.clipped, caller.heard) == (0.0, 1.0)
    assert agent.dbfs == pytest.approx(-3.0, abs=0.1), "of the seconds in which something is heard"
    assert agent.peak_dbfs == pytest.approx(0.0, abs=0.1)
    assert agent.heard == 0.25 and 0.01 < agent.clipped < 0.1
    nothing = measured(np.zeros((100, 2), np.int16)).levels[0]
    assert (nothing.dbfs, nothing.peak_dbfs, nothing.heard) == (None, None, 0.0)
    assert measured(np.zeros((0, 2), np.int16)).as_dict()["agent"]["clipped"] == 0.0


def test_a_row_knows_its_levels(sqlite_store: Sessions, settings: Settings) -> None:
    row = finished(sqlite_store, settings, stereo(tone(5), tone(5)))
    assert row.levels is not None and row.levels["caller"]["dbfs"] == pytest.approx(-15.3, abs=0.1)
    assert row.size == (settings.recordings / str(row.path)).stat().st_size
    assert (row.notes, row.gaps, row.fault, row.local) == (None, None, None, True)
    assert row.checked_at is not None


def test_an_agent_who_is_not_heard_in_the_talk_is_said(sqlite_store: Sessions, settings: Settings) -> None:
    """The agent's side holds music before the talk and nothing in it."""
    sound = stereo(tone(10), np.concatenate([tone(4), np.zeros(6 * RATE, np.int16)]))
    row = finished(sqlite_store, settings, sound, agent="anna", connected_at=ARRIVED + timedelta(seconds=4.5))
    assert codes(row) == ["silent_agent"]
    assert row.reason == "Nothing is heard of the agent while they talked."


def test_prompts_and_music_are_not_measured_as_the_agents_voice(sqlite_store: Sessions, settings: Settings) -> None:
    """Loud music until 4.5 s, then a soft voice, then the survey as loud as the music."""
    sides = np.concatenate([tone(4, 32_000.0), tone(3, 200.0), tone(3, 32_000.0)])
    row = finished(
        sqlite_store, settings, stereo(tone(10), sides), agent="anna", connected_at=ARRIVED + timedelta(seconds=4),
        released_at=ARRIVED + timedelta(seconds=7),
    )  # fmt: skip
    assert row.levels is not None
    assert row.levels["agent"]["dbfs"] == pytest.approx(-47.3, abs=0.2) and row.levels["agent"]["heard"] == 1.0
    assert row.levels["ours"]["dbfs"] == pytest.approx(-3.2, abs=0.2)
    assert codes(row) == ["quiet_agent"], "which loud prompts would hide"
    whole = measured(stereo(tone(4), tone(4)))
    nobody = whole.told_apart([])
    assert nobody.levels[1].dbfs is None and nobody.apart == whole.levels[1], "nobody talked: all of it is ours"


def test_spans_of_talk_count_where_there_are_any(sqlite_store: Sessions, settings: Settings) -> None:
    sound = stereo(np.concatenate([np.zeros(6 * RATE, np.int16), tone(4)]), tone(10))
    pause(sqlite_store_with_call(sqlite_store), 0.0, 6.0, kind="talk")
    put_raw(settings, sound.tobytes())
    service.finish(sqlite_store, settings, CALL_ID)
    assert codes(row_of(sqlite_store)) == ["silent_caller"]


def sqlite_store_with_call(store: Sessions) -> Sessions:
    add_call(store, 10.0, connected_at=ARRIVED)
    return store


@pytest.mark.parametrize(
    ("caller", "talk", "expected"),
    [
        (tone(10), (0.0, 10.0), []),
        (tone(10, 150.0), (0.0, 10.0), ["quiet_caller"]),
        (tone(10, 20.0), (0.0, 10.0), ["silent_caller"]),
        (tone(10, 20.0), (0.0, 2.0), []),  # too short a talk to say anything about
        (np.sign(tone(10)).astype(np.int16) * np.int16(32_124), (0.0, 10.0), ["clipped_caller"]),
        (np.concatenate([np.zeros(72_000, np.int16), tone(1)]), (0.0, 9.0), ["silent_caller"]),
    ],
)
def test_what_is_odd_about_a_side(caller: Any, talk: tuple[float, float], expected: list[str]) -> None:
    assert [code for code, _ in remarks(measured(stereo(caller, tone(10))), [talk], [])] == expected


def test_music_on_hold_is_no_agents_voice(sqlite_store: Sessions, settings: Settings) -> None:
    """The agent is silent for the whole talk; the caller hears music from 4 to 8, a little later on the recording."""
    music = np.zeros(20 * RATE, np.int16)
    music[round(3.9 * RATE) : round(8.2 * RATE)] = tone(4.3)
    add_call(sqlite_store, 20.0, connected_at=ARRIVED)
    pause(sqlite_store, 0.0, None, kind="talk")
    pause(sqlite_store, 4.0, 8.0, kind="hold", seq=1)
    put_raw(settings, stereo(tone(20), music).tobytes())
    service.finish(sqlite_store, settings, CALL_ID)
    assert codes(row_of(sqlite_store)) == ["silent_agent"]


def test_each_talk_is_judged_by_itself() -> None:
    agent = np.concatenate([tone(10), np.zeros(10 * RATE, np.int16)])
    sound = measured(stereo(tone(20), agent))
    assert [code for code, _ in remarks(sound, [(0.0, 20.0)], [])] == []
    assert [code for code, _ in remarks(sound, [(0.0, 10.0), (10.0, 20.0)], [])] == ["silent_agent"]


def test_a_side_that_was_paused_all_the_time_is_not_called_silent() -> None:
    silent = np.zeros((80_000, 2), np.int16)
    assert [code for code, _ in remarks(measured(silent), [(0.0, 10.0)], [(0.0, 10.0)])] == ["paused"]


def test_pauses_are_silent_in_place_whatever_the_switch_did(sqlite_store: Sessions, settings: Settings) -> None:
    sound = noise(20)
    add_call(sqlite_store, 20.0)
    pause(sqlite_store, 5.0, 8.0)
    pause(sqlite_store, 18.0, None, seq=1)
    put_raw(settings, sound.tobytes())
    assert service.finish(sqlite_store, settings, CALL_ID) == "stored"
    row = row_of(sqlite_store)
    assert row.gaps == [[4.75, 8.25], [17.75, 20.0]]
    assert row.seconds == 20.0
    read, _ = soundfile.read(settings.recordings / str(row.path), dtype="int16")
    silent = np.zeros(len(sound), bool)
    for begin, end in row.gaps:
        silent[int(begin * RATE) : int(end * RATE)] = True
    assert not read[silent].any()
    assert np.array_equal(read[~silent], sound[~silent])
    peaks = json.loads((settings.recordings / str(row.peaks_path)).read_text())
    assert peaks["gaps"] == row.gaps
    assert "Recording was paused (times: 2), for 5.8 s in all: these parts are silent." in str(row.reason)


def test_gaps_are_joined_and_stay_inside() -> None:
    assert gaps([(5.0, 6.0), (6.4, 7.0)], 100.0) == [(5.0 - GAP_MARGIN, 7.0 + GAP_MARGIN)]
    assert gaps([(-3.0, 0.0), (99.9, 120.0)], 100.0) == [(0.0, GAP_MARGIN), (99.9 - GAP_MARGIN, 100.0)]
    assert gaps([(120.0, 130.0)], 100.0) == []


@pytest.mark.parametrize("seconds", [0.1, 1.5, 33.0])
def test_opus_has_the_same_length_and_both_sides_apart(settings: Settings, seconds: float) -> None:
    sound = stereo(tone(seconds), np.zeros(round(seconds * RATE), np.int16))
    sound[len(sound) // 2 :] = sound[len(sound) // 2 :, ::-1]
    raw = put_raw(settings, sound.tobytes())
    target = settings.recordings / "a.opus"
    done = encoding.finish(raw, target, settings.recordings / "a.peaks.json", "1", lambda: None)
    read, rate = soundfile.read(target, dtype="int16")
    assert (rate, len(read), done.frames) == (RATE, len(sound), len(sound))
    assert done.sha256 == files.sha256_of(target, lambda: None)
    if seconds > 1:
        middle = read[RATE // 10 : len(read) // 2 - RATE // 10].astype(float)
        assert np.abs(middle[:, 1]).max() < 0.02 * np.abs(middle[:, 0]).max()


def test_opus_is_the_owners_choice(sqlite_store: Sessions, settings: Settings) -> None:
    thrifty = settings.model_copy(update={"recording": Recordings(format="opus")})
    add_call(sqlite_store, 10.0)
    pause(sqlite_store, 2.0, 5.0)
    raw = put_raw(settings, noise(10).tobytes())
    size = raw.stat().st_size
    # A FLAC of a try that was killed before the format was changed.
    (settings.recordings / "2026/03/01").mkdir(parents=True)
    (settings.recordings / f"2026/03/01/{CALL_ID}.flac").write_bytes(b"old")
    assert service.finish(sqlite_store, thrifty, CALL_ID) == "stored"
    row = row_of(sqlite_store)
    assert row.path == f"2026/03/01/{CALL_ID}.opus"
    assert not (settings.recordings / f"2026/03/01/{CALL_ID}.flac").exists()
    assert row.size is not None and row.size < size / 4
    read, _ = soundfile.read(settings.recordings / row.path, dtype="int16")
    assert np.abs(read[round(2.0 * RATE) : round(5.0 * RATE)]).max() < 33, "-60 dB: nothing to hear"


def test_flac_of_the_same_sound_is_the_same_file(settings: Settings) -> None:
    raw = put_raw(settings, noise(3).tobytes())
    first, second = (
        encoding.finish(
            raw, settings.recordings / f"{name}.flac", settings.recordings / f"{name}.json", "1", lambda: None
        )
        for name in "ab"
    )
    assert first.sha256 == second.sha256


def test_why_it_is_short_is_said_where_it_is_known(sqlite_store: Sessions, settings: Settings) -> None:
    put_raw(settings, noise(5).tobytes())
    add_call(sqlite_store, 30.0, arrived_at=utcnow() - timedelta(seconds=60), ended_at=utcnow() - timedelta(seconds=30))
    with sqlite_store() as session, session.begin():
        session.add(Alarm(kind="recording.space_out", subject="spool", text="Full.", level="red"))
        session.query(Alarm).update({"raised_at": utcnow() - timedelta(seconds=45)})
    assert service.finish(sqlite_store, settings, CALL_ID) == "truncated"
    assert "because the disk was full" in str(row_of(sqlite_store).reason)
    assert row_of(sqlite_store).notes == [["short_disk", {"seconds": 5.0, "answered": 30.0, "lost": 25.0}]]


def test_a_switch_that_died_is_said(sqlite_store: Sessions, settings: Settings) -> None:
    put_raw(settings, noise(5).tobytes())
    add_call(sqlite_store, 30.0, result="pbx_lost")
    service.finish(sqlite_store, settings, CALL_ID)
    assert codes(row_of(sqlite_store)) == ["short_switch"]


def test_a_switch_that_died_while_the_disk_was_full_is_what_cut_the_call(
    sqlite_store: Sessions, settings: Settings
) -> None:
    put_raw(settings, noise(5).tobytes())
    add_call(sqlite_store, 30.0, result="pbx_lost")
    with sqlite_store() as session, session.begin():
        alarm = Alarm(kind="recording.space_out", subject="spool", text="Full.", level="red")
        alarm.raised_at = ARRIVED
        session.add(alarm)
    service.finish(sqlite_store, settings, CALL_ID)
    assert codes(row_of(sqlite_store)) == ["short_switch"]


def test_a_file_that_goes_on_for_hours_after_the_call_is_not_the_calls(settings: Settings) -> None:
    raw = settings.spool / "huge.raw"
    with raw.open("wb") as file:
        file.truncate(2_000_000_000)  # 17 hours, on a disk that holds none of it
    done = encoding.finish(
        raw, settings.recordings / "a.flac", settings.recordings / "a.json", "1", lambda: None, (), 60
    )
    assert done.seconds == 60.0
    verdict = judge(60.0, 5.0, 0, beyond=3600.0)
    assert verdict.state == "stored" and "went on 3600 s beyond the call" in str(verdict.reason)


def test_notes_are_said_one_after_another() -> None:
    assert say([]) is None
    assert say([note("empty"), note("too_long", seconds=1.5)]) == (
        "Asterisk wrote a recording file without any sound. The file went on 1.5 s beyond the call: that was left out."
    )
