"""Recordings of the owner's own: a draft that is heard first, then taken into use, and given back again.

Owns `<data>/spool/prompts`: one draft for each prompt (`<language>/<name>.wav`, beside it who made it), and the codes
by which an agent's phone may record one (`codes/<code>`, `phone/<code>.wav`). What is in use lies in the owner's folder
of sounds; a draft is made with the level and the edges of the others, whatever it came as. Files alone: the side of the
phone is Asterisk's (`asterisk-conf/extensions.conf.j2`), which knows no rows.
"""

import json
import secrets
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import soundfile

from prompts import files, links
from prompts.errors import PromptBuildError, PromptError
from prompts.made import MadeNote, put
from prompts.names import LANGUAGE, NAME
from prompts.reading import read_sound
from prompts.service import make_sounds
from prompts.sound import RATE, joined, resample, trim, wav
from ringback.config import Settings
from ringback.config.spoken import MADE
from ringback.messages import Message, words_of

CODE_SECONDS = 30 * 60
"""How long a code lets a phone record."""
MOST_CODES = 20
"""Codes at one time: as many recordings can be waiting."""
SHORTEST_SECONDS = 0.2
"""What is shorter is a click."""


@dataclass(frozen=True)
class PromptDraft:
    """A recording that nobody hears yet but who looks at it."""

    seconds: float
    by: str
    source: str
    """upload, browser, phone, before: what was in use until somebody went back."""
    at: float
    """When it was made, seconds since the epoch."""


@dataclass(frozen=True)
class PhoneCode:
    """Lets a phone record one prompt."""

    code: str
    """Dialled after *15."""
    until: float


def draft_file(settings: Settings, language: str, name: str) -> Path:
    """Where the draft of a prompt lies, if there is one. Raises PromptError: these name no prompt."""
    if not LANGUAGE.fullmatch(language) or not NAME.fullmatch(name):
        raise PromptError("prompts.no_such", name=name[:80], language=language[:10])
    return settings.prompt_spool / language / f"{name}.wav"


def draft_of(settings: Settings, language: str, name: str) -> PromptDraft | None:
    """The draft of a prompt; None: there is none."""
    file = draft_file(settings, language, name)
    try:
        told: dict[str, Any] = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
        return PromptDraft(**told) if file.exists() else None
    except (OSError, ValueError, TypeError):
        return None


def put_draft(settings: Settings, language: str, name: str, data: bytes | Path, by: str, source: str) -> PromptDraft:
    """Makes a draft of any sound, in place of the one before: 8 kHz, one channel, cut and as loud as the others.

    Raises PromptError: it cannot be read, is too long, or silent; OSError where it cannot be written.
    """
    file = draft_file(settings, language, name)
    samples, rate = read_sound(data)
    if len(samples) < SHORTEST_SECONDS * rate:
        raise PromptError("prompts.too_short")
    sound = joined([trim(resample(samples, rate))])
    put(file, wav(sound))
    draft = PromptDraft(len(sound) / RATE, by, source, time.time())
    put(file.with_suffix(".json"), json.dumps(asdict(draft)).encode())
    return draft


def discard(settings: Settings, language: str, name: str) -> None:
    """The draft is gone."""
    file = draft_file(settings, language, name)
    for each in (file, file.with_suffix(".json")):
        each.unlink(missing_ok=True)


def use(settings: Settings, language: str, name: str) -> None:
    """Callers hear the draft from now on; what was recorded before becomes the draft. Raises PromptError: no draft."""
    file = draft_file(settings, language, name)
    if draft_of(settings, language, name) is None:
        raise PromptError("prompts.no_draft")
    target = files.own_folder(settings) / language / file.name
    data, before = file.read_bytes(), _recording(settings, language, name)
    put(target, data)
    discard(settings, language, name)
    if before is not None:
        _keep(settings, language, name, before)
    links.link_all(settings)


def go_back(settings: Settings, language: str, name: str) -> None:
    """Callers hear what is shipped, or made of the words, again; the recording becomes a draft.

    Raises PromptError: there is no recording, or nothing to go back to; then nothing has changed.
    """
    before = _recording(settings, language, name)
    if before is None:
        raise PromptError("prompts.no_recording")
    target = files.own_folder(settings) / language / f"{name}.wav"
    words = files.spoken(settings).get(language, {}).get(name) if name.startswith(MADE) else None
    if words is None and name not in files.played_files(language):
        raise PromptError("prompts.nothing_before")
    target.unlink()
    if words is not None:
        made = make_sounds(settings, lambda _: None, {language: {name: words}})
        if made.failed:
            put(target, before)
            links.link_all(settings)
            made.refuse()
    _keep(settings, language, name, before)
    links.link_all(settings)


