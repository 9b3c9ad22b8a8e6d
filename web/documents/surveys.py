"""What came of a call's survey, and the results of many, as documents. Reads only."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from calls.models import Call
from ringback.config import Settings
from survey.figures import Share
from survey.models import SurveyRun
from survey.results import Answers, Group, Outcomes, Results, ResultsFilter, comments, path_of, results
from survey.service import answers_of, run_of
from transcripts.text.moments import moments_of
from web.documents.facts import Document, iso
from web.documents.reasons import spoken_words

BY = ("agent", "queue", "path", "language", "week")
"""What results are told apart by."""
MOST_GROUPS = 60
"""Rows of one table; of menu paths there may be more, and the rarest are left out."""


def survey_of_call(session: Session, call: Call) -> Document:
    """Keys: survey, outcome, not_asked (why), answers, comment (from, to, state, text, language; None: was not asked
    for), follow_up (a call was promised about it), poor (an answer means so), moments (of a poor one: what may explain
    it, kind, at, seconds)."""
    run = run_of(session, call.call_id)
    answers = answers_of(session, call.call_id)
    told = {name: getattr(run, name, None) for name in ("survey", "not_asked")}
    return {
        **told,
        "outcome": call.survey_outcome,
        "answers": [
            {
                "survey": each.survey,
                "name": each.name,
                "question": each.question,
                "key": each.key,
                "label": each.label,
                "means": each.means,
                "at": iso(each.at),
            }
            for each in answers
        ],
        "comment": None if run is None else next(iter(_comments(session, [(run, call)])), None),
        "follow_up": run is not None and run.follow_up,
        "poor": run is not None and run.poor,
        "moments": moments_document(session, call) if run is not None and run.poor else [],
    }


def moments_document(session: Session, call: Call) -> list[Document]:
    """What may explain how the caller felt about the talk, in its order."""
    return [asdict(moment) for moment in moments_of(session, call)]


def moments_of_calls(session: Session, call_ids: Iterable[str]) -> dict[str, list[Document]]:
    """Of those of the calls that had a poor answer."""
    query = select(Call).join(SurveyRun, SurveyRun.call_id == Call.call_id)
    poor = session.scalars(query.where(Call.call_id.in_(list(call_ids)), SurveyRun.poor))
    return {call.call_id: moments_document(session, call) for call in poor}


def _comments(session: Session, rows: Sequence[tuple[SurveyRun, Call]]) -> list[Document]:
    """Of those that were asked for words: where they are, and what they were."""
    asked = [(run, call) for run, call in rows if run.comment_from is not None]
    intervals = [
        (run.call_id, run.comment_from or 0.0, run.comment_from if run.comment_to is None else run.comment_to)
        for run, _ in asked
    ]
    languages = [call.language for _, call in asked]
    wanted = [(*interval, language) for interval, language in zip(intervals, languages, strict=True)]
    words = spoken_words(session, wanted)  # type: ignore[arg-type]
    return [
        {"call_id": call_id, "from": begins, "to": ends, **said}
        for (call_id, begins, ends), said in zip(intervals, words, strict=True)
    ]


# -- results -------------------------------------------------------------------------------------------


def results_document(
    session: Session, wanted: ResultsFilter, settings: Settings, *, only_agent: str | None = None, question: str = ""
) -> Document:
    """Keys: from, to, outcomes, questions (each with its answers), question (the one that groups are told by:
    survey and name, joined by a colon), groups (by each of BY: value, outcomes, answers of that question), comments.

    `question`: which one groups are told by; empty, or none that there is: the one with the most answers.
    """
    zone = ZoneInfo(settings.timezone)
    found = results(session, wanted, zone, only_agent=only_agent)
    asked = sorted(found.questions().values(), key=lambda each: (-each.n, each.survey, each.name))
    chosen = next((each for each in asked if _code(each) == question), next(iter(asked), None))
    return {
        "from": wanted.first.isoformat(),
        "to": wanted.last.isoformat(),
        "outcomes": _outcomes(found.outcomes()),
        "questions": [_answers(each, settings) for each in _in_order(asked, settings)],
        "question": None if chosen is None else _code(chosen),
        "groups": {name: _groups(found, name, chosen, settings) for name in BY},
        "comments": _with_answers(session, comments(session, wanted, zone, only_agent=only_agent)),
    }


def _code(answers: Answers) -> str:
    return f"{answers.survey}:{answers.name}"


def _in_order(asked: Sequence[Answers], settings: Settings) -> list[Answers]:
    """As the settings have them; what they have no more comes last."""
    places = {
        f"{survey_name}:{name}": place
        for place, (survey_name, name) in enumerate(
            (survey_name, name) for survey_name, survey in settings.surveys.items() for name in survey.names
        )
    }
    return sorted(asked, key=lambda each: places.get(_code(each), len(places)))


def _outcomes(outcomes: Outcomes) -> Document:
    """`stayed`: heard a question to its end. `response`: the share of those asked who answered."""
    counts = outcomes.counts
    return {
        "offered": outcomes.asked,
        "stayed": outcomes.stayed,
        **{name: counts[name] for name in ("answered", "hung_up", "silent", "opted_out")},
        "going_on": counts["offered"],
        "response": _share(outcomes.answered),
        "not_asked": dict(outcomes.not_asked),
        "follow_ups": outcomes.follow_ups,
    }


def _answers(answers: Answers, settings: Settings) -> Document:
    """The words are those of the settings, in which they can be told in the reader's language."""
    survey = settings.surveys.get(answers.survey)
    question = None if survey is None else survey.question_named(answers.name)
    keys = dict.fromkeys(question.options if question else ()) | dict.fromkeys(sorted(answers.keys))
    measure = question.measure if question else None
    if question is not None:
        answers.give_means({key: option.means for key, option in question.options.items()})
    promoters = answers.promoters
    return {
        "code": _code(answers),
        "survey": answers.survey,
        "name": answers.name,
        "question": question.question if question else answers.words,
        "questions": dict(question.questions) if question else {},
        "measure": measure,
        "n": answers.n,
        "options": [_option(answers, key, question) for key in keys],
        "satisfied": _share(answers.satisfied) if measure == "csat" else None,
        "promoters": {"score": promoters.score, "low": promoters.low, "high": promoters.high, "n": promoters.n}
        if measure == "nps"
        else None,
    }


