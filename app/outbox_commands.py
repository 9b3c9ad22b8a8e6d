"""`ringback outbox`: how connected systems are, what they did not take, and what a person can do about it.

Owns the words of the terminal; what is done is `outbox/service.py`'s, as on the page (`web/systems/`).
"""

import time
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from app.options import ConfigOption, JsonOption, print_json
from ringback import config

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

outbox_app = typer.Typer(no_args_is_help=True, help="Connected systems: how they are, what they did not take.")
ReceiverArgument = Annotated[str, typer.Argument(help="As `ringback outbox list` names it, e.g. webhook:crm.")]
WebhookArgument = Annotated[str, typer.Argument(help="One of `webhooks` in the settings.")]
TEST_SECONDS = 40.0
"""For a test message to arrive, or come to nothing."""


@outbox_app.command("list")
def list_systems(path: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Each connected system: how it is, what waits for it, what it did not take and why."""
    from app.opened import opened
    from ringback.store.base import utcnow
    from web.documents.systems import systems_document

    with opened(config.load(path)) as session:
        found = systems_document(session, utcnow())
    if as_json:
        print_json(found)
        return
    console = Console()
    if not found:
        console.print("No system is connected: name one under webhooks in the settings.")
    for system in found:
        _print_system(console, system)


@outbox_app.command("try")
def try_now(receiver: ReceiverArgument, path: ConfigOption = None) -> None:
    """Tries a system now, with all that waits for it; enables one that is disabled."""
    from app.opened import opened
    from outbox import service
    from ringback.store.base import utcnow

    with opened(config.load(path)) as session:
        _known(session, receiver)
        service.ask_again(session, receiver, utcnow())
    typer.echo(f"{receiver} is tried now.")


@outbox_app.command("resend")
def resend(
    receiver: ReceiverArgument,
    delivery: Annotated[int | None, typer.Option(help="The number of one message; all of them if left out.")] = None,
    path: ConfigOption = None,
) -> None:
    """Sends again what was given up."""
    from app.opened import opened
    from outbox import service
    from ringback.store.base import utcnow

    with opened(config.load(path)) as session:
        _known(session, receiver)
        count = service.resend(session, receiver, utcnow(), delivery)
    typer.echo(f"{count} sent again.")


@outbox_app.command("test")
def send_test(name: WebhookArgument, path: ConfigOption = None) -> None:
    """Sends a webhook a test message; exit status 1 where it does not arrive."""
    from app.opened import opened
    from outbox import service
    from outbox.models import OutboxDelivery
    from outbox.receivers import WEBHOOK, WEBHOOK_TEST

    settings, receiver = config.load(path), f"{WEBHOOK}{name}"
    with opened(settings) as session:
        _known(session, receiver)
        event = service.send(session, receiver, "test", {"by": None}, kind=WEBHOOK_TEST)
    deadline = time.monotonic() + TEST_SECONDS
    while time.monotonic() < deadline:
        with opened(settings) as session:
            row = session.query(OutboxDelivery).filter_by(event_id=event).one_or_none()
            if row is not None and row.state == "delivered":
                typer.echo("It arrived.")
                return
            if row is not None and row.error is not None:
                typer.echo(f"It did not arrive: {row.error}.")
                raise typer.Exit(1)
        time.sleep(0.2)
    typer.echo("Nobody has tried to send it: is `ringback run` there, and nothing older on its way?")
    raise typer.Exit(1)


@outbox_app.command("secret")
def secret(
    name: WebhookArgument,
    renew: Annotated[bool, typer.Option("--renew", help="Makes a new one; messages are signed with both.")] = False,
    finish: Annotated[bool, typer.Option("--finish", help="Only the new one counts from now on.")] = False,
    path: ConfigOption = None,
) -> None:
    """Shows what belongs into the other system so that it knows our messages; replaces it in two steps."""
    from outbox.errors import NoReceiver
    from ringback import secrets

    settings = config.load(path)
    if name not in settings.webhooks:
        raise NoReceiver("outbox.no_receiver", name=name, known=sorted(settings.webhooks))
    secrets.load_or_create(settings)
    known = secrets.webhook_secrets(settings, name).split()
    if renew:
        known = [secrets.new_webhook_secret(), *known[:1]]
    elif finish:
        known = known[:1]
    if renew or finish:
        secrets.set_named(settings, "webhook_secrets", name, " ".join(known))
    typer.echo(known[0])
    if len(known) > 1:
        typer.echo("The one before it counts, too, until `ringback outbox secret --finish`.", err=True)


def _known(session: "Session", receiver: str) -> None:
    """Raises NoReceiver."""
    from outbox.errors import NoReceiver
    from outbox.listing import receiver_states
    from outbox.models import OutboxReceiver
    from ringback.store.base import utcnow

    if session.get(OutboxReceiver, receiver) is None:
        known = [state.name for state in receiver_states(session, utcnow())]
        raise NoReceiver("outbox.no_receiver", name=receiver, known=known)


def _print_system(console: Console, system: dict[str, Any]) -> None:
    told = f"{system['name']}: {system['state']}"
    if system["state"] in ("away", "password", "disabled") and system["error"]:
        told += f", since {system['since']}: {system['error']}"
    console.print(escape(f"{told}. {system['waiting']} wait, {system['dead']} given up."))
    if not system["troubled"]:
        return
    table = Table(box=None)
    for title in ("number", "what", "about", "at", "tries", "next", "why"):
        table.add_column(title)
    for each in system["troubled"]:
        following = "given up" if each["state"] == "dead" else each["due_at"]
        row = (each["id"], each["kind"], each["key"], each["at"], each["attempts"], following, each["error"])
        table.add_row(*(escape(str(value)) for value in row))
    console.print(table)
