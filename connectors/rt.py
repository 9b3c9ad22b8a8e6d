"""Request Tracker 5, by its REST2: https://docs.bestpractical.com/rt/5.0.3/RT/REST2.html

What was seen on 5.0.3: a status that it does not know is answered with 200 and a sentence; a queue that is not there
with 403; a deleted ticket is still there, with the status "deleted", and no search finds it; a merged one
answers as the ticket it was merged into; times without a zone are in the zone of the account, so ours have a Z.
"""

from base64 import b64encode
from collections.abc import Callable
from typing import Any

from connectors.errors import OutsideTicketGone, SystemRefuses
from connectors.http import SystemHttp, id_in, in_path, wanted
from connectors.systems import MOST_CHANGED, LookBack, OutsideChanges, OutsideDraft, OutsideFacts
from ringback.config.connectors import Connector

API = "/REST/2.0"
FIELDS = "Status,LastUpdated"
DELETED = "deleted"
NEWEST = 50
"""Attachments among which a note is looked for."""


class RequestTracker:
    """One queue of it; see `systems.TicketSystem`."""

    def __init__(self, connector: Connector, password: Callable[[], str]) -> None:
        self._connector = connector
        self._password = password
        self._http = SystemHttp(connector, self._who)

    def _who(self) -> dict[str, str]:
        account = f"{self._connector.user}:{self._password()}"
        return {"Authorization": f"Basic {b64encode(account.encode()).decode()}"}

    async def find(self, mark: str) -> OutsideFacts | None:
        found = await self._search(f"Subject LIKE '{mark}'", "id", 1)
        return found[0] if found else None

    async def create(self, draft: OutsideDraft) -> OutsideFacts:
        made = await self._http.ask(
            "POST",
            f"{API}/ticket",
            body={
                "Queue": self._connector.project,
                "Subject": draft.subject,
                "Content": draft.text,
                "ContentType": "text/plain",
                "Status": draft.status,
            },
        )
        return self._facts(id_in(made, "id"), draft.status)

    async def look(self, id_: str) -> OutsideFacts:
        found = await self._http.get(f"{API}/ticket/{in_path(id_)}")
        status = wanted(found, str, "Status")
        if status == DELETED:
            raise OutsideTicketGone("connectors.not_there", said=DELETED)
        return self._facts(id_in(found, "id"), status, wanted(found, str, "LastUpdated"))

    async def write(self, id_: str, *, status: str | None = None, subject: str | None = None) -> None:
        values = {name: value for name, value in (("Status", status), ("Subject", subject)) if value is not None}
        said = await self._http.ask("PUT", f"{API}/ticket/{in_path(id_)}", body=values)
        if status is not None and (await self.look(id_)).status != status:
            raise SystemRefuses("connectors.refused", status=200, said="; ".join(map(str, said))[:300])

    async def note(self, id_: str, text: str, mark: str) -> None:
        body = {"Subject": f"Ringback {mark}", "Content": text, "ContentType": "text/plain"}
        await self._http.ask("POST", f"{API}/ticket/{in_path(id_)}/comment", body=body, silent=True)

    async def has_note(self, id_: str, mark: str) -> bool:
        query = {"fields": "Subject", "per_page": str(NEWEST), "orderby": "id", "order": "DESC"}
        found = await self._http.get(f"{API}/ticket/{in_path(id_)}/attachments", query)
        return any(mark in str(item.get("Subject")) for item in wanted(found, list, "items"))

    async def changed(self, since: LookBack) -> OutsideChanges:
        if since.cursor is None:
            newest = await self._search(f"Queue = '{_quoted(self._connector.project)}'", "LastUpdated", 1, "DESC")
            return OutsideChanges(newest, newest[0].updated if newest else None)
        query = f"Queue = '{_quoted(self._connector.project)}' AND LastUpdated >= '{_quoted(since.cursor)}'"
        found = await self._search(query, "LastUpdated", MOST_CHANGED)
        return OutsideChanges(found, found[-1].updated if found else None)

    async def check(self) -> None:
        queue = await self._http.get(f"{API}/queue/{in_path(self._connector.project)}")
        id_in(queue, "id")
        await self._search("id = 0", "id", 1)

    async def close(self) -> None:
        await self._http.close()

    async def _search(self, query: str, by: str, most: int, order: str = "ASC") -> list[OutsideFacts]:
        asked = {"query": query, "fields": FIELDS, "orderby": by, "order": order, "per_page": str(most)}
        found = await self._http.get(f"{API}/tickets", asked)
        return [self._item(item) for item in wanted(found, list, "items")]

    def _item(self, item: Any) -> OutsideFacts:
        return self._facts(id_in(item, "id"), wanted(item, str, "Status"), wanted(item, str, "LastUpdated"))

    def _facts(self, id_: str, status: str, updated: str = "") -> OutsideFacts:
        return OutsideFacts(id_, status, f"{self._connector.url.rstrip('/')}/Ticket/Display.html?id={id_}", updated)


def _quoted(words: str) -> str:
    """Inside quotes of its query language."""
    return words.replace("\\", "\\\\").replace("'", "\\'")
