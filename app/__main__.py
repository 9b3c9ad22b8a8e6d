"""`python -m app`: the command line, where there is no `ringback` command."""

from app.cli import main

main()
