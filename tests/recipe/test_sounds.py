"""What follows from what a recipe says of its sounds."""

from __future__ import annotations

import pytest

from archcli.errors import Location, Source
from archcli.recipe.facts import Spectrum
from archcli.recipe.recipe import Named, Value
from archcli.recipe.sounds import asked_spectrum


def asked(**arguments: Value) -> Spectrum:
    """Return what a recipe says of sounds of 16 kHz and one second."""
    return asked_spectrum(Named("audio", {"sampling_rate": 16000, "seconds": 1, **arguments}, Location(Source("r"), 1)))


def test_frames_follow_from_the_rate() -> None:
    """25 ms long, every 10 ms, a number for each frequency up to half the rate."""
    assert asked() == Spectrum(16000, 16000, 400, 160, None)
    assert asked().shape == (1 + (16000 - 400) // 160, 201)


@pytest.mark.parametrize(
    ("arguments", "shape"),
    [
        ({"num_mel_bins": 40}, (98, 40)),
        ({"frame_length": 256, "frame_step": 128}, (124, 129)),
        ({"seconds": 0.5}, (48, 201)),
    ],
)
def test_what_is_said_counts(arguments: dict[str, Value], shape: tuple[int, int]) -> None:
    """Frames that fit in whole."""
    assert asked(**arguments).shape == shape
