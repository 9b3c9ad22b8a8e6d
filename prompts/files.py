"""Texts and sounds of the prompts: which file is played for a name, and whether it is there.

The text of each prompt lies in `texts/<language>.yaml`, its sound in `sounds/<language>/<name>.wav`
(8 kHz, mono, 16 bit). A recording of the owner's own, `<own folder>/<language>/<name>.wav`, goes before
the shipped one and may bring new names. Making the sounds is `prompts/builder.py`'s, playing them Asterisk's.
"""

import wave
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from prompts.errors import PromptError
from prompts.names import EVERY_LINE, LANGUAGE, NAME, WORDS
from ringback.config import Settings, Spoken
from ringback.config.remarks import Way
from ringback.config.spoken import MADE, spoken_in
from ringback.messages import Message, message, words_of

TEXTS = Path(__file__).parent / "texts"
SOUNDS = Path(__file__).parent / "sounds"
VALUES = "values"
"""`values.<language>.yaml` has the texts of pieces, which are spoken as parts of something longer."""
FOREIGN = "en"
"""The language of what is shipped where a language that an owner brought has no recording of it."""

CHARACTERS_A_SECOND = {"en": 17.1, "ru": 14.2}
"""How fast the voices of the shipped prompts speak, pauses counted: measured over all that are longer than a word."""
SLOWEST = min(CHARACTERS_A_SECOND.values())
"""For other languages."""


@dataclass(frozen=True)
class Prompt:
    """One prompt in one language."""

    name: str
    text: str
    """What people hear, as they would write it."""
    say: str
    """The same spelled for the voice; mostly the text itself."""
    pace: float = 1.0
    """How fast: 1 is the voice's own pace, 0.8 is slower."""
    quiet: float = 0.0
    """Seconds of silence, which are all of it; 0: it is spoken."""


def read_texts(path: Path) -> dict[str, Prompt]:
    """The prompts of one text file by name, in its order. Raises PromptError with file and name."""
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise PromptError("prompts.unreadable", file=path, why=words_of(error)) from error
    if not isinstance(raw, dict):
        raise PromptError("prompts.empty", file=path)
    return {str(name): _prompt(path, str(name), value) for name, value in raw.items()}


def _prompt(path: Path, name: str, value: object) -> Prompt:
    if not NAME.fullmatch(name):
        raise PromptError("prompts.odd_name", file=path, name=name)
    fields = value if isinstance(value, dict) else {"text": value}
    if unknown := set(fields) - {"text", "say", "pace", "quiet"}:
        raise PromptError("prompts.unknown_fields", file=path, name=name, fields=sorted(map(str, unknown)))
    text, pace = fields.get("text"), fields.get("pace", 1)
    say = fields.get("say", text)
    if not (isinstance(text, str) and text.strip() and isinstance(say, str) and say.strip()):
        raise PromptError("prompts.no_text", file=path, name=name)
    if not isinstance(pace, int | float) or not 0.5 <= pace <= 2:
        raise PromptError("prompts.odd_pace", file=path, name=name, pace=pace)
    quiet = fields.get("quiet", 0)
    if not isinstance(quiet, int | float) or not 0 <= quiet <= 5:
        raise PromptError("prompts.odd_quiet", file=path, name=name, quiet=quiet)
    return Prompt(name, text.strip(), say.strip(), float(pace), float(quiet))


@cache
def texts(language: str) -> dict[str, str]:
    """What the shipped prompts of `language` (en, ru) say, by name."""
    return {name: prompt.text for name, prompt in read_texts(TEXTS / f"{language}.yaml").items()}


@cache
def value_texts(language: str) -> dict[str, str]:
    """What the shipped pieces say of which values are put together; {}: the language has none."""
    file = TEXTS / f"{VALUES}.{language}.yaml"
    return {name: piece.text for name, piece in read_texts(file).items()} if file.exists() else {}


def languages(own: Path | None = None) -> list[str]:
    """Every language that there is: a text file `<language>.yaml` or a folder of sounds, shipped or the owner's."""
    folders = [TEXTS, SOUNDS] + ([own] if own is not None else [])
    found = {path.stem for folder in folders for path in folder.glob("*.yaml")}
    found |= {path.name for folder in folders for path in folder.glob("*/")}
    return sorted(name for name in found if LANGUAGE.fullmatch(name))


def sound_files(language: str, own: Path | None = None) -> dict[str, Path]:
    """Every prompt of `language` with the file to play: the owner's `<own>/<language>/` before the shipped."""
    folders = [SOUNDS / language] + ([own / language] if own is not None else [])
    return {file.stem: file for folder in folders for file in sorted(folder.glob("*.wav"))}


def played_files(language: str, own: Path | None = None) -> dict[str, Path]:
    """What callers of `language` hear: where nobody has recorded a prompt in it, the one of FOREIGN."""
    return sound_files(FOREIGN) | sound_files(language, own)


def sound_file(language: str, name: str, own: Path | None = None) -> Path:
    """The file to play for one prompt, as `sound_files` has it; whether it is there is not looked at."""
    recorded = own / language / f"{name}.wav" if own is not None else None
    return recorded if recorded is not None and recorded.exists() else SOUNDS / language / f"{name}.wav"


def text_of(language: str, name: str, own: Path | None = None) -> str | None:
    """What callers of `language` hear under this name, in words; None: nobody has written it down.

    Words in the settings come first, then the owner's texts (`<own>/<language>.yaml`), then the shipped ones, unless
    the owner has recorded something else. Raises PromptError for texts that cannot be read.
    """
    if isinstance(name, Spoken) and language in name.words:
        return name.words[language]
    if own is not None and (own / f"{language}.yaml").exists():
        written = read_texts(own / f"{language}.yaml").get(name)
        if written is not None:
            return written.text
    if own is not None and (own / language / f"{name}.wav").exists():
        return None
    return texts(language).get(name) if (TEXTS / f"{language}.yaml").exists() else None


