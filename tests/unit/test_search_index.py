"""What is indexed is found, on SQLite and PostgreSQL alike, and by nothing but what the calls say."""

import os
import signal
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, event, func, select, update
from sqlalchemy.orm import Session, sessionmaker

from ringback.config import Settings
from ringback.store.alarms import standing_alarms
from ringback.store.base import utcnow
from ringback.store.engine import open_store, sessions
from survey.models import Answer
from survey.service import choices_of
from tickets.models import Call, CallSpan, Ticket
from transcripts import pipeline
from transcripts.models import Segment, Transcript
from transcripts.search import index, saved
from transcripts.search.document import CURRENT, Part, is_answer
from transcripts.search.form import query_of
from transcripts.search.models import SearchMatch, SearchPart
from transcripts.search.query import Query, Term, parse
from transcripts.search.service import Found, search, wider
from transcripts.search.words import stem, words

Sessions = sessionmaker[Session]
BEGAN = datetime(2026, 11, 20, 9, tzinfo=UTC)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
REFUND = [
    ("agent", "Good evening, this is Anna. What happened?"),
    ("caller", "The router shows a red light. I want a refund for my order, the refund of everything."),
    ("agent", "I am sorry about that. Where is my glass? Sorry."),
]
RUSSIAN = [
    ("caller", "Здравствуйте, мне пришёл счёт, а заказа всё нет. Роутер не работает."),
    ("agent", "Проверю ваши заказы и верну деньги за счета."),
]
Turns = list[tuple[str, str]]


def add(store: Sessions, linkedid: str, turns: Turns, *, at: datetime = BEGAN, gap: float = 0.5, **facts: Any) -> None:
    """A call with its transcript, as the controller and the pipeline's first stages leave it."""
    told: dict[str, Any] = {
        "line": "1000", "language": "en", "caller_number": "+14155550123", "caller_name": "", "result": "served",
        "queue": "support", "agent": "anna", "connected_at": at + timedelta(seconds=10),
        "released_at": at + timedelta(seconds=100), "ended_at": at + timedelta(seconds=110),
    }  # fmt: skip
    with store() as session, session.begin():
        session.add(Call(linkedid=linkedid, state="ended", arrived_at=at, **{**told, **facts}))
        session.flush()
        transcript = Transcript(linkedid=linkedid, state="done", language=facts.get("language", "en"))
        session.add(transcript)
        session.flush()
        say(session, transcript, turns, gap)


def say(session: Session, transcript: Transcript, turns: Turns, gap: float = 0.5) -> None:
    """The segments of a transcript, half a second a word; whatever was there is gone."""
    session.execute(delete(Segment).where(Segment.transcript_id == transcript.id))
    start = 20.0
    for seq, (speaker, text) in enumerate(turns):
        timed = [[start + 0.5 * place, start + 0.5 * place + 0.4, 0.9, word] for place, word in enumerate(text.split())]
        end = start + 0.5 * len(timed)
        segment = Segment(
            seq=seq, speaker=speaker, start=start, end=end, text=text, confidence=0.9, words=timed
        )  # fmt: skip
        segment.transcript_id = transcript.id
        session.add(segment)
        start = end + gap
    pipeline.changed(session, transcript.id, done=("turns", "redact"))


@pytest.fixture
def settings_here(settings: Settings) -> Settings:
    return settings.model_copy(update={"timezone": "Europe/Berlin"})


@pytest.fixture
def work(store: Sessions, settings_here: Settings) -> Callable[[], list[str]]:
    """Does what is due; the calls that were indexed."""
    step = pipeline.Step("index", partial(index.make, answers=choices_of))

    def run() -> list[str]:
        with store() as session:
            due = pipeline.due(session, "index", full=True)
        return [linkedid for linkedid in due if pipeline.run(step, store, settings_here, linkedid) == "done"]

    return run


def ask(store: Sessions, text: str = "", *, only_agent: str | None = None, page: int = 1, **fields: str) -> Found:
    with store() as session:
        return search(
            session, query_of({"q": text, **fields}, NOW.date()), NOW, BERLIN, only_agent=only_agent, page=page
        )


def found(store: Sessions, text: str = "", **fields: Any) -> list[str]:
    return [hit.linkedid for hit in ask(store, text, **fields).hits]