def _option(answers: Answers, key: str, question: Any) -> Document:
    option = question.options.get(key) if question else None
    return {
        "key": key,
        "label": option.label if option else answers.labels.get(key, key),
        "labels": dict(option.labels) if option else {},
        "means": option.means if option else None,
        **_share(answers.of(key)),
    }


def _share(share: Share) -> Document:
    """`share`, `low` and `high` are None where there are too few to tell."""
    return {"count": share.count, "n": share.n, "share": share.share, "low": share.low, "high": share.high}


def _groups(found: Results, name: str, chosen: Answers | None, settings: Settings) -> list[Document]:
    made = []
    for value, groups in found.by(lambda group: _value(group, name)).items():
        outcomes = found.outcomes(groups)
        answers = None if chosen is None else found.questions(groups).get((chosen.survey, chosen.name))
        made.append(
            {
                "value": value,
                "outcomes": _outcomes(outcomes),
                "answers": None if answers is None else _answers(answers, settings),
            }
        )
    if name == "week":
        return sorted(made, key=lambda group: group["value"])
    return sorted(made, key=lambda group: (-group["outcomes"]["offered"], group["value"]))[:MOST_GROUPS]


def _value(group: Group, name: str) -> str:
    return group.week.isoformat() if name == "week" else str(getattr(group, name))


def _with_answers(session: Session, rows: Sequence[tuple[SurveyRun, Call]]) -> list[Document]:
    return [
        {
            **comment,
            "at": iso(run.at),
            "agent": run.agent,
            "queue": run.queue,
            "path": path_of(call.menu_path),
            "answers": [{"label": answer.label, "means": answer.means} for answer in answers_of(session, call.call_id)],
            "follow_up": run.follow_up,
        }
        for (run, call), comment in zip(rows, _comments(session, rows), strict=True)
    ]
