#!/usr/bin/env python3
"""Answers a caller while the controller is away: an apology, and the promise of a call back.

A plain process that Asterisk starts for one call (AGI over stdin and stdout, spoken by pyst2's `asterisk.agi`).
It owns the conversation and one file in the spool, `<call_id>.json`, written only when the caller has confirmed
the number and then at once, before anything else is said; `callback/spool.py` takes it in when the controller
is back. Whoever hangs up before the confirmation has left nothing.

How the dialplan calls it, with absolute paths, by the Python of Ringback's virtual environment:

    AGI(/venv/bin/python,/repo/asterisk-conf/agi-bin/fallback.py,SPOOL,LANGUAGE,LINE,COUNTRY,FROM)

SPOOL is Settings.fallback_spool, where the dialling rules lie too (callback/destinations.py), LINE the dialled number,
LANGUAGE and COUNTRY are the line's language and default_country, FROM the caller's From header, URL-encoded as a
whole: see ivr/caller.py.
The exit status is 0 when the conversation was held or the caller hung up; else AGISTATUS is FAILURE, and the
dialplan tells the caller that there is trouble.
"""

import json
import os
import re
import sys
import time
import uuid
from pathlib import Path
from typing import TextIO

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # our own rooms

from asterisk.agi import AGI, AGIAppError, AGIException, AGIHangup

from callback import destinations
from callback.policy import Refusal, read_number, spoken_digits
from ivr.caller import read_from

TRIES = 3
KEY_SECONDS = 6.0
"""For a choice, after its prompt."""
NUMBER_KEY_SECONDS = 8.0
"""For each key of a number: people look it up."""
MOST_DIGITS = 18
ANY_KEY = "0123456789*#"


class Quiet:
    """Where pyst2 reports each line it reads and writes: nowhere, for it is the caller's data."""

    def write(self, text: str) -> int:
        return len(text)


