"""The segments of a call: who talked when, who was on hold, what is silent in the recording on purpose. Pure.

Made from what happened (`CallRecord.moves`), whatever the order in which it was heard of.
"""

from dataclasses import dataclass, field, replace

from ivr.facts import CallRecord

JOINED, LEFT = "joined", "left"
HELD, UNHELD = "held", "unheld"
CONSULTS, CONSULTED = "consults", "consulted"
UNRECORDED, RECORDED = "unrecorded", "recorded"
TO_AGENT, TO_QUEUE = "to agent", "to queue"

_PAIRS = {HELD: UNHELD, CONSULTS: CONSULTED, UNRECORDED: RECORDED}
_KINDS = {HELD: "hold", CONSULTS: "consult", UNRECORDED: "unrecorded"}
_ENDS = {end: begin for begin, end in _PAIRS.items()}


@dataclass(frozen=True, slots=True)
class PlainSegment:
    """A segment of a call. Times are seconds since the epoch; the fields are those of `calls.models.CallSegment`."""

    kind: str
    agent: str | None
    started_at: float
    ended_at: float | None = None
    why: str | None = None


@dataclass
class _Making:
    done: list[PlainSegment] = field(default_factory=list)
    open: dict[tuple[str, str | None], PlainSegment] = field(default_factory=dict)

    def begin(self, name: str, segment: PlainSegment) -> None:
        self.open.setdefault((name, segment.agent), segment)

    def end(self, name: str, agent: str | None, at: float) -> None:
        segment = self.open.pop((name, agent), None)
        if segment is not None:
            self.done.append(replace(segment, ended_at=at))


def segments(facts: CallRecord) -> list[PlainSegment]:
    """In the order in which they began. What goes on has no end; the end of the call ends everything."""
    making = _Making()
    why = "callback" if facts.called_back else "queue"
    if facts.connected_at is not None and not any(what == JOINED for _, what, _, _ in facts.moves):
        making.begin(JOINED, PlainSegment("talk", facts.agent, facts.connected_at, why=why))
    for at, what, agent, reason in sorted(facts.moves, key=lambda move: move[0]):
        match what:
            case "joined":
                making.begin(JOINED, PlainSegment("talk", agent, at, why=why))
                why = "attended"  # whoever joins now without having been rung for
            case "left":
                for begin in (JOINED, HELD, CONSULTS):
                    making.end(begin, agent, at)
            case "to agent" | "to queue":
                why = "blind" if what == TO_AGENT else "queue"
            case _ if what in _PAIRS:
                making.begin(what, PlainSegment(_KINDS[what], agent, at, why=reason))
            case _:
                begin = _ENDS[what]
                for key in [key for key in making.open if key[0] == begin and (begin == UNRECORDED or key[1] == agent)]:
                    making.end(*key, at)
    over = facts.ended_at
    for (name, agent), segment in list(making.open.items()):
        ends = facts.released_at if name == JOINED and facts.released_at is not None else over
        if ends is not None:
            making.end(name, agent, max(ends, segment.started_at))
    made = [*making.done, *making.open.values()]
    return sorted(made, key=lambda segment: (segment.started_at, segment.kind != "talk", segment.kind))
