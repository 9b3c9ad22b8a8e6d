"""What can go wrong at a page."""

from ringback.errors import RingbackError


class WebError(RingbackError):
    """The base of the pages' errors."""


class BadCursor(WebError):
    """The place in a list that a link names does not exist."""

    code = "web.bad_cursor"


class OddRequest(WebError):
    """A request that carries more than a page reads, or text that no store keeps."""


class NotHeard(WebError):
    """Sound that is asked for without a reason, or with one whose time is over."""


class ForeignForm(WebError):
    """A form that was sent from another site, as the browser says; the fact `site` names it."""

    code = "web.foreign_form"


class PeopleError(WebError):
    """A change to the people who sign in was refused."""


class KeyRefused(WebError):
    """A key for a program was not made."""


class AssetsError(WebError):
    """The page parts from npm could not be built."""


class PortError(WebError):
    """The pages' port cannot be used."""
