"""Who may be mentioned, and to whom something may be given: everybody who can sign in."""

from dataclasses import dataclass

from web import access
from web.context import Person, db
from web.labels import agent_name, label
from web.service import people


@dataclass(frozen=True)
class Trainee:
    """Somebody to whom a playlist may be given."""

    name: str
    title: str
    """As people call him or her."""
    role: str
    has_address: bool
    """Whether he or she can be written to."""


def active() -> list[Person]:
    """Everybody who can sign in."""
    return [Person(row) for row in people(db()) if row.deactivated_at is None]


def listeners() -> list[Trainee]:
    """Agents first, who are the newcomers."""
    return [
        Trainee(each.name, agent_name(each.name), str(label("role", each.role)), bool(each.row.email))
        for each in _agents_first()
    ]


def names() -> set[str]:
    return {each.name for each in active()}


def blind(call_id: str, mentioned: tuple[str, ...]) -> list[str]:
    """Those of the people who may not see the call."""
    asked = [each for each in active() if each.name in mentioned]
    return sorted(each.name for each in asked if not access.may_see(db(), each, call_id))


def _agents_first() -> list[Person]:
    return sorted(active(), key=lambda each: (each.role != "agent", each.name))
