"""Callers who say what they want instead of pressing a key: sound from Asterisk in, the key that is meant out.

A process of its own (`ringback recogniser`), which Asterisk connects to for each menu that takes words (AEAP). Owns no
rows. Without it callers press keys.
"""
