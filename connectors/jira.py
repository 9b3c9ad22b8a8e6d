"""Jira, Cloud and Data Center, by version 2 of its REST API: https://developer.atlassian.com/cloud/jira/platform/rest/v2

A status is changed by a transition of the project's workflow, or not at all. The search lags behind what was just made.
Cloud has it at /search/jql, Data Center at /search. Times in its query language are in the zone of the account, so it
is asked what changed in the last minutes.
"""

from base64 import b64encode
from collections.abc import Callable
from math import ceil
from typing import Any

from connectors.errors import OutsideTicketGone, SystemRefuses
from connectors.http import SystemHttp, id_in, in_path, wanted
from connectors.systems import MOST_CHANGED, LookBack, OutsideChanges, OutsideDraft, OutsideFacts
from ringback.config.connectors import Connector

API = "/rest/api/2"
SEARCHES = (f"{API}/search/jql", f"{API}/search")
FIELDS = "status,updated"
NEWEST = 20
LABEL = "ringback"
"""On every ticket that comes from here."""
OVERLAP_MINUTES = 2


class Jira:
    """One project of it; see `systems.TicketSystem`."""

    def __init__(self, connector: Connector, password: Callable[[], str]) -> None:
        self._connector = connector
        self._password = password
        self._http = SystemHttp(connector, self._who)

    def _who(self) -> dict[str, str]:
        """Cloud wants the account with its token, Data Center a personal token alone."""
        if not self._connector.user:
            return {"Authorization": f"Bearer {self._password()}"}
        account = f"{self._connector.user}:{self._password()}"
        return {"Authorization": f"Basic {b64encode(account.encode()).decode()}"}

    async def find(self, mark: str) -> OutsideFacts | None:
        found = await self._search(f'labels = "{mark}" ORDER BY created ASC', 1)
        return found[0] if found else None

    async def create(self, draft: OutsideDraft) -> OutsideFacts:
        fields = {
            "project": {"key": self._connector.project},
            "issuetype": {"name": self._connector.issue_type},
            "summary": draft.subject,
            "description": draft.text,
            "labels": [LABEL, draft.mark],
        }
        made = await self._http.ask("POST", f"{API}/issue", body={"fields": fields})
        # What a new one's status is, is the workflow's to say; the next step asks.
        return self._facts(id_in(made, "id"), wanted(made, str, "key"), "")

    async def look(self, id_: str) -> OutsideFacts:
        return self._issue(await self._http.get(f"{API}/issue/{in_path(id_)}", {"fields": FIELDS}))

    async def write(self, id_: str, *, status: str | None = None, subject: str | None = None) -> None:
        if subject is not None:
            await self._http.ask(
                "PUT", f"{API}/issue/{in_path(id_)}", body={"fields": {"summary": subject}}, silent=True
            )
        if status is None:
            return
        path = f"{API}/issue/{in_path(id_)}/transitions"
        ways = wanted(await self._http.get(path), list, "transitions")
        way = next((each for each in ways if wanted(each, str, "to", "name").casefold() == status.casefold()), None)
        if way is None:
            names = ", ".join(sorted({wanted(each, str, "to", "name") for each in ways}))
            raise SystemRefuses("connectors.no_way", status=status, ways=names)
        await self._http.ask("POST", path, body={"transition": {"id": id_in(way, "id")}}, silent=True)

    async def note(self, id_: str, text: str, mark: str) -> None:
        body = {"body": f"{text}\n\n{mark}"}
        await self._http.ask("POST", f"{API}/issue/{in_path(id_)}/comment", body=body, silent=True)

    async def has_note(self, id_: str, mark: str) -> bool:
        query = {"orderBy": "-created", "maxResults": str(NEWEST)}
        found = await self._http.get(f"{API}/issue/{in_path(id_)}/comment", query)
        return any(mark in str(item.get("body")) for item in wanted(found, list, "comments"))

    async def changed(self, since: LookBack) -> OutsideChanges:
        minutes = ceil(since.seconds / 60) + OVERLAP_MINUTES
        return OutsideChanges(await self._search(f"labels = {LABEL} AND updated >= -{minutes}m", MOST_CHANGED))

    async def check(self) -> None:
        project = await self._http.get(f"{API}/project/{in_path(self._connector.project)}")
        id_in(project, "id")
        await self._search("labels = none-of-ours", 1)

    async def close(self) -> None:
        await self._http.close()

    async def _search(self, query: str, most: int) -> list[OutsideFacts]:
        asked = {
            "jql": f'project = "{_quoted(self._connector.project)}" AND {query}',
            "fields": FIELDS,
            "maxResults": str(most),
        }
        try:
            found = await self._http.get(SEARCHES[0], asked)
        except OutsideTicketGone:
            found = await self._http.get(SEARCHES[1], asked)
        return [self._issue(item) for item in wanted(found, list, "issues")]

    def _issue(self, item: Any) -> OutsideFacts:
        status = wanted(item, str, "fields", "status", "name")
        return self._facts(
            id_in(item, "id"), wanted(item, str, "key"), status, str(item["fields"].get("updated") or "")
        )

    def _facts(self, id_: str, key: str, status: str, updated: str = "") -> OutsideFacts:
        return OutsideFacts(id_, status, f"{self._connector.url.rstrip('/')}/browse/{in_path(key)}", updated)


def _quoted(words: str) -> str:
    """Inside quotes of its query language."""
    return words.replace("\\", "\\\\").replace('"', '\\"')
