"""`ringback import`: the history of the system before Ringback, tried, brought, listed and taken back.

Owns how the commands are called and what they print; the work is `app/history_files.py`'s.
"""

import uuid
from pathlib import Path
from typing import Annotated

import typer

from app.options import ConfigOption, JsonOption, print_json, tell

import_app = typer.Typer(
    no_args_is_help=True, help="The history of the system before: shows what files say, imports them, takes it back."
)
FilesArgument = Annotated[list[Path], typer.Argument(help="Rotated files together; packed with gzip, too.")]
MapOption = Annotated[Path | None, typer.Option("--map", help="Whom the other system's names mean (YAML).")]
ZoneOption = Annotated[
    str | None, typer.Option("--zone", help="Of times without one; that of the settings if left out.")
]
EncodingOption = Annotated[str, typer.Option("--encoding", help="Of lines that are not UTF-8.")]
TryOption = Annotated[bool, typer.Option("--try", help="Shows what would be imported, as without --yes.")]
YesOption = Annotated[bool, typer.Option("--yes", help="Imports it.")]


def _run(
    kind: str,
    files: list[Path],
    map_file: Path | None,
    zone: str | None,
    encoding: str,
    is_try: bool,
    yes: bool,
    path: Path | None,
    as_json: bool,
) -> None:
    from app import history_files, take_settings

    if is_try and yes:
        raise typer.BadParameter("--try writes nothing, --yes does: choose one.")
    settings = take_settings.in_use(path)
    done = history_files.run(settings, kind, files, map_file, zone, encoding, yes, tell)
    if as_json:
        print_json(done.as_dict())
        return
    for line in done.lines():
        typer.echo(line)


@import_app.command("queue_log")
def queue_log(
    files: FilesArgument,
    map_file: MapOption = None,
    encoding: EncodingOption = "cp1251",
    is_try: TryOption = False,
    yes: YesOption = False,
    path: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """The log of Asterisk's queues, which knows most: waits, agents, how each visit ended."""
    _run("queue_log", files, map_file, None, encoding, is_try, yes, path, as_json)


@import_app.command("cdr")
def cdr(
    files: FilesArgument,
    map_file: MapOption = None,
    zone: ZoneOption = None,
    encoding: EncodingOption = "cp1251",
    is_try: TryOption = False,
    yes: YesOption = False,
    path: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Asterisk's CDRs: Master.csv, or a table with a first line of names as FreePBX exports it."""
    _run("cdr", files, map_file, zone, encoding, is_try, yes, path, as_json)


@import_app.command("csv")
def csv(
    files: FilesArgument,
    map_file: MapOption = None,
    zone: ZoneOption = None,
    encoding: EncodingOption = "cp1251",
    is_try: TryOption = False,
    yes: YesOption = False,
    path: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """A table of calls from any other system, with the columns of docs/import.md."""
    _run("csv", files, map_file, zone, encoding, is_try, yes, path, as_json)


@import_app.command("list")
def list_(path: ConfigOption = None, as_json: JsonOption = False) -> None:
    """What was imported, the newest first."""
    from app import history_files, take_settings

    found = history_files.imports(take_settings.in_use(path))
    if as_json:
        print_json(found)
        return
    for each in found:
        names = ", ".join(each["files"])
        typer.echo(f"{each['id']}  {each['state']:<8}  {each['kind']:<9}  {each['counts'].get('new', 0):>9}  {names}")
    if not found:
        tell("Nothing was imported yet.")


@import_app.command("undo")
def undo(
    id_: Annotated[str, typer.Argument(metavar="ID", help="As `list` shows it.")], path: ConfigOption = None
) -> None:
    """Takes an import back, whole; also one that was broken off."""
    from app import history_files, take_settings

    try:
        known = uuid.UUID(id_)
    except ValueError:
        raise typer.BadParameter("This is no ID of an import: `ringback import list` shows them.") from None
    gone, to_repeat = history_files.undo(take_settings.in_use(path), known)
    typer.echo(f"Undone: {gone} visits are gone.")
    for names in to_repeat:
        tell(f"Some visits of {names} were left out because they were there: import it again to have them back.")
