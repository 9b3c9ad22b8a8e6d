"""The command line: `ringback run` and everything an owner asks it for.

Owns how commands are called and how their answers are printed. What they do lies in the modules they
import when they are called: `ringback --help` loads none of them.
"""

import errno
import json
import logging
import os
import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from app import connector_command, forecast_command, keeping_commands, lookup_command
from app.certificate_command import certificate_app
from app.contacts_command import contacts_app
from app.flow_commands import flow_app
from app.import_command import import_app
from app.options import ConfigOption, JsonOption, print_json, tell
from app.outbox_commands import outbox_app
from app.prompt_commands import prompts_app, voices_app
from app.replay import command as replay_command
from app.settings_commands import settings_app
from ringback import config
from ringback.errors import RingbackError
from ringback.processes import PROCESSES

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Ringback: the contact-center server that respects the caller's time.",
)
models_app = typer.Typer(no_args_is_help=True, help="Speech models.")
app.add_typer(models_app, name="models")
app.add_typer(prompts_app, name="prompts")
app.add_typer(voices_app, name="voices")
app.add_typer(certificate_app, name="certificate")
app.add_typer(settings_app, name="settings")
app.add_typer(flow_app, name="flow")
app.add_typer(contacts_app, name="contacts")
app.add_typer(import_app, name="import")
app.add_typer(outbox_app, name="outbox")
keeping_commands.add_to(app)
replay_command.add_to(app)
lookup_command.add_to(app)
connector_command.add_to(app)
forecast_command.add_to(app)
alarm_app = typer.Typer(no_args_is_help=True, help="Who is told of alarms.")
app.add_typer(alarm_app, name="alarm")

FOR_OTHERS = ("asterisk-conf", "check", "demo", "flow", "graph", "init", "prompts")
"""Commands that write what others are to read, or nothing in a data folder."""

NOT_WRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM)
"""What the system says of a full disk, a folder that can only be read, and one that is somebody else's."""


class GraphFormat(StrEnum):
    """How a flow is drawn."""

    text = "text"
    svg = "svg"
    mermaid = "mermaid"
    dot = "dot"


class Speak(StrEnum):
    """The languages that callers are served in."""

    en = "en"
    ru = "ru"


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _in_use(path: Path | None) -> config.Settings:
    """What runs, for commands about it: it may have been published since the file was written."""
    from app import take_settings

    return take_settings.in_use(path)


@app.callback()
def _begin(context: typer.Context) -> None:
    if context.invoked_subcommand not in FOR_OTHERS:
        os.umask(0o077)


@app.command()
def run(
    path: ConfigOption = None,
    tied: Annotated[bool, typer.Option(help="For trials: whatever ends this ends Asterisk, too, at once.")] = False,
) -> None:
    """Starts everything and keeps it running until Ctrl-C."""
    from app import summary, supervise, take_settings

    taken = take_settings.take(path, tell)
    supervise.run(taken, tell, lambda: summary.show(taken.settings), tied=tied)


@app.command()
def stop(
    path: ConfigOption = None,
    after: Annotated[
        float | None, typer.Option(min=0, help="Seconds that callers inside get to finish; else as the settings say.")
    ] = None,
    now: Annotated[bool, typer.Option("--now", help="Ends all at once: callers are cut off without a word.")] = False,
) -> None:
    """Ends everything, Asterisk too: those inside finish, new callers are promised a call."""
    from app import stopping

    settings = config.read(path).settings or config.load(path)  # a mistake in the file must not keep it running
    seconds = settings.restart.drain_seconds if after is None else after
    ended = stopping.stop(settings, seconds, at_once=now, tell=tell)
    tell("All has ended." if ended else "Nothing was running.")


@app.command("watchdog", hidden=True)
def watchdog(path: ConfigOption = None, tied: Annotated[bool, typer.Option()] = False) -> None:
    """Keeps Asterisk running and looks after callers while no controller is there (`run` starts it)."""
    from app import modes
    from app import watchdog as watchdog_module

    settings = config.load(path)
    modes.be_private(settings)
    logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    watchdog_module.run(settings, tied=tied)


@app.command()
def prepare(path: ConfigOption = None) -> None:
    """Gets ready what `run` needs, and starts nothing: Asterisk, speech models, secrets, the database."""
    from app import install

    install.prepare(config.load(path), tell)


@app.command("init")
def init(
    first: Annotated[
        bool, typer.Option("--first", help="Only where Ringback has never run here; for the Makefile.")
    ] = False,
) -> None:
    """Writes ringback.yaml with a small flow in two languages, and scripted callers, unless there is one."""
    from app import init_command

    written = init_command.starter_of(Path(), first=first)
    for file in written:
        tell(f"{file} is new: the starter flow, with comments; change it as you like.")
    if not written and not first:
        tell(f"{init_command.SETTINGS_FILE} is there already: nothing was written.")


@app.command("has-asterisk", hidden=True)
def has_asterisk(path: ConfigOption = None) -> None:
    """Exit status 0 if nothing needs to be fetched; for the Makefile."""
    from pbx import asterisk

    settings = config.load(path)
    if not settings.ami.external and asterisk.find(settings) is None:
        raise typer.Exit(1)


