"""The pipeline's step `retell`: an owner's model says in its own words what a call was about, if the owner has one.

The sentences of the call stay beside it, so where the model is away, slow or says nonsense, nothing is missing. While
its server is away no call waits for it: it is asked again now and then, and a call of which nothing was heard within a
day is left with its sentences and the reason.
"""

import asyncio
import json
import time
from datetime import timedelta
from typing import Any

import aiohttp
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from calls.models import Call
from ringback.config import Settings
from ringback.config.summary import SummarySettings
from ringback.messages import Message, words_of
from ringback.store.base import utcnow
from summary.errors import RetellerAway, RetellingFailed
from summary.models import CallSummary
from summary.retelling import MOST_BYTES, question, read_answer
from transcripts import stages
from transcripts.models import Segment, Transcript
from transcripts.stages import Work

STEP = "retell"
REST_SECONDS = 60.0
"""After a server was away, until it is asked again."""
GIVES_UP = timedelta(days=1)
"""How long after its end a call waits for a model that is away; older calls are not told at all."""


class Reteller:
    """Asks one server at a time, within the time that the settings give it."""

    def __init__(self, settings: Settings, key: str = "") -> None:
        self._settings = settings
        self._key = key
        self._rests_until = -REST_SECONDS

    def due(self, session: Session, full: bool) -> list[str]:
        """Nothing while the server is away."""
        return [] if time.monotonic() < self._rests_until else stages.due(session, STEP, full=full)

    def make(self, work: Work) -> None:
        """Without a model the step is done at once, so one that is set up later tells the calls from then on."""
        asked = self._settings.summary
        with work.sessions() as session:
            mine = select(CallSummary).where(CallSummary.transcript_id == work.transcript_id)
            row = session.scalars(mine).one_or_none()
            ended = session.scalar(select(Call.ended_at).where(Call.call_id == work.call_id))
            language, said = _said(session, work)
        if not asked.url or row is None or not said or ended is None or ended < utcnow() - GIVES_UP:
            with work.finish():
                return
        told, error = self._told(asked, language, said)
        with work.finish() as session:
            values: dict[str, Any] = {"told": told, "told_by": asked.model, "told_at": utcnow(), "told_error": error}
            session.execute(update(CallSummary).where(CallSummary.id == row.id).values(**values))

    def _told(
        self, asked: SummarySettings, language: str, said: list[tuple[str, str]]
    ) -> tuple[dict[str, str] | None, Message | None]:
        """What it says, or why it says nothing. Raises RetellerAway."""
        try:
            if not self._settings.redaction.is_on:
                raise RetellingFailed("summary.not_masked")
            if time.monotonic() < self._rests_until:
                raise RetellerAway("summary.away", why=f"{REST_SECONDS:.0f} s")
            try:
                status, body = asyncio.run(_ask(asked, self._key, question(asked.model, language, said)))
            except RetellerAway:
                self._rests_until = time.monotonic() + REST_SECONDS
                raise
            return read_answer(status, body, said), None
        except RetellingFailed as error:
            return None, error.message


def _said(session: Session, work: Work) -> tuple[str, list[tuple[str, str]]]:
    """The language, and the turns as everybody may read them."""
    language = session.get_one(Transcript, work.transcript_id).language
    query = select(Segment.speaker, Segment.text).where(Segment.transcript_id == work.transcript_id)
    return language, list(session.execute(query.order_by(Segment.seq)).tuples())


async def _ask(asked: SummarySettings, key: str, body: dict[str, Any]) -> tuple[int, bytes]:
    """Status and body. A redirect is an answer like any other; nothing of the environment changes whom it asks."""
    headers = {"Content-Type": "application/json", "Accept-Encoding": "identity", "User-Agent": "Ringback"}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    plain: dict[str, Any] = {"headers": headers, "auto_decompress": False, "cookie_jar": aiohttp.DummyCookieJar()}
    address = f"{asked.url.rstrip('/')}/chat/completions"
    try:
        async with (
            asyncio.timeout(asked.seconds),
            aiohttp.ClientSession(**plain) as client,
            client.post(address, data=json.dumps(body).encode(), allow_redirects=False) as response,
        ):
            found = bytearray()
            async for piece in response.content.iter_any():
                found += piece
                if len(found) > MOST_BYTES:
                    response.close()
                    raise RetellingFailed("summary.too_long", most=MOST_BYTES)
            if response.status in (429, 500, 502, 503, 504):
                raise RetellerAway("summary.status", status=response.status)
            return response.status, bytes(found)
    except TimeoutError as error:
        raise RetellerAway("summary.late", seconds=asked.seconds) from error
    except (OSError, aiohttp.ClientError) as error:
        cause = getattr(error, "os_error", None) or error
        why = words_of(cause) if isinstance(cause, OSError) else type(cause).__name__
        raise RetellerAway("summary.away", why=why) from error
