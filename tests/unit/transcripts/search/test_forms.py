"""A word is found in any of its forms and writings, and marked where it stands; on both stores alike."""

from collections.abc import Callable

import pytest

from tests.support.search import NOW, Sessions, add, ask, found, keep
from transcripts.search import saved
from transcripts.search.answering import choices, is_answer, needles
from transcripts.search.document import CallFacts, IndexedPart, IndexedTurn, compounds, parts, spoken
from transcripts.search.forms import apart, asked_keys, keys
from transcripts.search.query import parse
from transcripts.search.snippets import snippet


def pairs_of(lines: str) -> list[tuple[str, str]]:
    """What is asked and what is said, of lines `asked -> said`."""
    return [(asked, said) for asked, _, said in (line.strip().partition(" -> ") for line in lines.strip().splitlines())]


FORMS = pairs_of(
    """
    отмена -> я хочу отмену заказа
    кузнецов -> позовите Кузнецову
    Кузнецова -> это Кузнецов
    иванов -> спросите Иванову
    Елена -> я говорила с Еленой
    Ростов -> живу в Ростове
    звонок -> после вашего звонка
    ошибка -> много ошибок
    ссылка -> не вижу ссылок
    день -> пять дней
    кредит -> условия кредита
    ребенок -> для детей
    идти -> заказ шёл неделю
    деньги -> не хватило денег
    подключить -> я подключусь завтра
    человек -> сколько людей
    хороший -> нет лучше
    сталь -> ножи из стали
    стать -> цены стали выше
    каршеринг -> с каршерингом
    Бердыев -> передайте Бердыеву
    отель -> в отелях
    refund -> they refunded it
    """
)
"""What is asked -> what is said."""
WRITINGS = pairs_of(
    """
    4155550123 -> it is 415-555-0123.
    4155550123 -> call 415 555 0123 or 2
    415-555-0123 -> it is 4155550123
    415 555 0123 -> it is 4155550123
    (415) 555-0123 -> on 415 555 0123
    1200 -> it costs $1,200.
    1,200 -> it costs 1200
    1200 -> стоит 1 200 рублей
    $1200 -> it costs $1,200
    AB1234 -> order AB 1234
    AB1234 -> order AB-1234
    AB 1234 -> order AB1234
    AB-1234 -> order ab1234
    88005553535 -> 8 800 555-35-35
    4155* -> it is 415-555-0123
    "1200" -> it costs $1,200
    1042 -> ticket №1042
    email -> by e-mail
    e-mail -> by email
    e-mail -> by e mail
    email -> my e-mails
    wifi -> the Wi-Fi is down
    Wi-Fi -> the wifi is down
    wi fi -> the wifi is down
    login -> I cannot log in
    log in -> my login fails
    log-in -> my login fails
    вайфай -> вай фай не работает
    вайфай -> проблема с вай-фаем
    вайфай -> нет вай фая
    вай фай -> без вайфая
    вай-фай -> без вайфая
    симкарта -> новую сим карту
    сим карта -> новую симкарту
    пин-код -> забыл пинкода
    колл-центр -> из колл центра
    """
)
"""The same."""
OTHERS = pairs_of(
    """
    Елена -> мы ели
    кредит -> моё кредо
    Ростов -> рост цен
    день -> куда мне деть чек
    away -> is there a way
    1200 -> $1,300
    4155550123 -> 415 555 0124
    плата -> доплата
    "log in" -> my login
    отказ -> от каза
    4150123 -> 415 •phone• 0123
    подпись -> под пись
    """
)
"""What is asked -> what does not say it."""
FACTS = CallFacts((), (), (), (), "en", None, (), None, "", None, None)


def said_in(said: str) -> list[IndexedPart]:
    """What the index has of a call in which only this is said."""
    return parts([IndexedTurn(0, "caller", spoken([], said), compounds([], said))], FACTS)


@pytest.mark.parametrize(("asked", "said"), FORMS + WRITINGS)
def test_every_form_and_writing_is_found_counted_and_marked(asked: str, said: str) -> None:
    query, made = parse(asked, NOW.date()), said_in(said)
    assert is_answer(query, None, made)
    assert not is_answer(parse(f"-{asked}", NOW.date()), None, made) or " " in asked
    assert not is_answer(parse(f"speaker:agent {asked}", NOW.date()), None, made)
    (part,) = made
    assert all(
        any(each.count(part.said, part.stems) for term in group for each in needles(term)) for group in choices(query)
    )
    terms = [term for group in choices(query) for term in group]
    assert any(piece.marked for piece in snippet(terms, "caller", 0.0, [], said).pieces)


@pytest.mark.parametrize(("asked", "said"), OTHERS)
def test_what_only_looks_alike_is_not_found(asked: str, said: str) -> None:
    assert not is_answer(parse(asked, NOW.date()), None, said_in(said))


def test_both_stores_find_forms_and_writings(store: Sessions, work: Callable[[], list[str]]) -> None:
    add(store, "1.a", [("caller", "Refund! I cannot log in by Wi-Fi, call 415-555-0123."), ("agent", "One login.")])
    add(store, "2.b", [("caller", "Отмену оформите Кузнецовой, сим карту за $1,200 не надо.")], language="ru")
    keep(store, "No login", "refund -login")
    work()
    for asked in ("login", "log-in", "wifi", "wi fi", "4155550123", "415 5550123", "refunds login wifi", "call 4155*"):
        assert found(store, asked) == ["1.a"], asked
    for asked in ("отмена", "кузнецов", "симкарта отмена", "1200", "1,200", "-login", "симкарты -wifi"):
        assert found(store, asked) == ["2.b"], asked
    (hit,) = ask(store, "login").hits
    assert hit.turns_found == 2
    assert [[piece.text for piece in turn.pieces if piece.marked] for turn in hit.turns] == [["log in"], ["login."]]
    with store() as session:
        assert [kept.matches for kept in saved.kept_by(session, "susan")] == [0]
    long = " ".join(f"{word}ab" for word in "qwertyuiopasdfgh")
    assert found(store, long) == []  # the longest question is none too deep for a store


@pytest.mark.parametrize("word", ["a" * 40, "1" * 40, "й", "ъъъ", "vпн", "•", "ы" * 40])
def test_any_word_has_keys(word: str) -> None:
    assert all(keys(word)) and all(asked_keys(word))
    assert all(first + second for first, second in apart(word))
