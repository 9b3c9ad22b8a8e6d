"""Whether a moment is one in which the machine's clock may be followed: see `ringback/clock.py`."""

from controller.runner import Runner


def is_idle(runner: Runner) -> bool:
    """Nothing is being measured: nobody calls, is called or waits, no agent wraps up or is on a break of set length."""
    return not (runner.calls or runner.outbound.is_calling or runner.router.next_timer() is not None)
