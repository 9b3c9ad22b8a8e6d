"""Topics of 600 labelled calls beside BERTopic, with the same meanings: how well they fit the labels, and how fast.

The peer is installed without torch, into a Python of its own under var/bench, the first time it is asked for; its
packages are not Ringback's. Both get the meanings that `topics` itself makes of what callers say: what is timed is
finding topics and their words. The first run of either is not counted: the peer compiles itself in it.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bench import report
from bench.topic_calls import TOPICS, LabelledCall, labelled_calls
from summary.extract import extract
from summary.sentences import SaidSentence
from topics import clusters, vectors
from topics.words import telling_words
from transcripts.engines.meaning import WIDTH, Vectors

CALLS, SETS, RUNS = 600, (0, 5, 7), 3
"""Calls of each set, and what the sets are made from."""
PEER = ("bertopic==0.17.4",)
PEER_NEEDS = ("numpy", "pandas", "scikit-learn", "tqdm", "plotly", "umap-learn", "hdbscan", "pyyaml")
PEER_FOLDER = Path("var/bench/bertopic")
LEAST_TIMES = 3.0
STRANGERS = 3
"""Topics that are kept back, whose calls are to belong to none."""
_GREETED = {
    "en": ("Good morning, this is Anna, how can I help you?", "One moment, please."),
    "ru": ("Добрый день, меня зовут Анна, чем могу помочь?", "Минутку, пожалуйста."),
}


def meanings_of(calls: Sequence[LabelledCall]) -> Vectors:
    """As the step `topic` makes them; nothing (0) of a call that says no problem."""
    found = []
    for call in calls:
        hello, moment = _GREETED[call.language]
        turns = [("agent", hello), *(("caller", text) for text in call.sentences), ("agent", moment)]
        said = [SaidSentence(at, 0, 1, who, 3.0 * at, 3.0 * at + 2, text) for at, (who, text) in enumerate(turns)]
        points, meant = extract(said, call.language)
        chosen = points["problem"]
        found.append(vectors.of_sentences(meant[chosen]) if chosen else np.zeros(WIDTH, np.float32))
    return np.array(found)


def run(quick: bool) -> dict[str, object]:
    """Seconds are of the fastest of RUNS."""
    from sklearn.metrics import adjusted_rand_score

    ours, theirs, our_seconds, their_seconds = [], [], [], []
    for seed in SETS[:1] if quick else SETS:
        calls = labelled_calls(CALLS, seed)
        meanings = meanings_of(calls)
        calls = [call for call, meaning in zip(calls, meanings, strict=True) if meaning.any()]
        meanings, labels = meanings[meanings.any(axis=1)], [call.topic for call in calls]
        places, seconds = _ours(calls, meanings)
        ours.append(adjusted_rand_score(labels, places))
        our_seconds.append(seconds)
        if (peer := _peer(calls, meanings)) is not None:
            theirs.append(adjusted_rand_score(labels, peer[0]))
            their_seconds.append(peer[1])
    fits, took = float(np.mean(ours)), float(np.mean(our_seconds))
    known, strange = _taken()
    figures = [
        report.Figure("calls about known things that are put to a topic", round(100 * known, 1), "%"),
        report.Figure("calls about things that were not there before", round(100 * strange, 1), "%"),
    ]
    if not theirs:
        alone = [report.Figure("adjusted Rand index", round(fits, 3), ""), *figures]
        return {"figures": alone, "details": {"peer": None}}
    peer_fits, peer_took = float(np.mean(theirs)), float(np.mean(their_seconds))
    figures = [
        report.Figure(
            "adjusted Rand index",
            round(fits, 3),
            "",
            "BERTopic",
            round(peer_fits, 3),
            round(fits - peer_fits, 3),
            "",
            "no worse",
            fits >= peer_fits,
        ),
        report.Figure(
            "seconds to find topics",
            round(took, 2),
            "s",
            "BERTopic",
            round(peer_took, 2),
            round(peer_took / took, 1),
            "x",
            f"at least {LEAST_TIMES} times as fast",
            peer_took >= LEAST_TIMES * took,
        ),
        *figures,
    ]
    return {"figures": figures, "details": {"ours": ours, "theirs": theirs, "seconds": [our_seconds, their_seconds]}}


def _ours(calls: Sequence[LabelledCall], meanings: Vectors) -> tuple[list[int], float]:
    best = float("inf")
    places = np.zeros(0, np.int64)
    for _ in range(RUNS):
        begun = time.perf_counter()
        found = clusters.find(meanings)
        assert found is not None
        places, _ = clusters.nearest(meanings, found.centres, found.reaches)
        said: list[dict[str, list[str]]] = [{} for _ in found.centres]
        for call, place in zip(calls, places, strict=True):
            if place >= 0:
                said[place].setdefault(call.language, []).append(" ".join(call.sentences))
        telling_words(said)
        best = min(best, time.perf_counter() - begun)
    return places.tolist(), best


def _peer(calls: Sequence[LabelledCall], meanings: Vectors) -> tuple[list[int], float] | None:
    """None: it cannot be had."""
    python = PEER_FOLDER / "bin" / "python"
    if not python.exists() and not _installed(python):
        return None
    with tempfile.TemporaryDirectory() as folder:
        texts, arrays = Path(folder) / "texts.json", Path(folder) / "meanings.npy"
        texts.write_text(json.dumps([" ".join(call.sentences) for call in calls]), encoding="utf-8")
        np.save(arrays, meanings)
        script = str(Path(__file__).with_name("topics_peer.py"))
        asked = [str(python), script, str(texts), str(arrays), str(RUNS + 1)]
        told = subprocess.run(asked, check=True, capture_output=True, text=True).stdout
    found = json.loads(told.splitlines()[-1])
    return found["topics"], min(found["seconds"][1:])


def _installed(python: Path) -> bool:
    """BERTopic asks for torch through sentence-transformers, which it needs for none of this."""
    subprocess.run([sys.executable, "-m", "venv", str(PEER_FOLDER)], check=True)
    pip = [str(python), "-m", "pip", "install", "--quiet"]
    done = subprocess.run([*pip, "--no-deps", *PEER], check=False).returncode == 0
    return done and subprocess.run([*pip, *PEER_NEEDS], check=False).returncode == 0


def _taken() -> tuple[float, float]:
    """Of calls about known things, and about other things, which share is put to a topic."""
    known, strange = tuple(TOPICS)[:-STRANGERS], tuple(TOPICS)[-STRANGERS:]

    def some(count: int, seed: int, topics: tuple[str, ...]) -> Vectors:
        meanings = meanings_of(labelled_calls(count, seed, topics))
        return meanings[meanings.any(axis=1)]

    found = clusters.find(some(CALLS, 7, known))
    assert found is not None
    shares = []
    for seed, topics in ((9, known), (8, strange)):
        places, _ = clusters.nearest(some(CALLS // 2, seed, topics), found.centres, found.reaches)
        shares.append(float((places >= 0).mean()))
    return shares[0], shares[1]
