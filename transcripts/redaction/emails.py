"""Where somebody says an email address: with its sign, spelled with "at" and "dot", or as a recogniser garbles it.

Pure. After a question for the address the whole answer is taken for it: recognisers write addresses as all sorts of
words.
"""

import re
from bisect import bisect_left

from transcripts.redaction.labels import Label
from transcripts.redaction.speakers import SLOP, SpeakerStream, Talk

_DOMAIN = re.compile(r"[\w.-]*\.(com|org|net|ru|info|io|co|uk|de|eu|biz|ком|ру|орг|рф|by|kz|ua|edu|gov|me|su)")
_TLD = frozenset("com org net ru info ком ру орг рф нет co uk de io".split())
_DOT = frozenset("dot point точка точку тачка точки".split())
_AT = frozenset("at собака собаку собаки собакой собаком собачка собачку эт @".split())
_INSIDE = frozenset(
    "dot точка underscore dash hyphen minus нижнее подчеркивание подчеркивания тире дефис минус".split()
)
_STOP = frozenset(
    "is it its it's to my email e-mail mail address send please the me write that's yes sure me you can адрес такой "
    "почта почту почте моя мой на это отправьте отправить пишите электронная электронной да вот вы можете".split()
)
ASKED_SECONDS = 15.0
GO = 1.5
"""A pause of so many seconds ends an answer."""
MOST_WORDS = 12
"""An address said in more words than that is not one; letters and what spells them count as none."""
MOST_SPELLED = 100
"""No address has more words than that, spelled or not."""
MOST_STOPS = 20
"""So many words like "yes, my email address is" may come before it."""
BEFORE = 7
"""So many words before its "at" may belong to an address; BESIDE_LETTERS of them beside spelled letters."""
BESIDE_LETTERS = 2
_HOSTS = frozenset(
    "gmail yahoo hotmail outlook icloud yandex protonmail gmx aol rambler яндекс яндексе гугл джимейл гмейл рамблер "
    "мейл мэйл майл аутлук инбокс".split()
)
"""Who is known well enough that nobody says more."""
_NO_USER = frozenset("look looking looked work works working worked am i'm is are was were here arrived again".split())
_AS_IN = frozenset("for like как".split())
_DOUBLE = frozenset("double triple дважды двойное двойная".split())


def find(talk: Talk, speaker: str, *, answers: bool = True) -> list[tuple[int, int]]:
    """(first word, one past the last) of each address that `speaker` says; with `answers`, whatever was asked for."""
    stream = talk.streams[speaker]
    free = spelled(stream)
    found = [_around(stream, at, free) for at in range(len(stream.words)) if _is_core(talk, stream, at)]
    for label in (each for other in talk.others(speaker) for each in other.labels if each.kind == "email"):
        if answers and talk.asks(label):
            found += _answer(talk, stream, label, free)
    known = {at for first, last in found for at in range(first, last)}
    for label in stream.labels:
        if label.kind == "email" and not talk.asks(label):
            told = _told(stream, label, known)
            known.update(at for first, last in told for at in range(first, last))
            found += told
    return found


def _is_core(talk: Talk, stream: SpeakerStream, at: int) -> bool:
    """Whether this word is the heart of an address: @ or its name before a domain."""
    raw, word = stream.words[at].text, stream.plain[at]
    if "@" in raw and len(raw.strip()) > 1:
        return True
    following = range(at + 1, min(at + 6, len(stream.words)))
    domain = any(_DOMAIN.fullmatch(stream.plain[i]) or stream.plain[i] in _DOT for i in following)
    if word in _AT or raw.strip() == "@":
        if at and at + 1 < len(stream.words) and stream.plain[at + 1] in _HOSTS:
            return stream.plain[at - 1] not in _NO_USER
        near = talk.label_before(stream.speaker, at, ASKED_SECONDS)
        return domain or (word.startswith("собак") and near is not None and near.kind == "email")
    if _DOMAIN.fullmatch(word):
        near = talk.label_before(stream.speaker, at, ASKED_SECONDS)
        return near is not None and near.kind == "email"
    return False


