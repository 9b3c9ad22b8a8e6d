"""Why settings are not put in force."""

from ringback.config import Diagnostic
from ringback.errors import RingbackError


class PublishRefused(RingbackError):
    """Nothing has changed: what was in force still is."""

    diagnostics: tuple[Diagnostic, ...] = ()
    """Every error of the text, where that is why."""

    def with_errors(self, found: list[Diagnostic]) -> "PublishRefused":
        """Itself, with what is wrong in the text."""
        self.diagnostics = tuple(found)
        return self

    def __str__(self) -> str:
        """Its sentence, then a line for each error."""
        return "\n".join([super().__str__(), *(str(each) for each in self.diagnostics)])


class DraftTaken(RingbackError):
    """Somebody else has saved the draft since it was read: theirs stays until somebody decides."""

    code = "publishing.draft_taken"
