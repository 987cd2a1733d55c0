"""Blocks cover every example once, and hold a bounded count of numbers."""

from __future__ import annotations

import numpy as np
import pytest

from archcli.scoring.blocks import AT_ONCE, blocks


@pytest.mark.parametrize("shape", [(10,), (0, 3), (AT_ONCE + 1,), (AT_ONCE // 4, 9), (3, 2 * AT_ONCE), (5, 0)])
def test_every_example_is_in_one_block(shape: tuple[int, ...]) -> None:
    """In order, and of no more numbers than asked, or of one example."""
    array = np.broadcast_to(np.float32(0), shape)

    found = list(blocks(array))

    assert [place for block in found for place in range(shape[0])[block]] == list(range(shape[0]))
    assert all(array[block].size <= AT_ONCE or block.stop - block.start == 1 for block in found)
