"""What the transitions of a call do: facts noted, commands given. Which transition it is, `ivr/call.py` knows."""

from collections.abc import Callable

from ivr import commands as cmd
from ivr.caller import shown_number
from ivr.events import AgentAnswered, CalledBack, Done, Event, Moved, Offered, PositionDue
from ivr.memory import PROMPT_LIMIT_SECONDS
from ivr.states.talk import Talk
from ivr.table import Signal, State
from prompts.names import position_prompts, wait_prompts


class Steps(Talk):
    """The part of a call that acts."""

    def _on_arrived(self, event: Event, now: float) -> None:
        self._note_arrival(event)
        line = self.flow.line
        notice = (line.notice,) if line.notice else ()
        self._ask_menu((*notice, line.greeting), self.flow.menu.first_key_seconds, now)

    def _on_called_back(self, event: Event, now: float) -> None:
        assert isinstance(event, CalledBack)
        facts, memory = self.facts, self.memory
        facts.line, facts.caller_number, facts.caller_name = event.line, event.caller_number, event.caller_name
        facts.arrived_at = facts.queued_at = event.at
        facts.queue, facts.called_back = event.queue, True
        facts.menu_path = [{"menu": menu, "key": key, "label": label} for menu, key, label in event.menu_path]
        memory.place_at, memory.offers, memory.offered_agents = event.place_at, 1, [event.agent]
        memory.bridging = bool(event.agent_channel)
        queue = self.flow.queues[event.queue]
        self._out.append(cmd.Ask("hello", ("callback-connecting",), 0))
        self._expect("offer-1", now + PROMPT_LIMIT_SECONDS + queue.ring_seconds)
        if memory.bridging:
            self._out.append(cmd.Bridge("offer-1", event.agent_channel))
        else:
            number = shown_number(event.caller_number)
            self._out.append(cmd.Ring("offer-1", (event.agent,), queue.ring_seconds, queue.music, number))

    def _on_wrong_key(self, event: Event, now: float) -> None:
        match self.memory.state:
            case State.SURVEY:
                self._ask_survey(("menu-invalid",), now)
            case State.CALLBACK:
                self._ask_callback(("menu-invalid",), now)
            case State.CLOSED:
                self._ask_closed(("menu-invalid",), now)
            case _:
                self._ask_menu(("menu-invalid",), self.flow.menu.key_seconds, now)

    def _on_silence(self, event: Event, now: float) -> None:
        if self.memory.state is State.CLOSED:
            self._ask_closed(("menu-silent",), now)
            return
        self._ask_menu(("menu-silent",), self.flow.menu.key_seconds, now)

    def _on_choice(self, event: Event, now: float) -> None:
        assert isinstance(event, Done)
        self._note_choice(event)
        self._enter_line(event)

    def _on_tries_used_up(self, event: Event, now: float) -> None:
        self.facts.queue = self.flow.menu.person
        self._enter_line(event)
        self._announce(("to-person",), now)

    def _enter_line(self, event: Event) -> None:
        self.facts.queued_at = event.at
        self.memory.option = self.facts.menu_path[-1]["key"] if self.facts.menu_path else None
        self._music()
        self._join_line(event.at)

    def _on_position_due(self, event: Event, now: float) -> None:
        assert isinstance(event, PositionDue)
        assert self.facts.queue is not None
        if self.memory.pending is None:
            first = ("please-wait",) if self.memory.announcements == 0 else ()
            offer = ("callback-offer",) if self.flow.offers_callback(self.facts.queue) else ()
            wait = wait_prompts(event.minutes)
            self._announce((*first, *position_prompts(event.position), *wait, *offer), now)

    def _on_moved(self, event: Event, now: float) -> None:
        assert isinstance(event, Moved)
        self.facts.queue, self.memory.joined_at = event.queue, event.at

    def _on_announced(self, event: Event, now: float) -> None:
        self._music()

    def _on_offer(self, event: Event, now: float) -> None:
        assert isinstance(event, Offered) and self.facts.queue is not None
        queue = self.flow.queues[self.facts.queue]
        self.memory.offers = event.number
        self.memory.offered_agents = list(event.agents)
        if self.memory.pending is not None:
            # A prompt still plays: an agent is worth more than the rest of it.
            self._out.append(cmd.CutPrompt())
        self._expect(f"offer-{event.number}", now + PROMPT_LIMIT_SECONDS + queue.ring_seconds)
        self._out.append(
            cmd.Ring(
                f"offer-{event.number}",
                event.agents,
                queue.ring_seconds,
                queue.music,
                shown_number(self.facts.caller_number),
            )
        )

    def _on_not_answered(self, event: Event, now: float) -> None:
        assert self.facts.queue is not None
        missed_by, self.memory.offered_agents = tuple(self.memory.offered_agents), []
        self._music()
        self.memory.bridging = False
        self._out.append(cmd.RejoinLine(self.facts.queue, self._place_at(), missed_by))

    def _on_answered(self, event: Event, now: float) -> None:
        assert isinstance(event, AgentAnswered)
        self.facts.agent, self.facts.released_at = event.agent, None
        if self.facts.connected_at is None or event.at < self.facts.connected_at:
            self.facts.connected_at = event.at
        self.memory.deadline = None  # a talk lasts as long as it lasts
        self._out.append(cmd.Connected(event.agent))

    def _on_agent_left(self, event: Event, now: float) -> None:
        self._agent_left(event)
        assert self.facts.queue is not None
        chosen = self.flow.survey_of(self.facts.queue)
        assert chosen is not None
        self.facts.survey, self.facts.survey_question = chosen[0], chosen[1].question
        self.facts.survey_outcome = "offered"
        self._ask_survey((), now)

    def _on_agent_left_no_survey(self, event: Event, now: float) -> None:
        self._agent_left(event)
        self._say_goodbye("goodbye", now)

    def _agent_left(self, event: Event) -> None:
        self.facts.released_at = event.at
        self._record_again(event.at)
        if self.facts.agent is None and len(self.memory.offered_agents) == 1:
            self.facts.agent = self.memory.offered_agents[0]
        self._out.append(cmd.LeaveLine())

    def _on_answer_given(self, event: Event, now: float) -> None:
        assert isinstance(event, Done) and self.facts.queue is not None
        chosen = self.flow.survey_of(self.facts.queue)
        assert chosen is not None
        self.facts.survey_outcome = "answered"
        self.facts.survey_key = event.value
        self.facts.survey_label = chosen[1].options[event.value].label
        self.facts.survey_at = event.at
        self._say_goodbye("survey-thanks", now)

    def _on_no_answer(self, event: Event, now: float) -> None:
        assert isinstance(event, Done)
        if not event.failed:
            self.facts.survey_outcome = "silent"
        self._say_goodbye("goodbye", now)

    def _on_said_goodbye(self, event: Event, now: float) -> None:
        self._expect(None, now + 5)


