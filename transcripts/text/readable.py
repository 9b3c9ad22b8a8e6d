"""A turn as it was heard -> as people like to read it: numbers in figures, sentences, capitals. Pure.

Times are never touched: a figure made of several words begins with the first and ends with the last of them, so a
click on it still plays from there. Whisper writes its own marks and capitals; Vosk gives bare words, for which rules by
pauses and first words stand in. They find most ends of sentences and questions, few commas, and no names:
docs/transcripts.md has the figures. Models for punctuation come from sites that a machine without internet cannot
reach, so there is none.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from transcripts.engines.recogniser import Word
from transcripts.text.numbers import MARKS, figures

SENTENCE_PAUSE = 0.35
"""Seconds of silence that end a sentence. People who read aloud pause for 0.1 to 0.5 s there, and for at most 0.25 s
elsewhere (measured on Asterisk's prompts); who thinks while talking pauses anywhere."""
ENDS = ".?!…"

QUESTION_WORDS = {
    "en": frozenset("what why how when where who whose which".split()),
    "ru": frozenset(
        "как что чего чему чем где куда откуда когда почему зачем сколько кто кого кому кем чей какой какая какое "
        "какие какую какого каком каким каких который которого разве неужели".split()
    ),
}
"""A sentence that begins with one of these asks something, unless `asks_something` knows better."""
PREPOSITIONS = frozenset("в во на с со о об от для из к по у за до".split())
"""What stands before a Russian word that asks: с кем, в какой."""
TELLS = frozenset({("что", "бы"), ("как", "только"), ("как", "раз"), ("как", "скажете"), ("так", "как")})
"""Beginnings that look like questions and are none."""
POLITE = frozenset({"ли", "мне", "нам", "я", "мы", "у", "ещё", "еще"})
"""After можно these ask."""
AUXILIARIES = frozenset(
    "do does did is are am was were can could will would shall should may have has had isn't aren't don't doesn't "
    "didn't can't couldn't won't wouldn't haven't hasn't".split()
)
SUBJECTS = frozenset("i you he she it we they there this that your my the anyone anybody somebody".split())
"""An English sentence that begins with an auxiliary and a subject asks something: can you, is there."""
LEADS = {
    "en": frozenset("so and but well okay ok yes no hello hi sorry please then".split()),
    "ru": frozenset("а и ну так да нет алло здравствуйте извините простите скажите пожалуйста но вот".split()),
}
"""What may stand before the word that asks."""
COMMA_BEFORE = {
    "en": frozenset({"but", "because"}),
    "ru": frozenset("но что чтобы который которая которое которые которого которую потому поэтому если хотя".split()),
}
"""Words that a comma stands before inside a sentence; in Russian by rule."""
NO_COMMA_AFTER = frozenset("потому так да и а но или вот не ни только для того кто что".split())
ALWAYS_CAPITAL = {"en": {"i": "I", "i'm": "I'm", "i'll": "I'll", "i've": "I've", "i'd": "I'd"}, "ru": {}}


def is_bare(words: Iterable[Word]) -> bool:
    """Whether an engine gave words without any mark or capital."""
    return not any(word.text[-1:] in MARKS or word.text != word.text.lower() for word in words)


def readable(words: Sequence[Word], language: str, *, bare: bool) -> list[Word]:
    """The words of one turn in their order. `bare`: the engine writes no marks (is_bare of the whole transcript)."""
    written = _in_figures(words, language)
    return _punctuated(written, language) if bare and language in QUESTION_WORDS else written


def _in_figures(words: Sequence[Word], language: str) -> list[Word]:
    split = [part for word in words for part in _parts(word)]
    gaps = [0.0] + [after.start - before.end for before, after in pairwise(split)]
    found = {figure.start: figure for figure in figures([word.text for word in split], gaps, language)}
    if not found:
        return list(words)
    written: list[Word] = []
    place = 0
    while place < len(split):
        figure = found.get(place)
        if figure is None:
            written.append(split[place])
            place += 1
            continue
        group = split[figure.start : figure.end]
        last = group[-1].text
        # A hyphen is that of a word cut in two, which goes on: 25-year-old.
        text = figure.text + last[len(last.rstrip(MARKS + "-")) :]
        written.append(Word(group[0].start, group[-1].end, min(word.confidence for word in group), text))
        place = figure.end
    return _joined(written)


def _parts(word: Word) -> list[Word]:
    """The words of one with hyphens, each with its share of the time: twenty-three."""
    texts = word.text.split("-")
    if len(texts) == 1 or not all(text.strip(MARKS).isalpha() for text in texts):
        return [word]
    length = (word.end - word.start) / len(texts)
    texts = [text + "-" for text in texts[:-1]] + texts[-1:]
    return [
        replace(word, start=word.start + at * length, end=word.start + (at + 1) * length, text=text)
        for at, text in enumerate(texts)
    ]


def _joined(words: list[Word]) -> list[Word]:
    """Puts words with hyphens together again that no figure was made of."""
    found: list[Word] = []
    for word in words:
        if found and found[-1].text.endswith("-") and found[-1].text != "-":
            last = found[-1]
            found[-1] = Word(last.start, word.end, min(last.confidence, word.confidence), last.text + word.text)
        else:
            found.append(word)
    return found


def _punctuated(words: list[Word], language: str) -> list[Word]:
    """Sentences by pauses, each with its mark and its capital."""
    found: list[Word] = []
    sentence: list[Word] = []
    for at, word in enumerate(words):
        sentence.append(word)
        last = at + 1 == len(words)
        if last or words[at + 1].start - word.end >= SENTENCE_PAUSE:
            found += _sentence(sentence, language)
            sentence = []
    return found


def _sentence(words: list[Word], language: str) -> list[Word]:
    texts = [ALWAYS_CAPITAL[language].get(word.text, word.text) for word in words]
    asks = asks_something(texts, language)
    for at in range(1, len(texts)):
        if texts[at] in COMMA_BEFORE[language] and texts[at - 1].casefold() not in NO_COMMA_AFTER:
            texts[at - 1] += ","
    texts[0] = texts[0][:1].upper() + texts[0][1:]
    if not texts[-1].startswith("•"):  # a marker of what is masked stays as it is
        texts[-1] += "?" if asks else "."
    return [replace(word, text=text) for word, text in zip(words, texts, strict=True)]


def asks_something(texts: Sequence[str], language: str) -> bool:
    """Whether the words of a sentence without marks are a question, by its first words."""
    words = [text.casefold() for text in texts]
    if tuple(words[:2]) in TELLS:
        return False
    while len(words) > 1 and words[0] in LEADS[language]:
        words = words[1:]
    return _asks_in_russian(words) if language == "ru" else _asks_in_english(words)


def _asks_in_english(words: Sequence[str]) -> bool:
    first, second = words[0], words[1] if len(words) > 1 else ""
    if first in AUXILIARIES:
        return second in SUBJECTS
    if first not in QUESTION_WORDS["en"] or second in SUBJECTS - {"my", "your", "the", "this", "that"}:
        return False  # "what I need is", "how it works"
    if first in ("when", "where", "why"):
        return second in AUXILIARIES or len(words) <= 2
    return len(words) <= 3 or any(word in AUXILIARIES for word in words[1:4])


def _asks_in_russian(words: Sequence[str]) -> bool:
    if "ли" in words[1:4]:
        return True
    if words[0] in PREPOSITIONS and len(words) > 1:
        words = words[1:]
    first, second = words[0], words[1] if len(words) > 1 else ""
    if (first, second) in TELLS or (first == "когда" and len(words) > 3):
        return False  # "когда" in a long sentence mostly tells
    if first == "можно":
        return second in POLITE
    return first in QUESTION_WORDS["ru"] and (bool(second) or first not in ("что", "как"))
