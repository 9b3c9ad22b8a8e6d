"""The base of every error a person may see.

A room defines its own base in its `errors.py` from this one. The message is one sentence that says
what happened and what to do; it is shown to people as it is.
"""


class RingbackError(Exception):
    """Something Ringback can explain in one sentence."""