def _process_command(name: str) -> Callable[[Path | None], None]:
    def live(path: ConfigOption = None) -> None:
        from app import bootstrap, modes

        settings = config.load(path)
        modes.be_private(settings)
        logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(levelname)s %(name)s: %(message)s")
        bootstrap.LIVES[name](settings)

    return live


for _spec in PROCESSES:
    app.command(_spec.name, help=f"{_spec.purpose} (`run` starts it).")(_process_command(_spec.name))


@app.command()
def doctor(
    path: ConfigOption = None,
    as_json: JsonOption = False,
    number: Annotated[
        str | None, typer.Option("--call", help="Calls this number through the trunk, and says what was heard.")
    ] = None,
) -> None:
    """Says what is wrong and how to mend it; exit status 1 if anything is."""
    from app import call_outside
    from app import doctor as doctor_module

    settings = _in_use(path)
    checks = doctor_module.examine(settings) if number is None else call_outside.examine(settings, number)
    if as_json:
        print_json([check.as_dict() for check in checks])
    else:
        doctor_module.show(checks)
    if any(check.state == "bad" for check in checks):
        raise typer.Exit(1)


@app.command("self-call")
def self_call(
    line: Annotated[str | None, typer.Argument(help="The number of one line; all lines if left out.")] = None,
    path: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Calls a line as a caller would, and says whether it answers as it should; exit status 1 if not."""
    from app import self_call_command

    trials = self_call_command.run(_in_use(path), line, tell)
    if as_json:
        print_json([trial.as_dict() for trial in trials])
    else:
        self_call_command.show(trials)
    if not all(trial.good for trial in trials):
        raise typer.Exit(1)


@app.command()
def calls(
    path: ConfigOption = None,
    as_json: JsonOption = False,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="The newest so many.")] = 50,
) -> None:
    """Lists the calls, newest first."""
    from app import summary

    documents = summary.calls(_in_use(path), limit)
    if as_json:
        print_json(documents)
    else:
        summary.show_calls(documents)


@app.command()
def call(call_id: str, path: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Shows one call: its way through the menu, its recording, transcript, ticket and answer."""
    from app import summary

    document = summary.call(_in_use(path), call_id)
    if as_json:
        print_json(document)
    else:
        summary.show_call(document)


@app.command()
def transcribe(
    call_id: Annotated[str | None, typer.Argument(help="One call; all calls if left out.")] = None,
    again: Annotated[str, typer.Option(help="The stage to make again, one of --list.")] = "recognise",
    since: Annotated[str | None, typer.Option(help="Only calls from this day or time (UTC) on.")] = None,
    only_list: Annotated[bool, typer.Option("--list", help="Names the stages in their order, and makes none.")] = False,
    path: ConfigOption = None,
) -> None:
    """Lets the worker make a stage of transcripts again, and all that follows from it: e.g. after a new model."""
    from app import reprocess

    if only_list:
        from transcripts.pipeline.reprocess import STAGES

        typer.echo("\n".join(STAGES))
        return
    count = reprocess.transcribe_again(_in_use(path), again, call_id, since)
    typer.echo(f"{count} transcripts: {again} is made again.")


@app.command()
def retry(
    stage: Annotated[str | None, typer.Argument(help="Only what this stage set aside.")] = None,
    key: Annotated[str | None, typer.Argument(help="Only this piece of it.")] = None,
    only_list: Annotated[bool, typer.Option("--list", help="Shows what is set aside, and tries nothing.")] = False,
    path: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tries failed jobs again: work after calls that failed three times and was set aside."""
    from app import reprocess

    settings = _in_use(path)
    if only_list:
        rows = reprocess.set_aside(settings)
        if as_json:
            print_json(rows)
        else:
            reprocess.show(rows)
        return
    count = reprocess.retry(settings, stage, key)
    typer.echo(f"{count} tried again.")


@app.command()
def check(
    path: ConfigOption = None,
    as_json: JsonOption = False,
    schema: Annotated[bool, typer.Option("--schema", help="Prints a JSON Schema of the file, for editors.")] = False,
) -> None:
    """Reads the settings and says everything that a person must change, with its line; starts nothing."""
    from app import install

    if schema:
        typer.echo(json.dumps(config.schema(), ensure_ascii=False, indent=2))
        return
    reading = config.read(path)
    if reading.settings is not None:
        reading.add(install.remarks(reading.settings))
    found = reading.located(reading.remarks)
    if as_json:
        typer.echo(json.dumps([each.as_dict() for each in found], ensure_ascii=False, indent=2))
    else:
        for each in found:
            if each.level != "note":
                typer.secho(str(each), fg=typer.colors.RED, err=True)
            else:
                typer.echo(f"Note: {each}")
    if reading.settings is None or any(each.level != "note" for each in found):
        raise typer.Exit(1)
    if not as_json:
        for line in install.reached(reading.settings):
            typer.echo(line)
        told = str(reading.file) if reading.is_there else f"No {reading.file}, so the defaults hold"
        lines, menus = _count(len(reading.settings.lines), "line"), _count(len(reading.settings.menus), "menu")
        typer.echo(f"{told}: {lines}, {menus}, all well.")
        if note := install.beside_in_force(reading.file, reading.settings):
            typer.echo(f"Note: {note}")


@app.command("graph")
def graph(
    line: Annotated[str | None, typer.Option("--line", help="The number of one line.")] = None,
    form: Annotated[GraphFormat, typer.Option("--format", help="How it is written.")] = GraphFormat.text,
    language: Annotated[str, typer.Option(help="Of the words on it: en, ru.")] = "en",
    days: Annotated[
        int | None, typer.Option(min=1, max=400, help="With the numbers of the last so many days; none if left out.")
    ] = None,
    path: ConfigOption = None,
) -> None:
    """Draws where callers come by what they choose: as text, SVG, Mermaid or for Graphviz."""
    from app import graph_command

    typer.echo(graph_command.graph(_in_use(path), line, form.value, language, days), nl=False)


@app.command("asterisk-conf")
def asterisk_conf(
    folder: Annotated[Path, typer.Argument(help="Where to write; made if it is missing.")], path: ConfigOption = None
) -> None:
    """Writes the files to include in an Asterisk of your own, and how, as README.txt."""
    from pbx import asterisk, inquiry
    from ringback import secrets

    settings = _in_use(path)
    secret, _ = secrets.load_or_create(settings)
    try:
        version = inquiry.ask(settings, secret.ami_password).version if settings.ami.external else None
    except (RingbackError, OSError):
        version = None  # it does not know us yet: then what every version does right is written
    for written in asterisk.write_for_own(settings, secret, folder, version):
        typer.echo(written)


@app.command()
def demo(
    speak: Annotated[Speak, typer.Option(help="Language of the call.")] = Speak.en,
    keep: Annotated[bool, typer.Option(help="Leave the temporary folder for looking into.")] = False,
) -> None:
    """Places one whole call with scripted phones, beside everything else, and prints it as JSON."""
    from app.trial import demo as demo_module

    raise typer.Exit(demo_module.run(speak.value, keep=keep))


@alarm_app.command("test")
def alarm_test(
    recipient: Annotated[str | None, typer.Argument(help="One of `alarms.recipients`; all if left out.")] = None,
    path: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Sends a test message to those who are told of alarms, and says what arrived; exit status 1 if not all did."""
    from app import alarm_command

    found = alarm_command.run(_in_use(path), recipient)
    if as_json:
        print_json([each.as_dict() for each in found])
    else:
        alarm_command.show(found)
    if not found or not all(each.sent for each in found):
        raise typer.Exit(1)


@models_app.command("list")
def models_list(path: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Which engine and model each language is transcribed with."""
    from app import install

    found = install.models(_in_use(path))
    if as_json:
        print_json(found)
        return
    for language, model in found.items():
        typer.echo(f"{language}: {model}")


@models_app.command("fetch")
def models_fetch(language: str, path: ConfigOption = None) -> None:
    """Fetches the Vosk model of a language from its maker."""
    from app import install
    from transcripts.engines import models_store

    typer.echo(models_store.fetch(config.load(path), language, install.percents(tell)))


@app.command()
def erase(
    number: Annotated[str | None, typer.Option(help="All that a telephone number has here.")] = None,
    call: Annotated[str | None, typer.Option(help="One call, by its id.")] = None,
    request: Annotated[
        str,
        typer.Option("--request", "--wish", help="On whose request: stays on the certificate."),
    ] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask after the preview.")] = False,
    path: ConfigOption = None,
) -> None:
    """Erases a person or a call over every copy; prints the certificate as JSON."""
    from app import retention_commands

    if (number is None) == (call is None):
        raise typer.BadParameter("give either --number or --call")

    def sure(preview: dict[str, Any]) -> bool:
        tell(json.dumps(preview, ensure_ascii=False, indent=2))
        return yes or typer.confirm("Erase all of this for good?", err=True)

    print_json(retention_commands.erase(_in_use(path), number, call, request, sure))


@app.command()
def keep(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    path: ConfigOption = None,
) -> None:
    """Lets a shorter `keep_days` count for older calls too; nothing is ever kept for longer than was told."""
    from app import retention_commands

    def sure(calls: int, first: Any) -> bool:
        tell(f"{calls} calls would be erased earlier, the first on {first:%Y-%m-%d}.")
        return yes or typer.confirm("Write these days?", err=True)

    tell(f"{retention_commands.shorten(_in_use(path), sure)} calls have an earlier last day now.")


def main() -> None:
    """The program: an error that Ringback can explain is one sentence and exit status 1."""
    try:
        app()
    except RingbackError as error:
        typer.secho(str(error), fg=typer.colors.RED, err=True)
        sys.exit(1)
    except OSError as error:
        if error.errno not in NOT_WRITABLE:
            raise
        from ringback.messages import message, words_of

        code = "app.cannot_write" if error.filename else "app.cannot_write_more"
        typer.secho(str(message(code, file=error.filename, why=words_of(error))), fg=typer.colors.RED, err=True)
        sys.exit(1)
