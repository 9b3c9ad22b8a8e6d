"""A private Ringback for a short while, and what is shown on it: the demo's call."""
