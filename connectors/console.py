"""The twin of a system beside for a laptop: it prints what it is told, and keeps its tickets in a file.

Whoever changes a status in the file sees it taken back, as from a real one.
"""

import asyncio
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from connectors.errors import OutsideTicketGone, SystemAway
from connectors.systems import LookBack, OutsideChanges, OutsideDraft, OutsideFacts


class ConsoleSystem:
    """See `systems.TicketSystem`. Its file is read and written as a whole, by one process at a time."""

    def __init__(self, name: str, folder: Path, tell: Callable[[str], None] | None = None) -> None:
        self._name = name
        self._path = folder / f"{name}.json"
        self._tell = tell or (lambda line: print(line, file=sys.stderr, flush=True))
        self._lock = asyncio.Lock()

    async def find(self, mark: str) -> OutsideFacts | None:
        tickets = await self._read()
        return next((self._facts(id_, each) for id_, each in tickets.items() if mark in each["subject"]), None)

    async def create(self, draft: OutsideDraft) -> OutsideFacts:
        async with self._lock:
            tickets = await self._read()
            id_ = str(len(tickets) + 1)
            tickets[id_] = {"subject": draft.subject, "status": draft.status, "text": draft.text, "notes": []}
            await self._write(tickets)
        self._say(id_, f"{draft.subject}\n{draft.text}")
        return self._facts(id_, tickets[id_])

    async def look(self, id_: str) -> OutsideFacts:
        tickets = await self._read()
        if id_ not in tickets:
            raise OutsideTicketGone("connectors.not_there", said=id_)
        return self._facts(id_, tickets[id_])

    async def write(self, id_: str, *, status: str | None = None, subject: str | None = None) -> None:
        new = {name: value for name, value in (("status", status), ("subject", subject)) if value is not None}
        await self._change(id_, lambda ticket: ticket.update(new))
        self._say(id_, ", ".join(f"{name}: {value}" for name, value in new.items()))

    async def note(self, id_: str, text: str, mark: str) -> None:
        await self._change(id_, lambda ticket: ticket["notes"].append(f"{text}\n{mark}"))
        self._say(id_, text)

    async def has_note(self, id_: str, mark: str) -> bool:
        tickets = await self._read()
        return any(mark in note for note in tickets.get(id_, {}).get("notes", ()))

    async def changed(self, _since: LookBack) -> OutsideChanges:
        tickets = await self._read()
        return OutsideChanges([self._facts(id_, each) for id_, each in tickets.items()])

    async def check(self) -> None:
        await self._read()

    async def close(self) -> None:
        """Nothing is open."""

    def _say(self, id_: str, words: str) -> None:
        at = datetime.now(UTC).strftime("%H:%M:%S")
        for line in words.splitlines():
            self._tell(f"{at} {self._name} #{id_}: {line}")

    def _facts(self, id_: str, ticket: dict[str, Any]) -> OutsideFacts:
        return OutsideFacts(id_, str(ticket["status"]), self._path.resolve().as_uri())

    async def _change(self, id_: str, change: Callable[[dict[str, Any]], None]) -> None:
        async with self._lock:
            tickets = await self._read()
            if id_ not in tickets:
                raise OutsideTicketGone("connectors.not_there", said=id_)
            change(tickets[id_])
            await self._write(tickets)

    async def _read(self) -> dict[str, dict[str, Any]]:
        def read() -> dict[str, dict[str, Any]]:
            try:
                found = json.loads(self._path.read_text(encoding="utf-8"))
            except FileNotFoundError:
                return {}
            except ValueError as error:
                raise SystemAway("connectors.no_json", begins=self._path.name) from error
            return found if isinstance(found, dict) else {}

        return await asyncio.to_thread(read)

    async def _write(self, tickets: dict[str, dict[str, Any]]) -> None:
        def write() -> None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            draft = self._path.with_suffix(".new")
            draft.write_text(json.dumps(tickets, ensure_ascii=False, indent=1), encoding="utf-8")
            draft.replace(self._path)

        await asyncio.to_thread(write)
