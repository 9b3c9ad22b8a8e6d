"""What the past says in figures: facts of calls, added up; each figure with its rule."""
