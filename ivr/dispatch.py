"""Which function of `ivr/states/` stands for what. A new state or signal has its rows here and in `ivr/table.py`.

Owns four dictionaries and nothing else: how an ended command is understood (`READ`), what any other event means
(`TAKE`), what a signal does (`ACTIONS`), and how a step is taken again (`AGAIN`). Leaves the transition itself to
`ivr/call.py`. An action stands in the file of the state that does the work, which may be the one it leads to.
"""

from collections.abc import Callable
from typing import Any

from ivr import events as ev
from ivr.events import Event
from ivr.memory import Dialogue
from ivr.states import (
    callback,
    closed,
    closing,
    confirming,
    lookup,
    menu,
    message,
    nobody,
    offer,
    outside,
    problem,
    reason,
    ringing,
    sentence,
    survey,
    talk,
    telling,
    ticket,
    waiting,
)
from ivr.table import CallSignal, CallState

S, G = CallState, CallSignal
Read = Callable[[Dialogue, ev.Done], CallSignal]
Take = Callable[[Dialogue, Any, float], CallSignal | bool]
"""The signal that an event means here; True: it is noted, or too late to matter; False: this state has no use for it
yet, and it is kept. The event is of the type it is listed under."""
Action = Callable[[Dialogue, Any, float], None]
"""Done with the event that meant the signal, when the call is in the new state already."""
Again = Callable[[Dialogue, float], None]

READ: dict[CallState, Read] = {
    S.GREETING: menu.read,
    S.MENU: menu.read,
    S.SAYING: menu.read,
    S.CONFIRMING: confirming.read,
    S.PROBLEM: problem.read,
    S.SUBSCRIBING: problem.read_number,
    S.TELLING: telling.read,
    S.TICKET: ticket.read,
    S.OUTSIDE: outside.read,
    S.LOOKUP: lookup.read,
    S.WAITING: waiting.read,
    S.CALLBACK: callback.read,
    S.REASON: reason.read,
    S.CLOSED: closed.read,
    S.MESSAGE: message.read,
    S.OFFERED: offer.read,
    S.TALKING: talk.read,
    S.SURVEY: survey.read,
    S.CLOSING: closing.read,
}
"""How the end of the command is understood that the state waits for. Reading changes nothing."""

AGAIN: dict[CallState, Again] = {
    S.GREETING: menu.take_again,
    S.MENU: menu.take_again,
    S.SAYING: sentence.take_again,
    S.CONFIRMING: confirming.take_again,
    S.PROBLEM: problem.take_again,
    S.SUBSCRIBING: callback.take_again,
    S.TELLING: telling.take_again,
    S.TICKET: ticket.take_again,
    S.OUTSIDE: outside.take_again,
    S.LOOKUP: lookup.take_again,
    S.WAITING: waiting.take_again,
    S.CALLBACK: callback.take_again,
    S.REASON: reason.take_again,
    S.CLOSED: closed.take_again,
    S.MESSAGE: message.take_again,
    S.OFFERED: offer.take_again,
    S.TALKING: talk.take_again,
    S.SURVEY: survey.take_again,
    S.CLOSING: closing.take_again,
}
"""What is done where the pending command was lost with the controller that gave it."""


def _always(signal: CallSignal) -> Take:
    """For an event that means the same in every state that knows it."""
    return lambda _call, _event, _now: signal


