"""`ringback lookup order 4711`: what a caller would hear who looks this number up, asked of the real system.

Owns how that is asked for and told; asking is `lookups/`'s, what is said `ivr/states/lookup.py`'s.
"""

import asyncio
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from app.options import ConfigOption, JsonOption, print_json
from ringback import config

if TYPE_CHECKING:
    from lookups.answers import SystemAnswer


@dataclass(frozen=True)
class TriedLookup:
    """What became of it."""

    outcome: str
    """found, unknown, failed"""
    answer: str
    """Of found: which of the answers."""
    seconds: float
    heard: str
    """What a caller hears, as people would write it; names of prompts stand for those that nobody has written down."""
    why: str
    """Of failed: what is wrong; else empty."""


def add_to(app: typer.Typer) -> None:
    """Makes it a command of the program."""
    app.command()(lookup)


def lookup(
    name: Annotated[str, typer.Argument(help="One of `lookups` in the settings.")],
    number: Annotated[str, typer.Argument(help="What a caller would enter.")],
    path: ConfigOption = None,
    language: Annotated[str | None, typer.Option(help="That of the first line if left out.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Looks a number up as callers do, and says what they would hear; exit status 1 where that is no answer."""
    settings = config.load(path)
    tried = try_lookup(settings, name, number, language or settings.lines[0].language)
    if as_json:
        print_json(asdict(tried))
    else:
        told = tried.outcome + (f" ({tried.answer})" if tried.answer else "") + (f": {tried.why}" if tried.why else "")
        typer.echo(f"{told} after {tried.seconds:.2f} s; a caller hears: {tried.heard}")
    if tried.outcome == "failed":
        raise typer.Exit(1)


def try_lookup(settings: config.Settings, name: str, number: str, language: str) -> TriedLookup:
    """Raises LookupFailed for a lookup that is not there and for what no caller could enter."""
    from lookups.answers import FAILED
    from lookups.errors import LookupFailed

    known = settings.lookups.get(name)
    if known is None:
        raise LookupFailed("lookups.no_lookup", name=name, known=sorted(settings.lookups))
    if not (number.isascii() and number.isdigit() and len(number) <= known.digits):
        raise LookupFailed("lookups.no_number", number=number, most=known.digits)
    answer, why = FAILED, ""
    took: list[float] = []
    try:
        answer = asyncio.run(_ask(settings, name, number, took))
    except LookupFailed as error:
        why = str(error)
    prompts = _prompts(known, answer, language)
    if prompts is None:
        answer, why, prompts = FAILED, f"its values cannot be spoken ({language})", [known.fallback]
    heard = " ".join(_words(settings, language, prompt) for prompt in prompts)
    return TriedLookup(answer.outcome, answer.answer, took[0], heard, why)


async def _ask(settings: config.Settings, name: str, number: str, took: list[float]) -> "SystemAnswer":
    """`took` gets the seconds until the answer."""
    from lookups.http import HttpAsker
    from ringback.secrets import lookup_secret

    client, began = HttpAsker(), time.monotonic()
    try:
        return await client.ask(settings.lookups[name], number, lookup_secret(settings, name))
    finally:
        took.append(time.monotonic() - began)
        await client.close()


def _prompts(known: config.Lookup, answer: "SystemAnswer", language: str) -> list[str] | None:
    """In order; None: the values cannot be said."""
    from ivr.states.lookup import value_prompts

    if answer.outcome != "found":
        return [known.unknown if answer.outcome == "unknown" else known.fallback]
    values = value_prompts(language, answer.values, time.time())
    return None if values is None else [known.answers[answer.answer], *values]


def _words(settings: config.Settings, language: str, prompt: str) -> str:
    from prompts.files import own_folder, text_of, value_texts
    from prompts.values.plain import PAUSE

    if prompt == PAUSE:
        return "-"
    return value_texts(language).get(prompt) or text_of(language, prompt, own_folder(settings)) or prompt
