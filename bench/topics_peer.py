"""BERTopic without torch, in a Python of its own: texts and their meanings in, a topic for each out.

Run by `bench/topics.py`, never imported by it: the peer's packages are not Ringback's. Its defaults: UMAP, HDBSCAN,
class-based tf-idf; topics of ten texts or more.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np


def main(texts_file: str, meanings_file: str, runs: int) -> None:
    """Prints `{"topics": [...], "seconds": [...]}`, seconds of each run; the first one compiles."""
    from bertopic import BERTopic
    from umap import UMAP

    texts = json.loads(Path(texts_file).read_text(encoding="utf-8"))
    meanings = np.load(meanings_file)
    seconds, topics = [], []
    for _ in range(runs):
        # As BERTopic makes it, but the same every time.
        reduce = UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=0)
        begun = time.perf_counter()
        found, _ = BERTopic(umap_model=reduce, language="multilingual").fit_transform(texts, meanings)
        seconds.append(time.perf_counter() - begun)
        topics = [int(topic) for topic in found]
    print(json.dumps({"topics": topics, "seconds": seconds}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