def test_words_forms_phrases_and_speakers(store: Sessions, work: Callable[[], list[str]]) -> None:
    add(store, "1.en", REFUND)
    add(store, "2.ru", RUSSIAN, language="ru", at=BEGAN + timedelta(minutes=5))
    assert sorted(work()) == ["1.en", "2.ru"]
    assert work() == []
    for text in (
        "refunds", "RED lights", '"where is my glass"', "rout*", "speaker:caller refund", "speaker:agent sorry",
        '"is my glass" OR nothing', "refund -invoice", '"order the refund"', "anna", "sorry -speaker",
    ):  # fmt: skip
        assert found(store, text) == ["1.en"], text
    for text in ("заказ", "счет", "счёт", "заказами", '"мне пришел счет"', "роут*", "speaker:agent заказ", "ДЕНЬГИ"):
        assert found(store, text) == ["2.ru"], text
    for text in (
        "speaker:agent refund", '"my where is"', '"refunds"', "invoice", "refund -router", '"light i"x', "glass*x",
        '"anna what happened the"',
    ):  # fmt: skip
        assert found(store, text) == [], text


def test_a_hit_leads_to_the_word_and_is_marked(store: Sessions, work: Callable[[], list[str]]) -> None:
    add(store, "1.en", [*REFUND, ("caller", "<b>refund</b> & so")])
    work()
    (hit,) = ask(store, "refund glass").hits
    assert hit.turns_found == 3
    assert [turn.speaker for turn in hit.turns] == ["caller", "agent", "caller"]
    first = hit.turns[0]
    assert [piece.text.strip() for piece in first.pieces if piece.marked] == ["refund", "refund"]
    assert "".join(piece.text for piece in first.pieces).strip() == REFUND[1][1]
    place = REFUND[1][1].split().index("refund")
    assert first.at == pytest.approx(first.start + 0.5 * place)
    assert [piece.text for piece in hit.turns[2].pieces] == ["<b>refund</b>", " & so"]


def test_what_is_masked_is_not_found(store: Sessions, work: Callable[[], list[str]]) -> None:
    add(store, "1.a", [("caller", "my number •card• thanks a lot")])
    work()
    assert found(store, "card") == []
    assert found(store, '"number thanks"') == []
    assert found(store, '"thanks a lot"') == ["1.a"]


def test_every_fact_of_a_call(store: Sessions, work: Callable[[], list[str]]) -> None:
    with store() as session, session.begin():
        ticket = Ticket(subject="x", contact_id=None)
        ticket.number = 1042
        session.add(ticket)
    add(store, "1.a", REFUND, ticket_number=1042, survey_outcome="answered")
    add(
        store, "2.b", REFUND, gap=40, agent="boris b", queue="billing", line="1001", result="abandoned",
        at=BEGAN + timedelta(days=1), caller_number="+74955550110", connected_at=None, released_at=None,
    )  # fmt: skip
    with store() as session, session.begin():
        session.add(Answer(linkedid="1.a", survey="s", question="q", key="3", label="Not at all", at=BEGAN))
        talk: dict[str, Any] = {"started_at": BEGAN, "ended_at": BEGAN, "why": "attended"}
        session.add(CallSpan(linkedid="1.a", seq=0, kind="talk", agent="clara", **talk))
    work()
    one: list[dict[str, str]] = [
        {"agent": "Anna"}, {"agent": "clara"}, {"queue": "support"}, {"line": "1000"}, {"result": "served"},
        {"ticket": "1042"}, {"survey": "3"}, {"survey": "not at all"}, {"survey": "answered"}, {"number": "5550123"},
        {"talk_min": "80"}, {"talk_max": "95"}, {"to": "2026-11-20"}, {"language": "en", "talk_min": "90"},
    ]  # fmt: skip
    for fields in one:
        assert found(store, "refund", **fields) == ["1.a"], fields
        assert found(store, **fields) == ["1.a"], fields
    for fields in (
        {"agent": "boris b"}, {"queue": "billing"}, {"number": "+7 495 555 01 10"}, {"silence": "39.5s"},
        {"from": "2026-11-21"}, {"result": "abandoned"},
    ):  # fmt: skip
        assert found(store, "refund", **fields) == ["2.b"], fields
    for fields in ({"talk_min": "91"}, {"talk_max": "89"}, {"silence": "41"}, {"survey": "silent"}, {"number": "999"}):
        assert found(store, "refund", **fields) == [], fields
    assert sorted(found(store, "refund", talk_max="1h", silence="0")) == ["1.a"]


