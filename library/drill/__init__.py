"""Drills: a call stops before the agent's turn, somebody answers. So far their rows alone."""
