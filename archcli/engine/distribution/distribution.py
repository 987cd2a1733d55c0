"""Where a training runs: on one device, on all of this machine, or as one of several workers."""

from __future__ import annotations

import functools
import os
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import tensorflow as tf

from archcli.engine.distribution.cluster import Cluster, find_cluster
from archcli.engine.distribution.many_replicas import ManyReplicas
from archcli.engine.faults import shorten
from archcli.engine.replicas import OneReplica, Replicas
from archcli.errors import Problem, SetupError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import keras

    from archcli.recipe.recipe import Distribute


@dataclass(frozen=True)
class Distribution:
    """Where a training runs.

    Attributes:
        mode: What the recipe asks for.
        strategy: TensorFlow's; None: one process on one device, without any.
        cluster: The workers; None: this process is the only one.
    """

    mode: Distribute = "none"
    strategy: tf.distribute.Strategy | None = None
    cluster: Cluster | None = None

    @property
    def replica_count(self) -> int:
        """Return how many copies of the model learn together."""
        return 1 if self.strategy is None else int(self.strategy.num_replicas_in_sync)

    @property
    def worker_count(self) -> int:
        """Return how many processes there are."""
        return 1 if self.cluster is None else len(self.cluster.workers)

    @property
    def worker_index(self) -> int:
        """Return which of them this is, from 0."""
        return 0 if self.cluster is None else self.cluster.index

    @property
    def is_chief(self) -> bool:
        """Return whether this process is the one that writes."""
        return self.worker_index == 0

    def scope(self) -> AbstractContextManager[Any]:
        """Return the block in which a model has to be built and compiled."""
        return nullcontext() if self.strategy is None else self.strategy.scope()

    def replicas(self, model: keras.Model) -> Replicas:
        """Return the copies of `model`, which was built and compiled in `scope`."""
        return OneReplica(model) if self.strategy is None else ManyReplicas(model, self, self.strategy)

    def describe(self) -> str:
        """Say where training runs, as a sentence without a full stop."""
        if self.mode == "none":
            return "one device"
        if self.strategy is None:
            return f"distribute {self.mode}: there is one device, so that training is that of `none`"
        by_worker = self.replica_count // self.worker_count
        where = f"{by_worker} devices" if self.worker_count == 1 else f"{self.worker_count} workers"
        each = f" with {by_worker} devices each" if self.worker_count > 1 and by_worker > 1 else ""
        what = f"distribute {self.mode}: {self.replica_count} replicas on {where}{each}"
        return f"{what}; weights are those of one device to rounding, and with random layers statistically"

    def record(self) -> Mapping[str, Any]:
        """Return what a run records of it."""
        workers = {} if self.cluster is None else {"found_in": self.cluster.found_in}
        return {"mode": self.mode, "replicas": self.replica_count, "workers": self.worker_count, **workers}


ALONE = Distribution()


def open_distribution(mode: Distribute) -> Distribution:
    """Make ready what a recipe asks for; to be called before any tensor is made.

    Under `multi_worker` this waits until all workers are there.

    Raises:
        SetupError: `no-cluster`, `cluster-not-understood` or `cluster-not-joined`.
    """
    if mode == "none":
        return ALONE
    if mode == "mirrored":
        return Distribution(mode, _mirror(), None)
    cluster = find_cluster(os.environ)
    if len(cluster.workers) == 1:
        return Distribution(mode, _mirror(), cluster)
    return Distribution(mode, _join(cluster), cluster)


@functools.cache
def _mirror() -> tf.distribute.Strategy | None:
    """Return the strategy of this machine's devices, the same each time: another would number its sums from 0 again."""
    devices = tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU")
    return tf.distribute.MirroredStrategy([device.name for device in devices]) if len(devices) > 1 else None


@functools.cache
def _join(cluster: Cluster) -> tf.distribute.Strategy:
    """Meet the other workers; TensorFlow allows it once in a process."""
    gpu_count = len(tf.config.list_physical_devices("GPU"))
    resolver = tf.distribute.cluster_resolver.SimpleClusterResolver(
        tf.train.ClusterSpec({"worker": list(cluster.workers)}),
        task_type="worker",
        task_id=cluster.index,
        num_accelerators={"GPU": gpu_count},
        rpc_layer="grpc",
    )
    try:
        return tf.distribute.MultiWorkerMirroredStrategy(cluster_resolver=resolver)
    except (tf.errors.OpError, RuntimeError) as error:
        address = cluster.workers[cluster.index]
        raise SetupError(
            Problem(
                "cluster-not-joined",
                f"worker {cluster.index} cannot meet the others at `{address}`: {shorten(str(error))}",
                hint="see that the address is this machine's, the port is free, and all workers are started",
            )
        ) from error
