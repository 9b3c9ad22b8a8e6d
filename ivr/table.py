"""The states of a call and the one table of its transitions: read `ivr/call.py` for the rules in prose."""

from enum import StrEnum


class State(StrEnum):
    """Where a call is."""

    RINGING = "ringing"
    GREETING = "greeting"
    MENU = "menu"
    WAITING = "waiting"
    CALLBACK = "callback"
    REASON = "reason"
    CLOSED = "closed"
    MESSAGE = "message"
    OFFERED = "offered"
    TALKING = "talking"
    SURVEY = "survey"
    CLOSING = "closing"
    ENDED = "ended"


class Signal(StrEnum):
    """What an event means in the state it meets."""

    ARRIVED = "arrived"
    ARRIVED_CLOSED = "arrived at closed hours"
    CALLED_BACK = "called back"
    CHOICE = "choice"
    CHOICE_CLOSED = "choice that is closed"
    WRONG_KEY = "wrong key"
    SILENCE = "silence"
    TRIES_USED_UP = "tries used up"
    CLOSING_SOON = "closing soon"
    CLOSED_NOW = "closed now"
    WANTS_MESSAGE = "wants to leave a message"
    GIVES_UP = "chooses nothing"
    OFFER = "offer"
    POSITION_DUE = "position due"
    ANNOUNCED = "announced"
    MOVED = "moved to another queue"
    CALLBACK_PROPOSED = "callback proposed"
    MESSAGE_PROPOSED = "message proposed"
    MESSAGE_LEFT = "message left"
    WANTS_CALLBACK = "wants a callback"
    OTHER_NUMBER = "other number"
    BAD_NUMBER = "bad number"
    NUMBER_GIVEN = "number given"
    NUMBER_CONFIRMED = "number confirmed"
    NUMBER_CONFIRMED_WHY = "number confirmed, asked why"
    REASON_SAID = "reason said"
    RATHER_WAITS = "rather waits"
    RATHER_NOT = "rather not"
    TO_AGENT = "passed on to an agent"
    TO_QUEUE = "passed on to a queue"
    ANSWERED = "agent answered"
    NOT_ANSWERED = "agent did not answer"
    AGENT_LEFT = "agent hung up"
    AGENT_LEFT_NO_SURVEY = "agent hung up, no survey"
    ANSWER_GIVEN = "answer given"
    NO_ANSWER = "no answer"
    SAID_GOODBYE = "said goodbye"
    SETTLED = "hung up"


S, G = State, Signal
_MENU = {
    G.CHOICE: S.WAITING,
    G.CHOICE_CLOSED: S.CLOSED,
    G.WRONG_KEY: S.MENU,
    G.SILENCE: S.MENU,
    G.TRIES_USED_UP: S.WAITING,
}
_END = {G.SETTLED: S.ENDED}

TRANSITIONS: dict[State, dict[Signal, State]] = {
    S.RINGING: {G.ARRIVED: S.GREETING, G.ARRIVED_CLOSED: S.CLOSED, G.CALLED_BACK: S.OFFERED, **_END},
    S.GREETING: {**_MENU, **_END},
    S.MENU: {**_MENU, **_END},
    S.WAITING: {
        G.OFFER: S.OFFERED,
        G.POSITION_DUE: S.WAITING,
        G.ANNOUNCED: S.WAITING,
        G.MOVED: S.WAITING,
        G.CALLBACK_PROPOSED: S.WAITING,
        G.CLOSING_SOON: S.WAITING,
        G.CLOSED_NOW: S.CLOSED,
        G.MESSAGE_PROPOSED: S.MESSAGE,
        G.WANTS_CALLBACK: S.CALLBACK,
        **_END,
    },
    S.CALLBACK: {
        G.OFFER: S.OFFERED,
        G.MOVED: S.CALLBACK,
        G.OTHER_NUMBER: S.CALLBACK,
        G.BAD_NUMBER: S.CALLBACK,
        G.NUMBER_GIVEN: S.CALLBACK,
        G.WRONG_KEY: S.CALLBACK,
        G.NUMBER_CONFIRMED: S.CLOSING,
        G.NUMBER_CONFIRMED_WHY: S.REASON,
        G.RATHER_WAITS: S.WAITING,
        G.RATHER_NOT: S.CLOSED,
        **_END,
    },
    S.REASON: {G.REASON_SAID: S.CLOSING, **_END},
    S.CLOSED: {
        G.WANTS_CALLBACK: S.CALLBACK,
        G.WANTS_MESSAGE: S.MESSAGE,
        G.WRONG_KEY: S.CLOSED,
        G.SILENCE: S.CLOSED,
        G.GIVES_UP: S.CLOSING,
        **_END,
    },
    S.MESSAGE: {G.MESSAGE_LEFT: S.CLOSING, **_END},
    S.OFFERED: {
        G.ANSWERED: S.TALKING,
        G.NOT_ANSWERED: S.WAITING,
        G.AGENT_LEFT: S.SURVEY,
        G.AGENT_LEFT_NO_SURVEY: S.CLOSING,
        **_END,
    },
    S.TALKING: {
        G.TO_AGENT: S.OFFERED,
        G.TO_QUEUE: S.WAITING,
        G.AGENT_LEFT: S.SURVEY,
        G.AGENT_LEFT_NO_SURVEY: S.CLOSING,
        **_END,
    },
    S.SURVEY: {G.WRONG_KEY: S.SURVEY, G.ANSWER_GIVEN: S.CLOSING, G.NO_ANSWER: S.CLOSING, **_END},
    S.CLOSING: {G.SAID_GOODBYE: S.CLOSING, **_END},
    S.ENDED: {},
}
