"""How many secrets can still be heard after redaction: 400 invented calls with planted secrets, in both languages.

Each call is spoken by synthetic voices through a telephone line, recognised, masked and proven as the worker does it.
A secret counts as audible when more than a fifth of a second of it is not silent (a spoken digit takes longer), by the
times at which it was really said; as legible when a second recognition of the masked sound tells so much of it that a
part could be used. Wanted: at most 1% of the secrets audible. Speaking and hearing take an hour the first time; what
was made is kept in `var/bench/redaction` (or RINGBACK_BENCH_CACHE), so another run takes minutes.

    python -m bench.redaction [--quick] [--set cards|bank] [--language en|ru] [--first NUMBER] [--calls COUNT]

There are two sets of calls: 300 with cards, phones, addresses and names, and 100 with PINs, codes that were sent,
passwords and accounts at banks. Calls have numbers; the rules were made with those of the first set below 150 in view,
`--first 150` asks for others. With --language and --calls a run can be cut into pieces: what was heard is kept.
"""

import argparse
import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import redaction_bank_calls, redaction_calls, report
from bench.redaction_calls import NAMES, Planted, Script
from bench.redaction_heard import Hearer
from bench.redaction_speech import Said, Spoken, Voices, missing, spoken
from ringback.config import Settings
from transcripts.engines.decode import SpeakerPart
from transcripts.engines.models_store import whisper_folder
from transcripts.engines.recogniser import Word
from transcripts.engines.whisper_engine import WhisperModel
from transcripts.redaction import proof
from transcripts.redaction.detect import RedactionRules, find
from transcripts.redaction.intervals import CHANNELS, SecretInterval, Silence, silences
from transcripts.redaction.numbers import SpokenNumber, digits_of, number_in

AUDIBLE_SECONDS = 0.2
WANTED_PERCENT = 1.0
CALLS = 150
QUICK_CALLS = 10
LANGUAGES = ("en", "ru")
SETS: dict[str, tuple[Callable[[str, int, int], Iterator[Script]], int]] = {
    "cards": (redaction_calls.scripts, CALLS),
    "bank": (redaction_bank_calls.scripts, 50),
}
"""By name: the calls, and how many there are of each language."""
LEGIBLE_DIGITS = {"card": 5, "phone": 5, "code": 3, "expiry": 3, "pin": 3, "one_time_code": 3, "bank_account": 4}
"""So many digits in a row, heard in the masked sound, tell something."""
NEAR_SECONDS = 4.0
"""Recognisers are careless with times; further away the same digits are another number's."""
KINDS = ("card", "code", "expiry", "phone", "email", "name", "pin", "one_time_code", "password", "bank_account")


@dataclass
class Tally:
    """What is counted over all calls of a language."""

    calls: int = 0
    lookalikes: int = 0
    planted: Counter[str] = field(default_factory=Counter)
    unfound: Counter[str] = field(default_factory=Counter)
    """Audible after the first masking, before the proof."""
    audible: Counter[str] = field(default_factory=Counter)
    legible: Counter[str] = field(default_factory=Counter)
    exposed: Counter[str] = field(default_factory=Counter)
    """Audible, legible or both; each secret once."""
    withheld: int = 0
    """Calls whose proof failed: nobody without the right hears them."""
    kept_back: Counter[str] = field(default_factory=Counter)
    """Secrets in those calls. They are neither audible nor silent: they count apart."""
    audible_if_heard: Counter[str] = field(default_factory=Counter)
    """As `audible`, with the withheld ones."""
    false_alarms: Counter[str] = field(default_factory=Counter)
    over_silenced: float = 0.0
    """Seconds of other speech that became silent."""
    speech: float = 0.0
    rounds: Counter[int] = field(default_factory=Counter)
    misses: list[str] = field(default_factory=list)


