"""Where somebody says a password, a code word or the answer to a secret question: in digits, letters or words. Pure.

A password can be any word, so what stands around it tells: the answer to a question for it, or what follows "my
password is". People talk of passwords far more often than they say one ("I forgot my password", "the password is not
accepted"), and an answer may put it off ("let me find it"): neither is masked. Said again within a minute, by
whomever, it is masked again.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from transcripts.redaction.digit_runs import USUAL
from transcripts.redaction.emails import spelled
from transcripts.redaction.labels import Label
from transcripts.redaction.numbers import number_in
from transcripts.redaction.speakers import SLOP, SpeakerStream, Talk

ANSWER_SECONDS = 45.0
"""So long does who was asked look for the password, as long as the other one says nothing of his own."""
GO = 1.5
"""A pause of so many seconds ends what is told."""
BETWEEN = 0.4
"""So short a pause has room for a yes of the other."""
MOST_WORDS = 8
"""A password said in more words than that is a story; what spells it counts as none."""
MOST = 60
"""No password has more words than that, spelled or not."""
BEFORE_IS = 5
"""So many words may stand between "my password" and "is": for the wifi."""
REAL_WORDS = 5
"""So many words of the other one end the answer: fewer are a yes."""
AGAIN_SECONDS = 60.0
"""So long after it was said a password is looked for again, in the words of both."""
MOST_SAYINGS = 8
"""So many goes may an answer have: let me see; it is; no, wait."""
_ASKS = frozenset(
    "what what's whats which tell give spell need say confirm provide enter and end your may could please назовите "
    "назови назовете продиктуйте продиктуй скажите скажи подскажите какой какое какая какую ваш ваше вашу теперь "
    "сообщите напомните нужен нужно введите спрошу".split()
)
"""Words beside it by which somebody asks for it."""
_ASKS_NOT = frozenset(
    "forgot forgotten forget reset resetting change changed changing changes reminder recover recovery new wrong "
    "incorrect never nobody don't not expired expire works work working why email link enter entered entering type "
    "typed забыл забыла забыли сбросить сброс сброшу сбросили поменять сменить смена смените изменить неверный "
    "неправильный никому никогда не подходит работает почему восстановить восстановление ввожу вводите ввели".split()
)
"""Words beside it that speak of it, and do not ask for it."""
_IS = frozenset("is it's its was это такой такое такая такую следующий следующее будет звучит".split())
_FOR = frozenset("for to on of that i we you на от для к который".split())
"""What may begin between "password" and "is": for the wifi."""
_MY = frozenset("my our мой мое моя моё мою моего моей наш наша наше ваш".split())
_AND = frozenset("and but because so и а но потому".split())
_NEW = frozenset(
    "i i'd i'm my we the then can could you it he she that мой моя мое я мы мне вы у номер потом что".split()
)
"""With what begins, after an and, what is said besides the password."""
_LEAD = frozenset(
    "it it's its is my the yes yeah yep sure ok okay so um uh well of course here i think that that's would be "
    "please password passphrase word and then all one right go ready was now for you me give say spell with да "
    "хорошо ладно так вот ну это мой моя моё мое пароль слово фраза он она оно такой такое такая записывайте пишите "
    "сейчас значит конечно готовы у меня был была кажется наверное вроде э эм а диктую".split()
)
"""What people say before the password itself."""
PUTS_OFF = frozenset(
    "don't dont can't cannot forgot forgotten forget remember know why wait hold moment second minute let see look "
    "looking find check checking sorry pardon what which repeat again how really sec no nope none not не забыл "
    "забыла забыли помню знаю зачем почему подождите минуту минутку секунду секундочку сейчас найду посмотрю ищу "
    "гляну простите извините какой какое повторите как что нет никакой никакого погодите момент "
    "i'll get open grab think lost вспомню вспоминаю поищу скажу проверю открою спрошу".split()
)
"""Words of an answer that is none."""
_SPEAKS_OF_IT = PUTS_OFF | frozenset(
    "wrong incorrect invalid old expired expiring too being be required needed necessary correct right case "
    "case-sensitive different accepted rejected refused reset changed blocked locked saved stored asked working "
    "fine ok okay on in never always something somewhere usually still what where when how if because at to for and "
    "or but so then there here also doesn't does did didn't won't has had hasn't isn't wasn't keeps needs stopped "
    "again every today yesterday via from by got gets works only long short weak strong empty missing lost gone "
    "broken refusing used sent supposed going the one same that set written printed case-insensitive protected "
    "secure safe private secret confidential неверный неправильный правильный верный старый новый слишком нужен "
    "надо нужно истек просрочен заблокирован сброшен изменен сохранен подходит подошел работает принимает "
    "принимается где когда если потому для и или но чтобы устарел сбился слетел перестал больше опять снова вчера "
    "сегодня там тут тоже только длинный короткий простой сложный потерян забыт от на в по к с из у который должен "
    "обязателен содержит состоит минимум можно нельзя пришел придет приходит указан написан приклеен тот".split()
)
"""Words after "the password is" that say something of it."""


def find(talk: Talk, speaker: str) -> list[tuple[int, int]]:
    """(first word, one past the last) of each password that `speaker` says."""
    stream = talk.streams[speaker]
    free = spelled(stream)
    found: list[tuple[int, int]] = []
    for label in talk.labels:
        if label.kind != "password":
            continue
        if label.speaker == speaker:
            found += _told(stream, label, free)
        elif asks_for(talk.streams[label.speaker], label):
            found += _answer(talk, stream, label, free)
    return found


def again(talk: Talk, known: Sequence[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """Where passwords that are known, (speaker, first, last), are said once more: read back, or corrected."""
    found = []
    for speaker, first, last in known:
        stream = talk.streams[speaker]
        said = frozenset(stream.plain[first:last])
        rare = telling(said)
        begin, end = stream.words[first].start, stream.words[last - 1].end + AGAIN_SECONDS
        for other in talk.streams.values() if rare else ():
            at, until = bisect_left(other.starts, begin), bisect_left(other.starts, end)
            while at < until:
                after = at + 1
                if other.plain[at] in rare and not (other is stream and first <= at < last):
                    while after < until and other.plain[after] in said:
                        after += 1
                    found.append((other.speaker, at, after))
                at = after
    return found


def telling(said: Iterable[str]) -> set[str]:
    """Those of the words of a password (without marks) by which it is known again: no number, and nothing usual."""
    usual = USUAL | _LEAD
    return {word for word in said if len(word) > 3 and word.isalpha() and word not in usual and number_in(word) is None}


def asks_for(stream: SpeakerStream, label: Label) -> bool:
    """Whether the sentence around a label asks for the password, and does not only speak of it."""
    around = [*_back(stream, label.index - 1, 6), *_on(stream, label.last, 5)]
    words = [stream.plain[at] for at in around]
    if not _ASKS_NOT.isdisjoint(words):
        return False
    question = any(stream.words[at].text.rstrip().endswith("?") for at in (*around, *range(label.index, label.last)))
    return question or not words or not _ASKS.isdisjoint(words)


def _back(stream: SpeakerStream, at: int, most: int) -> Iterator[int]:
    """Places of the words of one sentence before one, the nearest first."""
    for place in range(at, max(-1, at - most), -1):
        if stream.words[place].text.rstrip().endswith((".", "!", "?")) or place in stream.markers:
            return
        if place + 1 < len(stream.words) and stream.words[place + 1].start - stream.words[place].end > GO:
            return
        yield place


def _on(stream: SpeakerStream, at: int, most: int) -> Iterator[int]:
    """Places of the words of one sentence from one on."""
    for place in range(at, min(at + most, len(stream.words))):
        if place and stream.words[place].start - stream.words[place - 1].end > GO:
            return
        if place and stream.words[place - 1].text.rstrip().endswith((".", "!", "?")):
            return
        yield place


def _told(stream: SpeakerStream, label: Label, free: frozenset[int]) -> list[tuple[int, int]]:
    """What follows "my password is", or "мой пароль", where that is no word about the password."""
    copula = next((at for at in _on(stream, label.last, BEFORE_IS + 1) if stream.plain[at] in _IS), None)
    between = stream.plain[label.last : copula] if copula is not None else []
    if between and between[0] not in _FOR and not _SPEAKS_OF_IT.isdisjoint(between):
        copula = None
    if copula is None:
        return _without_is(stream, label, free)
    first = _past_lead(stream, copula + 1)
    if first >= len(stream.words) or stream.plain[first] in _SPEAKS_OF_IT:
        return []
    return _until_end(stream, first, free)


def _without_is(stream: SpeakerStream, label: Label, free: frozenset[int]) -> list[tuple[int, int]]:
    """The password one two three four; мой пароль ромашка: digits and letters, or a word or two and no more."""
    first = last = _past_lead(stream, label.last)
    while last < len(stream.words) and last in free and last - first < MOST:
        last += 1
    signs = sum(len(n.value) if (n := stream.numbers[at]) is not None else 1 for at in range(first, last))
    if signs > 3:
        return [(first, last)]
    own = label.index and stream.plain[label.index - 1] in _MY
    marked = stream.words[label.last - 1].text.rstrip().endswith((":", "-", "—", "–"))
    said = list(_on(stream, label.last, 5)) if own or marked else []
    told = [at for at in said if at >= first]
    few = bool(told) and (len(told) < 3 or any(at in free for at in told)) and len(said) < 5
    return [(told[0], told[-1] + 1)] if few and _SPEAKS_OF_IT.isdisjoint(stream.plain[at] for at in told) else []


def _past_lead(stream: SpeakerStream, first: int) -> int:
    last = min(first + MOST_WORDS, len(stream.words))
    while first < last and stream.plain[first] in _LEAD:
        first += 1
    return first


def _until_end(stream: SpeakerStream, first: int, free: frozenset[int]) -> list[tuple[int, int]]:
    """From a word to the end of what is told in one go; nothing where that is too long for a password."""
    last, words = first, 0
    while last < len(stream.words) and last - first < MOST:
        if last > first and stream.words[last].start - stream.words[last - 1].end > GO:
            break
        following = stream.plain[last + 1] if last + 1 < len(stream.words) else ""
        if last > first and (last in stream.in_labels or (stream.plain[last] in _AND and following in _NEW)):
            break
        words += last not in free
        last += 1
        if stream.words[last - 1].text.rstrip().endswith((".", "?", "!")) and last - 1 not in free:
            break
    while words > MOST_WORDS and last > first:
        last -= 1
        words -= last not in free
    return [(first, last)] if last > first else []


def _answer(talk: Talk, stream: SpeakerStream, label: Label, free: frozenset[int]) -> list[tuple[int, int]]:
    """What is said after the question for it, until the asker says something of his own."""
    asker = talk.streams[label.speaker]
    end = asker.end_of_go(label.last - 1)
    until = min(end + ANSWER_SECONDS, asker.next_saying(end + 0.2, REAL_WORDS))
    at = bisect_left(stream.starts, end - SLOP)
    for _ in range(MOST_SAYINGS):
        if at >= len(stream.words) or stream.words[at].start > until:
            break
        last = at + 1
        while last < min(len(stream.words), at + MOST) and not _is_over(talk, stream, last):
            last += 1
        found = _in_go(stream, at, last, free)
        if found:
            return found
        at = last
    return []


def _is_over(talk: Talk, stream: SpeakerStream, at: int) -> bool:
    """Whether a go is over before a word: by a pause, or because the other one said something."""
    end, start = stream.words[at - 1].end, stream.words[at].start
    return start - end > GO or (start - end > BETWEEN and bool(talk.said_between(stream.speaker, end, start)))


def _in_go(stream: SpeakerStream, first: int, last: int, free: frozenset[int]) -> list[tuple[int, int]]:
    """The password in one go of an answer: after "it is", or all of it; nothing where it is put off."""
    tells = [
        at
        for at in range(first, last)
        if stream.plain[at] in _IS and at + 1 < last and stream.plain[at + 1] not in _SPEAKS_OF_IT
    ]
    begin = _past_lead(stream, tells[-1] + 1 if tells else first)
    if begin >= last:
        return []
    spells = begin in free and (stream.numbers[begin] is not None or begin + 1 in free)
    if not tells and not spells and not PUTS_OFF.isdisjoint(stream.plain[begin : min(begin + 4, last)]):
        return []
    words = sum(at not in free for at in range(begin, last))
    if words > MOST_WORDS and not tells:
        return []
    return _until_end(stream, begin, free)
