"""Nobody: a call from which neither a key nor any sound has come, whose tries are used up.

A person who says nothing sends sound all the same, if only the noise of the room; what sends nothing at all is a
scanner or a line without a phone. It is ended politely, rings no agent and takes no place from those who live. Where it
cannot be told whether sound came, a person is assumed.
"""

from ivr import commands as cmd
from ivr.events import Done, Event
from ivr.memory import Dialogue
from ivr.table import CallState
from ivr.tries import note_try

SOUND = "sound"
"""The ids of the command that asks whether sound came begin so."""
RESULT = "no_sound"
COUNT_SECONDS = 5.0
"""How long the switch may take to say so."""


def may_be(call: Dialogue) -> bool:
    """Whether the caller has pressed no key so far: one that answers an Ask may come as its answer alone."""
    memory = call.memory
    return not (memory.pressed or memory.wrong_keys or memory.misheard or memory.said or call.facts.menu_path)


def on_no_sign(call: Dialogue, event: Done, now: float) -> None:
    """Whether any sound has come decides."""
    if call.state is CallState.MENU:
        note_try(call, event)
    command = f"{SOUND}-{call.memory.asks}"
    call.expect(command, now + COUNT_SECONDS)
    call.do(cmd.CountSound(command))


def is_count(done: Done) -> bool:
    """Whether this is the answer."""
    return done.command.startswith(SOUND)


def is_nobody(call: Dialogue, done: Done) -> bool:
    """What the answer says: not a single packet. A key that came meanwhile is a sign of life."""
    return done.value == "0" and not done.failed and may_be(call)


def on_nobody(call: Dialogue, _event: Event, now: float) -> None:
    """Goodbye."""
    call.facts.result = RESULT
    call.say_goodbye("goodbye", now)
