"""The states of a call, its signals, and the one table of its transitions.

Owns which state follows which. Leaves to `ivr/states/` how an event is understood and what is done about it, and to
`ivr/call.py` that it happens.

The rules:

- The dialplan has answered and records before we are asked for commands (`ringing`). A caller who is gone before that,
  or whom the fallback had, is a call all the same (`Missed`), which ends there. We say the
  notice to its end (a key in it is kept for the menu), then greeting and menu as one prompt (`greeting`); any key cuts
  that. A wrong key or silence asks again
  without the greeting (`menu`); the two kinds of tries are counted apart, and a caller whose tries are
  used up gets a person, never a hang-up; but where never a key was pressed and not a packet of sound came nobody is
  there, and the call ends with goodbye. 0 always reaches a person. A key may say a sentence (`saying`), after
  which the menu goes on; a key that cuts it is the answer to the menu.
- Where options have words, a choice may be said: the words cut the prompt as a key does, and mean that key. Words
  heard uncertainly are asked about (`confirming`); after two that were not understood only keys are heard in this menu.
- A caller in the line (`waiting`) hears music. The line tells us when a position is to be announced
  and when an agent is free (`offered`); while the phone rings the caller still has the place. An agent
  who does not answer costs the caller nothing: back to `waiting` with the place of the arrival.
- What a key agrees to was said before: a number is read to its end before it can be confirmed, why it is closed
  before a callback is chosen, and a key in the first moment of a question that comes by itself is no answer to it. Keys
  right after a choice mean nothing: they were meant for the menu. Typed ahead, a key still answers a
  menu.
- Where a problem is known on a line, its callers hear of it first (`problem`) and may ask to be told when it is fixed
  (`subscribing`); any other key, or none, leads on at once. Whom we call then hears it (`telling`) without an agent,
  and may ask for one; who calls in before hears it on the line.
- A waiting caller may press 1 at any moment and be called back (`callback`): the number is read back and
  can be changed, and the place in line is kept. An agent who gets free meanwhile goes before all that. The promise
  stands from the moment the number is confirmed; then the caller may say why (`reason`). A customer whom we
  call back comes in with the agent already there (`offered`) and goes on like any caller.
- A key may lead to another menu, change the language of the call, promise a call without a wait, take a message,
  connect with a number outside (`outside`; where nobody answers there, a person is next), or say a sentence and
  end the call. It may look something up by a number that the caller enters (`lookup`): what is found is said, or that
  nothing is, and the menu goes on; where nobody can say, a person is next. Where a line has cases, the first that is
  true decides where a caller begins; a caller with an open ticket is asked before whether the call is about it
  (`ticket`). For what the store knows of a caller half a second is waited at most.
- A caller who finds the line or the chosen queue closed hears why and until when (`closed`), and may be called back
  when it opens or leave a `message`. A caller who waits already is served as long as anybody is there; shortly
  before the end a callback is offered, and when the last agent has gone those who still wait are told too.
- Talking, the agent may put the caller on hold, ask a colleague, pause the recording, and pass the caller on:
  to an agent, who is rung for and gets the call at once; to a queue, at the place of the arrival; or to the
  colleague who was asked, by connecting the two. Whoever is connected has the call. An agent who was rung for
  and does not answer leaves the caller in the line, at the old place.
- A phone that answers and hangs up at once was no talk: the caller is next in line.
- An agent whose phone vanishes has not hung up: the caller hears so and waits again, before everybody else. That may
  turn out when the survey has begun.
- When the agent hangs up (`talking` is over) the caller who stays is asked one to three questions, perhaps for words
  of their own, and whether we shall call about it (`survey`); then goodbye (`closing`). Who was asked a few days ago,
  or wants to be asked no more, hears goodbye at once. When the caller hangs up, the call ends there (`ended`), wherever
  that is.
- Events may come twice, late, or in another order than they happened. A second copy is dropped. An
  event that the state does not know yet is kept until the call gets there; after the hangup the call
  stays open for late events for SETTLE_SECONDS, but nothing is sent to its channel any more. Facts
  carry the time they happened, not the time we heard of them. So the order of events decides nothing.
- A caller whom the fallback talks to (`FallbackTook`) is out of the line and hears nothing of ours any more; the call
  is what it was until then, and ends with the channel.
- After the controller was away, `Adopted` sends a probe. When its answer arrives every command given
  before has ended; one that has not been answered by then was lost, and its step is taken again.
"""

from enum import StrEnum


class CallState(StrEnum):
    """Where a call is."""

    RINGING = "ringing"
    GREETING = "greeting"
    MENU = "menu"
    SAYING = "saying"
    CONFIRMING = "confirming"
    PROBLEM = "problem"
    SUBSCRIBING = "subscribing"
    TELLING = "telling"
    TICKET = "ticket"
    OUTSIDE = "outside"
    LOOKUP = "lookup"
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


