"""Scoring conversations: scorecards, evaluations of calls with evidence, disputes, goals and agreement of reviewers.

Owns these rows and what may be done with them. Evidence is a mark (`library`), what is known of a call is read where it
is kept (`transcripts`, `reports`); whose calls somebody sees is `web/access.py`'s.
"""
