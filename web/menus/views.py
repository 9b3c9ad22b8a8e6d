"""The mirror of the menus: what callers do in each one, and what they say first."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from web.context import needs
from web.menus import blueprint
from web.menus.page import asked_in, mirror_page
from web.security import is_htmx


@blueprint.get("/menu-mirror")
@needs("all_calls")
def mirror() -> ResponseReturnValue:
    """The page first without its figures, which may take seconds and which it asks for by itself."""
    asked = asked_in(request.args)
    counts = is_htmx() or "counted" in request.args
    link = url_for("menus.mirror", **asked.address)
    return render_template("menus/mirror.html", **vars(mirror_page(asked, counts=counts)), here=link)
