"""What the pages of the settings show: decided here, so that the templates ask nothing."""

from dataclasses import dataclass
from pathlib import Path

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from publishing import drafts, history
from publishing.errors import PublishRefused
from publishing.models import SettingsDraft, SettingsVersion
from publishing.passwords import hide
from publishing.service import Publisher, difference
from ringback.config import Diagnostic, Settings
from ringback.config.in_force import InForce, is_unchanged, text_of
from ringback.messages import from_json, message
from ringback.processes import BY_NAME
from ringback.store.base import utcnow
from web.documents.facts import Document
from web.documents.settings_versions import not_taken_document, versions_document
from web.i18n import told

NOTE, ERROR = "note", "error"


@dataclass(frozen=True)
class DraftFinding:
    """One thing about a line of a draft."""

    line: int
    """0: about the whole."""
    level: str
    setting: str
    words: str
    quoted: str
    """The line as it is written."""


@dataclass(frozen=True)
class DiffLine:
    """A line of a difference."""

    kind: str
    """added, removed, same, place"""
    text: str


@dataclass(frozen=True)
class TakenPart:
    """A part that does not work with the version in force."""

    name: str
    works_with: int | None
    away: bool
    why: str


@dataclass(frozen=True)
class TakenPage:
    """Everything that settings/_taken.html shows."""

    in_force: Document | None
    """None: from before versions were counted."""
    number: int
    parts: list[TakenPart]
    waiting: list[str]
    """Settings that wait for the next start."""
    file_differs: str
    """The name of the file, where it says something else than what is in force; empty: it does not."""


@dataclass(frozen=True)
class DraftBeside:
    """Somebody else's draft, and what who asks has written meanwhile."""

    text: str
    by: str
    difference: list[DiffLine]


@dataclass(frozen=True)
class SettingsPage:
    """Everything that settings/settings.html shows."""

    taken: TakenPage
    text: str
    revision: int
    """Of the draft; 0: there is none."""
    base: int
    draft: SettingsDraft | None
    newer: Document | None
    """The version in force, where the draft was begun from an earlier one."""
    newer_difference: list[DiffLine]
    findings: list[DraftFinding]
    error_lines: str
    note_lines: str
    refused: str
    """Why the text cannot be read as a whole; empty: it can."""
    may_publish: bool
    difference: list[DiffLine]
    will_wait: list[str]
    versions: list[Document]
    beside: DraftBeside | None
    fault: str
    why: str
    """As it was written, where it was not taken."""


@dataclass(frozen=True)
class VersionPage:
    """Everything that settings/version.html shows."""

    row: SettingsVersion
    rows: list[str]
    is_in_force: bool
    number: int
    """In force."""
    difference: list[DiffLine]
    fault: str
    findings: list[DraftFinding]
    why: str


def taken_page(session: Session, publisher: Publisher, settings: Settings) -> TakenPage:
    """Raises PublishRefused where nothing is in force."""
    now = publisher.now()
    parts = [
        TakenPart(
            told(BY_NAME[each["part"]].title) if each["part"] in BY_NAME else "Asterisk",
            each["works_with"],
            each["away"],
            told(from_json({"code": each["trouble_code"], "facts": each["trouble_facts"]})),
        )
        for each in not_taken_document(session, settings, now.version, utcnow())
    ]
    known = [each for each in versions_document(session, now.version) if each["in_force"]]
    return TakenPage(known[0] if known else None, now.version, parts, sorted(now.waiting), _file_that_differs(now))


def settings_page(
    session: Session,
    publisher: Publisher,
    settings: Settings,
    *,
    mine: str | None = None,
    fault: str = "",
    why: str = "",
    found: tuple[Diagnostic, ...] = (),
) -> SettingsPage:
    """`mine`: what who asks has written, where it was not saved; `found`: what refused a publish besides. Raises
    PublishRefused where nothing is in force."""
    now, row = publisher.now(), drafts.draft(session)
    in_force = hide(now.text.decode())
    text = in_force if row is None else row.text
    checked, refused = None, ""
    try:
        checked = publisher.check(text) if row is not None else None
    except PublishRefused as error:
        refused = told(error.message)
    findings = findings_of(checked.diagnostics if checked is not None else [], text)
    more = findings_of(list(found), text)
    findings += [each for each in more if each not in findings]
    versions = versions_document(session, now.version)
    is_old = row is not None and row.base != now.version
    begun = history.version(session, row.base) if row is not None and is_old else None
    return SettingsPage(
        taken=taken_page(session, publisher, settings),
        text=text,
        revision=0 if row is None else row.revision,
        base=now.version if row is None else row.base,
        draft=row,
        newer=next((each for each in versions if each["in_force"]), None) if is_old else None,
        newer_difference=lines_of(difference(begun.text, in_force)) if begun is not None else [],
        findings=findings,
        error_lines=_lines(findings, ERROR),
        note_lines=_lines(findings, NOTE),
        refused=refused,
        may_publish=checked is not None and checked.settings is not None and not checked.is_same and not is_old,
        difference=[] if checked is None else lines_of(checked.difference()),
        will_wait=[] if checked is None else sorted(checked.waiting),
        versions=versions,
        beside=None if mine is None or row is None else _beside(row, mine),
        fault=fault,
        why=why,
    )


def version_page(
    session: Session,
    publisher: Publisher,
    number: int,
    fault: str = "",
    found: tuple[Diagnostic, ...] = (),
    why: str = "",
) -> VersionPage | None:
    """None: there is no such version, or it is not kept any more."""
    row, now = history.version(session, number), publisher.now()
    if row is None or row.state != "published":
        return None
    changes = lines_of(difference(hide(now.text.decode()), row.text))
    findings = findings_of(list(found), row.text)
    return VersionPage(row, row.text.splitlines(), number == now.version, now.version, changes, fault, findings, why)


def findings_of(found: list[Diagnostic], text: str) -> list[DraftFinding]:
    """What a check found, in the reader's language, each beside its line."""
    written = text.splitlines()
    return [
        DraftFinding(
            each.line,
            NOTE if each.level == NOTE else ERROR,
            each.setting,
            _words(each),
            written[each.line - 1].strip() if 0 < each.line <= len(written) else "",
        )
        for each in found
    ]


def _words(each: Diagnostic) -> str:
    words, meant = told(each.what), each.suggestion
    if not meant or meant in words:
        return words
    return f"{words} {told(message('ringback.did_you_mean', meant=meant))}"


def lines_of(changes: list[str]) -> list[DiffLine]:
    kinds = {"+": "added", "-": "removed", "@": "place"}
    return [DiffLine(kinds.get(line[:1], "same"), line if line[:1] == "@" else line[1:]) for line in changes]


def source_words(source: str) -> str:
    """How a version came, where nobody gave a reason."""
    return _("the settings file, at a start") if source == "file" else ""


def _lines(findings: list[DraftFinding], level: str) -> str:
    return ",".join(str(each.line) for each in findings if each.level == level and each.line)


def _beside(row: SettingsDraft, mine: str) -> DraftBeside:
    return DraftBeside(mine, row.by, lines_of(difference(row.text, hide(mine.replace("\r\n", "\n")))))


def _file_that_differs(now: InForce) -> str:
    file: Path = now.folder / now.source
    try:
        differs = text_of(file) != now.text and is_unchanged(file, now)
    except OSError:
        return ""
    return now.source if differs and file.exists() else ""