class CallSignal(StrEnum):
    """What an event means in the state it meets."""

    ARRIVED = "arrived"
    ARRIVED_CLOSED = "arrived at closed hours"
    CALLED_BACK = "called back"
    CALLED_TO_TELL = "called to be told"
    TOLD = "told"
    PROBLEM_KNOWN = "known problem"
    PROBLEM_FIXED = "known problem is fixed"
    WANTS_TO_BE_TOLD = "wants to be told"
    NOTICE_HEARD = "notice heard"
    BEGINS = "begins"
    TICKET_OPEN = "has an open ticket"
    TICKET_MEANT = "about the open ticket"
    TICKET_MEANT_CLOSED = "about the open ticket, closed"
    CHOICE = "choice"
    CHOICE_CLOSED = "choice that is closed"
    SENTENCE = "choice that says something"
    OTHER_MENU = "choice of another menu"
    OTHER_LANGUAGE = "choice of a language"
    CALLBACK_CHOSEN = "choice of a callback"
    MESSAGE_CHOSEN = "choice of a message"
    TO_OUTSIDE = "choice of a number outside"
    FAREWELL = "choice that ends the call"
    LOOKUP_CHOSEN = "choice that looks something up"
    LOOKUP_LATE = "answer is late"
    FOUND = "found"
    NOT_FOUND = "not found"
    PERSON_INSTEAD = "a person instead"
    PERSON_INSTEAD_CLOSED = "a person instead, closed"
    OUTSIDE_LEFT = "outside hung up"
    OUTSIDE_FAILED = "outside did not answer"
    OUTSIDE_FAILED_CLOSED = "outside did not answer, closed"
    WORDS_UNSURE = "words that may be a choice"
    WORDS_UNKNOWN = "words that are no choice"
    NOT_MEANT = "did not mean it"
    WRONG_KEY = "wrong key"
    SILENCE = "silence"
    TRIES_USED_UP = "tries used up"
    NO_SIGN = "never a key"
    NOBODY = "never a sound"
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
    MESSAGE_ASKED = "asked for a message"
    MESSAGE_LEFT = "message left"
    WANTS_CALLBACK = "wants a callback"
    OTHER_NUMBER = "other number"
    BAD_NUMBER = "bad number"
    NUMBER_GIVEN = "number given"
    NUMBER_SAID = "number said"
    NUMBER_CONFIRMED = "number confirmed"
    NUMBER_CONFIRMED_WHY = "number confirmed, asked why"
    REASON_SAID = "reason said"
    RATHER_WAITS = "rather waits"
    RATHER_NOT = "rather not"
    RATHER_CHOOSES = "rather chooses something else"
    TO_AGENT = "passed on to an agent"
    TO_QUEUE = "passed on to a queue"
    ANSWERED = "agent answered"
    NOT_ANSWERED = "agent did not answer"
    MOMENT = "agent hung up at once"
    AGENT_LOST = "agent's phone vanished"
    AGENT_LEFT = "agent hung up"
    AGENT_LEFT_NO_SURVEY = "agent hung up, no survey"
    ANSWER_GIVEN = "answer given"
    SURVEY_DONE = "survey done"
    NO_ANSWER = "no answer"
    OPTED_OUT = "wants to be asked no more"
    WANTS_CALL = "wants to be called about it"
    SAID_GOODBYE = "said goodbye"
    SETTLED = "hung up"


S, G = CallState, CallSignal
_CHOICE = {
    G.CHOICE: S.WAITING,
    G.CHOICE_CLOSED: S.CLOSED,
    G.SENTENCE: S.SAYING,
    G.OTHER_MENU: S.MENU,
    G.OTHER_LANGUAGE: S.MENU,
    G.CALLBACK_CHOSEN: S.CALLBACK,
    G.MESSAGE_CHOSEN: S.MESSAGE,
    G.TO_OUTSIDE: S.OUTSIDE,
    G.FAREWELL: S.CLOSING,
    G.LOOKUP_CHOSEN: S.LOOKUP,
}
_MENU = {
    **_CHOICE,
    G.WORDS_UNSURE: S.CONFIRMING,
    G.WORDS_UNKNOWN: S.MENU,
    G.WRONG_KEY: S.MENU,
    G.SILENCE: S.MENU,
    G.TRIES_USED_UP: S.WAITING,
    G.NO_SIGN: S.MENU,
    G.NOBODY: S.CLOSING,
}
_OPENING = {
    **_CHOICE,
    G.PROBLEM_FIXED: S.PROBLEM,
    G.PROBLEM_KNOWN: S.PROBLEM,
    G.TICKET_OPEN: S.TICKET,
    G.BEGINS: S.GREETING,
}
_GREETING = {**_MENU, **_OPENING, G.NOTICE_HEARD: S.GREETING}
_END = {G.SETTLED: S.ENDED}

