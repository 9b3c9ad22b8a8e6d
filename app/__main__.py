"""`python -m app` and the command `ringback`: the command line."""

import gc

# What a program loads stays: looking for garbage among it after every 700 new objects takes a tenth of a start.
gc.set_threshold(20_000, 20, 20)

from app.cli import main  # noqa: E402 - after the line above

main()
