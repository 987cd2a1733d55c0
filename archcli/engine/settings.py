"""How a model is trained, as the engine takes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from archcli.engine.distribution.distribution import ALONE, Distribution
from archcli.engine.streaming import ROOM, Room

if TYPE_CHECKING:
    from archcli.engine.compile_mode import ModeRequest
    from archcli.recipe.recipe import EarlyStopping, LearningRule


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
        learning_rule: What a step does: `bptt` and `srn_1990` follow a gradient, `perceptron` corrects mistakes,
            `storage` does nothing, since all is learned before the first.
        window: Steps of a sequence that an update looks back over, from 1; None: all.
        bucket_by_length: Whether batches are made of sequences that are about as long, and cut to the longest.
        room: How much of the device the data may take; it changes no number.
        distribution: On which devices, by which processes.
    """

    epochs: int
    batch_size: int
    seed: int
    monitor: str
    shuffle: bool = True
    early_stopping: EarlyStopping | None = None
    mode: ModeRequest = "auto"
    learning_rule: LearningRule = "bptt"
    window: int | None = None
    bucket_by_length: bool = False
    room: Room = ROOM
    distribution: Distribution = ALONE
