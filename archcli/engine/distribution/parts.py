"""Which rows of a global batch a replica takes, and what they count."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """The rows of one replica.

    Attributes:
        start: The first row.
        stop: The row after the last.
        weight: What a mean over these rows is multiplied by, so that the mean over replicas is the mean over all rows.
        is_counted: Whether metrics count these rows here.
        is_whole: Whether these are all rows, and every other replica has them too.
    """

    start: int
    stop: int
    weight: float
    is_counted: bool
    is_whole: bool

    @property
    def row_count(self) -> int:
        """Return how many rows there are."""
        return self.stop - self.start


def cut_part(row_count: int, *, replica: int, replica_count: int) -> Part:
    """Return the part of one replica; the first ones have a row more where a batch does not divide evenly.

    A batch with fewer rows than there are replicas is not cut, since some layers cannot take a batch of nothing: every
    replica takes all of it, and only the first one counts it in metrics.

    Args:
        row_count: Rows of the global batch, from 1.
        replica: Which of the replicas, from 0.
        replica_count: How many there are, from 1.
    """
    if row_count < replica_count:
        return Part(0, row_count, 1.0, is_counted=replica == 0, is_whole=True)
    least, more = divmod(row_count, replica_count)
    start = replica * least + min(replica, more)
    stop = start + least + (replica < more)
    weight = (stop - start) * replica_count / row_count
    return Part(start, stop, weight, is_counted=True, is_whole=replica_count == 1)
