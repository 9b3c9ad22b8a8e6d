"""Puts the parts together: a recording becomes a transcript, and is made again when something changes."""
