"""What a recipe says of its sounds, before any is read."""

from __future__ import annotations

from typing import Final

from archcli.recipe.facts import Spectrum
from archcli.recipe.recipe import Named

_FRAME_SECONDS: Final = 0.025
_STEP_SECONDS: Final = 0.01


def asked_spectrum(feature: Named) -> Spectrum:
    """Return what a recipe says of its sounds."""
    rate, seconds = feature.arguments.get("sampling_rate"), feature.arguments.get("seconds")
    per_second = rate if isinstance(rate, int) else 1
    samples = round(per_second * seconds) if isinstance(seconds, (int, float)) else 1
    length, step, bands = (feature.arguments.get(name) for name in ("frame_length", "frame_step", "num_mel_bins"))
    return Spectrum(
        samples,
        per_second,
        length if isinstance(length, int) else max(2, round(per_second * _FRAME_SECONDS)),
        step if isinstance(step, int) else max(1, round(per_second * _STEP_SECONDS)),
        bands if isinstance(bands, int) else None,
    )
