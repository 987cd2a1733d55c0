"""What penalties do to weights: L1 makes most of them nothing, L2 makes all of them smaller."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

if TYPE_CHECKING:
    from tests.literature.conftest import Array, Train, Trained

SMALL = 1e-3


def _kernels(trained: Trained) -> list[Array]:
    return [layer.kernel.numpy() for layer in trained.prepared.core.layers if hasattr(layer, "kernel")]


def _share_of_small(trained: Trained) -> float:
    return float(np.mean([abs(weight) < SMALL for kernel in _kernels(trained) for weight in kernel.ravel()]))


@pytest.mark.slow
def test_l1_empties_kernels_and_l2_shrinks_them(train: Train) -> None:
    """Beside the same network without a penalty, from the same beginning."""
    free = train("mlp-l1", "model.architecture.mlp.l1=0")
    sparse, small = train("mlp-l1"), train("mlp-l2")

    assert _share_of_small(free) < 0.05
    assert _share_of_small(sparse) > 0.5
    for without, with_penalty in zip(_kernels(free), _kernels(small), strict=True):
        assert np.linalg.norm(with_penalty) < np.linalg.norm(without)
    assert _share_of_small(sparse) > _share_of_small(small)
