"""A package, so that what these tests share ends with them."""
