"""Every row of a batch is learned from once, whatever the number of replicas."""

from __future__ import annotations

from itertools import product

import pytest

from archcli.engine.distribution.parts import Part, cut_part


@pytest.mark.parametrize(
    ("rows", "replicas"), [(rows, n) for rows, n in product((1, 2, 7, 16), (1, 2, 3)) if rows >= n]
)
def test_parts_follow_one_another_and_are_all_rows(rows: int, replicas: int) -> None:
    """Each begins where the one before ends, and their sizes differ by one at most."""
    parts = [cut_part(rows, replica=replica, replica_count=replicas) for replica in range(replicas)]

    assert [part.start for part in parts] == [0, *(part.stop for part in parts[:-1])]
    assert parts[-1].stop == rows
    assert max(part.row_count for part in parts) - min(part.row_count for part in parts) <= 1
    assert sum(part.weight for part in parts) == pytest.approx(replicas)


def test_a_mean_over_parts_is_the_mean_over_rows() -> None:
    """The weight of a part is its share of the rows times the number of replicas."""
    rows = [3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0]
    parts = [cut_part(7, replica=replica, replica_count=3) for replica in range(3)]

    means = [part.weight * sum(rows[part.start : part.stop]) / part.row_count for part in parts]

    assert sum(means) / 3 == pytest.approx(sum(rows) / 7)


def test_fewer_rows_than_replicas_go_to_all_and_are_counted_once() -> None:
    """No replica has a batch of nothing."""
    parts = [cut_part(2, replica=replica, replica_count=3) for replica in range(3)]

    assert parts == [Part(0, 2, 1.0, is_counted=replica == 0, is_whole=True) for replica in range(3)]
