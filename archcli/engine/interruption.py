"""Ctrl-C and SIGTERM as a request that the loop grants at its next look-up, with its state kept."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

EXIT_STATUS_OF_SIGNALS = 128


class StopRequest:
    """Whether somebody has asked for the end.

    Attributes:
        signal_number: The signal that asked for it; None as long as none did.
    """

    def __init__(self) -> None:
        """Begin with no request."""
        self.signal_number: int | None = None

    @property
    def is_made(self) -> bool:
        """Return whether the end was asked for."""
        return self.signal_number is not None

    @property
    def exit_status(self) -> int:
        """Return 130 for Ctrl-C, 143 for SIGTERM."""
        return EXIT_STATUS_OF_SIGNALS + (self.signal_number or signal.SIGINT)

    def receive(self, signal_number: int, frame: FrameType | None) -> None:
        """Note the first signal; a second Ctrl-C ends everything at once.

        Raises:
            KeyboardInterrupt: Somebody is impatient.
        """
        del frame
        if self.is_made and signal_number == signal.SIGINT:
            raise KeyboardInterrupt
        if not self.is_made:
            self.signal_number = signal_number


@contextmanager
def signals_as_requests() -> Iterator[StopRequest]:
    """Take Ctrl-C and SIGTERM as requests while the block runs.

    Outside the main thread, where Python allows no handlers, none ever comes.
    """
    request = StopRequest()
    if threading.current_thread() is not threading.main_thread():
        yield request
        return
    earlier = {number: signal.signal(number, request.receive) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield request
    finally:
        for number, handler in earlier.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
