"""The AMI client: asterisk-ami with its gaps closed, and the link that keeps two of them alive.

`AmiClient` subclasses asterisk-ami's: it parses a whole read at once, keeps repeated headers, sends
complete actions under a lock, refuses values that would become a second header, and reads without a
time limit (asterisk-ami's own listener ends after 3 s of silence). `AmiLink` runs two clients, one that
only reads events and one that acts, because one thread inside Asterisk serves each session and a reader
that stalls is cut off. What the messages mean is `pbx/codec.py`'s matter.
"""

import asyncio
import contextlib
import itertools
import logging
import os
import random
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from asterisk.ami import AMIClient

from pbx.errors import AmiError, AmiInjection
from ringback.messages import Message, message, text, words_of

log = logging.getLogger(__name__)

Headers = dict[str, str]
LINE_LIMIT = 1024
"""Bytes in a line that Asterisk reads, its end included."""
HEADER_LIMIT = 128
READ_SIZE = 1 << 16
FORBIDDEN = ("\r", "\n", "\0")


def parse(data: bytes) -> list[Headers]:
    """The messages in `data`, which ends where a message ends (without the last empty line).

    A header that comes again is kept under the same name, values joined by a newline (no value can
    contain one). Bytes that are not UTF-8 become U+FFFD.
    """
    messages = []
    for block in data.decode("utf-8", "replace").split("\r\n\r\n"):
        lines = block.split("\r\n")
        try:
            headers = dict([line.split(": ", 1) for line in lines])
        except ValueError:
            headers = {}
        messages.append(headers if len(headers) == len(lines) else _parse_uneven(lines))
    return messages


def _parse_uneven(lines: list[str]) -> Headers:
    """Headers that come twice, have no space after the colon, or are no headers at all."""
    headers: Headers = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if colon:
            value = value.removeprefix(" ")
            headers[name] = f"{headers[name]}\n{value}" if name in headers else value
    return headers


def pack(action: str, headers: dict[str, str | list[str]]) -> bytes:
    """One action as bytes. A list gives the header once for each value.

    Raises AmiInjection for a CR, LF or NUL anywhere, AmiError where Asterisk's limits are passed.
    """
    lines = [f"Action: {action}"]
    for name, value in headers.items():
        lines += [f"{name}: {each}" for each in (value if isinstance(value, list) else [value])]
    if len(lines) > HEADER_LIMIT:
        raise AmiError("pbx.many_headers", action=action, headers=len(lines), most=HEADER_LIMIT)
    for line in lines:
        if any(character in line for character in FORBIDDEN):
            raise AmiInjection("pbx.injection", action=action)
        if len(line.encode()) + 2 > LINE_LIMIT:
            raise AmiError("pbx.long_header", action=action, most=LINE_LIMIT)
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


class AmiClient(AMIClient):
    """One AMI session. Callbacks run on its reading thread.

    `on_messages` gets every read's messages as a list; `on_lost` is called once when the session ends.
    """

    _socket: socket.socket | None

    def __init__(
        self,
        address: str,
        port: int,
        on_messages: Callable[[list[Headers]], None],
        on_lost: Callable[[Exception | None], None],
        timeout: float = 3.0,
    ) -> None:
        super().__init__(address=address, port=port, timeout=timeout, buffer_size=READ_SIZE)
        self._on_messages = on_messages
        self._on_lost = on_lost
        self._send_lock = threading.Lock()
        self.finished = threading.Event()

    def connect(self) -> None:
        """Opens the connection and starts reading. Raises OSError where Asterisk is not there."""
        opened = socket.create_connection((self._address, self._port), self._timeout)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # Reading has no time limit: a quiet night is not a fault. Sending has: see send_bytes.
        opened.settimeout(None)
        self._socket = opened
        self._thread = threading.Thread(target=self.listen, name="ami-reader", daemon=True)
        self._thread.start()

    def send_bytes(self, data: bytes) -> None:
        """Sends whole actions. Raises OSError where the session is gone."""
        with self._send_lock:
            self._opened().sendall(data)

    def disconnect(self) -> None:
        """Ends the session; the reading thread notices and ends too. One that never came about has nothing to end."""
        self.finished.set()
        if self._socket is None:
            return
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError as error:
            log.debug("AMI session was already closed: %s", error)
        self._socket.close()

    def listen(self) -> None:
        """The reading thread."""
        error: Exception | None = None
        try:
            self._read_messages()
        except (OSError, AmiError) as caught:
            error = None if self.finished.is_set() else caught
        self.finished.set()
        self._on_lost(error)

    def _read_messages(self) -> None:
        buffer = b""
        while b"\r\n" not in buffer:
            buffer += self._receive()
        greeting, buffer = buffer.split(b"\r\n", 1)
        if not self.asterisk_start_regex.match(greeting.decode("utf-8", "replace")):
            raise AmiError("pbx.not_ami", address=f"{self._address}:{self._port}")
        while True:
            whole, end, buffer = buffer.rpartition(b"\r\n\r\n")
            if end:
                self._on_messages(parse(whole))
            buffer += self._receive()

    def _receive(self) -> bytes:
        data = self._opened().recv(READ_SIZE)
        if not data:
            raise AmiError("pbx.closed")
        return data

    def _opened(self) -> socket.socket:
        assert self._socket is not None, "connect comes first"
        return self._socket