def run(
    quick: bool,
    first: int = 0,
    calls: int | None = None,
    sets: Sequence[str] = tuple(SETS),
    languages: Sequence[str] = LANGUAGES,
) -> dict[str, Any]:
    """Figures for both languages; one whose voice is not installed is left out with the reason."""
    folder = Path(os.environ.get("RINGBACK_BENCH_CACHE") or "var/bench/redaction")
    voices = Voices(folder)
    model = WhisperModel(whisper_folder(Settings(data=folder)), 1)
    figures: list[report.Figure] = []
    details: dict[str, Any] = {}
    for language in languages:
        reason = missing(language)
        if reason is not None:
            details[language] = {"left_out": reason}
            continue
        hearer = Hearer(model, language, folder / "heard")
        for name in sets:
            scripts, count = SETS[name]
            tally = Tally()
            for script in scripts(language, calls or (QUICK_CALLS if quick else count), first):
                _measure(tally, script, spoken(script, voices, folder / "calls"), hearer, folder / "masked")
            figures += figures_of(f"{language}, {name}", tally)
            details[f"{language}, {name}"] = _details(tally)
    if not figures:
        return {"left_out": "; ".join(str(each["left_out"]) for each in details.values())}
    return {"figures": figures, "details": details}


def rules() -> RedactionRules:
    """Everything is looked for."""
    return RedactionRules(phones=True, emails=True, names=NAMES["en"] + NAMES["ru"])


def _measure(tally: Tally, script: Script, call: Spoken, hearer: Hearer, masked: Path) -> None:
    words, ranges = hearer.first(call.path)
    intervals = first_spots(words, ranges)
    masked.mkdir(parents=True, exist_ok=True)
    sounds = proof.Sounds(call.path, masked / call.path.name, masked / f"{call.path.stem}.json", "bench")
    parts = [SpeakerPart("caller", 0, 0.0, call.seconds), SpeakerPart("agent", 1, 0.0, call.seconds)]
    settings = Settings().redaction
    outcome = proof.prove(
        sounds, parts, intervals, words, rules(), hearer, lambda: None, settings.margin_seconds, settings.tries
    )
    first = silences(intervals, words, call.seconds, settings.margin_seconds)
    tally.calls += 1
    tally.lookalikes += script.lookalikes
    tally.rounds[outcome.rounds] += 1
    tally.withheld += not outcome.passed
    for number, secret in enumerate(script.secrets):
        said = [each for each in call.said if each.secret == number]
        tally.unfound[secret.kind] += exposed(said, first) > AUDIBLE_SECONDS
        seconds = exposed(said, outcome.silent)
        is_legible = legible(secret, said, outcome.heard)
        count(tally, script.name, secret.kind, seconds, is_legible=is_legible, passed=outcome.passed)
    _count_harm(tally, call, outcome)


def count(tally: Tally, name: str, kind: str, seconds: float, *, is_legible: bool, passed: bool) -> None:
    """One secret: `seconds` of it are not silent; `passed`: people get to hear its call."""
    tally.planted[kind] += 1
    is_audible = seconds > AUDIBLE_SECONDS
    tally.audible_if_heard[kind] += is_audible
    if not passed:
        tally.kept_back[kind] += 1
        return
    tally.audible[kind] += is_audible
    tally.legible[kind] += is_legible
    tally.exposed[kind] += is_audible or is_legible
    if is_audible:
        tally.misses.append(f"{name} {kind}: {seconds:.2f} s audible")
    if is_legible:
        tally.misses.append(f"{name} {kind}: legible")


def first_spots(words: dict[str, list[Word]], ranges: dict[str, list[list[float]]]) -> list[SecretInterval]:
    """What is masked before anything is listened to again."""
    found = [
        SecretInterval(each.kind, each.speaker, min(w.start for w in said), max(w.end for w in said))
        for each in find(words, rules())
        if (said := words[each.speaker][each.first : each.last])
    ]
    return found + proof.suspects(words, ranges, rules())


def exposed(said: Iterable[Said], silent: Sequence[Silence]) -> float:
    """Seconds of a secret that are not silent, on the side where it was said."""
    left = 0.0
    for piece in said:
        covered = [
            (max(piece.start, each.start), min(piece.end, each.end))
            for each in silent
            if each.channel == piece.channel and each.end > piece.start and each.start < piece.end
        ]
        left += piece.end - piece.start - sum(end - start for start, end in covered)
    return left