def whose(settings: Settings, language: str, name: str) -> str:
    """Who made what callers hear: own (recorded), made (of words, or brought by a map), shipped, borrowed (in English),
    missing."""
    own = files.own_folder(settings)
    if _recording(settings, language, name) is not None:
        return "own"
    if (own / language / f"{name}.wav").exists():
        return "made"
    if name in files.sound_files(language):
        return "shipped"
    return "borrowed" if name in files.played_files(language) else "missing"


def _recording(settings: Settings, language: str, name: str) -> bytes | None:
    """A person's own; None: there is none, or Ringback made what is there."""
    file = files.own_folder(settings) / language / f"{name}.wav"
    if not file.exists():
        return None
    try:
        ours = MadeNote(file.with_name("made.json")).is_ours(file)
    except PromptBuildError:
        ours = False  # the note is damaged: rather a person's than lost
    return None if ours else file.read_bytes()


def _keep(settings: Settings, language: str, name: str, before: bytes) -> None:
    """As a draft, so that it can be taken again."""
    file = draft_file(settings, language, name)
    put(file, before)
    try:
        seconds = float(soundfile.info(str(file)).duration)
    except soundfile.SoundFileError:
        seconds = 0.0  # something that was put there by hand
    put(file.with_suffix(".json"), json.dumps(asdict(PromptDraft(seconds, "", "before", time.time()))).encode())


# -- a phone records -----------------------------------------------------------------------------


def code_for(settings: Settings, language: str, name: str, by: str) -> PhoneCode:
    """A code by which a phone records this prompt. Raises PromptError: too many are open."""
    draft_file(settings, language, name)
    take_from_phones(settings)
    folder = settings.prompt_spool / "codes"
    folder.mkdir(parents=True, exist_ok=True)
    if len(list(folder.iterdir())) >= MOST_CODES:
        raise PromptError("prompts.too_many_codes")
    code = f"{secrets.randbelow(10_000):04}"
    while (folder / code).exists():
        code = f"{secrets.randbelow(10_000):04}"
    (settings.prompt_spool / "phone").mkdir(exist_ok=True)
    put(folder / code, json.dumps({"language": language, "name": name, "by": by}).encode())
    return PhoneCode(code, time.time() + CODE_SECONDS)


def open_code(settings: Settings, language: str, name: str) -> PhoneCode | None:
    """The code that is still good for this prompt."""
    for file, told in _codes(settings):
        until = file.stat().st_mtime + CODE_SECONDS
        if (told["language"], told["name"]) == (language, name) and until > time.time():
            return PhoneCode(file.name, until)
    return None


def take_from_phones(settings: Settings) -> list[Message]:
    """What phones have recorded becomes drafts, and codes that are old go; returns why what was no sound was not taken.

    A phone that goes on recording has no `.done` beside its sound yet.
    """
    faults: list[Message] = []
    for file, told in _codes(settings):
        sound = settings.prompt_spool / "phone" / f"{file.name}.wav"
        done = sound.with_suffix(".done")
        if done.exists():
            try:
                put_draft(settings, told["language"], told["name"], sound, told["by"], "phone")
            except (PromptError, OSError) as error:
                faults.append(words_of(error))
        elif file.stat().st_mtime + CODE_SECONDS > time.time():
            continue
        file.unlink(missing_ok=True)
        done.unlink(missing_ok=True)
    _tidy(settings.prompt_spool)
    return faults


def _tidy(folder: Path) -> None:
    """Sounds of phones go when their code would have: just now a phone may still be playing its own."""
    for sound in (folder / "phone").glob("*.wav"):
        if sound.stat().st_mtime + CODE_SECONDS < time.time() and not (folder / "codes" / sound.stem).exists():
            sound.unlink(missing_ok=True)


def _codes(settings: Settings) -> list[tuple[Path, dict[str, str]]]:
    found = []
    for file in sorted((settings.prompt_spool / "codes").glob("[0-9][0-9][0-9][0-9]")):
        try:
            told = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if isinstance(told, dict) and {"language", "name", "by"} <= told.keys():
            found.append((file, told))
    return found
