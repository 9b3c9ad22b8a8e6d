"""Topics: the list with its trends, names that people give, topics that are one, and what rises."""

import uuid
from collections.abc import Callable

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from topics import service as topics
from topics.errors import TopicError
from web.context import db, needs, person
from web.topics import blueprint
from web.topics.page import topics_page


@blueprint.get("/topics")
@needs("all_calls")
def all_topics() -> ResponseReturnValue:
    return render_template("topics/topics.html", **vars(topics_page()))


@blueprint.post("/topics/<uuid:key>/name")
@needs("topics")
def rename(key: uuid.UUID) -> ResponseReturnValue:
    """The name stays when topics are found anew."""
    name = request.form.get("name", "")
    return _changed(lambda: topics.rename(db(), key, name, person().name), _("The name is kept."))


@blueprint.post("/topics/<uuid:key>/merge")
@needs("topics")
def merge(key: uuid.UUID) -> ResponseReturnValue:
    """Its calls belong to the other one from now on."""
    try:
        into = uuid.UUID(request.form.get("into", ""))
    except ValueError:
        return _refused(TopicError("topics.gone"))
    return _changed(lambda: topics.merge(db(), key, into, person().name), _("The two are one topic now."))


@blueprint.post("/topics/rising/<uuid:key>/dismiss")
@needs("topics")
def dismiss(key: uuid.UUID) -> ResponseReturnValue:
    """It is nothing: not proposed again for a day. Somebody else may have been quicker."""
    topics.end_rise(db(), key, "dismissed", person().name)
    db().commit()
    return redirect(url_for("topics.all_topics"), 303)


def _changed(change: Callable[[], None], words: str) -> ResponseReturnValue:
    try:
        change()
    except TopicError as error:
        return _refused(error)
    db().commit()
    flash(words)
    return redirect(url_for("topics.all_topics"), 303)


def _refused(error: TopicError) -> ResponseReturnValue:
    db().rollback()
    return make_response(render_template("topics/topics.html", **vars(topics_page(error.message))), 400)
