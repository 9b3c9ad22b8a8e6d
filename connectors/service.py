"""What others call: the receivers that the settings name, one look at a system, one try of a connection; and which
outside tickets a ticket has."""

import asyncio
from collections.abc import Callable
from functools import partial

from sqlalchemy.orm import Session, sessionmaker

from connectors.console import ConsoleSystem
from connectors.cti import CtiReceiver
from connectors.errors import NoConnector
from connectors.glpi import Glpi
from connectors.jira import Jira
from connectors.polling import ConnectorPoll, forget
from connectors.receiver import ConnectorReceiver
from connectors.rt import RequestTracker
from connectors.systems import TicketSystem
from connectors.zammad import Zammad
from outbox.receivers import Receiver
from ringback.config import Settings
from ringback.config.connectors import Connector
from ringback.secrets import connector_password
from ringback.store.base import utcnow

CONSOLE_FOLDER = "connectors"
"""In the data folder: tickets of the kind `console`."""
SYSTEMS: dict[str, Callable[[Connector, Callable[[], str]], TicketSystem]] = {
    "rt": RequestTracker,
    "zammad": Zammad,
    "jira": Jira,
    "glpi": Glpi,
}


def system_of(settings: Settings, name: str) -> TicketSystem:
    """The system behind a connector with tickets. Nothing is opened yet."""
    connector = settings.connectors[name]
    if connector.kind == "console":
        return ConsoleSystem(name, settings.data / CONSOLE_FOLDER)
    return SYSTEMS[connector.kind](connector, partial(connector_password, settings, name))


def receivers(settings: Settings, store: sessionmaker[Session]) -> list[Receiver]:
    """Everything that the settings name."""
    made: list[Receiver] = []
    for name, connector in settings.connectors.items():
        if connector.has_tickets:
            made.append(ConnectorReceiver(name, connector, settings, store, system_of(settings, name)))
        else:
            password = partial(connector_password, settings, name)
            made.append(CtiReceiver(name, connector, settings, store, password))
    return made


def poll(store: sessionmaker[Session], settings: Settings, name: str) -> bool | None:
    """One look at what changed there, if it is time; None: nothing was asked."""

    async def look() -> bool:
        system = system_of(settings, name)
        try:
            return await ConnectorPoll(name, settings.connectors[name], settings, store, system).run()
        finally:
            await system.close()

    return asyncio.run(look()) or None


def tidy(store: sessionmaker[Session], settings: Settings) -> None:
    """What is left of connectors that the settings name no more."""
    with store() as session, session.begin():
        forget(session, settings, utcnow())


def check(settings: Settings, name: str, store: sessionmaker[Session]) -> None:
    """Tries what deliveries need. Raises what is wrong: a ConnectorError."""
    connector = settings.connectors.get(name)
    if connector is None:
        raise NoConnector("connectors.none", name=name, known=sorted(settings.connectors))

    async def look() -> None:
        tried = (
            system_of(settings, name)
            if connector.has_tickets
            else CtiReceiver(name, connector, settings, store, partial(connector_password, settings, name))
        )
        try:
            await tried.check()
        finally:
            await tried.close()

    asyncio.run(look())
