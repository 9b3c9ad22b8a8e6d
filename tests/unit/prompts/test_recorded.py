"""Recordings of the owner's own: heard as a draft first, then by callers, and given back without being lost."""

import io
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from prompts import files, recorded, uploads, voices
from prompts.errors import PromptError
from prompts.recorded import code_for, discard, draft_of, go_back, open_code, put_draft, take_from_phones, use, whose
from prompts.service import make_sounds
from prompts.uploads import PIECE_BYTES, add_piece, take
from ringback.config import EntryPoint, Settings
from tests.support.whistle import Whistle

ENGLISH = files.SOUNDS / "en"


def hum(hertz: float = 440, seconds: float = 1.0, height: float = 0.1) -> bytes:
    """A recording that is quieter than a prompt, between two silences, at another rate."""
    rate = 44100
    tone = height * np.sin(2 * np.pi * hertz * np.arange(round(rate * seconds)) / rate)
    file = io.BytesIO()
    soundfile.write(file, np.concatenate([np.zeros(rate), tone, np.zeros(rate)]), rate, format="FLAC")
    return file.getvalue()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data")


@pytest.fixture
def played(settings: Settings) -> Callable[[], Path]:
    """The file that Asterisk plays for the greeting."""
    return (settings.asterisk_sounds / "en" / "ringback" / "welcome.wav").resolve


def test_a_draft_is_heard_by_nobody_and_is_made_like_the_others(settings: Settings) -> None:
    draft = put_draft(settings, "en", "welcome", hum(), "eva", "upload")
    assert draft_of(settings, "en", "welcome") == draft
    assert (draft.by, draft.source) == ("eva", "upload")
    assert draft.seconds == pytest.approx(1.2, abs=0.05), "silence at both ends is cut"
    sound, rate = soundfile.read(settings.prompt_spool / "en" / "welcome.wav")
    assert (rate, sound.ndim) == (8000, 1)
    assert 20 * np.log10(np.sqrt(np.mean(sound[1600:8000] ** 2))) == pytest.approx(-19, abs=0.3)
    assert files.played_files("en", files.own_folder(settings))["welcome"] == ENGLISH / "welcome.wav"
    assert whose(settings, "en", "welcome") == "shipped"


def test_taken_into_use_it_is_what_callers_hear_and_going_back_keeps_it(
    settings: Settings, played: Callable[[], Path]
) -> None:
    put_draft(settings, "en", "welcome", hum(), "eva", "browser")
    use(settings, "en", "welcome")
    own = settings.data.resolve() / "sounds" / "en" / "welcome.wav"
    assert (played(), whose(settings, "en", "welcome")) == (own, "own")
    assert draft_of(settings, "en", "welcome") is None
    first = own.read_bytes()

    put_draft(settings, "en", "welcome", hum(900), "eva", "browser")
    use(settings, "en", "welcome")
    kept = draft_of(settings, "en", "welcome")
    assert kept is not None and kept.source == "before"
    assert (settings.prompt_spool / "en" / "welcome.wav").read_bytes() == first, "the one before waits as the draft"

    go_back(settings, "en", "welcome")
    assert (played(), whose(settings, "en", "welcome")) == (ENGLISH / "welcome.wav", "shipped")
    assert draft_of(settings, "en", "welcome") is not None, "what was in use is not lost"
    with pytest.raises(PromptError, match="no recording of yours"):
        go_back(settings, "en", "welcome")


def test_a_draft_that_is_gone_is_told(settings: Settings) -> None:
    put_draft(settings, "en", "welcome", hum(), "eva", "upload")
    discard(settings, "en", "welcome")
    assert draft_of(settings, "en", "welcome") is None
    with pytest.raises(PromptError, match="no draft any more"):
        use(settings, "en", "welcome")


def test_words_that_were_recorded_are_spoken_again(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    voice = Whistle()
    monkeypatch.setitem(voices.VOICES, "en", lambda data: voice)
    line = EntryPoint.model_validate({"number": "1000", "name": "x", "greeting": {"en": "Hello there."}})
    spoken = settings.model_copy(update={"lines": [line]})
    name = str(line.greeting)
    make_sounds(spoken, lambda told: None)
    assert whose(spoken, "en", name) == "made"
    put_draft(spoken, "en", name, hum(), "eva", "upload")
    use(spoken, "en", name)
    assert whose(spoken, "en", name) == "own"
    go_back(spoken, "en", name)
    assert (whose(spoken, "en", name), voice.heard) == ("made", ["Hello there."] * 2)

    put_draft(spoken, "en", name, hum(), "eva", "upload")
    use(spoken, "en", name)
    monkeypatch.delitem(voices.VOICES, "en")
    with pytest.raises(PromptError, match="cannot be spoken here"):
        go_back(spoken, "en", name)
    assert whose(spoken, "en", name) == "own", "without a voice callers go on hearing the recording"


def test_a_prompt_that_is_the_owners_alone_cannot_go_back(settings: Settings) -> None:
    put_draft(settings, "en", "hello-sales", hum(), "eva", "upload")
    use(settings, "en", "hello-sales")
    with pytest.raises(PromptError, match="nothing else that callers could hear"):
        go_back(settings, "en", "hello-sales")
    assert (settings.data / "sounds" / "en" / "hello-sales.wav").exists()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"<svg onload=alert(1)>", "no sound that can be read"),
        (hum(seconds=70), "longer than 60 s"),
        (hum(height=0), "silence"),
        (hum()[:200], "no sound that can be read"),
    ],
)
def test_what_is_no_prompt_is_no_draft(settings: Settings, data: bytes, sentence: str) -> None:
    with pytest.raises(PromptError, match=sentence):
        put_draft(settings, "en", "welcome", data, "eva", "upload")
    assert draft_of(settings, "en", "welcome") is None


