"""Searching what was said: the page with its form, and the searches that a person keeps."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ringback.config import Settings
from ringback.store.base import utc
from transcripts.search import saved
from transcripts.search.errors import SearchError
from transcripts.search.form import given
from transcripts.search.models import SavedSearch
from transcripts.search.service import CANDIDATES
from web import access, i18n
from web.context import db, now, person, settings
from web.documents.facts import Document
from web.documents.search import matches_document, saved_document, search_document
from web.i18n import told
from web.labels import label
from web.library.call_marks import AddTo, add_to
from web.search import blueprint
from web.search.words import word
from web.security import is_htmx

SHOWN = ("q", "speaker", "agent", "from", "to")
"""Fields that the page always shows; the others are behind "More filters" until one of them says something."""


@dataclass(frozen=True)
class SearchPage:
    """Everything that search/search.html and search/found.html show."""

    found: Document
    asked: dict[str, str]
    shows: Literal["calls", "no_page", "nothing", "start"]
    """In place of results: no_page, past the last one; nothing, what else may be asked; start, how it goes."""
    order: str | None
    """For the links to other pages of the same results."""
    before: str | None
    link: Callable[..., str]
    """The address of a question."""
    more_open: bool
    everything: bool
    """Whether who asks finds all calls, and may choose an agent."""
    choices: dict[str, list[tuple[str, str]]]
    kept: list[Document]
    """The saved searches."""
    candidates: int
    """So many of the newest calls are put in order, the best first."""
    search_word: Callable[[str, str], str]
    fault: str | None
    """Why the search was not saved or changed just now."""
    saved_name: str
    """The name to save it under, as it was typed."""
    add_to: AddTo | None
    """The form that adds ticked calls to a playlist; None: who asks does not train."""
    oob: bool
    """Whether htmx puts the question into the form that saves it."""


@blueprint.get("/search")
def search() -> ResponseReturnValue:
    """The page, or for htmx its results; every question is a link of its own."""
    return _page()


def _page(fault: str | None = None, name: str = "") -> ResponseReturnValue:
    own = access.only_own(db(), person())
    document = search_document(db(), request.values, now(), settings(), own)
    page = SearchPage(
        found=document,
        asked=document["asked"],
        shows=_shows(document),
        order="newest" if document["order"] == "newest" else None,
        before=request.values.get("before"),
        link=_link,
        more_open=any(field not in SHOWN for field in document["asked"]),
        everything=own is None,
        choices=choices(settings()),
        kept=[saved_document(each) for each in saved.kept_by(db(), person().name)],
        candidates=CANDIDATES,
        search_word=word,
        fault=fault,
        saved_name=name,
        add_to=add_to(),
        oob=is_htmx(),
    )
    template = "search/found.html" if is_htmx() and fault is None else "search/search.html"
    return render_template(template, **vars(page))


def _shows(found: Document) -> Literal["calls", "no_page", "nothing", "start"]:
    asked = found["asked"]
    if found["calls"]:
        return "calls"
    if found["total"] and found["page"] > 1:
        return "no_page"
    only_notices = found["notices"] and not found["total"] and not asked.get("q")
    return "nothing" if asked and not only_notices else "start"


def _link(asked: dict[str, str], **more: Any) -> str:
    """The address of a question."""
    return url_for("search.search", **{**asked, **{name: value for name, value in more.items() if value is not None}})


def choices(setup: Settings) -> dict[str, list[tuple[str, str]]]:
    """What the settings let the form offer: (value, words) by field."""
    language = i18n.choose_language()
    answers = {
        option.label_in(language): None
        for survey in setup.surveys.values()
        for question in survey.questions
        for option in question.options.values()
    }
    served = dict.fromkeys(["en", "ru", *setup.served_languages])
    return {
        "agent": [(agent.name, agent.display) for agent in setup.agents],
        "queue": [(name, queue.name_in(language)) for name, queue in setup.queues.items()],
        "language": [(code, str(label("language", code))) for code in served],
        "line": [(line.number, f"{line.name} {line.number}") for line in setup.lines],
        "survey": [(name, name) for name in answers],
    }


@blueprint.post("/searches")
def keep_search() -> ResponseReturnValue:
    """Keeps the question under a name."""
    name = request.form.get("name", "")
    alert = request.form.get("alert") == "yes"
    try:
        saved.keep(
            db(),
            person().name,
            name,
            request.form,
            only_agent=None if person().may("all_calls") else person().name,
            alert=alert,
            alarms=person().may("alarms"),
            now=utc(now()),
        )
    except SearchError as error:
        db().rollback()
        return make_response(_page(told(error.message), name[: saved.NAME_MAX]), 400)
    db().commit()
    flash(_("The search was saved."))
    return redirect(_link(given(request.form)) + "#kept")


@blueprint.get("/searches/<uuid:key>")
def search_matches(key: uuid.UUID) -> ResponseReturnValue:
    """The calls that a saved search told of; they are seen with this."""
    row = _own(key)
    call_ids = saved.look(db(), row, utc(now()))
    db().commit()
    return render_template(
        "search/matches.html",
        search=row,
        calls=matches_document(db(), call_ids, access.only_own(db(), person())),
        link=_link,
    )


@blueprint.post("/searches/<uuid:key>/<any(rename, on, off, delete):action>")
def change_search(key: uuid.UUID, action: str) -> ResponseReturnValue:
    """Renames a saved search, switches its alert, or deletes it."""
    row, moment = _own(key), utc(now())
    try:
        if action == "rename":
            saved.rename(db(), row, request.form.get("name", ""))
        elif action == "delete":
            saved.drop(db(), row, moment)
            flash(_("The search was deleted."))
        else:
            saved.switch(db(), row, action == "on", moment)
    except SearchError as error:
        db().rollback()
        return make_response(_page(told(error.message)), 400)
    db().commit()
    return redirect(url_for("search.search") + "#kept")


def _own(key: uuid.UUID) -> SavedSearch:
    return saved.owned(db(), key, person().name) or abort(404)
