"""Gets an installation ready and says what a person must change in its settings.

Owns the order of the steps before `ringback run`: database and secrets, Asterisk, speech models, page parts.
Each step is done by its own room; each is quick when there is nothing to do.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

from app import bootstrap
from outbox.remarks import remarks as webhook_remarks
from pbx import asterisk, inquiry, versions
from prompts import files as prompt_files
from prompts import flow_checks
from prompts import service as prompt_service
from ringback import certificates, secrets
from ringback.config import Settings, in_force
from ringback.config.channels import ADDRESS
from ringback.config.remarks import Remark, Way, nearest
from ringback.config.slips import OTHER_WORDS
from ringback.errors import RingbackError
from ringback.handover import services
from ringback.messages import Message, message
from transcripts.engines import models_store
from transcripts.errors import ModelError

Tell = Callable[[str], None]


def prepare(settings: Settings, tell: Tell) -> None:
    """Everything that `run` would otherwise do at its first start, with progress told to `tell`."""
    tell(f"Data folder: {settings.data.resolve()}")
    bootstrap.prepare(settings)
    if not settings.ami.external:
        program = asterisk.find(settings)
        if program is None:
            tell("Asterisk: fetching 22 LTS from Debian (about 100 MB)")
            program = asterisk.fetch(settings, lambda line: tell(f"Asterisk: {line}"))
        tell(f"Asterisk {program.version}: ready")
    for line in models_store.prepare(settings, percents(tell)):
        tell(line)
    for language, model in models(settings).items():
        tell(f"Speech to text ({language}): {model}")


def remarks(settings: Settings) -> Iterator[Remark]:
    """What callers would stumble over besides the settings themselves, and what the owner may not have meant."""
    own = asterisk.own_sounds(settings)
    known = prompt_files.languages(own)
    for way, language in prompt_files.unknown_languages(settings, own):
        what = message("prompts.unknown_language", language=language, languages=known, folder=own / language)
        yield Remark(way, what, OTHER_WORDS.get(language) or nearest(language, known))
    for language, names in prompt_files.borrowed(settings, own).items():
        facts = {"language": language, "count": len(names), "names": names, "folder": own / language}
        yield Remark((), message("prompts.borrowed", **facts), level="note", also=(("lines",),))
    for missing in prompt_files.missing(settings, own):
        way = _way(missing.place)
        meant = nearest(missing.name, prompt_files.sound_files(missing.language, own))
        yield Remark(way if len(way) > 1 else (), missing.unrecorded, meant, also=(("lines",),))
    yield from flow_checks.remarks(settings, own)
    for place, unmade in prompt_service.unspeakable(settings):
        yield Remark(_way(place), unmade.why, also=(("lines",),))
    offered = any(queue.callback != "off" for queue in settings.queues.values())
    if offered and settings.trunk is None:
        yield Remark((), message("app.no_trunk"), level="note")
    for each in _of_asterisk(settings):
        yield Remark(("ami",), each, level="note")
    yield from _of_certificate(settings)
    yield from _of_services(settings)
    yield from webhook_remarks(settings)


def _way(place: str) -> Way:
    """The setting that a place names."""
    return tuple(int(part) if part.isdigit() else part for part in place.split("."))


def _of_certificate(settings: Settings) -> Iterator[Remark]:
    """Whether an owner's certificate can be shown, and for how long."""
    if not settings.wants_certificate or certificates.is_ours(settings):
        return
    files = certificates.files_of(settings)
    try:
        files.context()
    except certificates.CertificateError as error:
        yield Remark(("tls", "certificate"), error.message, also=(("tls",),))
        return
    ends = certificates.ends_at(settings)
    if ends is not None and ends < certificates.utc_now() + timedelta(days=certificates.RENEW_DAYS / 2):
        facts = {"file": files.certificate, "day": f"{ends:%Y-%m-%d}"}
        yield Remark(
            ("tls", "certificate"), message("ringback.certificate_ends", **facts), level="note", also=(("tls",),)
        )


def _of_services(settings: Settings) -> Iterator[Remark]:
    """URLs of recipients of alarms, and of ways to customers, that no message would reach."""
    for name, service in settings.channels.services.items():
        fault = services.fault_of(service.url.replace(ADDRESS, "12025550123"))
        if fault is not None:
            yield Remark(("channels", "services", name, "url"), fault, also=(("channels",),))
    for name, recipient in settings.alarms.recipients.items():
        for at, url in enumerate(recipient.urls):
            fault = services.fault_of(url)
            if fault is not None:
                yield Remark(("alarms", "recipients", name, "urls", at), fault, also=(("alarms",),))


def _of_asterisk(settings: Settings) -> list[Message]:
    """What the version of the Asterisk that runs, or would be run, means for recordings."""
    try:
        if settings.ami.external:
            if not (settings.data / "secrets.yaml").exists():
                return []  # it cannot know us yet
            there = inquiry.ask(settings, secrets.load_or_create(settings)[0].ami_password)
            version, wide = there.version, there.garbles
        else:
            program = asterisk.find(settings)
            if program is None:
                return []
            version, wide = program.version, []
    except (RingbackError, OSError):
        return []  # whether it answers is the doctor's question
    if wide:
        return [message("app.garbles", version=version or "?", endpoints=", ".join(wide))]
    return [message("app.narrowband", version=version or "?")] if versions.garbles_wideband(version) else []


def reached(settings: Settings) -> list[str]:
    """For each line with a number outside, every way of dialling that reaches it, as one line of text."""
    ways: dict[str, list[str]] = {}
    for text, number in settings.reach.items():
        ways.setdefault(number, []).append(text)
    return [
        f"Line {line.name} is reached by {', '.join(ways[line.number])}"
        for line in settings.lines
        if len(ways.get(line.number, ())) > 1
    ]


def beside_in_force(file: Path, settings: Settings) -> Message | None:
    """What becomes of a file that says something else than what is in force; None: it says the same."""
    found = in_force.read_copy(settings)
    if found is None or found.text == in_force.text_of(file):
        return None
    if in_force.is_unchanged(file, found):
        return message("app.published_since", version=found.version)
    return message("app.not_in_force")


def percents(tell: Tell) -> models_store.Progress:
    """Progress of long steps as one line each tenth."""
    told: dict[str, int] = {}

    def progress(what: str, done: int, total: int) -> None:
        tenth = done * 10 // total if total else 0
        if told.get(what) != tenth:
            told[what] = tenth
            tell(f"{what}: {tenth * 10} % of {total / 1e6:.0f} MB" if total else f"{what}: begun")

    return progress


def models(settings: Settings) -> dict[str, str]:
    """What listens to each language of the lines: engine and folder, or why there is none."""
    found = {}
    for language in settings.served_languages:
        try:
            choice = models_store.choose(settings, language)
        except (ModelError, OSError) as error:
            found[str(language)] = str(error)
        else:
            found[str(language)] = f"{choice.engine}, {choice.folder}"
    return found
