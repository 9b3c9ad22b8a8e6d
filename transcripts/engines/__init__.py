"""Speech engines: which models there are, and sound to words. Owns no rows."""