ACTIONS: dict[Signal, Callable[[Steps, Event, float], None]] = {
    Signal.ARRIVED: Steps._on_arrived,
    Signal.ARRIVED_CLOSED: Steps._on_arrived_closed,
    Signal.CHOICE_CLOSED: Steps._on_choice_closed,
    Signal.CLOSED_NOW: Steps._on_closed_now,
    Signal.CLOSING_SOON: Steps._on_closing_soon,
    Signal.WANTS_MESSAGE: Steps._on_wants_message,
    Signal.GIVES_UP: Steps._on_gives_up,
    Signal.CALLED_BACK: Steps._on_called_back,
    Signal.MOVED: Steps._on_moved,
    Signal.CALLBACK_PROPOSED: Steps._on_callback_proposed,
    Signal.MESSAGE_PROPOSED: Steps._on_message_proposed,
    Signal.MESSAGE_LEFT: Steps._on_message_left,
    Signal.WANTS_CALLBACK: Steps._on_wants_callback,
    Signal.OTHER_NUMBER: Steps._on_other_number,
    Signal.BAD_NUMBER: Steps._on_bad_number,
    Signal.NUMBER_GIVEN: Steps._on_number_given,
    Signal.NUMBER_CONFIRMED: Steps._on_number_confirmed,
    Signal.NUMBER_CONFIRMED_WHY: Steps._on_number_confirmed_why,
    Signal.REASON_SAID: Steps._on_reason_said,
    Signal.RATHER_NOT: Steps._on_rather_not,
    Signal.RATHER_WAITS: Steps._on_announced,
    Signal.CHOICE: Steps._on_choice,
    Signal.WRONG_KEY: Steps._on_wrong_key,
    Signal.SILENCE: Steps._on_silence,
    Signal.TRIES_USED_UP: Steps._on_tries_used_up,
    Signal.OFFER: Steps._on_offer,
    Signal.POSITION_DUE: Steps._on_position_due,
    Signal.ANNOUNCED: Steps._on_announced,
    Signal.TO_AGENT: Steps._on_to_agent,
    Signal.TO_QUEUE: Steps._on_to_queue,
    Signal.ANSWERED: Steps._on_answered,
    Signal.NOT_ANSWERED: Steps._on_not_answered,
    Signal.AGENT_LEFT: Steps._on_agent_left,
    Signal.AGENT_LEFT_NO_SURVEY: Steps._on_agent_left_no_survey,
    Signal.ANSWER_GIVEN: Steps._on_answer_given,
    Signal.NO_ANSWER: Steps._on_no_answer,
    Signal.SAID_GOODBYE: Steps._on_said_goodbye,
}
