"""Sign-in, sign-out, one's own password, language and look."""

from flask import Response, current_app, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from ringback.messages import message
from web import i18n, signed_in, tries
from web.context import db, now, person, settings
from web.i18n import told
from web.policy import PASSWORD_MAX, PASSWORD_MIN, password_fault
from web.service import authenticate, confirm, normal_name, set_password
from web.session import blueprint
from web.tries import Throttled

YEAR = 365 * 24 * 3600


class SignIn(FlaskForm):
    """Name and password."""

    name = StringField(_l("Name"), validators=[InputRequired(_l("Enter your name.")), Length(max=200)])
    password = PasswordField(
        _l("Password"), validators=[InputRequired(_l("Enter your password.")), Length(max=PASSWORD_MAX)]
    )


class NewPassword(FlaskForm):
    """One's own password."""

    current = PasswordField(_l("Current password"), validators=[InputRequired(_l("Enter your password."))])
    new = PasswordField(_l("New password"), validators=[InputRequired(_l("Enter a new password."))])
    again = PasswordField(_l("New password again"), validators=[InputRequired(_l("Repeat the new password."))])


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """A wrong name and a wrong password are answered alike."""
    if request.method == "GET" and current_user.is_authenticated:
        return redirect(url_for("home"))
    form, fault, status = SignIn(), None, 200
    if form.validate_on_submit():
        name = normal_name(str(form.name.data))
        try:
            user = authenticate(db(), name, str(form.password.data), _source(name), now())
        except Throttled as error:
            fault, status = _too_many(error), 429
        else:
            if user is not None and user.deactivated_at is None:
                signed_in.begin(user)
                response = make_response(redirect(local(request.args.get("next"))))
                if _source(name).startswith(tries.DEVICE):
                    return response
                return _keep(response, _device_cookie(), tries.new_device(_key(), name))
            fault, status = _("Name or password is wrong."), 401
            if user is not None:
                fault, status = told(message("web.deactivated")), 403
    elif form.is_submitted():
        status = 400
    return render_template("session/sign_in.html", form=form, fault=fault), status


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    signed_in.end(db(), now())
    return redirect(url_for("session.sign_in"))


@blueprint.route("/password", methods=["GET", "POST"])
def password() -> ResponseReturnValue:
    """Changes one's own password; every other session of the account ends."""
    form, fault, status = NewPassword(), None, 400
    if form.validate_on_submit():
        new = str(form.new.data)
        try:
            known = confirm(db(), person().row, str(form.current.data), now())
        except Throttled as error:
            known, fault, status = False, _too_many(error), 429
        if not known:
            fault = fault or _("The current password is wrong.")
        elif new != form.again.data:
            fault = _("The two new passwords differ.")
        elif why := password_fault(new, person().name):
            fault = {
                "short": _("Use at least %(n)d characters: a few words work well.", n=PASSWORD_MIN),
                "long": _("Use at most %(n)d characters.", n=PASSWORD_MAX),
                "name": _("Your name cannot be your password."),
            }[why]
        else:
            user = person().row
            set_password(db(), user, new, user.name)
            db().commit()
            signed_in.begin(user)
            flash(_("Your password has been changed. You are signed out everywhere else."))
            return redirect(url_for("session.password"))
    return render_template("session/password.html", form=form, fault=fault), status if fault else 200


@blueprint.post("/look")
def look() -> ResponseReturnValue:
    """The switches for language and for light and dark: kept in cookies, the language with the account too."""
    response = make_response(redirect(local(request.form.get("next"))))
    language, theme = request.form.get("language"), request.form.get("theme")
    if language in i18n.LANGUAGES:
        _keep(response, i18n.COOKIE, language)
        if current_user.is_authenticated:
            person().row.language = language
            db().commit()
    if theme in ("light", "dark", "auto"):
        _keep(response, "theme", theme)
    return response


def _keep(response: Response, name: str, value: str) -> Response:
    response.set_cookie(name, value, max_age=YEAR, httponly=True, samesite="Lax", secure=request.is_secure)
    return response


def _too_many(error: Throttled) -> str:
    return _("Too many failed attempts: wait %(n)d s and try again.", n=int(error.seconds) + 1)


def _source(name: str) -> str:
    """Where a try of `name` comes from, as tries are counted."""
    return tries.source_of(_key(), request.cookies.get(_device_cookie(), ""), name, request.remote_addr)


def _device_cookie() -> str:
    return f"ringback-device-{settings().web.port}"


def _key() -> str:
    return str(current_app.config["SECRET_KEY"])


def local(address: str | None) -> str:
    """`address` when it is a page of ours, else the first page: no link leads people away after sign-in."""
    safe = address and address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if address and safe else url_for("home")
