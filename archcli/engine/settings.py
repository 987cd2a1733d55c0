"""How a model is trained, as the engine takes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archcli.engine.compile_mode import ModeRequest
    from archcli.recipe.recipe import EarlyStopping


@dataclass(frozen=True)
class Settings:
    """How a model is trained.

    Attributes:
        epochs: Passes over the training examples, from 1; for a resumed run those that it has done count.
        batch_size: Examples per step, from 1.
        seed: Decides the order of examples, from 0.
        monitor: The measured quantity that decides which epoch was best, such as `val_loss`.
        shuffle: Whether each epoch has its own order, a function of seed and epoch alone.
        early_stopping: None: train for all epochs.
        mode: How steps are run; a resumed run stays with the mode that it began in.
    """

    epochs: int
    batch_size: int
    seed: int
    monitor: str
    shuffle: bool = True
    early_stopping: EarlyStopping | None = None
    mode: ModeRequest = "auto"
