"""What colleagues are written about, and which of it a person can say no to."""

from typing import Literal, get_args

LetterKind = Literal["assigned", "reminder", "due", "overdue", "scored", "disputed", "answered"]
"""assigned: a playlist is to be heard; reminder: somebody reminds of it; due: its day is tomorrow; overdue: its day is
over; scored: an evaluation of one's call was handed in; disputed: a dispute waits for an answer; answered: it has
one."""

LetterTopic = Literal["assignments", "reminders", "scores", "disputes"]
TOPICS: tuple[LetterTopic, ...] = get_args(LetterTopic)
"""What a person can want no mail of."""
TOPIC_OF: dict[LetterKind, LetterTopic] = {
    "assigned": "assignments",
    "reminder": "reminders",
    "due": "reminders",
    "overdue": "reminders",
    "scored": "scores",
    "disputed": "disputes",
    "answered": "disputes",
}
