"""Wires the rooms together: the one place that knows which part gets which other.

Each function is the whole life of one process and returns when the process shall end.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from app.channel_parts import channel_stages
from app.erasing_rooms import erasing_rooms
from app.letter_parts import letter_stages
from app.live_transcription import live_stages, run_listener
from app.receivers import receivers, run_courier
from app.report_parts import report_stages
from app.ticket_parts import care_stages, ticket_stages
from ringback import certificates, secrets
from ringback.config import Settings
from ringback.processes import CONTROLLER, COURIER, LISTENER, PROCESSES, RECOGNISER, WEB, WORKER
from ringback.store.engine import open_store, sessions

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker

    from app.worker import Stage
    from transcripts.engines.loaded import Engines


def prepare(settings: Settings) -> None:
    """Folders, the fallback's dialling rules, secrets and the newest schema: safe to do at every start."""
    from callback import destinations
    from outbox.service import register
    from ringback.store import migrate
    from ringback.store.base import utcnow

    for folder in (settings.spool, settings.fallback_spool, settings.recordings):
        folder.mkdir(parents=True, exist_ok=True)
    destinations.write(destinations.allowed_destinations(settings), settings.fallback_spool)
    secrets.load_or_create(settings)
    certificates.ensure(settings, certificates.utc_now())
    engine = open_store(settings.store_url)
    migrate.upgrade(engine)
    with sessions(engine)() as session, session.begin():
        forget_switched_off(session, settings)
        # Before anything happens: events are kept for those who are known.
        register(session, [each.name for each in receivers(settings, sessions(engine))], utcnow())
    engine.dispose()


def forget_switched_off(session: Session, settings: Settings) -> None:
    """Takes back the signs of life of processes that the settings switch off, so that nobody misses them."""
    from sqlalchemy import delete

    from ringback.store.bus import Process

    gone = [spec.name for spec in PROCESSES if not spec.runs(settings)]
    session.execute(delete(Process).where(Process.name.in_(gone)))


def run_controller(settings: Settings) -> None:
    """Calls: Asterisk's events in, commands out, rows written."""
    from callback.spool import take_in
    from controller.controller import run
    from controller.store import ControllerStore
    from tickets.service import open_callback_ticket

    secret, _ = secrets.load_or_create(settings)
    engine = open_store(settings.store_url)

    def take_in_fallbacks(now: Settings) -> object:
        return take_in(sessions(engine), now.fallback_spool, partial(open_callback_ticket, settings=now), now)

    run(settings, secret, ControllerStore(engine, settings, secret.number_key), take_in_fallbacks)


def run_worker(settings: Settings) -> None:
    """Work after the call: tickets, recordings, transcripts."""
    from app.worker import run
    from publishing.followed import FollowedSettings
    from ringback.yielding import give_way
    from transcripts.engines.loaded import Engines

    give_way()
    store = sessions(open_store(settings.store_url))
    followed = FollowedSettings(settings, WORKER.name, store)
    engines = Engines(followed.settings)

    def renew() -> list[Stage] | None:
        nonlocal engines
        before = followed.settings.speech
        if not followed.look():
            return None
        if followed.settings.speech != before:
            engines = Engines(followed.settings)  # else what is loaded stays: it takes long and much memory
        return worker_stages(followed.settings, store, engines)

    run(store, worker_stages(followed.settings, store, engines), renew)


def worker_stages(settings: Settings, store: sessionmaker[Session], engines: Engines | None = None) -> list[Stage]:
    """What happens to every call and promise, in the order in which one thing makes the next one due."""
    from transcripts.engines.loaded import Engines

    engines = engines or Engines(settings)
    return [
        *ticket_stages(settings, store),
        *care_stages(settings, store),
        *recording_stages(settings, store),
        transcript_stage(settings, store, engines),
        *live_stages(store),
        *text_stages(settings, store, engines),
        search_stage(settings, store),
        *summary_stages(settings, store),
        *retention_stages(settings, store),
        self_call_stage(settings, store),
        connector_stage(settings, store),
        *channel_stages(settings, store),
        *alarm_stages(settings, store),
        *report_stages(settings, store),
        *letter_stages(settings, store),
    ]


