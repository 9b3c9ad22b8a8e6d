"""The stretches of a call: who talked when, who was on hold, what is silent in the recording on purpose. Pure.

Made from what happened (`Facts.moves`), whatever the order in which it was heard of.
"""

from dataclasses import dataclass, field, replace

from ivr.facts import Facts

JOINED, LEFT = "joined", "left"
HELD, UNHELD = "held", "unheld"
CONSULTS, CONSULTED = "consults", "consulted"
UNRECORDED, RECORDED = "unrecorded", "recorded"
TO_AGENT, TO_QUEUE = "to agent", "to queue"

_PAIRS = {HELD: UNHELD, CONSULTS: CONSULTED, UNRECORDED: RECORDED}
_KINDS = {HELD: "hold", CONSULTS: "consult", UNRECORDED: "unrecorded"}
_ENDS = {end: begin for begin, end in _PAIRS.items()}


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a call. Times are seconds since the epoch; the fields are those of `tickets.models.CallSegment`."""

    kind: str
    agent: str | None
    started_at: float
    ended_at: float | None = None
    why: str | None = None


@dataclass
class _Making:
    done: list[Span] = field(default_factory=list)
    open: dict[tuple[str, str | None], Span] = field(default_factory=dict)

    def begin(self, name: str, span: Span) -> None:
        self.open.setdefault((name, span.agent), span)

    def end(self, name: str, agent: str | None, at: float) -> None:
        span = self.open.pop((name, agent), None)
        if span is not None:
            self.done.append(replace(span, ended_at=at))


def spans(facts: Facts) -> list[Span]:
    """In the order in which they began. What goes on has no end; the end of the call ends everything."""
    making = _Making()
    why = "callback" if facts.called_back else "queue"
    if facts.connected_at is not None and not any(what == JOINED for _, what, _, _ in facts.moves):
        making.begin(JOINED, Span("talk", facts.agent, facts.connected_at, why=why))
    for at, what, agent, reason in sorted(facts.moves, key=lambda move: move[0]):
        match what:
            case "joined":
                making.begin(JOINED, Span("talk", agent, at, why=why))
                why = "attended"  # whoever joins now without having been rung for
            case "left":
                for begin in (JOINED, HELD, CONSULTS):
                    making.end(begin, agent, at)
            case "to agent" | "to queue":
                why = "blind" if what == TO_AGENT else "queue"
            case _ if what in _PAIRS:
                making.begin(what, Span(_KINDS[what], agent, at, why=reason))
            case _:
                begin = _ENDS[what]
                for key in [key for key in making.open if key[0] == begin and (begin == UNRECORDED or key[1] == agent)]:
                    making.end(*key, at)
    over = facts.ended_at
    for (name, agent), span in list(making.open.items()):
        ends = facts.released_at if name == JOINED and facts.released_at is not None else over
        if ends is not None:
            making.end(name, agent, max(ends, span.started_at))
    made = [*making.done, *making.open.values()]
    return sorted(made, key=lambda span: (span.started_at, span.kind != "talk", span.kind))
