"""Whether anything may be fetched, `--offline`, and how it shows: a line on standard error now and then."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

OFFLINE: Final = "--offline"
"""The option that forbids to fetch anything, wherever it stands."""

OFFLINE_VARIABLE: Final = "ARCHCLI_OFFLINE"
"""The variable that says the same to every process that is started from this one."""

FETCHING: Final = "archcli.fetching"
"""The logger that is told how much of a file has come."""

_MAY_FETCH: Final = ("bench", "data", "evaluate", "export", "resume", "summary", "train", "tune")
_QUIET: Final = ("--quiet", "-q")


def take_offline(given: Sequence[str]) -> list[str]:
    """Return the arguments without `--offline`; where it was among them, nothing is fetched from now on."""
    options = given[: given.index("--")] if "--" in given else given
    if OFFLINE not in options:
        return list(given)
    os.environ[OFFLINE_VARIABLE] = "1"
    return [argument for at, argument in enumerate(given) if argument != OFFLINE or at >= len(options)]


@contextmanager
def shown_fetching(given: Sequence[str]) -> Iterator[None]:
    """Show on standard error what is fetched meanwhile, by a command that may fetch and is not to be quiet."""
    if not given or given[0] not in _MAY_FETCH or any(option in given for option in _QUIET):
        yield
        return
    import logging  # other commands need not wait for it

    logger, handler = logging.getLogger(FETCHING), logging.StreamHandler(sys.stderr)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.propagate = True
