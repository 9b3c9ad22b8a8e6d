"""The library of those who train: marks on what was said, clips, playlists, and what was given to whom to hear.

Owns these rows and what may be done with them. Whose calls somebody sees and hears is `web/access.py`'s, the sound
`recording`'s, the text `transcripts`'.
"""