class Answers:
    """Asterisk's side of the pipe. Its end is a hang-up: without this pyst2 would read on for ever."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def readline(self) -> str:
        line = self._stream.readline()
        if not line:
            raise AGIHangup("Asterisk closed the connection")
        return line


class Conversation:
    """One caller, who is offered a call back."""

    def __init__(self, agi: AGI, spool: Path, language: str, line: str, country: str, caller: str) -> None:
        self._agi = agi
        self._spool = spool
        self._language = language
        self._line = line
        self._country = country
        number, _ = read_from(caller)
        self._caller = number if number.isascii() else ""  # no exchange sends digits of another script
        self._destinations = destinations.read(spool, country)
        self._arrived_at = time.time()

    def run(self) -> None:
        """The whole conversation. Raises AGIException when the caller hangs up, which may be anywhere."""
        if not self._wants_a_call():
            self._say("fallback-no-number")
            return
        number = self._confirmed_number()
        if number is None:
            self._say("fallback-no-number")
        elif self._promise(number):
            self._say("fallback-thanks")
        else:
            self._say("trouble")

    def _wants_a_call(self) -> bool:
        lead = ["fallback-apology"]
        for _ in range(TRIES):
            if self._ask([*lead, "fallback-offer"], KEY_SECONDS, 1) == "1":
                return True
            lead = []
        return False

    def _confirmed_number(self) -> str | None:
        """A number that the caller heard and confirmed; None: three tries gave none."""
        number, refused = self._read(self._caller)
        lead = ["fallback-bad-number"] if refused else []
        entries = unanswered = 0
        while unanswered < TRIES:
            if number is None:
                if entries == TRIES:
                    return None
                entries += 1
                keys = self._ask([*lead, "fallback-enter"], NUMBER_KEY_SECONDS, MOST_DIGITS)
                number, _ = self._read(keys)
                lead = ["fallback-bad-number"] if keys else []
                continue
            # To its end: a key says something only about a number that was heard.
            for prompt in ("fallback-number", *(f"digit-{digit}" for digit in spoken_digits(number, self._country))):
                self._say(prompt)
            match self._ask(["fallback-confirm"], KEY_SECONDS, 1):
                case "1":
                    return number
                case "2":
                    number, lead, unanswered = None, [], 0
                case _:
                    unanswered += 1
        return None

    def _read(self, text: str) -> tuple[str | None, bool]:
        """The number to call, if it may be called; and whether it is one that the rules forbid."""
        number = read_number(text, self._country)
        if isinstance(number, Refusal):
            return None, number.code == "callback.premium"
        allowed = self._destinations.allows(number)
        return (number if allowed else None), not allowed

    def _promise(self, number: str) -> bool:
        """Writes the request down; False when it cannot be kept, so that nobody promises it."""
        call_id = self._agi.env.get("agi_uniqueid", "")
        if not re.fullmatch(r"[0-9A-Za-z][0-9A-Za-z._-]{0,79}", call_id):
            call_id = str(uuid.uuid4())
        request = {
            "number": number,
            "language": self._language,
            "line": self._line,
            "call_id": call_id,
            "arrived_at": self._arrived_at,
            "requested_at": time.time(),
        }
        try:
            write_whole(self._spool / f"{call_id}.json", json.dumps(request).encode())
        except OSError as error:
            complain(f"a caller's callback request could not be written to {self._spool}: {error.strerror}")
            return False
        return True

    def _say(self, prompt: str) -> None:
        self._agi.stream_file(f"ringback/{prompt}")

    def _ask(self, prompts: list[str], seconds: float, most: int) -> str:
        """Plays `prompts` until a key is pressed; returns up to `most` keys, ended by # or by silence."""
        key = ""
        for prompt in prompts[:-1]:
            key = self._agi.stream_file(f"ringback/{prompt}", ANY_KEY)
            if key:
                break
        else:
            # Several keys of one number come in one command, which loses none between two.
            return str(self._agi.get_data(f"ringback/{prompts[-1]}", round(seconds * 1000), most))
        keys = ""
        while key not in ("", "#"):
            keys += key
            if len(keys) == most:
                break
            key = self._agi.wait_for_digit(round(seconds * 1000))
        return keys


def write_whole(path: Path, data: bytes) -> None:
    """Writes `data` under its name only when all of it is on the disk; raises OSError and leaves nothing."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o660)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def complain(message: str) -> None:
    """One line for Asterisk's own error output; whatever the caller sent is spelled in ASCII."""
    print(f"ringback fallback: {ascii(message)[1:-1]}", file=sys.stderr)


def converse(agi: AGI, arguments: list[str]) -> int:
    """The conversation from its first word to its end; returns the exit status."""
    spool, language, line, country, caller = arguments
    try:
        Conversation(agi, Path(spool), language, line, country, caller).run()
    except AGIHangup:
        return 0
    except AGIAppError as error:
        # A hang-up within a command and a prompt that cannot be played have the same answer; only a channel
        # that is still there has a status.
        try:
            agi.channel_status()
        except AGIException:
            return 0
        complain(f"Asterisk could not do what it was told: {error}")
        return 1
    except AGIException as error:
        complain(f"the conversation broke off: {error}")
        return 1
    return 0


def main(arguments: list[str]) -> int:
    """Runs one conversation with Asterisk on stdin and stdout."""
    if len(arguments) != 5:
        complain("call it as fallback.py SPOOL LANGUAGE LINE COUNTRY FROM")
        return 2
    # Only AGI may reach Asterisk: stdout is ours alone, and what anything else prints goes to stderr.
    to_asterisk = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)
    from_asterisk = os.fdopen(os.dup(0), encoding="utf-8", errors="replace", newline="\n")
    try:
        agi = AGI(Answers(from_asterisk), to_asterisk, Quiet())
    except AGIHangup:
        return 0
    return converse(agi, arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
