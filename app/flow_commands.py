"""`ringback flow`: scripted callers, kept beside the settings.

Owns how the command is called; the work is `app/flow_tests/`'s.
"""

from pathlib import Path
from typing import Annotated

import typer

from app.options import ConfigOption, JsonOption, print_json
from ringback import config

flow_app = typer.Typer(no_args_is_help=True, help="The way of callers: scripted ones that prove it.")


@flow_app.command("test")
def run_tests(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Files of tests; flow-tests.yaml beside the settings if left out.")
    ] = None,
    path: ConfigOption = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Also what happened where all is well.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Lets scripted callers go through the menus, hundreds a second; exit status 1 if one fares otherwise than meant.

    Nobody is called: the calls go on a switch that is not there, by an invented clock.
    """
    from app.flow_tests import service, shown
    from app.flow_tests.scripts import FILE

    settings = config.load(path)
    beside = (path or Path("ringback.yaml")).parent / FILE
    for file in files or [beside]:
        if not file.exists():
            raise config.ConfigError("app.flow_no_file", file=file)
    found = service.run_flow_tests(settings, files or [beside])
    if as_json:
        print_json([each.as_dict() for each in found.results])
    else:
        shown.show(found, verbose=verbose)
    if found.failed:
        raise typer.Exit(1)