TAKE: dict[type[Event], Take] = {
    ev.Arrived: ringing.read_arrived,
    ev.Missed: ringing.note_missed,
    ev.CalledBack: telling.read_called,
    ev.Moved: _always(G.MOVED),
    ev.CallbackProposed: _always(G.CALLBACK_PROPOSED),
    ev.MessageProposed: _always(G.MESSAGE_PROPOSED),
    ev.ClosedNow: _always(G.CLOSED_NOW),
    ev.ClosingSoon: waiting.read_closing_soon,
    ev.PositionDue: waiting.read_position_due,
    ev.KeyPressed: waiting.read_key_pressed,
    ev.CallerKnown: waiting.note_caller,
    ev.PlaceKept: waiting.note_place,
    ev.SurveyKnown: survey.note_known,
    ev.LookedUp: lookup.read_looked_up,
    ev.Offered: offer.read_offered,
    ev.AgentAnswered: offer.read_agent_answered,
    ev.AgentRefused: offer.note_refusal,
    ev.Bridged: offer.read_bridged,
    ev.Transferred: talk.read_transferred,
    ev.AgentLost: talk.read_agent_lost,
    ev.EndAsked: closing.note_end_asked,
    ev.RecordingPaused: talk.note_recording_paused,
    ev.RecordingResumed: talk.note_recording_resumed,
    **dict.fromkeys(talk.MOVES, talk.note_move),
}
"""What events mean, but for the ends of commands, adoption and the hangup, which are the driver's."""

_CHOICE: dict[CallSignal, Action] = {
    G.CHOICE: menu.on_choice,
    G.CHOICE_CLOSED: menu.on_choice_closed,
    G.SENTENCE: sentence.on_sentence,
    G.OTHER_MENU: menu.on_other_menu,
    G.OTHER_LANGUAGE: menu.on_other_language,
    G.CALLBACK_CHOSEN: callback.on_callback_chosen,
    G.MESSAGE_CHOSEN: message.on_message_chosen,
    G.TO_OUTSIDE: outside.on_to_outside,
    G.FAREWELL: menu.on_farewell,
    G.LOOKUP_CHOSEN: lookup.on_lookup_chosen,
}
_OPENING: dict[CallSignal, Action] = {
    **_CHOICE,
    G.PROBLEM_FIXED: problem.on_problem_fixed,
    G.PROBLEM_KNOWN: problem.on_problem_known,
    G.TICKET_OPEN: ticket.on_ticket_open,
    G.BEGINS: menu.on_begins,
}
_MENU: dict[CallSignal, Action] = {
    **_CHOICE,
    G.WORDS_UNSURE: confirming.on_words_unsure,
    G.WORDS_UNKNOWN: menu.on_words_unknown,
    G.WRONG_KEY: menu.on_wrong_key,
    G.SILENCE: menu.on_silence,
    G.TRIES_USED_UP: menu.on_tries_used_up,
    G.NO_SIGN: nobody.on_no_sign,
    G.NOBODY: nobody.on_nobody,
}
_AFTER_TALK: dict[CallSignal, Action] = {
    G.AGENT_LEFT: talk.on_agent_left,
    G.AGENT_LEFT_NO_SURVEY: talk.on_agent_left_no_survey,
}

