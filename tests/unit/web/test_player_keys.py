"""Every key that pages with a player know is listed in the player's help, and the help lists no other."""

import re
from pathlib import Path

STATIC = Path(__file__).parents[3] / "web" / "static"
HELP = STATIC.parent / "templates" / "_player.html"
SCRIPTS = ("player.js", "player_keys.js", "digest.js", "marks.js")
"""Of pages with a player, those that know keys of the whole page."""
SIGNS = {"Minus": "−", "Equal": "+", "ArrowLeft": "←", "ArrowRight": "→", " ": "Space"}
NO_KEYS = {"Escape"}
"""Ends what goes on, everywhere; the help says so beside the key that begins it."""
NUMPAD = {"NumpadSubtract": "Minus", "NumpadAdd": "Equal"}


def test_the_help_lists_the_keys_that_are_handled() -> None:
    source = "\n".join((STATIC / name).read_text("utf-8") for name in SCRIPTS)
    table = source[source.index("const LETTERS = {") :]
    codes = set(re.findall(r"^  (\w+): ", table[: table.index("};")], re.MULTILINE))
    codes |= set(re.findall(r"event\.(?:code|key) [!=]== \"([^\"]+)\"", source))
    codes |= set(re.findall(r"\b(Arrow\w+):", source))
    handled = {sign_of(NUMPAD.get(code, code)) for code in codes - NO_KEYS}
    template = HELP.read_text("utf-8")
    listed = re.findall(r"<kbd>(?:\{\{ _\(\"(\w+)\"\) \}\}|([^<]+))</kbd>", template[template.index("keys-list") :])
    assert sorted(first or second for first, second in listed) == sorted(handled)


def sign_of(code: str) -> str:
    """As the help writes it."""
    return SIGNS.get(code) or re.sub(r"^(Key|Digit|Numpad)(?=.$)", "", code)