def legible(secret: Planted, where: Sequence[Said], heard: Mapping[str, Sequence[Word]]) -> bool:
    """Whether the words understood of a masked call, about where a secret was said, tell a part that could be used."""
    first, last = min(each.start for each in where) - NEAR_SECONDS, max(each.end for each in where) + NEAR_SECONDS
    said = [word.text for words in heard.values() for word in words if first < word.start and word.end < last]
    if secret.kind == "email":
        user = secret.value.partition("@")[0]
        return user in "".join(said).lower().replace(" ", "")
    if secret.kind == "password":
        return secret.value.split()[0].lower() in " ".join(said).lower()
    if secret.kind == "name":
        return secret.value.split()[1].lower()[:-1] in " ".join(said).lower()
    rows: list[str] = []
    row: list[SpokenNumber] = []
    for text in said:
        number = number_in(text)
        if number is None:
            rows.append(digits_of(row))
            row = []
        else:
            row.append(number)
    rows.append(digits_of(row))
    least = LEGIBLE_DIGITS[secret.kind]
    parts = {secret.value[at : at + least] for at in range(len(secret.value) - least + 1)}
    return any(part in digits for part in parts for digits in rows)


def _count_harm(tally: Tally, call: Spoken, outcome: proof.Proof) -> None:
    """Places that stand for no secret, and other people's words that became silent."""
    for interval in outcome.intervals:
        # On the other side it may be the echo of a secret.
        near = any(said.start - 1.0 < interval.end and interval.start < said.end + 1.0 for said in call.said)
        if not near:
            tally.false_alarms[interval.kind] += 1
    secret = {(said.channel, round(said.start, 3)) for said in call.said}
    for speaker, start, end, _text in call.texts:
        channel = CHANNELS[speaker]
        tally.speech += end - start
        if (channel, round(start, 3)) not in secret:
            tally.over_silenced += end - start - exposed([Said(0, channel, start, end)], outcome.silent)


def figures_of(language: str, tally: Tally) -> list[report.Figure]:
    planted = sum(tally.planted.values())
    # Of those that anybody gets to hear: what is kept back says nothing about the masking.
    given = max(1, planted - sum(tally.kept_back.values()))
    audible, legible_share, either = (
        100 * sum(c.values()) / given for c in (tally.audible, tally.legible, tally.exposed)
    )
    found_late = 100 * sum(tally.unfound.values()) / planted
    wanted = f"at most {WANTED_PERCENT} %"
    what = f"{language}: secrets audible, of {given} in {tally.calls - tally.withheld} calls that are given out"
    return [
        report.Figure(
            what, audible, "%", "before the proof", found_late, either, "%", wanted, either <= WANTED_PERCENT
        ),
        report.Figure(f"{language}: secrets legible in the masked sound", legible_share, "%"),
        report.Figure(f"{language}: calls withheld, proof failed", 100 * tally.withheld / tally.calls, "%"),
        report.Figure(
            f"{language}: secrets in withheld calls, of {planted}", 100 * sum(tally.kept_back.values()) / planted, "%"
        ),
        report.Figure(f"{language}: false alarms a call", sum(tally.false_alarms.values()) / tally.calls, ""),
        report.Figure(f"{language}: other speech silenced", 100 * tally.over_silenced / tally.speech, "%"),
    ]


def _details(tally: Tally) -> dict[str, Any]:
    by_kind = {
        kind: {
            "planted": tally.planted[kind],
            "audible_before_the_proof": tally.unfound[kind],
            "audible": tally.audible[kind],
            "audible_if_withheld_calls_were_heard": tally.audible_if_heard[kind],
            "legible": tally.legible[kind],
            "audible_or_legible": tally.exposed[kind],
            "in_withheld_calls": tally.kept_back[kind],
            "false_alarms": tally.false_alarms[kind],
        }
        for kind in KINDS
    }
    return {
        "calls": tally.calls,
        "lookalikes": tally.lookalikes,
        "withheld": tally.withheld,
        "rounds": dict(sorted(tally.rounds.items())),
        "kinds": by_kind,
        "misses": tally.misses,
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.redaction")
    parser.add_argument("--quick", action="store_true", help="ten calls a language")
    parser.add_argument("--first", type=int, default=0, help="number of the first call")
    parser.add_argument("--calls", type=int, help="so many of each language")
    parser.add_argument("--set", action="append", choices=SETS, help="one of the sets of calls alone")
    parser.add_argument("--language", action="append", choices=LANGUAGES, help="one language alone")
    options = parser.parse_args()
    found = run(options.quick, options.first, options.calls, options.set or tuple(SETS), options.language or LANGUAGES)
    if "figures" in found:
        report.table("Redaction", found["figures"])
        found["figures"] = report.as_json(found["figures"])
    print(json.dumps(found, indent=2, ensure_ascii=False))
