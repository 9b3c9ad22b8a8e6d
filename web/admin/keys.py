"""The keys of programs that use the API: list, make, remove."""

import uuid
from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectMultipleField, StringField, widgets
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Regexp

from web import keys
from web.admin import blueprint
from web.context import db, hand_over, handed_over, needs, person
from web.errors import KeyRefused
from web.handed import HandedSecret
from web.i18n import told
from web.labels import LABELS
from web.models import ApiKey
from web.policy import KEY_RIGHTS


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
    rights = SelectMultipleField(
        _l("Permissions"),
        choices=[SelectChoice(right, LABELS["key_right"][right]) for right in KEY_RIGHTS],
        validate_choice=False,  # `keys.make` takes none but these
        option_widget=widgets.CheckboxInput(),
        widget=widgets.ListWidget(prefix_label=False),
    )


@dataclass(frozen=True)
class KeysPage:
    """Everything that admin/keys.html shows."""

    keys: list[ApiKey]
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
        row, token = keys.make(db(), form.name.data, form.rights.data, person().name)
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
    return render_template("admin/keys.html", **vars(KeysPage(keys.keys(db()), form, fault, handed_over())))
