"""What callers can find out by themselves: a number they enter, asked of the owner's system or of the tickets."""

from typing import Annotated, Literal

from pydantic import Field

from ringback.config.base import Model, Name, form
from ringback.config.spoken import Spoken

# What the caller enters stands behind the host: nobody chooses by telephone whom we ask.
LookupUrl = Annotated[
    str, form(r"^https?://[^\s{}/?#]+[/?][^\s{}#]*\{value\}[^\s{}#]*$", "ringback.form_lookup_url", most=500)
]
LookupHeader = Annotated[
    str, form(r"^[A-Za-z][A-Za-z0-9-]*: [ -~]*\{secret\}[ -~]*$", "ringback.form_lookup_header", most=200)
]
ValueKind = Literal["number", "digits", "date", "time", "money"]
"""How a value is spoken."""


class AskedNumber(Model):
    """What is asked of the caller, and what is said about it."""

    ask: Spoken
    """Asks the caller for the number."""
    digits: int = Field(12, ge=1, le=20)
    """As many at most; fewer end with the hash key."""
    seconds: float = Field(2, ge=0.2, le=5)
    """For the whole answer; later, the caller hears `fallback`."""
    answers: dict[str, Spoken] = Field(min_length=1, max_length=50)
    """What is said, by the value of `field`."""
    values: dict[Name, ValueKind] = Field(default={}, max_length=5)
    """Further fields that are spoken after it, in this order, and how; one that the answer lacks is left out."""
    unknown: Spoken = Spoken("lookup-unknown")
    """The system does not know the number (404, or a value that is none of `answers`)."""
    fallback: Spoken = Spoken("lookup-failed")
    """The system cannot be asked, is late, or says what cannot be spoken; then the caller gets a person."""


class Lookup(AskedNumber):
    """A question to an address: the answer is a JSON object, one field of which says what the caller hears."""

    url: LookupUrl
    """With `{value}` where the digits go that the caller entered: `https://shop.example/orders/{value}`."""
    header: LookupHeader = "Authorization: Bearer {secret}"
    """Sent where `lookup_secrets` of `secrets.yaml` has something under the name of the lookup."""
    field: Name = "status"
    """The field of the answer that chooses what is said."""


TICKETS = AskedNumber(
    ask=Spoken("ticket-number"),
    digits=9,
    answers={
        "open": Spoken("ticket-open"),
        "waiting": Spoken("ticket-waiting"),
        "solved": Spoken("ticket-solved"),
        "closed": Spoken("ticket-closed"),
    },
    unknown=Spoken("ticket-unknown"),
)
"""How a ticket stands: the answers are `tickets.models.Ticket.status`. Another status needs a row and its prompt."""
