"""How often each menu was asked in a call, and which tries came to nothing: figures of menus are counted from it."""

from ivr.events import Done
from ivr.memory import Dialogue

ASKED, SILENT, WRONG = 1, 2, 3
"""Places in a row of `CallRecord.menus`, after the menu's name."""


def note_asked(call: Dialogue) -> None:
    """The present menu is asked, for the first time or once more."""
    _count(call, ASKED)


def note_try(call: Dialogue, done: Done) -> None:
    """A wrong key, or none; where the question itself failed, nothing was tried."""
    if not done.failed:
        _count(call, WRONG if done.value else SILENT)


def _count(call: Dialogue, place: int) -> None:
    rows = {str(row[0]): list(row) for row in call.facts.menus}
    row = rows.setdefault(call.menu_name, [call.menu_name, 0, 0, 0])
    row[place] += 1
    call.facts.menus = tuple(tuple(each) for each in rows.values())
