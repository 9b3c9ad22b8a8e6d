"""What Whisper writes though nobody said it: credits of subtitles, farewells of films, words that go round in circles.

Whisper learned from films with subtitles, so over noise, music and breath it writes what stands there at the end. Some
of it nobody ever says on the phone; some is said every day, and so is "алло, алло, алло" when the line is bad: there
the sound decides. Text over which nobody speaks, or for which there is less speech than anybody needs to say it, is
invented.
"""

import re
import zlib
from collections.abc import Callable

from transcripts.engines.recogniser import RATE, Sound
from transcripts.engines.speech import ENTER, FRAME, WARM_UP, judge

NO_SPEECH, UNSURE = 0.6, -1.0
"""Whisper thinks that nobody speaks, and is unsure of its words: its authors' own rule for what it invented."""
MIDDLING = -0.5
"""Below this mean log probability Whisper is not sure of what is seldom said; of words that are said it mostly is."""
REPEATING = 2.4
"""Text that packs better than this (zlib) repeats itself: Whisper's own mark of a window that went wrong."""
FASTEST = 25.0
"""Letters a second that nobody speaks faster than: quick speech has 15 to 20."""
MOST_TIMES, LONGEST_UNIT = 12, 3
"""A word or a few that people say again so often; Whisper in a circle goes on until its window is full."""

NEVER = (
    # The names that stand in the subtitles Whisper learned from.
    r"(?:(?:субтитры|титры) )?(?:(?:с?делал|создавал|создал|подготовил|подогнал|добавил)а? )?dima ?torzok(?: com| ru)?",
    (
        r"(?:редактор субтитров )?[а-я] ?(?:семкин|синецкая|закомолдина|новикова|кулакова)"
        r"(?: корректор [а-я] ?(?:егорова|кулакова|закомолдина))?"
    ),
    r"корректор [а-я] ?(?:егорова|кулакова|закомолдина)",
    (
        r"(?:(?:subtitles|captions|transcription|субтитры)(?: created| сделаны)? (?:by|сообществ\w+) (?:the )?)?"
        r"(?:www )?(?:amara org|mooji org|zeoranger co uk|castingwords)(?: community)?"
    ),
    r"copyright (?:wdr|ard|zdf|orf|swr)(?: \d{4})?",
)
SELDOM = (
    # Credits, ends of films, what is written for sounds: not said on a support line without a voice under it.
    r"(?:субтитры|титры) (?:с?делал|создавал|создал|подготовил|подогнал|добавил)а? .*|редактор субтитров(?: .*)?",
    (
        r"(?:subtitles|captions|transcription|transcript|translation|translated|subtitled)"
        r" (?:provided |created |made |done )?by .*"
    ),
    (
        r"(?:thanks|thank you)(?: (?:so|very) much)?(?: (?:all|everyone|guys))? for (?:watching|viewing|listening)"
        r"(?: (?:the|this|my) video)?(?: (?:and )?(?:see|i ll see) you .*)?"
    ),
    r"(?:please )?(?:like|subscribe|share)(?:(?: and| please)* (?:like|subscribe|share))*(?: to (?:my|our) channel)?",
    r"(?:don t forget to|please) (?:like|subscribe|share).*",
    r"(?:i ll )?see you (?:in the )?next (?:time|video|week)",
    r"the end|to be continued|music|applause|laughter|silence",
    r"(?:спасибо|благодарю|благодарим)(?: вам| всем)?(?: большое)? за (?:просмотр|внимание|субтитры)",
    r"(?:всем )?(?:(?:спасибо|пока)(?: и)? )?до (?:новых встреч|встречи в (?:следующем|новом) видео)",
    r"подпи(?:сывайтесь|шитесь|шись)(?: на (?:мой |наш )?канал)?(?: .*)?|ставьте лайки?(?: .*)?",
    r"продолжение следует|конец(?: фильма)?|смотрите (?:в следующей серии|продолжение)(?: .*)?",
    r"(?:динамичная |спокойная |веселая |тревожная |грустная )?музыка|аплодисменты|смех|тишина",
    r"(?:с вами был|в ролях|перевод и озвучка|озвучено) .*",
)
OFTEN = (
    # Said every day, and written over a click as well.
    r"(?:thank you|thanks|you|bye|okay|ok|yeah|so|oh|hmm|mm|uh|the|i|bye bye)",
    r"(?:спасибо|пока|да|ну|угу|ага|так|вот|о|а|и|хм|ой)",
)
_LISTS = tuple(re.compile(rf"(?:{'|'.join(each)})") for each in (NEVER, SELDOM, OFTEN))

Speech = Callable[[], float]
"""Seconds of speech in the sound under a text; called only where it decides."""


def is_invented(text: str, log_probability: float, no_speech: float, speech: Speech, *, repeating: bool = True) -> bool:
    """Whether Whisper made a text up: nobody spoke, it is on the list, or (`repeating`) it goes round in circles.

    `log_probability` is the mean of the tokens', `no_speech` the probability of its token of that name.
    """
    if no_speech > NO_SPEECH and log_probability < UNSURE:
        return True
    plain = _plain(text)
    if _is(NEVER, plain):
        return True
    if _is(SELDOM, plain) and (log_probability < MIDDLING or not is_spoken(plain, speech())):
        return True
    if _is(OFTEN, plain) and not is_spoken(plain, speech()):
        return True
    return repeating and is_circle(text, speech)


def is_circle(text: str, speech: Speech) -> bool:
    """Whether a text repeats itself as nobody does: more often, or faster than the speech under it."""
    data = text.encode()
    if not data or len(data) / len(zlib.compress(data)) <= REPEATING:
        return False
    plain = _plain(text)
    return not (_is_said_again(plain.split()) and is_spoken(plain, speech()))


def is_spoken(text: str, seconds: float) -> bool:
    """Whether so many seconds of speech are enough for a text."""
    return seconds >= sum(map(str.isalnum, text)) / FASTEST


def speech_under(sound: Sound, start: float, end: float) -> float:
    """Seconds of speech between two times of a sound, by the network that finds speech."""
    first, last = max(0, round(start * RATE)), min(len(sound), round(end * RATE))
    early = max(0, first - WARM_UP) // FRAME * FRAME
    likely = judge(sound[early:last])[(first - early) // FRAME :]
    return float((likely >= ENTER).sum()) * FRAME / RATE


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold().replace("ё", "е")))


def _is(which: tuple[str, ...], plain: str) -> bool:
    """Whether a text is one of a list, or several of them with nothing else."""
    pattern = _LISTS[(NEVER, SELDOM, OFTEN).index(which)]
    rest, found = plain, False
    while rest and (match := pattern.match(rest)) and match.end():
        if match.end() < len(rest) and rest[match.end()] != " ":
            return pattern.fullmatch(plain) is not None
        rest, found = rest[match.end() :].lstrip(), True
    return (found and not rest) or pattern.fullmatch(plain) is not None


def _is_said_again(words: list[str]) -> bool:
    """Whether the words are a few that are said again and again, but not too often."""
    for length in range(1, LONGEST_UNIT + 1):
        unit = words[:length]
        if all(word == unit[at % length] for at, word in enumerate(words)):
            return len(words) / length <= MOST_TIMES
    return False