class Session:
    """One logged-in AMI session for asyncio: `request` sends an action and waits for its answer."""

    _numbers = itertools.count(1)
    _boot = f"{os.getpid():x}-{time.time_ns():x}"

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        address: str,
        port: int,
        on_events: Callable[[list[Headers]], None],
        on_lost: Callable[[Exception | None], None],
    ) -> None:
        self._loop = loop
        self._on_events = on_events
        self._on_lost = on_lost
        self._answers: dict[str, asyncio.Future[list[Headers]]] = {}
        self._lists: dict[str, list[Headers]] = {}
        self._unsent: list[bytes] = []
        """Actions of this turn of the loop: they go out together."""
        self._is_lost = False
        self._client = AmiClient(address, port, self._messages_read, self._session_lost)

    async def open(self, user: str, secret: str, events: str) -> None:
        """Connects and logs in. Raises OSError or AmiError."""
        await self._loop.run_in_executor(None, self._client.connect)
        await self.request("Login", {"Username": user, "Secret": secret, "Events": events})

    def close(self) -> None:
        self._client.disconnect()

    def post(self, action: str, headers: dict[str, str | list[str]]) -> asyncio.Future[list[Headers]]:
        """Sends an action with all others of this turn of the loop; its answer comes to the future, or AmiError where
        the session ends before. Raises AmiInjection, AmiError.

        An ActionID of the caller's own must never come twice, not even after a restart.
        """
        if self._is_lost:
            raise AmiError("pbx.lost")
        given = headers.get("ActionID")
        action_id = given if isinstance(given, str) else f"{self._boot}-{next(self._numbers)}"
        data = pack(action, {**headers, "ActionID": action_id})
        future: asyncio.Future[list[Headers]] = self._loop.create_future()
        self._answers[action_id] = future
        future.add_done_callback(lambda _: self._forget(action_id))
        if not self._unsent:
            self._loop.call_soon(self._send)
        self._unsent.append(data)
        return future

    def _send(self) -> None:
        data, self._unsent = b"".join(self._unsent), []
        try:
            self._client.send_bytes(data)
        except OSError as error:
            log.info("AMI: %s", error)
            # The reading thread ends with the session and says so: one way for every loss.
            self._client.disconnect()

    async def request(self, action: str, headers: dict[str, str | list[str]], timeout: float = 5.0) -> list[Headers]:
        """Sends an action and returns its answer: the response, then the events of its list.

        Raises AmiError where Asterisk refuses or does not answer in `timeout` seconds.
        """
        try:
            async with asyncio.timeout(timeout):
                messages = await self.post(action, headers)
        except TimeoutError:
            raise AmiError("pbx.no_answer", action=action, seconds=timeout) from None
        if messages[0].get("Response") == "Error":
            if "Message" in messages[0]:
                raise AmiError("pbx.refused", action=action, why=text(messages[0]["Message"]))
            raise AmiError("pbx.refused_silently", action=action)
        return messages

    def _forget(self, action_id: str) -> None:
        self._answers.pop(action_id, None)
        self._lists.pop(action_id, None)

    # Reading thread -> loop: one hand-over for all messages of one read.

    def _messages_read(self, messages: list[Headers]) -> None:
        self._call_loop(self._sort, messages)

    def _session_lost(self, error: Exception | None) -> None:
        self._call_loop(self._lost, error)

    def _call_loop(self, what: Callable[..., None], *args: Any) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(what, *args)

    def _sort(self, messages: list[Headers]) -> None:
        events = []
        for each in messages:
            action_id = each.get("ActionID")
            if action_id in self._answers and self._is_answer(action_id, each):
                continue
            if "Event" in each:
                events.append(each)
        if events:
            self._on_events(events)

    def _is_answer(self, action_id: str, message: Headers) -> bool:
        parts = self._lists.setdefault(action_id, [])
        parts.append(message)
        more = message.get("EventList") == "start" or ("Event" in message and message.get("EventList") != "Complete")
        future = self._answers[action_id]
        if not more and not future.done():
            future.set_result(parts)
        return True

    def _lost(self, error: Exception | None) -> None:
        self._is_lost = True
        for future in list(self._answers.values()):
            if not future.done():
                future.set_exception(AmiError("pbx.lost"))
        self._on_lost(error)


