"""Where somebody says an email address: with its sign, spelled with "at" and "dot", or as a recogniser garbles it.

Pure. After a question for the address the whole answer is taken for it: recognisers write addresses as all sorts of
words.
"""

import re

from transcripts.redaction.speakers import SLOP, Label, Stream, Talk

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
"""An address said in more words than that is not one."""


def find(talk: Talk, speaker: str, *, answers: bool = True) -> list[tuple[int, int]]:
    """(first word, one past the last) of each address that `speaker` says; with `answers`, whatever was asked for."""
    stream = talk.streams[speaker]
    found = [_around(stream, at) for at in range(len(stream.words)) if _is_core(talk, stream, at)]
    for label in (each for other in talk.others(speaker) for each in other.labels if each.kind == "email"):
        if answers and talk.asks(label):
            found += _answer(talk, stream, label)
    for label in stream.labels:
        if label.kind == "email" and not talk.asks(label):
            found += _told(stream, label, found)
    return found


def _is_core(talk: Talk, stream: Stream, at: int) -> bool:
    """Whether this word is the heart of an address: @ or its name before a domain."""
    raw, word = stream.words[at].text, stream.plain[at]
    if "@" in raw and len(raw.strip()) > 1:
        return True
    following = range(at + 1, min(at + 6, len(stream.words)))
    domain = any(_DOMAIN.fullmatch(stream.plain[i]) or stream.plain[i] in _DOT for i in following)
    if word in _AT or raw.strip() == "@":
        near = talk.label_before(stream.speaker, at, ASKED_SECONDS)
        return domain or (word.startswith("собак") and near is not None and near.kind == "email")
    if _DOMAIN.fullmatch(word):
        near = talk.label_before(stream.speaker, at, ASKED_SECONDS)
        return near is not None and near.kind == "email"
    return False


def _around(stream: Stream, at: int) -> tuple[int, int]:
    first = at
    while first > 0 and at - first < 7:
        before = first - 1
        word = stream.plain[before]
        if word in _STOP or stream.words[first].start - stream.words[before].end > 2.0:
            break
        first = before
    last = at + 1
    while last < len(stream.words) and last - at < 7:
        if stream.words[last].start - stream.words[last - 1].end > 2.0 or _ends_domain(stream, last - 1, at):
            break
        last += 1
    return first, last


def _ends_domain(stream: Stream, place: int, at: int) -> bool:
    """Whether the address is over with that word."""
    word = stream.plain[place]
    if place > at and word in _TLD and stream.plain[place - 1] in _DOT:
        return True
    return bool(_DOMAIN.fullmatch(word)) or ("@" in word and "." in word.partition("@")[2])


def _answer(talk: Talk, stream: Stream, label: Label) -> list[tuple[int, int]]:
    """All that is said in one go after a question for the address; nothing if it is too long for one."""
    end = label.end
    for word in talk.streams[label.speaker].words[label.index + 1 :]:
        if word.start - end > 1.0:
            break
        end = word.end
    said: list[int] = []
    for at, word in enumerate(stream.words):
        if word.start < end - SLOP:
            continue
        if word.start > end + ASKED_SECONDS or (said and word.start - stream.words[said[-1]].end > GO):
            break
        said.append(at)
    while said and stream.plain[said[0]] in _STOP:
        said.pop(0)
    return [(said[0], said[-1] + 1)] if 0 < len(said) <= MOST_WORDS else []


def _told(stream: Stream, label: Label, known: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """What follows the speaker's own word for it, where no address was found and something like one stands there."""
    first = label.index + 1
    while first < len(stream.words) and stream.plain[first] in _STOP:
        first += 1
    last = first
    while last < len(stream.words) and last - first < MOST_WORDS:
        if last > first and stream.words[last].start - stream.words[last - 1].end > 0.8:
            break
        last += 1
    if any(a < last and first < b for a, b in known):
        return []
    signs = any(w in _DOT or w in _AT or w in _INSIDE or _DOMAIN.fullmatch(w) for w in stream.plain[first:last])
    return [(first, last)] if signs else []
