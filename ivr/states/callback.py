"""What is done for a caller whom nobody answers now: a promise to call back, a message, closed hours."""

from ivr import commands as cmd
from ivr.events import Arrived, Done, Event
from ivr.memory import Asking

MESSAGE_SECONDS = 120.0
MESSAGE_SILENCE_SECONDS = 5.0
"""A message is over when nothing has been said for so long."""
REASON_SECONDS = 20.0
REASON_SILENCE_SECONDS = 3.0
CLOSED_KEY_SECONDS = 8.0
CLOSED_TRIES = 3


class Away(Asking):
    """The part of a call that deals with nobody being there."""

    def _on_callback_proposed(self, event: Event, now: float) -> None:
        assert self.facts.queue is not None
        if self.memory.pending is None and self.flow.offers_callback(self.facts.queue):
            self._announce(("callback-offer",), now)

    def _on_message_proposed(self, event: Event, now: float) -> None:
        if self.memory.pending is not None:
            self._out.append(cmd.CutPrompt())
        self._out.append(cmd.LeaveLine())
        self._on_wants_message(event, now)

    def _on_wants_message(self, event: Event, now: float) -> None:
        self._out.append(cmd.Ask("message-prompt", ("leave-message",), 0))
        self._take_message(now)

    def _take_message(self, now: float) -> None:
        self._listen("message", MESSAGE_SILENCE_SECONDS, MESSAGE_SECONDS, now)

    def _on_message_left(self, event: Event, now: float) -> None:
        self.memory.message_left = True
        self._say_goodbye("message-thanks", now)

    def _on_wants_callback(self, event: Event, now: float) -> None:
        if self.memory.pending is not None:
            self._out.append(cmd.CutPrompt())
        numbers, country = self.flow.numbers, self.flow.line.redial_country
        self.memory.callback_number = numbers.to_call(self.facts.caller_number, country)
        self.memory.callback_tries = 0
        known = self.memory.callback_number is not None or numbers.read(self.facts.caller_number, country) is None
        self._ask_callback(() if known else (numbers.why_not(self.facts.caller_number, country),), now)

    def _on_other_number(self, event: Event, now: float) -> None:
        self.memory.callback_number = None
        self._ask_callback((), now)

    def _on_bad_number(self, event: Event, now: float) -> None:
        assert isinstance(event, Done)
        self._ask_callback((self.flow.numbers.why_not(event.value, self.flow.line.redial_country),), now)

    def _on_number_given(self, event: Event, now: float) -> None:
        self._ask_callback((), now)

    def _on_number_confirmed(self, event: Event, now: float) -> None:
        self._promise()
        self._thank(now)

    def _on_number_confirmed_why(self, event: Event, now: float) -> None:
        self._promise()
        self.facts.reason_from = event.at
        self._out.append(cmd.Ask("reason-prompt", ("callback-reason",), 0))
        self._listen("reason", REASON_SILENCE_SECONDS, REASON_SECONDS, now)

    def _on_reason_said(self, event: Event, now: float) -> None:
        self.facts.reason_to = event.at
        self._thank(now)

    def _promise(self) -> None:
        """The promise stands from here on, even if the caller hangs up."""
        number = self.memory.callback_number
        assert number is not None
        self.facts.promised_number = number
        self.memory.promised = True
        not_before = self.facts.opens_at if self.facts.closed else None
        self._out += [cmd.PromiseCallback(number, not_before), cmd.LeaveLine()]

    def _thank(self, now: float) -> None:
        thanks = "callback-thanks-later" if self.facts.closed else "callback-thanks"
        already = self.memory.callback_number == self.memory.standing
        self._say_goodbye("callback-already" if already else thanks, now)

    # -- closed ------------------------------------------------------------------------------------

    def _on_arrived_closed(self, event: Event, now: float) -> None:
        self._note_arrival(event)
        notice = (self.flow.line.notice,) if self.flow.line.notice else ()
        self._find_closed(event.at, notice, now)

    def _on_choice_closed(self, event: Event, now: float) -> None:
        assert isinstance(event, Done)
        self._note_choice(event)
        self._find_closed(event.at, (), now)

    def _on_closed_now(self, event: Event, now: float) -> None:
        if self.memory.pending is not None:
            self._out.append(cmd.CutPrompt())
        self._out.append(cmd.LeaveLine())
        self._find_closed(event.at, (), now)

    def _find_closed(self, at: float, before: tuple[str, ...], now: float) -> None:
        """Says why and until when, and what can be done instead."""
        closed = self.flow.closed(self.facts.queue, at)
        self.facts.closed = True
        self.facts.opens_at = None if closed is None else closed.opens_at
        self._ask_closed((*before, *(closed.prompts if closed is not None else ("closed",))), now)

    def _ask_closed(self, before: tuple[str, ...], now: float) -> None:
        self.memory.asks += 1
        offer = ("callback-later",) if self.can_promise_later() else ()
        self._ask(f"closed-{self.memory.asks}", (*before, *offer, "message-offer"), CLOSED_KEY_SECONDS, now)

    def can_promise_later(self) -> bool:
        """Whether a caller who found it closed may be called back when it opens."""
        return self.facts.opens_at is not None and self.flow.offers_callback(self.facts.queue or self.flow.menu.person)

    def _on_rather_not(self, event: Event, now: float) -> None:
        self._ask_closed((), now)

    def _on_gives_up(self, event: Event, now: float) -> None:
        self._say_goodbye("goodbye", now)

    # -- closing soon ------------------------------------------------------------------------------

    def _on_closing_soon(self, event: Event, now: float) -> None:
        assert self.facts.queue is not None
        if self.flow.offers_callback(self.facts.queue):
            self._announce(("closing-soon", "callback-offer"), now)

    # -- noted here and in the menu ----------------------------------------------------------------

    def _note_arrival(self, event: Event) -> None:
        assert isinstance(event, Arrived)
        facts = self.facts
        facts.line, facts.caller_number, facts.caller_name = event.line, event.caller_number, event.caller_name
        facts.arrived_at = event.at

    def _note_choice(self, event: Done) -> None:
        """The queue that was chosen, or that of a person."""
        chosen = self.flow.queue_of(event.value)
        self.facts.queue = self.flow.menu.person
        if chosen is not None:
            label, self.facts.queue = chosen
            self.facts.menu_path.append({"menu": self.flow.menu_name, "key": event.value, "label": label})
