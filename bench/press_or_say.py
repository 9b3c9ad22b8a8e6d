"""Press or say: how often a spoken answer is understood, asked about, missed or taken for another, and how soon.

What callers say to menus that no threshold was chosen on (`press_or_say_cases.py`), by several voices in English and
Russian, through a telephone, clean and with noise behind them (`press_or_say_speech.py`); all of it goes through what
runs in the recogniser (`press_or_say_trial.py`). Silently wrong is an answer that leads somewhere else without a
question. With `--quick` a tenth of the answers is said. The delay on the real Asterisk, from the end of the word to the
next prompt, is measured by SIP callers (`press_or_say_calls.py`).
"""

import random
import tempfile
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from bench.press_or_say_calls import delays
from bench.press_or_say_cases import Answer, answers
from bench.press_or_say_speech import NOISES, VOICES, Callers, telephone
from bench.press_or_say_trial import answer
from bench.report import Figure, percentile
from prompts.errors import PromptBuildError
from recogniser.engines import WhisperUtterances
from ringback.config import Settings
from ringback.phrases import with_numbers
from survey.figures import wilson
from transcripts.engines.models_store import whisper_folder
from transcripts.engines.whisper_engine import WhisperModel

SNR = 10.0
WHOLE, QUICK = 900, 90
"""Answers that are said, each clean and with one of the noises."""
PART = "measured"
WANTED_RIGHT, WANTED_WRONG, WANTED_DELAY = 95.0, 1.0, 0.8


def run(quick: bool, part: str = PART) -> dict[str, Any]:
    settings = Settings()
    engine = WhisperUtterances(WhisperModel(whisper_folder(settings), 1))
    folder = Path(tempfile.gettempdir()) / "ringback-bench-voices"
    callers = Callers(folder)
    said = [(voice, each) for language in VOICES for voice in VOICES[language] for each in answers(language, part)]
    random.Random(1).shuffle(said)
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    by_voice: dict[str, Counter[str]] = defaultdict(Counter)
    took: list[float] = []
    for number, (voice, each) in enumerate(said[: QUICK if quick else WHOLE]):
        try:
            speech = callers.say(each.menu.language, voice, each.text)
        except (PromptBuildError, OSError) as error:
            return {"left_out": f"a voice is not here: {error}"}
        for noise in (None, NOISES[number % len(NOISES)]):
            options = with_numbers(tuple(each.menu.options.items()), each.menu.language, person=True)
            outcome = answer(engine, each.menu.language, options, telephone(speech, noise, SNR, number))
            became = _became(outcome.result, each)
            counts[each.menu.language, "clean" if noise is None else "noise"][became] += 1
            if noise is None and each.key is not None:
                by_voice[voice][became] += 1
            took += outcome.heard[-1:]
    figures = _figures(counts)
    figures.append(Figure("hearing one utterance, middle", percentile(took, 0.5), "s"))
    waits = delays(folder, 5 if quick else 20)
    if waits:
        middle = percentile(waits, 0.5)
        wanted = f"at most {WANTED_DELAY:g} s"
        figures += [
            Figure(
                "end of the word to the next prompt, middle",
                middle,
                "s",
                "limit",
                WANTED_DELAY,
                middle,
                "s",
                wanted,
                middle <= WANTED_DELAY,
            ),
            Figure("end of the word to the next prompt, p95", percentile(waits, 0.95), "s"),
        ]
    details = {
        "part": part,
        "counts": {f"{language} {how}": dict(found) for (language, how), found in sorted(counts.items())},
        "clean_by_voice": {voice: dict(found) for voice, found in sorted(by_voice.items())},
        "delays": [round(each, 3) for each in waits],
    }
    return {"figures": figures, "details": details}


def _became(result: str | None, said: Answer) -> str:
    """What the answer came to; `elsewhere` is what was said to somebody else."""
    asked = (result or "").startswith("?") and result != "?"
    if said.key is None:
        return "elsewhere asked" if asked else "elsewhere taken" if result not in ("", "?", None) else "elsewhere"
    if result in ("", "?", None):
        return "missed"
    right = (result or "").removeprefix("?") == said.key
    return ("asked" if right else "asked wrongly") if asked else ("right" if right else "wrong")


def _figures(counts: dict[tuple[str, str], Counter[str]]) -> list[Figure]:
    figures = []
    for (language, how), found in sorted(counts.items()):
        whole = sum(found[name] for name in ("right", "asked", "missed", "asked wrongly", "wrong"))
        right, wrong = 100 * found["right"] / whole, 100 * found["wrong"] / whole
        low, high = (100 * bound for bound in wilson(found["right"], whole))
        met = right >= WANTED_RIGHT
        what = f"{language} {how}, {whole} answers: right at once ({low:.0f} to {high:.0f})"
        limit: tuple[Any, ...] = ("limit", WANTED_RIGHT, right, "%", "at least 95 %", met) if how == "clean" else ()
        figures.append(Figure(what, right, "%", *limit))
        after = 100 * (found["right"] + found["asked"]) / whole
        figures.append(Figure(f"{language} {how}: right, at once or after one question", after, "%"))
        most = 100 * wilson(found["wrong"], whole)[1]
        what = f"{language} {how}: silently wrong (at most {most:.1f})"
        figures.append(
            Figure(what, wrong, "%", "limit", WANTED_WRONG, wrong, "%", "at most 1 %", wrong <= WANTED_WRONG)
        )
        elsewhere = sum(found[name] for name in ("elsewhere", "elsewhere asked", "elsewhere taken"))
        if elsewhere:
            what = f"{language} {how}: said to somebody else and taken, of {elsewhere}"
            figures.append(Figure(what, 100 * found["elsewhere taken"] / elsewhere, "%"))
    return figures
