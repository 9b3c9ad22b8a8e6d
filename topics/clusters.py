"""Meanings of calls -> topics: how many there are, where they lie, and how like one a call must be. Pure.

Each call is joined to the calls most like it, and the graph of them is cut where it is thin: spectral clustering (Ng,
Jordan and Weiss, 2001). Into how many topics it is cut is what tells them apart best, by the silhouette (Rousseeuw,
1987) of the meanings themselves. It is done with SEARCHED calls at most; with more, k-means goes on from there by
batches. A call that is less like its topic than nearly all of it belongs to none.
"""

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from topics.vectors import unit
from transcripts.engines.meaning import Vectors

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

LEAST_CALLS = 60
"""Fewer tell nothing of topics."""
LEAST_SIZE = 5
"""Calls of a topic; what fewer have in common is chance."""
CALLS_FOR_TOPICS = 2
"""So many times the square of their number there must be calls, or ways of saying one thing are taken for topics."""
SEARCHED = 2000
"""Calls of which the graph is made."""
NEIGHBOURS = 12
"""Each call is joined to so many."""
WIDTHS, MANY, MORE_WIDTHS = (6,), 1500, (6, 12, 24)
"""Into how many numbers the graph is laid out; from MANY calls on there may be more topics than few numbers tell
apart."""
TRIES = 4
"""Of k-means, from other beginnings."""
BATCH = 2048
REACH_QUANTILE = 0.05
"""So large a part of a topic's calls is taken for none of it: the farthest, among which strangers are."""

Labels = NDArray[np.int64]


@dataclass(frozen=True)
class Clusters:
    """What was found."""

    centres: Vectors
    reaches: NDArray[np.float32]
    """For each centre how like it a call must be."""


def find(meanings: Vectors, tick: Callable[[], None] = lambda: None) -> Clusters | None:
    """None: too few calls. The same calls give the same topics.

    On one core: more of them cost four times the work of one, and calls that go on need theirs.
    """
    if len(meanings) < LEAST_CALLS:
        return None
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        return _found(meanings, tick)


def _found(meanings: Vectors, tick: Callable[[], None]) -> Clusters:
    some = _some(meanings)
    labels = _cut(some, tick)
    centres = _centres(some, labels)
    if len(some) < len(meanings):
        from sklearn.cluster import MiniBatchKMeans

        tick()
        going_on = MiniBatchKMeans(len(centres), init=centres, n_init=1, batch_size=BATCH, random_state=0)
        labels = np.asarray(going_on.fit_predict(meanings), np.int64)
        centres = _centres(meanings, labels)
    places, _ = nearest(meanings, centres, np.full(len(centres), -1, np.float32))
    kept, reaches = [], []
    for place, centre in enumerate(centres):
        of_it = meanings[places == place]
        if len(of_it) >= LEAST_SIZE:
            kept.append(centre)
            reaches.append(float(np.quantile(_likeness_to_others(of_it), REACH_QUANTILE)))
    return Clusters(np.array(kept, np.float32), np.array(reaches, np.float32))


def nearest(meanings: Vectors, centres: Vectors, reaches: NDArray[np.float32]) -> tuple[Labels, NDArray[np.float32]]:
    """For each meaning the place of its centre, -1 for none, and how like it it is."""
    if not len(centres) or not len(meanings):
        return np.full(len(meanings), -1, np.int64), np.zeros(len(meanings), np.float32)
    likeness = meanings @ centres.T
    places = likeness.argmax(axis=1)
    best = likeness[np.arange(len(meanings)), places]
    return np.where(best >= reaches[places], places, -1), np.asarray(best, np.float32)


def _likeness_to_others(meanings: Vectors) -> NDArray[np.float32]:
    """How like each is to the middle of all others: a call that comes later has no part in the middle either."""
    others = meanings.sum(axis=0) - meanings
    return np.asarray((meanings * unit(others)).sum(axis=1), np.float32)


def _some(meanings: Vectors) -> Vectors:
    if len(meanings) <= SEARCHED:
        return meanings
    chosen = np.random.default_rng(0).choice(len(meanings), SEARCHED, replace=False)
    return meanings[np.sort(chosen)]


def _cut(meanings: Vectors, tick: Callable[[], None]) -> Labels:
    """The graph's parts, as many as tell the meanings apart best."""
    from sklearn.metrics import silhouette_score

    likeness = meanings @ meanings.T
    graph = _graph(likeness)
    apart = np.clip(1 - likeness, 0, None)
    np.fill_diagonal(apart, 0)
    most = max(2, math.isqrt(len(meanings) // CALLS_FOR_TOPICS))
    best, found = -2.0, np.zeros(len(meanings), np.int64)
    for width in WIDTHS if len(meanings) < MANY else MORE_WIDTHS:
        tick()
        laid_out = unit(_laid_out(graph, width))
        for count in range(2, most + 1):
            labels = _k_means(laid_out, count)
            if len(set(labels)) > 1 and (told := float(silhouette_score(apart, labels, metric="precomputed"))) > best:
                best, found = told, labels
            tick()
    return found


def _k_means(places: NDArray[np.float32], count: int) -> Labels:
    from sklearn.cluster import KMeans

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Number of distinct clusters")  # fewer are as good
        return np.asarray(KMeans(count, n_init=TRIES, random_state=0).fit_predict(places), np.int64)


def _laid_out(graph: "csr_matrix", width: int) -> NDArray[np.float32]:
    """Calls that hang together lie together. What is in several pieces already is told apart by that first."""
    from scipy.sparse.csgraph import connected_components
    from sklearn.manifold import spectral_embedding

    pieces, _ = connected_components(graph, directed=False)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Graph is not fully connected")  # see above
        found = spectral_embedding(graph, n_components=width, drop_first=pieces == 1, random_state=0)
    return np.asarray(found, np.float32)


def _graph(likeness: NDArray[np.float32]) -> "csr_matrix":
    """Each call joined to those most like it."""
    from scipy.sparse import csr_matrix

    count = len(likeness)
    near = np.argpartition(-likeness, NEIGHBOURS, axis=1)[:, : NEIGHBOURS + 1]
    places = (np.repeat(np.arange(count), NEIGHBOURS + 1), near.ravel())
    graph = csr_matrix((np.ones(near.size), places), shape=(count, count))
    return (graph + graph.T) / 2


def _centres(meanings: Vectors, labels: Labels) -> Vectors:
    return np.array([unit(meanings[labels == label].mean(axis=0)) for label in np.unique(labels)], np.float32)
