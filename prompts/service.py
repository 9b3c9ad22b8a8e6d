"""What others may ask of prompts: that words which stand in the settings become sounds, before anybody hears them.

An owner may write words wherever a prompt is named; they are played by a name that is made of them (`said-...`), so
other words are another file, and a caller who is inside goes on hearing those that the call began with.
"""

import fcntl
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from prompts import builder, files, links
from prompts.errors import PromptBuildError, PromptError
from prompts.files import Prompt
from prompts.made import MadeNote, put
from prompts.sound import RATE, wav
from prompts.voices import voice_of
from ringback.config import Settings
from ringback.messages import Message, message, words_of

Words = Mapping[str, Mapping[str, str]]
"""Language -> name of a prompt -> what it says."""


@dataclass(frozen=True)
class UnmadeSound:
    """Words that nobody can hear, and what to do."""

    language: str
    name: str
    words: str
    why: Message


@dataclass
class MadeSounds:
    """What became of the words."""

    made: list[Path] = field(default_factory=list)
    """Files that are new; those that were there already are not among them."""
    failed: list[UnmadeSound] = field(default_factory=list)
    """Whoever asked must not go on while there are any."""

    def refuse(self) -> None:
        """Raises PromptBuildError with everything that could not be made, if anything."""
        if self.failed:
            raise PromptBuildError("prompts.unsaid_words", why=[each.why for each in self.failed])


def make_sounds(settings: Settings, echo: Callable[[str], None], words: Words | None = None) -> MadeSounds:
    """Has spoken what of the words in the settings is no sound yet, and makes it playable by the Asterisk that runs.

    Where one sentence fails, those that were spoken are kept, since their names say what they are, and `failed` says in
    words for people that not all can be heard: a voice that is missing, a full disk. A sound that is there, made or
    recorded by the owner, is left as it is. `echo` gets a line for each file. Raises PromptBuildError where the
    folder that Asterisk plays from cannot be written.
    """
    done = MadeSounds()
    own = files.own_folder(settings)
    for language, wanted in (files.spoken(settings) if words is None else words).items():
        there = files.sound_files(language, own)
        missing = {name: said for name, said in wanted.items() if name not in there}
        if missing:
            _make(settings, language, missing, done, echo)
    try:
        links.link_all(settings)
    except OSError as error:
        raise PromptBuildError("prompts.not_written", file=settings.asterisk_sounds, why=words_of(error)) from error
    return done


def unspeakable(settings: Settings) -> Iterator[tuple[str, UnmadeSound]]:
    """Words that are no sound yet, in languages without a voice: where the settings ask for them, and what to do."""
    own = files.own_folder(settings)
    why = {language: _missing_voice(settings, language) for language in files.spoken(settings)}
    for language, place, each in files.named(settings):
        fault = why.get(language)
        if fault is not None and language in each.words and str(each) not in files.sound_files(language, own):
            yield place, _unspoken(settings, language, str(each), each.words[language], fault)


def _missing_voice(settings: Settings, language: str) -> Message | None:
    try:
        voice_of(language, settings.data).check()
    except PromptBuildError as error:
        return error.message
    return None


def _unspoken(settings: Settings, language: str, name: str, said: str, why: Message) -> UnmadeSound:
    file = files.own_folder(settings) / language / f"{name}.wav"
    return UnmadeSound(language, name, said, message("prompts.no_words_without_voice", words=said, why=why, file=file))


def _make(
    settings: Settings, language: str, missing: Mapping[str, str], done: MadeSounds, echo: Callable[[str], None]
) -> None:
    folder = files.own_folder(settings) / language
    if (fault := _missing_voice(settings, language)) is not None:
        done.failed += [_unspoken(settings, language, name, said, fault) for name, said in missing.items()]
        return
    voice = voice_of(language, settings.data)
    for name, said in missing.items():
        file = folder / f"{name}.wav"
        prompt = Prompt(name, said, said)
        try:
            sound = builder.render(prompt, voice)
            with _alone(folder):
                if file.exists():
                    continue  # somebody else was asked for the same
                put(file, wav(sound))
                MadeNote(folder / "made.json").note(file, builder.recipe_of(prompt, voice))
        except PromptError as error:
            why = message("prompts.not_made", words=said, why=error.message, file=file)
            done.failed.append(UnmadeSound(language, name, said, why))
        except OSError as error:
            why = message("prompts.not_written", file=file, why=words_of(error))
            done.failed.append(UnmadeSound(language, name, said, why))
        else:
            done.made.append(file)
            echo(f"{file}: {len(sound) / RATE:.1f} s")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """While another process writes sounds into the folder, this one waits."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
