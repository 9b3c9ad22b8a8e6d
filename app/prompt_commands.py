"""`ringback prompts` and `ringback voices`: what callers hear, and who speaks it."""

from pathlib import Path
from typing import Annotated

import typer

from app.options import ConfigOption, JsonOption, print_json, tell
from ringback import config

prompts_app = typer.Typer(no_args_is_help=True, help="What callers hear.")
voices_app = typer.Typer(invoke_without_command=True, help="Voices that speak words: which are installed.")


@prompts_app.command("build")
def prompts_build(
    languages: Annotated[list[str] | None, typer.Argument(help="en, ru; both if left out.")] = None,
    only: Annotated[list[str] | None, typer.Option(help="Just this prompt; may be repeated.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder with <language>.yaml; the shipped one if left out.")] = None,
) -> None:
    """Makes the prompts' sounds from their texts, where the text changed."""
    from prompts import builder

    written = builder.build(languages or [], only or [], out, tell)
    typer.echo(f"{len(written)} prompts made.")


@prompts_app.command("list")
def prompts_list(path: ConfigOption = None, as_json: JsonOption = False) -> None:
    """The prompts that can be named in the settings, with the file that is played."""
    from prompts import files as prompt_files

    own = prompt_files.own_folder(config.load(path))
    found = {
        language: {name: str(file) for name, file in prompt_files.sound_files(language, own).items()}
        for language in prompt_files.languages(own)
    }
    if as_json:
        print_json(found)
        return
    for language, files in found.items():
        for name, file in files.items():
            typer.echo(f"{language}  {name:24} {file}")


@prompts_app.command("link")
def prompts_link(path: ConfigOption = None) -> None:
    """Makes recordings that were put into the data folder by hand playable for the Asterisk that runs."""
    from prompts import links

    links.link_all(config.load(path))
    typer.echo("The next caller hears what is there now.")


@prompts_app.command("import")
def prompts_import(
    language: Annotated[str, typer.Option(help="Code of the language, e.g. fr.")],
    source: Annotated[Path, typer.Option("--from", help="Folder with recordings that somebody else made.")],
    by: Annotated[Path | None, typer.Option("--map", help="File: our prompt, and the sounds that say it.")] = None,
    path: ConfigOption = None,
) -> None:
    """Makes a language of recordings that lie elsewhere, e.g. Debian's French ones; nothing of your own is replaced."""
    from prompts import importing

    settings = config.load(path)
    brought = importing.bring(settings, language, source, by or importing.map_of(language), tell)
    typer.echo(f"{len(brought)} prompts brought.")


@voices_app.callback()
def voices_list(context: typer.Context, path: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Voices that speak words: which are installed, and how to have the others."""
    from prompts import installing

    if context.invoked_subcommand is not None:
        return
    states = installing.states(config.load(path))
    if as_json:
        print_json(
            [{"language": each.language, "voice": each.name, "installed": each.missing is None} for each in states]
        )
        return
    for each in states:
        typer.echo(f"{each.language}  {each.name:20} {'installed' if each.missing is None else each.missing}")
    typer.echo("Words in other languages are recorded by people, or brought as sounds: docs/prompts.md.")


@voices_app.command("install")
def voices_install(
    languages: Annotated[list[str], typer.Argument(help="en, ru.")],
    path: ConfigOption = None,
) -> None:
    """Brings the voice of a language to this machine, beside the system."""
    from prompts import installing

    settings = config.load(path)
    for language in languages:
        brought = installing.install(settings, language, tell)
        typer.echo(f"{language}: {'installed' if brought else 'is installed already'}")
