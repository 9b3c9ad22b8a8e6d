"""Every path through a flow as walks of callers, each in the ways in which callers go it.

Owns which walks there are; what a walk is, and who plays it, is `tests/support/random_flows.py`'s.
"""

from collections.abc import Iterator

from ringback.config import EntryPoint, Settings
from tests.support.random_flows import AFTER, DURING, GONE, Step, Walk

DEEPEST = 3
"""Menus one after another."""


def paths_of(settings: Settings, menu: str, depth: int = DEEPEST) -> Iterator[tuple[str, ...]]:
    """The keys of each way from a menu to where a choice leads out of the menus."""
    yield ("0",)
    for key, option in settings.menus[menu].options.items():
        deeper = [end.menu for _, end in option.ends() if end.menu is not None]
        if deeper and depth > 1:
            for path in paths_of(settings, deeper[0], depth - 1):
                yield (key, *path)
        else:
            yield (key,)


def walks_of(settings: Settings, line: EntryPoint) -> Iterator[Walk]:
    """Each path with its keys during, after and (the first of them) before the prompts, and left at every prompt."""
    for path in paths_of(settings, line.menu):
        for when in (DURING, AFTER):
            yield _walk(*(Step(when, key) for key in path))
        if line.notice and not line.notice_can_be_skipped:
            yield _walk(*(Step(DURING, key) for key in path[1:]), ahead=path[0])
        yield _walk(*(Step(DURING, key) for key in path[:-1]), Step(GONE))
    yield _walk(Step(GONE))
    yield _walk(Step(DURING, "9"), Step(AFTER, "#"), Step(DURING, path_end(settings, line)))


def path_end(settings: Settings, line: EntryPoint) -> str:
    """A key of the line's own menu."""
    return next(iter(settings.menus[line.menu].options))


def _walk(*steps: Step, ahead: str = "") -> Walk:
    return Walk({}, {}, ahead, steps, is_vip=False)