def test_an_agent_finds_no_call_of_a_colleague(store: Sessions, work: Callable[[], list[str]]) -> None:
    add(store, "1.a", REFUND)
    add(store, "2.b", REFUND, agent="boris")
    add(store, "3.c", REFUND, agent=None)
    work()
    assert found(store, "refund", only_agent="anna") == ["1.a"]
    assert found(store, "refund OR sorry agent:boris", only_agent="anna") == []
    assert found(store, "-nothing", only_agent="boris") == ["2.b"]


def test_everybody_who_talked_finds_the_call(store: Sessions, work: Callable[[], list[str]]) -> None:
    add(store, "1.a", REFUND)
    with store() as session, session.begin():
        talk: dict[str, Any] = {"started_at": BEGAN, "ended_at": BEGAN}
        for seq, (kind, agent) in enumerate([("talk", "clara"), ("consult", "boris"), ("talk", "anna")]):
            session.add(CallSpan(linkedid="1.a", seq=seq, kind=kind, agent=agent, **talk))
    keep(store, "Own", "refund", only_agent="clara")
    keep(store, "Foreign", "refund", only_agent="boris")
    work()
    assert [found(store, "refund", only_agent=who) for who in ("anna", "clara", "boris")] == [["1.a"], ["1.a"], []]
    with store() as session:
        assert [kept.matches for kept in saved.kept_by(session, "susan")] == [0, 1]


def test_days_are_those_of_our_own_time_zone(store: Sessions, work: Callable[[], list[str]]) -> None:
    add(store, "1.late", REFUND, at=datetime(2026, 11, 20, 23, 30, tzinfo=UTC))  # half past midnight in Berlin
    work()
    assert found(store, "on:2026-11-21") == ["1.late"]
    assert found(store, "on:2026-11-20") == []


def test_only_the_changed_call_is_indexed_again(store: Sessions, work: Callable[[], list[str]]) -> None:
    add(store, "1.a", REFUND)
    add(store, "2.b", RUSSIAN)
    work()
    with store() as session, session.begin():
        before = dict(session.execute(select(SearchPart.linkedid, SearchPart.id)).tuples().all())
        transcript = session.scalars(select(Transcript).where(Transcript.linkedid == "1.a")).one()
        say(session, transcript, [("caller", "A complaint about the modem.")])
    assert found(store, "refund") == ["1.a"]
    assert work() == ["1.a"]
    assert found(store, "refund") == []
    assert found(store, "complaints") == ["1.a"]
    with store() as session:
        assert dict(session.execute(select(SearchPart.linkedid, SearchPart.id)).tuples().all()) == before


def test_a_ticket_that_comes_later_is_found(store: Sessions, work: Callable[[], list[str]]) -> None:
    add(store, "1.a", REFUND, at=datetime.now(UTC) - timedelta(minutes=5), ended_at=datetime.now(UTC))
    work()
    refresh = index.Refresh(store)
    refresh()
    assert work() == []
    with store() as session, session.begin():
        session.add(ticket := Ticket(subject="x", contact_id=None))
        session.flush()
        session.execute(update(Call).values(ticket_number=ticket.number))
        number = ticket.number
    refresh()
    assert work() == ["1.a"]
    assert found(store, f"ticket:{number}") == ["1.a"]


def test_calls_that_older_rules_indexed_are_made_anew(store: Sessions, work: Callable[[], list[str]]) -> None:
    add(store, "1.a", REFUND)
    work()
    with store() as session, session.begin():
        row = session.scalars(select(SearchPart)).one()
        row.tokens = row.tokens.replace(CURRENT, "fv_0")
    index.Refresh(store)()
    assert work() == ["1.a"]
    index.Refresh(store)()
    assert work() == []


def test_who_deletes_the_row_deletes_its_words(store: Sessions, work: Callable[[], list[str]]) -> None:
    add(store, "1.a", REFUND)
    work()
    with store() as session, session.begin():
        session.execute(delete(SearchPart))
    assert found(store, "refund") == []
    assert found(store, "agent:anna") == []


