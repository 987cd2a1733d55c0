"""Ctrl-C and SIGTERM as requests."""

from __future__ import annotations

import os
import signal

import pytest

from archcli.engine.interruption import StopRequest, signals_as_requests


def test_ctrl_c_is_a_request() -> None:
    """The block goes on, and knows that it is to end."""
    with signals_as_requests() as request:
        before = request.is_made
        os.kill(os.getpid(), signal.SIGINT)
        after = request.is_made

    assert (before, after) == (False, True)
    assert request.exit_status == 130


def test_sigterm_is_a_request_too() -> None:
    """It has a status of its own, which a later Ctrl-C does not change."""
    with signals_as_requests() as request:
        os.kill(os.getpid(), signal.SIGTERM)

    assert request.exit_status == 143


def test_a_second_ctrl_c_ends_everything_at_once() -> None:
    """Who presses twice does not want to wait."""
    request = StopRequest()
    request.receive(signal.SIGINT, None)

    with pytest.raises(KeyboardInterrupt):
        request.receive(signal.SIGINT, None)


def test_a_second_sigterm_changes_nothing() -> None:
    """The end is under way already."""
    request = StopRequest()

    request.receive(signal.SIGTERM, None)
    request.receive(signal.SIGTERM, None)

    assert request.exit_status == 143


def test_the_handlers_of_before_are_back_after_the_block() -> None:
    """Whoever handled Ctrl-C handles it again."""
    before = signal.getsignal(signal.SIGINT)

    with signals_as_requests():
        within = signal.getsignal(signal.SIGINT)

    assert signal.getsignal(signal.SIGINT) is before
    assert within is not before
