"""What a call was about, in its own sentences: the problem, what was promised, what came of it."""
