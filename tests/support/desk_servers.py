"""Ticket systems on the loopback that answer as their documentation says, with state: what a connector is tried on.

Request Tracker's answers are those that version 5.0.3 gave; `make test-rt` asks the real one the same questions. Of
Zammad, Jira and GLPI they are written from the documentation of their APIs. Only what connectors use is there.
"""

import asyncio
import html
import re
import threading
from base64 import b64encode
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

PASSWORD = "right"
USER = "ringback"
TOKENS = {
    "rt": f"Basic {b64encode(f'{USER}:{PASSWORD}'.encode()).decode()}",
    "zammad": f"Token token={PASSWORD}",
    "jira": f"Basic {b64encode(f'{USER}:{PASSWORD}'.encode()).decode()}",
}
GLPI_SESSION = "session-"
STATUSES = {
    "rt": ("new", "open", "stalled", "resolved", "rejected", "deleted"),
    "zammad": ("new", "open", "pending reminder", "pending close", "closed", "merged"),
    "jira": ("To Do", "In Progress", "Done"),
    "glpi": ("1", "2", "3", "4", "5", "6"),
}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class ServedTicket:
    """A ticket there."""

    id: int
    subject: str
    status: str
    text: str
    updated: str
    labels: tuple[str, ...] = ()
    notes: list[dict[str, Any]] = field(default_factory=list)
    deleted: bool = False


