"""Transcripts in other formats: subtitles that can be read in time, hostile speech, text that other programs take."""

import html
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcripts.exports.formats import LONGEST_CUE, LONGEST_SECONDS, cues, srt, text, vtt
from transcripts.exports.vcon import name_of

NAMES = {"caller": "Dana <b>", "agent": "Anna"}
EVIL = "<script>alert(1)</script> --> & {\\an8} =cmd|' /C calc'!A0"
TIMES = re.compile(r"^(\d\d):(\d\d):(\d\d)[.,](\d{3}) --> (\d\d):(\d\d):(\d\d)[.,](\d{3})$", re.MULTILINE)


def turn(said: str, start: float = 0.0, speaker: str = "caller", each: float = 0.4) -> dict[str, Any]:
    words = [
        {"start": start + at * each, "end": start + at * each + 0.3, "confidence": 0.9, "word": word}
        for at, word in enumerate(said.split())
    ]
    return {"speaker": speaker, "start": start, "end": words[-1]["end"], "text": said, "words": words}


def test_webvtt_has_a_voice_for_each_cue_and_no_markup_of_the_caller() -> None:
    made = vtt([turn(EVIL), turn("How can I help?", 7.25, "agent")], NAMES, "en")
    blocks = made.rstrip("\n").split("\n\n")
    assert blocks[0] == "WEBVTT\nLanguage: en"
    assert blocks[-1] == "00:00:07.250 --> 00:00:08.750\n<v Anna>How can I help?"
    first = blocks[1].split("\n")
    assert len(first) == 2 and first[0].startswith("00:00:00.000 --> ")
    voice, said = first[1].split(">", 1)
    assert voice == "<v Dana &lt;b&gt;" or first[1].startswith("<v Dana &lt;b&gt;>")
    assert "<" not in said.replace("</", "") and "-->" not in first[1]
    assert html.unescape(" ".join(block.split(">", 1)[1] for block in first[1:])).startswith("<script>")


def test_srt_loses_what_players_take_for_markup() -> None:
    made = srt([turn(EVIL)], NAMES)
    assert made.startswith("1\n00:00:00,000 --> 00:00:")
    said = made.split("\n", 2)[2]
    assert "-->" not in said and "<" not in said and "{" not in said
    assert srt([], NAMES) == ""


def test_text_is_a_line_for_each_turn() -> None:
    made = text([turn("Hello\nthere"), turn("How can I help?", 65, "agent")], NAMES)
    assert made == "0:00 Dana <b>: Hello there\n1:05 Anna: How can I help?\n"


def test_each_agent_of_a_transferred_call_has_a_name() -> None:
    names = NAMES | {"agent:anna": "Anna Lee", "agent:boris": "Boris"}
    said = [turn("one moment", 1, "agent") | {"agent": "anna"}, turn("hello", 9, "agent") | {"agent": "boris"}]
    said.append(turn("who is it", 12, "agent") | {"agent": None})
    assert text(said, names) == "0:01 Anna Lee: one moment\n0:09 Boris: hello\n0:12 Anna: who is it\n"
    assert [cue.speaker for cue in cues(said, names)] == ["Anna Lee", "Boris", "Anna"]


def test_masks_are_told_in_words() -> None:
    shown = {"•card•": "•••• card number"}
    made = vtt([turn("my card is •card• thanks")], NAMES, "en", lambda said: said.replace(*next(iter(shown.items()))))
    assert "my card is •••• card number thanks" in made


def test_a_name_of_several_lines_stays_one() -> None:
    made = vtt([turn("hello")], {"caller": "A\n\n00:00:00.000 --> 00:09:00.000\nB"}, "e\nn")
    assert made.count("\n\n") == 1 and len(TIMES.findall(made)) == 1


words = st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=12).filter(str.split), max_size=60)


@given(words, st.floats(0, 4000), st.floats(0.1, 3))
def test_every_word_is_in_a_cue_that_can_be_read(said: list[str], start: float, each: float) -> None:
    flat = [part for word in said for part in word.split()]
    turns = [turn(" ".join(flat), start, each=each)] if flat else []
    found = cues(turns, NAMES)
    assert " ".join(cue.text for cue in found).split() == flat
    for cue in found:
        assert cue.end > cue.start
        assert len(cue.text) <= LONGEST_CUE or " " not in cue.text
        assert cue.end - cue.start <= max(LONGEST_SECONDS, each) + 0.3
    assert len(TIMES.findall(vtt(turns, NAMES, "ru"))) == len(found)


@pytest.mark.parametrize("call_id", ["1700000000.1", "", "пример"])
def test_a_call_keeps_its_name_in_every_vcon(call_id: str) -> None:
    name = name_of(call_id, "2026-03-01T12:00:00+00:00")
    assert (name.version, name.variant) == (8, "specified in RFC 4122")
    assert name == name_of(call_id, "2026-03-01T12:00:00+00:00") != name_of(call_id + "x", "")
