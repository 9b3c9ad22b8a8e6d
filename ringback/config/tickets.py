"""How tickets are worked with: when they are closed by themselves, and the words of a queue for what they are about
and how they went."""

from pydantic import Field

from ringback.config.base import Language, Model, Shown, in_language


class TicketWord(Model):
    """A word that people choose from a list."""

    label: Shown
    labels: dict[Language, Shown] = {}
    """The same in other languages."""

    def name_in(self, language: str) -> str:
        return in_language(self.label, self.labels, language)


class TicketSettings(Model):
    """When tickets are closed without anybody's doing. A call or an answer of the customer's opens them again."""

    close_solved_days: float = Field(7, ge=0, le=3650)
    """A solved ticket is closed when the customer has not said otherwise for so long; 0: never."""
    close_quiet_days: float = Field(30, ge=0, le=3650)
    """An open ticket without a next step is closed when nothing has happened in it for so long; 0: never."""
