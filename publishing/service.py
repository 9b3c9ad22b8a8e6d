"""Puts settings in force while people call, so that either the old ones hold everywhere or the new ones do.

What is in force is what the copy says (`ringback/config/in_force.py`): all processes follow it, and its replacing is
the one moment in which a version begins to hold. Whatever could refuse it is asked before: the checks, what callers
are to hear, the row, the disk. Whoever is killed before that moment has changed nothing; a row that stays behind is
cleared away by the next who publishes, or, where the moment had come, told to be published.

Owns the order of these steps. What each process does with a version is its own affair.
"""

import difflib
import fcntl
import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from publishing import history
from publishing.errors import PublishRefused
from publishing.models import SettingsVersion, Source
from publishing.passwords import hide, put_back
from ringback.config import Diagnostic, Settings, at_start, in_force
from ringback.config.in_force import InForce
from ringback.config.reading import read_text
from ringback.config.remarks import Remark
from ringback.errors import RingbackError
from ringback.messages import Message, message, words_of

log = logging.getLogger(__name__)

LOCK = "settings-in-force.lock"
LOCK_SECONDS = 10.0
"""How long somebody else may be publishing."""


@dataclass(frozen=True)
class CheckedText:
    """A text beside what is in force."""

    text: str
    """With its passwords."""
    before: InForce
    diagnostics: list[Diagnostic]
    """Errors, which refuse it, and what may not be meant, with its lines."""
    settings: Settings | None
    """As they would be in force; None: the text is refused."""
    waiting: dict[str, Any]
    """What of it waits for the next start, with what holds until then."""

    @property
    def errors(self) -> list[Diagnostic]:
        return [each for each in self.diagnostics if each.level == "error"]

    @property
    def is_same(self) -> bool:
        """Whether it is, letter for letter, what is in force."""
        return self.text.encode() == self.before.text

    def difference(self) -> list[str]:
        """What would change, as lines of a unified difference."""
        return difference(hide(self.before.text.decode()), hide(self.text))


@dataclass(frozen=True)
class PublishedVersion:
    """What is in force from now on."""

    number: int
    waiting: tuple[str, ...]
    """Names of settings that wait for the next start."""


def _no_remarks(_settings: Settings) -> Iterable[Remark]:
    return ()


def _nothing(_settings: Settings) -> None:
    return None


def _no_tests(_settings: Settings, _folder: Path) -> None:
    return None