def spelled(stream: SpeakerStream) -> frozenset[int]:
    """Places of words that spell: single letters, "s as in sam", "и как игорь", numbers, dots and dashes."""
    found: set[int] = set()
    for at, word in enumerate(stream.plain):
        if word in _DOT or word in _INSIDE or word in _DOUBLE or stream.numbers[at] is not None:
            found.add(at)
        if len(word) != 1 or not word.isalpha():
            continue
        found.add(at)
        following = stream.plain[at + 1 : at + 4]
        if following[:2] == ["as", "in"]:
            found.update((at + 1, at + 2, at + 3))
        elif following and following[0] in _AS_IN:
            found.update((at + 1, at + 2))
    return frozenset(found)


def _around(stream: SpeakerStream, at: int, free: frozenset[int]) -> tuple[int, int]:
    first, most, letters = at, BEFORE, 0
    while first > 0 and most and at - first < MOST_SPELLED:
        before = first - 1
        if stream.words[first].start - stream.words[before].end > 2.0:
            break
        if before in free:
            letters += len(stream.plain[before]) == 1
            most = min(most, BESIDE_LETTERS) if letters > 2 else most
        elif stream.plain[before] in _STOP:
            break
        else:
            most -= 1
        first = before
    last, known = at + 1, int(at in free)
    while last < len(stream.words) and last - at < min(8 + known, MOST_SPELLED):
        if stream.words[last].start - stream.words[last - 1].end > 2.0 or _ends_domain(stream, last - 1, at):
            break
        known += last in free
        last += 1
    return first, last


def _ends_domain(stream: SpeakerStream, place: int, at: int) -> bool:
    """Whether the address is over with that word."""
    word = stream.plain[place]
    following = stream.plain[place + 1] if place + 1 < len(stream.words) else ""
    if following in _DOT:
        return False
    if place > at and word in _TLD and (stream.plain[place - 1] in _DOT or stream.plain[place - 1] in _HOSTS):
        return True
    if place > at and word in _HOSTS:
        return following not in _TLD
    if place > at + 1 and len(word) == 1 and len(following) != 1:  # dot i o
        begin = place
        while begin > at and len(stream.plain[begin]) == 1:
            begin -= 1
        return stream.plain[begin] in _DOT
    return bool(_DOMAIN.fullmatch(word)) or ("@" in word and "." in word.partition("@")[2])


def _answer(talk: Talk, stream: SpeakerStream, label: Label, free: frozenset[int]) -> list[tuple[int, int]]:
    """All that is said in one go after a question for the address; nothing if it is too long for one."""
    end = talk.streams[label.speaker].end_of_go(label.index)
    first = last = bisect_left(stream.starts, end - SLOP)
    while last < len(stream.words) and last - first <= MOST_SPELLED + MOST_STOPS:
        word = stream.words[last]
        if word.start > end + ASKED_SECONDS or (last > first and word.start - stream.words[last - 1].end > GO):
            break
        last += 1
    while first < last and stream.plain[first] in _STOP:
        first += 1
    words = sum(at not in free for at in range(first, last))
    return [(first, last)] if first < last and words <= MOST_WORDS and last - first <= MOST_SPELLED else []


def _told(stream: SpeakerStream, label: Label, known: set[int]) -> list[tuple[int, int]]:
    """What follows the speaker's own word for it, where no address is `known` and something like one stands there."""
    first = label.index + 1
    while first < min(len(stream.words), label.index + MOST_STOPS) and stream.plain[first] in _STOP:
        first += 1
    last = first
    while last < len(stream.words) and last - first < MOST_WORDS:
        if last > first and stream.words[last].start - stream.words[last - 1].end > 0.8:
            break
        last += 1
    if not known.isdisjoint(range(first, last)):
        return []
    telling = any(w in _DOT or w in _AT or w in _INSIDE or _DOMAIN.fullmatch(w) for w in stream.plain[first:last])
    return [(first, last)] if telling else []
