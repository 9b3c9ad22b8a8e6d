"""Zammad, by its REST API: https://docs.zammad.org/en/latest/api/intro.html

Its search is an index that lags by some seconds; where none is set up it is the database, which knows no ranges of
time: then only looks at single tickets tell what changed. A ticket needs a customer there: the account of the token.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.http import SystemHttp, id_in, in_path, wanted
from connectors.systems import LookBack, OutsideChanges, OutsideDraft, OutsideFacts
from ringback.config.connectors import Connector

API = "/api/v1"
PAGE = 25
"""Tickets of one answer: whole ones are about two kilobytes each."""
PENDING_DAYS = 7
"""A pending ticket must say until when."""


class Zammad:
    """One group of it; see `systems.TicketSystem`."""

    def __init__(
        self,
        connector: Connector,
        password: Callable[[], str],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._connector = connector
        self._now = now
        self._http = SystemHttp(connector, lambda: {"Authorization": f"Token token={password()}"})

    async def find(self, mark: str) -> OutsideFacts | None:
        found = await self._search(f'title:"{mark}"') or await self._search(mark)
        ours = [item for item in found if mark in str(item.get("title"))]
        return min((self._facts(item) for item in ours), key=lambda facts: int(facts.id), default=None)

    async def create(self, draft: OutsideDraft) -> OutsideFacts:
        body = {
            "title": draft.subject,
            "group": self._connector.project,
            "customer_id": int(await self._me()),
            **self._state(draft.status),
            "article": _article("Ringback", draft.text),
        }
        return self._facts(await self._http.ask("POST", f"{API}/tickets", query={"expand": "true"}, body=body))

    async def look(self, id_: str) -> OutsideFacts:
        return self._facts(await self._http.get(f"{API}/tickets/{in_path(id_)}", {"expand": "true"}))

    async def write(self, id_: str, *, status: str | None = None, subject: str | None = None) -> None:
        values: dict[str, Any] = {} if subject is None else {"title": subject}
        if status is not None:
            values |= self._state(status)
        await self._http.ask("PUT", f"{API}/tickets/{in_path(id_)}", body=values, silent=True)

    async def note(self, id_: str, text: str, mark: str) -> None:
        body = {"ticket_id": int(id_), **_article(f"Ringback {mark}", text)}
        await self._http.ask("POST", f"{API}/ticket_articles", body=body, silent=True)

    async def has_note(self, id_: str, mark: str) -> bool:
        found = await self._http.get(f"{API}/ticket_articles/by_ticket/{in_path(id_)}")
        return any(mark in str(item.get("subject")) for item in found if isinstance(item, dict))

    async def changed(self, since: LookBack) -> OutsideChanges:
        begin = since.cursor or "now-1h"
        found = [self._facts(item) for item in await self._search(f"title:Ringback AND updated_at:[{begin} TO *]")]
        newest = max((facts.updated for facts in found), default="")
        return OutsideChanges(found, newest or None)

    async def check(self) -> None:
        await self._me()
        groups = await self._http.get(f"{API}/tickets", {"per_page": "1", "page": "1"})
        wanted({"tickets": groups}, list, "tickets")

    async def close(self) -> None:
        await self._http.close()

    async def _me(self) -> str:
        return id_in(await self._http.get(f"{API}/users/me"), "id")

    async def _search(self, query: str) -> list[dict[str, Any]]:
        asked = {"query": query, "limit": str(PAGE), "expand": "true", "sort_by": "updated_at", "order_by": "asc"}
        found = await self._http.get(f"{API}/tickets/search", asked)
        items = found if isinstance(found, list) else wanted(found, list, "tickets")
        return [item for item in items if isinstance(item, dict)]

    def _facts(self, item: Any) -> OutsideFacts:
        id_ = id_in(item, "id")
        url = f"{self._connector.url.rstrip('/')}/#ticket/zoom/{id_}"
        return OutsideFacts(id_, wanted(item, str, "state"), url, str(item.get("updated_at") or ""))

    def _state(self, status: str) -> dict[str, str]:
        if not status.startswith("pending"):
            return {"state": status}
        until = self._now() + timedelta(days=PENDING_DAYS)
        return {"state": status, "pending_time": until.isoformat(timespec="seconds")}


def _article(subject: str, text: str) -> dict[str, Any]:
    return {"subject": subject, "body": text, "content_type": "text/plain", "type": "note", "internal": True}
