"""Scripted callers, kept beside the settings: what they press, and what is to become of them."""