def recording_stages(settings: Settings, store: sessionmaker[Session]) -> list[Stage]:
    """From raw files to the library and the storage, and the room that is left for them."""
    from app.callback_reasons import CallbackReasons
    from app.worker import RARELY_SECONDS, Stage
    from recording import service as recordings
    from recording import space, sweep, uploads
    from retention import holds

    gate = space.SpaceGate(store, settings)
    uploader = uploads.Uploader(store, settings)
    reasons = CallbackReasons(store, settings)
    return [
        Stage("space", gate.due, gate.tell, poll_seconds=RARELY_SECONDS),
        Stage(
            "recordings",
            lambda session, full: recordings.due(session, full=full),
            partial(recordings.finish, store, settings),
            niceness=5,
            tidy=sweep.Sweep(store, settings, holds.may_be_on_orphans),
            wakes=frozenset({"history", "reasons", "uploads", "transcripts"}),
        ),
        Stage(
            "reasons",
            reasons.due,
            reasons.make,
            poll_seconds=RARELY_SECONDS,
            niceness=5,
            tidy=reasons.tidy,
        ),
        Stage(
            "uploads",
            uploader.due,
            uploader.upload,
            poll_seconds=RARELY_SECONDS,
            niceness=5,
            tidy=uploader.tidy,
        ),
    ]


def transcript_stage(settings: Settings, store: sessionmaker[Session], engines: Engines) -> Stage:
    """From recordings to words."""
    from app.worker import RARELY_SECONDS, Stage
    from tickets.transcript_line import rebuild
    from transcripts.pipeline import recognise as transcripts
    from transcripts.stages import NEEDS

    return Stage(
        "transcripts",
        lambda session, full: transcripts.due(session, full=full),
        partial(transcripts.transcribe, store, settings, engines, rebuild),
        poll_seconds=RARELY_SECONDS,
        niceness=10,
        wakes=frozenset({"live words", *map(_of_text, NEEDS)}),
    )


def _of_text(step: str) -> str:
    """What the stage of a step is called that is made of every transcript."""
    return f"text: {step}"


def text_stages(settings: Settings, store: sessionmaker[Session], engines: Engines) -> list[Stage]:
    """What is made of every transcript, each stage by itself."""
    from app.worker import RARELY_SECONDS, Stage
    from tickets.transcript_line import rebuild
    from transcripts import stages
    from transcripts.pipeline import originals
    from transcripts.pipeline.steps import steps
    from transcripts.text import vocabulary_trial

    vocabulary = Stage(
        "vocabulary",
        lambda session, full: vocabulary_trial.due(session, settings, full=full),
        partial(vocabulary_trial.run, store, settings, engines),
        poll_seconds=RARELY_SECONDS,
        niceness=19,
    )
    gone = Stage(
        "originals",
        lambda session, _full: originals.due(session, settings),
        partial(originals.remove, store, settings),
        poll_seconds=RARELY_SECONDS,
        niceness=10,
        wakes=frozenset({"uploads"}),
    )
    made = [
        Stage(
            _of_text(step.name),
            lambda session, full, name=step.name: stages.due(session, name, full=full),  # type: ignore[misc]
            partial(stages.run, step, store, settings),
            poll_seconds=RARELY_SECONDS,
            niceness=step.niceness,
            wakes=frozenset({*map(_of_text, stages.NEEDS), "originals", "uploads", "poor answers"}),
        )
        for step in steps(engines, rebuild)
    ]
    return [*made, gone, vocabulary]


def search_stage(settings: Settings, store: sessionmaker[Session]) -> Stage:
    """What was said becomes findable, and saved searches tell of it."""
    from app.worker import RARELY_SECONDS, Stage
    from survey.service import choices_of
    from transcripts import stages
    from transcripts.search import index

    step = stages.Step("index", partial(index.make, answers=choices_of))
    return Stage(
        _of_text(step.name),
        lambda session, full: stages.due(session, step.name, full=full),
        partial(stages.run, step, store, settings),
        poll_seconds=RARELY_SECONDS,
        niceness=step.niceness,
        tidy=index.Refresh(store),
    )


def summary_stages(settings: Settings, store: sessionmaker[Session]) -> list[Stage]:
    """What each call was about, and what calls are about."""
    from app.worker import RARELY_SECONDS, Stage
    from summary import step as summary
    from summary.reteller import STEP as RETELL
    from summary.reteller import Reteller
    from topics import step as topics
    from topics.clustering import Clustering
    from topics.proposals import Rising
    from transcripts import stages

    steps = [stages.Step("summary", summary.make), stages.Step("topic", topics.make)]
    clustering, rising = Clustering(store), Rising(store)
    reteller = Reteller(settings, secrets.load_or_create(settings)[0].summary_key if settings.summary.url else "")
    made = [
        Stage(
            _of_text(step.name),
            lambda session, full, name=step.name: stages.due(session, name, full=full),  # type: ignore[misc]
            partial(stages.run, step, store, settings),
            poll_seconds=RARELY_SECONDS,
            niceness=step.niceness,
            wakes=frozenset(map(_of_text, stages.after(step.name))),
        )
        for step in steps
    ]
    return [
        *made,
        Stage(
            _of_text(RETELL),
            reteller.due,
            partial(stages.run, stages.Step(RETELL, reteller.make), store, settings),
            poll_seconds=RARELY_SECONDS,
            niceness=10,
        ),
        Stage("topics", clustering.due, clustering.work, poll_seconds=RARELY_SECONDS, niceness=19),
        Stage("rising topics", rising.due, rising.look, poll_seconds=RARELY_SECONDS, niceness=5),
    ]


