"""Transcripts as files that other programs read. Owns no rows."""
