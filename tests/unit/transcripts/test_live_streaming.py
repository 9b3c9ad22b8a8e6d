"""Live words without a store: the growing file, phrases out of sound, what may be shown, what raises a flag."""

import os
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from recording.errors import NameRefused
from tests.support.live_words import spoken
from transcripts.engines.recogniser import RATE, Sound, Word
from transcripts.live.growing import GrowingFile
from transcripts.live.policy import alerts_in, chosen, held_from
from transcripts.live.side import Phrase, Side
from transcripts.live.streaming import PHRASE_SECONDS

CALL_ID = "1700000000.1"


# -- the growing file ----------------------------------------------------------------------------------


def test_whole_frames_are_read_and_half_ones_wait(tmp_path: Path) -> None:
    raw = tmp_path / f"{CALL_ID}.raw"
    file = GrowingFile(tmp_path, CALL_ID)
    assert file.frames() == 0
    assert file.read(0, 10).shape == (0, 2)
    raw.write_bytes(struct.pack("<4h", 1, 2, 3, 4) + b"\x05")
    assert file.frames() == 2
    assert file.read(0, 2).tolist() == [[1, 2], [3, 4]]
    with raw.open("ab") as more:
        more.write(b"\x00\x06\x00")
    assert file.frames() == 3
    assert file.read(2, 3).tolist() == [[5, 6]]
    raw.write_bytes(b"\x01")  # became shorter
    assert file.frames() == 0
    assert file.read(0, 3).shape == (0, 2)


@pytest.mark.parametrize("kind", ["folder", "pipe", "link"])
def test_what_is_no_file_is_no_sound_and_is_not_waited_for(tmp_path: Path, kind: str) -> None:
    raw = tmp_path / f"{CALL_ID}.raw"
    other = tmp_path / "other"
    other.write_bytes(bytes(400))
    {"folder": raw.mkdir, "pipe": lambda: os.mkfifo(raw), "link": lambda: raw.symlink_to(other)}[kind]()
    file = GrowingFile(tmp_path, CALL_ID)
    assert file.frames() == 0
    assert file.read(0, 100).shape == (0, 2)


def test_a_name_that_leaves_the_spool_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NameRefused):
        GrowingFile(tmp_path, "../../etc/passwd")


# -- phrases -------------------------------------------------------------------------------------------


def phrases(sound: Sound, step: int) -> list[Phrase]:
    """Every phrase that ended when `sound` came in pieces of `step` samples."""
    side = Side("caller", 0)
    found = [p for begin in range(0, len(sound), step) for p in side.feed(sound[begin : begin + step]) if p.ended]
    return found + side.finish()


@pytest.mark.parametrize("step", [333, 8000, 10**6])
def test_phrases_end_at_pauses_however_the_sound_comes(step: int) -> None:
    pause = np.zeros(RATE, np.int16)
    parts = [spoken("notice"), pause, spoken("to-person"), pause, spoken("notice"), pause]
    found = phrases(np.concatenate(parts), step)
    starts = np.cumsum([0, *(len(part) for part in parts)])
    assert len(found) == 3
    for phrase, begin, end in zip(found, starts[0::2], starts[1::2], strict=False):
        assert abs(phrase.start - begin) < 0.35 * RATE
        assert abs(phrase.end - end) < 0.35 * RATE
        assert len(phrase.sound) == phrase.end - phrase.start
        assert phrase.ended
        assert phrase.has_news


def test_a_phrase_that_goes_on_is_heard_again_when_it_has_grown() -> None:
    sound, side = spoken("please-wait"), Side("caller", 0)
    (phrase,) = side.feed(sound[:RATE])
    assert phrase.has_news
    phrase.heard = phrase.voice
    assert not phrase.has_news
    (same,) = side.feed(sound[RATE : 2 * RATE])
    assert same is phrase
    assert phrase.has_news


def test_somebody_who_never_pauses_is_cut_and_memory_stays_flat() -> None:
    words = spoken("menu-main")[: int(2.2 * RATE)]
    sound = np.tile(words, 20)
    side = Side("caller", 0)
    ended: list[Phrase] = []
    for begin in range(0, len(sound), RATE):
        ended += [p for p in side.feed(sound[begin : begin + RATE]) if p.ended]
        assert len(side._sound) <= (PHRASE_SECONDS + 3) * RATE
    assert len(ended) >= 4
    assert all(len(p.sound) <= PHRASE_SECONDS * RATE for p in ended)
    for before, after in pairwise(ended):
        assert before.end <= after.start