class DeskServer:
    """One of the systems, in a thread with a loop of its own."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.tickets: dict[int, ServedTicket] = {}
        self.instead: Handler | None = None
        """Answers instead, if it is there."""
        self.asked: list[tuple[str, str, Any]] = []
        """Method, path with query, and body."""
        self.sessions = 0
        self._ticks = 0

    def __enter__(self) -> "DeskServer":
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self.port = asyncio.run_coroutine_threadsafe(self._open(), self._loop).result(10)
        return self

    def __exit__(self, *_error: object) -> None:
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}" + ("/apirest.php" if self.kind == "glpi" else "")

    async def _open(self) -> int:
        app = web.Application()
        app.router.add_route("*", "/{rest:.*}", self._answer)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        return int(self._runner.addresses[0][1])

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.json() if request.can_read_body else None
        self.asked.append((request.method, str(request.rel_url), body))
        if self.instead is not None:
            return await self.instead(request)
        return getattr(self, f"_{self.kind}")(request, body or {})  # type: ignore[no-any-return]

    def make(self, subject: str, status: str, text: str = "", labels: tuple[str, ...] = ()) -> ServedTicket:
        made = ServedTicket(len(self.tickets) + 1, subject, status, text, self.tick(), labels)
        self.tickets[made.id] = made
        return made

    def turn(self, id_: str, status: str) -> None:
        """Somebody there changes it."""
        self.tickets[int(id_)].status = status
        self.tickets[int(id_)].updated = self.tick()

    def tick(self) -> str:
        """The next moment, by a clock there that is years behind ours."""
        self._ticks += 1
        at = f"2011-01-01T10:{self._ticks // 60:02}:{self._ticks % 60:02}"
        return at.replace("T", " ") if self.kind == "glpi" else f"{at}Z"

    def _knows(self, request: web.Request) -> bool:
        return request.headers.get("Authorization") == TOKENS[self.kind]

    def _of_path(self, request: web.Request, pattern: str) -> ServedTicket | None:
        found = re.search(pattern, request.path)
        ticket = self.tickets.get(int(found[1])) if found else None
        return None if ticket is None or ticket.deleted else ticket

    # -- Request Tracker -----------------------------------------------------------------------------------

    def _rt(self, request: web.Request, body: dict[str, Any]) -> web.Response:
        if not self._knows(request):
            return web.json_response({"message": "Unauthorized"}, status=401)
        path = request.path.removeprefix("/REST/2.0")
        if path == "/queue/General":
            return web.json_response({"id": 1, "Name": "General"})
        if path == "/tickets":
            return self._rt_search(request)
        if path == "/ticket":
            if body["Queue"] != "General":
                said = f"No permission to create tickets in the queue '{body['Queue']}'"
                return web.json_response({"message": said}, status=403)
            made = self.make(body["Subject"].replace("\n", ""), body.get("Status", "new"), body["Content"])
            return web.json_response({"id": str(made.id), "type": "ticket", "_url": "..."}, status=201)
        found = re.fullmatch(r"/ticket/(\d+)(/\w+)?", path)
        ticket = self.tickets.get(int(found[1])) if found else None
        if ticket is None or found is None:
            return web.json_response({"message": "Not Found"}, status=404)
        if found[2] == "/comment":
            ticket.notes.append({"Subject": body["Subject"], "Content": body["Content"]})
            return web.json_response(["Comments added"], status=201)
        if found[2] == "/attachments":
            return web.json_response({"items": [{"Subject": ticket.subject}, *ticket.notes], "total": 1})
        if request.method == "PUT":
            return web.json_response(self._rt_put(ticket, body))
        status = "deleted" if ticket.deleted else ticket.status
        return web.json_response({"id": ticket.id, "Status": status, "LastUpdated": ticket.updated})

    def _rt_put(self, ticket: ServedTicket, body: dict[str, Any]) -> list[str]:
        said = []
        if "Status" in body and body["Status"] not in STATUSES["rt"]:
            said.append(f"Ticket {ticket.id}: Status '{body['Status']}' isn't a valid status for this ticket.")
        elif "Status" in body:
            ticket.status = body["Status"]
        ticket.subject = body.get("Subject", ticket.subject)
        ticket.updated = self.tick()
        return said

    def _rt_search(self, request: web.Request) -> web.Response:
        query = request.query["query"]
        subject, since = re.search(r"Subject LIKE '(\w+)'", query), re.search(r"LastUpdated >= '([^']+)'", query)
        found = [
            each
            for each in self.tickets.values()
            if (subject is None or subject[1] in each.subject) and (since is None or each.updated >= since[1])
        ]
        found.sort(key=lambda each: each.updated, reverse=request.query["order"] == "DESC")
        items = [{"id": str(each.id), "Status": each.status, "LastUpdated": each.updated} for each in found]
        return web.json_response({"items": [] if "id = 0" in query else items[: int(request.query["per_page"])]})

    # -- Zammad --------------------------------------------------------------------------------------------

    def _zammad(self, request: web.Request, body: dict[str, Any]) -> web.Response:
        path = request.path.removeprefix("/api/v1")
        if path == f"/cti/{PASSWORD}":
            return web.json_response({})
        if not self._knows(request):
            return web.json_response({"error": "Invalid token."}, status=401)
        if path == "/users/me":
            return web.json_response({"id": 3, "login": USER})
        if path == "/tickets/search":
            word = re.search(r"rb\w+|Ringback", request.query["query"])
            since = re.search(r"updated_at:\[(\S+) TO", request.query["query"])
            found = [
                self._zammad_ticket(each)
                for each in sorted(self.tickets.values(), key=lambda each: each.updated)
                if word and word[0] in each.subject and (since is None or each.updated >= since[1] or "now" in since[1])
            ]
            return web.json_response(found)
        if path == "/tickets":
            if request.method == "GET":
                return web.json_response([])
            if body["group"] != "General":
                return web.json_response(
                    {"error": f"No lookup value found for 'group': \"{body['group']}\""}, status=422
                )
            made = self.make(body["title"], body["state"], body["article"]["body"])
            return web.json_response(self._zammad_ticket(made), status=201)
        if path == "/ticket_articles":
            ticket = self.tickets[body["ticket_id"]]
            ticket.notes.append({**body, "id": len(ticket.notes)})
            return web.json_response({"id": 1}, status=201)
        return self._zammad_one(request, body)

    def _zammad_one(self, request: web.Request, body: dict[str, Any]) -> web.Response:
        ticket = self._of_path(request, r"/(?:tickets|by_ticket)/(\d+)$")
        if ticket is None:
            return web.json_response({"error": "Couldn't find Ticket with 'id'=9"}, status=404)
        if "/by_ticket/" in request.path:
            return web.json_response(ticket.notes)
        if request.method == "PUT":
            state = body.get("state", ticket.status)
            if state not in STATUSES["zammad"] or (state.startswith("pending") and "pending_time" not in body):
                return web.json_response({"error": "Invalid value for param 'state'"}, status=422)
            ticket.status, ticket.subject = state, body.get("title", ticket.subject)
            ticket.updated = self.tick()
        return web.json_response(self._zammad_ticket(ticket))

    def _zammad_ticket(self, ticket: ServedTicket) -> dict[str, Any]:
        shown = {"id": ticket.id, "number": f"67{ticket.id:03}", "title": ticket.subject, "group": "General"}
        return {**shown, "state": ticket.status, "state_id": 2, "updated_at": ticket.updated}

    # -- Jira ----------------------------------------------------------------------------------------------

    def _jira(self, request: web.Request, body: dict[str, Any]) -> web.Response:
        if not self._knows(request):
            return web.Response(status=401, text="<html><title>Unauthorized (401)</title></html>")
        path = request.path.removeprefix("/rest/api/2")
        if path == "/project/General":
            return web.json_response({"id": "10000", "key": "General"})
        if path == "/search":
            label = re.search(r'labels = "?([\w-]+)"?', request.query["jql"])
            found = [each for each in self.tickets.values() if label and label[1] in each.labels and not each.deleted]
            return web.json_response({"issues": [self._jira_issue(each) for each in found]})
        if path == "/issue":
            fields = body["fields"]
            if fields["project"]["key"] != "General":
                errors = {"errorMessages": [], "errors": {"project": "valid project is required"}}
                return web.json_response(errors, status=400)
            made = self.make(fields["summary"], "To Do", fields["description"], tuple(fields["labels"]))
            return web.json_response({"id": str(made.id), "key": f"GEN-{made.id}", "self": "..."}, status=201)
        ticket = self._of_path(request, r"/issue/(\d+)")
        if ticket is None:
            errors = {"errorMessages": ["Issue does not exist or you do not have permission to see it."], "errors": {}}
            return web.json_response(errors, status=404)
        if path.endswith("/transitions"):
            if request.method == "GET":
                ways = [{"id": str(at), "name": "…", "to": {"name": each}} for at, each in enumerate(STATUSES["jira"])]
                return web.json_response({"transitions": ways})
            ticket.status = STATUSES["jira"][int(body["transition"]["id"])]
            return web.Response(status=204)
        if path.endswith("/comment"):
            if request.method == "GET":
                return web.json_response({"comments": ticket.notes})
            ticket.notes.append({"body": body["body"]})
            return web.json_response({"id": "1"}, status=201)
        if request.method == "PUT":
            ticket.subject = body["fields"]["summary"]
            return web.Response(status=204)
        return web.json_response(self._jira_issue(ticket))

    def _jira_issue(self, ticket: ServedTicket) -> dict[str, Any]:
        fields = {"status": {"name": ticket.status}, "updated": ticket.updated.replace("Z", ".000+0000")}
        return {"id": str(ticket.id), "key": f"GEN-{ticket.id}", "fields": fields}

    # -- GLPI ----------------------------------------------------------------------------------------------

    def _glpi(self, request: web.Request, body: dict[str, Any]) -> web.Response:
        path = request.path.removeprefix("/apirest.php")
        if path == "/initSession":
            if request.headers.get("App-Token") != "app":
                return web.json_response(
                    ["ERROR_WRONG_APP_TOKEN_PARAMETER", "parameter app_token is wrong"], status=400
                )
            if request.headers.get("Authorization") != f"user_token {PASSWORD}":
                return web.json_response(["ERROR_GLPI_LOGIN_USER_TOKEN", "parameter user_token is invalid"], status=401)
            self.sessions += 1
            return web.json_response({"session_token": f"{GLPI_SESSION}{self.sessions}"})
        if request.headers.get("Session-Token") != f"{GLPI_SESSION}{self.sessions}":
            return web.json_response(["ERROR_SESSION_TOKEN_INVALID", "session_token seems invalid"], status=401)
        if path == "/Entity/0":
            return web.json_response({"id": 0, "name": "Root"})
        if path == "/search/Ticket":
            return self._glpi_search(request)
        given = body.get("input", {})
        if path == "/Ticket":
            made = self.make(html.escape(given["name"]), str(given["status"]), given["content"])
            return web.json_response({"id": made.id, "message": "Item successfully added"}, status=201)
        if path == "/ITILFollowup":
            self.tickets[given["items_id"]].notes.append({"content": given["content"]})
            return web.json_response({"id": 1, "message": ""}, status=201)
        return self._glpi_one(request, given)

    def _glpi_one(self, request: web.Request, given: dict[str, Any]) -> web.Response:
        ticket = self._of_path(request, r"/Ticket/(\d+)")
        if ticket is None:
            return web.json_response(["ERROR_ITEM_NOT_FOUND", "Item not found"], status=404)
        if request.path.endswith("/ITILFollowup"):
            return web.json_response(ticket.notes)
        if request.method == "PUT":
            if str(given.get("status", 1)) not in STATUSES["glpi"]:
                return web.json_response(["ERROR_GLPI_UPDATE", "not allowed"], status=400)
            ticket.status, ticket.updated = str(given.get("status", ticket.status)), self.tick()
            ticket.subject = given.get("name", ticket.subject)
            return web.json_response([{str(ticket.id): True, "message": ""}])
        shown = {"id": ticket.id, "name": ticket.subject, "status": int(ticket.status), "date_mod": ticket.updated}
        return web.json_response({**shown, "is_deleted": 0})

    def _glpi_search(self, request: web.Request) -> web.Response:
        field_, value = request.query["criteria[0][field]"], request.query["criteria[0][value]"]
        found = [
            each
            for each in self.tickets.values()
            if (field_ == "1" and value in each.subject) or (field_ == "19" and each.updated > value)
        ]
        found.sort(key=lambda each: each.updated, reverse=request.query["order"] == "DESC")
        data = [{"1": each.subject, "2": each.id, "12": int(each.status), "19": each.updated} for each in found]
        whole = {"totalcount": len(data), "count": len(data), "content-range": "0-0/1"}
        return web.json_response({**whole, "data": data} if data else whole)


def answers(status: int, text: str = "", **headers: str) -> Handler:
    """Always the same."""

    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, text=text, headers=headers)

    return answer


async def hangs(_request: web.Request) -> web.StreamResponse:
    """Takes the request and says nothing."""
    with suppress(asyncio.CancelledError):
        await asyncio.Event().wait()
    return web.Response()


async def never_ends(request: web.Request) -> web.StreamResponse:
    """As much as anybody reads."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    with suppress(ConnectionError):
        for _ in range(10_000):
            await response.write(b" " * 1024 * 1024)
    return response
