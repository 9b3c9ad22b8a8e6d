"""Files of persons: sent in pieces, previewed, brought or withdrawn; and everybody, or one, as a file.

What a file has in it is kept until somebody says yes or no, a day at most.
"""

import uuid
from collections import Counter
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import Response, abort, flash, jsonify, make_response, redirect, render_template, request, url_for
from flask import stream_with_context as with_context
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from contacts import exporting, importing, tables, vcards, waiting_files
from contacts.errors import ContactError
from contacts.importing import Others, Planned
from contacts.models import ContactImport
from contacts.records import MOST
from ringback.messages import Message, message
from ringback.spreadsheets import BOM
from ringback.store.base import utc
from web import access
from web.contacts import blueprint
from web.contacts.views import row_of
from web.context import db, needs, now, parts, person, settings
from web.i18n import told

SHOWN = 200
"""Lines of each kind that a preview shows."""
TYPES = {"csv": "text/csv", "vcf": "text/vcard"}
NAME_MOST = 100


@dataclass(frozen=True)
class UnreadLine:
    """A line of a file that was not understood."""

    line: int
    why: str


@dataclass(frozen=True)
class LeftRecord:
    """Somebody in a file who is not brought without a word."""

    line: int
    name: str
    points: str
    what: str
    """other, several: see `contacts.importing.What`."""
    person_id: uuid.UUID | None
    person: str


@dataclass(frozen=True)
class ImportPage:
    """Everything that contacts/import.html shows."""

    key: uuid.UUID | None
    """None: no file was chosen yet."""
    file: str
    counts: dict[str, int]
    others: Others
    """What becomes of somebody with a number of a person called otherwise."""
    may_add: int
    """How many records that is about."""
    left: list[LeftRecord]
    unread: list[UnreadLine]
    unread_count: int
    upload: uuid.UUID
    """Under which a file is sent in pieces."""
    largest: int
    """Bytes of a file."""
    most: int
    """Persons of a file."""
    fault: Message | None = None


@blueprint.get("/contacts/import")
@needs("contact_files")
def choose_file() -> ResponseReturnValue:
    return _chooser()


@blueprint.post("/contacts/import/pieces/<uuid:upload>/<int:at>")
@needs("contact_files")
def piece(upload: uuid.UUID, at: int) -> ResponseReturnValue:
    """A piece of a file, as its body: answers how much of the file is there."""
    try:
        there = waiting_files.add_piece(db(), upload, person().name, at, request.get_data())
    except ContactError as error:
        db().rollback()
        return jsonify(fault=told(error.message)), 400
    db().commit()
    return jsonify(bytes=there)


@blueprint.post("/contacts/import")
@needs("contact_files")
def read() -> ResponseReturnValue:
    """Reads a file whose pieces have come, or a small one that the form itself brings, and shows what it would do."""
    sent = request.files.get("file")
    name = " ".join((request.form.get("name") or (sent.filename if sent else "") or "").split())[-NAME_MOST:]
    try:
        if upload := request.form.get("upload"):
            data = waiting_files.take_pieces(db(), uuid.UUID(upload), person().name)
        else:
            data = sent.read() if sent else b""
        if not data and not name:
            raise ContactError("contacts.no_file")
        found = importing.read_file(data, settings().lines[0].default_country)
        row = waiting_files.keep(db(), person().name, name, found)
    except ContactError as error:
        db().rollback()
        if request.form.get("upload"):
            return jsonify(fault=told(error.message)), 400
        return make_response(_chooser(error.message), 400)
    except ValueError:
        abort(400)
    db().commit()
    to = url_for("contacts.preview", file=row.id)
    return jsonify(at=to) if request.form.get("upload") else redirect(to, 303)