def seconds_of(language: str, name: str, own: Path | None = None) -> float | None:
    """How long the sound of a prompt is; None: there is none, or it cannot be read."""
    try:
        with wave.open(str(sound_file(language, name, own))) as sound:
            return sound.getnframes() / sound.getframerate()
    except (OSError, EOFError, wave.Error, ZeroDivisionError):
        return None


def estimated_seconds(text: str, language: str) -> float:
    """About how long a voice takes for a text that is no sound yet."""
    return len(text) / CHARACTERS_A_SECOND.get(language, SLOWEST)


def own_folder(settings: Settings) -> Path:
    """Where an owner puts recordings of their own: `<data>/sounds/<language>/<name>.wav`."""
    return settings.data.resolve() / "sounds"


def named(settings: Settings) -> Iterator[tuple[str, str, Spoken]]:
    """Everything that the settings have said: in which language, where they ask for it, and what it is.

    What callers of a line cannot come to is not asked for in its languages.
    """
    for number, line in enumerate(settings.lines):
        menus = settings.menus_of(line)
        lookups = {each.lookup for _, each in settings.destinations_of(line)}
        for way, spoken in spoken_in(settings):
            match way:
                case ("lines", int(at), *_) if at != number:
                    continue
                case ("menus", str(name), *_) if name not in menus:
                    continue
                case ("lookups", str(name), *_) if name not in lookups:
                    continue
            for language in (line.language, *line.languages):
                yield language, ".".join(str(part) for part in way), spoken
        for name in menus:
            for key, option in settings.menus[name].options.items():
                for language in (line.language, *line.languages):
                    if option.said_back is not None and option.words_in(language):
                        yield language, f"menus.{name}.options.{key}.words", option.said_back


def used(settings: Settings) -> dict[str, dict[str, str]]:
    """Language -> prompt name -> where the settings ask for it (or that Ringback itself does).

    What the settings say in words of that language is not among them: its sound is made of the words (`spoken`).
    """
    needed = {language: dict.fromkeys(EVERY_LINE, "every line") for language in settings.served_languages}
    for spoken_language in set(settings.spoken_languages) & set(needed):
        needed[spoken_language].update(dict.fromkeys(WORDS, "every line"))
    for language, place, each in named(settings):
        if language not in each.words:
            needed[language].setdefault(str(each), place)
    for names in needed.values():
        names.setdefault(settings.callbacks.introduction, "callbacks.introduction")
    return needed


def spoken(settings: Settings) -> dict[str, dict[str, str]]:
    """Language -> prompt name -> the words of which its sound is made."""
    found: dict[str, dict[str, str]] = {}
    for language, _, each in named(settings):
        if language in each.words:
            found.setdefault(language, {})[str(each)] = each.words[language]
    return found


@dataclass(frozen=True)
class MissingPrompt:
    """A prompt that the settings name and nobody has recorded."""

    place: str
    """Where the settings ask for it."""
    name: str
    language: str
    file: Path
    """Where its recording would be looked for."""

    @property
    def what(self) -> Message:
        if self.name.startswith(MADE):
            return message("prompts.no_words", place=self.place, language=self.language)
        return message("prompts.missing", place=self.place, name=self.name, language=self.language)

    @property
    def mend(self) -> Message:
        return message("prompts.record_or_name", file=self.file)

    @property
    def unrecorded(self) -> Message:
        """Both in one sentence, for those who see the place already."""
        if self.name.startswith(MADE):
            return message("prompts.words_wanted", language=self.language)
        return message("prompts.unrecorded", name=self.name, language=self.language, file=self.file)


def missing(settings: Settings, own: Path | None = None) -> list[MissingPrompt]:
    """Every prompt that callers cannot be played; none: all can. Languages that are not there at all are left out.

    What the owner named must be there in the language of the line; what is shipped is `borrowed` from FOREIGN.
    """
    found = []
    for language, lacking in _lacking(settings, own).items():
        folder = (own or Path("<data>/sounds")) / language
        found += [
            MissingPrompt(place, name, language, folder / f"{name}.wav")
            for name, place in lacking.items()
            if name not in sound_files(FOREIGN)
        ]
    return found


def borrowed(settings: Settings, own: Path | None = None) -> dict[str, list[str]]:
    """By language the names of the prompts that callers hear in FOREIGN, because nobody recorded them."""
    shipped = sound_files(FOREIGN)
    found = {
        language: [name for name in lacking if name in shipped] for language, lacking in _lacking(settings, own).items()
    }
    return {language: names for language, names in found.items() if names}


def unknown_languages(settings: Settings, own: Path | None = None) -> list[tuple[Way, str]]:
    """Languages of lines that have neither a folder nor a file, with their place in the settings."""
    there = languages(own)
    found: list[tuple[Way, str]] = []
    for number, line in enumerate(settings.lines):
        found.append((("lines", number, "language"), line.language))
        found += [(("lines", number, "languages", at), each) for at, each in enumerate(line.languages)]
    return [(way, language) for way, language in found if language not in there]


def _lacking(settings: Settings, own: Path | None) -> dict[str, dict[str, str]]:
    """By language what is used and not recorded in it, with the place that asks for it."""
    known = languages(own)
    found = {}
    for language, names in used(settings).items():
        if language in known:
            there = sound_files(language, own)
            found[language] = {name: place for name, place in names.items() if name not in there}
    return found
