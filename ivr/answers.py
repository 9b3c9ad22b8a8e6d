"""What an answer means: the keys of a caller, the end of a ring, the number that a call was passed on to."""

from ivr.events import Done
from ivr.states.callback import CLOSED_TRIES
from ivr.steps import Steps
from ivr.table import Signal, State

CALLBACK_KEY = "1"
CALLBACK_TRIES = 3


class Answers(Steps):
    """The part of a call that reads answers as signals."""

    def _menu_signal(self, event: Done) -> Signal:
        memory = self.memory
        chosen = self.flow.queue_of(event.value)
        if chosen is not None:
            return Signal.CHOICE if self.flow.closed(chosen[1], event.at) is None else Signal.CHOICE_CLOSED
        if event.value:
            memory.wrong_keys += 1
        else:
            memory.silences += 1
        if max(memory.wrong_keys, memory.silences) >= self.flow.menu.tries:
            person = self.flow.menu.person
            return Signal.TRIES_USED_UP if self.flow.closed(person, event.at) is None else Signal.CHOICE_CLOSED
        return Signal.WRONG_KEY if event.value else Signal.SILENCE

    def _closed_signal(self, event: Done) -> Signal:
        if event.value == CALLBACK_KEY and self.can_promise_later():
            return Signal.WANTS_CALLBACK
        if event.value == "2":
            return Signal.WANTS_MESSAGE
        self.memory.closed_tries += 1
        if self.memory.closed_tries >= CLOSED_TRIES:
            return Signal.GIVES_UP
        return Signal.WRONG_KEY if event.value else Signal.SILENCE

    def _transfer_signal(self, number: str) -> Signal:
        """Where Asterisk sends callers is in the settings, as is all that it can dial."""
        return Signal.TO_QUEUE if self.flow.inside[number][0] == "queue" else Signal.TO_AGENT

    def _ring_signal(self, event: Done) -> Signal:
        talked = event.value in ("ANSWER", "SUCCESS") or self.memory.state is State.TALKING
        if not talked:
            return Signal.NOT_ANSWERED
        assert self.facts.queue is not None
        return Signal.AGENT_LEFT if self.flow.survey_of(self.facts.queue) else Signal.AGENT_LEFT_NO_SURVEY

    def _callback_signal(self, event: Done) -> Signal:
        memory = self.memory
        entering = memory.callback_number is None
        rather = Signal.RATHER_NOT if self.facts.closed else Signal.RATHER_WAITS
        if event.value == "":
            return rather
        if entering:
            memory.callback_number = self.flow.numbers.to_call(event.value, self.flow.line.redial_country)
            if memory.callback_number is not None:
                return Signal.NUMBER_GIVEN
        elif event.value == CALLBACK_KEY:
            return Signal.NUMBER_CONFIRMED_WHY if self.flow.asks_reason else Signal.NUMBER_CONFIRMED
        elif event.value == "2":
            return Signal.OTHER_NUMBER
        memory.callback_tries += 1
        if memory.callback_tries >= CALLBACK_TRIES:
            return rather
        return Signal.BAD_NUMBER if entering else Signal.WRONG_KEY

    def _survey_signal(self, event: Done) -> Signal:
        assert self.facts.queue is not None
        chosen = self.flow.survey_of(self.facts.queue)
        if chosen and event.value in chosen[1].options:
            return Signal.ANSWER_GIVEN
        again = event.value and self.memory.survey_asks < 2
        return Signal.WRONG_KEY if again else Signal.NO_ANSWER