TRANSITIONS: dict[CallState, dict[CallSignal, CallState]] = {
    S.RINGING: {
        G.ARRIVED: S.GREETING,
        G.ARRIVED_CLOSED: S.CLOSED,
        G.CALLED_BACK: S.OFFERED,
        G.CALLED_TO_TELL: S.TELLING,
        **_END,
    },
    S.GREETING: {**_GREETING, **_END},
    S.MENU: {**_MENU, **_END},
    S.SAYING: {**_MENU, **_END},
    S.CONFIRMING: {**_CHOICE, G.NOT_MEANT: S.MENU, **_END},
    S.PROBLEM: {**_OPENING, G.WANTS_TO_BE_TOLD: S.SUBSCRIBING, **_END},
    S.SUBSCRIBING: {
        **_OPENING,
        G.OTHER_NUMBER: S.SUBSCRIBING,
        G.BAD_NUMBER: S.SUBSCRIBING,
        G.NUMBER_GIVEN: S.SUBSCRIBING,
        G.NUMBER_SAID: S.SUBSCRIBING,
        G.WRONG_KEY: S.SUBSCRIBING,
        G.NUMBER_CONFIRMED: S.CLOSING,
        **_END,
    },
    S.TELLING: {
        G.TOLD: S.TELLING,
        G.CHOICE: S.WAITING,
        G.CHOICE_CLOSED: S.CLOSED,
        G.GIVES_UP: S.CLOSING,
        **_END,
    },
    S.TICKET: {**_OPENING, G.TICKET_MEANT: S.WAITING, G.TICKET_MEANT_CLOSED: S.CLOSED, **_END},
    S.OUTSIDE: {
        G.OUTSIDE_LEFT: S.CLOSING,
        G.OUTSIDE_FAILED: S.WAITING,
        G.OUTSIDE_FAILED_CLOSED: S.CLOSED,
        **_END,
    },
    S.LOOKUP: {
        G.NUMBER_GIVEN: S.LOOKUP,
        G.BAD_NUMBER: S.LOOKUP,
        G.LOOKUP_LATE: S.LOOKUP,
        G.FOUND: S.SAYING,
        G.NOT_FOUND: S.SAYING,
        G.RATHER_CHOOSES: S.MENU,
        G.PERSON_INSTEAD: S.WAITING,
        G.PERSON_INSTEAD_CLOSED: S.CLOSED,
        **_END,
    },
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
        G.NUMBER_SAID: S.CALLBACK,
        G.WRONG_KEY: S.CALLBACK,
        G.NUMBER_CONFIRMED: S.CLOSING,
        G.NUMBER_CONFIRMED_WHY: S.REASON,
        G.RATHER_WAITS: S.WAITING,
        G.RATHER_NOT: S.CLOSED,
        G.RATHER_CHOOSES: S.MENU,
        **_END,
    },
    S.REASON: {G.REASON_SAID: S.CLOSING, **_END},
    S.CLOSED: {
        G.WANTS_CALLBACK: S.CALLBACK,
        G.WANTS_MESSAGE: S.MESSAGE,
        G.WRONG_KEY: S.CLOSED,
        G.SILENCE: S.CLOSED,
        G.GIVES_UP: S.CLOSING,
        G.NO_SIGN: S.CLOSED,
        G.NOBODY: S.CLOSING,
        **_END,
    },
    S.MESSAGE: {G.MESSAGE_ASKED: S.MESSAGE, G.MESSAGE_LEFT: S.CLOSING, **_END},
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
        G.MOMENT: S.WAITING,
        G.AGENT_LOST: S.WAITING,
        G.AGENT_LEFT: S.SURVEY,
        G.AGENT_LEFT_NO_SURVEY: S.CLOSING,
        **_END,
    },
    S.SURVEY: {
        G.WRONG_KEY: S.SURVEY,
        G.ANSWER_GIVEN: S.SURVEY,
        G.SURVEY_DONE: S.CLOSING,
        G.NO_ANSWER: S.CLOSING,
        G.OPTED_OUT: S.CLOSING,
        G.WANTS_CALL: S.CLOSING,
        G.AGENT_LOST: S.WAITING,
        **_END,
    },
    S.CLOSING: {G.SAID_GOODBYE: S.CLOSING, **_END},
    S.ENDED: {},
}

_BEGINS = frozenset({S.RINGING, S.GREETING, S.PROBLEM, S.SUBSCRIBING, S.TELLING})
UNDECIDED = _BEGINS | {S.MENU, S.SAYING, S.CONFIRMING, S.TICKET, S.LOOKUP}
"""The caller has not chosen yet: what belongs to the wait is early."""
WAITS = frozenset({S.WAITING, S.CALLBACK, S.OFFERED})
"""Nobody talks with the caller yet: who is lost here was cut off, and keeps the place for a moment."""
SERVED = frozenset({S.TALKING, S.SURVEY, S.CLOSING})
"""Somebody has talked with the caller, unless the facts say otherwise."""
