"""The page of the vocabulary: words that people corrected, whether they help, and switching them off."""

from dataclasses import dataclass

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ringback.store.base import utcnow
from transcripts.text import vocabulary
from transcripts.text.models import VocabularyTrial
from web.admin import blueprint
from web.context import db, needs, person, settings

LONGEST = 100
"""Characters of a word that is switched."""


@dataclass(frozen=True)
class LanguageVocabulary:
    """The part of admin/vocabulary.html about one language."""

    language: str
    only_vosk: bool
    """Whether its recogniser cannot be given words."""
    state: str
    """off, used, unused, unmeasured"""
    all_off: bool
    own: list[str]
    """From the settings."""
    words: list[tuple[str, int | None]]
    """Those that were learned, with how many calls they were corrected in; None: not known any more."""
    off: list[tuple[str, str]]
    """Those that were switched off, with who did."""
    trial: VocabularyTrial | None
    """The newest measurement."""
    held_out: int | None
    """How many corrected turns there are to measure with, while they are too few."""


@blueprint.get("/vocabulary")
@needs("again")
def vocabulary_page() -> ResponseReturnValue:
    return render_template(
        "admin/vocabulary.html",
        parts=[_part(language) for language in vocabulary.languages(settings())],
        calls=vocabulary.CALLS,
        least_turns=vocabulary.LEAST_TURNS,
    )


@blueprint.post("/vocabulary")
@needs("again")
def switch_word() -> ResponseReturnValue:
    """Switches a word, or all learned words of a language, off or on again."""
    language, word = request.form.get("language", ""), request.form.get("word", "")
    if language not in vocabulary.languages(settings()) or not 0 < len(word) <= LONGEST:
        abort(400)
    vocabulary.switch(db(), language, word, person().name, utcnow(), on=request.form.get("on") == "1")
    db().commit()
    return redirect(url_for("admin.vocabulary_page", _anchor=language))


def _part(language: str) -> LanguageVocabulary:
    model = vocabulary.whisper_of(settings(), language)
    last = vocabulary.newest(db(), language)
    off = vocabulary.switched_off(db(), language)
    used = vocabulary.learned(db(), language, model) if model else []
    known = {each.word: each.calls for each in vocabulary.candidates(db(), language)}
    words = [(word, known.get(word)) for word in dict.fromkeys([*used, *known])]
    all_off, held_out = vocabulary.ALL in off, len(vocabulary.held_out(db(), language))
    state = "used" if used else "unmeasured" if last is None or last.model != model else "unused"
    waits = last is None and bool(words) and held_out < vocabulary.LEAST_TURNS and model is not None
    return LanguageVocabulary(
        language=language,
        only_vosk=model is None,
        state="off" if all_off else state,
        all_off=all_off,
        own=vocabulary.own_words(settings(), language),
        words=words,
        off=sorted((row.word, row.by) for row in off.values() if row.word != vocabulary.ALL),
        trial=last,
        held_out=held_out if waits else None,
    )
