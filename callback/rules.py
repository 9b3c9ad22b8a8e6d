"""What a promise (`callback/promise.py`) asks of the dialling policy, which is `callback.policy.DiallingRules`."""

from typing import Protocol


class Rules(Protocol):
    """The dialling policy, asked with a number and the time: see `callback.policy`."""

    def allowed_from(self, number: str, now: float, asked_at: float | None) -> float:
        """The earliest moment from `now` at which the number may be called; `asked_at`: by phone, then."""

    def opens_from(self, line: str, queue: str, now: float) -> float:
        """The earliest moment from `now` at which this queue of this line is open; infinite: never."""

    def closes_at(self, line: str, queue: str, now: float) -> float:
        """When it closes that is open `now`: `now` where it is closed, infinite where it never is."""

    def next_attempt(self, attempts: int, now: float) -> float | None:
        """When to try again after so many attempts; None: not again."""

    def refusal(self, number: str, now: float) -> object | None:
        """Why the number must not be dialled now; None: it may."""

    def record(self, number: str, at: float) -> None:
        """The number is dialled now: counts for the limits of the day."""

    def forget(self, number: str, at: float) -> None:
        """The call recorded at `at` was none."""