ACTIONS: dict[CallState, dict[CallSignal, Action]] = {
    S.RINGING: {
        G.ARRIVED: ringing.on_arrived,
        G.ARRIVED_CLOSED: ringing.on_arrived_closed,
        G.CALLED_BACK: ringing.on_called_back,
        G.CALLED_TO_TELL: telling.on_called_to_tell,
    },
    S.GREETING: {**_MENU, **_OPENING, G.NOTICE_HEARD: menu.on_notice_heard},
    S.MENU: _MENU,
    S.SAYING: _MENU,
    S.CONFIRMING: {**_CHOICE, G.NOT_MEANT: confirming.on_not_meant},
    S.PROBLEM: {**_OPENING, G.WANTS_TO_BE_TOLD: callback.on_wants_callback},
    S.SUBSCRIBING: {
        **_OPENING,
        G.OTHER_NUMBER: callback.on_other_number,
        G.BAD_NUMBER: callback.on_bad_number,
        G.NUMBER_GIVEN: callback.on_number_given,
        G.NUMBER_SAID: callback.on_number_said,
        G.WRONG_KEY: callback.on_wrong_key,
        G.NUMBER_CONFIRMED: problem.on_number_confirmed,
    },
    S.TELLING: {
        G.TOLD: telling.on_told,
        G.CHOICE: telling.on_choice,
        G.CHOICE_CLOSED: telling.on_choice_closed,
        G.GIVES_UP: telling.on_gives_up,
    },
    S.TICKET: {
        **_OPENING,
        G.TICKET_MEANT: ticket.on_ticket_meant,
        G.TICKET_MEANT_CLOSED: ticket.on_ticket_meant_closed,
    },
    S.OUTSIDE: {
        G.OUTSIDE_LEFT: outside.on_outside_left,
        G.OUTSIDE_FAILED: outside.on_outside_failed,
        G.OUTSIDE_FAILED_CLOSED: outside.on_outside_failed_closed,
    },
    S.LOOKUP: {
        G.NUMBER_GIVEN: lookup.on_number_given,
        G.BAD_NUMBER: lookup.on_bad_number,
        G.LOOKUP_LATE: lookup.on_lookup_late,
        G.FOUND: lookup.on_found,
        G.NOT_FOUND: lookup.on_not_found,
        G.RATHER_CHOOSES: menu.on_rather_chooses,
        G.PERSON_INSTEAD: lookup.on_person_instead,
        G.PERSON_INSTEAD_CLOSED: lookup.on_person_instead_closed,
    },
    S.WAITING: {
        G.OFFER: offer.on_offer,
        G.POSITION_DUE: waiting.on_position_due,
        G.ANNOUNCED: waiting.on_announced,
        G.MOVED: waiting.on_moved,
        G.CALLBACK_PROPOSED: waiting.on_callback_proposed,
        G.CLOSING_SOON: waiting.on_closing_soon,
        G.CLOSED_NOW: closed.on_closed_now,
        G.MESSAGE_PROPOSED: message.on_message_proposed,
        G.WANTS_CALLBACK: callback.on_wants_callback,
    },
    S.CALLBACK: {
        G.OFFER: offer.on_offer,
        G.MOVED: waiting.on_moved,
        G.OTHER_NUMBER: callback.on_other_number,
        G.BAD_NUMBER: callback.on_bad_number,
        G.NUMBER_GIVEN: callback.on_number_given,
        G.NUMBER_SAID: callback.on_number_said,
        G.WRONG_KEY: callback.on_wrong_key,
        G.NUMBER_CONFIRMED: callback.on_number_confirmed,
        G.NUMBER_CONFIRMED_WHY: reason.on_number_confirmed_why,
        G.RATHER_WAITS: waiting.on_rather_waits,
        G.RATHER_NOT: closed.on_rather_not,
        G.RATHER_CHOOSES: menu.on_rather_chooses,
    },
    S.REASON: {G.REASON_SAID: reason.on_reason_said},
    S.CLOSED: {
        G.WANTS_CALLBACK: callback.on_wants_callback,
        G.WANTS_MESSAGE: message.on_wants_message,
        G.WRONG_KEY: closed.on_wrong_key,
        G.SILENCE: closed.on_silence,
        G.GIVES_UP: closed.on_gives_up,
        G.NO_SIGN: nobody.on_no_sign,
        G.NOBODY: nobody.on_nobody,
    },
    S.MESSAGE: {G.MESSAGE_ASKED: message.on_message_asked, G.MESSAGE_LEFT: message.on_message_left},
    S.OFFERED: {G.ANSWERED: talk.on_answered, G.NOT_ANSWERED: waiting.on_not_answered, **_AFTER_TALK},
    S.TALKING: {
        G.TO_AGENT: talk.on_to_agent,
        G.TO_QUEUE: talk.on_to_queue,
        G.MOMENT: talk.on_moment,
        G.AGENT_LOST: talk.on_agent_lost,
        **_AFTER_TALK,
    },
    S.SURVEY: {
        G.AGENT_LOST: talk.on_agent_lost,
        G.WRONG_KEY: survey.on_wrong_key,
        G.ANSWER_GIVEN: survey.on_answer_given,
        G.SURVEY_DONE: survey.on_survey_done,
        G.NO_ANSWER: survey.on_no_answer,
        G.OPTED_OUT: survey.on_opted_out,
        G.WANTS_CALL: survey.on_wants_call,
    },
    S.CLOSING: {G.SAID_GOODBYE: closing.on_said_goodbye},
}
"""What is done for each arrow of `ivr.table.TRANSITIONS`, but for the hangup: the same keys, by the state met."""
