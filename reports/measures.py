"""What is counted: the names in every tally, and by what tallies are told apart.

A name with `_ms` is a sum of milliseconds; one among DURATIONS has a histogram by seconds beside it; "name:word" is
counted for each word that rows have.
"""

from typing import Literal

Kind = Literal["total", "line", "agent", "menu", "topic", "language", "disposition", "hour", "states"]
"""By what one kind of cells tells calls apart, besides the queue. hour: of the local day, of days alone; states: what
agents did, by agent, in no queue."""
FACT_KINDS: tuple[Kind, ...] = ("total", "line", "agent", "menu", "topic", "language", "disposition")

# -- a visit to a queue, counted when it was entered, once it is over ------------------------------------
OFFERED = "offered"
"""Of callers; those whom we call as promised are `offered_promised` and so on, and in nothing else."""
OUTCOME = "outcome:"
"""answered, abandoned, callback, overflow, message, closed, transferred, lost (`calls.models.QueueVisit`)."""
PROMISED_OUTCOME = "promised:"
"""The same of visits that a promised call made."""
WAIT_ANSWERED = "wait_answered"
WAIT_ABANDONED = "wait_abandoned"
WAIT_ELSE = "wait_else"
"""Until a flow-out or a loss: somebody who might have waited longer."""
LEFT_WHILE = "left_while:"
"""Of abandoned, where the caller was: waiting, ringing, number."""
TOLD, TOLD_KEPT, TOLD_BROKEN = "told", "told_kept", "told_broken"
"""Visits in which a wait was told; of them those that were over in time, and those that were not."""
TOLD_OVER = "told_over"
"""By how much the broken ones were."""

# -- a talk, counted when its call arrived, once the wrap-up is over -------------------------------------
TALK, HOLD, WRAP, HANDLED = "talk", "hold", "wrap", "handled"
"""HANDLED is talk, hold and wrap-up of one talk together: AHT is its mean."""
BEGAN_BY = "began_by:"
"""Of talks: queue, callback, blind, attended: the last two are transfers."""

# -- a call, counted when it arrived, once it is over ----------------------------------------------------
CALLS = "calls"
RESULT = "result:"
ENDED_BY = "ended_by:"
"""Who hung up: caller, agent, us; unknown."""
SURVEY = "survey:"
"""What came of asking: offered, hung_up, silent, answered, opted_out, not_asked."""
ANSWER = "answer:"
""""survey/question/meaning": good, fair, poor, or `-` for none."""
CONTACTS = "contacts"
"""Served calls of known callers: what first-contact resolution is of."""
ANONYMOUS = "anonymous"
"""Served calls of callers whom nobody knows again."""
NEXT = "next_"
"""Histograms by hours, rounded up, until the same caller called again: next_number (from the same number),
next_contact (the same person), next_ticket (on the same ticket), next_topic (about the same)."""
NEXT_HOURS = 720
"""No call after this is looked for."""
RECORDING, TRANSCRIPT, REDACTION = "recording:", "transcript:", "redaction:"
"""By the states of their rows; `recording:fault` where the file is not what it was."""
MOS_CALLER, MOS_AGENT = "mos_caller", "mos_agent"
"""Histograms by tenths of MOS: how legs sounded, by their worse direction."""

# -- a promise to call back, counted when it was asked for -----------------------------------------------
PROMISES = "promises"
PROMISE = "promise:"
"""kept, broken, cancelled, open."""
PROMISE_WAIT = "promise_wait"
"""From the request to the talk."""

# -- what agents did, cut where a slot ends --------------------------------------------------------------
STATE = "state:"
"""Milliseconds in each state of `calls.models.AgentStateChange`."""
PAUSE = "pause:"
"""Milliseconds on a pause by its code, while paused."""
PAUSES = "pauses:"
"""Histograms by code: how long each pause was, counted when it began, once it is over."""

DURATIONS = (WAIT_ANSWERED, WAIT_ABANDONED, WAIT_ELSE, TOLD_OVER, TALK, HOLD, WRAP, HANDLED, PROMISE_WAIT)
OUTCOMES = ("answered", "abandoned", "callback", "overflow", "message", "closed", "transferred", "lost")
FLOW_OUTS = ("callback", "overflow", "message", "closed", "transferred")
