"""Names and texts of the prompts: what can be said, in which order, and whether it is there.

The text of each prompt lies in `sounds/<language>.yaml`, its sound in `sounds/<language>/<name>.wav`
(8 kHz, mono, 16 bit). A recording of the owner's own, `<own folder>/<language>/<name>.wav`, goes before
the shipped one and may bring new names. Making the sounds is `ringback/prompt_builder.py`; playing them is
Asterisk's, to whom each is `ringback/<name>` in the channel's language.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from ringback.config import Settings
from ringback.errors import RingbackError

SOUNDS = Path(__file__).parent / "sounds"
LANGUAGES = ("en", "ru")
LAST_POSITION = 10
"""The last place in line that has a prompt of its own; behind it `position-many` is said."""
WAIT_MINUTES = (1, 2, 3, 5, 10, 15, 20, 30, 45, 60)
"""The expected waits that have a prompt of their own, each "less than ..."; above them `wait-long` is said."""
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")

CORE = (
    "welcome-short",
    "menu-invalid",
    "menu-silent",
    "to-person",
    "please-wait",
    "no-answer",
    "survey-thanks",
    "goodbye",
    "unknown-line",
    "trouble",
    "position-many",
    *(f"position-{n}" for n in range(1, LAST_POSITION + 1)),
    *(f"digit-{n}" for n in range(10)),
)
"""What the call itself says, whatever the settings are."""

WAITING = (
    *(f"wait-{minutes}" for minutes in WAIT_MINUTES),
    "wait-long",
    "redial-place",
    "closed",
    "closing-soon",
    "leave-message",
    "message-thanks",
)
"""What the line says: the expected wait, the place that was kept, and that we are closed."""

CALLBACK = (
    "callback-offer",
    "callback-thanks",
    "callback-already",
    "callback-later",
    "callback-brief",
    "callback-connecting",
    "callback-forbidden",
    "callback-limit",
    "callback-number",
)
"""What is said around a promise to call back; the number is asked for with the prompts of FALLBACK."""

AGENT = ("agent-logged-in", "agent-logged-out", "agent-paused", "agent-resumed", "agent-unknown-code")
"""What agents hear who use feature codes on their phone."""

FALLBACK = (
    "fallback-apology",
    "fallback-offer",
    "fallback-number",
    "fallback-confirm",
    "fallback-enter",
    "fallback-bad-number",
    "fallback-thanks",
    "fallback-no-number",
)
"""What asterisk-conf/agi-bin/fallback.py says besides."""


class PromptError(RingbackError):
    """A prompt or its text cannot be used as it is."""


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


def read_texts(path: Path) -> dict[str, Prompt]:
    """The prompts of one text file by name, in its order. Raises PromptError with file and name."""
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise PromptError(f"{path} cannot be read as a file of prompt texts: {error}") from error
    if not isinstance(raw, dict):
        raise PromptError(f"{path} holds no prompts: write one `name: text` a line.")
    return {str(name): _prompt(path, str(name), value) for name, value in raw.items()}


def _prompt(path: Path, name: str, value: object) -> Prompt:
    if not NAME.fullmatch(name):
        raise PromptError(f"{path}: {name!r} is no name for a prompt: use small letters, digits, - and _.")
    fields = value if isinstance(value, dict) else {"text": value}
    if unknown := set(fields) - {"text", "say", "pace"}:
        raise PromptError(f"{path}: {name} has {', '.join(sorted(map(str, unknown)))}: only text, say, pace are known.")
    text, pace = fields.get("text"), fields.get("pace", 1)
    say = fields.get("say", text)
    if not (isinstance(text, str) and text.strip() and isinstance(say, str) and say.strip()):
        raise PromptError(f"{path}: {name} has no text: write `{name}: the words`.")
    if not isinstance(pace, int | float) or not 0.5 <= pace <= 2:
        raise PromptError(f"{path}: {name} has pace {pace}: give a number from 0.5 (slow) to 2 (fast).")
    return Prompt(name, text.strip(), say.strip(), float(pace))


@cache
def texts(language: str) -> dict[str, str]:
    """What the shipped prompts of `language` (en, ru) say, by name."""
    return {name: prompt.text for name, prompt in read_texts(SOUNDS / f"{language}.yaml").items()}


def position_prompts(position: int) -> tuple[str, ...]:
    """What to say to the caller in place `position` of the line; 1 is next."""
    if position < 1:
        raise ValueError(f"place {position} in line: the first is 1")
    return (f"position-{position}" if position <= LAST_POSITION else "position-many",)


def wait_prompts(minutes: float | None) -> tuple[str, ...]:
    """What to say to a caller who will wait at most so long: the next larger bound; None: nothing is known."""
    if minutes is None:
        return ()
    bound = next((bound for bound in WAIT_MINUTES if minutes <= bound), None)
    return ("wait-long" if bound is None else f"wait-{bound}",)


def digits_prompts(digits: str) -> tuple[str, ...]:
    """A number said digit by digit; signs that are no ASCII digits (+, spaces) are left out."""
    return tuple(f"digit-{digit}" for digit in digits if digit in "0123456789")


def sound_files(language: str, own: Path | None = None) -> dict[str, Path]:
    """Every prompt of `language` with the file to play: the owner's `<own>/<language>/` before the shipped."""
    folders = [SOUNDS / language] + ([own / language] if own is not None else [])
    return {file.stem: file for folder in folders for file in sorted(folder.glob("*.wav"))}


def used(settings: Settings) -> dict[str, dict[str, str]]:
    """Language -> prompt name -> where the settings ask for it (or that Ringback itself does)."""
    needed: dict[str, dict[str, str]] = {}
    for number, line in enumerate(settings.lines):
        names = needed.setdefault(
            line.language, dict.fromkeys(CORE + WAITING + CALLBACK + AGENT + FALLBACK, "every line")
        )
        if line.notice is not None:
            names.setdefault(line.notice, f"lines.{number}.notice")
        names.setdefault(line.greeting, f"lines.{number}.greeting")
        for menu_name, menu in settings.menus.items():
            names.setdefault(menu.prompt, f"menus.{menu_name}.prompt")
        for survey_name, survey in settings.surveys.items():
            names.setdefault(survey.prompt, f"surveys.{survey_name}.prompt")
    return needed


def missing(settings: Settings, own: Path | None = None) -> list[str]:
    """One sentence for each prompt that the settings name and nobody has recorded; none: all can be played."""
    sentences = []
    for language, names in used(settings).items():
        there = sound_files(language, own)
        folder = (own or Path("<data>/sounds")) / language
        for name, place in names.items():
            if name not in there:
                sentences.append(
                    f"{place}: there is no prompt {name} in language {language}: "
                    f"put a recording at {folder / (name + '.wav')} or name one of `ringback prompts list`."
                )
    return sentences
