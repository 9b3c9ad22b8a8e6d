"""Draws the life of a call from its transition table: `python -m ivr.diagram > docs/call-states.md`."""

from ivr.table import TRANSITIONS


def diagram() -> str:
    """A page with the diagram in Mermaid's notation, one arrow for each pair of states."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for state, signals in TRANSITIONS.items():
        for signal, target in signals.items():
            arrows.setdefault((state, target), []).append(signal)
    lines = [f"    {a} --> {b}: {', '.join(signals)}" for (a, b), signals in arrows.items()]
    return "\n".join(
        [
            "# The life of a call",
            "",
            "Drawn from `TRANSITIONS` in `ivr/table.py` by `python -m ivr.diagram`.",
            "The rules in prose open that file.",
            "",
            "```mermaid",
            "stateDiagram-v2",
            "    [*] --> ringing",
            *lines,
            "    ended --> [*]",
            "```",
            "",
        ]
    )


if __name__ == "__main__":
    print(diagram(), end="")
