"""Known problems: telling callers of chosen lines, and ending that, fixed or not."""

import uuid
from dataclasses import dataclass, field

from flask import flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from channels import fixed
from channels.errors import ChannelError
from problems import service as problems
from problems.errors import ProblemError
from prompts import service as prompts
from prompts.errors import PromptError
from ringback.config import EntryPoint
from ringback.errors import RingbackError
from ringback.messages import Message, message, words_of
from ringback.store.base import utc
from web.channels.form import title_of
from web.context import db, needs, now, person, settings
from web.documents.facts import Document
from web.documents.problems import problems_document
from web.polling import answer
from web.problems import blueprint
from web.problems.proposal import proposal_of, told_of
from web.security import is_htmx


@dataclass(frozen=True)
class ProblemsPage:
    """Everything that problems/problems.html shows."""

    standing: list[Document]
    over: list[Document]
    lines: list[EntryPoint]
    languages: list[str]
    """In which callers are spoken to, on any line."""
    most: int
    """Characters that callers may hear."""
    ways: list[tuple[str, str]]
    """How customers can be told besides by a call: (channel, what people call it)."""
    fault: Message | None = None
    chosen: list[str] = field(default_factory=list)
    words: dict[str, str] = field(default_factory=dict)
    """By language, as they were typed, or as they are proposed."""
    rise: str = ""
    """The rising topic that they are proposed for."""


@blueprint.get("/problems")
@needs("alarms")
def known_problems() -> ResponseReturnValue:
    """What is told, or for htmx its living part; 304 while nothing changed. `rise`: a topic that the form proposes."""
    proposed = proposal_of(request.args.get("rise", ""), _languages())
    if proposed is None:
        return _page()
    return _page(None, proposed.lines, proposed.words, proposed.rise)


@blueprint.post("/problems")
@needs("alarms")
def tell() -> ResponseReturnValue:
    """Has the words spoken, then tells callers: nothing is told of which there is no sound."""
    chosen = request.form.getlist("line")
    words = {language: request.form.get(f"words-{language}", "") for language in _languages()}
    try:
        spoken = problems.spoken_words(settings(), chosen, words)
        sounds = {language: {str(spoken): said} for language, said in spoken.words.items()}
        prompts.make_sounds(settings(), lambda _line: None, sounds).refuse()
    except (ProblemError, PromptError) as error:
        return _refused(error, chosen, words)
    except OSError as error:
        return make_response(_page(message("web.no_sound_made", why=words_of(error)), chosen, words), 503)
    problems.tell(db(), spoken, chosen, person().name, utc(now()))
    told_of(request.form.get("rise", ""))
    db().commit()
    flash(_("Callers hear it from now on."))
    return redirect(url_for("problems.known_problems"), 303)


@blueprint.post("/problems/<uuid:key>/<any(fixed, end):action>")
@needs("alarms")
def end(key: uuid.UUID, action: str) -> ResponseReturnValue:
    """Fixed: whoever asked is called, or sent a message where that is chosen. Ended otherwise: nobody is, and who asked
    stays on the list."""
    by = request.form.get("by", "")
    try:
        tell = fixed.teller(db(), settings(), by, utc(now())) if by and action == "fixed" else None
        count = problems.end(db(), settings(), key, person().name, now(), fixed=action == "fixed", by_message=tell)
    except (ProblemError, ChannelError) as error:
        db().rollback()
        return make_response(_page(error.message), 409)
    db().commit()
    if action == "fixed":
        flash(ngettext("%(num)d customer will be told.", "%(num)d customers will be told.", count))
    else:
        flash(_("Callers do not hear it any more. Nobody is called."))
    return redirect(url_for("problems.known_problems"), 303)


def _refused(error: RingbackError, chosen: list[str], words: dict[str, str]) -> ResponseReturnValue:
    db().rollback()
    return make_response(_page(error.message, chosen, words), 400)


def _languages() -> list[str]:
    return problems.languages_of(settings().lines)


def _page(
    fault: Message | None = None,
    chosen: list[str] | None = None,
    words: dict[str, str] | None = None,
    rise: str | None = None,
) -> ResponseReturnValue:
    document = problems_document(db(), over=True)
    page = ProblemsPage(
        standing=document["standing"],
        over=document["over"],
        lines=settings().lines,
        languages=_languages(),
        most=problems.MOST_CHARACTERS,
        ways=[(name, title_of(name)) for name in fixed.channels_for(settings())],
        fault=fault,
        chosen=[line.number for line in settings().lines] if chosen is None else chosen,
        words=words or {},
        rise=request.form.get("rise", "") if rise is None else rise,
    )
    template = "problems/problems_live.html" if is_htmx() else "problems/problems.html"
    return answer(template, document, **vars(page))
