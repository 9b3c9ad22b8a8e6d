"""Who asks under /api/v1: a person who reads what the pages show, or a program as far as the scopes of its key go."""

from dataclasses import dataclass

from web import keys
from web.access import Asker
from web.context import Program, person, program
from web.policy import Right, Scope
from web.problem_details import ApiProblem

RIGHTS: dict[Scope, frozenset[Right]] = {
    "calls:read": frozenset({"all_calls"}),
    "tickets:read": frozenset({"all_calls"}),
    "tickets:write": frozenset({"all_calls", "work"}),
    "contacts:read": frozenset({"all_calls"}),
    "contacts:write": frozenset({"all_calls", "contacts"}),
    "callbacks:read": frozenset({"all_calls"}),
    "queues:read": frozenset({"all_calls"}),
    "surveys:read": frozenset({"all_calls"}),
    "library:read": frozenset({"all_calls", "listen", "train"}),
    "library:write": frozenset({"all_calls", "listen", "train"}),
    "metrics:read": frozenset(),
    "calls:dial": frozenset({"all_calls"}),
    "calls:end": frozenset({"end_call"}),
    "callbacks:write": frozenset({"all_calls", "promise", "cancel_promise"}),
}
"""What a scope lets a program see while it uses that scope; how much it is told of it, the shape of the answer says."""


@dataclass(frozen=True)
class ScopedProgram:
    """A program that uses one scope of its key; a `web.access.Asker`."""

    name: str
    scope: Scope
    role: str = "program"

    def may(self, right: Right) -> bool:
        return right in RIGHTS[self.scope]


def asker_with(scope: Scope, changes: bool) -> Asker:
    """Who asks for something that wants `scope`. Raises ApiProblem: the key has it not, or something is to be changed
    by a session's cookie, which another site could make a browser send."""
    who = program()
    if who is None:
        if changes:
            raise ApiProblem(401, "web.needs_key", headers={"WWW-Authenticate": "Bearer"})
        return person()
    if scope not in keys.scopes_of(who.row):
        raise ApiProblem(403, "web.key_without_scope", scope=scope)
    return ScopedProgram(who.name, scope)


def identity() -> str:
    """Whose requests are counted together."""
    who: Program | None = program()
    return person().get_id().partition(":")[0] if who is None else who.get_id()
