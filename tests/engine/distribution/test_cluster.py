"""Who the workers are is read from TF_CONFIG, Slurm or Kubernetes, or said to be missing."""

from __future__ import annotations

import json

import pytest

from archcli.engine.distribution.cluster import HINT, Cluster, find_cluster
from archcli.errors import Problem, SetupError

SLURM = {
    "SLURM_JOB_ID": "4711",
    "SLURM_STEP_NODELIST": "gpu[1-2]",
    "SLURM_STEP_TASKS_PER_NODE": "2,1",
    "SLURM_PROCID": "2",
    "SLURM_NODEID": "1",
}
KUBERNETES = {
    "JOB_COMPLETION_INDEX": "1",
    "HOSTNAME": "flats-1",
    "ARCHCLI_WORKERS": "3",
    "ARCHCLI_SERVICE": "flats-workers",
}

FORM = (
    "`TF_CONFIG` is not of the form "
    '`{"cluster": {"worker": ["a:2222", "b:2222"]}, "task": {"type": "worker", "index": 0}}`'
)


def _problem(variables: dict[str, str]) -> Problem:
    with pytest.raises(SetupError) as raised:
        find_cluster(variables)
    (problem,) = raised.value.problems
    return problem


def _tf_config(cluster: dict[str, list[str]], kind: str, index: int) -> dict[str, str]:
    return {"TF_CONFIG": json.dumps({"cluster": cluster, "task": {"type": kind, "index": index}})}


def test_tf_config_lists_the_workers() -> None:
    """The first worker is the chief."""
    variables = _tf_config({"worker": ["a:1", "b:2"]}, "worker", 1)

    assert find_cluster(variables) == Cluster(("a:1", "b:2"), 1, "TF_CONFIG")


def test_a_chief_of_tf_config_is_the_first_worker() -> None:
    """The workers come after it."""
    cluster = {"worker": ["b:2"], "chief": ["a:1"]}

    assert find_cluster(_tf_config(cluster, "chief", 0)) == Cluster(("a:1", "b:2"), 0, "TF_CONFIG")
    assert find_cluster(_tf_config(cluster, "worker", 0)) == Cluster(("a:1", "b:2"), 1, "TF_CONFIG")


def test_slurm_gives_each_task_an_address() -> None:
    """Ports follow from the job's number, one after another on a node."""
    assert find_cluster(SLURM) == Cluster(("gpu1:16711", "gpu1:16712", "gpu2:16711"), 2, "Slurm")


def test_a_port_can_be_chosen_under_slurm() -> None:
    """`ARCHCLI_PORT` is that of the first task of each node."""
    assert find_cluster({**SLURM, "ARCHCLI_PORT": "5000"}).workers == ("gpu1:5000", "gpu1:5001", "gpu2:5000")


def test_kubernetes_pods_are_called_after_job_and_service() -> None:
    """The name of the job is what the host name begins with."""
    workers = tuple(f"flats-{index}.flats-workers:2222" for index in range(3))

    assert find_cluster(KUBERNETES) == Cluster(workers, 1, "Kubernetes")
    assert find_cluster({**KUBERNETES, "ARCHCLI_PORT": "80"}).workers[0] == "flats-0.flats-workers:80"


def test_tf_config_comes_first() -> None:
    """Whoever writes it means it."""
    variables = {**SLURM, **KUBERNETES, **_tf_config({"worker": ["a:1"]}, "worker", 0)}

    assert find_cluster(variables).found_in == "TF_CONFIG"


def test_without_any_it_is_said_what_to_set() -> None:
    """All three ways are named."""
    assert _problem({"PATH": "/bin"}) == Problem(
        "no-cluster",
        "`train.distribute: multi_worker` wants to know who the workers are, and none of `TF_CONFIG`, `SLURM_JOB_ID` "
        "and `JOB_COMPLETION_INDEX` is set",
        hint=HINT,
    )


def test_a_batch_script_without_srun_is_told_of_it() -> None:
    """The script itself is one process."""
    assert _problem({"SLURM_JOB_ID": "1"}) == Problem(
        "no-cluster",
        "this is a Slurm job, and `SLURM_STEP_NODELIST` is not set: the command was not started by `srun`",
        hint="write `srun archcli train ...` in the batch script, so that each task is a worker",
    )


@pytest.mark.parametrize("name", ["ARCHCLI_WORKERS", "ARCHCLI_SERVICE", "HOSTNAME"])
def test_what_a_manifest_lacks_is_named(name: str) -> None:
    """Kubernetes sets the index itself."""
    problem = _problem({**KUBERNETES, name: ""})

    assert (problem.code, problem.message) == (
        "no-cluster",
        f"this is an Indexed Job of Kubernetes, and `{name}` is not set",
    )


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        (
            {"TF_CONFIG": "workers"},
            FORM,
        ),
        (
            _tf_config({"worker": ["a:1"]}, "ps", 0),
            "`TF_CONFIG` makes this process a `ps`, expected a `worker` or the `chief`",
        ),
        (
            _tf_config({"worker": ["a:1"]}, "worker", 1),
            "the index of the task is 1, and there are 1 workers, counted from 0",
        ),
        (
            {**SLURM, "SLURM_PROCID": "first"},
            "the variables of Slurm say invalid literal for int() with base 10: 'first'",
        ),
        (
            {**SLURM, "SLURM_STEP_TASKS_PER_NODE": "1(x3)"},
            "`SLURM_STEP_NODELIST` has 2 nodes and `SLURM_STEP_TASKS_PER_NODE` is of 3",
        ),
        (
            {**SLURM, "SLURM_NODEID": "0"},
            "the tasks of Slurm are not numbered node by node; use `srun --distribution=block`",
        ),
        ({**KUBERNETES, "HOSTNAME": "pod"}, "`HOSTNAME` is `pod`, expected the job's name and `-1`"),
        (
            {**KUBERNETES, "ARCHCLI_WORKERS": "1"},
            "`JOB_COMPLETION_INDEX` is 1, and there are 1 workers, counted from 0",
        ),
        (
            {**KUBERNETES, "ARCHCLI_WORKERS": "two"},
            "the variables of the job say invalid literal for int() with base 10: 'two'",
        ),
    ],
)
def test_what_makes_no_sense_is_described(variables: dict[str, str], message: str) -> None:
    """Nothing is guessed."""
    problem = _problem(variables)

    assert (problem.code, problem.message) == ("cluster-not-understood", message)
