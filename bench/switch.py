"""A private Asterisk with Ringback's own configuration and additions to it, and no controller.

Owns its start and its end, for benchmarks and tests of what Asterisk does by itself: its answering machine
detection, its transfers. With the controller it is `bench/house.py` or `app/trial/`.
"""

import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from app import bootstrap
from app.trial.trial import REPOSITORY, WITH_US, Trial, TrialError, until
from pbx import asterisk

Texts = dict[str, str]
"""The files of a configuration by their names."""


def taken_from_anybody(texts: Texts, numbers: str) -> str:
    """pjsip.conf by which strangers may dial what the regular expression `numbers` means, and not lines alone."""
    known = f"\n[more-lines]\ntype = identify\nendpoint = anonymous\nmatch_request_uri = /^sip:({numbers})@/\n"
    return texts["pjsip.conf"] + known


class Switch:
    """Asterisk from the start to the end of the block, on private ports."""

    def __init__(self, settings: dict[str, Any], change: Callable[[Texts], Texts]) -> None:
        """`change` is given the rendered files and returns those that it wants otherwise."""
        self._trial = Trial(settings)
        self._change = change
        self._asterisk: subprocess.Popen[bytes] | None = None
        self.settings = self._trial.settings
        self.folder = self._trial.folder
        self.uri = self._trial.uri

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def _start(self) -> None:
        bootstrap.prepare(self.settings)
        self.secrets, program = self._trial.secrets(), asterisk.find(self.settings)
        if program is None:
            raise TrialError("app.trial_no_asterisk")
        self.program = program
        self.place = asterisk.render(self.settings, self.secrets, program)
        for name, text in self._change({path.name: path.read_text() for path in self.place.etc.glob("*.conf")}).items():
            (self.place.etc / name).write_text(text, encoding="utf-8")
        self._asterisk = self._spawn(self.place.command(), "asterisk")
        until("Asterisk", 60, self.place.is_up)

    def _close(self) -> None:
        if self._asterisk is not None:
            end(self._asterisk, signal.SIGTERM)
        self._trial.close()

    def _spawn(self, command: list[str], name: str, cwd: Path = REPOSITORY) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.out").open("ab") as out:
            return subprocess.Popen(
                [*WITH_US, *command], cwd=cwd, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
            )


def end(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """By that signal, or by force where it does not end."""
    if process.poll() is None:
        process.send_signal(number)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
