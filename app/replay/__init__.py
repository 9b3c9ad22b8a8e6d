"""Calls of the past through other settings: what callers would have met, by the code that serves them."""
