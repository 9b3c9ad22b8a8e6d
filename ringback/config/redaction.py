"""What is not to be heard or read again: which kinds of secrets are masked, and what becomes of the originals."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from ringback.config.base import Model

KINDS = ("cards", "codes", "pins", "one_time_codes", "passwords", "bank_accounts", "phones", "emails", "names")
"""The settings that say which kinds of secrets are masked."""


class RedactionSettings(Model):
    """Kinds of secrets that are masked in text and silenced in sound (docs/redaction.md)."""

    cards: bool = True
    """Card numbers, and the dates said near them."""
    codes: bool = True
    """The three or four digits after the word for them: CVV, security code."""
    pins: bool = True
    """The digits after the word for a PIN, a passcode, пин-код."""
    one_time_codes: bool = True
    """Codes that were sent to somebody: after "the code we sent you", "six-digit code", код подтверждения."""
    passwords: bool = True
    """What is said for a password or a code word, in digits, letters or words."""
    bank_accounts: bool = True
    """Numbers of accounts at banks, with sort and routing codes; a customer's account here is none."""
    phones: bool = False
    emails: bool = False
    names: list[Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=80)]] = Field(
        [], max_length=200
    )
    """Names of people that are masked wherever they are said, in any case: `[Анна Кузнецова]`."""
    margin_seconds: float = Field(0.25, ge=0, le=2)
    """Silenced before and after the words of a secret; doubled with each new try."""
    tries: int = Field(3, ge=1, le=5)
    """How often the sound is masked and listened to before it is kept from people."""
    originals: Literal["keep", "remove"] = "keep"
    """What becomes of the unmasked sound and words: kept for those with the right `originals`, or gone for good."""

    @property
    def is_on(self) -> bool:
        """Whether anything is masked at all."""
        return bool(self.kinds)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The settings of what is masked, in the order of this section."""
        return tuple(name for name in KINDS if getattr(self, name))
