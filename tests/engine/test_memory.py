"""What is free, what was taken at most: from the kernel's own files, and of blocks of known size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import tensorflow as tf

from archcli.engine.memory import free_host_memory, free_memory, highest_memory, measured_peak, used_memory, write_bytes

if TYPE_CHECKING:
    from pathlib import Path

MIB = 2**20


def _machine(root: Path, files: dict[str, str]) -> Path:
    """Write files of `proc` and `sys` as a kernel would."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="ascii")
    return root


MEMINFO = "MemTotal:       16000000 kB\nMemFree:         1000000 kB\nMemAvailable:    8000000 kB\n"


def test_without_a_limit_it_is_what_the_machine_has_left(tmp_path: Path) -> None:
    """`MemAvailable` counts what is cached and can be dropped."""
    root = _machine(tmp_path, {"proc/meminfo": MEMINFO, "proc/self/cgroup": "0::/\n"})

    assert free_host_memory(root=root) == 8_000_000 * 1024


def test_limit_of_a_container_counts_and_its_file_cache_does_not(tmp_path: Path) -> None:
    """Control groups of the second version, as Docker shows them inside: the path is the root."""
    root = _machine(
        tmp_path,
        {
            "proc/meminfo": MEMINFO,
            "proc/self/cgroup": "0::/\n",
            "sys/fs/cgroup/memory.max": f"{512 * MIB}\n",
            "sys/fs/cgroup/memory.current": f"{300 * MIB}\n",
            "sys/fs/cgroup/memory.stat": f"anon {200 * MIB}\nfile {100 * MIB}\ninactive_file {60 * MIB}\n",
        },
    )

    assert free_host_memory(root=root) == (512 - 300 + 60) * MIB


def test_limit_of_a_group_around_counts_too(tmp_path: Path) -> None:
    """A job's step has no limit of its own, the job has."""
    root = _machine(
        tmp_path,
        {
            "proc/meminfo": MEMINFO,
            "proc/self/cgroup": "0::/slurm/job_7/step_0\n",
            "sys/fs/cgroup/slurm/job_7/step_0/memory.max": "max\n",
            "sys/fs/cgroup/slurm/job_7/memory.max": f"{900 * MIB}\n",
            "sys/fs/cgroup/slurm/job_7/memory.current": f"{100 * MIB}\n",
        },
    )

    assert free_host_memory(root=root) == 800 * MIB


def test_first_version_of_control_groups_is_read_too(tmp_path: Path) -> None:
    """There the path is that of the host, and the limit in the outermost folder."""
    root = _machine(
        tmp_path,
        {
            "proc/meminfo": MEMINFO,
            "proc/self/cgroup": "5:cpu,cpuacct:/docker/ab12\n4:memory:/docker/ab12\n0::/\n",
            "sys/fs/cgroup/memory/memory.limit_in_bytes": f"{1024 * MIB}\n",
            "sys/fs/cgroup/memory/memory.usage_in_bytes": f"{1000 * MIB}\n",
            "sys/fs/cgroup/memory/memory.stat": f"total_inactive_file {500 * MIB}\n",
        },
    )

    assert free_host_memory(root=root) == 524 * MIB


def test_no_limit_of_the_first_version_is_a_very_large_number(tmp_path: Path) -> None:
    """It is 2**63 less a page."""
    root = _machine(
        tmp_path,
        {
            "proc/meminfo": MEMINFO,
            "proc/self/cgroup": "4:memory:/\n",
            "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
            "sys/fs/cgroup/memory/memory.usage_in_bytes": "4096\n",
        },
    )

    assert free_host_memory(root=root) == 8_000_000 * 1024


def test_system_that_does_not_say_is_not_guessed_at(tmp_path: Path) -> None:
    """Others than Linux have no such files."""
    assert free_host_memory(root=tmp_path) is None


def test_free_memory_of_this_machine_is_known() -> None:
    """There is some, and no more than anyone builds."""
    free = free_memory()

    assert free is not None
    assert MIB < free < 2**50


def test_peak_of_a_block_is_what_it_took_though_it_has_given_it_back() -> None:
    """Two tensors of 256 MiB at a time, and none is left; what came before does not count.

    They are far larger than what else a process may take meanwhile, which other tests have left threads in.
    """
    tf.zeros([128 * MIB])
    with measured_peak() as nothing:
        tf.zeros([1])
    with measured_peak() as peak:
        ones = tf.ones([64 * MIB])
        del ones
        ones = tf.ones([64 * MIB])
        twos = ones + ones
        del ones, twos

    assert nothing.bytes < 128 * MIB
    assert peak.bytes == pytest.approx(512 * MIB, abs=128 * MIB)


def test_peak_of_a_block_that_fails_is_known_too() -> None:
    """What it took until then."""
    with pytest.raises(ZeroDivisionError), measured_peak() as peak:
        raise ZeroDivisionError(tf.ones([64 * MIB])[0])

    assert peak.bytes == pytest.approx(256 * MIB, abs=128 * MIB)


def test_this_process_has_memory() -> None:
    """At most is never less than now."""
    assert 0 < used_memory() <= highest_memory() + MIB


@pytest.mark.parametrize(
    ("count", "written"),
    [
        (0, "0 bytes"),
        (900, "900 bytes"),
        (1536, "1.5 KiB"),
        (4_603_248, "4.39 MiB"),
        (1023 * MIB, "1023 MiB"),
        (22.1 * 2**30, "22.1 GiB"),
        (2**52, "4096 TiB"),
    ],
)
def test_bytes_are_written_for_people(count: float, written: str) -> None:
    """Three digits say enough."""
    assert write_bytes(count) == written
