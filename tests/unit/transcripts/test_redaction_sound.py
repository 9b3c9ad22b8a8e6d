"""What is silenced of a call and what counts as a leak: pure, no model and no store."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from recording.files import sha256_of
from transcripts.engines.recogniser import RATE, Word
from transcripts.redaction.detect import RedactionRules
from transcripts.redaction.intervals import REACH, SecretInterval, Silence, listen_again, silences, unheard
from transcripts.redaction.proof import Sounds, leaks_in, silence_block, write_masked
from transcripts.redaction.speakers import Talk


def said(text: str, start: float = 0.0, each: float = 0.5) -> list[Word]:
    return [Word(start + at * each, start + at * each + 0.4, 0.9, word) for at, word in enumerate(text.split())]


def test_the_speakers_side_is_silent_up_to_the_words_around_the_secret() -> None:
    words = {"caller": said("my card is") + said("4111 1111 1111 1111", 5.0) + said("thanks", 12.0), "agent": []}
    found = silences([SecretInterval("card", "caller", 5.0, 6.9)], words, 60.0, 0.25)
    assert found == [Silence(0, 1.4, 12.0), Silence(1, 4.75, 7.15)]


def test_sound_far_from_the_secret_is_left_and_nothing_lies_outside_the_call() -> None:
    words = {"caller": said("4111 1111 1111 1111", 30.0), "agent": []}
    (own, _) = silences([SecretInterval("card", "caller", 30.0, 31.9)], words, 40.0, 0.25)
    assert (own.start, own.end) == (30.0 - REACH, 40.0)


def test_groups_with_the_others_yes_between_leave_that_yes_to_be_heard() -> None:
    words = {"caller": said("4111 1111") + said("1111 1111", 6.0), "agent": said("yes", 3.0)}
    other = [
        each for each in silences([SecretInterval("card", "caller", 0.0, 6.9)], words, 20.0, 0.25) if each.channel == 1
    ]
    assert [(each.start, each.end) for each in other] == [(0.0, 1.15), (5.75, 7.15)]


class Counted(Word):
    """A word that counts how often its time is looked at."""

    looks = 0

    def __getattribute__(self, name: str) -> Any:
        if name in ("start", "end"):
            Counted.looks += 1
        return super().__getattribute__(name)


def looks(places: int) -> int:
    """How often words are looked at to silence so many secrets among a hundred times as many words."""
    words = [Counted(at * 1.0, at + 0.4, 0.9, "word") for at in range(100 * places)]
    intervals = [SecretInterval("card", "caller", 100.0 * at, 100.0 * at + 4.0) for at in range(places)]
    Counted.looks = 0
    found = silences(intervals, {"caller": words}, 1e6, 0.25)
    assert len([each for each in found if each.channel == 0]) == places
    return Counted.looks


def test_a_call_of_four_times_the_length_takes_four_times_the_work() -> None:
    assert looks(80) <= 5 * looks(20)


def test_an_answer_that_nobody_understood_is_suspect_until_the_other_says_something_again() -> None:
    agent = said("what is the security code please") + said("now let us go on with that", 9.0)
    talk = Talk.of({"agent": agent, "caller": []})
    ranges = {"caller": [[4.0, 6.0], [11.0, 13.0]]}
    found = unheard(talk, ranges, frozenset({"code"}))
    assert {(interval.kind, interval.start, interval.source) for interval in found} == {("code", 4.0, "unheard")}
    assert unheard(talk, ranges, frozenset({"phone"})) == []


@pytest.mark.parametrize("begin", [0, 600, 800, 1000, 1599])
def test_silence_is_the_same_in_whatever_pieces_a_file_is_read(begin: int) -> None:
    whole = np.full((2000, 2), 1000, np.int16)
    pieces = whole.copy()
    silent = [Silence(0, 0.1, 0.2)]
    silence_block(whole, 0, silent)
    silence_block(pieces[:begin], 0, silent)
    silence_block(pieces[begin:], begin, silent)
    assert (whole == pieces).all()
    assert not whole[800:1600, 0].any()
    assert (whole[:, 1] == 1000).all()
    assert 0 < whole[780, 0] < 1000
    assert whole[750, 0] == whole[1650, 0] == 1000


def test_a_masked_copy_keeps_length_format_and_the_other_side(tmp_path: Path) -> None:
    sound = np.random.default_rng(1).integers(-9000, 9000, (3 * RATE, 2), dtype=np.int16)
    source, target, peaks = tmp_path / "a.flac", tmp_path / "a.masked.flac", tmp_path / "a.masked.json"
    soundfile.write(source, sound, RATE)
    done = write_masked(Sounds(source, target, peaks, "1"), [Silence(0, 1.0, 2.0)], lambda: None)
    found, rate = soundfile.read(target, dtype="int16")
    assert (rate, len(found), done.sha256) == (RATE, 3 * RATE, sha256_of(target, lambda: None))
    assert not found[RATE : 2 * RATE, 0].any()
    assert (found[:, 1] == sound[:, 1]).all()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.flac", "a.masked.flac", "a.masked.json"]


def leaks(heard_words: dict[str, list[Word]], **rules: Any) -> list[tuple[str, float]]:
    known = [SecretInterval("card", "caller", 5.0, 9.0)]
    return [
        (leak.kind, leak.start)
        for leak in leaks_in(heard_words, known, [Silence(0, 4.0, 10.0)], RedactionRules(**rules), {})
    ]


def test_a_digit_that_sticks_out_of_a_silence_is_a_leak() -> None:
    assert leaks({"caller": said("my card is") + said("seven", 10.1), "agent": []}) == [("card", 10.1)]
    assert leaks({"caller": said("my card is") + said("thanks", 10.1), "agent": []}) == []


@pytest.mark.parametrize("text", ["one moment", "two minutes", "thank you"])
def test_what_people_say_after_a_number_is_no_leak(text: str) -> None:
    assert leaks({"caller": said(text, 10.1), "agent": []}) == []


def test_a_number_that_is_still_heard_is_a_leak_wherever_it_is() -> None:
    assert leaks({"caller": said("4111 1111 1111 1111", 30.0), "agent": []}) == [("card", 30.0)]


def test_a_password_that_is_still_heard_is_known_by_its_words_and_nothing_else_is_taken_for_it() -> None:
    words = {"caller": said("my password is blue sunshine"), "agent": []}
    known = [SecretInterval("password", "caller", 1.5, 2.4)]
    for text, found in (("my password is thank you", []), ("it was sunshine you said", [("password", 31.0)])):
        heard = {"caller": said("my password is"), "agent": said(text, 30.0)}
        leaked = leaks_in(heard, known, [Silence(0, 1.0, 3.0)], RedactionRules(), words)
        assert [(leak.kind, leak.start) for leak in leaked] == found


def test_what_is_said_of_a_password_is_not_listened_to_again_but_a_question_for_it_is() -> None:
    spoken_of = Talk.of({"caller": said("I forgot my password yesterday"), "agent": []})
    asked = Talk.of({"caller": [], "agent": said("what is your password please")})
    assert listen_again((), spoken_of, frozenset({"password"}), 60.0) == []
    assert listen_again((), asked, frozenset({"password"}), 60.0) == [(0.0, pytest.approx(16.9))]
