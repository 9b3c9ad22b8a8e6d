"""Prompts: the list, one prompt, its sound, a draft of it, recording by a phone."""

import uuid

from flask import abort, flash, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal
from flask_babel import gettext as _

from prompts import files, recorded, uploads
from prompts.errors import PromptError
from prompts.reading import LARGEST_BYTES, LONGEST_SECONDS
from ringback.messages import words_of
from web.context import needs, person, settings
from web.i18n import told
from web.prompts import blueprint
from web.prompts.page import prompt_page, prompts_page

SOURCES = ("upload", "browser")
"""What a page may say of where a recording comes from."""


@blueprint.get("/prompts")
@needs("prompts")
def prompts() -> ResponseReturnValue:
    language = request.args.get("language", "")
    languages = settings().served_languages
    for fault in recorded.take_from_phones(settings()):
        flash(_("A recording from a phone was not taken: %(why)s", why=told(fault)))
    page = prompts_page(settings(), language if language in languages else languages[0])
    return render_template("prompts/prompts.html", **vars(page))


@blueprint.get("/prompts/<language>/<name>")
@needs("prompts")
def prompt(language: str, name: str) -> ResponseReturnValue:
    for fault in recorded.take_from_phones(settings()):
        flash(_("A recording from a phone was not taken: %(why)s", why=told(fault)))
    return _page(language, name)


@blueprint.get("/prompts/<language>/<name>/<any(now, draft):which>.wav")
@needs("prompts")
def sound(language: str, name: str, which: str) -> ResponseReturnValue:
    """What callers hear now, or the draft."""
    _known(language, name)
    if which == "draft":
        file = recorded.draft_file(settings(), language, name)
    else:
        file = files.played_files(language, files.own_folder(settings())).get(name, files.SOUNDS / "none")
    if not file.is_file():
        abort(404)
    data = file.read_bytes()
    answer = make_response(data)
    answer.mimetype = "audio/wav"
    return answer.make_conditional(request, accept_ranges=True, complete_length=len(data))


@blueprint.post("/prompts/<language>/<name>/pieces/<uuid:upload>/<int:at>")
@needs("prompts")
def piece(language: str, name: str, upload: uuid.UUID, at: int) -> ResponseReturnValue:
    """A piece of a file, as its body: answers how much of the file is there."""
    _known(language, name)
    try:
        return jsonify(bytes=uploads.add_piece(settings(), upload, at, request.get_data()))
    except (PromptError, OSError) as error:
        return jsonify(fault=told(words_of(error))), 400


@blueprint.post("/prompts/<language>/<name>/draft")
@needs("prompts")
def make_draft(language: str, name: str) -> ResponseReturnValue:
    """The file whose pieces have come becomes the draft."""
    _known(language, name)
    source = request.form.get("source", "")
    try:
        upload = uuid.UUID(request.form.get("upload", ""))
    except ValueError:
        abort(400)
    try:
        data = uploads.take(settings(), upload)
        recorded.put_draft(settings(), language, name, data, person().name, source if source in SOURCES else "upload")
    except (PromptError, OSError) as error:
        return jsonify(fault=told(words_of(error))), 400
    return jsonify(at=url_for("prompts.prompt", language=language, name=name, _anchor="draft"))


@blueprint.post("/prompts/<language>/<name>/<any(use, discard, back, code):action>")
@needs("prompts")
def act(language: str, name: str, action: str) -> ResponseReturnValue:
    """Takes the draft, throws it away, goes back to what was before, or lets a phone record."""
    _known(language, name)
    try:
        match action:
            case "use":
                recorded.use(settings(), language, name)
                flash(_("The next caller hears your recording."))
            case "discard":
                recorded.discard(settings(), language, name)
            case "back":
                recorded.go_back(settings(), language, name)
                flash(_("Your recording is no longer used; it is kept as the draft."))
            case _:
                recorded.code_for(settings(), language, name, person().name)
    except (PromptError, OSError) as error:
        return make_response(_page(language, name, told(words_of(error))), 409)
    return redirect(url_for("prompts.prompt", language=language, name=name), 303)


def _page(language: str, name: str, fault: str = "") -> str:
    _known(language, name)
    page = prompt_page(settings(), language, name, fault)
    if page is None:
        abort(404)
    return render_template("prompts/prompt.html", **vars(page))


@blueprint.context_processor
def _bounds() -> dict[str, object]:
    """What both pages say of sizes and lengths."""
    return {"seconds": _seconds, "largest": LARGEST_BYTES // 1024**2, "longest": LONGEST_SECONDS}


def _seconds(length: float | None) -> str:
    """3.4 s; a dash for none."""
    return "–" if length is None else _("%(n)s s", n=format_decimal(round(length, 1)))


def _known(language: str, name: str) -> None:
    """404 for what callers are never told: nothing else is looked for, or written, by a name from an address."""
    if language not in settings().served_languages or prompt_page(settings(), language, name) is None:
        abort(404)
