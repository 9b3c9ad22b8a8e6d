"""What can go wrong at a page, in sentences for the person who looks at it."""

from ringback.errors import RingbackError


class WebError(RingbackError):
    """The base of the pages' errors."""


class BadCursor(WebError):
    """The place in a list that a link names does not exist."""


class PeopleError(WebError):
    """A change to the people who sign in was refused."""


class AssetsError(WebError):
    """The page parts from npm could not be built."""


class PortError(WebError):
    """The pages' port cannot be used."""
