"""`ringback settings`: what would change, publish, history, roll back, while people call.

Owns how the commands are called and what they print; the work is `publishing/service.py`'s.
"""

from pathlib import Path
from typing import Annotated, Any

import typer

from app.options import ConfigOption, JsonOption, print_json, tell
from ringback.config import Diagnostic

settings_app = typer.Typer(no_args_is_help=True, help="Settings in force: publish, history, roll back.")

FileArgument = Annotated[Path | None, typer.Argument(help="The settings file; that of --config if left out.")]
WhyOption = Annotated[str, typer.Option("--why", help="Stands in the history.")]
NumberArgument = Annotated[int, typer.Argument(help="As `ringback settings history` counts them.")]


@settings_app.command("check")
def check(file: FileArgument = None, path: ConfigOption = None) -> None:
    """Says what would change if a file were published, and what is wrong in it; exit status 1 if anything is."""
    from app.publishing_parts import of_installation

    with of_installation(path) as publisher:
        checked = publisher.check(_text(file or path))
    _show(checked.diagnostics)
    if checked.settings is None:
        raise typer.Exit(1)
    for line in checked.difference():
        typer.secho(line, fg=_COLOURS.get(line[:1]))
    if checked.is_same:
        typer.echo(f"This is what is in force (version {checked.before.version}).")
    _tell_waiting(tuple(checked.waiting))


@settings_app.command("publish")
def publish(
    why: WhyOption,
    file: FileArgument = None,
    path: ConfigOption = None,
    despite_tests: Annotated[
        bool, typer.Option("--despite-tests", help="Also where a scripted caller of flow-tests.yaml fares otherwise.")
    ] = False,
) -> None:
    """Puts a settings file in force: new callers are served by it at once, callers inside go on as they began."""
    from app.accounts import at_terminal
    from app.publishing_parts import of_installation

    with of_installation(path) as publisher:
        text, base = _text(file or path), publisher.now().version
        made = publisher.publish(
            text, base=base, by=at_terminal(), why=why, source="terminal", despite_tests=despite_tests
        )
    typer.echo(f"Version {made.number} is in force.")
    _tell_waiting(made.waiting)


@settings_app.command("rollback")
def rollback(number: NumberArgument, why: WhyOption, path: ConfigOption = None) -> None:
    """Puts an earlier version in force again, as a new one."""
    from app.accounts import at_terminal
    from app.publishing_parts import of_installation

    with of_installation(path) as publisher:
        base = publisher.now().version
        made = publisher.roll_back(number, base=base, by=at_terminal(), why=why, source="terminal")
    typer.echo(f"Version {made.number} is in force: the settings of version {number}.")
    _tell_waiting(made.waiting)


@settings_app.command("history")
def history(path: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Lists the versions, newest first: when, who, why; and which part of Ringback works with an earlier one."""
    from app import settings_shown
    from app.publishing_parts import of_installation

    with of_installation(path) as publisher:
        found = settings_shown.history(publisher)
    if as_json:
        print_json(found)
    else:
        settings_shown.show_history(found)


@settings_app.command("show")
def show(
    number: Annotated[int | None, typer.Argument(help="Which version; the one in force if left out.")] = None,
    path: ConfigOption = None,
) -> None:
    """Prints the text of a version; passwords in addresses are left out."""
    from app import settings_shown
    from app.publishing_parts import of_installation

    with of_installation(path) as publisher:
        typer.echo(settings_shown.text_of(publisher, number), nl=False)


@settings_app.command("diff")
def diff(
    first: NumberArgument,
    second: Annotated[int | None, typer.Argument(help="The other; the one in force if left out.")] = None,
    path: ConfigOption = None,
) -> None:
    """Prints what changed from one version to another."""
    from app import settings_shown
    from app.publishing_parts import of_installation

    with of_installation(path) as publisher:
        lines = settings_shown.diff(publisher, first, second)
    for line in lines:
        typer.secho(line, fg=_COLOURS.get(line[:1]))
    if not lines:
        typer.echo("The two are the same.")


_COLOURS: dict[str, Any] = {"+": typer.colors.GREEN, "-": typer.colors.RED}


def _text(file: Path | None) -> str:
    from ringback.config import ConfigError
    from ringback.config.in_force import text_of

    chosen = file or Path("ringback.yaml")
    if not chosen.exists():
        raise ConfigError("ringback.no_settings", file=chosen)
    return text_of(chosen).decode("utf-8", "replace")


def _show(found: list[Diagnostic]) -> None:
    for each in found:
        if each.level == "note":
            typer.echo(f"Note: {each}")
        else:
            typer.secho(str(each), fg=typer.colors.RED, err=True)


def _tell_waiting(names: tuple[str, ...]) -> None:
    if names:
        tell(f"Until the next start of `ringback run` these stay as they are: {', '.join(names)}.")
