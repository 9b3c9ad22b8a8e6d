"""A recording's sound and waveform as answers: whole or in ranges, from the data folder or from the storage."""

import logging

from flask import Response, abort, request
from sqlalchemy import select
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wsgi import wrap_file

from calls.models import Call
from recording import service
from recording.errors import NameRefused, NoSound, StorageError
from recording.models import Recording
from transcripts.text.talks import talks_of
from web.calls.peaks import Waveform, waveform
from web.context import db, settings
from web.errors import WebError

log = logging.getLogger(__name__)


def sound_response(row: Recording) -> Response:
    """The sound; the file's place comes from its row, never from the address. 404: there is none, 503: not now."""
    try:
        stream = service.open_stream(settings(), row)
    except NoSound:
        abort(404)
    except StorageError as error:
        log.warning("recording %s: %s", row.call_id, error)
        abort(503)
    except NameRefused as error:
        raise WebError(error.code, **error.facts) from error
    response = Response(wrap_file(request.environ, stream.file), mimetype=stream.content_type, direct_passthrough=True)
    response.call_on_close(stream.file.close)
    response.content_length = stream.size
    if row.sha256:
        response.set_etag(row.sha256)
    response.headers["Cache-Control"] = "private, no-cache"
    try:
        response.make_conditional(request, accept_ranges=True, complete_length=stream.size)
    except RequestedRangeNotSatisfiable:
        response.close()
        raise
    return response


def waveform_of(row: Recording) -> Waveform:
    """How loud each speaker is along the call, and where the recording was paused. 404: there is none."""
    try:
        document = service.read_peaks(settings(), row)
    except (NameRefused, NoSound, StorageError) as error:
        log.warning("waveform of %s: %s", row.call_id, error)
        document = None
    if document is None:
        abort(404)
    call = db().scalars(select(Call).where(Call.call_id == row.call_id)).one()
    return waveform(document, talks_of(db(), call), row.seconds)