@pytest.mark.parametrize("kind", ["silence", "noise", "tone"])
def test_what_nobody_said_is_no_phrase(kind: str) -> None:
    clock = np.arange(20 * RATE) / RATE
    sound = {
        "silence": np.zeros(20 * RATE),
        "noise": np.random.default_rng(1).normal(size=20 * RATE) * 3000,
        "tone": 9000 * np.sin(2 * np.pi * 425 * clock) * (clock % 5 < 1),
    }[kind].astype(np.int16)
    assert phrases(sound, RATE) == []


def test_what_is_skipped_is_told_with_the_next_phrase() -> None:
    side = Side("caller", 0)
    side.feed(spoken("notice")[: RATE // 2])
    ended = side.skip_to(10 * RATE)
    assert [p.ended for p in ended] == [True]
    assert side.position == 10 * RATE
    (phrase,) = side.feed(spoken("notice"))
    assert phrase.skipped == pytest.approx(9.5)
    assert phrase.start >= 10 * RATE


# -- what may be shown ---------------------------------------------------------------------------------


def words(text: str, start: float = 0.0, each: float = 0.4) -> list[Word]:
    return [Word(start + n * each, start + (n + 1) * each, 0.9, word) for n, word in enumerate(text.split())]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("hello there", "hello there"),
        ("my card is 4111 1111", "my card is"),
        ("my card is four one one one yes two", "my card is"),
        ("у меня номер сорок один одиннадцать", "у меня номер"),
        ("call me in 2 days", "call me in"),
        ("call me in 2 days or so", "call me in 2 days or so"),
        ("in 2 days or so then card 4111", "in 2 days or so then card"),
        ("four one one one", ""),
        ("not this one", "not this one"),
        ("it is one one", "it is"),
        ("попробуйте ещё раз", "попробуйте ещё раз"),
    ],
)
def test_numbers_are_held_back_until_their_run_is_over(said: str, shown: str) -> None:
    each = words(said)
    place = held_from(each, each[-1].end)
    assert " ".join(word.text for word in each[:place]) == shown


def test_a_long_silence_ends_a_run_of_numbers() -> None:
    each = words("it is 42")
    assert held_from(each, each[-1].end + 9) == 2
    assert held_from(each, each[-1].end + 11) == 3
    assert held_from([], 5.0) == 0
    assert held_from(words("Anna Kuznetsova speaks now"), 2.0, newest=True) == 2


@pytest.mark.parametrize(
    ("alert", "said", "heard"),
    [
        ("lawyer", "I call my Lawyer.", "lawyer"),
        ("lawyer", "I call my lawyers", None),
        ("refund*", "they refunded nothing", "refunded"),
        ("money back", "I want my money, back!", "money back"),
        ("money back", "money is not back", None),
        ("жалоб*", "Я подам ЖАЛОБУ", "жалобу"),
        ("ещё раз", "позвоните еще раз", "еще раз"),
        ("*", "anything", None),
    ],
)
def test_alerts_are_words_beginnings_and_rows_of_words(alert: str, said: str, heard: str | None) -> None:
    found = alerts_in(words(said), [alert])
    assert [(name, word.text) for name, word in found] == ([] if heard is None else [(alert, heard)])


@dataclass
class Row:
    call_id: str
    arrived_at: datetime
    connected_at: datetime | None = None
    released_at: datetime | None = None
    ended_at: datetime | None = None


def test_talks_go_before_waits_and_the_oldest_first() -> None:
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    at = [begin + timedelta(seconds=n) for n in range(9)]
    rows: Sequence[Row] = [
        Row("waits", at[0]), Row("talks late", at[3], at[4]), Row("talked", at[1], at[2], at[3]),
        Row("talks", at[2], at[5]),
    ]  # fmt: skip
    assert chosen(rows, 3) == ["talks", "talks late", "waits"]
    assert chosen([], 3) == []
