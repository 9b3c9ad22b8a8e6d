"""Mail to colleagues about what waits for them: written with what it tells of, sent once, given up after some days."""
