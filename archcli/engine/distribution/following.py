"""The checkpoints of a run as a worker sees them that does not write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcli.engine.checkpoints import Checkpoint, CheckpointFolder, read_checkpoint

if TYPE_CHECKING:
    from pathlib import Path


class FollowerFolder(CheckpointFolder):
    """The checkpoints that the chief writes: they are read where a run is resumed, and nothing is written."""

    def __init__(self, folder: Path) -> None:
        """Read from `folder`, which need not be there at the start of a run."""
        self.last_path, self.best_path = folder / "last.npz", folder / "best.npz"
        self._paths = (folder / "best.next.npz", self.best_path)
        self._best: Checkpoint | None = None

    def is_due(self) -> bool:
        """Return False: the chief knows."""
        return False

    def keep_best(self, checkpoint: Checkpoint) -> None:
        """Hold the best epoch's state."""
        self._best = checkpoint

    def save_last(self, checkpoint: Checkpoint) -> None:
        """Leave it to the chief."""

    def load_best(self, epoch: int) -> Checkpoint:
        """Return the state of the best epoch, held or read.

        Raises:
            TrainingError: `checkpoint-damaged`: no file holds it.
        """
        if self._best is not None:
            return self._best
        for path in self._paths:
            if path.exists():
                checkpoint = read_checkpoint(path)
                if checkpoint.metadata.get("epoch") == epoch:
                    return checkpoint
        return read_checkpoint(self.best_path)

    def clear(self) -> None:
        """Leave it to the chief."""
