"""Decisions about people without I/O: who may do what, and how long a guesser must wait.

Whose calls somebody sees and hears is `access`'s.
"""

from typing import Literal, get_args

Role = Literal["agent", "supervisor", "trainer", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)
Right = Literal[
    "people",
    "pause",
    "all_calls",
    "promise",
    "cancel_promise",
    "alarms",
    "listen",
    "receipts",
    "hold",
    "erase",
    "originals",
    "correct",
    "again",
    "flow",
    "record",
    "end_call",
    "ask_again",
    "block",
    "settings",
    "prompts",
    "work",
    "contacts",
    "contact_files",
    "topics",
    "train",
    "reports",
    "grade",
]

RIGHTS: dict[str, frozenset[Right]] = {
    "agent": frozenset({"promise", "correct", "record", "block", "work", "contacts"}),
    "trainer": frozenset({"all_calls", "listen", "correct", "record", "train"}),
    "supervisor": frozenset(
        {
            "all_calls",
            "pause",
            "promise",
            "cancel_promise",
            "alarms",
            "listen",
            "receipts",
            "correct",
            "again",
            "flow",
            "record",
            "end_call",
            "ask_again",
            "block",
            "work",
            "contacts",
            "contact_files",
            "topics",
            "reports",
            "train",
            "grade",
        }
    ),
    "admin": frozenset(get_args(Right)),
}
"""What each role may do besides seeing what happens now, the promises and the tickets. An agent sees and hears only
the calls that he or she talked in, and who else heard them (`access`). listen: the sound of every call, with a reason;
receipts: who listened to whom; hold: legal holds; erase: people and calls on request; originals: sound that was masked;
correct: the text of calls that one may see; again: work that failed or is to be made anew, the vocabulary,
and how connected systems are;
flow: the drawing of a line with its numbers;
record: leave something out of the recording of a call that one may see, and keep one that would be thrown away;
end_call: end a call that goes on; ask_again: ask a number in surveys again that had enough of them;
block: put numbers on the list of nuisance callers, and take them off;
settings: read, draft, publish and roll back the settings; prompts: what callers hear;
work: change the tickets that one may see, and write on them;
contacts: correct, merge and take along persons that one may see, and say whose a ticket is;
contact_files: bring files of persons, and take everybody as a file;
topics: name and merge what calls are about, and dismiss a topic that rises;
reports: figures of all queues and agents, forecasts and the staff that they ask for;
train: make playlists and clips of calls that one may hear, and give them to people; make scorecards, score calls;
grade: score beside a review of somebody else's, say how many calls each reviewer scores, begin and end calibrations."""

KEY_RIGHTS: tuple[Right, ...] = ("record", "all_calls", "end_call")
"""What the key of a program can be for; all_calls reads everything that /api tells a supervisor."""
Scope = Literal[
    "calls:read",
    "calls:end",
    "calls:dial",
    "tickets:read",
    "tickets:write",
    "contacts:read",
    "contacts:write",
    "callbacks:read",
    "callbacks:write",
    "queues:read",
    "surveys:read",
    "library:read",
    "library:write",
    "metrics:read",
]
SCOPES: tuple[Scope, ...] = get_args(Scope)
"""What a key may do under /api/v1. Reading is of all that a supervisor sees of that kind, and of nothing else;
metrics:read is for /metrics (docs/monitoring.md)."""
NOT_BEFORE: frozenset[Scope] = frozenset({"metrics:read", "library:read"})
"""Nothing that keys from before there were scopes could read."""
READING: tuple[Scope, ...] = tuple(scope for scope in SCOPES if scope.endswith(":read") and scope not in NOT_BEFORE)
SCOPES_OF_RIGHT: dict[Right, tuple[Scope, ...]] = {"all_calls": READING, "end_call": ("calls:end",)}
"""What keys may do there that were made for something before there were scopes."""

WINDOW_SECONDS = 15 * 60.0
"""Failures older than this are forgotten."""
TryKind = Literal["both", "source", "name"]
"""What tries of a password are counted by: one name from one place, one place, one name from wherever."""
FREE_TRIES: dict[TryKind, int] = {"both": 5, "source": 15, "name": 60}
"""Failed tries without a wait: an office shares one place, and strangers who know a name are no reason to keep the
person out."""
LONGEST_SECONDS: dict[TryKind, float] = {"both": 300.0, "source": 300.0, "name": 60.0}
PASSWORD_MIN = 10
PASSWORD_MAX = 200

PUBLIC_LIMITS = {"number": (3, 3600.0), "address": (10, 600.0), "all": (300, 3600.0)}
"""Of the public form: how often it may be sent within so many seconds for one number, from one address, which a
household or an office shares, and in all. A stranger who floods it makes few phones ring."""
QUICKEST_SECONDS = 2.0
"""Nobody fills in a form faster than this; programs do."""
PUBLIC_FORM_HOURS = 12.0
"""A page of the public form that was open for longer is given a new token."""


def may(role: str, right: Right) -> bool:
    """Whether somebody with `role` has `right`; an unknown role has none."""
    return right in RIGHTS.get(role, frozenset())


def wait_seconds(kind: TryKind, failures: list[float], now: float) -> float:
    """How long to wait before the next try; 0: none.

    `failures` are the times (epoch seconds) of the failed tries that are counted together. The wait doubles with each
    failure beyond the free ones, from 1 s to LONGEST_SECONDS, counted from the last failure.
    """
    recent = [at for at in failures if now - at < WINDOW_SECONDS]
    beyond = len(recent) - FREE_TRIES[kind]
    if beyond < 0:
        return 0.0
    wait = min(LONGEST_SECONDS[kind], 2.0 ** min(beyond, 20))
    return max(0.0, max(recent) + wait - now)


def public_wait_seconds(limit: tuple[int, float], sent: list[float], now: float) -> float:
    """How long until the public form is taken again; 0: it is taken now.

    `limit` is one of PUBLIC_LIMITS; `sent` are the times (epoch seconds) at which it was sent before.
    """
    most, seconds = limit
    recent = sorted(at for at in sent if now - at < seconds)
    return 0.0 if len(recent) < most else max(1.0, recent[-most] + seconds - now)


def password_fault(password: str, name: str) -> Literal["short", "long", "name"] | None:
    """Why a new password is refused; None: it is accepted. Length matters, kinds of characters do not."""
    if len(password) < PASSWORD_MIN:
        return "short"
    if len(password) > PASSWORD_MAX:
        return "long"
    return "name" if password.casefold() == name.casefold() else None