@dataclass
class Publisher:
    """Of one installation."""

    settings: Callable[[], Settings]
    """Any that say where its data folder is."""
    store: sessionmaker[Session]
    remarks: Callable[[Settings], Iterable[Remark]] = _no_remarks
    """What other rooms say of settings."""
    trial: Callable[[Settings], Iterable[Remark]] = _no_remarks
    """What else they say, of settings that are right by themselves."""
    make_ready: Callable[[Settings], None] = _nothing
    """Makes what must be there before the settings are in force; what it raises refuses them."""
    flow_tests: Callable[[Settings, Path], Message | None] = _no_tests
    """Lets the scripted callers go that stand in the folder of the settings; what it says refuses the settings."""
    lock_seconds: float = field(default=LOCK_SECONDS)

    def now(self) -> InForce:
        """What is in force. Raises PublishRefused where nothing ever was."""
        found = in_force.read_copy(self.settings())
        if found is None:
            raise PublishRefused("publishing.nothing_in_force")
        return found

    def check(self, text: str, *, notes: bool = True) -> CheckedText:
        """Without `notes` only what refuses it is certain to be told. Raises PublishRefused: nothing is in force, or
        a password is missing."""
        before = self.now()
        text = text.replace("\r\n", "\n")
        whole = put_back(text, before.text.decode())
        file = Path(before.source)
        reading = read_text(whole.encode(), file, before.folder, notes=notes)
        waiting: dict[str, Any] = {}
        effective = None
        if reading.settings is not None:
            old = self._settings_of(before)
            reading.add(self.remarks(reading.settings))
            if reading.settings.data.resolve() != old.data.resolve():
                reading.add([Remark(("data",), message("publishing.data_stays", folder=old.data))])
            if not reading.errors:
                reading.add(self.trial(reading.settings))
            waiting = at_start.waiting(old, reading.settings)
            effective = reading.settings
            if waiting and not reading.errors:
                mixed = read_text(whole.encode(), file, before.folder, waiting=waiting, notes=False)
                reading.remarks += [each for each in mixed.remarks if each.level == "error"]
                effective = mixed.settings
        found = reading.located(reading.remarks)
        refused = any(each.level == "error" for each in found)
        return CheckedText(whole, before, found, None if refused else effective, waiting)

    def publish(
        self,
        text: str,
        *,
        base: int,
        by: str,
        why: str,
        source: Source,
        rolls_back_to: int | None = None,
        despite_tests: bool = False,
    ) -> PublishedVersion:
        """`base`: the version that the text was made from; `despite_tests`: also where a scripted caller fares
        otherwise than meant. Raises PublishRefused, SQLAlchemyError where the store is away; then nothing has
        changed."""
        if not (why := why.strip()):
            raise PublishRefused("publishing.no_why")
        checked = self.check(text, notes=False)
        if checked.settings is None:
            errors = checked.errors
            raise PublishRefused("publishing.has_errors", count=len(errors)).with_errors(errors)
        if checked.is_same:
            raise PublishRefused("publishing.same")
        if not despite_tests and (failed := self.flow_tests(checked.settings, checked.before.folder)) is not None:
            raise PublishRefused("publishing.flow_test_failed", why=failed)
        try:
            self.make_ready(checked.settings)
        except OSError as error:
            raise PublishRefused("publishing.not_written", why=words_of(error)) from error
        except RingbackError as error:
            raise PublishRefused("publishing.not_ready", why=error.message) from error
        with self._alone():
            before = self.now()
            if before.version != base or before.text != checked.before.text:
                raise self._outdated(before.version)
            number = self._begin(checked.text, before.version, by, why, source, rolls_back_to)
            wanted = replace(before, text=checked.text.encode(), version=number, waiting=checked.waiting)
            if _says(before.folder / before.source, wanted.text):
                wanted = replace(wanted, file_digest=in_force.digest_of(wanted.text))
            self._replace(wanted)
        return PublishedVersion(number, tuple(checked.waiting))

    def roll_back(self, number: int, *, base: int, by: str, why: str, source: Source) -> PublishedVersion:
        """The text of an earlier version becomes the newest one, whatever scripted callers say: whoever goes back is in
        need. Raises as `publish`."""
        with self.store() as session:
            row = history.version(session, number)
            if row is None:
                raise PublishRefused("publishing.no_version", number=number)
            text = row.text
        return self.publish(text, base=base, by=by, why=why, source=source, rolls_back_to=number, despite_tests=True)

    def take_up(self, file: Path, by: str) -> Path:
        """At the start: what the file says is in force, all of it. Returns the copy. Raises OSError, SQLAlchemyError,
        PublishRefused."""
        text = in_force.text_of(file)
        with self._alone():
            before = in_force.read_copy(self.settings())
            known = before is not None and before.text == text and self._has(before.version)
            number = before.version if before is not None else 0
            if not known:
                number = self._begin(text.decode(errors="replace"), number, by, "", "file", None)
            copy = in_force.keep(file, self.settings(), number)
            self._finish(number)
        return copy

    def go_on(self) -> Path:
        """At a start with an unchanged file: what was published goes on, with what of it waited for this."""
        with self._alone():
            return in_force.put(self.settings(), replace(self.now(), waiting={}))

    # -- between -----------------------------------------------------------------------------------

    def _begin(self, text: str, in_force_now: int, by: str, why: str, source: Source, rolls_back_to: int | None) -> int:
        with self.store() as session, session.begin():
            history.settle(session, in_force_now)
            return history.begin(session, text, by, why, source, rolls_back_to).number

    def _replace(self, wanted: InForce) -> None:
        try:
            in_force.put(self.settings(), wanted)
        except OSError as error:
            with suppress(SQLAlchemyError), self.store() as session, session.begin():
                history.settle(session, self.now().version)
            raise PublishRefused("publishing.not_written", why=words_of(error)) from error
        self._finish(wanted.version)

    def _finish(self, number: int) -> None:
        """It is in force, whatever becomes of its row: the next who publishes sees to that."""
        try:
            with self.store() as session, session.begin():
                history.settle(session, number)
                history.tidy(session, number)
        except SQLAlchemyError as error:
            log.warning("version %d is in force, and its row could not be told so: %s", number, error)

    def _has(self, number: int) -> bool:
        with self.store() as session:
            return history.version(session, number) is not None

    def _outdated(self, number: int) -> PublishRefused:
        with self.store() as session:
            row = history.version(session, number)
            by = row.by if row is not None else ""
        return PublishRefused("publishing.outdated", number=number, by=by)

    def _settings_of(self, copy: InForce) -> Settings:
        found = read_text(copy.text, Path(copy.source), copy.folder, waiting=copy.waiting, notes=False).settings
        return found or self.settings()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One at a time, over all processes of the machine; whoever is killed lets go. Raises PublishRefused."""
        data = self.settings().data
        data.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(data / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        deadline = time.monotonic() + self.lock_seconds
        try:
            while True:
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        raise PublishRefused("publishing.somebody_publishes") from None
                    time.sleep(0.02)
            yield
        finally:
            os.close(descriptor)


def _says(file: Path, text: bytes) -> bool:
    """Whether the file of the next start is this text: then it has been taken up."""
    try:
        return in_force.text_of(file) == text
    except OSError:
        return False


def difference(before: str, after: str, context: int = 3) -> list[str]:
    """Lines of a unified difference, without its head."""
    found = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=context)
    return list(found)[2:]


def settings_of(row: SettingsVersion, like: Settings) -> Settings | None:
    """The settings of a version, e.g. for a call that began with it; None: they cannot be read any more."""
    reading = read_text(row.text.encode(), Path("ringback.yaml"), Path(), notes=False)
    if reading.settings is None or reading.errors:
        return None
    return reading.settings.model_copy(update={"data": like.data})
