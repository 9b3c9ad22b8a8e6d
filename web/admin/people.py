"""The people who sign in: list, add, change, deactivate, remove; new passwords, and what was done to whom."""

import uuid
from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, Regexp, ValidationError

from web import labels, service
from web.admin import blueprint
from web.context import db, hand_over, handed_over, needs, person, settings
from web.documents.report_people import address_fault
from web.errors import PeopleError
from web.handed import HandedSecret
from web.i18n import told
from web.models import AccountChange, User
from web.policy import ROLES

HISTORY = 50
"""Changes that the page of all accounts shows."""


class AccountForm(FlaskForm):
    """A name, a role, a language, where mail goes."""

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
    email = StringField(_l("Mail address"), validators=[Optional()])

    def validate_email(self, typed: StringField) -> None:
        """Raises ValidationError."""
        if (fault := address_fault((typed.data or "").strip(), "")) is not None:
            raise ValidationError(told(fault))


@dataclass(frozen=True)
class PeoplePage:
    """Everything that admin/people.html shows."""

    people: list[User]
    me: uuid.UUID
    """Who looks."""
    no_agent: set[str]
    """Accounts with the role of an agent whom the settings do not have under this name."""
    form: AccountForm
    fault: str | None
    handed: HandedSecret | None
    changes: list[AccountChange]


@dataclass(frozen=True)
class AccountPage:
    """Everything that admin/person.html shows."""

    user: User
    own: bool
    """Whether it is the account of who looks, which nobody deactivates or removes from within."""
    no_agent: bool
    form: AccountForm
    fault: str | None
    handed: HandedSecret | None
    changes: list[AccountChange]
    queues: list[tuple[str, str, bool]]
    """Name, words, whether its reports are shown: of a supervisor; empty: there is nothing to choose."""


@blueprint.get("/people")
@needs("people")
def people() -> ResponseReturnValue:
    return _page(AccountForm())


@blueprint.post("/people")
@needs("people")
def add() -> ResponseReturnValue:
    """The password is made, and shown on the account's page this once."""
    form = AccountForm()
    if not form.validate_on_submit():
        return _page(form), 400
    try:
        user, password = service.add_user(db(), form.name.data, form.role.data, form.language.data, person().name)
        user.email = (form.email.data or "").strip()
    except PeopleError as error:
        return _page(form, fault=told(error.message)), 409
    db().commit()
    hand_over(user.name, password)
    return redirect(url_for("admin.account", key=user.id), 303)


@blueprint.get("/people/<uuid:key>")
@needs("people")
def account(key: uuid.UUID) -> ResponseReturnValue:
    user = _user(key)
    return _account(user, AccountForm(obj=user))


@blueprint.post("/people/<uuid:key>")
@needs("people")
def change(key: uuid.UUID) -> ResponseReturnValue:
    """Another role is in force with the next page that the person asks for."""
    user, form = _user(key), AccountForm()
    if not form.validate_on_submit():
        return _account(user, form), 400
    try:
        changed = service.change_user(db(), user, form.name.data, form.role.data, form.language.data, person().row)
        if form.email.data is not None and form.email.data.strip() != user.email:
            service.change_mail(db(), user, form.email.data.strip(), person().name)
            changed = True
    except PeopleError as error:
        db().rollback()
        return _account(_user(key), form, told(error.message)), 409
    db().commit()
    if changed:
        flash(_("Saved."))
    return redirect(url_for("admin.account", key=key), 303)


@blueprint.post("/people/<uuid:key>/queues")
@needs("people")
def limit(key: uuid.UUID) -> ResponseReturnValue:
    """Of which queues a supervisor is shown reports. What the settings have no more is dropped."""
    user = _user(key)
    chosen = [queue for queue in request.form.getlist("queues") if queue in settings().queues]
    if service.limit_reports(db(), user, chosen, person().name):
        flash(_("Saved."))
    db().commit()
    return redirect(url_for("admin.account", key=key), 303)


@blueprint.post("/people/<uuid:key>/password")
@needs("people")
def reset(key: uuid.UUID) -> ResponseReturnValue:
    """A new password, shown on the account's page this once."""
    user = _user(key)
    password = service.reset_password(db(), user, person().name)
    db().commit()
    hand_over(user.name, password)
    return redirect(url_for("admin.account", key=key), 303)


@blueprint.post("/people/<uuid:key>/<any(sessions, deactivate, activate):action>")
@needs("people")
def switch(key: uuid.UUID, action: str) -> ResponseReturnValue:
    """Ends the account's sessions, alone or with its use; or brings it back into use."""
    user = _user(key)
    try:
        if action == "sessions":
            service.end_sessions(db(), user, person().name)
            flash(_("%(name)s is signed out everywhere.", name=user.name))
        elif action == "deactivate":
            service.deactivate(db(), user, person().row)
            flash(_("%(name)s is deactivated and signed out everywhere.", name=user.name))
        else:
            service.activate(db(), user, person().name)
            flash(_("%(name)s can sign in again.", name=user.name))
    except PeopleError as error:
        db().rollback()
        user = _user(key)
        return _account(user, AccountForm(obj=user, formdata=None), told(error.message)), 409
    db().commit()
    return redirect(url_for("admin.account", key=key), 303)


@blueprint.post("/people/<uuid:key>/remove")
@needs("people")
def remove(key: uuid.UUID) -> ResponseReturnValue:
    user = _user(key)
    try:
        service.remove_user(db(), user, person().row)
    except PeopleError as error:
        db().rollback()
        return _page(AccountForm(formdata=None), fault=told(error.message)), 409
    db().commit()
    flash(_("%(name)s was removed and signed out everywhere.", name=user.name))
    return redirect(url_for("admin.people"), 303)


def _user(key: uuid.UUID) -> User:
    return db().get(User, key) or abort(404)


def _has_no_agent(user: User) -> bool:
    """Whether the account is an agent's, and no calls can be its own: the settings have nobody of this name."""
    return user.role == "agent" and all(agent.name != user.name for agent in settings().agents)


def _queues(user: User) -> list[tuple[str, str, bool]]:
    if user.role != "supervisor":
        return []
    chosen = user.queues or ()
    return [(name, labels.queue_name(name), name in chosen) for name in settings().queues]


def _page(form: AccountForm, fault: str | None = None) -> str:
    found = service.people(db())
    page = PeoplePage(
        people=found,
        me=person().row.id,
        no_agent={user.name for user in found if _has_no_agent(user)},
        form=form,
        fault=fault,
        handed=handed_over(),
        changes=service.changes_of(db(), limit=HISTORY),
    )
    return render_template("admin/people.html", **vars(page))


def _account(user: User, form: AccountForm, fault: str | None = None) -> str:
    page = AccountPage(
        user=user,
        own=user.id == person().row.id,
        no_agent=_has_no_agent(user),
        form=form,
        fault=fault,
        handed=handed_over(),
        changes=service.changes_of(db(), user.id),
        queues=_queues(user),
    )
    return render_template("admin/person.html", **vars(page))