@pytest.mark.parametrize("moment", ["before the write", "before the commit", "after the commit"])
def test_a_worker_killed_at_any_moment_loses_and_doubles_nothing(
    store: Sessions, settings_here: Settings, work: Callable[[], list[str]], moment: str
) -> None:
    add(store, "1.a", REFUND)
    keep(store, "Refunds", "refund")
    url = store.kw["bind"].url.render_as_string(hide_password=False)
    child = os.fork()
    if child == 0:
        die = partial(os.kill, os.getpid(), signal.SIGKILL)

        def make(job: pipeline.Work) -> None:
            if moment == "before the commit":
                event.listen(Session, "before_commit", lambda _session: die())
            if moment == "before the write":
                event.listen(SearchPart, "init", lambda *_: die())
            index.make(job, choices_of)
            die()

        pipeline.run(pipeline.Step("index", make), sessions(open_store(url)), settings_here, "1.a")
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    assert work() == ([] if moment == "after the commit" else ["1.a"])
    assert found(store, "refund") == ["1.a"]
    with store() as session:
        for row in (SearchPart, SearchMatch):
            assert session.scalar(select(func.count()).select_from(row)) == 1
        assert len(standing_alarms(session)) == 1


def test_long_calls_are_searched_in_parts_and_shown_as_one(
    store: Sessions, work: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("transcripts.search.document.PART_WORDS", 5)
    add(store, "1.a", [("caller", "one two three four five six seven refund nine"), ("agent", "ten refund")])
    work()
    (hit,) = ask(store, "refund").hits
    assert [turn.speaker for turn in hit.turns] == ["caller", "agent"]
    assert found(store, "seven refund") == ["1.a"]
    with store() as session:
        assert session.scalar(select(func.count()).select_from(SearchPart)) == 3


def test_what_is_said_in_any_part_of_a_call_is_not_unsaid(
    store: Sessions, work: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("transcripts.search.document.PART_WORDS", 5)
    add(store, "1.a", [("caller", "one two three four five six refund"), ("agent", "you never get any money back")])
    add(store, "2.b", [("caller", "one two three four five six refund"), ("agent", "money back you get never any")])
    keep(store, "Unsaid", "refund -never")
    keep(store, "Phrase unsaid", 'refund -"any money back"')
    work()
    for text in ("refund -one", "one -never", "-back one", "refund speaker:agent -never", 'refund -"you get" -money'):
        assert found(store, text) == [], text
    assert found(store, 'refund -"any money back"') == ["2.b"]
    assert sorted(found(store, "refund speaker:caller -never")) == ["1.a", "2.b"]
    assert ask(store, "refund -never").total == 0
    assert ask(store, "refund -nothing").total == 2
    with store() as session:
        assert {kept.row.name: kept.matches for kept in saved.kept_by(session, "susan")} == {
            "Unsaid": 0, "Phrase unsaid": 1,
        }  # fmt: skip


def test_the_best_comes_first_and_pages_follow(
    store: Sessions, work: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    add(store, "1.much", [("caller", "refund refund refund"), ("agent", "yes")])
    add(store, "2.little", [("caller", "refund"), ("agent", " ".join(["something"] * 60))])
    add(store, "3.apart", [("caller", "red"), ("agent", "light")])
    add(store, "4.together", [("caller", "red light"), ("agent", "yes")])
    work()
    assert found(store, "refund") == ["1.much", "2.little"]
    assert found(store, "red light") == ["4.together", "3.apart"]
    monkeypatch.setattr("transcripts.search.service.PAGE", 1)
    assert found(store, "refund", page=2) == ["2.little"]
    assert ask(store, "refund").pages == 2
    monkeypatch.setattr("transcripts.search.service.CANDIDATES", 1)
    newest = ask(store, "refund")
    assert (newest.total, newest.pages) == (2, 1)
    assert newest.older is not None
    with store() as session:
        rest = search(session, parse("refund", NOW.date()), NOW, BERLIN, before=newest.older)
    assert {hit.linkedid for hit in newest.hits + rest.hits} == {"1.much", "2.little"}
    assert rest.older is None


def test_who_finds_nothing_is_told_what_finds_more(store: Sessions, work: Callable[[], list[str]]) -> None:
    add(store, "1.a", REFUND)
    work()
    with store() as session:
        facts = list(wider(session, parse("refund queue:billing", NOW.date())))
        form = list(wider(session, parse('"refunds"', NOW.date())))
        any_word = list(wider(session, parse("refund invoice", NOW.date())))
    assert [(each.kind, each.total) for each in facts] == [("without_facts", 1)]
    assert [(each.kind, each.total) for each in form] == [("any_form", 1)]
    assert [(each.kind, each.total) for each in any_word] == [("any_word", 1)]


VOCABULARY = {
    "en": ["refund", "refunds", "order", "orders", "ordered", "the", "is", "my", "router", "no"],
    "ru": ["заказ", "заказы", "счёт", "счета", "не", "роутер"],
}


@pytest.mark.parametrize("size", [2500, 5])
def test_both_stores_find_what_reading_every_call_finds(
    store: Sessions, work: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr("transcripts.search.document.PART_WORDS", size)
    random = Random(3)
    calls: dict[str, Turns] = {}
    for number in range(40):
        said = VOCABULARY["en"] + VOCABULARY["ru"] * (number % 2)
        turns = [
            (random.choice(("caller", "agent")), " ".join(random.choices(said, k=random.randint(1, 6))))
            for _ in range(random.randint(0, 4))
        ]
        calls[f"{number}.x"] = turns
        add(store, f"{number}.x", turns, at=BEGAN + timedelta(minutes=number))
    while work():
        pass
    hits = 0
    for _ in range(150):
        query = parse(typed(random), NOW.date())
        with store() as session:
            got = search(session, query, NOW, BERLIN, order="newest")
            made = {linkedid: parts_of(session, linkedid) for linkedid in calls}
        expected = [linkedid for linkedid, turns in reversed(calls.items()) if answers(query, in_parts(turns, size))]
        assert [hit.linkedid for hit in got.hits] == expected[:20], query
        assert [linkedid for linkedid in reversed(calls) if is_answer(query, None, made[linkedid])] == expected, query
        hits += len(got.hits)
    assert hits > 200


def parts_of(session: Session, linkedid: str) -> list[Part]:
    """The call's rows as a saved search is tried on them."""
    rows = session.scalars(select(SearchPart).where(SearchPart.linkedid == linkedid).order_by(SearchPart.part))
    return [
        Part(row.words, row.facts, row.said, row.stems, row.tokens, row.talk_seconds, row.silence_seconds)
        for row in rows
    ]


def in_parts(turns: Turns, size: int) -> list[Turns]:
    """A call's turns in parts of so many words."""
    made: list[Turns] = [[]]
    room = size
    for speaker, text in turns:
        rest = words(text)
        while rest:
            if not room:
                made.append([])
                room = size
            made[-1].append((speaker, " ".join(rest[:room])))
            rest, room = rest[room:], room - len(rest[:room])
    return made


def typed(random: Random) -> str:
    every = VOCABULARY["en"] + VOCABULARY["ru"]

    def piece() -> str:
        kind = random.randrange(6)
        if kind == 0:
            return '"' + " ".join(random.choices(VOCABULARY["en"], k=random.randint(1, 3))) + '"'
        if kind == 1:
            return random.choice(every)[:3] + "*"
        if kind == 2:
            phrase = '"' + " ".join(random.choices(VOCABULARY["en"], k=random.randint(2, 3))) + '"'
            return "-" + random.choice((*every, phrase))
        if kind == 3:
            return f"speaker:{random.choice(('caller', 'agent', 'any'))} {random.choice(every)}"
        return random.choice(every) if kind == 4 else f"{random.choice(every)} OR {random.choice(every)}"

    return " ".join(piece() for _ in range(random.randint(1, 3)))


def answers(query: Query, parts: list[Turns]) -> bool:
    """Whether a call answers, by reading it: one part says all, and none says what may not be said."""
    return any(all(any(says(term, turns) for term in group) for group in query.groups) for turns in parts) and not any(
        says(term, turns) for term in query.without for turns in parts
    )


def says(term: Term, turns: Turns) -> bool:
    for speaker, text in turns:
        said = words(text)
        if term.speaker not in (None, speaker):
            continue
        if term.kind == "word" and stem(term.words[0]) in map(stem, said):
            return True
        if term.kind == "prefix" and any(word.startswith(term.words[0]) for word in said):
            return True
        size = len(term.words)
        if term.kind == "exact" and any(tuple(said[at : at + size]) == term.words for at in range(len(said))):
            return True
    return False


def keep(store: Sessions, name: str, text: str, *, alert: bool = True, **values: Any) -> Any:
    told: dict[str, Any] = {"only_agent": None, "alarms": True, "now": BEGAN, **values}
    with store() as session, session.begin():
        return saved.keep(session, "susan", name, {"q": text}, alert=alert, **told).id


def test_a_saved_search_tells_of_new_calls_once(store: Sessions, work: Callable[[], list[str]]) -> None:
    add(store, "0.old", REFUND, at=BEGAN - timedelta(hours=1))
    work()
    everything = keep(store, "Refunds", "refund -invoice")
    quiet = keep(store, "Quiet", "refund", alert=False)
    own = keep(store, "Own", "refund", only_agent="boris", alarms=False)
    phrase = keep(store, "Phrase", '"refund of everything" from:2026-11-20 silence<1')
    add(store, "1.a", REFUND)
    add(store, "2.b", RUSSIAN)
    add(store, "3.c", REFUND, agent="boris", at=BEGAN + timedelta(minutes=1))
    add(store, "4.older", REFUND, at=BEGAN - timedelta(minutes=30))
    work()
    with store() as session, session.begin():
        counts = {kept.row.id: (kept.matches, kept.fresh) for kept in saved.kept_by(session, "susan")}
        assert counts == {everything: (2, 2), quiet: (0, 0), own: (1, 1), phrase: (2, 2)}
        alarms = {alarm.subject: alarm.args for alarm in standing_alarms(session)}
        assert set(alarms) == {str(everything), str(phrase)}
        assert (alarms[str(everything)]["count"], alarms[str(everything)]["name"]) == (2, "Refunds")
        # The same call again, changed: it is not new.
        say(session, session.scalars(select(Transcript).where(Transcript.linkedid == "1.a")).one(), REFUND)
    work()
    with store() as session, session.begin():
        kept = {each.row.id: each for each in saved.kept_by(session, "susan")}
        assert kept[everything].matches == 2
        row = kept[everything].row
        assert sorted(saved.look(session, row, utcnow())) == ["1.a", "3.c"]
        assert [alarm.subject for alarm in standing_alarms(session)] == [str(phrase)]
        assert [(each.matches, each.fresh) for each in saved.kept_by(session, "susan") if each.row is row] == [(2, 0)]
        saved.drop_all(session, "susan", NOW)
        assert standing_alarms(session) == []
        assert session.scalar(select(func.count()).select_from(SearchMatch)) == 0


def test_a_saved_search_that_cannot_be_kept_says_why(store: Sessions, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(store, "Refunds", "refund")
    for name, text, code in (
        ("Refunds", "x", "taken"),
        (" ", "x", "name"),
        ("y" * 81, "x", "name"),
        ("New", "?", "empty"),
    ):
        with pytest.raises(saved.SearchError) as raised:
            keep(store, name, text)
        assert raised.value.code == code
    monkeypatch.setattr(saved, "MOST", 1)
    with pytest.raises(saved.SearchError, match="delete one first"):
        keep(store, "New", "x")


def test_a_relative_day_is_the_day_on_which_it_is_asked(store: Sessions, work: Callable[[], list[str]]) -> None:
    add(store, "1.a", REFUND, at=datetime(2026, 11, 22, 8, tzinfo=UTC))
    work()
    with store() as session:
        assert search(session, parse("on:today", date(2026, 11, 22)), NOW, BERLIN).total == 1
        assert search(session, parse("on:today", date(2026, 11, 23)), NOW, BERLIN).total == 0


def test_searches_for_an_erased_number_go(store: Sessions, work: Callable[[], list[str]]) -> None:
    for name, asked in {
        "field": {"number": "+1 (415) 555-0123"}, "end": {"number": "5550123"},
        "words": {"q": "number:14155550123 refund"}, "other": {"number": "5550124"}, "short": {"q": "refund 123"},
    }.items():  # fmt: skip
        with store() as session, session.begin():
            saved.keep(session, "susan", name, asked, only_agent=None, alert=True, alarms=True, now=BEGAN)
    add(store, "1.a", REFUND)
    work()
    with store() as session, session.begin():
        assert saved.drop_asking_for(session, ["+14155550123", "4155550123"], NOW) == 3
        assert [kept.row.name for kept in saved.kept_by(session, "susan")] == ["other", "short"]
        assert standing_alarms(session) == []
