"""GLPI 9.5 to 10, by its REST API (apirest.php): https://github.com/glpi-project/glpi/blob/main/apirest.md

A session is opened with the user's token, and again where it ran out. Texts are HTML there, so ours are escaped. The
password in the secrets file is the user's token, after a space the application's where one is asked for.
"""

import html
from collections.abc import Callable
from typing import Any

from connectors.errors import OutsideTicketGone, SystemRefuses, WrongPassword
from connectors.http import SystemHttp, id_in, in_path, wanted
from connectors.systems import LookBack, OutsideChanges, OutsideDraft, OutsideFacts
from ringback.config.connectors import Connector

NAME, NUMBER, STATUS, UPDATED = "1", "2", "12", "19"
"""Fields of a ticket as its search numbers them."""
PAGE = 50


class Glpi:
    """One entity of it; see `systems.TicketSystem`."""

    def __init__(self, connector: Connector, password: Callable[[], str]) -> None:
        self._connector = connector
        self._password = password
        self._http = SystemHttp(connector, self._application)
        self._session = ""

    def _application(self) -> dict[str, str]:
        _, _, application = self._password().partition(" ")
        return {"App-Token": application} if application else {}

    async def find(self, mark: str) -> OutsideFacts | None:
        found = await self._search(NAME, "contains", mark, NUMBER)
        return min(found, key=lambda facts: int(facts.id), default=None)

    async def create(self, draft: OutsideDraft) -> OutsideFacts:
        values: dict[str, Any] = {
            "name": draft.subject,
            "content": _as_html(draft.text),
            "status": _number(draft.status),
        }
        if self._connector.project:
            values["entities_id"] = int(self._connector.project)
        made = await self._ask("POST", "/Ticket", body={"input": values})
        return self._facts(id_in(made, "id"), draft.status)

    async def look(self, id_: str) -> OutsideFacts:
        found = await self._ask("GET", f"/Ticket/{in_path(id_)}")
        if found.get("is_deleted"):
            raise OutsideTicketGone("connectors.not_there", said="is_deleted")
        return self._facts(id_in(found, "id"), id_in(found, "status"), str(found.get("date_mod") or ""))

    async def write(self, id_: str, *, status: str | None = None, subject: str | None = None) -> None:
        values: dict[str, Any] = {} if subject is None else {"name": subject}
        if status is not None:
            values["status"] = _number(status)
        await self._ask("PUT", f"/Ticket/{in_path(id_)}", body={"input": values})

    async def note(self, id_: str, text: str, mark: str) -> None:
        values = {
            "itemtype": "Ticket",
            "items_id": int(id_),
            "is_private": 1,
            "content": _as_html(f"{text}\n\n{mark}"),
        }
        await self._ask("POST", "/ITILFollowup", body={"input": values})

    async def has_note(self, id_: str, mark: str) -> bool:
        query = {"range": f"0-{PAGE - 1}", "sort": "id", "order": "DESC"}
        found = await self._ask("GET", f"/Ticket/{in_path(id_)}/ITILFollowup", query=query)
        return any(mark in str(item.get("content")) for item in found if isinstance(item, dict))

    async def changed(self, since: LookBack) -> OutsideChanges:
        if since.cursor is None:
            newest = await self._search(NAME, "contains", "Ringback", UPDATED, "DESC", 1)
            return OutsideChanges(newest, newest[0].updated if newest else None)
        found = await self._search(UPDATED, "morethan", since.cursor, UPDATED)
        return OutsideChanges(found, found[-1].updated if found else None)

    async def check(self) -> None:
        await self._search(NUMBER, "equals", "0", NUMBER)
        if self._connector.project:
            await self._ask("GET", f"/Entity/{self._connector.project}")

    async def close(self) -> None:
        await self._http.close()

    async def _search(
        self, field: str, how: str, value: str, by: str, order: str = "ASC", most: int = PAGE
    ) -> list[OutsideFacts]:
        query = {
            "criteria[0][field]": field,
            "criteria[0][searchtype]": how,
            "criteria[0][value]": value,
            "sort": by,
            "order": order,
            "range": f"0-{most - 1}",
            **{f"forcedisplay[{at}]": shown for at, shown in enumerate((NUMBER, STATUS, UPDATED))},
        }
        found = await self._ask("GET", "/search/Ticket", query=query)
        items = found.get("data") or [] if isinstance(found, dict) else []
        return [
            self._facts(id_in(item, NUMBER), id_in(item, STATUS), str(item.get(UPDATED) or ""))
            for item in items
            if isinstance(item, dict)
        ]

    async def _ask(
        self, method: str, path: str, *, query: dict[str, str] | None = None, body: dict[str, Any] | None = None
    ) -> Any:
        """Within a session; a second time in a new one where the old one had ended."""
        for _ in range(2):
            has_begun = not self._session
            if has_begun:
                self._session = await self._begin()
            try:
                return await self._http.ask(
                    method, path, query=query, body=body, headers={"Session-Token": self._session}
                )
            except WrongPassword:
                self._session = ""
                if has_begun:
                    raise
        raise AssertionError  # the second turn returned or raised

    async def _begin(self) -> str:
        token, _, _ = self._password().partition(" ")
        try:
            begun = await self._http.ask("GET", "/initSession", headers={"Authorization": f"user_token {token}"})
        except SystemRefuses as error:
            if "APP_TOKEN" in str(error.facts.get("said")):
                raise WrongPassword("connectors.wrong_password", said=error.facts["said"]) from error
            raise
        return str(wanted(begun, str, "session_token"))

    def _facts(self, id_: str, status: str, updated: str = "") -> OutsideFacts:
        page = self._connector.url.rstrip("/").removesuffix("/apirest.php")
        return OutsideFacts(id_, status, f"{page}/front/ticket.form.php?id={id_}", updated)


def _as_html(text: str) -> str:
    return html.escape(text).replace("\n", "<br>")


def _number(status: str) -> int | str:
    return int(status) if status.isdecimal() else status
