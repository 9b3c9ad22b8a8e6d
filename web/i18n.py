"""Languages, sentences and times as people read them: the catalogs, the choice of language, the filters of templates.

The catalogs are read from the .po files themselves, so there is no compiling step to forget. Who chooses the
language: the person's own setting, else the cookie of the switch, else what the browser asks for; on the public form
its address (`lang`), else the browser.
"""

import io
import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, has_request_context, request
from flask_babel import Babel, Domain, format_datetime, get_locale
from flask_login import current_user
from markupsafe import Markup, escape

from ringback.foreign_text import DIRECTION
from ringback.messages import Message, pieces
from web import problem_details
from web.context import now, settings

LANGUAGES = {"en": "English", "ru": "Русский"}
COOKIE = "language"
Facts = Mapping[str, Any]
FOLDER = Path(__file__).parent / "translations"
_BIDI = re.compile(f"[{DIRECTION}]")


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for "translate this where it is shown"
    """Marks words of a page for the catalogs; the page that shows them translates them."""
    return text


class PoDomain(Domain):
    """flask-babel's domain, over .po files."""

    def get_translations(self) -> NullTranslations:
        locale = str(get_locale() or "en")
        if locale not in self.cache:
            self.cache[locale] = catalog(locale)
        return self.cache[locale]


def catalog(locale: str) -> NullTranslations:
    """The translations of `locale`; English is the source and has none."""
    path = FOLDER / locale / "LC_MESSAGES" / "messages.po"
    if not path.is_file():
        return NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=locale))
    compiled.seek(0)
    return Translations(compiled)


def choose_language() -> str:
    """The language of this request."""
    if not has_request_context() or problem_details.is_asked():
        return "en"
    if request.endpoint == "public.form":
        # Nobody is signed in there: the owner's site says which language its page is in.
        asked = request.args.get("lang", "")
        return asked if asked in LANGUAGES else request.accept_languages.best_match(list(LANGUAGES)) or "en"
    own = getattr(getattr(current_user, "row", None), "language", "")
    if own in LANGUAGES:
        return own
    cookie = request.cookies.get(COOKIE, "")
    if cookie in LANGUAGES:
        return cookie
    return request.accept_languages.best_match(list(LANGUAGES)) or "en"


def told(what: Message | str | None, facts: Facts | None = None) -> str:
    """A message, or a code with its facts, in the reader's language. Empty for none."""
    return "".join(words for words, _ in _pieces(what, facts))


def said(what: Message | str | None, facts: Facts | None = None) -> Markup:
    """`told` for a page: words that stay English in another language's sentence say that they are."""
    reader = _reader()
    return Markup("").join(
        escape(words) if language == reader else Markup('<span lang="{}">{}</span>').format(language, words)
        for words, language in _pieces(what, facts)
    )


def _pieces(what: Message | str | None, facts: Facts | None) -> Iterator[tuple[str, str]]:
    if isinstance(what, Message):
        return pieces(what.code, what.facts, _reader())
    return pieces(what, facts or {}, _reader()) if what else iter(())


def _reader() -> str:
    return str(get_locale() or "en")


def plain(text: str | None) -> str:
    """Text from outside without characters that change how its neighbours are shown (control, direction)."""
    return "".join(sign for sign in _BIDI.sub("", str(text or "")) if unicodedata.category(sign) != "Cc")


def span(seconds: float | None) -> str:
    """A duration: 0:07, 12:40, 1:02:03; a dash when there is none."""
    if seconds is None:
        return "–"
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


def _time(at: str | datetime | None, pattern: str) -> str:
    if at is None:
        return "–"
    return str(format_datetime(datetime.fromisoformat(at) if isinstance(at, str) else at, pattern))


def day(at: str | datetime | None) -> str:
    """The date in the settings' time zone: 21 Nov 2025."""
    return _time(at, "d MMM y")


def clock(at: str | datetime | None) -> str:
    """The time of day in the settings' time zone: 22:41."""
    return _time(at, "HH:mm")


def clock_seconds(at: str | datetime | None) -> str:
    """The time of day in the settings' time zone: 22:41:07."""
    return _time(at, "HH:mm:ss")


def epoch(at: str) -> float:
    """Seconds since the epoch, for the clocks that the page itself advances."""
    return datetime.fromisoformat(at).timestamp()


def init(app: Flask) -> None:
    """Gives `app` its languages and filters."""
    babel = Babel()
    babel.init_app(app, locale_selector=choose_language, timezone_selector=lambda: settings().timezone)
    babel.domain_instance = PoDomain()
    for function in (told, said, plain, span, day, clock, clock_seconds, epoch):
        app.add_template_filter(function)
    app.add_template_global(now, "page_time")
    app.add_template_global(lambda: str(get_locale()), "language_code")
