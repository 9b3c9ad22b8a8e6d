"""What a recogniser writes for the name of a secret that it mishears: my pen is, your pee by end, кот из СМС. Pure.

Such words mean something else far more often. So they ask for a secret only where the rest fits: digits follow at once,
or the question ends with them. What the digits must then look like is told in `meaning.py`.
"""

import re
from collections.abc import Sequence

from transcripts.engines.recogniser import Word

LENGTH = {"pin": (4, 6), "one_time_code": (4, 8), "password": (1, 12)}
"""So many digits are what such a word may mean."""
LEAD = 3
"""So many words may stand between the word and the digits, or between it and the end of the question."""
WORDS = 4
"""No such name is written in more words."""
_PIN = (
    r"(s?p[aei]i?nn?(e?d|s|g|k|t)?|b[ie]a?n[gs]?|been|"
    r"(p|pe|pee|pea|pi|pie)( (by|bye|i|eye))? (in|inn|end|and|n|an|encode))"
    r"( (code|coat|cold|numbers?))?"
)
_PIN_RU = r"[пбвфт][иеы][нмл]?[ьгк]?[ -]?[кгх][оа][дт]\w{0,2}|пинг|пинк|бинг?|пень?|пим|пино?к|пинко"
_CODE_RU = r"кот(а|у|ы|ом)?( (из|с|за|в) (\w{0,2}смс|sms|сообщени\w*))?"
_LIKE = tuple(
    (kind, re.compile(f"(?:{pattern})(?= |$)"))
    for kind, pattern in (("pin", _PIN), ("pin", _PIN_RU), ("one_time_code", _CODE_RU), ("password", "порой"))
)
"""How the names are written, from the beginning of some words on."""
_SENT = re.compile(r"\w{0,2}смс|sms|сообщени\w*|пришел|прислали|отправили")
_MY = frozenset("my мой моя мое".split())
_IS = frozenset("is was it's это такой такая такое вот".split())
_ON = _IS | frozenset("it uh um number code of the э эм ну из в за с номер код".split())
_YOUR = frozenset(
    "your ваш ваша ваше вашего вам вас свой назовите скажите сообщите продиктуйте прочитайте какой напомните".split()
)
_WHICH = frozenset("digit four-digit 4-digit six-digit 6-digit telephone phone mobile access пожалуйста".split())
"""What may stand between "your" and the name."""
_CHOSE = frozenset("chose chosen set selected придумали выбрали".split())


def guess(words: Sequence[Word], plain: Sequence[str], numbers: Sequence[object], at: int) -> tuple[str, int] | None:
    """(kind, words) of what the words from `at` on may have been; None: nothing."""
    said = " ".join(plain[at : at + WORDS])
    for kind, like in _LIKE:
        match = like.match(said)
        if match is None:
            continue
        last = at + match.group().count(" ") + 1
        if kind == "one_time_code" and not any(map(_SENT.fullmatch, plain[max(0, at - WORDS) : last + WORDS])):
            continue
        if _is_told(plain, numbers, at, last, kind) or _is_asked(words, plain, at, last, kind):
            return kind, last - at
    return None


def _is_told(plain: Sequence[str], numbers: Sequence[object], at: int, last: int, kind: str) -> bool:
    """Whether the speaker goes on with digits, or with what he calls his password."""
    own = at > 0 and plain[at - 1] in _MY
    if kind == "password":
        return own
    for place in range(last, min(last + LEAD + 1, len(plain))):
        if numbers[place] is not None:
            return own or kind == "one_time_code" or not _IS.isdisjoint(plain[last:place])
        if plain[place] not in _ON and not _SENT.fullmatch(plain[place]):
            break
    return False


def _is_asked(words: Sequence[Word], plain: Sequence[str], at: int, last: int, kind: str) -> bool:
    """Whether a sentence that is put to the other one ends with it: tell me your pen please."""
    first = at
    while first > max(0, at - LEAD) and plain[first - 1] in _WHICH:
        first -= 1
    yours = first > 0 and plain[first - 1] in _YOUR
    if not yours and _CHOSE.isdisjoint(plain[last : last + LEAD]):
        return False
    most = 0 if kind == "password" else LEAD
    for place in range(last - 1, min(last + most, len(words))):
        if place + 1 == len(words) or words[place].text.rstrip().endswith((".", "?", "!")):
            return True
    return False