class AmiLink:
    """Two sessions that come back by themselves: within 2 s of Asterisk being there again."""

    RETRY_SECONDS = (0.1, 1.5)
    """Between tries: doubled from the first to the second, with jitter."""
    PING_SECONDS = 2.0

    def __init__(
        self,
        address: str,
        port: int,
        user: str,
        secret: str,
        event_names: tuple[str, ...],
        narrowed: Mapping[str, tuple[str, str]] | None = None,
    ) -> None:
        """`event_names`: what is wanted; of those in `narrowed` only what meets a further criterion of `eventfilter`
        (e.g. `header(Context),method(exact)`) with that text."""
        self._where = (address, port)
        self._narrowed = narrowed or {}
        self._login = (user, secret)
        self._event_names = event_names
        self._gone = asyncio.Event()
        self._actions: Session | None = None

    async def run(
        self,
        on_events: Callable[[list[Headers]], None],
        on_up: Callable[[], Awaitable[None]],
        on_down: Callable[[Message], None],
    ) -> None:
        """Keeps the link until cancelled. `on_up` compares everything with Asterisk; events that come
        meanwhile are handed over as they come, so it must bear both orders."""
        wait = self.RETRY_SECONDS[0]
        while True:
            sessions: list[Session] = []
            try:
                await self._open(sessions, on_events)
                await on_up()
                wait = self.RETRY_SECONDS[0]
                await self._stay()
                reason = message("pbx.closed")
            except (OSError, AmiError) as error:
                reason = message("pbx.away_at", address=f"{self._where[0]}:{self._where[1]}", why=words_of(error))
            finally:
                self._actions = None
                for session in sessions:
                    session.close()
            on_down(reason)
            await asyncio.sleep(wait * random.uniform(0.5, 1.0))
            wait = min(wait * 2, self.RETRY_SECONDS[1])

    async def _open(self, sessions: list[Session], on_events: Callable[[list[Headers]], None]) -> None:
        loop = asyncio.get_running_loop()
        self._gone.clear()
        reader = Session(loop, *self._where, on_events, lambda _: self._gone.set())
        actor = Session(loop, *self._where, lambda _: None, lambda _: self._gone.set())
        sessions += [reader, actor]
        await reader.open(*self._login, events="off")
        for name in self._event_names:
            criteria, wanted = f"action(include),name({name})", ""
            if name in self._narrowed:
                more, wanted = self._narrowed[name]
                criteria += f",{more}"
            await reader.request("Filter", {"Operation": "Add", "MatchCriteria": criteria, "Filter": wanted})
        await reader.request("Events", {"EventMask": "on"})
        await actor.open(*self._login, events="off")
        await actor.request("Ping", {}, self.PING_SECONDS)
        self._actions = actor

    async def _stay(self) -> None:
        """Until either session ends or Asterisk no longer answers a ping."""
        while not self._gone.is_set():
            await self.request("Ping", {}, self.PING_SECONDS)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.PING_SECONDS):
                    await self._gone.wait()

    def post(self, action: str, headers: dict[str, str | list[str]]) -> asyncio.Future[list[Headers]]:
        """Sends an action on the acting session without waiting. Raises AmiError while the link is down."""
        if self._actions is None:
            raise AmiError("pbx.away")
        return self._actions.post(action, headers)

    async def request(self, action: str, headers: dict[str, str | list[str]], timeout: float = 5.0) -> list[Headers]:
        """Sends an action on the acting session and returns its answer. Raises AmiError."""
        if self._actions is None:
            raise AmiError("pbx.away")
        return await self._actions.request(action, headers, timeout)
