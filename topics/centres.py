"""Where topics lie, as the store has them: to which a call belongs."""

from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from topics import clusters, vectors
from topics.models import TopicCentre
from transcripts.engines.meaning import Vectors


@dataclass(frozen=True)
class Centres:
    """Of all topics; a topic may have several."""

    ids: list[UUID]
    topics: list[UUID]
    """Whose each is."""
    vectors: Vectors
    reaches: NDArray[np.float32]

    @classmethod
    def load(cls, session: Session) -> "Centres":
        rows = session.scalars(select(TopicCentre).order_by(TopicCentre.id)).all()
        return cls(
            [row.id for row in rows],
            [row.topic_id for row in rows],
            vectors.unpacked([row.vector for row in rows]),
            np.array([row.reach for row in rows], np.float32),
        )

    def nearest(self, meanings: Vectors) -> list[tuple[UUID | None, float | None]]:
        """For each meaning its topic and how like it it is."""
        places, likeness = clusters.nearest(meanings, self.vectors, self.reaches)
        return [
            (self.topics[place], round(float(like), 4)) if place >= 0 else (None, None)
            for place, like in zip(places, likeness, strict=True)
        ]