@blueprint.get("/contacts/import/<uuid:file>")
@needs("contact_files")
def preview(file: uuid.UUID) -> ResponseReturnValue:
    """What the file would do, and which lines were not understood."""
    row = _waiting(file)
    if row is None:
        return redirect(url_for("contacts.choose_file"))
    others: Others = "add" if request.args.get("others") == "add" else "leave"
    planned = importing.plan(db(), waiting_files.records_of(row), others)
    page = ImportPage(
        key=row.id,
        file=row.file,
        counts=importing.counts_of(planned),
        others=others,
        may_add=Counter(each.what for each in planned)["other"],
        left=[_left(each) for each in planned if each.what in ("other", "several")][:SHOWN],
        unread=[UnreadLine(line, told(message(code, **facts))) for line, code, facts in row.unread[:SHOWN]],
        unread_count=len(row.unread),
        upload=row.id,
        largest=waiting_files.BYTES_MOST,
        most=MOST,
    )
    return render_template("contacts/import.html", **vars(page))


@blueprint.post("/contacts/import/<uuid:file>/<any(bring, withdraw):step>")
@needs("contact_files")
def bring(file: uuid.UUID, step: str) -> ResponseReturnValue:
    """Brings the persons of the file, or forgets it."""
    row = _waiting(file)
    if row is None:
        return redirect(url_for("contacts.choose_file"), 303)
    if step == "withdraw":
        waiting_files.withdraw(db(), file)
        db().commit()
        flash(_("The file was withdrawn: nothing of it is kept."))
        return redirect(url_for("contacts.choose_file"), 303)
    others: Others = "add" if request.form.get("others") == "add" else "leave"
    records, name = waiting_files.records_of(row), row.file
    db().rollback()
    counts = importing.bring(parts().sessions, records, person().name, name, others)
    waiting_files.done(db(), file, counts)
    db().commit()
    flash(
        _(
            "Imported: %(new)d new, %(changed)d changed, %(same)d as they were, %(left)d left out.",
            **counts,
        )
    )
    return redirect(url_for("contacts.contacts"), 303)


@blueprint.get("/contacts.<any(csv, vcf):which>")
@needs("contact_files")
def everybody(which: str) -> ResponseReturnValue:
    """All persons as a file."""
    return _file(which, "contacts", exporting.everybody(db(), access.own_contacts(db(), person())))


@blueprint.get("/contacts/<uuid:key>.<any(csv, vcf):which>")
@needs("contacts")
def one(key: uuid.UUID, which: str) -> ResponseReturnValue:
    """One person as a file."""
    return _file(which, "contact", exporting.one(db(), row_of(key)))


def _file(kind: str, name: str, persons: exporting.Persons) -> Response:
    heads = ["ID", _("Name"), _("Phone"), _("Email"), "Telegram", _("Language"), _("Notes"), _("Agreed"), _("Refused")]
    if kind == "csv":
        lines = (BOM + line if at == 0 else line for at, line in enumerate(tables.lines(persons, heads)))
    else:
        lines = (card for card in vcards.cards(persons))
    day = utc(now()).astimezone(ZoneInfo(settings().timezone)).date()
    headers = {"Content-Disposition": f'attachment; filename="{name}-{day}.{kind}"', "Cache-Control": "no-store"}
    return Response(with_context(lines), mimetype=TYPES[kind], headers=headers)


def _chooser(fault: Message | None = None) -> str:
    largest = waiting_files.BYTES_MOST
    page = ImportPage(None, "", {}, "leave", 0, [], [], 0, uuid.uuid4(), largest, MOST, fault)
    return render_template("contacts/import.html", **vars(page))


def _waiting(key: uuid.UUID) -> ContactImport | None:
    """A file that waits for a yes; None: it is over, which is said on the next page."""
    row = db().get(ContactImport, key)
    if row is None or row.done_at is not None or row.records is None:
        flash(told(message("contacts.import_over")))
        return None
    return row


def _left(planned: Planned) -> LeftRecord:
    there = planned.person
    return LeftRecord(
        planned.record.line,
        planned.record.name,
        ", ".join(point.value for point in planned.record.points),
        planned.what,
        there.id if there else None,
        (there.name if there else None) or "",
    )
