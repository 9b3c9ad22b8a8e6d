"""What can go wrong at a page, in sentences for the person who looks at it."""

from ringback.errors import RingbackError


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for "translate this where it is shown"
    """Marks a sentence for the catalogs; the page that shows it translates it."""
    return text


class WebError(RingbackError):
    """The base of the pages' errors."""


class BadCursor(WebError):
    """The place in a list that a link names does not exist."""

    def __init__(self) -> None:
        super().__init__(N_("This link points to a place in the list that does not exist: start again from the top."))


class NotHeard(WebError):
    """Sound that is asked for without a reason, or with one whose time is over."""


class PeopleError(WebError):
    """A change to the people who sign in was refused."""


class KeyRefused(WebError):
    """A key for a program was not made."""


class AssetsError(WebError):
    """The page parts from npm could not be built."""


class PortError(WebError):
    """The pages' port cannot be used."""
