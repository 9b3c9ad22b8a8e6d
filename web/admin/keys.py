"""The keys of programs that use the API: list, make, remove."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, SelectMultipleField, StringField, widgets
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, Regexp

from web import keys
from web.admin import blueprint
from web.context import db, hand_over, handed_over, needs, person, settings
from web.errors import KeyRefused
from web.handed import HandedSecret
from web.i18n import told
from web.labels import LABELS
from web.models import ApiKey
from web.policy import KEY_RIGHTS, SCOPES


class NewKey(FlaskForm):
    """A name and what the key is for; the key is made."""

    name = StringField(
        _l("Program"),
        validators=[
            InputRequired(_l("Enter a name.")),
            Length(max=keys.NAME_MAX, message=_l("Use at most 40 characters.")),
            Regexp(r"^\s*[\w.@+ -]+\s*$", message=_l("A name may contain only letters, digits, spaces and . @ + - _")),
        ],
    )
    scopes = SelectMultipleField(
        _l("In the API, version 1"),
        choices=[SelectChoice(scope, LABELS["key_scope"][scope]) for scope in SCOPES],
        validate_choice=False,
        option_widget=widgets.CheckboxInput(),
        widget=widgets.ListWidget(prefix_label=False),
    )
    rights = SelectMultipleField(
        _l("At the older addresses"),
        choices=[SelectChoice(right, LABELS["key_right"][right]) for right in KEY_RIGHTS],
        validate_choice=False,  # `keys.make` takes none but these
        option_widget=widgets.CheckboxInput(),
        widget=widgets.ListWidget(prefix_label=False),
    )
    until = DateField(
        _l("Last day (empty: until it is removed)"),
        validators=[Optional()],
    )


@dataclass(frozen=True)
class ListedKey:
    """One row of the page."""

    row: ApiKey
    over: bool
    """Its time is over."""
    last_day: datetime | None
    """The last moment at which it works."""


@dataclass(frozen=True)
class KeysPage:
    """Everything that admin/keys.html shows."""

    keys: list[ListedKey]
    form: NewKey
    fault: str | None
    handed: HandedSecret | None
    """Which program's key it is, and the key: shown this once."""


@blueprint.get("/keys")
@needs("people")
def key_list() -> ResponseReturnValue:
    return _page(NewKey())


@blueprint.post("/keys")
@needs("people")
def make_key() -> ResponseReturnValue:
    """The key is shown on the next page and never again."""
    form = NewKey()
    if not form.validate_on_submit():
        return _page(form), 400
    try:
        row, token = keys.make(
            db(),
            form.name.data,
            form.rights.data or (),
            person().name,
            scopes=form.scopes.data or (),
            expires_at=_end_of(form.until.data),
        )
    except KeyRefused as error:
        return _page(form, fault=told(error.message)), 409
    db().commit()
    hand_over(row.name, token)
    return redirect(url_for("admin.key_list"), 303)


@blueprint.post("/keys/<uuid:key>/remove")
@needs("people")
def remove_key(key: uuid.UUID) -> ResponseReturnValue:
    name = keys.remove(db(), key)
    if name is None:
        abort(404)
    db().commit()
    flash(_("The key of %(name)s no longer works.", name=name))
    return redirect(url_for("admin.key_list"))


def _page(form: NewKey, fault: str | None = None) -> str:
    moment = timedelta(seconds=1)
    listed = [
        ListedKey(row, keys.is_over(row), None if row.expires_at is None else row.expires_at - moment)
        for row in keys.keys(db())
    ]
    return render_template("admin/keys.html", **vars(KeysPage(listed, form, fault, handed_over())))


def _end_of(day: date | None) -> datetime | None:
    """The end of a day by our own clock."""
    if day is None or day >= date(9999, 1, 1):
        return None
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(settings().timezone))
