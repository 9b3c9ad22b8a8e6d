"""Short links as customers open them, and receipts of gateways. Needs no account, no cookie and no script.

Opening a link changes nothing, because mail programs and scanners open every address that they see; its button does.
"""

import json
import logging
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from flask import Response, g, jsonify, make_response, redirect, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import force_locale

from channels import links, receipts, stopping, survey_links
from channels.errors import NoSuchLink
from channels.models import ShortLink
from ringback.config.surveys import Survey
from ringback.messages import Message
from ringback.store.base import utc
from ringback.store.engine import STORE_FAULTS
from web import i18n
from web.context import db, now, settings
from web.links import blueprint
from web.security import may_send_form_to

log = logging.getLogger(__name__)
MOST_WORDS = survey_links.MOST_WORDS


@dataclass(frozen=True)
class AskedQuestion:
    """One question of a survey."""

    name: str
    words: str
    options: list[tuple[str, str]]
    """(key, label)"""


@dataclass(frozen=True)
class LinkPage:
    """Everything that links/link.html shows."""

    kind: str
    """go (a site or a document is behind it), survey, stop; thanks, stopped (it is done); gone, away (it cannot be)"""
    language: str
    here: str = ""
    where: str = ""
    """The host of the site, or the name of the document."""
    is_document: bool = False
    from_name: str = ""
    questions: list[AskedQuestion] = field(default_factory=list)
    has_words: bool = False
    """The customer may write words of their own."""
    most_words: int = MOST_WORDS
    fault: Message | None = None
    nothing_chosen: bool = False
    status: int = 200


@blueprint.get("/l/<token>")
def link(token: str) -> ResponseReturnValue:
    """What the link leads to, with the button that goes there."""
    try:
        return _shown(_page_of(_found(token)))
    except NoSuchLink as error:
        return _shown(_gone(error))
    except STORE_FAULTS as error:
        return _shown(_away(error))


@blueprint.post("/l/<token>")
def go(token: str) -> ResponseReturnValue:
    """A person goes on."""
    try:
        found = _found(token)
        match found.kind:
            case "survey":
                return _shown(_answered(found))
            case "stop":
                stopping.stop(db(), settings(), found, utc(now()))
                db().commit()
                return _shown(replace(_page_of(found), kind="stopped"))
            case "document":
                return _document(found)
            case _:
                return _site(found)
    except NoSuchLink as error:
        db().rollback()
        return _shown(_gone(error))
    except STORE_FAULTS as error:
        return _shown(_away(error))


@blueprint.route("/m/<token>", methods=["GET", "POST"])
def receipt(token: str) -> ResponseReturnValue:
    """A gateway says what became of a text message."""
    try:
        state = receipts.take_receipt(db(), settings(), token[:64], _told(), utc(now()))
        db().commit()
    except NoSuchLink:
        return jsonify({"error": "unknown"}), 404
    return jsonify({"state": state})


def _told() -> Mapping[str, Any]:
    """What a gateway says, in whichever way it does."""
    if request.mimetype == "application/json":
        try:
            found = json.loads(request.get_data(cache=False))
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}
    return {**request.args.to_dict(), **request.form.to_dict()}


def _found(token: str) -> ShortLink:
    found = links.find(db(), token, utc(now()))
    if found.kind == "telegram":
        raise NoSuchLink("channels.no_link")
    return found


def _site(found: ShortLink) -> ResponseReturnValue:
    to = found.target
    _page_of(found)  # the site may have been taken off the settings
    links.clicked(db(), found, utc(now()))
    db().commit()
    return redirect(to, 303)


def _document(found: ShortLink) -> ResponseReturnValue:
    file = links.open_document(settings(), found.target)
    links.clicked(db(), found, utc(now()))
    db().commit()
    kind = mimetypes.guess_type(found.target)[0] or "application/octet-stream"
    return send_file(file, mimetype=kind, as_attachment=True, download_name=found.target, max_age=0)


def _answered(found: ShortLink) -> LinkPage:
    survey = _survey(found)
    keys = {name: request.form.get(f"q-{name}", "") for name in survey.names}
    words = request.form.get("words", "")
    no_more = request.form.get("no_more") == "1"
    if not any(keys.values()) and not words.strip() and not no_more:
        return replace(_page_of(found), nothing_chosen=True, status=400)
    survey_links.answer(db(), found, survey, keys, words[: 2 * MOST_WORDS], utc(now()), no_more=no_more)
    db().commit()
    return LinkPage("thanks", _language(found), from_name=settings().channels.from_name)


def _survey(found: ShortLink) -> Survey:
    survey = settings().surveys.get(found.target)
    if survey is None:
        raise NoSuchLink("channels.link_over")
    return survey


def _page_of(found: ShortLink) -> LinkPage:
    language = _language(found)
    page = LinkPage("go", language, here=f"{links.PREFIX}{found.token}", from_name=settings().channels.from_name)
    if found.kind == "stop":
        return replace(page, kind="stop")
    if found.kind == "survey":
        if found.used_at is not None:
            raise NoSuchLink("channels.link_used")
        survey = _survey(found)
        asked, has_words = _questions(survey, language), survey.comment is not None
        return replace(page, kind="survey", questions=asked, has_words=has_words)
    if found.kind == "document":
        return replace(page, where=found.target, is_document=True)
    if not links.is_own_site(settings(), found.target):
        raise NoSuchLink("channels.no_link")  # the site has been taken off the settings
    parts = urlsplit(found.target)
    may_send_form_to(f"{parts.scheme}://{parts.netloc}")
    return replace(page, where=parts.hostname or "")


def _questions(survey: Survey, language: str) -> list[AskedQuestion]:
    return [
        AskedQuestion(
            name,
            question.question_in(language),
            [(key, option.label_in(language)) for key, option in question.options.items()],
        )
        for name, question in zip(survey.names, survey.questions, strict=True)
    ]


def _language(found: ShortLink) -> str:
    return found.language if found.language in i18n.LANGUAGES else i18n.choose_language()


def _gone(error: NoSuchLink) -> LinkPage:
    status = 200 if error.code == "channels.link_used" else 410 if error.code == "channels.link_over" else 404
    return LinkPage("gone", i18n.choose_language(), fault=error.message, status=status)


def _away(error: BaseException) -> LinkPage:
    log.error("the store does not answer: %s", error)
    g.pop("db", None)
    return LinkPage("away", i18n.choose_language(), status=503)


def _shown(page: LinkPage) -> Response:
    with force_locale(page.language):
        response = make_response(render_template("links/link.html", **vars(page)), page.status)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
