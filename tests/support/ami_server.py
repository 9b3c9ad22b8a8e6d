"""Recorded AMI text served over loopback: what Asterisk sent, to the real client, once more.

Answers the controller's actions as Asterisk 22 answered them (recorded too) and plays a capture to the
session that has events on. Faults of the link are made here: closing, stalling, garbage.
"""

import re
import socketserver
import threading

GREETING = b"Asterisk Call Manager/11.0.0\r\n"
SIMPLE = "Response: Success\r\nActionID: {id}\r\nMessage: Success\r\n\r\n"
ANSWERS = {
    "login": "Response: Success\r\nActionID: {id}\r\nMessage: Authentication accepted\r\n\r\n",
    "events": "Response: Success\r\nActionID: {id}\r\nEvents: On\r\n\r\n",
    "ping": "Response: Success\r\nActionID: {id}\r\nPing: Pong\r\nTimestamp: 1795302212.770229\r\n\r\n",
    "corestatus": "Response: Success\r\nActionID: {id}\r\nCoreStartupDate: 2026-11-22\r\nCoreStartupTime: 00:07:41\r\n"
    "CoreReloadDate: 2026-11-21\r\nCoreReloadTime: 22:54:21\r\nCoreCurrentCalls: 0\r\nCoreProcessedCalls: 7\r\n\r\n",
    "coreshowchannels": "Response: Success\r\nActionID: {id}\r\nEventList: start\r\n"
    "Message: Channels will follow\r\n\r\n"
    "Event: CoreShowChannelsComplete\r\nActionID: {id}\r\nEventList: Complete\r\nListItems: 0\r\n\r\n",
    "devicestatelist": "Response: Success\r\nActionID: {id}\r\nEventList: start\r\n"
    "Message: Device State Changes will follow\r\n\r\n"
    "Event: DeviceStateChange\r\nActionID: {id}\r\nDevice: PJSIP/anna\r\nState: UNAVAILABLE\r\n\r\n"
    "Event: DeviceStateListComplete\r\nActionID: {id}\r\nEventList: Complete\r\nListItems: 1\r\n\r\n",
    "agi": "Response: Success\r\nActionID: {id}\r\nMessage: Added AGI command to queue\r\n\r\n",
}


class AmiServer(socketserver.ThreadingTCPServer):
    """Listens on loopback, on a free port where none is named. `actions` are those received, in order."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Session)
        self.port: int = self.server_address[1]
        self.actions: list[dict[str, str]] = []
        self.changed = threading.Condition()
        self.readers: list[_Session] = []
        self.sessions: list[_Session] = []
        self.deaf_to: set[str] = set()
        """Actions that get no answer."""
        threading.Thread(target=self.serve_forever, daemon=True, name="ami-server").start()

    def play(self, text: bytes) -> None:
        """Sends text to every session that has events on."""
        for reader in self.readers:
            reader.request.sendall(text)

    def drop(self) -> None:
        """Ends every session."""
        for session in self.sessions[:]:
            session.request.shutdown(2)

    def wait_for(self, what: str, count: int = 1, seconds: float = 10) -> list[dict[str, str]]:
        """The actions of that name once there are so many."""

        def found() -> list[dict[str, str]]:
            return [action for action in self.actions if action["Action"].lower() == what.lower()]

        with self.changed:
            assert self.changed.wait_for(lambda: len(found()) >= count, seconds), f"no {count} {what}: {self.actions}"
            return found()

    def wait_for_command(self, command: str, channel: str = "", seconds: float = 10) -> dict[str, str]:
        """The AGI action whose command begins so, for that channel or for any."""

        def found() -> dict[str, str] | None:
            commands = (a for a in self.actions if not channel or a.get("Channel") == channel)
            return next((a for a in commands if a.get("Command", "").startswith(command)), None)

        with self.changed:
            assert self.changed.wait_for(lambda: found() is not None, seconds), f"no {command}: {self.actions}"
            action = found()
        assert action is not None
        return action


class _Session(socketserver.StreamRequestHandler):
    server: AmiServer

    def handle(self) -> None:
        self.server.sessions.append(self)
        self.request.sendall(GREETING)
        action: dict[str, str] = {}
        for raw in self.rfile:
            line = raw.decode().rstrip("\r\n")
            if line:
                name, value = re.split(": ?", line, maxsplit=1)
                action[name] = value
                continue
            self._answer(action)
            action = {}

    def finish(self) -> None:
        self.server.sessions.remove(self)
        if self in self.server.readers:
            self.server.readers.remove(self)

    def _answer(self, action: dict[str, str]) -> None:
        name = action["Action"].lower()
        if name not in self.server.deaf_to:
            self.request.sendall(ANSWERS.get(name, SIMPLE).format(id=action["ActionID"]).encode())
        with self.server.changed:
            if name == "events":
                self.server.readers.append(self)
            self.server.actions.append(action)
            self.server.changed.notify_all()
