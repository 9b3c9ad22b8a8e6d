"""What several commands have in common: their options, and how they talk to people and to programs."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", "-c", help="Settings, a file or a folder; ringback.yaml here if there is one."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Machine-readable, on standard output.")]


def tell(line: str) -> None:
    """A line of progress: for people, so not on standard output."""
    typer.echo(line, err=True)


def print_json(document: Any) -> None:
    """A document for programs."""
    from web.api.old_names import with_old_names

    typer.echo(json.dumps(with_old_names(document), ensure_ascii=False, indent=2, default=str))
