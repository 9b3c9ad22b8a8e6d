"""`ringback contacts`: import and export of files of persons.

Owns how the commands are called and what they print; the work is `app/contacts_files.py`'s.
"""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from app.options import ConfigOption, JsonOption, print_json, tell

contacts_app = typer.Typer(no_args_is_help=True, help="Contacts: import and export.")
SHOWN = 50
"""Lines of each kind that are printed."""
WHY = {
    "other": "has a number or an address of somebody called otherwise: left out (--add-others adds them)",
    "several": "may be several of your contacts: left out",
}


class ContactFormat(StrEnum):
    """What a file of persons can be."""

    csv = "csv"
    vcf = "vcf"


@contacts_app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A table (CSV) or vCards.")],
    add_others: Annotated[
        bool,
        typer.Option(
            "--add-others", help="Whoever has a number of somebody called otherwise is a further person behind it."
        ),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    path: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Shows what a file would change and which lines were not understood, asks, and imports it; twice does no harm."""
    from app import contacts_files, take_settings

    settings = take_settings.in_use(path)
    found = contacts_files.read(settings, file)
    report = contacts_files.preview(settings, found, add_others)
    for each in report.unread[:SHOWN]:
        tell(f"line {each['line']}: {each['why']}")
    for each in report.left[:SHOWN]:
        tell(f"line {each['line']}: {each['name'] or 'nobody'} {WHY[each['why']]}")
    for kind, lines in (("not understood", report.unread), ("left out", report.left)):
        if len(lines) > SHOWN:
            tell(f"and {len(lines) - SHOWN} more lines {kind}")
    counts = report.counts
    told = "{new} new, {changed} changed, {same} as they are, {left} left out"
    if counts["new"] or counts["changed"]:
        if not yes and not typer.confirm(f"{told.format(**counts)}. Import?", err=True):
            raise typer.Exit(1)
        counts = contacts_files.bring(settings, found, file.name, add_others)
    if as_json:
        print_json({**report.as_dict(), "done": True, "counts": counts})
    else:
        typer.echo(f"Imported: {told.format(**counts)}.")


@contacts_app.command("export")
def export(
    file: Annotated[Path | None, typer.Argument(help="Where to; standard output if left out.")] = None,
    kind: Annotated[
        ContactFormat | None, typer.Option("--format", help="By the file's name if left out, else csv.")
    ] = None,
    path: ConfigOption = None,
) -> None:
    """Writes all contacts as a table (CSV) or as vCards."""
    from app import contacts_files, take_settings

    named = "vcf" if file is not None and file.suffix.lower() in (".vcf", ".vcard") else "csv"
    contacts_files.export(take_settings.in_use(path), kind.value if kind else named, file)