def retention_stages(settings: Settings, store: sessionmaker[Session]) -> list[Stage]:
    """The clock that ends recordings and all that was made of them, and erasures on request."""
    from app.worker import RARELY_SECONDS, Stage
    from retention import erasure

    eraser = erasure.Eraser(store, settings, erasing_rooms())

    return [
        Stage(
            "keep-until",
            lambda session, _full: erasure.due_by_age(session),
            lambda _key: erasure.begin_by_age(store),
            poll_seconds=RARELY_SECONDS,
            wakes=frozenset({"erasures"}),
        ),
        Stage(
            "erasures",
            lambda session, _full: erasure.due(session),
            partial(erasure.work, eraser),
            niceness=5,
            tidy=partial(erasure.tell_dead_letters, store),
        ),
    ]


def self_call_stage(settings: Settings, store: sessionmaker[Session]) -> Stage:
    """Ringback calls its own lines, as often as the settings say."""
    from app import self_call
    from app.worker import RARELY_SECONDS, Stage

    return Stage(
        "self-call",
        lambda session, _full: self_call.due(session, settings),
        partial(self_call.run_due, store, settings),
        poll_seconds=RARELY_SECONDS,
    )


def connector_stage(settings: Settings, store: sessionmaker[Session]) -> Stage:
    """What changed in tickets of systems beside is taken back."""
    from app.worker import RARELY_SECONDS, Stage
    from connectors import polling, service
    from ringback.store.base import utcnow

    return Stage(
        "outside tickets",
        lambda session, _full: polling.due(session, settings, utcnow()),
        partial(service.poll, store, settings),
        tidy=partial(service.tidy, store, settings),
        poll_seconds=RARELY_SECONDS,
        niceness=5,
    )


def alarm_stages(settings: Settings, store: sessionmaker[Session]) -> list[Stage]:
    """What nobody else raises is looked for; people are told of alarms, by mail and by services."""
    from alarms.deliver import Courier
    from alarms.plan import Planner
    from alarms.sign_of_life import SignOfLife
    from alarms.watch import Watch
    from app.worker import RARELY_SECONDS, Stage
    from pbx.capacity import limits
    from pbx.guesses import GuessWatch

    watch = Watch(store, settings, lambda: limits(settings).calls, GuessWatch(settings).look)
    planner, sign = Planner(store, settings), SignOfLife(store, settings)
    mail, services = Courier(store, settings, by_mail=True), Courier(store, settings, by_mail=False)
    return [
        Stage("watch", watch.due, watch.look, poll_seconds=RARELY_SECONDS),
        Stage(
            "alarms",
            planner.due,
            planner.plan,
            tidy=planner.tidy,
            poll_seconds=RARELY_SECONDS,
            wakes=frozenset({"alarm mail", "alarm services"}),
        ),
        Stage("sign of life", sign.due, sign.send, poll_seconds=RARELY_SECONDS),
        Stage("alarm mail", mail.due, mail.deliver, poll_seconds=RARELY_SECONDS),
        Stage("alarm services", services.due, services.deliver, poll_seconds=RARELY_SECONDS),
    ]


def run_web(settings: Settings) -> None:
    """Pages and API behind their front (web/front.py)."""
    from app.publishing_parts import publisher
    from web.app import serve

    secret, _ = secrets.load_or_create(settings)
    serve(settings, secret, sessions(open_store(settings.store_url)), publisher)


def run_recogniser(settings: Settings) -> None:
    """Callers who say their answer: before transcripts and behind calls where all want the same core."""
    import asyncio

    from recogniser.engines import UtteranceRecognisers
    from recogniser.server import run
    from ringback.yielding import give_way

    give_way(group=0, first_to_go=True)
    store = sessions(open_store(settings.store_url))
    asyncio.run(run(settings, store, UtteranceRecognisers(settings)))


LIVES = {
    CONTROLLER.name: run_controller,
    WORKER.name: run_worker,
    WEB.name: run_web,
    LISTENER.name: run_listener,
    RECOGNISER.name: run_recogniser,
    COURIER.name: run_courier,
}
"""What each process of `ringback.processes` does from its start to its end."""
