"""The page of the vocabulary: words that people corrected, whether they help, and switching them off."""

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ringback.store.base import utcnow
from transcripts.text import vocabulary, vocabulary_trial
from web.admin import blueprint
from web.context import db, needs, person, settings

LONGEST = 100
"""Signs of a word that is switched."""


@blueprint.get("/vocabulary")
@needs("again")
def vocabulary_page() -> ResponseReturnValue:
    return render_template(
        "admin/vocabulary.html",
        parts=[_part(language) for language in vocabulary_trial.LANGUAGES],
        calls=vocabulary.CALLS,
        stretches=vocabulary.LEAST_TURNS,
    )


@blueprint.post("/vocabulary")
@needs("again")
def switch_word() -> ResponseReturnValue:
    """Switches a word, or all learned words of a language, off or on again."""
    language, word = request.form.get("language", ""), request.form.get("word", "")
    if language not in vocabulary_trial.LANGUAGES or not 0 < len(word) <= LONGEST:
        abort(400)
    vocabulary.switch(db(), language, word, person().name, utcnow(), on=request.form.get("on") == "1")
    db().commit()
    return redirect(url_for("admin.vocabulary_page", _anchor=language))


def _part(language: str) -> dict[str, Any]:
    """One language: {language, engine, state, own, words, off, all_off, held_out, trial}."""
    model = vocabulary.whisper_of(settings(), language)
    last = vocabulary.newest(db(), language)
    off = vocabulary.switched_off(db(), language)
    used = vocabulary.learned(db(), language, model) if model else []
    known = {each.word: each.calls for each in vocabulary.candidates(db(), language)}
    return {
        "language": language,
        "vosk": model is None,
        "state": "used" if used else "unmeasured" if last is None or last.model != model else "unused",
        "own": vocabulary.own_words(settings(), language),
        "words": [{"word": word, "calls": known.get(word)} for word in dict.fromkeys([*used, *known])],
        "off": sorted((row.word, row.by) for row in off.values() if row.word != vocabulary.ALL),
        "all_off": off.get(vocabulary.ALL),
        "held_out": len(vocabulary.held_out(db(), language)),
        "trial": last,
    }
