"""Drills: a call stops before the agent's turn, somebody answers, and what must be said is looked for in the answer."""
