"""Slurm's short forms, as its manual has them."""

from __future__ import annotations

import pytest

from archcli.engine.distribution.slurm import expand_hosts, expand_task_counts


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("node", ["node"]),
        ("a,b", ["a", "b"]),
        ("node[1-3]", ["node1", "node2", "node3"]),
        ("gpu[08-10,12],login", ["gpu08", "gpu09", "gpu10", "gpu12", "login"]),
        ("rack[1-2]-n[0,5]", ["rack1-n0", "rack1-n5", "rack2-n0", "rack2-n5"]),
        ("n[1-2].cluster.org", ["n1.cluster.org", "n2.cluster.org"]),
    ],
)
def test_a_node_list_is_written_out(text: str, hosts: list[str]) -> None:
    """Ranges keep their leading zeros."""
    assert expand_hosts(text) == hosts


@pytest.mark.parametrize("text", ["", "node[1-", "node[a-b]", "node]1["])
def test_what_is_no_node_list_is_refused(text: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(ValueError, match="node"):
        expand_hosts(text)


@pytest.mark.parametrize(("text", "counts"), [("1", [1]), ("2(x3),1", [2, 2, 2, 1]), ("4,2", [4, 2])])
def test_task_counts_are_written_out(text: str, counts: list[int]) -> None:
    """`(x3)` is three nodes alike."""
    assert expand_task_counts(text) == counts


def test_what_is_no_count_is_refused() -> None:
    """Nothing is guessed."""
    with pytest.raises(ValueError, match="the numbers of tasks `two`"):
        expand_task_counts("two")
