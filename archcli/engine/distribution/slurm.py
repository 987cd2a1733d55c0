"""Slurm's short forms of lists, written out."""

from __future__ import annotations

import re
from typing import Final

_NODE: Final = re.compile(r"((?:[^,\[\]]|\[[^\[\]]*\])+)(?:,|$)")
_RANGES: Final = re.compile(r"\[([^\[\]]*)\]")
_COUNT: Final = re.compile(r"(\d+)(?:\(x(\d+)\))?")


def expand_hosts(text: str) -> list[str]:
    """Return the hosts of a node list: `gpu[01-03,07],login` is `gpu01`, `gpu02`, `gpu03`, `gpu07`, `login`.

    Raises:
        ValueError: It is no such list.
    """
    if not text or _NODE.sub("", text):
        raise ValueError(f"the node list `{text}`")
    return [host for match in _NODE.finditer(text) for host in _expand_host(match[1])]


def expand_task_counts(text: str) -> list[int]:
    """Return how many tasks each node has: `2(x3),1` is 2, 2, 2, 1.

    Raises:
        ValueError: It is no such list.
    """
    matches = [_COUNT.fullmatch(part) for part in text.split(",")]
    if not all(matches):
        raise ValueError(f"the numbers of tasks `{text}`")
    return [int(match[1]) for match in matches if match for _ in range(int(match[2] or 1))]


def _expand_host(text: str) -> list[str]:
    match = _RANGES.search(text)
    if match is None:
        return [text]
    before, after = text[: match.start()], text[match.end() :]
    numbers = [number for part in match[1].split(",") for number in _expand_range(part)]
    return [f"{before}{number}{rest}" for number in numbers for rest in _expand_host(after)]


def _expand_range(text: str) -> list[str]:
    first, dash, last = text.partition("-")
    if not first.isdigit() or (dash and not last.isdigit()):
        raise ValueError(f"the range of nodes `{text}`")
    return [f"{number:0{len(first)}d}" for number in range(int(first), int(last or first) + 1)]