@pytest.mark.parametrize(("language", "name"), [("..", "welcome"), ("en", "../../x"), ("en", ".hidden"), ("EN", "a")])
def test_names_are_no_paths(settings: Settings, language: str, name: str) -> None:
    with pytest.raises(PromptError, match="There is no prompt"):
        put_draft(settings, language, name, hum(), "eva", "upload")
    with pytest.raises(PromptError, match="There is no prompt"):
        code_for(settings, language, name, "eva")


# -- by phone ------------------------------------------------------------------------------------


def recorded_by_phone(settings: Settings, code: str, data: bytes) -> None:
    """As Asterisk leaves it."""
    sound = settings.prompt_spool / "phone" / f"{code}.wav"
    sound.write_bytes(data)
    sound.with_suffix(".done").write_text("1")


def test_a_code_lets_a_phone_record_one_draft(settings: Settings) -> None:
    made = code_for(settings, "en", "welcome", "eva")
    assert len(made.code) == 4 and made.code.isdigit()
    assert open_code(settings, "en", "welcome") is not None
    assert open_code(settings, "en", "goodbye") is None
    (settings.prompt_spool / "phone" / f"{made.code}.wav").write_bytes(hum())
    assert take_from_phones(settings) == []
    assert draft_of(settings, "en", "welcome") is None, "the phone goes on recording"
    recorded_by_phone(settings, made.code, hum())
    assert take_from_phones(settings) == []
    draft = draft_of(settings, "en", "welcome")
    assert draft is not None and (draft.by, draft.source) == ("eva", "phone")
    assert open_code(settings, "en", "welcome") is None, "a code is good for one recording"


def test_what_a_phone_left_that_is_no_sound_is_told(settings: Settings) -> None:
    made = code_for(settings, "en", "welcome", "eva")
    recorded_by_phone(settings, made.code, hum(height=0))
    assert [str(fault) for fault in take_from_phones(settings)] == [
        "There is only silence in it: check the microphone, or the voice and its text."
    ]
    assert take_from_phones(settings) == []


def test_codes_end_and_are_few(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(recorded.MOST_CODES):
        code_for(settings, "en", "welcome", "eva")
    with pytest.raises(PromptError, match="Too many codes"):
        code_for(settings, "en", "goodbye", "eva")
    late = time.time() + recorded.CODE_SECONDS + 1
    monkeypatch.setattr(recorded.time, "time", lambda: late)
    assert open_code(settings, "en", "welcome") is None
    assert code_for(settings, "en", "goodbye", "eva").code
    assert len(list((settings.prompt_spool / "codes").iterdir())) == 1


# -- in pieces -----------------------------------------------------------------------------------


def test_a_file_comes_in_pieces_and_one_that_comes_twice_does_no_harm(settings: Settings) -> None:
    data, upload = hum(seconds=5), uuid.uuid4()
    for at in range(0, len(data), PIECE_BYTES):
        for _ in range(2):
            add_piece(settings, upload, at, data[at : at + PIECE_BYTES])
    assert take(settings, upload) == data
    with pytest.raises(PromptError, match="lost on its way"):
        take(settings, upload)


def test_a_piece_that_is_missing_is_told(settings: Settings) -> None:
    with pytest.raises(PromptError, match="lost on its way"):
        add_piece(settings, uuid.uuid4(), PIECE_BYTES, b"x")


def test_uploads_are_bounded(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    upload = uuid.uuid4()
    add_piece(settings, upload, 0, b"x" * 100)
    with pytest.raises(PromptError, match="larger than"):
        add_piece(settings, upload, uploads.LARGEST_BYTES, b"x")
    with pytest.raises(PromptError, match="larger than"):
        add_piece(settings, upload, 0, b"x" * (PIECE_BYTES + 1))
    assert list((settings.prompt_spool / "uploads").iterdir()) == []
    for _ in range(uploads.MOST_UPLOADS):
        add_piece(settings, uuid.uuid4(), 0, b"x")
    with pytest.raises(PromptError, match="Too many files"):
        add_piece(settings, uuid.uuid4(), 0, b"x")
    late = time.time() + uploads.LEFT_SECONDS + 1
    monkeypatch.setattr(uploads.time, "time", lambda: late)
    assert add_piece(settings, uuid.uuid4(), 0, b"x") == 1, "what nobody went on with made room"
