"""Who the workers of a training are, read from what the environment says. Nothing here imports TensorFlow.

Three ways are known, the first that is there:

    TF_CONFIG     TensorFlow's own, a JSON object with `cluster` and `task`
    Slurm         inside `srun`: SLURM_STEP_NODELIST, SLURM_STEP_TASKS_PER_NODE, SLURM_PROCID and SLURM_JOB_ID
    Kubernetes    in an Indexed Job with a headless service: JOB_COMPLETION_INDEX and HOSTNAME, which Kubernetes sets,
                  and ARCHCLI_WORKERS and ARCHCLI_SERVICE, which the manifest sets

`ARCHCLI_PORT` is the port of the first worker of a machine, under Slurm and Kubernetes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from archcli.engine.distribution.slurm import expand_hosts, expand_task_counts
from archcli.errors import Problem, SetupError

if TYPE_CHECKING:
    from collections.abc import Mapping

KUBERNETES_PORT: Final = 2222
SLURM_FIRST_PORT: Final = 12_000
SLURM_PORT_COUNT: Final = 20_000
"""Ports under Slurm follow from the job's number, so that two jobs on one machine do not meet; all are below those that
Linux gives to outgoing connections."""

HINT: Final = (
    "start each worker with `TF_CONFIG`, with `srun` under Slurm, or in an Indexed Job of Kubernetes with "
    "`ARCHCLI_WORKERS` and `ARCHCLI_SERVICE`; on one machine `train.distribute=mirrored` uses all its GPUs"
)


@dataclass(frozen=True)
class Cluster:
    """The workers of a training and which of them this process is.

    Attributes:
        workers: Their addresses, `host:port`; the first is the chief, who alone writes.
        index: This worker's place among them, from 0.
        found_in: What said so: `TF_CONFIG`, `Slurm` or `Kubernetes`.
    """

    workers: tuple[str, ...]
    index: int
    found_in: str


def find_cluster(variables: Mapping[str, str]) -> Cluster:
    """Read who the workers are.

    Args:
        variables: Of the environment.

    Raises:
        SetupError: `no-cluster`: nothing says it; `cluster-not-understood`: what does makes no sense.
    """
    if variables.get("TF_CONFIG"):
        return _read_tf_config(variables["TF_CONFIG"])
    if "SLURM_JOB_ID" in variables:
        return _read_slurm(variables)
    if "JOB_COMPLETION_INDEX" in variables:
        return _read_kubernetes(variables)
    raise SetupError(
        Problem(
            "no-cluster",
            "`train.distribute: multi_worker` wants to know who the workers are, and none of `TF_CONFIG`, "
            "`SLURM_JOB_ID` and `JOB_COMPLETION_INDEX` is set",
            hint=HINT,
        )
    )


def _read_tf_config(text: str) -> Cluster:
    try:
        given = json.loads(text)
        cluster: dict[str, Any] = given["cluster"]
        kind, index = given["task"]["type"], int(given["task"]["index"])
        chiefs, workers = ([str(one) for one in cluster.get(name, [])] for name in ("chief", "worker"))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        found = '`{"cluster": {"worker": ["a:2222", "b:2222"]}, "task": {"type": "worker", "index": 0}}`'
        raise _not_understood(f"`TF_CONFIG` is not of the form {found}") from error
    if kind not in {"chief", "worker"}:
        raise _not_understood(f"`TF_CONFIG` makes this process a `{kind}`, expected a `worker` or the `chief`")
    place = index if kind == "chief" else len(chiefs) + index
    return _checked((*chiefs, *workers), place, "TF_CONFIG", "the index of the task")


def _read_slurm(variables: Mapping[str, str]) -> Cluster:
    missing = [name for name in ("SLURM_STEP_NODELIST", "SLURM_PROCID") if name not in variables]
    if missing:
        raise SetupError(
            Problem(
                "no-cluster",
                f"this is a Slurm job, and `{missing[0]}` is not set: the command was not started by `srun`",
                hint="write `srun archcli train ...` in the batch script, so that each task is a worker",
            )
        )
    try:
        hosts = expand_hosts(variables["SLURM_STEP_NODELIST"])
        counts = expand_task_counts(variables.get("SLURM_STEP_TASKS_PER_NODE", "1" if len(hosts) == 1 else ""))
        first = SLURM_FIRST_PORT + int(variables["SLURM_JOB_ID"]) % SLURM_PORT_COUNT
        first, rank = int(variables.get("ARCHCLI_PORT", first)), int(variables["SLURM_PROCID"])
    except ValueError as error:
        raise _not_understood(f"the variables of Slurm say {error}") from error
    if len(counts) != len(hosts):
        raise _not_understood(
            f"`SLURM_STEP_NODELIST` has {len(hosts)} nodes and `SLURM_STEP_TASKS_PER_NODE` is of {len(counts)}"
        )
    places = [(node, task) for node, count in enumerate(counts) for task in range(count)]
    if rank < len(places) and int(variables.get("SLURM_NODEID", places[rank][0])) != places[rank][0]:
        raise _not_understood("the tasks of Slurm are not numbered node by node; use `srun --distribution=block`")
    workers = tuple(f"{hosts[node]}:{first + task}" for node, task in places)
    return _checked(workers, rank, "Slurm", "`SLURM_PROCID`")


def _read_kubernetes(variables: Mapping[str, str]) -> Cluster:
    for name in ("ARCHCLI_WORKERS", "ARCHCLI_SERVICE", "HOSTNAME"):
        if not variables.get(name):
            raise SetupError(
                Problem(
                    "no-cluster",
                    f"this is an Indexed Job of Kubernetes, and `{name}` is not set",
                    hint="set `ARCHCLI_WORKERS` to the job's `completions` and `ARCHCLI_SERVICE` to the name of a "
                    "headless service, which is the pods' `subdomain`, too",
                )
            )
    text, host = variables["JOB_COMPLETION_INDEX"], variables["HOSTNAME"]
    try:
        index, count = int(text), int(variables["ARCHCLI_WORKERS"])
        port = int(variables.get("ARCHCLI_PORT", KUBERNETES_PORT))
    except ValueError as error:
        raise _not_understood(f"the variables of the job say {error}") from error
    if not host.endswith(f"-{text}"):
        raise _not_understood(f"`HOSTNAME` is `{host}`, expected the job's name and `-{text}`")
    job = host.removesuffix(f"-{text}")
    service = variables["ARCHCLI_SERVICE"]
    workers = tuple(f"{job}-{number}.{service}:{port}" for number in range(count))
    return _checked(workers, index, "Kubernetes", "`JOB_COMPLETION_INDEX`")


def _checked(workers: tuple[str, ...], index: int, found_in: str, name: str) -> Cluster:
    if not 0 <= index < len(workers):
        raise _not_understood(f"{name} is {index}, and there are {len(workers)} workers, counted from 0")
    return Cluster(workers, index, found_in)


def _not_understood(message: str) -> SetupError:
    return SetupError(Problem("cluster-not-understood", message, hint=HINT))
