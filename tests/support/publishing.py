"""An installation whose settings have a history, for tests of their pages."""

from publishing import drafts, history
from publishing.models import SettingsVersion
from publishing.service import Publisher
from ringback.config import in_force
from ringback.processes import PROCESSES
from tests.support.calls import Store

QUEUES = "queues:\n  support: {name: Support, names: {ru: Поддержка}, agents: [anna, boris]}\n"
QUEUES += "  billing: {name: Billing, names: {ru: Счета и заказы}, agents: [anna, boris]}\n"
FIRST, SECOND = QUEUES, QUEUES + "reconnect_seconds: 90\n"
DRAFT = SECOND + "callbacks: {per_day: 50}\nweb: {port: 9000}\n"
BROKEN = SECOND + "lines:\n  - {number: '1000', name: Support, menu: mian}\n"
HOSTILE = "<img src=x onerror=alert(1)>"


def publisher_of(store: Store) -> Publisher:
    return Publisher(lambda: store.settings, store.sessions)


def begin_history(store: Store) -> Publisher:
    """A first version from the file of a start, which lies beside the data folder."""
    file = store.settings.data.parent / "ringback.yaml"
    file.write_text(FIRST, encoding="utf-8")
    made = publisher_of(store)
    made.take_up(file, "anna")
    return made


def add_versions(store: Store, *numbers: int) -> None:
    """A history with versions of these numbers in it."""
    begin_history(store)
    with store.sessions() as session, session.begin():
        session.add_all(
            SettingsVersion(number=number, text="", digest="", by="admin", why="x", source="page", state="published")
            for number in numbers
        )


def seed_settings(store: Store, draft: str = DRAFT) -> None:
    """Two versions, the second in force and not taken by everybody, and a draft."""
    made = begin_history(store)
    made.publish(SECOND, base=1, by="admin", why=f"They call back late {HOSTILE}", source="page")
    with store.sessions() as session, session.begin():
        for spec in PROCESSES[:-1]:
            history.note_taken(session, spec.name, 2)
        history.note_taken(session, history.ASTERISK, 1)
        drafts.save(session, draft, 0, 2, "admin")


def in_force_text(store: Store) -> str:
    found = in_force.read_copy(store.settings)
    assert found is not None
    return found.text.decode()
