"""The stage of the worker that sends a survey's link to callers who hung up or pressed nothing; and what they answer.

Who is asked at all is the survey's own rule (`survey/questionnaire.py`): only callers who were asked by voice are sent
a link, and nobody who wants to be asked no more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, sessionmaker

from calls.models import Call
from calls.numbers import country_of
from channels import links, service, templates
from channels.errors import NoSuchLink
from channels.models import ChannelMessage, ShortLink
from channels.policy import plain_text
from ringback.config import Settings
from ringback.config.surveys import Survey
from ringback.messages import message
from ringback.store.base import utcnow
from survey import service as survey_service
from survey.models import SurveyRun
from tickets.entries import add_entry
from tickets.service import current
from tickets.work import reopen

UNANSWERED = ("hung_up", "silent")
"""Outcomes of callers who are sent a link."""
LATELY = timedelta(days=1)
"""A call that is longer ago is not asked about any more."""
MOST_AT_ONCE = 100
MOST_WORDS = 2000
KEY = "survey"


@dataclass
class SurveyLinks:
    """A stage of the worker."""

    sessions: sessionmaker[Session]
    settings: Settings

    def due(self, session: Session, _full: bool) -> list[str]:
        """call_ids of callers who are to be sent a link now."""
        found: list[str] = []
        for name, survey in self.settings.surveys.items():
            if survey.by_message is None:
                continue
            until = utcnow() - timedelta(minutes=survey.by_message.minutes)
            written = exists().where(ChannelMessage.source_key == f"{KEY}:" + SurveyRun.call_id)
            query = (
                select(SurveyRun.call_id)
                .join(Call, Call.call_id == SurveyRun.call_id)
                .where(SurveyRun.survey == name, SurveyRun.outcome.in_(UNANSWERED), ~written)
                .where(Call.ended_at <= until, Call.ended_at > until - LATELY, Call.snapshot.is_(None))
            )
            found += session.scalars(query.order_by(SurveyRun.at).limit(MOST_AT_ONCE))
        return found

    def send(self, call_id: str) -> str | None:
        """The state of the message; None: it was written before, or nobody is to be asked."""
        with self.sessions() as session, session.begin():
            run = session.scalars(select(SurveyRun).where(SurveyRun.call_id == call_id)).one()
            call = session.scalars(select(Call).where(Call.call_id == call_id)).one()
            survey = self.settings.surveys.get(run.survey)
            if survey is None or survey.by_message is None:
                return None
            draft = self._draft(run, call, survey.by_message.channel)
            if run.caller is not None and survey_service.wish_of(session, run.caller).opted_out:
                why = message("channels.no_survey_wanted")
                row = service.not_sent(session, self.settings, draft, why, utcnow())
            else:
                made = service.write_unasked(session, self.settings, draft, utcnow())
                if made is None:
                    return None
                row = made
            return row.state

    def _draft(self, run: SurveyRun, call: Call, channel: str) -> service.Draft:
        words = templates.words_of(self.settings, "survey", call.language)
        facts = {"from": self.settings.channels.from_name, "ticket": str(call.ticket_number or "")}
        return service.Draft(
            channel=channel,
            address=call.caller_number,
            text=templates.filled(words.text, facts),
            subject=templates.filled(words.subject, facts),
            language=call.language,
            country=country_of(self.settings, call.line),
            ticket=call.ticket_number,
            call_id=run.call_id,
            link=links.LinkTarget("survey", run.survey),
            purpose="survey",
            source_key=f"{KEY}:{run.call_id}",
        )


def answer(
    session: Session,
    link: ShortLink,
    survey: Survey,
    keys: Mapping[str, str],
    words: str,
    now: datetime,
    *,
    no_more: bool = False,
) -> None:
    """What a customer answered by the link, once: `keys` by the name of the question. Raises NoSuchLink: it was
    answered before. In the caller's transaction."""
    run = None if link.call_id is None else survey_service.run_of(session, link.call_id)
    if run is None or not links.use_up(session, link, now):
        raise NoSuchLink("channels.link_used")
    survey_service.answer_by_link(session, run, survey, keys, link.language, now, no_more=no_more)
    links.clicked(session, link, now)
    if link.ticket_number is None:
        return
    on = current(session, link.ticket_number)
    for name, question, label, at in survey_service.answers_to_note(session, run.call_id):
        text = message("tickets.answer", question=question, label=label).worded(link.language)
        add_entry(session, on, "answer", text, at=at, source_key=f"answer:{run.call_id}:{name}")
    if said := plain_text(words, MOST_WORDS):
        told = message("channels.survey_words", words=said)
        key = f"words:{run.call_id}"
        add_entry(session, on, "comment", str(told), at=now, source_key=key, said=told)
        reopen(session, on, now)
