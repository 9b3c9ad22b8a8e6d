"""The commands with which an installation is kept for years: backup, restore, people, systemd.

Owns how they are called and what they print; what they do lies in the modules that they import when they are called.
"""

from pathlib import Path
from typing import Annotated

import typer

from app.options import ConfigOption, JsonOption, print_json, tell
from ringback import config

people_app = typer.Typer(no_args_is_help=True, help="Who may sign in to the pages.")
systemd_app = typer.Typer(no_args_is_help=True, help="Start at boot, under an account of its own.")


def add_to(app: typer.Typer) -> None:
    """Makes them commands of the program."""
    app.command()(backup)
    app.command()(restore)
    app.add_typer(people_app, name="people")
    app.add_typer(systemd_app, name="systemd")


def backup(
    to: Annotated[
        str | None,
        typer.Argument(help="A folder elsewhere, or s3://bucket/backups; backup.to of the settings if left out."),
    ] = None,
    sounds: Annotated[
        bool | None,
        typer.Option("--recordings/--recordings-list", help="Recordings themselves, or only which there are."),
    ] = None,
    secrets: Annotated[
        bool | None, typer.Option("--secrets/--no-secrets", help="Passwords and keys of the data folder, too.")
    ] = None,
    keep_days: Annotated[
        int | None, typer.Option(min=1, help="Older backups are removed when this one is whole.")
    ] = None,
    show_key: Annotated[
        bool,
        typer.Option("--show-key", help="Prints the key that seals backups, to be kept elsewhere; backs up nothing."),
    ] = False,
    path: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Copies database, recordings and settings while calls go on, and reads back what it wrote."""
    from app import backup_run

    settings = config.load(path)
    if show_key:
        typer.echo(backup_run.key(settings))
        return
    made = backup_run.back_up(settings, path or Path("ringback.yaml"), to, sounds, secrets, keep_days, tell)
    if as_json:
        print_json(vars(made))
    else:
        typer.echo(backup_run.told(made))


def restore(
    source: Annotated[
        str | None, typer.Argument(help="The folder or storage that backups lie in; backup.to if left out.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="Which one; the newest if left out.")] = None,
    key_file: Annotated[
        Path | None, typer.Option(help="A file with the key that `ringback backup --show-key` printed.")
    ] = None,
    unproven: Annotated[
        bool, typer.Option("--unproven", help="Without a key: whoever can write there may have changed the backup.")
    ] = False,
    only_list: Annotated[bool, typer.Option("--list", help="Shows which backups there are.")] = False,
    only_check: Annotated[bool, typer.Option("--check", help="Reads all of a backup and restores nothing.")] = False,
    settings_to: Annotated[
        Path | None, typer.Option("--settings", help="Writes only the settings file of the backup, as this new file.")
    ] = None,
    path: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Puts a backup back into an empty data folder, after checking all of it."""
    from app import backup_run

    settings = config.load(path)
    if only_list:
        rows = backup_run.listed(settings, source)
        if as_json:
            print_json(rows)
        else:
            backup_run.show(rows)
        return
    found = backup_run.chosen(settings, source, name, key_file, unproven=unproven)
    if settings_to is not None:
        backup_run.settings_of(found, settings_to)
        tell(f"{settings_to} holds the settings of {found.backup.name}.")
    elif only_check:
        backup_run.check(found, tell)
        typer.echo(f"{found.backup.name} is whole, and every file in it is what was written.")
    else:
        typer.echo(backup_run.restore(settings, found, tell))


@people_app.command("list")
def people_list(path: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Lists who may sign in."""
    from app import people

    rows = people.listed(config.load(path))
    if as_json:
        print_json(rows)
    else:
        people.show(rows)


@people_app.command("reset")
def people_reset(name: str, path: ConfigOption = None) -> None:
    """Gives somebody a new password, prints it once, and signs them out everywhere."""
    from app import people

    password = people.reset(config.load(path), name)
    tell(f"The new password of {name}, which is kept nowhere; everybody signed in with the old one is signed out:")
    typer.echo(password)


AccountOption = Annotated[str, typer.Option("--account", help="Under which Ringback runs; made if it is missing.")]


@systemd_app.command("show")
def systemd_show(account: AccountOption = "ringback", path: ConfigOption = None) -> None:
    """Prints the units, and changes nothing."""
    from app import systemd

    installation = systemd.Installation(config.load(path), (path or Path("ringback.yaml")).resolve(), account)
    for name, text in systemd.units(installation).items():
        typer.echo(f"# {systemd.UNITS / name}\n{text}")


@systemd_app.command("install")
def systemd_install(
    account: AccountOption = "ringback",
    start: Annotated[bool, typer.Option("--now", help="Start it, too, and not only at boot.")] = False,
    path: ConfigOption = None,
) -> None:
    """Makes the account and the units, and has Ringback start at boot; needs root."""
    from app import systemd

    file = (path or Path("ringback.yaml")).resolve()
    systemd.install(systemd.Installation(config.load(path), file, account), tell, start=start)
