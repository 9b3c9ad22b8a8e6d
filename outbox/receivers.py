"""What a receiver is: the interface between the outbox and whatever takes something out of the house.

Owns the protocol that webhooks, connectors and channels keep to. How often, in which order and whether at all a
receiver is asked is the courier's (`outbox/courier.py`); what a receiver does with an event is its own room's.

**Writing a receiver.** A class with `name`, `most_at_once`, `wants` and `deliver`; `app/receivers.py` makes
one for each that the settings name. Its code must bear the following:

- *At least once.* A courier that is killed after the other side has taken an event delivers it again, with the same
  `Outgoing.id`: look for what you made of this id before you make it a second time.
- *In order by key.* Of events with one key (`ticket:12`) a later one comes only after the earlier one was delivered or
  given up. Events of different keys come side by side, `most_at_once` of them.
- *Its own time limit.* The courier gives a delivery `MOST_SECONDS` and then ends it; give up earlier and say why.
- *The loop is shared.* `deliver` runs in the courier's event loop: blocking libraries and the store go through
  `asyncio.to_thread`. It opens its own sessions of the store; the event's row is the courier's.
- *Closing.* A receiver that holds connections has `async close()`; it is called when settings change and at the end.

**Saying how it went.** `deliver` returns one of:

- `Delivered()`: the other side has it.
- `Later(why, seconds=None)`: it failed and is tried again: by the schedule of `outbox/policy.py`, not before `seconds`
  where the other side named a time. `eases=True`: the other side has too much to do (429, 503), so all deliveries to it
  slow down. After `outbox.policy.TRIES` it is a dead letter.
- `Refused(why)`: this event will never be taken: a dead letter at once. The receiver itself works.
- `Gone(why)`: the receiver wants nothing any more (410): it is disabled until a person enables it again.
- `LockedOut(why)`: it refuses our password. Nothing counts as a try, nothing is lost, nothing more is sent but one try
  now and then; the page says so, with a form for a new password where `password_of` names one.

`why` is a `Message` of the room's own `messages.py`: what is shown to people, with no secret in it. What `deliver`
raises counts as `Later`; raise only for what nobody expected, it stands in the log with its traceback.

**What is sent.** `outbox.service.publish` tells every receiver that wants the kind; `outbox.service.send` gives one
receiver something of its own, whatever it wants, e.g. a message to a customer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from ringback.messages import Message

MOST_SECONDS = 60.0
"""Of one delivery; what takes longer is ended and tried again."""


WEBHOOK = "webhook:"
"""How names of receivers that are webhooks begin."""
WEBHOOK_TEST = "webhook.test"
"""The kind of what is sent to one only to see whether it arrives."""


@dataclass(frozen=True)
class Outgoing:
    """An event as a receiver is given it."""

    id: UUID
    """The same at every try."""
    kind: str
    """`ticket.changed`; of what was sent to this receiver alone, `message` or what the sender called it."""
    key: str
    at: datetime
    """When it happened."""
    body: Mapping[str, Any]
    attempt: int = 1
    """Which try this is."""


@dataclass(frozen=True)
class Delivered:
    """The other side has it."""


@dataclass(frozen=True)
class Later:
    """It failed, and another try may go well."""

    why: Message
    seconds: float | None = None
    """Not before; None: whenever it is due."""
    eases: bool = False
    """The other side has too much to do."""


@dataclass(frozen=True)
class Refused:
    """This event will never be taken."""

    why: Message


@dataclass(frozen=True)
class Gone:
    """The receiver wants nothing any more."""

    why: Message


@dataclass(frozen=True)
class LockedOut:
    """The receiver refuses our password."""

    why: Message


DeliveryResult = Delivered | Later | Refused | Gone | LockedOut


class Receiver(Protocol):
    """One system, address or service outside."""

    @property
    def name(self) -> str:
        """What rows and pages know it by: its sort, a colon, and its name in the settings: `webhook:crm`."""

    @property
    def most_at_once(self) -> int:
        """Deliveries side by side; 1: one after another, whatever their keys."""

    def wants(self, kind: str) -> bool:
        """Whether it is told of events of this kind."""

    async def deliver(self, event: Outgoing) -> DeliveryResult:
        """Hands one event over."""

    async def close(self) -> None:
        """Lets go of its connections."""
