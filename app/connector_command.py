"""`ringback connectors check NAME`: tries the connection to a system beside, and says what is wrong."""

from typing import Annotated

import typer

from app.options import ConfigOption
from ringback import config
from ringback.messages import say

commands = typer.Typer(help="Ticket systems beside.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Makes it a command of the program."""
    app.add_typer(commands, name="connectors")


@commands.callback()
def main() -> None:
    """Ticket systems beside."""


@commands.command()
def check(
    name: Annotated[str, typer.Argument(help="One of `connectors` in the settings; without it, all.")] = "",
    path: ConfigOption = None,
) -> None:
    """Signs in as deliveries do, looks for the project and searches; makes nothing. Exit status 1 if anything fails."""
    from connectors import service
    from connectors.errors import ConnectorError
    from ringback.secrets import connector_password
    from ringback.store.engine import open_store, sessions

    settings = config.load(path)
    store = sessions(open_store(settings.store_url))
    names = [name] if name else list(settings.connectors)
    failed = False
    for each in names:
        try:
            service.check(settings, each, store)
        except ConnectorError as error:
            failed = True
            typer.echo(f"{each}: {error}", err=True)
            known = settings.connectors.get(each)
            if known is not None and known.kind != "console" and not connector_password(settings, each):
                typer.echo(say("connectors.no_password", {"name": each}, "en"), err=True)
        else:
            typer.echo(f"{each}: all is well")
    if not names:
        typer.echo("The settings name no connectors.")
    if failed:
        raise typer.Exit(1)
