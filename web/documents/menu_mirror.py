"""What callers do in each menu, as a document: figures from `calls/menu_figures.py`, with what callers said first.

Names and labels are those of the settings in force where they still have the option; what the settings have no more is
shown as it was. Reads only.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from calls.menu_figures import MenuFigures, MenusFigures, OptionFigures, OptionKey, in_time, menu_figures, steps_of
from calls.models import Call
from ringback.config import Menu, Option, Settings
from ringback.messages import say
from transcripts.models import Transcript
from transcripts.search.first_words import FirstWords, TellingWord, first_words, telling
from web.documents.facts import Document

LOOKED_AT = 2000
"""The newest calls with a text whose first words are read."""
SAMPLES = 3
"""Calls of an option that are quoted."""
LEAST_WORDS = 3
"""Of what is worth quoting."""
OPERATOR_KEY = "0"
NO_FIGURES = OptionFigures("", "", "")
Said = dict[OptionKey, list[FirstWords]]


def mirror_document(
    session: Session, settings: Settings, since: datetime, until: datetime, line: str | None, language: str
) -> Document:
    """Of calls that arrived from `since` until before `until`, on one line or on all, for who reads `language`."""
    figures = menu_figures(session, since, until, line)
    said, looked_at = _said(session, since, until, line)
    words = telling({option: [each.text for each in first] for option, first in said.items()})
    names = dict.fromkeys([*_reached(settings, line), *figures.menus])
    return {
        "calls": figures.calls,
        "tries_counted": figures.tries_counted,
        "texts": looked_at,
        "texts_most": LOOKED_AT,
        "menus": [_menu(figures, name, settings.menus.get(name), said, words, settings, language) for name in names],
    }


def _reached(settings: Settings, line: str | None) -> list[str]:
    """Menus of the settings that callers can come to, in the order in which they do."""
    waiting = [each.menu for each in settings.lines if line in (None, each.number)]
    found: dict[str, None] = {}
    while waiting:
        name = waiting.pop(0)
        if name in found or name not in settings.menus:
            continue
        found[name] = None
        waiting += [end.menu for _, end in settings.menus[name].ends() if end.menu is not None]
    return list(found)


def _said(session: Session, since: datetime, until: datetime, line: str | None) -> tuple[Said, int]:
    """First words by option, the newest call first, and of how many calls there are any."""
    has_text = exists().where(Transcript.call_id == Call.call_id, Transcript.state == "done").correlate(Call)
    query = (
        select(Call.call_id, Call.menu_path, Call.arrived_at, Call.connected_at)
        .where(in_time(since, until, line), Call.connected_at.is_not(None), has_text)
        .order_by(Call.arrived_at.desc(), Call.call_id)
        .limit(LOOKED_AT)
    )
    rows = session.execute(query).all()
    begins = {call_id: (connected - arrived).total_seconds() for call_id, _, arrived, connected in rows}
    found = first_words(session, begins)
    said: Said = {}
    for call_id, path, _, _ in rows:
        for option in steps_of(path) if call_id in found else ():
            said.setdefault(option, []).append(found[call_id])
    return said, len(found)


def _menu(
    figures: MenusFigures,
    name: str,
    menu: Menu | None,
    said: Said,
    words: Mapping[OptionKey, list[TellingWord]],
    settings: Settings,
    language: str,
) -> Document:
    counted = figures.menus.get(name) or MenuFigures(name)
    keys = sorted({*(menu.options if menu is not None else ()), *counted.options})
    return {
        "name": name,
        "gone": menu is None,
        "lines": [line.number for line in settings.lines if line.menu == name],
        "heard": counted.heard,
        "chose": counted.chose,
        "silent": counted.silent,
        "wrong": counted.wrong,
        "left": counted.left,
        "to_person": counted.to_person,
        "options": [_option(counted, key, menu, said, words, language) for key in keys],
    }


def _label(key: str, figures: OptionFigures, known: Option | None, language: str) -> str:
    """For who reads; that of an option which the settings have no more, as callers had it."""
    if key == OPERATOR_KEY:
        return say("ivr.operator", {}, language)
    return figures.label if known is None else known.label_in(language)


def _option(
    counted: MenuFigures,
    key: str,
    menu: Menu | None,
    said: Said,
    words: Mapping[OptionKey, list[TellingWord]],
    language: str,
) -> Document:
    figures = counted.options.get(key, NO_FIGURES)
    known = menu.options.get(key) if menu is not None else None
    labels = set() if known is None else {known.label, *known.labels.values()}
    renamed = known is not None and bool(figures.label) and figures.label not in labels
    option = (counted.name, key)
    return {
        "key": key,
        "label": _label(key, figures, known, language),
        "was_called": figures.label if renamed else None,
        "gone": known is None and key != OPERATOR_KEY,
        "taken": figures.taken,
        "share": counted.share(key),
        "waited": figures.waited,
        "answered": figures.answered,
        "abandoned": figures.abandoned,
        "passed_on": figures.passed_on,
        "passed_on_to": [
            {"kind": kind, "name": name, "calls": calls} for (kind, name), calls in figures.passed_on_to.most_common()
        ],
        "came_back": figures.came_back,
        "came_back_same": figures.came_back_same,
        "words": [{"word": each.word, "calls": each.calls} for each in words.get(option, ())],
        "said": [
            {"call_id": each.call_id, "at": round(each.at, 1), "text": each.text}
            for each in said.get(option, ())
            if len(each.text.split()) >= LEAST_WORDS
        ][:SAMPLES],
        "texts": len(said.get(option, ())),
    }
