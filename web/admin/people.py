"""The people who sign in: list, add, give a new password, remove."""

import uuid
from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Regexp

from web import labels, service
from web.admin import blueprint
from web.context import db, needs, person
from web.errors import PeopleError
from web.i18n import told
from web.models import User
from web.policy import ROLES


class NewPerson(FlaskForm):
    """A name, a role, a language; the password is made."""

    name = StringField(
        _l("Name"),
        validators=[
            InputRequired(_l("Enter a name.")),
            Length(max=service.NAME_MAX, message=_l("Use at most 40 characters.")),
            Regexp(r"^\s*[\w.@+-]+\s*$", message=_l("A name may contain only letters, digits and . @ + - _")),
        ],
    )
    role = SelectField(
        _l("Role"), choices=[SelectChoice(role, labels.LABELS["role"][role]) for role in ROLES], default="agent"
    )
    language = SelectField(
        _l("Language"), choices=[SelectChoice(*choice) for choice in labels.LABELS["language"].items()]
    )


@dataclass(frozen=True)
class PeoplePage:
    """Everything that admin/people.html shows."""

    people: list[User]
    me: uuid.UUID
    """Who looks, and is not removed by this page."""
    form: NewPerson
    fault: str | None
    handed: tuple[str, str] | None
    """Whose new password it is, and the password: shown this once."""


@blueprint.get("/people")
@needs("people")
def people() -> ResponseReturnValue:
    return _page(NewPerson())


@blueprint.post("/people")
@needs("people")
def add() -> ResponseReturnValue:
    """The new password is shown in the answer to this request and never again."""
    form = NewPerson()
    if not form.validate_on_submit():
        return _page(form), 400
    try:
        user, password = service.add_user(db(), form.name.data, form.role.data, form.language.data)
    except PeopleError as error:
        return _page(form, fault=told(error.message)), 409
    db().commit()
    return _page(NewPerson(formdata=None), handed=(user.name, password))


@blueprint.post("/people/<uuid:key>/password")
@needs("people")
def reset(key: uuid.UUID) -> ResponseReturnValue:
    user = _user(key)
    password = service.reset_password(db(), user)
    db().commit()
    return _page(NewPerson(formdata=None), handed=(user.name, password))


@blueprint.post("/people/<uuid:key>/remove")
@needs("people")
def remove(key: uuid.UUID) -> ResponseReturnValue:
    user = _user(key)
    try:
        service.remove_user(db(), user, person().row.id)
    except PeopleError as error:
        return _page(NewPerson(formdata=None), fault=told(error.message)), 409
    db().commit()
    flash(_("%(name)s was removed and signed out everywhere.", name=user.name))
    return redirect(url_for("admin.people"))


def _user(key: uuid.UUID) -> User:
    return db().get(User, key) or abort(404)


def _page(form: NewPerson, fault: str | None = None, handed: tuple[str, str] | None = None) -> str:
    page = PeoplePage(service.people(db()), person().row.id, form, fault, handed)
    return render_template("admin/people.html", **vars(page))
