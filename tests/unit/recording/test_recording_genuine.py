"""Recordings that are not what was heard are found, whatever made them so; healthy ones never are."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray
from sqlalchemy import select

from calls.models import CallEvent
from prompts import files as prompt_files
from recording import alarms, genuine, service, sweep
from recording.genuine import RATE, Opening, notes_of
from recording.models import Recording
from retention import holds
from ringback.config import Settings
from ringback.store.base import utcnow
from ringback.store.bus import Alarm
from tests.support.recordings import CALL_ID, Sessions, add_call, put_raw

Mono = NDArray[np.int16]
LANGUAGES = ("en", "ru")


def g711(sound: NDArray[np.floating]) -> Mono:
    """As mu-law leaves it: 255 steps, finer where it is quiet."""
    size = np.log1p(255 * np.minimum(np.abs(sound) / 32768, 1)) / np.log(256)
    back = (np.power(256.0, np.round(size * 127) / 127) - 1) / 255 * 32768
    return (np.sign(sound) * back).clip(-32768, 32767).astype(np.int16)


def prompt(language: str, name: str) -> Mono:
    sound, _ = soundfile.read(prompt_files.SOUNDS / language / f"{name}.wav", dtype="int16")
    return sound


def heard(language: str, delay: float = 0.13, names: tuple[str, ...] = ("notice", "welcome", "menu-main")) -> Mono:
    """What Asterisk plays: after a delay one prompt after another."""
    return g711(np.concatenate([np.zeros(round(delay * RATE)), *(prompt(language, name) for name in names)]))


def stereo(caller: Mono, agent: Mono) -> NDArray[np.int16]:
    length = max(len(caller), len(agent))
    return np.stack([np.pad(side, (0, length - len(side))) for side in (caller, agent)], axis=1)


def opening(language: str, seconds: float) -> Opening:
    first = tuple(prompt_files.SOUNDS / language / f"{name}.wav" for name in ("notice", "welcome", "menu-main"))
    others = prompt_files.sound_files(language)
    return Opening(first, others.values, seconds, utcnow().timestamp())


def judged(sound: NDArray[np.int16], language: str, seconds: float | None = None) -> list[str]:
    """The codes for a recording whose call was played nothing but the first prompts for so long."""
    seen = opening(language, len(sound) / RATE if seconds is None else seconds)
    middle = len(sound) // 2 // genuine.FRAME * genuine.FRAME
    talk = sound[middle : middle + round(genuine.TALK_SECONDS * RATE)]
    return [code for code, _ in notes_of(sound[: round(seen.wanted * RATE)], talk, seen)]


def lossy(sound: Mono, share: float, seed: int, *, silent: bool) -> Mono:
    """With packets lost: silence instead, or nothing at all."""
    packets = sound[: len(sound) // 160 * 160].reshape(-1, 160).copy()
    kept = np.random.default_rng(seed).random(len(packets)) >= share
    return (np.where(kept[:, None], packets, 0) if silent else packets[kept]).reshape(-1).astype(np.int16)


def tone(*hertz: float, seconds: float = 4.0) -> Mono:
    time = np.arange(round(seconds * RATE)) / RATE
    return g711(sum(np.sin(2 * np.pi * each * time) for each in hertz) * 9000 / len(hertz))


def callers(language: str, delay: float) -> Iterator[tuple[str, Mono]]:
    """What a caller's side may hold while prompts are played."""
    played = heard(language, delay)
    rng = np.random.default_rng(5)
    yield "silence", np.zeros(RATE, np.int16)
    yield "an idle line", rng.normal(0, 12, 8 * RATE).astype(np.int16)
    yield "an echo of the prompts", np.pad(played, (900, 0)) // 3
    yield "a strong echo", np.pad(played, (400, 0))
    yield "speech", g711(prompt(language, "fallback-no-number").astype(np.float64))
    yield "keys", np.concatenate([tone(697, 1209, seconds=0.2), np.zeros(RATE, np.int16)] * 4)
    yield "another line's tone", tone(425)
    yield "a hum of 50 Hz", tone(50, 150, 250)
    yield "a clipped voice", (prompt(language, "trouble").astype(np.int32) * 8).clip(-32124, 32124).astype(np.int16)
    for share in (0.05, 0.2, 0.4):
        yield f"speech with {share:.0%} lost", lossy(g711(prompt(language, "trouble") * 1.0), share, 3, silent=True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_healthy_calls_are_never_called_garbled(language: str) -> None:
    looked = 0
    for delay in (0.0, 0.31, 0.87, 2.4):
        played = heard(language, delay)
        for what, caller in callers(language, delay):
            for seconds in (0.3, 0.9, 1.7, 2.6, 4.0, 9.0):
                sound = stereo(caller, played)[: round(seconds * RATE)]
                found = [code for code in judged(sound, language) if code in genuine.GARBLED]
                assert not found, f"{what}, {delay} s late, {seconds} s long"
                looked += 1
    assert looked > 280


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_a_line_says_first_is_known(language: str) -> None:
    """Other prompts than the settings name now, also with pieces of them lost on a busy machine."""
    names = [name for name in prompt_files.sound_files(language) if len(prompt(language, name)) > 2 * RATE][::3]
    for number, name in enumerate(names):
        played = heard(language, 0.4, (name, name))
        for sound in [played] if number % 4 else [played, lossy(played, 0.03, number, silent=True)]:
            assert judged(stereo(np.zeros(10, np.int16), sound), language) == [], name
    assert len(names) > 10


def test_a_prompt_cut_by_a_key_and_music_after_it_tell_nothing() -> None:
    music = np.concatenate([tone(262, 330, 392, seconds=1.0), tone(294, 370, 440, seconds=1.0)] * 6)
    for cut in (0.2, 0.5, 0.8, 1.2):
        played = np.concatenate([heard("en")[: round(cut * RATE)], music])
        assert judged(stereo(np.zeros(10, np.int16), played), "en", seconds=cut) == []


def test_a_sound_that_was_changed_since_tells_nothing(tmp_path: Path) -> None:
    stranger = g711(np.convolve(np.random.default_rng(2).normal(0, 9000, 6 * RATE), np.ones(9) / 9))
    fresh = opening("en", 6.0)
    recording = stereo(np.zeros(10, np.int16), stranger)
    assert [code for code, _ in notes_of(recording, recording[:0], fresh)] == ["unlike_prompt"]
    before = Opening(fresh.first, fresh.others, fresh.seconds, since=fresh.first[0].stat().st_mtime - 1)
    assert notes_of(recording, recording[:0], before) == []


def wide_as_narrow(side: Mono) -> Mono:
    """What Asterisk's fault does: at 16 kHz, and of each packet the first half alone (docs/adr/0030)."""
    length = len(side) // 160 * 160
    spectrum = np.fft.rfft(side[:length].astype(np.float64))
    wide = np.fft.irfft(np.pad(spectrum, (0, length // 2)), 2 * length) * 2
    return wide.reshape(-1, 320)[:, :160].reshape(-1).clip(-32768, 32767).astype(np.int16)


def one_byte_off(sound: NDArray[np.int16]) -> NDArray[np.int16]:
    raw = sound.astype("<i2").tobytes()[1:]
    return np.frombuffer(raw[: len(raw) // 4 * 4], "<i2").reshape(-1, 2)


SPOILT: dict[str, tuple[Callable[[NDArray[np.int16]], NDArray[np.int16]], set[str]]] = {
    "garbled by G.722": (
        lambda sound: stereo(wide_as_narrow(sound[:, 0]), wide_as_narrow(sound[:, 1])),
        {"garbled_by_codec", "unlike_prompt"},
    ),
    "at half speed": (lambda sound: np.repeat(sound, 2, axis=0), {"half_speed"}),
    "at double speed": (lambda sound: sound[::2], {"double_speed"}),
    "sides exchanged": (lambda sound: sound[:, ::-1], {"sides_exchanged"}),
    "one byte lost": (one_byte_off, {"unlike_prompt", "garbled_by_codec"}),
    "bytes in the other order": (lambda sound: sound.byteswap(), {"unlike_prompt", "garbled_by_codec"}),
    "mu-law taken for samples": (
        lambda sound: (sound.view(np.uint16) >> 8).astype(np.uint8).repeat(2, axis=0).astype(np.int16) * 100,
        {"unlike_prompt", "half_speed", "garbled_by_codec"},
    ),
    "white noise": (
        lambda sound: np.random.default_rng(1).normal(0, 5000, sound.shape).astype(np.int16),
        {"unlike_prompt"},
    ),
    "one value all along": (lambda sound: np.full_like(sound, 12000), {"unlike_prompt"}),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", SPOILT)
def test_what_is_not_what_was_heard_is_found(kind: str, language: str) -> None:
    spoil, codes = SPOILT[kind]
    voice = prompt(language, "trouble")[::-1]  # of nobody that Ringback knows
    sound = stereo(g711(voice * 0.5), heard(language))
    assert set(judged(spoil(sound), language, seconds=9.0)) & codes


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda side: (side * 0.5 + 9000).astype(np.int16), "offset_caller"),
        (lambda side: np.random.default_rng(1).normal(0, 5000, len(side)).astype(np.int16), "noise_caller"),
    ],
)
def test_a_side_that_is_no_voice_is_told_and_the_recording_stays_whole(
    spoil: Callable[[Mono], Mono], code: str
) -> None:
    voice = g711(np.concatenate([prompt("en", "trouble") * 1.0] * 2))
    found = judged(stereo(spoil(voice), heard("en")), "en")
    assert found == [code]
    assert code not in genuine.GARBLED


def add_events(store: Sessions, call_id: str, *kinds: tuple[str, float]) -> None:
    with store() as session, session.begin():
        arrived = session.scalars(select(service.Call).where(service.Call.call_id == call_id)).one().arrived_at
        for number, (kind, after) in enumerate(kinds, 1):
            at = arrived + timedelta(seconds=after)
            session.add(CallEvent(call_id=call_id, seq=number, at=at, kind=kind, data={"kind": kind}))


def finished(
    store: Sessions, settings: Settings, sound: NDArray[np.int16], call_id: str = CALL_ID, *between: tuple[str, float]
) -> Recording:
    seconds = len(sound) / RATE
    now = utcnow()
    add_call(
        store, seconds, call_id, arrived_at=now - timedelta(seconds=seconds + 10), ended_at=now - timedelta(seconds=10)
    )
    add_events(store, call_id, ("Arrived", 0.0), *between, ("HungUp", seconds))
    put_raw(settings, sound.astype("<i2").tobytes(), call_id)
    service.finish(store, settings, call_id)
    with store() as session:
        return session.scalars(select(Recording).where(Recording.call_id == call_id)).one()


def test_a_garbled_recording_is_kept_told_of_and_not_called_whole(store: Sessions, settings: Settings) -> None:
    sound = stereo(np.zeros(10, np.int16), heard("en"))
    whole = finished(store, settings, sound, "1700000000.2")
    assert (whole.state, whole.notes) == ("stored", None)
    row = finished(store, settings, stereo(wide_as_narrow(sound[:, 0]), wide_as_narrow(sound[:, 1])))
    assert row.state == "garbled"
    assert row.notes is not None and row.notes[0] == ["garbled_by_codec", {}]
    assert row.reason is not None and "ulaw and alaw alone" in row.reason
    assert row.path is not None and (settings.recordings / row.path).is_file()


def test_a_short_call_is_judged_by_more_than_its_first_prompt(store: Sessions, settings: Settings) -> None:
    """The notice has ended and the greeting begun when the caller hangs up."""
    agent = heard("en")[: round(2.46 * RATE)]
    for spoil, state in ((lambda side: side, "stored"), (wide_as_narrow, "garbled")):
        sound = stereo(np.zeros(10, np.int16), spoil(agent))
        assert finished(store, settings, sound, f"1700000000.{len(state)}", ("Done", 1.33)).state == state


def test_several_garbled_recordings_are_one_alarm_that_goes_by_itself(store: Sessions, settings: Settings) -> None:
    swept = sweep.Sweep(store, settings, holds.may_be_on_orphans)

    def standing() -> list[Alarm]:
        swept()
        with store() as session:
            kind = Alarm.kind == alarms.GARBLED
            return list(session.scalars(select(Alarm).where(kind, Alarm.cleared_at.is_(None))))

    sound = stereo(heard("en"), np.zeros(10, np.int16))
    for number in range(sweep.GARBLED_SEVERAL):
        assert standing() == []
        assert finished(store, settings, sound, f"1700000000.{number}").state == "garbled"
    [alarm] = standing()
    assert (alarm.level, alarm.args["count"]) == ("red", sweep.GARBLED_SEVERAL)
    with store() as session, session.begin():
        for call in session.scalars(select(service.Call)):
            call.ended_at = utcnow() - sweep.GARBLED_WITHIN - timedelta(minutes=1)
    assert standing() == []
