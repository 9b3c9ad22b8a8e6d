"""The words by which people know a topic: class-based tf-idf on stems, shown as whole words. Pure.

A word counts where it is frequent in one topic and rare in all together (Grootendorst, "BERTopic", 2022, formula 1),
by its stem, and is shown in the form in which it is said most. Words of grammar, of courtesy and of few calls are left
out, with them names and whatever one caller alone says.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from transcripts.redaction.masks import MARKER
from transcripts.search.words import stem, words

SHOWN = 4
LEAST_LETTERS = 3
LEAST_CALLS = 3
"""Calls of a topic in which one of its words is said."""
LITTLE = frozenset(
    """the and for that this with have has had not are was were been you your our from but can could will would should
    there they them their what when where which who how why all any out off one two just get got did does don want need
    please hello thank thanks good morning afternoon evening yes okay sorry help call called calling hope really very
    some more than then into about because after before again since now today still only also like know see say said
    don't didn't can't won't isn't it's i'm i've i'd nobody anything something
    что это как так для или его она они мне меня вам вас нас мой моя моё мою мои мне ваш ваша ваше наш наша при про под
    над без уже ещё еще нет есть был была было были быть буду будет если чтобы тоже там тут где когда почему который
    которая которые мочь можно надо нужно нужна нужен хочу хотел хотела здравствуйте добрый доброе день утро вечер
    спасибо пожалуйста алло вот очень просто только потом теперь сегодня вчера звоню звонил звонила вопрос помогите
    подскажите скажите какой какая какие всё все она оно себя свой свою этот эта эти того тому чем ним них ней
    """.split()
)

Texts = Mapping[str, Sequence[str]]
"""By language what was said in each call of a topic."""


def telling_words(topics: Sequence[Texts]) -> list[dict[str, list[str]]]:
    """For each topic by language its words, the most telling first."""
    found: list[dict[str, list[str]]] = [{} for _ in topics]
    for language in sorted({language for texts in topics for language in texts}):
        for place, chosen in enumerate(_of_language([texts.get(language, ()) for texts in topics])):
            if chosen:
                found[place][language] = chosen
    return found


def _of_language(topics: Sequence[Sequence[str]]) -> list[list[str]]:
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    said: list[Counter[str]] = []
    calls: list[Counter[str]] = []
    for texts in topics:
        said.append(Counter())
        calls.append(Counter())
        for text in texts:
            stems = []
            for word in words(re.sub(MARKER, " ", text)):
                if len(word) >= LEAST_LETTERS and word not in LITTLE and not word.isdecimal():
                    stems.append(stem(word))
                    forms[stems[-1]][word] += 1
            said[-1].update(stems)
            calls[-1].update(set(stems))
    everywhere = sum(said, Counter())
    average = sum(everywhere.values()) / max(1, len(topics))
    return [
        [
            forms[each].most_common(1)[0][0]
            for each in sorted(
                (each for each in of_topic if in_calls[each] >= LEAST_CALLS),
                key=lambda each: (-of_topic[each] * math.log(1 + average / everywhere[each]), each),
            )[:SHOWN]
        ]
        for of_topic, in_calls in zip(said, calls, strict=True)
    ]
