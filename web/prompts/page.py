"""The prompts in use, and one of them, as their pages show them."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from prompts import files, recorded
from prompts.errors import PromptError
from prompts.recorded import PhoneCode, PromptDraft
from ringback.config import Settings
from ringback.config.spoken import MADE
from ringback.store.base import utc

OWN_FIRST = ("missing", "own", "made", "borrowed", "shipped")
"""What an owner looks for stands first."""


@dataclass(frozen=True)
class PromptRow:
    """One prompt in one language."""

    name: str
    text: str
    """What it says, where that is known; else empty."""
    seconds: float | None
    """None: nobody can hear it."""
    whose: str
    """own, made, shipped, borrowed, missing: see `prompts.recorded.whose`."""
    place: str
    """Where the settings ask for it."""
    draft: PromptDraft | None


@dataclass(frozen=True)
class PromptsPage:
    """Everything that prompts/prompts.html shows."""

    served: str
    """The language of the callers."""
    languages: list[str]
    """Those that callers are served in."""
    rows: list[PromptRow]
    counts: dict[str, int]
    """How many are whose."""


@dataclass(frozen=True)
class PromptPage:
    """Everything that prompts/prompt.html shows."""

    served: str
    """The language of the callers."""
    row: PromptRow
    may_go_back: bool
    code: PhoneCode | None
    until: datetime | None
    """Of the code."""
    fault: str = ""


def names_of(settings: Settings, language: str) -> dict[str, str]:
    """The prompts that callers of a language hear, with the place that asks for each."""
    own_words = {str(each): place for spoken, place, each in files.named(settings) if spoken == language}
    return own_words | files.used(settings).get(language, {})


def prompts_page(settings: Settings, language: str) -> PromptsPage:
    """Of a language that callers are served in."""
    rows = [_row(settings, language, name, place) for name, place in names_of(settings, language).items()]
    rows.sort(key=lambda row: (row.draft is None, OWN_FIRST.index(row.whose)))
    counts = {whose: sum(row.whose == whose for row in rows) for whose in OWN_FIRST}
    return PromptsPage(language, settings.served_languages, rows, {each: n for each, n in counts.items() if n})


def prompt_page(settings: Settings, language: str, name: str, fault: str = "") -> PromptPage | None:
    """None: callers of this language are never told this prompt."""
    place = names_of(settings, language).get(name)
    if place is None:
        return None
    row = _row(settings, language, name, place)
    before = name.startswith(MADE) or name in files.played_files(language)
    code = recorded.open_code(settings, language, name)
    until = utc(code.until) if code is not None else None
    return PromptPage(language, row, row.whose == "own" and before, code, until, fault)


def _row(settings: Settings, language: str, name: str, place: str) -> PromptRow:
    own = files.own_folder(settings)
    whose = recorded.whose(settings, language, name)
    heard = files.FOREIGN if whose == "borrowed" else language
    return PromptRow(
        name=name,
        text=_text(settings, language, name),
        seconds=files.seconds_of(heard, name, own),
        whose=whose,
        place=place,
        draft=recorded.draft_of(settings, language, name),
    )


def _text(settings: Settings, language: str, name: str) -> str:
    """What a prompt says, or is meant to say; empty: nobody has written it down."""
    said = files.spoken(settings).get(language, {}).get(name)
    if said is None:
        with suppress(PromptError):
            said = files.text_of(language, name, files.own_folder(settings))
    if said is None:
        shipped = language if (files.TEXTS / f"{language}.yaml").exists() else files.FOREIGN
        said = files.texts(shipped).get(name)
    return said or ""
